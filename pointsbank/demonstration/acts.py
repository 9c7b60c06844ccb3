"""Letting time pass (让时间走一走): the demonstration's clock can be put ahead, never back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from pointsbank.demonstration.settings import DAYS_AHEAD, keep_setting
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Session,
    find_setting,
    new_key,
    operation,
)

# What a night does; told whether it is the last of those that are turned over now.
Night = Callable[[Bank, bool], object]


@operation("demonstration.go_ahead")
def _go_ahead(act: Act, *, days: int) -> Answer:
    """Put the clock so many days further ahead."""
    ahead = read_ahead(act.session).days + days
    keep_setting(act.session, DAYS_AHEAD, str(ahead))
    return {"days_ahead": ahead}


def read_ahead(session: Session) -> timedelta:
    """How far the demonstration's clock runs ahead."""
    return timedelta(days=int(find_setting(session, DAYS_AHEAD) or "0"))


def go_to_next_day(bank: Bank, *, by: Caller, night: Night) -> str:
    """Turn to the next day, and do what the night does between; the new business day."""
    return _turn(bank, 1, by, night)


def go_to_month_end(bank: Bank, *, by: Caller, night: Night) -> str:
    """Turn night by night to the first day of the next month; the new business day."""
    today = date.fromisoformat(bank.clock.today())
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _turn(bank, (first - today).days, by, night)


def _turn(bank: Bank, days: int, by: Caller, night: Night) -> str:
    """Every night has its own day: a notice that ends on the 10th is issued on the 11th."""
    for left in reversed(range(days)):
        ahead = _go_ahead(bank, by=by, key=new_key(), days=1).answer["days_ahead"]
        bank.clock.set_ahead(timedelta(days=ahead))
        night(bank, left == 0)
    return bank.clock.today()
