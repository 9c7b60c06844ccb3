"""Second-round charity: given by one, received by another, decided by two."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from pointsbank.charity import (
    GiftTooLarge,
    GivingClosed,
    Grant,
    GrantDayPast,
    GrantTakenBack,
    GrantUsedUp,
    approve_grant,
    count_pool,
    donate_points,
    get_grant,
    list_grants,
    operations,
    propose_grant,
    propose_return,
    take_back_grant,
)
from pointsbank.earning import plain_document, set_rulebook
from pointsbank.foundation import Outcome, Session
from pointsbank.ledger import Expiring, InsufficientBalance, list_expiring, trial_balance
from pointsbank.people import StaffRow, VolunteerRef, get_family, get_proposal, register_family
from pointsbank.people.errors import ProposalDecided, ProposalExists, ProposalOther
from tests.at_once import at_once
from tests.books import books_are_right
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


def test_what_one_may_give_away_is_the_rulebooks_business(make: Make) -> None:
    make.rule(giving={"daily_most": 30})
    giver, other = make.volunteer(points=100), make.volunteer(points=100)

    def give(points: int, who: VolunteerRef = giver) -> Outcome:
        return make.do(donate_points, volunteer=who.number, points=points)

    give(20)
    with pytest.raises(GiftTooLarge) as refusal:
        give(11)
    assert refusal.value.facts == {"most": 30, "left": 10}
    # Of all that ask at once one has the room that is left; another person has a day of one's own.
    outcomes = at_once([lambda: give(10) for _ in range(4)])
    assert sum(isinstance(one, GiftTooLarge) for one in outcomes) == 3, outcomes
    give(30, other)
    make.rule(starts_on="2026-11-20", giving={"closed": True})
    with pytest.raises(GivingClosed):
        give(1, other)
    assert (make.balance(giver.wallet), make.balance(other.wallet)) == (70, 70)
    books_are_right(make.bank)


def balances(make: Make) -> dict[str, int]:
    return {row.type: row.balance for row in trial_balance(make.bank) if row.commodity == "PTS"}


def granted(make: Make, family: str, points: int, **told: Any) -> str:
    """Grant some, by two people; the number of the grant."""
    done = make.do(approve_grant, **make.by_two(), family=family, points=points, **told)
    return str(done.answer["grant"])


def expiring(make: Make, family: str) -> list[Expiring]:
    """What the family's points are worth until when."""

    def ask(session: Session) -> list[Expiring]:
        wallet = get_family(session, family).wallet
        return list_expiring(session, [wallet.id], today=make.bank.clock.today())[wallet.id]

    return make.bank.database.read(ask)


def spend(make: Make, family: str, points: int) -> None:
    wallet = make.bank.database.read(lambda session: get_family(session, family)).wallet
    make.move(wallet, make.account("redeemed", holder="bank"), points)


def valid(make: Make, **validity: Any) -> None:
    """A rulebook that says how long points stand."""
    document = plain_document(10) | {"validity": validity}
    make.do(set_rulebook, **make.by_two(), document=document, starts_on="2026-11-20")


def test_a_gift_reaches_a_family_through_two_people(make: Make) -> None:
    family = pooled(make, 120)
    number = granted(make, family, 100)
    found = balances(make)
    assert (found["pool"], found["family_wallet"], count_pool(make.bank)) == (20, 100, 20)
    [row] = list_grants(make.bank).items
    assert (row.number, row.family, row.points, row.expires_on) == (number, family, 100, None)
    assert row.proposed_by != row.decided_by
    with pytest.raises(InsufficientBalance):
        granted(make, family, 21)
    books_are_right(make.bank)


def test_granted_points_stand_as_long_as_the_rulebook_lets_points_of_today_stand(
    make: Make,
) -> None:
    family = pooled(make, 60)
    valid(make, until="years", years=1)
    granted(make, family, 30)
    assert expiring(make, family) == [Expiring("2027-11-20", 30)]
    # Whoever grants may say another day; never does it end before what the family has.
    for until in ("2027-12-31", "2026-12-31"):
        row = get_grant(make.bank, number=granted(make, family, 15, expires_on=until))
        assert row.expires_on == "2027-12-31"
    with pytest.raises(GrantDayPast):
        granted(make, family, 1, expires_on="2026-11-19")


def test_it_waits_until_somebody_else_has_looked_and_of_a_family_one_waits(
    make: Make, li: StaffRow, wang: StaffRow
) -> None:
    family = pooled(make, 50)
    waits = make.do(propose_grant, by=li.caller, family=family, points=30).answer["proposal"]
    with pytest.raises(ProposalExists):
        make.do(propose_grant, by=li.caller, family=family, points=20)
    two = {"by": wang.caller, "proposed_by": li.actor, "proposal": waits}
    with pytest.raises(ProposalOther):
        make.do(approve_grant, **two, family=family, points=31)
    told = get_proposal(make.bank, number=waits).told
    number = make.do(approve_grant, **two, **told).answer["grant"]
    with pytest.raises(ProposalDecided):
        make.do(approve_grant, **two, **told | {"points": 1})
    waits = make.do(propose_return, by=li.caller, grant=number, why="family").answer["proposal"]
    told = get_proposal(make.bank, number=waits).told
    make.do(take_back_grant, **two | {"proposal": waits}, **told)
    assert balances(make)["pool"] == 50


def test_a_wrong_one_is_taken_back_once_and_what_is_spent_stays_spent(make: Make) -> None:
    family = pooled(make, 100)
    valid(make, until="calendar_year")
    whole = granted(make, family, 40)
    make.do(take_back_grant, **make.by_two(), grant=whole, why="points")
    assert (balances(make)["family_wallet"], expiring(make, family)) == (0, [])
    partly, later = granted(make, family, 40), granted(make, family, 5)
    spend(make, family, 25)
    make.do(take_back_grant, **make.by_two(), grant=partly, why="family")
    row = get_grant(make.bank, number=partly)
    assert (row.returned_points, row.returned_why) == (20, "family")
    assert (balances(make)["pool"], balances(make)["family_wallet"]) == (75, 0)
    with pytest.raises(GrantTakenBack):
        make.do(take_back_grant, **make.by_two(), grant=partly, why="family")
    with pytest.raises(GrantUsedUp):
        make.do(take_back_grant, **make.by_two(), grant=later, why="family")
    books_are_right(make.bank)


def test_of_many_who_take_it_back_at_once_one_does(make: Make) -> None:
    family = pooled(make, 50)
    number = granted(make, family, 50)
    spend(make, family, 10)
    told = {"grant": number, "why": "other"}
    pairs = [make.by_two() for _ in range(6)]
    outcomes = at_once([lambda two=two: make.do(take_back_grant, **two, **told) for two in pairs])
    assert sum(isinstance(one, Outcome) for one in outcomes) == 1
    assert sum(isinstance(one, GrantTakenBack) for one in outcomes) == 5
    assert balances(make)["pool"] == 40


def test_without_the_look_whether_it_stands_it_would_be_given_back_twice(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: nobody looks what became of the grant."""
    family = pooled(make, 60)
    number = granted(make, family, 40)
    spend(make, family, 10)
    first = select(Grant.id, Grant.family_id, Grant.points, Grant.entry_id).order_by(Grant.id)
    monkeypatch.setattr(operations, "lock_grant", lambda session, number: session.row(first))
    make.do(take_back_grant, **make.by_two(), grant=number, why="other")
    granted(make, family, 15)
    make.do(take_back_grant, **make.by_two(), grant=number, why="other")
    assert balances(make)["family_wallet"] == 0
