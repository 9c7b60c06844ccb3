"""So many points for so long (按时长计分): an hour, half an hour, or any other stretch."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.periods import in_hours
from pointsbank.earning.rules.rate import (
    MINUTES_MOST,
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
class PerTime:
    """`points` for every `minutes`; a part of a stretch counts in part."""

    minutes: int
    points: int
    categories: tuple[str, ...] = ()
    by_minutes = True

    @classmethod
    def read(cls, part: Part) -> PerTime:
        return cls(
            minutes=part.whole("minutes", 1, MINUTES_MOST, 60),
            points=part.whole("points", 0, POINTS_MOST),
            categories=read_categories(part),
        )

    def worth(self, served: Served, minutes: int) -> Worth:
        points = Fraction(minutes * self.points, self.minutes)
        long, rate = in_hours(minutes), self.points
        if self.minutes == 60:
            return Worth(points, Words(f"{long.zh} × {rate} 分", f"{long.en} × {rate}"))
        each = self._each()
        told = Words(f"{long.zh}，每{each.zh} {rate} 分", f"{long.en}, {rate} for every {each.en}")
        return Worth(points, told)

    def _each(self) -> Words:
        if self.minutes == 30:
            return Words("半小时", "half hour")
        if self.minutes == 60:
            return Words("小时", "hour")
        return Words(f" {self.minutes} 分钟", f"{self.minutes} min")

    def cases(self) -> list[Case]:
        return cases_of(self.categories)

    def to_document(self) -> dict[str, Any]:
        told = {"kind": PER_TIME.code, "minutes": self.minutes, "points": self.points}
        return told | {"categories": list(self.categories)}

    def tell(self) -> list[Words]:
        who, each = for_whom(self.categories), self._each()
        every = Words(
            f"{who.zh}服务每{each.zh} {self.points} 分",
            f"{who.en}{several(self.points, 'point')} for every {each.en} of service",
        )
        return [every]


PER_TIME = RuleKind(
    code="per_time",
    title=Words("按时长计分", "Points for time"),
    read=PerTime.read,
    examples=(
        {"kind": "per_time", "minutes": 60, "points": 10},
        {"kind": "per_time", "minutes": 30, "points": 1, "categories": ["社区服务"]},
        {"kind": "per_time", "minutes": 45, "points": 0},
    ),
)
