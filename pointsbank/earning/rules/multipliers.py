"""Multipliers (系数): by night, on holidays, on certain days, in an emergency, with a licence.

Holidays are those of the bank's own list for each year (放假安排), by which notices go too: said
day by day in the rulebook they would stop without a word on 1 January. A service belongs to the
moment at which it began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from pointsbank.earning.errors import NoCalendar
from pointsbank.earning.rules.errors import RulebookFieldMissing
from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.rate import PERCENT_MOST, decimal
from pointsbank.earning.rules.reading import Part
from pointsbank.earning.rules.served import HOLIDAY, WEEKEND, Served
from pointsbank.foundation import SHOP_ZONE, from_instant

HIGHEST, TOGETHER = "highest", "multiply"
NIGHT, DAYS, TAG = "night", "days", "tag"
WEEKDAYS = (
    Words("周一", "Monday"),
    Words("周二", "Tuesday"),
    Words("周三", "Wednesday"),
    Words("周四", "Thursday"),
    Words("周五", "Friday"),
    Words("周六", "Saturday"),
    Words("周日", "Sunday"),
)


@dataclass(frozen=True)
class Factor:
    """So many hundredths, for a service by night, on holidays, on certain days, or with a tag."""

    when: str
    name: str
    percent: int
    begins: str | None = None
    ends: str | None = None
    days: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    weekends: bool = False

    @classmethod
    def read(cls, part: Part) -> Factor:
        when = part.one_of("when", (NIGHT, HOLIDAY, DAYS, TAG))
        name, percent = part.text("name"), part.whole("percent", 0, PERCENT_MOST)
        made = cls(when, name, percent)
        if when == NIGHT:
            made = cls(when, name, percent, part.time("begins"), part.time("ends"))
        elif when == HOLIDAY:
            made = cls(when, name, percent, weekends=part.flag("weekends"))
        elif when == DAYS:
            days, weekdays = part.days("days"), part.numbers("weekdays", 1, 7)
            if not days and not weekdays:
                part.problems.append(RulebookFieldMissing(path=part.place("days")))
            made = cls(when, name, percent, days=days, weekdays=weekdays)
        part.done()
        return made

    def fits(self, served: Served) -> bool:
        """Whether the factor is about this service.

        Raises NoCalendar where it asks for holidays and nobody has said which days they are.
        """
        if self.when == HOLIDAY:
            if served.day_kind is None:
                raise NoCalendar(year=int(served.served_on[:4]))
            return served.day_kind in ((HOLIDAY, WEEKEND) if self.weekends else (HOLIDAY,))
        if self.when == TAG:
            return self.name in served.tags or self.name == served.category
        if self.when == DAYS:
            weekday = date.fromisoformat(served.served_on).isoweekday()
            return served.served_on in self.days or weekday in self.weekdays
        if served.started_at is None:
            # Only a day was told: nobody can say that it was by night.
            return False
        clock = from_instant(served.started_at).astimezone(SHOP_ZONE).strftime("%H:%M")
        begins, ends = self.begins or "", self.ends or ""
        if begins <= ends:
            return begins <= clock < ends
        return clock >= begins or clock < ends

    def to_document(self) -> dict[str, Any]:
        told: dict[str, Any] = {"when": self.when, "name": self.name, "percent": self.percent}
        if self.when == NIGHT:
            told |= {"begins": self.begins, "ends": self.ends}
        if self.when == HOLIDAY:
            told |= {"weekends": self.weekends}
        if self.when == DAYS:
            told |= {"days": list(self.days), "weekdays": list(self.weekdays)}
        return told

    def tell(self) -> Words:
        times = decimal(Fraction(self.percent, 100))
        zh, en = "", ""
        if self.when == NIGHT:
            zh = f"（{self.begins} 到 {self.ends} 开始的）"
            en = f" (begun from {self.begins} to {self.ends})"
        if self.when == HOLIDAY:
            zh = "（放假安排里放假的日子和双休日）" if self.weekends else "（放假安排里放假的日子）"
            en = " (the calendar's holidays)"
            if self.weekends:
                en = " (the calendar's holidays, and weekends)"
        if self.when == DAYS:
            several = [WEEKDAYS[one - 1] for one in self.weekdays]
            told_zh = [*(one.zh for one in several), *self.days]
            told_en = [*(one.en for one in several), *self.days]
            zh, en = f"（{'、'.join(told_zh)}）", f" ({', '.join(told_en)})"
        return Words(f"{self.name}{zh}：× {times}", f"{self.name}{en}: × {times}")


@dataclass(frozen=True)
class Multipliers:
    """All factors; of several that fit the highest counts alone, or all are multiplied."""

    combine: str = HIGHEST
    factors: tuple[Factor, ...] = ()

    @classmethod
    def read(cls, part: Part) -> Multipliers:
        combine = part.one_of("combine", (HIGHEST, TOGETHER), HIGHEST)
        return cls(combine, tuple(Factor.read(one) for one in part.parts("factors")))

    @property
    def asks_calendar(self) -> bool:
        """Whether any factor goes by the year's list of holidays."""
        return any(one.when == HOLIDAY for one in self.factors)

    def fitting(self, served: Served) -> list[Factor]:
        """The factors that a service is multiplied by, in the rulebook's order. NoCalendar."""
        found = [one for one in self.factors if one.fits(served)]
        if self.combine == HIGHEST and found:
            return [max(found, key=lambda one: one.percent)]
        return found

    def to_document(self) -> dict[str, Any]:
        factors = [one.to_document() for one in self.factors]
        return {"combine": self.combine, "factors": factors}

    def tell(self) -> list[Words]:
        if not self.factors:
            return []
        how = Words("同时符合几条时只取最高的一条", "Of several that fit only the highest counts")
        if self.combine == TOGETHER:
            how = Words("同时符合几条时连乘", "Several that fit are multiplied with each other")
        told = [one.tell() for one in self.factors]
        return [*told, how] if len(self.factors) > 1 else told


MULTIPLIERS = RuleKind(
    code="multipliers",
    title=Words("系数", "Multipliers"),
    read=Multipliers.read,
    examples=(
        {},
        {"factors": [{"when": "tag", "name": "应急", "percent": 200}]},
        {"factors": [{"when": "holiday", "name": "假日", "percent": 200, "weekends": True}]},
        {
            "combine": "multiply",
            "factors": [
                {
                    "when": "night",
                    "name": "夜间",
                    "percent": 150,
                    "begins": "22:00",
                    "ends": "06:00",
                },
                {
                    "when": "days",
                    "name": "节假日",
                    "percent": 120,
                    "days": ["2026-10-01"],
                    "weekdays": [6, 7],
                },
            ],
        },
    ),
)
