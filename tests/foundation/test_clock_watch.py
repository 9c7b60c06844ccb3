"""The watch on the clock: a date that cannot be right is never booked, and a worker is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Clock,
    ClockMoved,
    ClockWrong,
    Receipt,
    Session,
    Setting,
    TimeInvalid,
    confirm_clock,
    get_receipt,
    look_at_clock,
    new_key,
    operation,
    read_clock_trail,
    void_key,
)
from pointsbank.foundation import clock_watch as watching
from tests.conftest import NOON
from tests.make import SOMEBODY, Make

WORKER = Caller(actor="staff:7", client="clock")
DAY = timedelta(days=1)
DEAD_BATTERY = datetime(2000, 1, 1, 8, 0, tzinfo=UTC)


class Wall:
    """The machine's clock and the steady one beside it."""

    def __init__(self, clock: Clock) -> None:
        self.moment, self.seconds = NOON, 1000.0
        clock.set_now(lambda: self.moment)
        clock.steady = lambda: self.seconds

    def wait(self, time: timedelta) -> None:
        """Let time pass for both."""
        self.moment += time
        self.seconds += time.total_seconds()

    def set(self, moment: datetime) -> None:
        """Somebody, or a battery, sets the clock on the wall."""
        self.moment = moment


@pytest.fixture
def wall(clock: Clock, bank: Bank, make: Make) -> Wall:
    """A clock over a bank in which something was booked just now."""
    found = Wall(clock)
    make.account("wallet")
    return found


def restarted(bank: Bank) -> Bank:
    """The same books in a program that has just been started."""
    told = bank.clock
    fresh = Clock(told.moment, steady=told.steady)
    return Bank(bank.home, bank.database, bank.keys, fresh)


def said(bank: Bank) -> list[str]:
    """What the books say of the clock, in order."""

    def read(session: Session) -> list[str]:
        rows = session.rows(select(Receipt.operation).order_by(Receipt.id))
        return [row.operation.removeprefix("foundation.") for row in rows if "clock" in row[0]]

    return bank.database.read(read)


def seen(bank: Bank) -> dict[str, Any]:
    return {"by": WORKER, "key": new_key(), "seen": bank.clock.instant()}


@operation("tests.block", whatever_the_time=True)
def block(act: Act) -> Answer:
    """Something that cannot wait."""
    return {"at": act.now}


def test_a_clock_that_is_right_costs_nothing_and_says_nothing(
    bank: Bank, make: Make, wall: Wall
) -> None:
    for _ in range(3):
        assert look_at_clock(bank) is None
        wall.wait(DAY)
        make.account("wallet")
    assert said(bank) == []


@pytest.mark.parametrize("away", [DAY, 7 * DAY, 39 * DAY])
def test_a_shop_that_was_shut_for_weeks_is_nothing_strange(
    bank: Bank, wall: Wall, away: timedelta
) -> None:
    wall.wait(away)
    assert look_at_clock(restarted(bank)) is None


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (DEAD_BATTERY, "impossible"),
        (NOON - timedelta(minutes=3), "behind"),
        (NOON - 400 * DAY, "behind"),
    ],
)
def test_a_clock_behind_the_books_books_nothing(
    bank: Bank, make: Make, wall: Wall, shown: datetime, reason: str
) -> None:
    wall.set(shown)
    doubt = look_at_clock(bank)
    assert doubt is not None
    assert (doubt.reason, doubt.known) == (reason, "2026-11-20T02:26:00.000000Z")
    with pytest.raises(ClockWrong) as refused:
        make.account("wallet")
    assert refused.value.facts["known"] == "2026-11-20 10:26"


def test_seconds_that_the_network_takes_back_are_nobodys_business(bank: Bank, wall: Wall) -> None:
    wall.set(NOON - timedelta(seconds=90))
    assert look_at_clock(bank) is None


@pytest.mark.parametrize("ahead", [41 * DAY, 400 * DAY])
def test_a_clock_far_ahead_at_the_start_is_asked_about(
    bank: Bank, make: Make, wall: Wall, ahead: timedelta
) -> None:
    wall.set(NOON + ahead)
    opened = restarted(bank)
    doubt = look_at_clock(opened)
    assert doubt is not None
    assert doubt.reason == "ahead"
    with pytest.raises(ClockWrong):
        Make(opened).account("wallet")


@pytest.mark.parametrize("jump", [2 * DAY, 20 * DAY, 3650 * DAY])
def test_a_jump_while_the_server_runs_is_seen_by_the_steady_clock(
    bank: Bank, make: Make, wall: Wall, jump: timedelta
) -> None:
    assert look_at_clock(bank) is None
    wall.wait(timedelta(seconds=5))
    wall.set(wall.moment + jump)
    # Booked before anybody looked: it proves nothing for the clock.
    make.account("wallet")
    doubt = look_at_clock(bank)
    assert doubt is not None
    assert (doubt.reason, doubt.known) == ("ahead", "2026-11-20T02:26:05.000000Z")
    with pytest.raises(ClockWrong):
        make.account("wallet")


def test_a_machine_that_slept_for_a_week_has_not_jumped(bank: Bank, wall: Wall) -> None:
    assert look_at_clock(bank) is None
    wall.wait(7 * DAY)
    assert look_at_clock(bank) is None


def test_a_machine_just_switched_on_may_be_set_by_the_network(bank: Bank, wall: Wall) -> None:
    wall.seconds = 20.0
    assert look_at_clock(bank) is None
    wall.wait(timedelta(minutes=1))
    wall.set(NOON + 3 * DAY)
    assert look_at_clock(bank) is None
    wall.wait(timedelta(minutes=20))
    assert look_at_clock(bank) is None
    wall.set(wall.moment + 3 * DAY)
    assert look_at_clock(bank) is not None


def test_without_the_steady_clock_the_jump_would_have_been_believed(bank: Bank, wall: Wall) -> None:
    trail = read_clock_trail(bank)
    jumped = NOON + 20 * DAY
    assert watching.judge_clock(jumped, trail, expected=NOON) is not None
    assert watching.judge_clock(jumped, trail) is None


def test_a_restart_does_not_end_a_doubt(bank: Bank, make: Make, wall: Wall) -> None:
    look_at_clock(bank)
    wall.set(NOON + 5 * DAY)
    make.account("wallet")
    assert look_at_clock(bank) is not None
    again = restarted(bank)
    assert look_at_clock(again) is not None
    assert said(bank) == ["doubt_clock"]


def test_a_clock_that_comes_right_by_itself_opens_the_bank(
    bank: Bank, make: Make, wall: Wall
) -> None:
    look_at_clock(bank)
    wall.wait(timedelta(minutes=1))
    wall.set(DEAD_BATTERY)
    assert look_at_clock(bank) is not None
    wall.set(NOON + timedelta(minutes=2))
    assert look_at_clock(bank) is None
    make.account("wallet")
    assert said(bank) == ["doubt_clock", "settle_clock"]


def test_a_worker_says_that_the_date_is_right(bank: Bank, make: Make, wall: Wall) -> None:
    # The shop was shut for a year: the clock is right, and only people can know it.
    wall.set(NOON + 365 * DAY)
    assert look_at_clock(bank) is not None
    values = seen(bank)
    done = confirm_clock(bank, **values)
    assert look_at_clock(bank) is None
    assert look_at_clock(restarted(bank)) is None
    make.account("wallet")
    kept = get_receipt(bank, client="clock", key=values["key"])
    assert (kept.number, kept.actor, kept.operation) == (
        done.receipt,
        "staff:7",
        "foundation.confirm_clock",
    )


def test_a_worker_may_also_call_an_earlier_date_right(bank: Bank, make: Make, wall: Wall) -> None:
    # Yesterday the clock had run a year ahead, and that was booked.
    wall.set(NOON + 365 * DAY)
    make.account("wallet")
    wall.set(NOON + DAY)
    assert look_at_clock(bank) is not None
    confirm_clock(bank, **seen(bank))
    assert look_at_clock(bank) is None
    assert look_at_clock(restarted(bank)) is None
    make.account("wallet")


def test_the_date_that_is_called_right_is_the_one_that_was_seen(bank: Bank, wall: Wall) -> None:
    wall.set(NOON + 365 * DAY)
    values = seen(bank)
    look_at_clock(bank)
    wall.set(NOON + 800 * DAY)
    with pytest.raises(ClockMoved):
        confirm_clock(bank, **values)
    assert look_at_clock(bank) is not None


@pytest.mark.parametrize(
    ("seen", "refusal"),
    [("yesterday", TimeInvalid), ("2026-11-20T10:26:00", TimeInvalid), ("", TimeInvalid)],
)
def test_what_is_no_moment_is_called_so(
    bank: Bank, wall: Wall, seen: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        confirm_clock(bank, by=WORKER, key=new_key(), seen=seen)


def test_a_day_before_this_program_existed_is_never_called_right(bank: Bank, wall: Wall) -> None:
    wall.set(DEAD_BATTERY)
    with pytest.raises(ClockWrong):
        confirm_clock(bank, **seen(bank))


def test_who_logs_in_to_put_it_right_proves_nothing_by_that(bank: Bank, wall: Wall) -> None:
    wall.set(DEAD_BATTERY)
    assert look_at_clock(bank) is not None
    block(bank, by=SOMEBODY, key=new_key())
    void_key(bank, by=SOMEBODY, key=new_key())
    assert look_at_clock(bank) is not None
    assert look_at_clock(restarted(bank)) is not None


def test_two_workers_on_one_machine_are_opened_by_one_word(bank: Bank, wall: Wall) -> None:
    other = restarted(bank)
    assert (look_at_clock(bank), look_at_clock(other)) == (None, None)
    wall.set(NOON + 30 * DAY)
    assert look_at_clock(bank) is not None
    assert look_at_clock(other) is not None
    confirm_clock(bank, **seen(bank))
    assert (look_at_clock(bank), look_at_clock(other)) == (None, None)
    assert said(bank) == ["doubt_clock", "confirm_clock"]


def test_another_machines_doubt_is_not_ours_to_end(bank: Bank, wall: Wall) -> None:
    right = restarted(bank)
    look_at_clock(right)
    look_at_clock(bank)
    right.clock.set_now(lambda: NOON)
    wall.set(NOON + 30 * DAY)
    for _ in range(3):
        assert look_at_clock(bank) is not None
        assert look_at_clock(right) is None
    assert said(bank) == ["doubt_clock"]


def test_a_new_bank_knows_a_clock_without_a_battery(bank: Bank, clock: Clock) -> None:
    clock.set_now(lambda: DEAD_BATTERY)
    assert look_at_clock(bank) is not None
    assert said(bank) == []
    clock.set_now(lambda: NOON)
    assert look_at_clock(restarted(bank)) is None


def test_a_demonstrations_clock_is_moved_by_its_visitors(bank: Bank, wall: Wall) -> None:
    bank.database.write(
        lambda session: session.run(insert(Setting), name="nature", value="demonstration")
    )
    wall.set(NOON + 365 * DAY)
    assert look_at_clock(bank) is None
