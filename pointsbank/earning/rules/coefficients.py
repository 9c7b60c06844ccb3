"""Points for time by a table of coefficients (按系数计分): of a category, a level, or both."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pointsbank.earning.rules.errors import RulebookSaidTwice
from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.periods import in_hours
from pointsbank.earning.rules.rate import (
    MINUTES_MOST,
    PERCENT_MOST,
    POINTS_MOST,
    Case,
    Worth,
    cases_of,
    decimal,
    for_whom,
    read_categories,
)
from pointsbank.earning.rules.reading import LIST_MOST, Part
from pointsbank.earning.rules.served import Served


@dataclass(frozen=True)
class Coefficient:
    """A row of the table: for a category, a level (said by a tag of the service), or both."""

    percent: int
    category: str | None
    level: str | None

    @property
    def name(self) -> str:
        """What the row is about."""
        return " ".join(part for part in (self.category, self.level) if part)

    def fits(self, served: Served) -> bool:
        """Whether the row is about this service."""
        return self.category in (None, served.category) and (
            self.level is None or self.level in served.tags
        )

    @property
    def told_of(self) -> tuple[bool, bool]:
        """How exactly it says which service it means; a category is more than a level."""
        return self.category is not None, self.level is not None


@dataclass(frozen=True)
class Coefficients:
    """Points for time, times the coefficient of the row that says most exactly what was done.

    What no row speaks of counts once. Of two rows of equal rank the first in the table decides.
    """

    minutes: int
    points: int
    table: tuple[Coefficient, ...]
    categories: tuple[str, ...] = ()
    by_minutes = True

    @classmethod
    def read(cls, part: Part) -> Coefficients:
        minutes = part.whole("minutes", 1, MINUTES_MOST, 60)
        points = part.whole("points", 0, POINTS_MOST)
        table: list[Coefficient] = []
        for row in part.parts("table", 1, LIST_MOST):
            made = Coefficient(
                percent=row.whole("percent", 0, PERCENT_MOST),
                category=row.text("category") if row.has("category") else None,
                level=row.text("level") if row.has("level") else None,
            )
            row.done()
            if any((made.category, made.level) == (one.category, one.level) for one in table):
                part.problems.append(RulebookSaidTwice(path=row.path, what=made.name))
            table.append(made)
        return cls(minutes, points, tuple(table), read_categories(part))

    def worth(self, served: Served, minutes: int) -> Worth:
        fitting = [row for row in self.table if row.fits(served)]
        row = max(fitting, key=lambda one: one.told_of, default=None)
        times = Fraction(row.percent if row else 100, 100)
        points = Fraction(minutes * self.points, self.minutes) * times
        long, rate = in_hours(minutes), self.points
        told = Words(f"{long.zh} × {rate} 分", f"{long.en} × {rate}")
        if self.minutes != 60:
            each = self.minutes
            told = Words(
                f"{long.zh}，每 {each} 分钟 {rate} 分", f"{long.en}, {rate} for {each} min"
            )
        if row:
            what, number = f"（{row.name}）" if row.name else "", decimal(times)
            named = f" ({row.name})" if row.name else ""
            told = Words(f"{told.zh} × {number}{what}", f"{told.en} × {number}{named}")
        return Worth(points, told)

    def cases(self) -> list[Case]:
        rows = [Case(row.category, row.level) for row in self.table if row.name]
        # A category that the table knows more exactly need not be tried without its row.
        known = {row.category for row in rows}
        return [one for one in cases_of(self.categories) if one.category not in known] + rows

    def to_document(self) -> dict[str, Any]:
        return {
            "kind": COEFFICIENTS.code,
            "minutes": self.minutes,
            "points": self.points,
            "table": [
                {"category": row.category, "level": row.level, "percent": row.percent}
                for row in self.table
            ],
            "categories": list(self.categories),
        }

    def tell(self) -> list[Words]:
        who, each = for_whom(self.categories), self.minutes
        base = Words(
            f"{who.zh}每 {each} 分钟 {self.points} 分，再乘系数",
            f"{who.en}{several(self.points, 'point')} for every {each} min, times a coefficient",
        )
        rows = [
            Words(
                f"{row.name or '其他'}：× {decimal(Fraction(row.percent, 100))}",
                f"{row.name or 'others'}: × {decimal(Fraction(row.percent, 100))}",
            )
            for row in self.table
        ]
        return [base, *rows]


COEFFICIENTS = RuleKind(
    code="coefficients",
    title=Words("按系数计分", "Points by coefficients"),
    read=Coefficients.read,
    examples=(
        {
            "kind": "coefficients",
            "minutes": 60,
            "points": 10,
            "table": [
                {"category": "应急救援", "percent": 200},
                {"level": "专业", "percent": 150},
                {"category": "卫生健康", "level": "专业", "percent": 180},
            ],
        },
        {"kind": "coefficients", "minutes": 30, "points": 3, "table": [{"percent": 120}]},
    ),
)
