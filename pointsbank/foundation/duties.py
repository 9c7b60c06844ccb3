"""Duties of the night (每夜的事): who took on which, on which day, and what became of it.

What the duties are is said in `pointsbank/jobs.py`. A try is claimed by its receipt's key, duty and
day and number, so that of several workers exactly one has it; the newest try is also a setting.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from pointsbank.foundation.bank import find_setting
from pointsbank.foundation.clock import SHOP_ZONE, from_instant
from pointsbank.foundation.dated_settings import keep_setting
from pointsbank.foundation.errors import TimeInvalid
from pointsbank.foundation.operations import Act, Answer, Caller, operation
from pointsbank.foundation.receipts import Setting
from pointsbank.foundation.session import Session, statement

NIGHT = Caller(actor="system", client="nightly")
USUAL_TIME = "03:30"
TIME_SETTING, _PREFIX = "nightly_at", "nightly."
BEGUN, DUTY_DONE, DUTY_FAILED = "begun", "done", "failed"

TRIES_MOST = 3
# A duty that failed is tried again after this time.
PAUSE = timedelta(hours=1)
# So long a worker may be at one duty before another takes it for dead.
LEASE = timedelta(hours=2)

_STATES = statement(select(Setting.name, Setting.value).where(Setting.name.startswith(_PREFIX)))


@dataclass(frozen=True)
class DutyState:
    """The newest try of a duty: `begun`, `done`, or `failed` and then with a code."""

    day: str
    attempt: int
    outcome: str
    at: str
    code: str | None = None

    def is_undone(self, now: str) -> bool:
        """Whether it failed, or was begun so long ago that it must have been cut short."""
        long_ago = from_instant(now) - from_instant(self.at) > LEASE
        return self.outcome == DUTY_FAILED or (self.outcome == BEGUN and long_ago)


def read_duty_states(session: Session) -> dict[str, DutyState]:
    """The newest try of every duty that was ever begun, by its name."""
    return {
        row.name.removeprefix(_PREFIX): DutyState(**json.loads(row.value))
        for row in session.rows(_STATES)
    }


def duty_time(session: Session) -> str:
    """At which time of the day the duties are due, as `HH:MM`."""
    return find_setting(session, TIME_SETTING) or USUAL_TIME


def day_due(now: datetime, at: str) -> str:
    """The last day whose duties are due: today's once it is time, until then yesterday's.

    >>> day_due(datetime(2026, 11, 22, 3, 29, tzinfo=SHOP_ZONE), "03:30")
    '2026-11-21'
    >>> day_due(datetime(2026, 11, 22, 3, 30, tzinfo=SHOP_ZONE), "03:30")
    '2026-11-22'
    """
    local = now.astimezone(SHOP_ZONE)
    since = timedelta() if local.time() >= time.fromisoformat(at) else timedelta(days=1)
    return (local - since).date().isoformat()


def next_try(state: DutyState | None, day: str, now: datetime, *, alone: bool) -> int | None:
    """The number of the try to begin for a day, or None when there is nothing to do now.

    `alone` says that nobody else can be at it: what was begun then was cut short.
    """
    if state is None or state.day < day:
        return 1
    if state.day > day or state.outcome == DUTY_DONE or state.attempt >= TRIES_MOST:
        return None
    since = now - from_instant(state.at)
    if state.outcome == BEGUN:
        return state.attempt + 1 if alone or since > LEASE else None
    return state.attempt + 1 if since >= PAUSE else None


def duty_key(duty: str, day: str, attempt: int, what: str) -> str:
    """The key under which a try is claimed or recorded."""
    return f"nightly-{duty}-{day}-{attempt}-{what}"


@operation("foundation.begin_duty")
def begin_duty(act: Act, *, duty: str, day: str, attempt: int) -> Answer:
    """Claim a try. Whoever gets a repeated outcome has come too late and leaves it alone."""
    _keep(act, duty, DutyState(day, attempt, BEGUN, act.now))
    return {"duty": duty, "day": day, "attempt": attempt}


@operation("foundation.record_duty")
def record_duty(
    act: Act, *, duty: str, day: str, attempt: int, outcome: str, code: str | None = None
) -> Answer:
    """Record what became of a try; a later one that has begun meanwhile stays the newest."""
    newest = read_duty_states(act.session).get(duty)
    if newest is None or (newest.day, newest.attempt) <= (day, attempt):
        _keep(act, duty, DutyState(day, attempt, outcome, act.now, code))
    return {"duty": duty, "day": day, "attempt": attempt, "outcome": outcome, "code": code}


@operation("foundation.set_duty_time")
def set_duty_time(act: Act, *, at: str) -> Answer:
    """Set the time of the day at which the duties are due. Raises TimeInvalid."""
    try:
        told = time.fromisoformat(at).strftime("%H:%M")
    except ValueError as cause:
        raise TimeInvalid() from cause
    keep_setting(act.session, TIME_SETTING, told)
    return {"at": told}


def _keep(act: Act, duty: str, state: DutyState) -> None:
    keep_setting(act.session, _PREFIX + duty, json.dumps(asdict(state)))
