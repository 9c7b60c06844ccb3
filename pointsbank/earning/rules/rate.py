"""What every rate has in common (积分标准): its categories, and what a service gives by it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from pointsbank.earning.rules.kind import Words
from pointsbank.earning.rules.reading import Part
from pointsbank.earning.rules.served import Served

POINTS_MOST = 10_000
MINUTES_MOST = 1440
# So many times the base, in hundredths; beyond that somebody has slipped with a nought.
PERCENT_MOST = 1000


class Worth(NamedTuple):
    """What a rate gives, before anything is rounded, and how it came about."""

    points: Fraction
    words: Words


class Case(NamedTuple):
    """A category, a tag or both, of which a rate says something."""

    category: str | None
    tag: str | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return " ".join(part for part in (self.category, self.tag) if part)


class Rate(Protocol):
    """A rate. Without categories it is for every service that no other rate names."""

    @property
    def categories(self) -> tuple[str, ...]: ...

    @property
    def by_minutes(self) -> bool:
        """Whether the minutes matter at all."""

    def worth(self, served: Served, minutes: int) -> Worth:
        """What a service gives of which so many minutes count."""

    def cases(self) -> list[Case]:
        """What the rate speaks of by name, for whoever wants to try it out."""

    def to_document(self) -> dict[str, Any]: ...

    def tell(self) -> list[Words]: ...


def read_categories(part: Part) -> tuple[str, ...]:
    """The categories that a rate holds for; none is all others."""
    return part.texts("categories")


def cases_of(categories: tuple[str, ...], tags: Iterable[str] = ()) -> list[Case]:
    """Each category by itself, and with each tag."""
    named = [Case(category) for category in categories]
    return named + [Case(category, tag) for category in categories or (None,) for tag in tags]


def for_whom(categories: tuple[str, ...]) -> Words:
    """How a sentence about some categories begins."""
    if not categories:
        return Words("", "")
    return Words("、".join(categories) + "：", ", ".join(categories) + ": ")


def decimal(value: Fraction | int) -> str:
    """A number with as many decimals as it needs, two at most.

    >>> decimal(Fraction(150, 100)), decimal(2), decimal(Fraction(1, 3))
    ('1.5', '2', '0.33')
    """
    hundredths = int(Fraction(value) * 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
