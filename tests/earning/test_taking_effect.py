"""Points are issued once when a notice is over, however often, by whomever and at once."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update

import pointsbank.earning.record_steps as steps
import pointsbank.earning.reviewing as reviewing
import pointsbank.earning.service_records as records_room
import pointsbank.earning.taking_effect as room
from pointsbank.earning import (
    ARROWS,
    NATIONAL_CODES,
    STEPS,
    OwnRecord,
    RecordDecided,
    RecordNotEffective,
    SamePersonTwice,
    ServiceRecord,
    approve_record,
    approve_records,
    count_hours,
    get_record,
    lapse_all,
    lapse_records,
    make_all_effective,
    make_effective,
    plain_document,
    record_service,
    reject_record,
    set_rulebook,
    take_up_record,
    void_record,
)
from pointsbank.foundation import Bank, Caller, Clock, Keys, open_database, statement
from pointsbank.jobs import DUTIES
from pointsbank.ledger import owed
from pointsbank.people import SameHousehold, SecondPersonNeeded, join_household
from tests.at_once import at_once
from tests.books import books_are_right
from tests.earning.wall import Wall
from tests.ledger.unguarded import NoTransactions
from tests.make import Make, between, see_service

ROUNDS_UNTIL_WRONG = 20
OVER = "2026-11-26"


def test_however_many_go_at_it_at_once_each_record_earns_once(
    make: Make, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsbank.foundation.database.RETRIES_MOST", 1)
    monkeypatch.setattr(room, "CHUNK", 4)
    wall = Wall(make)
    people = [make.volunteer() for _ in range(6)]
    notices = [wall.hang(*[wall.reviewed(one) for one in people]) for _ in range(2)]
    wall.at(OVER)
    outcomes = at_once(
        [
            partial(make_all_effective, bank, by=make.staff("worker").caller, notice=notice)
            for notice in notices * 3
        ]
    )
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert sum(one.records for one in outcomes) == 12
    assert [make.balance(one.wallet) for one in people] == [40] * 6
    books_are_right(bank)


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what makes the second one wait and look again."""
    unlocked = select(
        *(getattr(ServiceRecord, name) for name in records_room.LockedRecord.__dataclass_fields__)
    ).where(ServiceRecord.id.in_(select(records_room._ID)))
    monkeypatch.setattr(records_room, "_LOCKED", statement(unlocked))
    written = {
        "status": steps.EFFECTIVE,
        "entry_id": steps._EFFECT_ENTRY,
        "effective_by": steps._ACTOR,
        "effective_at": steps._AT,
        "effective_on": steps._ON,
    }
    anyhow = update(ServiceRecord).where(ServiceRecord.id == steps._EFFECT_OF).values(written)
    monkeypatch.setattr(steps, "_TAKE_EFFECT", statement(anyhow))
    monkeypatch.setattr(reviewing, "lock_accounts", lambda session, *accounts: None)
    monkeypatch.setattr(owed, "lock_accounts", lambda session, *accounts: None)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_without_the_locks_a_record_earns_twice(
    dialect: str,
    request: pytest.FixtureRequest,
    keys: Keys,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = request.getfixturevalue("sqlite_url" if dialect == "sqlite" else "postgres_url")
    bank = Bank(tmp_path, open_database(url, durable=False), keys, clock)
    wall, at_work = Wall(Make(bank)), bank
    if dialect == "sqlite":
        bare = NoTransactions(Path(url.removeprefix("sqlite:///")))
        at_work = dataclasses.replace(bank, database=bare)
    without_locks(monkeypatch)
    for _ in range(ROUNDS_UNTIL_WRONG):
        wall.at("2026-11-20")
        notice = wall.hang(*[wall.reviewed() for _ in range(8)])
        wall.at(OVER)
        outcomes = at_once([partial(make_all_effective, at_work, by=wall.third.caller)] * 4)
        assert notice
        if sum(one.records for one in outcomes if not isinstance(one, Exception)) > 8:
            break
    else:
        pytest.fail("came out right every time without its guard")
    with pytest.raises(AssertionError, match="issued-once"):
        books_are_right(bank)
    bank.close()


def test_a_killed_night_goes_on_where_it_stopped(
    make: Make, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = Wall(make)
    people = [make.volunteer() for _ in range(5)]
    notice = wall.hang(*[wall.reviewed(one) for one in people])
    wall.at(OVER)
    monkeypatch.setattr(room, "CHUNK", 2)
    first = make.do(make_effective, notice=notice).answer
    assert (first["records"], first["points"]) == (2, 40)
    assert [make.balance(one.wallet) for one in people] == [20, 20, 0, 0, 0]
    told: list[int] = []
    took = make_all_effective(bank, by=wall.third.caller, progress=told.append)
    assert (took.records, told) == (3, [2, 3])
    assert [make.balance(one.wallet) for one in people] == [20] * 5
    books_are_right(bank)


def test_points_that_are_foreseen_are_the_points_that_come(make: Make, bank: Bank) -> None:
    """A cap counts what hangs on a notice as used, and a later rulebook changes nothing."""
    wall, volunteer = Wall(make, cap_minutes_per_activity=120), make.volunteer()
    records = [
        wall.reviewed(volunteer, minutes, activity="巡逻", **between(hour, hour + 2))
        for hour, minutes in ((9, 90), (11, 91), (13, 92))
    ]
    both = [
        make.record(
            volunteer, minutes, by=wall.recorder, activity="门岗", **between(hour, hour + 2)
        )
        for hour, minutes in ((15, 60), (17, 61))
    ]
    done = make.do(approve_records, by=wall.reviewer.caller, records=both).answer
    assert (done["points"], done["waiting"]) == (20, 2)
    assert [get_record(bank, record=one).points for one in records] == [15, 5, 0]
    generous = plain_document(50, notice={"length": 3})
    make.do(set_rulebook, **make.by_two(), document=generous, starts_on="2026-11-20")
    wall.hang(*records, *both)
    wall.at(OVER)
    assert make_all_effective(bank, by=wall.third.caller).points == 40
    assert make.balance(volunteer.wallet) == 40
    # Three of the five earned something: an entry each, none for what earned nothing.
    assert [get_record(bank, record=one).entry is None for one in records] == [False, False, True]
    books_are_right(bank)


def test_the_night_does_it_and_lapses_what_nobody_looked_at(make: Make, bank: Bank) -> None:
    wall = Wall(make, review={"within_days": 10})
    forgotten, volunteer = make.record(make.volunteer(), by=wall.recorder), make.volunteer()
    wall.hang(wall.reviewed(volunteer))
    [lapse, effect] = [one for one in DUTIES if one.name in {"lapse", "effective"}]
    wall.at("2026-11-30")
    lapse.run(bank)
    effect.run(bank)
    assert (wall.status(forgotten), make.balance(volunteer.wallet)) == ("pending", 20)
    wall.at("2026-12-01")
    lapse.run(bank)
    row = get_record(bank, record=forgotten)
    assert (row.status, row.decided_by) == ("lapsed", None)
    assert row.lapsed_at is not None
    for verb, values in (
        (approve_record, {"by": wall.reviewer.caller}),
        (reject_record, {"by": wall.reviewer.caller, "reason": "晚了"}),
    ):
        with pytest.raises(RecordDecided):
            make.do(verb, record=forgotten, **values)
    make.do(take_up_record, by=wall.third.caller, record=forgotten, reason="当时放假")
    row = get_record(bank, record=forgotten)
    assert (row.status, row.taken_up_by, row.taken_up_for) == (
        "pending",
        wall.third.actor,
        "当时放假",
    )
    # Its days are counted anew.
    assert lapse_all(bank, by=wall.third.caller) == 0
    make.do(approve_record, by=wall.reviewer.caller, record=forgotten)
    books_are_right(bank)


class TestOnOneDatabase:
    """What is no business of the database's."""

    @pytest.fixture
    def bank_url(self, sqlite_url: str) -> str:
        return sqlite_url

    def test_without_a_term_nothing_lapses(self, make: Make, bank: Bank) -> None:
        wall = Wall(make)
        record = make.record(make.volunteer())
        wall.at("2030-01-01")
        assert make.do(lapse_records).answer == {"records": 0, "after": None}
        assert wall.status(record) == "pending"

    def test_a_term_is_the_rulebooks_of_the_day_of_service(self, make: Make, bank: Bank) -> None:
        wall = Wall(make, review={"within_days": 5})
        short = make.record(make.volunteer(), served_on="2026-11-19")
        make.rule(review={"within_days": 30}, starts_on="2026-11-20")
        long = make.record(make.volunteer(), served_on="2026-11-20")
        wall.at("2026-11-26")
        assert lapse_all(bank, by=wall.third.caller) == 1
        assert [wall.status(one) for one in (short, long)] == ["lapsed", "pending"]
        wall.at("2026-12-20")
        assert lapse_all(bank, by=wall.third.caller) == 0
        wall.at("2026-12-21")
        assert lapse_all(bank, by=wall.third.caller) == 1

    def test_hours_on_their_way_are_counted_apart(self, make: Make, bank: Bank) -> None:
        wall, volunteer = Wall(make), make.volunteer()
        make.record(volunteer, 30)
        wall.reviewed(volunteer, 60)
        wall.hang(wall.reviewed(volunteer, 90, source="roll_call"))
        hours = count_hours(bank, volunteer_id=volunteer.id)
        assert (hours.pending, hours.total) == (180, 0)
        wall.at(OVER)
        make_all_effective(bank, by=wall.third.caller)
        hours = count_hours(bank, volunteer_id=volunteer.id)
        assert (hours.pending, hours.attended) == (90, 90)

    def test_only_what_counts_is_voided(self, make: Make, bank: Bank) -> None:
        wall = Wall(make)
        record = wall.reviewed()
        for _ in range(2):
            with pytest.raises(RecordNotEffective):
                make.do(void_record, **make.by_two(), record=record, reason="不实")
            wall.hang(record) if wall.status(record) == "reviewed" else None
        wall.at(OVER)
        make_all_effective(bank, by=wall.third.caller)
        make.do(void_record, **make.by_two(), record=record, reason="不实")
        assert wall.status(record) == "void"
        books_are_right(bank)

    def test_a_leader_records_and_somebody_else_reviews(self, make: Make, bank: Bank) -> None:
        make.rule()
        leader, volunteer = make.volunteer(), make.volunteer()
        called = Caller(actor=leader.holder, client=leader.holder)
        told = {"activity": "巡逻", "minutes": 60, "served_on": "2026-11-19"}
        with pytest.raises(OwnRecord):
            make.do(record_service, by=called, number=leader.number, **told)
        seen = told | {"number": volunteer.number, "source": "roll_call"}
        made = make.do(see_service, by=called, **seen)
        record = made.answer["record"]
        with pytest.raises(SecondPersonNeeded):
            make.do(approve_record, by=called, record=record)
        mother = make.volunteer()
        live = {"number": mother.number, "member": leader.number, "consented_on": "2026-11-01"}
        make.do(join_household, **live)
        for same, refusal in ((leader, SamePersonTwice), (mother, SameHousehold)):
            with pytest.raises(refusal):
                make.do(
                    approve_record, by=make.staff("worker", volunteer=same).caller, record=record
                )
        make.do(approve_record, by=make.staff("worker").caller, record=record)
        assert get_record(bank, record=record).recorded_by == leader.holder
        books_are_right(bank)

    def test_who_signs_in_and_out_has_written_nothing_down(self, make: Make, bank: Bank) -> None:
        make.rule()
        volunteer = make.volunteer()
        oneself = Caller(actor=volunteer.holder, client=volunteer.holder)
        told = {"activity": "巡逻", "minutes": 60, "source": "sign_in", "served_on": "2026-11-19"}
        made = make.do(see_service, by=oneself, number=volunteer.number, **told)
        also_staff = make.staff("worker", volunteer=volunteer)
        with pytest.raises(OwnRecord):
            make.do(approve_record, by=also_staff.caller, record=made.answer["record"])
        make.do(approve_record, by=make.staff("worker").caller, record=made.answer["record"])
        books_are_right(bank)

    def test_every_step_has_its_arrows_and_its_national_code(self) -> None:
        assert set(ARROWS) == set(STEPS) == set(NATIONAL_CODES)
        assert {one for ends in ARROWS.values() for one in ends} <= set(STEPS)
        told = [NATIONAL_CODES[one] for one in STEPS]
        assert told == [0, 0, 0, 2, 4, 5, 3]
