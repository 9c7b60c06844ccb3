"""Time as the books know it: UTC instants, and business dates (业务日期) in Asia/Shanghai.

Instants are text of fixed width, so that they sort as text on both databases.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pointsbank.foundation.errors import ClockWrong

SHOP_ZONE = ZoneInfo("Asia/Shanghai")

Now = Callable[[], datetime]


@dataclass(frozen=True)
class ClockDoubt:
    """Why this clock cannot be right: it is `behind` the books, or far `ahead` of them.

    One that shows a day before this program existed is `impossible`, and nobody can call it right.
    `known` is the last moment that nobody doubts, as an instant.
    """

    reason: str
    known: str


@dataclass(frozen=True)
class GoodLook:
    """The last look at which the clock was right, and what a steady clock showed by its side."""

    moment: datetime
    steady_seconds: float
    confirmed: str


def to_instant(moment: datetime) -> str:
    """Write an aware moment as the text the books keep.

    >>> to_instant(datetime(2026, 11, 22, 10, 26, tzinfo=SHOP_ZONE))
    '2026-11-22T02:26:00.000000Z'
    """
    # "+00:00" at the end; strftime would say the same four times as slowly.
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def from_instant(text: str) -> datetime:
    """Read an instant back as an aware moment in UTC.

    >>> from_instant("2026-11-22T02:26:00.000000Z")
    datetime.datetime(2026, 11, 22, 2, 26, tzinfo=datetime.timezone.utc)
    """
    return datetime.fromisoformat(text)


def business_day(moment: datetime) -> str:
    """The day in the shop's zone, as ISO text.

    >>> business_day(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    '2027-01-01'
    """
    return moment.astimezone(SHOP_ZONE).date().isoformat()


def add_days(day: str, count: int) -> str:
    """The ISO day `count` days later (earlier when negative)."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def to_minute(moment: datetime) -> str:
    """A moment as the clock on the shop's wall shows it, to be read by people.

    >>> to_minute(datetime(2026, 11, 22, 2, 26, 59, tzinfo=UTC))
    '2026-11-22 10:26'
    """
    return moment.astimezone(SHOP_ZONE).strftime("%Y-%m-%d %H:%M")


def seconds_since_start() -> float:
    """Seconds since the machine was switched on, also those that it slept; nobody can set it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Clock:
    """The bank's own clock. Tests and the demonstration hand in another `now`, or move it.

    `doubt` is set and taken back by the watch (`clock_watch.py`); while it stands nothing is
    booked.
    """

    def __init__(
        self,
        now: Now | None = None,
        ahead: timedelta = timedelta(),
        steady: Callable[[], float] = seconds_since_start,
    ) -> None:
        self._now = now or (lambda: datetime.now(UTC))
        self.ahead = ahead
        self.steady = steady
        self.doubt: ClockDoubt | None = None
        self.good_look: GoodLook | None = None

    def moment(self) -> datetime:
        return self._now() + self.ahead

    def instant(self) -> str:
        return to_instant(self.moment())

    def today(self) -> str:
        return business_day(self.moment())

    def known_day(self) -> str:
        """Today, or while the clock is in doubt the last day that nobody doubts."""
        return business_day(from_instant(self.doubt.known)) if self.doubt else self.today()

    def set_now(self, now: Now) -> None:
        """Replace the source of time; the demonstration's story tells past days with it."""
        self._now = now

    def set_ahead(self, ahead: timedelta) -> None:
        """Run this much ahead of the source of time; only a demonstration ever does."""
        self.ahead = ahead

    def refuse_doubt(self) -> None:
        """Raise ClockWrong while nobody knows what day it is."""
        if self.doubt is not None:
            known = to_minute(from_instant(self.doubt.known))
            raise ClockWrong(now=to_minute(self.moment()), known=known)
