"""What the bank does by itself every night (夜间的事): one list, and the thread that runs it.

The serving process runs it; `pointsbank nightly` does when the server is down. A night that was
missed, as by a power cut, is made up for at the next start.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pointsbank.activities import stop_run_out
from pointsbank.audit import check_now
from pointsbank.earning import expire_all, lapse_all, make_all_effective, warn_all
from pointsbank.findings import look_for_findings
from pointsbank.foundation import (
    DUTY_DONE,
    DUTY_FAILED,
    NIGHT,
    Bank,
    DutyState,
    PointsBankError,
    Session,
    begin_duty,
    day_due,
    duty_key,
    duty_time,
    find_setting,
    look_at_clock,
    new_key,
    next_try,
    read_duty_states,
    record_duty,
)
from pointsbank.imports import forget_old_files
from pointsbank.people import clear_expired
from pointsbank.redemption import end_rehearsal, find_rehearsal
from pointsbank.safekeeping import WATCH_SECONDS, nightly_backup, tend

EVERY_NIGHT, LAST_NIGHT = "every night", "last night"
LOOK_SECONDS, WAKE_SECONDS, CLOCKS_SECONDS = 5.0, 60.0, 20.0

log = logging.getLogger("pointsbank.nightly")


@dataclass(frozen=True)
class Duty:
    """Something that is done once for every day; doing it again must do no harm."""

    name: str
    what: str
    run: Callable[[Bank], Any]
    # What is about the machine and its disk has nothing to do in a demonstration.
    in_demonstration: str = ""


def _clear(bank: Bank) -> None:
    clear_expired(bank, by=NIGHT)


def _end_rehearsal(bank: Bank) -> None:
    if find_rehearsal(bank) is not None:
        end_rehearsal(bank, by=NIGHT, key=new_key())


def _forget_files(bank: Bank) -> None:
    forget_old_files(bank, by=NIGHT)


def _lapse(bank: Bank) -> None:
    lapse_all(bank, by=NIGHT)


def _take_effect(bank: Bank) -> None:
    make_all_effective(bank, by=NIGHT)


def _expire(bank: Bank) -> None:
    expire_all(bank, by=NIGHT)


def _warn(bank: Bank) -> None:
    warn_all(bank, by=NIGHT)


def _look(bank: Bank) -> None:
    look_for_findings(bank, by=NIGHT)


# A new duty is a line here and a word in the office's `words.py`.
DUTIES: tuple[Duty, ...] = (
    Duty("clear", "Clear away logins, pairing codes and failed tries that are over.", _clear),
    Duty("rehearsal", "End a rehearsal that nobody has ended.", _end_rehearsal),
    Duty("uploads", "Delete lists that people brought a week ago.", _forget_files),
    Duty("lapse", "Let records lapse that nobody has reviewed in time.", _lapse, EVERY_NIGHT),
    Duty("effective", "Let records take effect whose notice is over.", _take_effect, EVERY_NIGHT),
    Duty("expire", "Take the points whose day is over.", _expire, EVERY_NIGHT),
    Duty("warn", "Have people told whose points expire soon.", _warn, EVERY_NIGHT),
    Duty("findings", "Look through the records for what looks odd.", _look, LAST_NIGHT),
    Duty("check", "Check the books from outside and keep what was found.", check_now),
    Duty("backup", "Back the books up, open the copy, bring it to the sticks.", nightly_backup),
)


@dataclass(frozen=True)
class Ran:
    """What became of one duty just now."""

    duty: str
    day: str
    outcome: str
    code: str | None = None


def run_due(bank: Bank, duties: tuple[Duty, ...] = DUTIES, *, again: bool = False) -> list[Ran]:
    """Run what is due now and has not been done; `again` runs everything, done or not.

    A duty that fails is recorded and does not stop the others. Nothing runs while the clock is in
    doubt, nor in a demonstration, whose days are moved by its visitors.
    """
    tries = _tries(bank, duties, again)
    return [ran for duty, day, attempt in tries for ran in _try(bank, duty, day, attempt)]


def run_night(bank: Bank, is_last: bool) -> None:
    """What a night does to the books of a demonstration whose visitor has just turned the day.

    Of several nights in a row only the last is looked back upon and written down: nobody can miss
    one here, and a month is turned while somebody waits.
    """
    _stop_clocks(bank)
    day = bank.clock.today()
    for duty in DUTIES:
        if duty.in_demonstration == EVERY_NIGHT and not is_last:
            _quietly(partial(duty.run, bank))
        elif duty.in_demonstration and is_last:
            _try(bank, duty, day, 1)


def _tries(bank: Bank, duties: tuple[Duty, ...], again: bool) -> list[tuple[Duty, str, int]]:
    """Which duty to try now, for which day, and for which time."""

    def read(session: Session) -> tuple[str | None, str, str, dict[str, DutyState]]:
        nature, founded = find_setting(session, "nature"), find_setting(session, "founded_on")
        return nature, founded or "", duty_time(session), read_duty_states(session)

    nature, founded, at, states = bank.database.read(read)
    now = bank.clock.moment()
    day = day_due(now, at)
    if nature != "bank" or bank.clock.doubt is not None or (day <= founded and not again):
        return []
    tries = []
    for duty in duties:
        attempt = _attempt(bank, states.get(duty.name), day, now, again)
        if attempt is not None:
            tries.append((duty, day, attempt))
    return tries


def _attempt(
    bank: Bank, state: DutyState | None, day: str, now: datetime, again: bool
) -> int | None:
    if again:
        return state.attempt + 1 if state is not None and state.day == day else 1
    # Whoever has a file open for writing has it alone, so what somebody else began is cut short.
    return next_try(state, day, now, alone=bank.database.dialect == "sqlite")


def _try(bank: Bank, duty: Duty, day: str, attempt: int) -> list[Ran]:
    """Claim, run and record one try; nothing when another worker has claimed it."""
    told: dict[str, Any] = {"duty": duty.name, "day": day, "attempt": attempt}
    key = duty_key(duty.name, day, attempt, "begin")
    code = None
    try:
        if begin_duty(bank, by=NIGHT, key=key, **told).repeated:
            return []
        duty.run(bank)
    except PointsBankError as refusal:
        log.exception("nightly duty %s failed", duty.name)
        code = refusal.code
    except Exception as failure:
        log.exception("nightly duty %s failed", duty.name)
        code = type(failure).__name__
    outcome = DUTY_DONE if code is None else DUTY_FAILED
    key = duty_key(duty.name, day, attempt, "end")
    try:
        record_duty(bank, by=NIGHT, key=key, **told, outcome=outcome, code=code)
    except PointsBankError:
        # Nobody knows that it ended, so it is taken for cut short and done once more.
        log.exception("nightly duty %s could not be recorded", duty.name)
    return [Ran(duty.name, day, outcome, code)]


def start_nightly(bank: Bank, duties: tuple[Duty, ...] = DUTIES) -> threading.Event:
    """Look at the clock now, then watch it, tend the backups and run the duties until it is set.

    A demonstration has neither a clock to doubt nor books to keep; but who forgets to sign out of
    an activity is stopped there as well.
    """
    over = threading.Event()
    watches: tuple[tuple[str, float, Callable[[], object]], ...] = (
        ("activities", CLOCKS_SECONDS, lambda: _stop_clocks(bank)),
    )
    if bank.is_demonstration:
        return _watched(over, watches)
    _quietly(lambda: look_at_clock(bank))
    watches += (
        ("clock-watch", LOOK_SECONDS, lambda: look_at_clock(bank)),
        ("nightly", WAKE_SECONDS, lambda: run_due(bank, duties)),
        ("safekeeping", WATCH_SECONDS, lambda: _tend(bank)),
    )
    return _watched(over, watches)


def _watched(
    over: threading.Event, watches: tuple[tuple[str, float, Callable[[], object]], ...]
) -> threading.Event:
    for name, seconds, work in watches:
        threading.Thread(target=_every, args=(over, seconds, work), name=name, daemon=True).start()
    return over


def _stop_clocks(bank: Bank) -> None:
    if bank.clock.doubt is None:
        stop_run_out(bank)


def _tend(bank: Bank) -> None:
    if bank.clock.doubt is None:
        tend(bank)


def _every(over: threading.Event, seconds: float, work: Callable[[], object]) -> None:
    while not over.wait(seconds):
        _quietly(work)


def _quietly(work: Callable[[], object]) -> None:
    """Whatever goes wrong now, the next round comes."""
    try:
        work()
    except Exception:
        log.exception("a round of the watch failed")
