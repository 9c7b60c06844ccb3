"""So many points for an act (按次计分), however long it took."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.rate import (
    POINTS_MOST,
    Case,
    Worth,
    cases_of,
    for_whom,
    read_categories,
)
from pointsbank.earning.rules.reading import Part
from pointsbank.earning.rules.served import Served


@dataclass(frozen=True)
class Level:
    """Points for an act of which more is true: a tag of the service says it (大扫除的重活)."""

    level: str
    points: int


@dataclass(frozen=True)
class PerAct:
    """`points` for one service of these categories; of levels that fit the highest counts."""

    points: int
    categories: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    by_minutes = False

    @classmethod
    def read(cls, part: Part) -> PerAct:
        points, levels = part.whole("points", 0, POINTS_MOST), []
        for row in part.parts("levels"):
            levels.append(Level(row.text("level"), row.whole("points", 0, POINTS_MOST)))
            row.done()
        return cls(points, read_categories(part), tuple(levels))

    def worth(self, served: Served, minutes: int) -> Worth:
        fitting = [row for row in self.levels if row.level in served.tags]
        row = max(fitting, key=lambda one: one.points, default=None)
        points = row.points if row else self.points
        what = " ".join(part for part in (served.category, row.level if row else None) if part)
        zh, en = f"1 次 × {points} 分", f"once × {points}"
        told = Words(f"{what} {zh}", f"{what}, {en}") if what else Words(zh, en)
        return Worth(Fraction(points), told)

    def cases(self) -> list[Case]:
        return cases_of(self.categories, (row.level for row in self.levels))

    def to_document(self) -> dict[str, Any]:
        return {
            "kind": PER_ACT.code,
            "points": self.points,
            "categories": list(self.categories),
            "levels": [dict(vars(row)) for row in self.levels],
        }

    def tell(self) -> list[Words]:
        who = for_whom(self.categories)
        zh = "".join(f"，{row.level}的 {row.points} 分" for row in self.levels)
        en = "".join(f", {row.points} for {row.level}" for row in self.levels)
        once = Words(
            f"{who.zh}每次 {self.points} 分{zh}，不论多久",
            f"{who.en}{several(self.points, 'point')} each time{en}, however long",
        )
        return [once]


PER_ACT = RuleKind(
    code="per_act",
    title=Words("按次计分", "Points for an act"),
    read=PerAct.read,
    examples=(
        {"kind": "per_act", "points": 15, "categories": ["护理"]},
        {"kind": "per_act", "points": 2},
        {"kind": "per_act", "points": 3, "levels": [{"level": "重活", "points": 5}]},
    ),
)
