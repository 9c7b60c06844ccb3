"""Stretches of time that a rule counts by (日、周、月、季、年), in the shop's own days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from pointsbank.earning.rules.kind import Words

PERIODS = ("day", "week", "month", "quarter", "year")
# How each is said after "at most so many".
WORDS = {
    "activity": Words("同一活动", "one activity"),
    "day": Words("当天", "the day"),
    "week": Words("本周", "the week"),
    "month": Words("当月", "the month"),
    "quarter": Words("本季度", "the quarter"),
    "year": Words("当年", "the year"),
}
EACH = {
    "activity": Words("每次活动", "an activity"),
    "day": Words("每天", "a day"),
    "week": Words("每周", "a week"),
    "month": Words("每月", "a month"),
    "quarter": Words("每季度", "a quarter"),
    "year": Words("每年", "a year"),
}


@lru_cache(maxsize=256)
def first_day(day: str, per: str) -> str:
    """The first day of the period that a day lies in; weeks begin on Monday.

    >>> first_day("2026-11-20", "week"), first_day("2026-11-20", "quarter")
    ('2026-11-16', '2026-10-01')
    """
    on = date.fromisoformat(day)
    if per == "week":
        on -= timedelta(days=on.weekday())
    elif per == "month":
        on = on.replace(day=1)
    elif per == "quarter":
        on = on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1)
    elif per == "year":
        on = on.replace(month=1, day=1)
    return on.isoformat()


def next_first_day(day: str, per: str) -> str:
    """The first day of the period after the one that a day lies in.

    >>> next_first_day("2026-12-31", "quarter"), next_first_day("2028-02-29", "day")
    ('2027-01-01', '2028-03-01')
    """
    first = date.fromisoformat(first_day(day, per))
    longest = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[per]
    return first_day((first + timedelta(days=longest)).isoformat(), per)


def later_by_years(day: str, years: int) -> str:
    """The same day so many years later; of 29 February in a year without one, the month's last.

    民法典 art. 202: a period counted by years ends on the day that corresponds to its beginning,
    and where the month lacks that day, on the last of the month.

    >>> later_by_years("2028-02-29", 1), later_by_years("2028-02-29", 4)
    ('2029-02-28', '2032-02-29')
    """
    on = date.fromisoformat(day)
    try:
        return on.replace(year=on.year + years).isoformat()
    except ValueError:
        return on.replace(year=on.year + years, day=28).isoformat()


def in_hours(minutes: int) -> Words:
    """A duration in words.

    >>> in_hours(150).zh, in_hours(50).en, in_hours(110).en
    ('2.5 小时', '50 min', '1 h 50 min')
    """
    hours, rest = divmod(minutes, 60)
    if minutes % 6 == 0 and (hours or not rest):
        tenths = minutes // 6
        told = f"{tenths // 10}.{tenths % 10}"
        return Words(f"{told} 小时", f"{told} h")
    if not hours:
        return Words(f"{rest} 分钟", f"{rest} min")
    return Words(f"{hours} 小时 {rest} 分钟", f"{hours} h {rest} min")
