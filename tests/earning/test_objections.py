"""Anybody may object; a third person decides; and what was objected to waits."""

from __future__ import annotations

import pytest

from pointsbank.earning import (
    HoursInvalid,
    ObjectionDecided,
    ObjectionOpen,
    ObjectionUnknown,
    OwnRecord,
    ReasonMissing,
    RecordDecided,
    RecordRepeated,
    RecordUnknown,
    SamePersonTwice,
    approve_record,
    count_objections,
    decide_objection,
    get_record,
    list_objections,
    list_objections_to,
    make_all_effective,
    object_to_record,
    record_number,
    take_back_review,
)
from pointsbank.foundation import Bank, Caller, PublicIdInvalid, public_id
from pointsbank.people import SameHousehold, SecondPersonNeeded, join_household, list_untold
from tests.at_once import at_once
from tests.books import books_are_right
from tests.earning.wall import Wall
from tests.make import Make


@pytest.fixture
def wall(make: Make) -> Wall:
    return Wall(make)


def objected(make: Make, record: str, reason: str = "那天没看见她") -> str:
    """An objection to a record; its number."""
    made = make.do(object_to_record, by=make.staff("worker").caller, record=record, reason=reason)
    return str(made.answer["objection"])


def test_what_was_objected_to_waits_and_the_rest_counts(make: Make, bank: Bank) -> None:
    wall = Wall(make)
    people = [make.volunteer() for _ in range(3)]
    records = [wall.reviewed(one) for one in people]
    wall.hang(*records)
    number = objected(make, records[1])
    wall.at("2026-11-26")
    took = make_all_effective(bank, by=wall.third.caller)
    assert (took.records, took.points, took.waiting) == (2, 40, 1)
    assert [wall.status(one) for one in records] == ["effective", "published", "effective"]
    make.do(
        decide_objection,
        by=wall.third.caller,
        objection=number,
        outcome="dismissed",
        answer="签到签退都在",
    )
    assert make_all_effective(bank, by=wall.third.caller).records == 1
    assert [make.balance(one.wallet) for one in people] == [20, 20, 20]
    [row] = list_objections(bank).items
    assert (row.outcome, row.answer, row.decided_by) == (
        "dismissed",
        "签到签退都在",
        wall.third.actor,
    )
    books_are_right(bank)


def test_an_upheld_objection_rejects_the_record_and_tells_the_volunteer(
    make: Make, bank: Bank
) -> None:
    wall, volunteer = Wall(make), make.volunteer()
    record = wall.reviewed(volunteer)
    wall.hang(record)
    first, second = objected(make, record), objected(make, record, "我替她签的")
    told = {"by": wall.third.caller, "outcome": "upheld", "answer": "查实没有到场"}
    make.do(decide_objection, objection=first, **told)
    row = get_record(bank, record=record)
    assert (row.status, row.reason, row.decided_by) == (
        "rejected",
        "查实没有到场",
        wall.reviewer.actor,
    )
    # The other one is answered by it as well.
    assert count_objections(bank) == 0
    with pytest.raises(ObjectionDecided):
        make.do(decide_objection, objection=second, **told)
    wall.at("2026-11-26")
    assert make_all_effective(bank, by=wall.third.caller).records == 0
    assert make.balance(volunteer.wallet) == 0
    news = bank.database.read(lambda session: list_untold(session, volunteer.holder))
    assert [one.code for one in news] == ["earning.record_rejected"]
    books_are_right(bank)


def test_a_corrected_record_is_another_one_that_needs_its_own_review(
    make: Make, bank: Bank
) -> None:
    wall, volunteer = Wall(make), make.volunteer()
    record = wall.reviewed(volunteer, 180, activity="清扫")
    number = objected(make, record, "只做了一个半小时")
    told = {"by": wall.third.caller, "objection": number, "outcome": "corrected", "answer": "属实"}
    for minutes in (None, 0, 180, 1441):
        with pytest.raises(HoursInvalid):
            make.do(decide_objection, minutes=minutes, **told)
    done = make.do(decide_objection, minutes=90, **told).answer
    new = get_record(bank, record=done["new_record"])
    assert wall.status(record) == "rejected"
    assert (new.status, new.minutes, new.activity) == ("pending", 90, "清扫")
    assert new.recorded_by == wall.third.actor
    with pytest.raises(SamePersonTwice):
        make.do(approve_record, by=wall.third.caller, record=new.number)
    make.do(approve_record, by=wall.reviewer.caller, record=new.number)
    assert get_record(bank, record=new.number).points == 15
    books_are_right(bank)


def test_of_two_who_decide_at_once_one_does(make: Make, bank: Bank) -> None:
    wall = Wall(make)
    record = wall.reviewed()
    wall.hang(record)
    number = objected(make, record)
    deciders = [make.staff("worker").caller for _ in range(6)]

    def decide(place: int) -> object:
        outcome = "upheld" if place % 2 else "dismissed"
        told = {"objection": number, "outcome": outcome, "answer": "查过了"}
        return make.do(decide_objection, by=deciders[place], **told)

    outcomes = at_once([lambda place=place: decide(place) for place in range(6)])
    assert len([one for one in outcomes if isinstance(one, ObjectionDecided)]) == 5, outcomes
    [row] = list_objections_to(bank, record_id=get_record(bank, record=record).id)
    assert wall.status(record) == ("rejected" if row.outcome == "upheld" else "published")
    books_are_right(bank)


class TestOnOneDatabase:
    """What is no business of the database's."""

    @pytest.fixture
    def bank_url(self, sqlite_url: str) -> str:
        return sqlite_url

    def test_who_recorded_or_reviewed_it_or_is_concerned_does_not_decide(
        self, make: Make, wall: Wall
    ) -> None:
        volunteer, mother = make.volunteer(), make.volunteer()
        make.do(
            join_household,
            number=mother.number,
            member=volunteer.number,
            consented_on="2026-11-01",
        )
        number = objected(make, wall.reviewed(volunteer))
        told = {"objection": number, "outcome": "dismissed", "answer": "没有问题"}
        for by, refusal in (
            (wall.recorder.caller, SamePersonTwice),
            (wall.reviewer.caller, SamePersonTwice),
            (make.staff("worker", volunteer=volunteer).caller, OwnRecord),
            (make.staff("worker", volunteer=mother).caller, SameHousehold),
            (Caller(actor=wall.third.actor, client="command"), SecondPersonNeeded),
        ):
            with pytest.raises(refusal):
                make.do(decide_objection, by=by, **told)
        assert count_objections(make.bank) == 1
        make.do(decide_objection, by=wall.third.caller, **told)

    def test_it_is_said_between_review_and_effect_and_with_a_reason(
        self, make: Make, wall: Wall
    ) -> None:
        pending = make.record(make.volunteer())
        with pytest.raises(RecordDecided):
            objected(make, pending)
        record = wall.reviewed()
        with pytest.raises(ReasonMissing):
            objected(make, record, "　")
        with pytest.raises(RecordUnknown):
            objected(make, record_number(999))
        number = objected(make, record)
        with pytest.raises(ObjectionOpen):
            make.do(take_back_review, by=wall.reviewer.caller, record=record)
        with pytest.raises(ReasonMissing):
            make.do(
                decide_objection,
                by=wall.third.caller,
                objection=number,
                outcome="upheld",
                answer="",
            )
        with pytest.raises(ObjectionUnknown):
            make.do(
                decide_objection,
                by=wall.third.caller,
                objection=public_id("Y", 99),
                outcome="upheld",
                answer="查过",
            )
        with pytest.raises(PublicIdInvalid):
            make.do(
                decide_objection,
                by=wall.third.caller,
                objection="Y000001-0",
                outcome="upheld",
                answer="查过",
            )

    def test_correcting_to_hours_that_stand_already_or_cannot_be_is_refused(
        self, make: Make, wall: Wall
    ) -> None:
        volunteer = make.volunteer()
        times = {
            "started_at": "2026-11-18T01:00:00.000000Z",
            "ended_at": "2026-11-18T03:00:00.000000Z",
            "activity": "巡逻",
        }
        record = wall.reviewed(volunteer, 120, **times)
        make.record(volunteer, 60, **times)
        number = objected(make, record)
        told = {"by": wall.third.caller, "objection": number, "answer": "属实"}
        with pytest.raises(RecordRepeated):
            make.do(decide_objection, outcome="corrected", minutes=60, **told)
        with pytest.raises(HoursInvalid):
            make.do(decide_objection, outcome="corrected", minutes=121, **told)
        assert count_objections(make.bank) == 1
