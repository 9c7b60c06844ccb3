"""Codes that show that one is there (签到码): six digits on a screen, new every half minute.

Whoever stands before the screen can type them; a photograph is worth nothing a minute later. A
printed sheet has a code for its day alone, and only where whoever planned the activity allows it,
because a sheet can be photographed. Nothing is kept: a code follows from a key and the time.

Card number and PIN take longer to type than a code lives. So a telephone that scans one has it
looked at there and then, and gets a promise (看过的码) that holds for the minutes of a log-in.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from pointsbank.activities.activities import (
    ActivityRow,
    activity_number,
    lock_activity,
    open_rows,
    read_activity_number,
)
from pointsbank.activities.attendances import find_open
from pointsbank.activities.errors import CodeWrong, Elsewhere, NotInCharge
from pointsbank.activities.queries import read_open_here
from pointsbank.activities.signing import sign_next, told
from pointsbank.foundation import (
    Act,
    Answer,
    Keys,
    Session,
    business_day,
    from_instant,
    operation,
    query,
    to_instant,
)
from pointsbank.people import find_own_volunteer, hold_volunteers

STEP_SECONDS = 30
DIGITS = 6
SEEN_MINUTES = 5
# What stands under `quote` in the keys signs promises of a few minutes; each says which one it is.
_ON_SCREEN = b"pointsbank sign-in code 1\0"
_ON_SHEET = b"pointsbank sign-in sheet 1\0"
_SEEN = b"pointsbank sign-in code seen 1\0"
_BETWEEN = "|"


def code_on_screen(keys: Keys, activity_id: int, now: str) -> tuple[str, str]:
    """The code of this half minute, and until when it is shown."""
    step = _step(now)
    until = from_instant(_EPOCH) + timedelta(seconds=(step + 1) * STEP_SECONDS)
    return _digits(keys, _ON_SCREEN, f"{activity_id} {step}"), to_instant(until)


def code_on_sheet(keys: Keys, activity_id: int, day: str) -> str:
    """The code that a printed sheet carries on its day."""
    return _digits(keys, _ON_SHEET, f"{activity_id} {day}")


@query
def read_code_here(
    session: Session, *, keys: Keys, activity: str, shop_id: int, now: str
) -> tuple[str, str]:
    """The code that a station shows for what is open at it, and until when. Raises Elsewhere."""
    wanted = read_activity_number(activity)
    for one in read_open_here(session, shop_id=shop_id, now=now, station=True):
        if one.row.id == wanted:
            return code_on_screen(keys, one.row.id, now)
    raise Elsewhere(activity=activity[:20])


def way_of_code(keys: Keys, activity: ActivityRow, code: str, now: str) -> str | None:
    """As what a code is right for an activity now: `code`, `sheet`, or None when it is not.

    The half minute before and the one after are taken as well, because people type slowly and
    clocks differ.
    """
    step = _step(now)
    shown = [
        _digits(keys, _ON_SCREEN, f"{activity.id} {near}") for near in (step - 1, step, step + 1)
    ]
    if any(hmac.compare_digest(code, one) for one in shown):
        return "code"
    day = business_day(from_instant(now))
    if activity.sheet_code and hmac.compare_digest(code, code_on_sheet(keys, activity.id, day)):
        return "sheet"
    return None


_EPOCH = "1970-01-01T00:00:00.000000Z"


def _step(now: str) -> int:
    return int((from_instant(now) - from_instant(_EPOCH)).total_seconds()) // STEP_SECONDS


def _digits(keys: Keys, purpose: bytes, about: str) -> str:
    drawn = hmac.digest(keys.quote, purpose + about.encode(), "sha256")
    return f"{int.from_bytes(drawn[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


@query
def see_code(session: Session, *, keys: Keys, activity: str, code: str, now: str) -> str:
    """A promise for a code that is right at this moment, for `sign_by_code`. Raises CodeWrong."""
    wanted = read_activity_number(activity)
    for row in open_rows(session, now=now):
        way = way_of_code(keys, row, code, now) if row.id == wanted else None
        if way is not None:
            until = to_instant(from_instant(now) + timedelta(minutes=SEEN_MINUTES))
            told = _BETWEEN.join((activity, way, until))
            return _BETWEEN.join((told, _mac(keys, told)))
    raise CodeWrong()


def read_seen(keys: Keys, seen: str, now: str) -> tuple[str, str]:
    """The activity of a promise, and the way that its code was right. Raises CodeWrong later."""
    told, _bar, mac = seen.rpartition(_BETWEEN)
    # What is not ASCII cannot be compared.
    if not mac.isascii() or not hmac.compare_digest(mac, _mac(keys, told)):
        raise CodeWrong()
    activity, way, until = told.split(_BETWEEN)
    if until <= now:
        raise CodeWrong()
    return activity, way


def _mac(keys: Keys, told: str) -> str:
    return hmac.digest(keys.quote, _SEEN + told.encode(), "sha256").hex()


@operation("activities.sign_by_code")
def sign_by_code(act: Act, *, code: str, activity: str | None = None) -> Answer:
    """Sign oneself in, or out who is in, by a code that is shown where the activity is (输码签到).

    On the own page alone; `code` may be the promise that `see_code` made. Without an activity, as
    when the digits were only typed, the one is meant whose code it is; what one is signed in to
    comes first. Raises NotInCharge for whoever is no volunteer on the own page, CodeWrong, and what
    `sign_in_now` and `sign_out_now` raise.
    """
    volunteer_id = find_own_volunteer(act.caller)
    if volunteer_id is None:
        raise NotInCharge()
    act.for_whom = act.caller.actor
    meant, way = _meant(act, volunteer_id, code, activity)
    found = lock_activity(act.session, meant)
    hold_volunteers(act.session, [volunteer_id])
    return told(found, sign_next(act, found, volunteer_id, way=way))


def _meant(act: Act, volunteer_id: int, code: str, activity: str | None) -> tuple[str, str]:
    """The activity whose code this is, and as what it is right. Raises CodeWrong."""
    if _BETWEEN in code:
        return read_seen(act.keys, code, act.now)
    running = find_open(act.session, volunteer_id)
    rows = open_rows(act.session, now=act.now)
    wanted = read_activity_number(activity) if activity else None
    first = running.activity_id if running else None
    for row in sorted(rows, key=lambda one: one.id != first):
        if wanted is not None and row.id != wanted:
            continue
        way = way_of_code(act.keys, row, code, act.now)
        if way is not None:
            return activity_number(row.id), way
    raise CodeWrong()
