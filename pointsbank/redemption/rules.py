"""The rules of redeeming (兑换规则), as plain functions: from what is known to what is refused.

Each yields refusals in the order in which they matter to the person; nothing here reads or writes.
A quote shows all of them, a checkout stops at the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from pointsbank.earning import decimal, next_first_day
from pointsbank.foundation import SHOP_ZONE, PointsBankError, add_days, from_instant
from pointsbank.ledger import InsufficientBalance, OwedFirst
from pointsbank.people import AskAtDesk, CardHolder
from pointsbank.redemption.errors import (
    ClosedToday,
    DailyLimit,
    HoursTooFew,
    OutOfHours,
    PinForSum,
    PointsTooFew,
    TimesLimit,
)
from pointsbank.redemption.usage import Usage

Refusals = Iterator[PointsBankError]


def debts(holder: CardHolder) -> Refusals:
    """Points that are owed come first (先还欠分)."""
    if holder.owes > 0:
        yield OwedFirst(owed=holder.owes)


def sanctions(usage: Usage) -> Refusals:
    """Who may not redeem for a while is asked to the desk, because others stand around (暂停)."""
    if usage.sanctioned_until is not None:
        yield AskAtDesk()


def closing_time(opens: str, closes: str, now: str) -> Refusals:
    """A shop gives nothing while it is closed. Hours are the shop's own, and so is the clock."""
    if not opens <= shop_time(now) < closes:
        yield OutOfHours(opens=opens)


def closing_day(usage: Usage, today: str) -> Refusals:
    """A rulebook may give goods on certain days alone (每周五、每季度末月)."""
    if not usage.rehearses and not usage.redeeming.is_open(today):
        yield ClosedToday(until=usage.redeeming.opens_next(today))


def beginning(holder: CardHolder, usage: Usage) -> Refusals:
    """From how many points and hours on somebody redeems at all; no family in need serves any."""
    if usage.rehearses:
        return
    needed = usage.redeeming.min_balance
    if holder.balance < needed:
        yield PointsTooFew(needed=needed, short=needed - holder.balance)
    short = usage.redeeming.min_minutes - usage.minutes_served
    if short > 0 and holder.volunteer_id is not None:
        hours = Fraction(usage.redeeming.min_minutes, 60)
        # Rounded up, so that nobody who has served what is told is refused again.
        yield HoursTooFew(hours=decimal(hours), short=decimal(Fraction(-(-short // 6), 10)))


def times(usage: Usage, today: str) -> Refusals:
    """How often somebody redeems in a period (每季度一次)."""
    limit = usage.redeeming.times
    if limit and not usage.rehearses and usage.times_used >= limit.most:
        yield TimesLimit(limit=limit.most, until=next_first_day(today, limit.per))


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
    return from_instant(now).astimezone(SHOP_ZONE).isoformat()[11:16]


def next_month(day: str) -> str:
    """The first day of the next calendar month.

    >>> next_month("2026-12-31")
    '2027-01-01'
    """
    first = date.fromisoformat(day).replace(day=1)
    return (first + timedelta(days=31)).replace(day=1).isoformat()
