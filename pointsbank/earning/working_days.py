"""Working days (工作日): which days a public notice counts, by each year's own list of holidays.

Mondays to Fridays are working days but for the holidays (放假) of the year's list, and so are the
weekends that it calls make-up days (调休上班). A year without a list has no working days that
anybody could know: that is said, never guessed. Lists are dated rows; the newest of a year holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning.errors import CalendarEmpty, CalendarUnreadable, NoCalendar
from pointsbank.earning.rules.served import HOLIDAY, WEEKEND, WORKDAY
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    add_days,
    insert_ignoring,
    pack,
    packed_rows,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import YEAR_LEAST, YEAR_MOST, clean_text

OFF, WORK = "off", "work"
KINDS = (OFF, WORK)
# The lists that came with the program; what people have settled in the office goes before them.
PACKAGED = Path(__file__).with_name("calendars")
PACKAGED_BY = "system"
NAME_MOST = 20
_KIND_OF = {True: OFF, False: WORK}
# A notice of so many days would hang for more than a year: somebody has mistyped.
DAYS_MOST = 250


class HolidayCalendar(Base):
    """A year's list of holidays as somebody settled it. Never changed: mending it makes another."""

    __tablename__ = "holiday_calendar"
    __table_args__ = strict_table(
        UniqueConstraint("year", "version"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    year: Mapped[int] = mapped_column(Int)
    version: Mapped[int] = mapped_column(Int)
    settled_by: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[str] = mapped_column(Text)


class Holiday(Base):
    """A day of such a list that is not what its weekday says: off, or a make-up day of work."""

    __tablename__ = "holiday"
    __table_args__ = strict_table(
        UniqueConstraint("calendar_id", "day"),
        CheckConstraint("kind IN ('off', 'work')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    calendar_id: Mapped[int] = mapped_column(Int, ForeignKey("holiday_calendar.id"))
    day: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class HolidayRow:
    """One day of a list; the name is what the list calls it, and may be empty."""

    day: str
    kind: str
    name: str = ""


@dataclass(frozen=True)
class YearCalendar:
    """A year's list in force. `settled_by` is nobody's for one that came with the program."""

    year: int
    days: tuple[HolidayRow, ...]
    settled_by: str = PACKAGED_BY
    settled_at: str | None = None

    @property
    def kinds(self) -> dict[str, str]:
        return {one.day: one.kind for one in self.days}


class WorkCalendar:
    """What is known of working days, year by year."""

    def __init__(self, years: Iterable[YearCalendar]) -> None:
        self._kinds = {one.year: one.kinds for one in years}

    def is_working_day(self, day: str) -> bool:
        """Whether people work on a day. Raises NoCalendar where its year has no list.

        >>> calendar = WorkCalendar(packaged_calendars())
        >>> calendar.is_working_day("2026-10-07"), calendar.is_working_day("2026-10-10")
        (False, True)
        """
        kinds = self._kinds.get(int(day[:4]))
        if kinds is None:
            raise NoCalendar(year=int(day[:4]))
        kind = kinds.get(day)
        return kind == WORK if kind else not is_weekend(day)

    def kind_of(self, day: str) -> str | None:
        """A holiday, a weekend or a workday, as the rules see it; None where nobody can say.

        >>> calendar = WorkCalendar(packaged_calendars())
        >>> [calendar.kind_of(day) for day in ("2026-10-01", "2026-10-10", "2026-10-11")]
        ['holiday', 'workday', 'weekend']
        >>> calendar.kind_of("1999-10-01") is None
        True
        """
        kinds = self._kinds.get(int(day[:4]))
        if kinds is None:
            return None
        if kinds.get(day) == OFF:
            return HOLIDAY
        return WORKDAY if self.is_working_day(day) else WEEKEND

    def after(self, day: str, count: int) -> str:
        """The day that is so many working days later, the day itself not counted.

        Raises NoCalendar when a year on the way has no list.

        >>> WorkCalendar(packaged_calendars()).after("2026-09-30", 3)
        '2026-10-10'
        """
        while count > 0:
            day = add_days(day, 1)
            count -= self.is_working_day(day)
        return day


def is_weekend(day: str) -> bool:
    """Whether a day is a Saturday or a Sunday."""
    return date.fromisoformat(day).weekday() > 4


_NEWEST = (
    select(HolidayCalendar.year, func.max(HolidayCalendar.version).label("version"))
    .group_by(HolidayCalendar.year)
    .subquery()
)
_IN_FORCE = (
    select(
        HolidayCalendar.year,
        HolidayCalendar.settled_by,
        HolidayCalendar.settled_at,
        Holiday.day,
        Holiday.kind,
        Holiday.name,
    )
    .join(
        _NEWEST,
        (_NEWEST.c.year == HolidayCalendar.year) & (_NEWEST.c.version == HolidayCalendar.version),
    )
    .join(Holiday, Holiday.calendar_id == HolidayCalendar.id)
    .order_by(Holiday.day)
)
_ALL = statement(_IN_FORCE)
_LAST = statement(
    select(func.coalesce(func.max(HolidayCalendar.version), 0)).where(
        HolidayCalendar.year == bindparam("of_year")
    )
)
_INSERT = statement(
    insert_ignoring(HolidayCalendar, "year", "version").returning(HolidayCalendar.id)
)
_DAY, _KIND, _NAME = packed_rows("days", str, str, str)
_INSERT_DAYS = statement(
    insert(Holiday).from_select(
        ["calendar_id", "day", "kind", "name"],
        select(bindparam("of_calendar", type_=Int), _DAY, _KIND, _NAME),
    )
)


def read_calendars(session: Session) -> list[YearCalendar]:
    """The list in force of every year that has one, the earliest year first."""
    found = {one.year: one for one in packaged_calendars()}
    days: dict[int, list[HolidayRow]] = {}
    for row in session.rows(_ALL):
        days.setdefault(row.year, []).append(HolidayRow(row.day, row.kind, row.name))
        found[row.year] = YearCalendar(
            row.year, tuple(days[row.year]), row.settled_by, row.settled_at
        )
    return [found[year] for year in sorted(found)]


def work_calendar(session: Session) -> WorkCalendar:
    """Every list in force, to count working days by."""
    return WorkCalendar(read_calendars(session))


def insert_calendar(act: Act, year: int, days: Iterable[HolidayRow]) -> int:
    """The version of a year's list that somebody has settled. Raises CalendarEmpty and others."""
    rows = sorted({one.day: _read(one, year) for one in days}.values(), key=lambda one: one.day)
    if not any(one.kind == OFF for one in rows):
        # No year is without a holiday: an empty list is one that nobody has made yet.
        raise CalendarEmpty(year=year)
    last, made = int(act.session.value(_LAST, of_year=year)), None
    while made is None:
        # Somebody else may be settling it the same moment; then the version after is ours.
        last += 1
        made = act.session.value(
            _INSERT, year=year, version=last, settled_by=act.caller.actor, settled_at=act.now
        )
    told = pack((one.day, one.kind, one.name) for one in rows)
    act.session.run(_INSERT_DAYS, of_calendar=made, days=told)
    return last


def _read(one: HolidayRow, year: int) -> HolidayRow:
    try:
        day = date.fromisoformat(one.day)
    except ValueError as cause:
        raise CalendarUnreadable(value=one.day[:24]) from cause
    if day.year != year or one.kind not in KINDS or not YEAR_LEAST <= year <= YEAR_MOST:
        raise CalendarUnreadable(value=one.day[:24])
    return HolidayRow(day.isoformat(), one.kind, clean_text(one.name, NAME_MOST))


def read_holiday_list(text: str) -> list[HolidayRow]:
    """A year's list from JSON: rows of `name`, `date` and `isOffDay`, alone or under `days`.

    Raises CalendarUnreadable.

    >>> read_holiday_list('[{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]')
    [HolidayRow(day='2027-01-01', kind='off', name='元旦')]
    """
    try:
        told: Any = json.loads(text)
        rows = told["days"] if isinstance(told, dict) else told
        found = [
            (date.fromisoformat(row["date"]), _KIND_OF[row["isOffDay"]], row["name"])
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as cause:
        raise CalendarUnreadable(value="JSON") from cause
    years = sorted({day.year for day, _, _ in found})
    if len(years) > 1:
        raise CalendarUnreadable(value=" ".join(map(str, years))[:24])
    return [
        HolidayRow(day.isoformat(), kind, clean_text(name, NAME_MOST)) for day, kind, name in found
    ]


@cache
def packaged_calendars() -> tuple[YearCalendar, ...]:
    """The lists that came with the program."""
    return tuple(
        YearCalendar(int(path.stem), tuple(read_holiday_list(path.read_text(encoding="utf-8"))))
        for path in sorted(PACKAGED.glob("*.json"))
    )
