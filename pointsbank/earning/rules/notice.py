"""The public notice (公示): for how many days records hang before they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.reading import Part

WORKING, CALENDAR = "working", "calendar"


@dataclass(frozen=True)
class Notice:
    """`length` days of notice, 0 for none; working days know holidays and make-up workdays."""

    length: int = 0
    unit: str = WORKING

    @classmethod
    def read(cls, part: Part) -> Notice:
        return cls(
            part.whole("length", 0, 60, 0), part.one_of("unit", (WORKING, CALENDAR), WORKING)
        )

    def to_document(self) -> dict[str, Any]:
        return {"length": self.length, "unit": self.unit}

    def tell(self) -> list[Words]:
        if not self.length:
            return [Words("不公示，认定后就给分", "No public notice: points come when approved")]
        zh = "个工作日" if self.unit == WORKING else "天"
        en = "working days" if self.unit == WORKING else "days"
        told = Words(
            f"公示 {self.length} {zh}，没有异议才给分",
            f"Public notice for {self.length} {en}; points come when nobody objects",
        )
        return [told]


NOTICE = RuleKind(
    code="notice",
    title=Words("公示", "Public notice"),
    read=Notice.read,
    examples=({}, {"length": 3}, {"length": 7, "unit": "calendar"}),
)
