"""Second-round charity: given by one, received by another, decided by two."""

from __future__ import annotations

import pytest

from pointsbank.charity import GrantDecided, OwnGrant, approve_grant, donate_points, propose_grant
from pointsbank.foundation import Caller
from pointsbank.ledger import InsufficientBalance, trial_balance
from pointsbank.people import SecondPersonNeeded, register_family
from tests.make import Make

LI = Caller(actor="staff:101", client="staff:101")
WANG = Caller(actor="staff:102", client="staff:102")


def pooled(make: Make, points: int) -> str:
    """A volunteer's points in the pool, and a family that may receive them."""
    giver = make.volunteer(points=points)
    make.do(donate_points, volunteer=giver.number, points=points)
    return str(make.do(register_family).answer["number"])


def balances(make: Make) -> dict[str, int]:
    return {row.type: row.balance for row in trial_balance(make.bank) if row.commodity == "PTS"}


def test_a_gift_reaches_a_family_through_two_people(make: Make) -> None:
    family = pooled(make, 120)
    grant = make.do(propose_grant, by=LI, family=family, points=100).answer["grant"]
    make.do(approve_grant, by=WANG, grant=grant)
    found = balances(make)
    assert (found["pool"], found["family_wallet"]) == (20, 100)


def test_nobody_approves_an_own_proposal_nor_through_a_command(make: Make) -> None:
    grant = make.do(propose_grant, by=LI, family=pooled(make, 50), points=50).answer["grant"]
    with pytest.raises(OwnGrant):
        make.do(approve_grant, by=LI, grant=grant)
    with pytest.raises(SecondPersonNeeded):
        make.do(approve_grant, by=Caller(actor="staff:102", client="command:102"), grant=grant)
    assert balances(make)["pool"] == 50


def test_a_grant_is_paid_once_and_never_more_than_the_pool_holds(make: Make) -> None:
    family = pooled(make, 50)
    small = make.do(propose_grant, by=LI, family=family, points=30).answer["grant"]
    large = make.do(propose_grant, by=LI, family=family, points=30).answer["grant"]
    make.do(approve_grant, by=WANG, grant=small)
    with pytest.raises(GrantDecided):
        make.do(approve_grant, by=WANG, grant=small)
    with pytest.raises(InsufficientBalance):
        make.do(approve_grant, by=WANG, grant=large)
    assert balances(make)["pool"] == 20
