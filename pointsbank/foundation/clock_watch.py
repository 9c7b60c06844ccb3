"""The watch on the clock (时钟看守): when the machine's clock cannot be right, nothing is booked.

A dead battery puts a clock back to the year 2000, a slip of the finger puts it a year ahead, and a
date in the books stands for ever. So the watch compares the clock with the books and with a steady
clock that nobody can set, and a worker says whether the date is right before anything goes on.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select

from pointsbank.foundation.bank import Bank, find_setting
from pointsbank.foundation.clock import ClockDoubt, GoodLook, from_instant, to_instant, to_minute
from pointsbank.foundation.dated_settings import keep_setting
from pointsbank.foundation.errors import ClockMoved, ClockWrong, TimeInvalid, Unavailable
from pointsbank.foundation.ids import new_key
from pointsbank.foundation.operations import Act, Answer, Caller, operation, query
from pointsbank.foundation.receipts import Receipt
from pointsbank.foundation.session import Session, statement

# A network's clock puts ours right by seconds; several machines differ by as much.
BEHIND_MOST = timedelta(minutes=2)
# While the server runs, no more than this may pass on the wall than on the steady clock.
JUMP_MOST = timedelta(hours=36)
# A machine that has just been switched on may still be waiting for the network to set its clock.
SETTLING_SECONDS = 15 * 60
# A shop may stay shut, and its machine switched off, for so long before anybody is asked.
AWAY_MOST = timedelta(days=40)
# Older than the program itself: what a clock without a battery shows.
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
# Whoever says that the date is right has looked at it within this time.
LOOKED_MOST = timedelta(hours=1)

DOUBT, CONFIRMED = "clock_doubt", "clock_confirmed"
WATCH = Caller(actor="system", client="clock")

log = logging.getLogger("pointsbank.clock")
_LOOKING = threading.Lock()
_LAST_RECEIPT = statement(select(Receipt.at).order_by(Receipt.id.desc()).limit(1))


@dataclass(frozen=True)
class ClockTrail:
    """What the books tell of time: the last thing booked, and what was said of the clock."""

    nature: str | None
    booked_at: str | None
    doubt: ClockDoubt | None
    confirmed: str

    @property
    def known(self) -> str | None:
        """The last moment that nobody doubts. What was written since a doubt proves nothing."""
        return self.doubt.known if self.doubt else self.booked_at


@query
def read_clock_trail(session: Session) -> ClockTrail:
    """What the books know of time now."""
    doubt = find_setting(session, DOUBT)
    return ClockTrail(
        nature=find_setting(session, "nature"),
        booked_at=session.value(_LAST_RECEIPT),
        doubt=ClockDoubt(**json.loads(doubt)) if doubt else None,
        confirmed=find_setting(session, CONFIRMED) or "",
    )


def judge_clock(
    now: datetime, trail: ClockTrail, expected: datetime | None = None
) -> ClockDoubt | None:
    """Whether a clock can be right that shows `now`, or why not.

    `expected` is what it should show after a last good look; without one, as when the server has
    just been started, only the books are there to compare it with.
    """
    known = from_instant(trail.known) if trail.known else EARLIEST
    if now < EARLIEST:
        return ClockDoubt("impossible", to_instant(known))
    if now < known - BEHIND_MOST:
        return ClockDoubt("behind", to_instant(known))
    if expected is not None:
        jumped = now - expected > JUMP_MOST
        return ClockDoubt("ahead", to_instant(expected)) if jumped else None
    # A shop that was shut for a week is nothing strange; an open doubt is not settled by a restart.
    most = JUMP_MOST if trail.doubt else AWAY_MOST
    if trail.known and now - known > most:
        return ClockDoubt("ahead", to_instant(known))
    return None


def look_at_clock(bank: Bank) -> ClockDoubt | None:
    """Look at the clock now; while there is a doubt the bank refuses whatever books.

    A clock that comes right by itself, as when the network has set it, ends the doubt; otherwise
    `confirm_clock` does. A demonstration's clock is moved by its visitors and never doubted.
    """
    clock = bank.clock
    with _LOOKING:
        trail = read_clock_trail(bank)
        if trail.nature == "demonstration":
            return None
        now, steady = clock.moment(), clock.steady()
        good, expected = clock.good_look, None
        settled = steady > SETTLING_SECONDS
        if settled and good is not None and good.confirmed == trail.confirmed:
            expected = good.moment + timedelta(seconds=steady - good.steady_seconds)
        # Another machine's doubt, on a shared database, is not ours to end.
        ours = clock.doubt is not None or good is None
        clock.doubt = judge_clock(now, trail, expected)
        if clock.doubt is None:
            clock.good_look = GoodLook(now, steady, trail.confirmed)
        try:
            # A bank in which nothing has been booked yet has nothing to hold against a clock.
            if clock.doubt is not None and trail.doubt is None and trail.booked_at is not None:
                _doubt_clock(bank, by=WATCH, key=new_key(), **asdict(clock.doubt))
                log.warning("in doubt: %s, last known %s", clock.doubt.reason, clock.doubt.known)
            elif clock.doubt is None and trail.doubt is not None and ours:
                _settle_clock(bank, by=WATCH, key=new_key())
                log.warning("the clock is right again")
        except Unavailable:
            # It stands already; the next look writes it down, so that a restart does not end it.
            log.warning("what was seen of the clock could not be written down yet")
        return clock.doubt


# What happens by the date alone waits until the books were written in on the day before as well.
LIVED_SINCE, LIVED_MOST = timedelta(hours=12), timedelta(hours=48)
_BEFORE = statement(
    select(Receipt.at).where(Receipt.at < bindparam("before")).order_by(Receipt.id.desc()).limit(1)
)
_BY_ID = statement(select(Receipt.at).where(Receipt.id == bindparam("of_id")))


def is_day_lived(session: Session, now: str) -> bool:
    """Whether the bank has come to this day by living, or somebody has called its date right.

    A machine that was switched on again may show a day that nobody has seen yet, and not so far
    ahead that it would be doubted. A clock that is right is believed one night later.
    """

    def is_recent(at: str | None) -> bool:
        return at is not None and from_instant(now) - from_instant(at) <= LIVED_MOST

    earlier = to_instant(from_instant(now) - LIVED_SINCE)
    if is_recent(session.value(_BEFORE, before=earlier)):
        return True
    confirmed = find_setting(session, CONFIRMED)
    return bool(confirmed) and is_recent(session.value(_BY_ID, of_id=int(confirmed or 0)))


@operation("foundation.doubt_clock", whatever_the_time=True)
def _doubt_clock(act: Act, *, reason: str, known: str) -> Answer:
    """Write down that the clock cannot be right, and since when."""
    keep_setting(act.session, DOUBT, json.dumps({"reason": reason, "known": known}))
    return {"reason": reason, "known": known}


@operation("foundation.settle_clock")
def _settle_clock(act: Act) -> Answer:
    """Write down that the clock came right by itself."""
    keep_setting(act.session, DOUBT, "")
    return {"right_at": act.now}


@operation("foundation.confirm_clock", whatever_the_time=True)
def confirm_clock(act: Act, *, seen: str) -> Answer:
    """Say that the clock's date is right (确认日期): whoever says so has just seen it.

    Raises ClockMoved when the clock no longer shows about what was seen, ClockWrong for a day on
    which this program did not exist, TimeInvalid.
    """
    try:
        since = abs(from_instant(act.now) - from_instant(seen))
    except (ValueError, TypeError) as cause:
        raise TimeInvalid() from cause
    if from_instant(act.now) < EARLIEST:
        raise ClockWrong(now=to_minute(from_instant(act.now)), known=to_minute(EARLIEST))
    if since > LOOKED_MOST:
        raise ClockMoved(now=to_minute(from_instant(act.now)))
    keep_setting(act.session, DOUBT, "")
    keep_setting(act.session, CONFIRMED, str(act.receipt_id))
    return {"right_at": act.now}
