"""Second-round charity: given by one, received by another, decided by two."""

from __future__ import annotations

import pytest

from pointsbank.charity import GrantDecided, OwnGrant, approve_grant, donate_points, propose_grant
from pointsbank.foundation import Caller, Session
from pointsbank.ledger import Expiring, InsufficientBalance, list_expiring, trial_balance
from pointsbank.people import (
    RoleMissing,
    SamePersonTwice,
    SecondPersonNeeded,
    StaffRow,
    get_family,
    register_family,
)
from tests.make import Make


@pytest.fixture
def li(make: Make) -> StaffRow:
    """A worker, who proposes."""
    return make.staff("worker")


@pytest.fixture
def wang(make: Make) -> StaffRow:
    """A witness, who approves."""
    return make.staff("witness")


def pooled(make: Make, points: int) -> str:
    """A volunteer's points in the pool, and a family that may receive them."""
    giver = make.volunteer(points=points)
    make.do(donate_points, volunteer=giver.number, points=points)
    return str(make.do(register_family).answer["number"])


def balances(make: Make) -> dict[str, int]:
    return {row.type: row.balance for row in trial_balance(make.bank) if row.commodity == "PTS"}


def test_a_gift_reaches_a_family_through_two_people(
    make: Make, li: StaffRow, wang: StaffRow
) -> None:
    family = pooled(make, 120)
    grant = make.do(propose_grant, by=li.caller, family=family, points=100).answer["grant"]
    make.do(approve_grant, by=wang.caller, grant=grant)
    found = balances(make)
    assert (found["pool"], found["family_wallet"]) == (20, 100)


def test_granted_points_stand_until_their_day_and_never_end_before_older_ones(
    make: Make, li: StaffRow, wang: StaffRow
) -> None:
    family = pooled(make, 60)
    for until in ("2027-12-31", "2026-12-31"):
        told = {"family": family, "points": 30}
        grant = make.do(propose_grant, by=li.caller, **told).answer["grant"]
        make.do(approve_grant, by=wang.caller, grant=grant, expires_on=until)

    def ask(session: Session) -> list[Expiring]:
        wallet = get_family(session, family).wallet
        return list_expiring(session, [wallet.id], today="2026-11-20")[wallet.id]

    assert make.bank.database.read(ask) == [Expiring("2027-12-31", 60)]


def test_nobody_approves_an_own_proposal_nor_through_a_command(
    make: Make, li: StaffRow, wang: StaffRow
) -> None:
    grant = make.do(propose_grant, by=li.caller, family=pooled(make, 50), points=50).answer["grant"]
    with pytest.raises(OwnGrant):
        make.do(approve_grant, by=li.caller, grant=grant)
    with pytest.raises(SecondPersonNeeded):
        make.do(
            approve_grant, by=Caller(actor=wang.actor, client=f"command:{wang.id}"), grant=grant
        )
    assert balances(make)["pool"] == 50


def test_the_one_who_approves_is_another_person_with_a_role_for_it(make: Make) -> None:
    person = make.volunteer()
    first, same = (make.staff("worker", volunteer=person) for _ in range(2))
    family = pooled(make, 50)
    grant = make.do(propose_grant, by=first.caller, family=family, points=50).answer["grant"]
    with pytest.raises(SamePersonTwice):
        make.do(approve_grant, by=same.caller, grant=grant)
    with pytest.raises(RoleMissing):
        make.do(approve_grant, by=make.staff("auditor").caller, grant=grant)
    assert balances(make)["pool"] == 50


def test_a_grant_is_paid_once_and_never_more_than_the_pool_holds(
    make: Make, li: StaffRow, wang: StaffRow
) -> None:
    family = pooled(make, 50)
    small = make.do(propose_grant, by=li.caller, family=family, points=30).answer["grant"]
    large = make.do(propose_grant, by=li.caller, family=family, points=30).answer["grant"]
    make.do(approve_grant, by=wang.caller, grant=small)
    with pytest.raises(GrantDecided):
        make.do(approve_grant, by=wang.caller, grant=small)
    with pytest.raises(InsufficientBalance):
        make.do(approve_grant, by=wang.caller, grant=large)
    assert balances(make)["pool"] == 20
