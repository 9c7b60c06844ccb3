"""A void record takes its points back, whatever became of them, and stays to be seen."""

from __future__ import annotations

import pytest

from pointsbank.earning import (
    OwnRecord,
    ReasonMissing,
    RecordNotEffective,
    approve_record,
    count_hours,
    get_record,
    void_record,
)
from pointsbank.foundation import Bank, Caller
from pointsbank.people import SecondPersonNeeded, VolunteerRef
from tests.at_once import at_once
from tests.books import books_are_right
from tests.make import Make


def effective(make: Make, volunteer: VolunteerRef, minutes: int = 120, **service: object) -> str:
    """A record that has been approved."""
    record = make.record(volunteer, minutes, **service)
    make.do(approve_record, by=make.staff("worker").caller, record=record)
    return record


def void(make: Make, record: str, by: Caller | None = None, reason: str = "补录不实") -> object:
    caller = by or make.staff("witness").caller
    proposer = make.staff().actor
    return make.do(void_record, by=caller, record=record, reason=reason, proposed_by=proposer)


def test_points_that_are_there_are_taken_back(make: Make, bank: Bank) -> None:
    make.rule()
    volunteer = make.volunteer()
    record = effective(make, volunteer)
    done = void(make, record)
    assert (done.answer["status"], done.answer["owes"]) == ("void", 0)
    assert make.balance(volunteer.wallet) == 0
    row = get_record(bank, record=record)
    assert (row.status, row.reason, row.points) == ("void", "补录不实", 20)
    assert count_hours(bank, volunteer_id=volunteer.id).total == 0
    books_are_right(bank)


def test_points_that_were_spent_are_owed_and_repaid_by_the_next_service(
    make: Make, bank: Bank
) -> None:
    make.rule()
    volunteer = make.volunteer()
    record = effective(make, volunteer)
    make.move(volunteer.wallet, make.account("redeemed", holder="bank"), 15)
    assert void(make, record).answer["owes"] == 15
    assert (make.balance(volunteer.wallet), make.balance(volunteer.owed)) == (0, -15)
    effective(make, volunteer)
    assert (make.balance(volunteer.wallet), make.balance(volunteer.owed)) == (5, 0)
    books_are_right(bank)


def test_a_record_that_repaid_a_debt_can_be_voided_too(make: Make, bank: Bank) -> None:
    make.rule()
    volunteer = make.volunteer()
    first = effective(make, volunteer)
    make.move(volunteer.wallet, make.account("redeemed", holder="bank"), 15)
    void(make, first)
    second = effective(make, volunteer)
    assert void(make, second).answer["owes"] == 15
    assert (make.balance(volunteer.wallet), make.balance(volunteer.owed)) == (0, -15)
    books_are_right(bank)


def test_a_record_without_points_is_voided_without_an_entry(make: Make, bank: Bank) -> None:
    make.rule()
    record = effective(make, make.volunteer(), source="honorary")
    assert void(make, record).answer["entry"] is None
    assert get_record(bank, record=record).status == "void"
    books_are_right(bank)


def test_a_record_is_voided_once_however_many_ask(make: Make, bank: Bank) -> None:
    make.rule()
    volunteer = make.volunteer(points=100)
    record = effective(make, volunteer)
    people = [make.staff("worker").caller for _ in range(8)]
    outcomes = at_once([lambda by=by: void(make, record, by) for by in people])
    assert len([one for one in outcomes if isinstance(one, RecordNotEffective)]) == 7, outcomes
    assert make.balance(volunteer.wallet) == 100
    books_are_right(bank)


def test_only_an_effective_record_of_somebody_else_is_voided_with_a_reason(
    make: Make, bank: Bank
) -> None:
    make.rule()
    volunteer = make.volunteer()
    pending = make.record(volunteer)
    with pytest.raises(RecordNotEffective):
        void(make, pending)
    record = effective(make, volunteer)
    with pytest.raises(ReasonMissing):
        void(make, record, reason="")
    with pytest.raises(OwnRecord):
        void(make, record, by=make.staff("worker", volunteer=volunteer).caller)
    with pytest.raises(SecondPersonNeeded):
        void(make, record, by=Caller(actor=make.staff().actor, client="command"))
    assert make.balance(volunteer.wallet) == 20
