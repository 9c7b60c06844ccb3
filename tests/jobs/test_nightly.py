"""What the bank does by itself at night: once for each day, whatever happens to the machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import pointsbank.jobs as jobs
from pointsbank.audit import find_last_check
from pointsbank.cli.app import group
from pointsbank.cli.bank import make_home
from pointsbank.foundation import (
    SHOP_ZONE,
    Bank,
    BankInUse,
    Clock,
    ClockDoubt,
    ClockWrong,
    DutyState,
    Keys,
    TimeInvalid,
    get_receipt,
    new_key,
    open_bank,
    open_database,
    read_duty_states,
    set_duty_time,
)
from pointsbank.jobs import DUTIES, Duty, Ran, run_due, start_nightly
from tests.at_once import at_once
from tests.conftest import NOON
from tests.make import Make

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROOT = Path(__file__).resolve().parents[2]
# The bank was founded on the morning of the 20th; so the first night is the next one.
FIRST_NIGHT = datetime(2026, 11, 21, 3, 30, tzinfo=SHOP_ZONE)


class Night:
    """Duties that write down that they ran, and a clock to move."""

    def __init__(self, bank: Bank, clock: Clock) -> None:
        self.bank, self.clock, self.ran = bank, clock, list[str]()
        self.now = NOON
        clock.set_now(lambda: self.now)

    def duty(self, name: str, failing: Callable[[], None] = lambda: None) -> Duty:
        def run(bank: Bank) -> None:
            self.ran.append(name)
            failing()

        return Duty(name, "A test's own.", run)

    def at(self, moment: datetime, *duties: Duty, again: bool = False) -> list[Ran]:
        """Wake at a moment."""
        self.now = moment
        return run_due(self.bank, duties or (self.duty("sweep"),), again=again)

    def state(self, name: str = "sweep") -> DutyState:
        return self.bank.database.read(read_duty_states)[name]


def found(make: Make, nature: str = "bank") -> None:
    """Found the bank whose nights these are."""
    make.found(nature)


@pytest.fixture
def night(bank: Bank, make: Make, clock: Clock) -> Night:
    """A founded bank before its first night."""
    found(make)
    return Night(bank, clock)


def test_a_duty_runs_once_for_each_night(night: Night) -> None:
    for minute in (-1, 0, 1, 60, 600, 1400):
        night.at(FIRST_NIGHT + timedelta(minutes=minute))
    assert night.ran == ["sweep"]
    night.at(FIRST_NIGHT + DAY)
    assert night.ran == ["sweep"] * 2
    assert (night.state().day, night.state().outcome) == ("2026-11-22", "done")


def test_the_day_of_the_founding_has_no_night(night: Night) -> None:
    assert night.at(NOON) == []
    assert night.at(FIRST_NIGHT - timedelta(minutes=1)) == []


def test_who_ran_when_stands_in_a_receipt(night: Night, bank: Bank) -> None:
    night.at(FIRST_NIGHT)
    kept = get_receipt(bank, client="nightly", key="nightly-sweep-2026-11-21-1-end")
    assert (kept.operation, kept.actor) == ("foundation.record_duty", "system")
    assert kept.answer["outcome"] == "done"


def test_a_night_without_power_is_made_up_for_in_the_morning_and_only_once(night: Night) -> None:
    [ran] = night.at(FIRST_NIGHT + 3 * DAY + 5 * HOUR)
    assert (ran.day, ran.outcome) == ("2026-11-24", "done")
    assert night.at(FIRST_NIGHT + 3 * DAY + 6 * HOUR) == []


def test_after_midnight_the_night_before_is_still_made_up_for(night: Night) -> None:
    [ran] = night.at(FIRST_NIGHT + 2 * DAY - HOUR)
    assert ran.day == "2026-11-22"


def test_the_hour_can_be_set(night: Night, make: Make) -> None:
    make.do(set_duty_time, at="05:15")
    assert night.at(FIRST_NIGHT) == []
    assert night.at(FIRST_NIGHT + 2 * HOUR)
    with pytest.raises(TimeInvalid):
        make.do(set_duty_time, at="25:00")


def test_one_that_fails_stops_nobody_and_is_shown(night: Night) -> None:
    def stumble() -> None:
        raise OSError("the name of somebody's file")

    ran = night.at(FIRST_NIGHT, night.duty("broken", stumble), night.duty("sweep"))
    assert [(one.duty, one.outcome) for one in ran] == [("broken", "failed"), ("sweep", "done")]
    # The kind of the failure, and never its words: they may name somebody.
    assert night.state("broken").code == "OSError"


def test_one_that_fails_is_tried_again_in_an_hour_and_three_times_at_most(night: Night) -> None:
    def stumble() -> None:
        raise ValueError

    broken = night.duty("broken", stumble)
    for minutes in range(0, 12 * 60, 10):
        night.at(FIRST_NIGHT + timedelta(minutes=minutes), broken)
    assert night.ran == ["broken"] * 3
    night.at(FIRST_NIGHT + DAY, broken)
    assert night.ran == ["broken"] * 4


def test_one_that_was_mended_is_done_the_second_time(night: Night) -> None:
    trouble = [ValueError()]

    def stumble() -> None:
        if trouble:
            raise trouble.pop()

    duty = night.duty("sweep", stumble)
    night.at(FIRST_NIGHT, duty)
    night.at(FIRST_NIGHT + HOUR, duty)
    assert night.at(FIRST_NIGHT + 2 * HOUR, duty) == []
    assert (night.state().attempt, night.state().outcome) == (2, "done")


def test_by_hand_it_runs_again(night: Night) -> None:
    for _ in range(2):
        assert night.at(FIRST_NIGHT, again=True)
    assert night.ran == ["sweep"] * 2


def test_nothing_runs_while_the_clock_is_in_doubt(night: Night, bank: Bank) -> None:
    bank.clock.doubt = ClockDoubt("ahead", "2026-11-20T02:26:00.000000Z")
    assert night.at(FIRST_NIGHT) == []
    bank.clock.doubt = None
    assert night.at(FIRST_NIGHT)


def test_a_clock_that_was_put_back_runs_no_night_twice(night: Night) -> None:
    night.at(FIRST_NIGHT + DAY)
    assert night.at(FIRST_NIGHT) == []
    assert night.at(FIRST_NIGHT + DAY) == []


def test_a_demonstration_has_no_nights(bank: Bank, make: Make, clock: Clock) -> None:
    found(make, "demonstration")
    assert Night(bank, clock).at(FIRST_NIGHT) == []


class PowerCut(BaseException):
    """The machine stops in the middle of it."""


def cut(night: Night) -> None:
    def fall() -> None:
        raise PowerCut

    with pytest.raises(PowerCut):
        night.at(FIRST_NIGHT, night.duty("sweep", fall))
    assert night.state().outcome == "begun"


def test_one_that_was_cut_short_is_done_again_at_once_where_nobody_else_can_be_at_it(
    night: Night, bank: Bank
) -> None:
    cut(night)
    again = night.at(FIRST_NIGHT + timedelta(minutes=2))
    assert bool(again) == (bank.database.dialect == "sqlite")
    assert night.state().outcome == ("done" if again else "begun")


def test_one_that_was_cut_short_elsewhere_is_taken_over_after_a_while(night: Night) -> None:
    cut(night)
    night.at(FIRST_NIGHT + 3 * HOUR)
    assert (night.state().attempt, night.state().outcome) == (2, "done")


KILLED = """
import sys, time
from datetime import datetime
from pathlib import Path
from pointsbank.foundation import Bank, Clock, Keys, open_database
from pointsbank.jobs import Duty, run_due

def hang(bank):
    print("begun", flush=True)
    time.sleep(600)

now = datetime.fromisoformat(sys.argv[2])
clock = Clock(lambda: now)
bank = Bank(Path("."), open_database(sys.argv[1], durable=False), Keys.new(), clock)
run_due(bank, (Duty("sweep", "Hangs.", hang),))
"""


def test_killed_half_way_it_is_begun_once_more(
    bank: Bank, night: Night, clock: Clock, tmp_path: Path
) -> None:
    if bank.database.dialect == "sqlite":
        bank.database.close()
    command = [sys.executable, "-c", KILLED, bank.database.url, FIRST_NIGHT.isoformat()]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(20)
    database = open_database(bank.database.url, durable=False, lock_patience=5.0)
    night.bank = Bank(tmp_path, database, bank.keys, clock)
    try:
        night.at(FIRST_NIGHT + 3 * HOUR)
        assert (night.state().attempt, night.state().outcome) == (2, "done")
    finally:
        database.close()


@pytest.mark.parametrize("claimed", [True, False], ids=["claimed", "twin without the claim"])
def test_of_two_workers_at_once_exactly_one_runs_it(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keys: Keys, claimed: bool
) -> None:
    def worker(now: datetime) -> Bank:
        return Bank(tmp_path, open_database(postgres_url, durable=False), keys, Clock(lambda: now))

    founding = worker(NOON)
    found(Make(founding))
    founding.close()
    banks = [worker(FIRST_NIGHT) for _ in range(2)]
    if not claimed:
        monkeypatch.setattr(jobs, "duty_key", lambda *told: new_key())
    ran, together = list[int](), threading.Barrier(2)

    def sweep(bank: Bank) -> None:
        ran.append(1)

    def read(bank: Bank) -> object:
        # Both have found it due before either begins.
        tries = found_due(bank, (Duty("sweep", "Counts.", sweep),), False)
        together.wait(20)
        return tries

    found_due = jobs._tries
    monkeypatch.setattr(jobs, "_tries", lambda bank, duties, again: read(bank))
    outcomes = at_once([lambda bank=bank: run_due(bank) for bank in banks])
    for bank in banks:
        bank.close()
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert len(ran) == (1 if claimed else 2)


def test_the_nights_own_duties_do_their_work(night: Night, bank: Bank, make: Make) -> None:
    ran = night.at(FIRST_NIGHT, *DUTIES)
    assert [(one.duty, one.code) for one in ran if one.code] == []
    assert {one.duty for one in ran} >= {"clear", "uploads", "check", "backup"}
    assert find_last_check(bank) is not None


def test_the_server_watches_and_runs_by_itself(
    night: Night, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(jobs, "WAKE_SECONDS", 0.01)
    swept, failures = threading.Event(), [OSError()]

    def sweep(bank: Bank) -> None:
        swept.set()

    def tries(bank: Bank, duties: tuple[Duty, ...], again: bool) -> object:
        if failures:
            raise failures.pop()
        return found_due(bank, duties, again)

    found_due = jobs._tries
    monkeypatch.setattr(jobs, "_tries", tries)
    night.now = FIRST_NIGHT
    over = start_nightly(bank, (Duty("sweep", "Waits for nobody.", sweep),))
    assert swept.wait(20), "a round that fails must not be the last one"
    over.set()


def test_a_wrong_clock_is_seen_before_the_first_request(night: Night, bank: Bank) -> None:
    night.now = NOON - 30 * DAY
    over = start_nightly(bank, ())
    over.set()
    assert bank.clock.doubt is not None


def test_by_a_command_when_no_server_is_there(tmp_path: Path) -> None:
    home = tmp_path / "bank"
    made = CliRunner().invoke(
        group,
        [
            *("--home", str(home), "init", "--community", "晨光", "--shop", "店"),
            *("--admin", "limin", "--admin-name", "李敏", "--password-file", "-"),
        ],
        input="correct horse battery staple\n",
    )
    assert made.exit_code == 0, made.output
    idle = CliRunner().invoke(group, ["--home", str(home), "nightly"])
    assert (idle.exit_code, "Nothing is due" in idle.output) == (0, True)
    done = CliRunner().invoke(group, ["--home", str(home), "nightly", "--again"])
    assert done.exit_code == 0, done.output
    assert done.output.count(" done ") == len(DUTIES)
    with held(home):
        refused = CliRunner().invoke(group, ["--home", str(home), "nightly"])
    assert isinstance(refused.exception, BankInUse)


def test_a_command_books_nothing_while_the_clock_is_wrong(tmp_path: Path) -> None:
    home = tmp_path / "bank"
    bank = make_home(home)
    bank.clock.set_ahead(timedelta(days=1))
    found(Make(bank))
    bank.close()
    refused = CliRunner().invoke(group, ["--home", str(home), "nightly", "--again"])
    assert isinstance(refused.exception, ClockWrong)


@contextmanager
def held(home: Path) -> Iterator[None]:
    """A server has the bank."""
    bank = open_bank(home)
    try:
        yield
    finally:
        bank.close()
