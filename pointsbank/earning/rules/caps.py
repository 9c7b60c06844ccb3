"""Caps (封顶): at most so many minutes, points or sessions in a period, or of one activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.periods import (
    EACH,
    PERIODS,
    WORDS,
    first_day,
    in_hours,
    next_first_day,
)
from pointsbank.earning.rules.rate import for_whom, read_categories
from pointsbank.earning.rules.reading import Part
from pointsbank.earning.rules.served import Counted, Served, SoFar, is_same_activity

MEASURES = ("minutes", "points", "sessions")
MOST = 1_000_000


@dataclass(frozen=True)
class Cap:
    """At most so much of something in a period; with categories only their services count for it.

    An activity is what was planned as one, on however many days; of what nobody planned, what has
    the same name on the same day. A service belongs to the day it began.
    """

    per: str
    measure: str
    most: int
    categories: tuple[str, ...] = ()

    @classmethod
    def read(cls, part: Part) -> Cap:
        return cls(
            per=part.one_of("per", ("activity", *PERIODS)),
            measure=part.one_of("of", MEASURES),
            most=part.whole("most", 1, MOST),
            categories=read_categories(part),
        )

    def fits(self, served: Served) -> bool:
        """Whether the cap is about this service."""
        return not self.categories or served.category in self.categories

    def since(self, day: str) -> str:
        """From which day on the cap asks what has counted."""
        return day if self.per == "activity" else first_day(day, self.per)

    def until(self, day: str) -> str:
        """The first day that the cap does not ask about any more."""
        return next_first_day(day, "day" if self.per == "activity" else self.per)

    def left(self, served: Served, so_far: SoFar) -> int:
        """How much there is still room for."""
        return max(0, self.most - self.used(served, so_far))

    def used(self, served: Served, so_far: SoFar) -> int:
        """How much of it has counted already."""
        used = 0
        for one in so_far.services:
            if not self._shares(served, one):
                continue
            if self.categories and one.category not in self.categories:
                continue
            used += {"minutes": one.minutes, "points": one.points, "sessions": 1}[self.measure]
        return used

    def _shares(self, served: Served, one: Counted) -> bool:
        """Whether another service is of the same activity, or of the same period."""
        if self.per == "activity":
            return is_same_activity(served, one)
        return self.since(one.served_on) == self.since(served.served_on)

    def named(self, used: int = 0) -> Words:
        """The cap as a reason in a working, with what of it is used already.

        >>> Cap("day", "minutes", 120).named(90).zh
        '当天封顶 2 小时（已计 1.5 小时）'
        """
        who, when, most = for_whom(self.categories), WORDS[self.per], self._most()
        kind_zh = who.zh.removesuffix("：")
        kind_en = f" of {who.en.removesuffix(': ')}" if who.en else ""
        zh, en = f"{when.zh}{kind_zh}封顶 {most.zh}", f"at most {most.en}{kind_en} for {when.en}"
        if used:
            counted = self._told(used)
            zh, en = f"{zh}（已计 {counted.zh}）", f"{en} ({counted.en} counted already)"
        return Words(zh, en)

    def _most(self) -> Words:
        return self._told(self.most)

    def _told(self, amount: int) -> Words:
        if self.measure == "minutes":
            hours, rest = divmod(amount, 60)
            return in_hours(amount) if rest else Words(f"{hours} 小时", f"{hours} h")
        if self.measure == "points":
            return Words(f"{amount} 分", several(amount, "point"))
        return Words(f"{amount} 次", several(amount, "service"))

    def to_document(self) -> dict[str, Any]:
        told = {"per": self.per, "of": self.measure, "most": self.most}
        return told | {"categories": list(self.categories)}

    def tell(self) -> list[Words]:
        who, each, most = for_whom(self.categories), EACH[self.per], self._most()
        en = f"{who.en}at most {most.en} {each.en}" if who.en else f"At most {most.en} {each.en}"
        return [Words(f"{who.zh}{each.zh}最多计 {most.zh}", en)]


CAPS = RuleKind(
    code="caps",
    title=Words("封顶", "Caps"),
    read=Cap.read,
    examples=(
        {"per": "activity", "of": "minutes", "most": 120},
        {"per": "day", "of": "minutes", "most": 480},
        {"per": "month", "of": "points", "most": 200},
        {"per": "year", "of": "sessions", "most": 12, "categories": ["建言"]},
    ),
    many=True,
)
