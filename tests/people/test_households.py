"""Who lives together never decides for one another; it is said by themselves, and it ends."""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.earning import approve_record, approve_records, get_record
from pointsbank.foundation import Bank
from pointsbank.people import (
    BenefitsOneself,
    HouseholdMissing,
    HouseholdTaken,
    SameHousehold,
    VolunteerLeft,
    VolunteerRef,
    erase_volunteer,
    get_standing,
    household_of,
    join_household,
    leave_household,
    same_household,
    see_off_volunteer,
)
from tests.at_once import at_once
from tests.make import Make


def together(make: Make, newcomer: VolunteerRef, member: VolunteerRef) -> int:
    """Put two into one household; its id."""
    made = make.do(
        join_household, number=newcomer.number, member=member.number, consented_on="2026-11-01"
    )
    return int(made.answer["household"])


def live_together(make: Make, one: VolunteerRef, other: VolunteerRef) -> bool:
    """Whether two are known to live together."""
    return make.bank.database.read(lambda session: same_household(session, one.id, other.id))


def test_three_join_one_after_the_other_and_a_stranger_stays_outside(
    make: Make, bank: Bank
) -> None:
    mother, father, child, stranger = (make.volunteer() for _ in range(4))
    household = together(make, father, mother)
    assert together(make, child, father) == household
    assert live_together(make, child, mother)
    assert live_together(make, stranger, stranger)
    assert not live_together(make, stranger, mother)
    people = [mother.id, father.id, child.id, stranger.id]
    found = bank.database.read(lambda session: household_of(session, people))
    assert found == dict.fromkeys(people[:3], household)
    members = get_standing(bank, volunteer_id=child.id).household
    assert [one.number for one in members] == [mother.number, father.number, child.number]
    assert {one.consented_on for one in members} == {"2026-11-01"}


def test_nobody_is_in_two_households_nor_joins_oneself(make: Make) -> None:
    first, second, third, fourth = (make.volunteer() for _ in range(4))
    together(make, second, first)
    together(make, fourth, third)
    for newcomer, member in ((second, third), (second, first), (first, first), (third, third)):
        with pytest.raises(HouseholdTaken):
            together(make, newcomer, member)
    with pytest.raises(HouseholdMissing):
        make.do(leave_household, number=make.volunteer().number)


def test_of_many_who_take_somebody_in_at_once_one_does(make: Make) -> None:
    newcomer, *members = (make.volunteer() for _ in range(5))
    outcomes = at_once([lambda one=one: together(make, newcomer, one) for one in members])
    assert len([one for one in outcomes if isinstance(one, HouseholdTaken)]) == 3
    assert [live_together(make, newcomer, one) for one in members].count(True) == 1


def test_who_moves_out_or_is_forgotten_is_in_none(make: Make, bank: Bank) -> None:
    mother, father, child = (make.volunteer() for _ in range(3))
    together(make, father, mother)
    together(make, child, mother)
    make.do(leave_household, number=father.number)
    make.do(erase_volunteer, number=child.number)
    assert not live_together(make, father, mother)
    assert not live_together(make, child, mother)
    together(make, father, make.volunteer())
    gone = make.volunteer()
    make.do(see_off_volunteer, number=gone.number)
    with pytest.raises(VolunteerLeft):
        together(make, gone, mother)


def test_nobody_ends_what_keeps_them_from_deciding_at_home(make: Make) -> None:
    husband, wife = make.volunteer(), make.volunteer()
    together(make, wife, husband)
    worker, colleague = make.staff("worker", volunteer=husband), make.staff("worker")
    for one in (husband, wife):
        with pytest.raises(BenefitsOneself):
            make.do(leave_household, by=worker.caller, number=one.number)
    assert live_together(make, husband, wife)
    make.do(leave_household, by=colleague.caller, number=wife.number)
    assert not live_together(make, husband, wife)


@pytest.mark.parametrize("at_home", [True, False])
def test_nobody_approves_the_hours_of_whom_they_live_with(make: Make, at_home: bool) -> None:
    make.rule()
    husband, wife = make.volunteer(), make.volunteer()
    if at_home:
        together(make, wife, husband)
    witness = make.staff("witness", volunteer=husband)
    record = make.record(wife)

    def approve(**values: Any) -> Any:
        return make.do(approve_record, by=witness.caller, record=record, **values)

    if at_home:
        with pytest.raises(SameHousehold):
            approve()
        many = make.do(approve_records, by=witness.caller, records=[record]).answer
        assert many["passed_over"] == [{"record": record, "code": "people.same_household"}]
        assert get_record(make.bank, record=record).status == "pending"
        assert make.balance(wife.wallet) == 0
    else:
        approve()
        assert make.balance(wife.wallet) == 20
