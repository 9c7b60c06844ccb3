"""Expiry in the books, on both databases: the same random lives as in `test_ages.py`, booked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pointsbank.audit import run_checks
from pointsbank.audit.check.expiry import CHECKS
from pointsbank.foundation import SHOP_ZONE, Bank, Clock, keep_setting, operation
from pointsbank.foundation.operations import Act, Answer
from pointsbank.ledger import UNDATED_SETTING, InsufficientBalance, expiry, owed
from tests.at_once import at_once
from tests.books import books_are_right
from tests.ledger.purse import Purse, open_purse
from tests.ledger.test_ages import STARTS, events, last_day
from tests.make import Make

# The lives and the race are on both databases; what a single rule does is asked on one.
on_sqlite = pytest.mark.parametrize("bank_url", ["sqlite"], indirect=True)
NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 59, 59, tzinfo=SHOP_ZONE)


@pytest.fixture
def purse(make: Make, clock: Clock) -> Purse:
    """An empty wallet."""
    return open_purse(make, clock)


def live(purse: Purse, start: date, told: list[tuple[str, int, int, str]]) -> None:
    """Book a random life, and ask after each step what the oracle would answer."""
    on, spent, held = start, [], list[tuple[int, int]]()
    for what, gap, amount, validity in told:
        on += timedelta(days=gap)
        purse.at(on)
        oracle, there = purse.oracle, len(purse.oracle.here())
        if what == "issue":
            purse.issue(amount, last_day(validity, on))
            oracle.issue(amount, last_day(validity, on))
        elif what == "spend" and there:
            entry_id = purse.spend(min(amount, there))
            oracle.take(entry_id, min(amount, there))
            spent.append((entry_id, min(amount, there)))
        elif what == "hold" and there:
            placed = purse.make.move(purse.wallet, purse.hold, min(amount, there)).answer["id"]
            oracle.take(placed, min(amount, there))
            held.append((placed, min(amount, there)))
        elif what == "undo" and spent:
            entry_id, points = spent.pop(amount % len(spent))
            purse.undo(entry_id)
            oracle.come_back(entry_id, points, on)
        elif what in {"release", "half"} and held:
            placed, points = held.pop(amount % len(held))
            back = points // 2 if what == "half" else points
            settled = [(purse.hold, purse.redeemed, points - back)] if points > back else []
            released = [(purse.hold, purse.wallet, back)] if back else []
            purse.make.post(*settled, *released)
            oracle.come_back(placed, back, on)
        elif what == "expire":
            assert purse.expire(on) == oracle.expire(on)
            assert purse.expire(on) == 0
        assert purse.expiring() == oracle.calendar()


@pytest.mark.parametrize(
    "lives", [6, pytest.param(250, marks=pytest.mark.nightly)], ids=["some", "many"]
)
def test_a_booked_life_is_what_single_points_say(
    make: Make, bank: Bank, clock: Clock, lives: int
) -> None:
    @settings(
        max_examples=lives, deadline=None, derandomize=lives < 10, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(start=st.sampled_from(STARTS), told=events)
    def play(start: date, told: list[tuple[str, int, int, str]]) -> None:
        live(open_purse(make, clock), start, told)

    play()
    books_are_right(bank)


@on_sqlite
def test_the_last_second_of_the_year_is_still_the_year(purse: Purse) -> None:
    purse.at(NEW_YEARS_EVE - timedelta(days=100))
    purse.issue(12, "2026-12-31")
    purse.at(NEW_YEARS_EVE)
    assert purse.expire() == 0
    purse.at(NEW_YEARS_EVE + timedelta(seconds=1))
    assert purse.expire() == 12


@on_sqlite
def test_a_night_is_never_early(purse: Purse) -> None:
    purse.at(NEW_YEARS_EVE)
    purse.issue(12, "2026-12-31")
    assert purse.expire("2027-01-01") == 0


@on_sqlite
def test_points_that_came_before_go_first_and_an_undone_purchase_gives_them_back_at_their_old_age(
    purse: Purse,
) -> None:
    purse.at(date(2026, 11, 1))
    purse.issue(10, "2026-12-31")
    purse.issue(10, "2027-12-31")
    bought = purse.spend(10)
    assert purse.expiring() == [("2027-12-31", 10)]
    purse.undo(bought)
    assert purse.expiring() == [("2026-12-31", 10), ("2027-12-31", 10)]


@on_sqlite
def test_what_comes_back_after_its_day_lives_on_for_some_days(purse: Purse) -> None:
    purse.at(date(2026, 12, 20))
    purse.issue(10, "2026-12-31")
    bought = purse.spend(4)
    purse.at(date(2027, 1, 5))
    assert purse.expire() == 6
    purse.undo(bought)
    assert purse.expiring() == [("2027-02-04", 4)]
    purse.at(date(2027, 2, 4))
    assert purse.expire() == 0
    purse.at(date(2027, 2, 5))
    assert purse.expire() == 4


@on_sqlite
def test_later_points_never_expire_earlier(purse: Purse) -> None:
    purse.issue(5, "2027-12-31")
    purse.issue(5, "2027-03-31")
    assert purse.expiring() == [("2027-12-31", 10)]
    purse.issue(5, None)
    purse.issue(5, "2099-12-31")
    assert purse.expiring() == [("2027-12-31", 10), (None, 10)]
    books_are_right(purse.make.bank)


@dataclass(frozen=True)
class Scene:
    """Two who do something with one wallet in the same moment."""

    one: Callable[[Purse], int]
    other: Callable[[Purse], int]
    looks: tuple[ModuleType, str]


def issue_sooner(purse: Purse) -> int:
    return purse.issue(1, "2026-12-31")


def issue_later(purse: Purse) -> int:
    return purse.issue(1, "2027-12-31")


def let_expire(purse: Purse) -> int:
    return purse.expire()


def spend_some(purse: Purse) -> int:
    return purse.spend(5)


SCENES = {
    "the younger never expire earlier": Scene(issue_sooner, issue_later, (owed, "stand_until")),
    "what was bought with is not there any more": Scene(
        let_expire, spend_some, (expiry, "read_flows_of")
    ),
}


def before_it(scene: Scene, make: Make, clock: Clock) -> Purse:
    """An empty wallet; or on New Year's Day one with points of last year and of this."""
    purse = open_purse(make, clock)
    purse.at(date(2026, 12, 1))
    if scene.one is let_expire:
        purse.issue(10, "2026-12-31")
        purse.issue(10, "2027-12-31")
        purse.at(date(2027, 1, 1))
    return purse


@pytest.mark.parametrize("name", SCENES)
def test_everybody_at_once_comes_out_right(make: Make, clock: Clock, name: str) -> None:
    scene = SCENES[name]
    for _ in range(3):
        purse = before_it(scene, make, clock)
        outcomes = at_once([partial(scene.one, purse), partial(scene.other, purse)] * 2)
        refused = [one for one in outcomes if isinstance(one, Exception)]
        assert all(isinstance(one, InsufficientBalance) for one in refused), refused
    books_are_right(make.bank)


@pytest.mark.parametrize("bank_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", SCENES)
def test_without_the_lock_points_go_at_the_wrong_time(
    make: Make, clock: Clock, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = SCENES[name]
    purse = before_it(scene, make, clock)
    room, looking = scene.looks
    look, rivals = getattr(room, looking), [partial(scene.other, purse)]

    def look_and_be_late(*told: Any, **named: Any) -> Any:
        found = look(*told, **named)
        while rivals:
            assert not isinstance(at_once([rivals.pop()])[0], Exception)
        return found

    monkeypatch.setattr(room, looking, look_and_be_late)
    monkeypatch.setattr(room, "lock_accounts", lambda *_: None)
    scene.one(purse)
    report = run_checks(make.bank.database.url, checks=CHECKS, durable=False)
    assert not report.is_right


@operation("tests.decide_undated")
def decide_undated(act: Act, *, before: str, until: str) -> Answer:
    """Give points that have no day one."""
    keep_setting(act.session, UNDATED_SETTING, until, starts_on=before)
    return {}


def test_points_without_a_day_can_be_given_one(purse: Purse) -> None:
    purse.at(date(2026, 11, 1))
    purse.issue(7, None)
    purse.at(date(2026, 12, 1))
    purse.issue(3, "2026-12-31")
    assert purse.expiring() == [(None, 10)]
    purse.make.do(decide_undated, before="2026-12-02", until="2027-06-30")
    assert purse.expiring() == [("2027-06-30", 10)]
    purse.at(date(2026, 12, 2))
    purse.issue(2, "2026-12-31")
    assert purse.expiring() == [("2027-06-30", 12)]
    books_are_right(purse.make.bank)
    purse.at(date(2027, 7, 1))
    assert purse.expire() == 12


def test_an_issue_that_is_taken_back_takes_its_expiry_with_it(purse: Purse) -> None:
    purse.at(date(2026, 11, 1))
    first = purse.issue(10, "2026-12-31")
    purse.issue(10, "2027-12-31")
    purse.at(date(2027, 1, 1))
    assert purse.expire() == 10
    purse.void(first)
    # The ten that expired were this issue's own; nothing of the others is taken, nothing is owed.
    assert purse.expiring() == [("2027-12-31", 10)]
    assert purse.make.balance(purse.owed) == 0
    assert purse.make.sum_of("expired", "PTS", "bank") == 0
    books_are_right(purse.make.bank)


@on_sqlite
def test_where_the_first_was_spent_what_expired_in_its_place_comes_back(purse: Purse) -> None:
    purse.at(date(2026, 11, 1))
    first = purse.issue(10, "2026-12-31")
    purse.issue(10, "2027-12-31")
    purse.spend(13)
    purse.at(date(2028, 1, 1))
    assert purse.expire() == 7
    purse.void(first)
    assert (purse.make.balance(purse.wallet), purse.make.balance(purse.owed)) == (0, -3)
    assert purse.make.sum_of("expired", "PTS", "bank") == 0
    books_are_right(purse.make.bank)


ZONES = """
    UTC Asia/Shanghai Asia/Tokyo Asia/Kathmandu Europe/London America/New_York America/St_Johns
    Pacific/Kiritimati Pacific/Pago_Pago Australia/Lord_Howe Africa/Cairo America/Sao_Paulo
""".split()


@pytest.fixture
def process_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The process's own time zone, to be set; it is put back afterwards."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


@on_sqlite
def test_the_machines_own_time_zone_changes_nothing(
    make: Make, clock: Clock, process_zone: pytest.MonkeyPatch
) -> None:
    assert len(ZONES) == 12
    for zone in ZONES:
        process_zone.setenv("TZ", zone)
        time.tzset()
        for eve in (NEW_YEARS_EVE, datetime(2028, 2, 29, 23, 59, 59, tzinfo=SHOP_ZONE)):
            purse = open_purse(make, clock)
            purse.at(eve - timedelta(days=3))
            purse.issue(9, eve.date())
            purse.at(eve)
            assert (purse.expire(), zone) == (0, zone)
            # Forty days late is as good as a second late.
            purse.at(eve + timedelta(seconds=1) if eve is NEW_YEARS_EVE else eve + timedelta(40))
            assert (purse.expire(), zone) == (9, zone)
