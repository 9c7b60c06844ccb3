"""Time credit (时间储蓄): whether hours are saved up as hours besides, to be used up as hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.reading import Part


@dataclass(frozen=True)
class TimeCredit:
    """Whether this place keeps time credit; the hours of the record are another thing and stay."""

    kept: bool = False

    @classmethod
    def read(cls, part: Part) -> TimeCredit:
        return cls(part.flag("kept"))

    def to_document(self) -> dict[str, Any]:
        return {"kept": self.kept}

    def tell(self) -> list[Words]:
        if not self.kept:
            return []
        return [Words("另记时间储蓄，可以用掉", "Time credit is kept besides, and can be used up")]


TIME_CREDIT = RuleKind(
    code="time_credit",
    title=Words("时间储蓄", "Time credit"),
    read=TimeCredit.read,
    examples=({}, {"kept": True}),
)
