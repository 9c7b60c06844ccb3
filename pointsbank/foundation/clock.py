"""Time as the books know it: UTC instants, and business dates (业务日期) in Asia/Shanghai.

Instants are text of fixed width, so that they sort as text on both databases.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Asia/Shanghai")

Now = Callable[[], datetime]


def to_instant(moment: datetime) -> str:
    """Write an aware moment as the text the books keep.

    >>> to_instant(datetime(2026, 11, 22, 10, 26, tzinfo=SHOP_ZONE))
    '2026-11-22T02:26:00.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


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


class Clock:
    """The bank's own clock. Tests and the demonstration hand in another `now`, or move it."""

    def __init__(self, now: Now | None = None, ahead: timedelta = timedelta()) -> None:
        self._now = now or (lambda: datetime.now(UTC))
        self.ahead = ahead

    def moment(self) -> datetime:
        return self._now() + self.ahead

    def instant(self) -> str:
        return to_instant(self.moment())

    def today(self) -> str:
        return business_day(self.moment())

    def set_now(self, now: Now) -> None:
        """Replace the source of time; the demonstration's story tells past days with it."""
        self._now = now

    def set_ahead(self, ahead: timedelta) -> None:
        """Run this much ahead of the source of time; only a demonstration ever does."""
        self.ahead = ahead
