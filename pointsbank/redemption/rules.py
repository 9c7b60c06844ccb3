"""The rules of redeeming (兑换规则), as plain functions: from what is known to what is refused.

Each yields refusals in the order in which they matter to the person; nothing here reads or writes.
A quote shows all of them, a checkout stops at the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pointsbank.foundation import SHOP_ZONE, PointsBankError, add_days, from_instant
from pointsbank.ledger import InsufficientBalance, OwedFirst
from pointsbank.people import CardHolder
from pointsbank.redemption.errors import DailyLimit, OutOfHours, PinForSum
from pointsbank.redemption.usage import Usage

Refusals = Iterator[PointsBankError]


def debts(holder: CardHolder) -> Refusals:
    """Points that are owed come first (先还欠分)."""
    if holder.owes > 0:
        yield OwedFirst(owed=holder.owes)


def closing_time(opens: str, closes: str, now: str) -> Refusals:
    """A shop gives nothing while it is closed. Hours are the shop's own, and so is the clock."""
    if not opens <= shop_time(now) < closes:
        yield OutOfHours(opens=opens)


def points(holder: CardHolder, usage: Usage, total: int, today: str) -> Refusals:
    """The day's limit, then the wallet itself."""
    if usage.points_today + total > usage.limit_points_daily:
        yield DailyLimit(
            limit=usage.limit_points_daily,
            left=max(0, usage.limit_points_daily - usage.points_today),
            until=add_days(today, 1),
        )
    if total > holder.balance:
        yield InsufficientBalance(
            holder.wallet.id,
            available=holder.balance,
            needed=total,
            short=total - holder.balance,
        )


def pin(holder: CardHolder, usage: Usage, total: int) -> Refusals:
    """From the place's own sum a day on, the PIN is asked for as well (满额要密码); 0 is never."""
    today = usage.points_today + total
    if 0 < usage.pin_from_points <= today and not holder.by_pin:
        yield PinForSum(from_points=usage.pin_from_points)


def shop_time(now: str) -> str:
    """An instant as the clock on the shop's wall shows it.

    >>> shop_time("2026-11-22T02:26:00.000000Z")
    '10:26'
    """
    return from_instant(now).astimezone(SHOP_ZONE).strftime("%H:%M")


def next_month(day: str) -> str:
    """The first day of the next calendar month.

    >>> next_month("2026-12-31")
    '2027-01-01'
    """
    first = date.fromisoformat(day).replace(day=1)
    return (first + timedelta(days=31)).replace(day=1).isoformat()
