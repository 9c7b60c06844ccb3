"""When and how often points may be redeemed (兑换时间和次数), and from how much on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pointsbank.earning.rules.errors import RulebookNeverOpens
from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.multipliers import WEEKDAYS
from pointsbank.earning.rules.periods import EACH, PERIODS, in_hours
from pointsbank.earning.rules.reading import Part

EVER = "ever"
PERSON, HOUSEHOLD = "person", "household"
# A 29 February falls on a given weekday once in 28 years; what is closed for longer never opens.
LOOK_AHEAD_DAYS = 12_000
# A kiosk keeps its yellow button no longer; a place may take it away altogether.
UNDO_MINUTES_MOST = 5


@dataclass(frozen=True)
class Times:
    """At most so many redemptions in a period."""

    most: int
    per: str


@dataclass(frozen=True)
class PerItem:
    """At most so many pieces of one product in a period, for a person or a whole household."""

    most: int
    per: str
    whose: str = PERSON


@dataclass(frozen=True)
class Redeeming:
    """Open on these weekdays, days of the month and months; none of a sort is all of them.

    `min_balance` must stand in the wallet before, and `min_minutes` of service in the books. A
    purchase can be undone for `undo_minutes`; with 0 nothing is taken back (不退不换).
    """

    weekdays: tuple[int, ...] = ()
    days_of_month: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    times: Times | None = None
    per_item: PerItem | None = None
    min_balance: int = 0
    min_minutes: int = 0
    undo_minutes: int = UNDO_MINUTES_MOST

    @classmethod
    def read(cls, part: Part) -> Redeeming:
        times = per_item = None
        if part.has("times"):
            one = part.part("times")
            times = Times(one.whole("most", 1, 1000), one.one_of("per", PERIODS))
            one.done()
        if part.has("per_item"):
            one = part.part("per_item")
            per_item = PerItem(
                one.whole("most", 1, 1000),
                one.one_of("per", (*PERIODS, EVER)),
                one.one_of("whose", (PERSON, HOUSEHOLD), PERSON),
            )
            one.done()
        made = cls(
            weekdays=part.numbers("weekdays", 1, 7),
            days_of_month=part.numbers("days_of_month", 1, 31),
            months=part.numbers("months", 1, 12),
            times=times,
            per_item=per_item,
            min_balance=part.whole("min_balance", 0, 1_000_000, 0),
            min_minutes=part.whole("min_minutes", 0, 1_000_000, 0),
            undo_minutes=part.whole("undo_minutes", 0, UNDO_MINUTES_MOST, UNDO_MINUTES_MOST),
        )
        if made.opens_next("2001-01-01") is None:
            part.problems.append(RulebookNeverOpens(path=part.place("days_of_month")))
        return made

    def is_open(self, day: str) -> bool:
        """Whether anything may be redeemed on a day.

        >>> (
        ...     Redeeming(weekdays=(5,)).is_open("2026-11-20"),
        ...     Redeeming(months=(3,)).is_open("2026-11-20"),
        ... )
        (True, False)
        """
        on = date.fromisoformat(day)
        return (
            (not self.weekdays or on.isoweekday() in self.weekdays)
            and (not self.days_of_month or on.day in self.days_of_month)
            and (not self.months or on.month in self.months)
        )

    def opens_next(self, day: str) -> str | None:
        """The first day from this one on on which something may be redeemed; None is never."""
        first = date.fromisoformat(day)
        for ahead in range(LOOK_AHEAD_DAYS):
            on = (first + timedelta(days=ahead)).isoformat()
            if self.is_open(on):
                return on
        return None

    def to_document(self) -> dict[str, Any]:
        return {
            "weekdays": list(self.weekdays),
            "days_of_month": list(self.days_of_month),
            "months": list(self.months),
            "times": dict(vars(self.times)) if self.times else None,
            "per_item": dict(vars(self.per_item)) if self.per_item else None,
            "min_balance": self.min_balance,
            "min_minutes": self.min_minutes,
            "undo_minutes": self.undo_minutes,
        }

    def tell(self) -> list[Words]:
        return list(self._told())

    def _told(self) -> Iterator[Words]:
        if self.weekdays or self.days_of_month or self.months:
            yield self._window()
        if self.times:
            each, most = EACH[self.times.per], self.times.most
            yield Words(
                f"每人{each.zh}最多兑换 {most} 次",
                f"At most {several(most, 'redemption')} {each.en} each",
            )
        if self.per_item:
            most, one = self.per_item.most, self.per_item
            each = Words("", "") if one.per == EVER else EACH[one.per]
            by_home = one.whose == HOUSEHOLD
            zh, en = ("每户", "a household") if by_home else ("每人", "a person")
            yield Words(
                f"同一样东西{zh}{each.zh}最多 {most} 件",
                f"At most {most} of one item for {en} {each.en}".strip(),
            )
        if self.min_balance:
            least = self.min_balance
            yield Words(f"满 {least} 分才能兑换", f"Redeeming begins at {several(least, 'point')}")
        if self.min_minutes:
            hours = in_hours(self.min_minutes)
            yield Words(
                f"服务满 {hours.zh}才能兑换", f"Redeeming begins after {hours.en} of service"
            )

        if self.undo_minutes < UNDO_MINUTES_MOST:
            minutes = self.undo_minutes
            yield Words(
                f"换错了 {minutes} 分钟内可以撤销" if minutes else "换了不退不换",
                f"A purchase can be undone for {several(minutes, 'minute')}"
                if minutes
                else "What was redeemed is not taken back",
            )

    def _window(self) -> Words:
        zh, en = [], []
        if self.months:
            zh.append("、".join(f"{one} 月" for one in self.months))
            en.append("in month " + ", ".join(map(str, self.months)))
        if self.days_of_month:
            zh.append("、".join(f"{one} 日" for one in self.days_of_month))
            en.append("on day " + ", ".join(map(str, self.days_of_month)))
        if self.weekdays:
            zh.append("、".join(WEEKDAYS[one - 1].zh for one in self.weekdays))
            en.append("on " + ", ".join(WEEKDAYS[one - 1].en for one in self.weekdays))
        return Words(f"兑换时间：{' '.join(zh)}", f"Redeeming {', '.join(en)}")


REDEEMING = RuleKind(
    code="redeeming",
    title=Words("兑换时间和次数", "When and how often to redeem"),
    read=Redeeming.read,
    examples=(
        {},
        {"weekdays": [5], "min_balance": 20, "undo_minutes": 0},
        {"times": {"most": 1, "per": "quarter"}, "months": [3, 6, 9, 12]},
        {
            "per_item": {"most": 2, "per": "ever", "whose": "household"},
            "min_minutes": 300,
            "days_of_month": [1, 15],
        },
    ),
)
