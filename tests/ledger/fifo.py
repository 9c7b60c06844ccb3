"""The oracle of expiry: every single point by itself, the oldest used first, and nothing summed.

It was written from the words of the rule alone, and knows neither the books nor `ages.py`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

NEVER = date.max


@dataclass
class Point:
    """One point: the last day it was given, and the last day it has now."""

    given: date
    until: date
    where: str = "here"


@dataclass
class FifoWallet:
    """A wallet as a row of single points, those that came first in front."""

    grace: int
    points: list[Point] = field(default_factory=list)
    lent: dict[int, int] = field(default_factory=dict)

    def here(self) -> list[Point]:
        return [point for point in self.points if point.where == "here"]

    def issue(self, amount: int, until: date | None) -> date | None:
        """Put points in; none of them goes sooner than one that was there before."""
        day = until or NEVER
        if self.points:
            day = max(day, *(point.given for point in self.points))
        self.points += [Point(day, day) for _ in range(amount)]
        return None if day == NEVER else day

    def take(self, number: int, amount: int) -> None:
        """Somebody spends or reserves points, under a number; the oldest go."""
        for point in self.here()[:amount]:
            point.where = "away"
        self.lent[number] = amount

    def come_back(self, number: int, amount: int, on: date) -> None:
        """So many points are back as if they had never gone: others had gone before them."""
        self.lent[number] -= amount
        away = [point for point in self.points if point.where == "away"]
        for point in away[len(away) - amount :]:
            point.where = "here"
            if point.given < on:
                point.until = on + timedelta(days=self.grace)

    def over(self, today: date) -> int:
        """How many points should not be here any more."""
        return sum(point.until < today for point in self.here())

    def expire(self, today: date) -> int:
        """Throw away what is over."""
        gone = [point for point in self.here() if point.until < today]
        for point in gone:
            point.where = "expired"
        return len(gone)

    def calendar(self) -> list[tuple[str | None, int]]:
        """What goes when."""
        days = Counter(point.until for point in self.here())
        return [(None if day == NEVER else str(day), days[day]) for day in sorted(days)]
