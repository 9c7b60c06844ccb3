"""How long points are valid (有效期): for good, to the year's end, or so many years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.periods import later_by_years
from pointsbank.earning.rules.reading import Part

FOR_GOOD, TO_YEARS_END, YEARS = "none", "calendar_year", "years"


@dataclass(frozen=True)
class Validity:
    """Until which day points stand, and how long before it people are warned."""

    until: str = FOR_GOOD
    years: int | None = None
    warn_days: int = 30

    @classmethod
    def read(cls, part: Part) -> Validity:
        until = part.one_of("until", (FOR_GOOD, TO_YEARS_END, YEARS), FOR_GOOD)
        years = part.whole("years", 1, 20) if until == YEARS else None
        return cls(until, years, part.whole("warn_days", 0, 365, 30))

    def expires_on(self, earned_on: str) -> str | None:
        """The last day on which points stand that were earned on a day; None is for good."""
        if self.until == TO_YEARS_END:
            return f"{earned_on[:4]}-12-31"
        return later_by_years(earned_on, self.years) if self.years else None

    def to_document(self) -> dict[str, Any]:
        told = {"until": self.until, "warn_days": self.warn_days}
        return told | {"years": self.years} if self.years else told

    def tell(self) -> list[Words]:
        if self.until == FOR_GOOD:
            return [Words("积分长期有效", "Points are valid for good")]
        if self.until == TO_YEARS_END:
            told = Words("积分当年有效，到 12 月 31 日 24 时", "Points are valid to 31 December")
        else:
            years = self.years
            told = Words(
                f"积分 {years} 年有效", f"Points are valid for {several(years or 1, 'year')}"
            )
        days = self.warn_days
        return [
            told,
            Words(f"到期前 {days} 天提醒", f"A warning comes {several(days, 'day')} before"),
        ]


VALIDITY = RuleKind(
    code="validity",
    title=Words("有效期", "Validity"),
    read=Validity.read,
    examples=(
        {},
        {"until": "calendar_year", "warn_days": 60},
        {"until": "years", "years": 3},
    ),
)
