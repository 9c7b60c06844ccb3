"""So many points for an act (按次计分), however long it took."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.rate import POINTS_MOST, Worth, for_whom, read_categories
from pointsbank.earning.rules.reading import Part
from pointsbank.earning.rules.served import Served


@dataclass(frozen=True)
class PerAct:
    """`points` for one service of these categories."""

    points: int
    categories: tuple[str, ...] = ()
    by_minutes = False

    @classmethod
    def read(cls, part: Part) -> PerAct:
        return cls(part.whole("points", 0, POINTS_MOST), read_categories(part))

    def worth(self, served: Served, minutes: int) -> Worth:
        what_zh = f"{served.category} " if served.category else ""
        what_en = f"{served.category}, " if served.category else ""
        told = Words(f"{what_zh}1 次 × {self.points} 分", f"{what_en}once × {self.points}")
        return Worth(Fraction(self.points), told)

    def to_document(self) -> dict[str, Any]:
        kind = PER_ACT.code
        return {"kind": kind, "points": self.points, "categories": list(self.categories)}

    def tell(self) -> list[Words]:
        who = for_whom(self.categories)
        once = Words(
            f"{who.zh}每次 {self.points} 分，不论多久",
            f"{who.en}{self.points} points each time, however long",
        )
        return [once]


PER_ACT = RuleKind(
    code="per_act",
    title=Words("按次计分", "Points for an act"),
    read=PerAct.read,
    examples=(
        {"kind": "per_act", "points": 15, "categories": ["护理"]},
        {"kind": "per_act", "points": 2},
    ),
)
