"""What one proposes waits until another has looked; it is done once, and as it was proposed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update

import pointsbank.people.proposals as room
from pointsbank.foundation import Bank, Caller, Outcome, Session, statement
from pointsbank.inventory import (
    PriceInvalid,
    RecountUnknown,
    adjust_stock,
    list_prices,
    list_recounts,
    propose_price,
    propose_recount,
    propose_stock,
    settle_recount,
)
from pointsbank.inventory import set_price as decide_price
from pointsbank.people import (
    Proposal,
    RoleMissing,
    SameHousehold,
    SamePersonTwice,
    SecondPersonNeeded,
    StaffRow,
    decline_proposal,
    find_proposal_about,
    get_proposal,
    list_proposals,
    withdraw_proposal,
)
from pointsbank.people.errors import (
    ProposalDecided,
    ProposalExists,
    ProposalOfOthers,
    ProposalOther,
    ProposalUnknown,
    ReasonNeeded,
)
from tests.at_once import at_once
from tests.books import books_are_right
from tests.counter import Counter, scanned
from tests.make import Make
from tests.people.test_second_person import live_together

TOLD: dict[str, Any] = {"sku": "SOAP", "points": 7, "starts_on": "2026-11-20"}


@pytest.fixture
def worker(counter: Counter) -> StaffRow:
    """Whoever is alone and proposes; soap costs 30."""
    counter.goods("SOAP", price=30, shelf=5, store=2)
    return counter.make.staff("worker")


def proposed(make: Make, worker: StaffRow, **changes: Any) -> str:
    return str(make.do(propose_price, by=worker.caller, **{**TOLD, **changes}).answer["proposal"])


def confirm(make: Make, first: StaffRow, second: StaffRow, number: str, **changes: Any) -> Outcome:
    told = {**TOLD, **changes, "proposed_by": first.actor, "proposal": number}
    return make.do(decide_price, by=second.caller, **told)


def prices(bank: Bank) -> list[int]:
    return [row.points for row in list_prices(bank, sku="SOAP")]


def test_it_waits_and_is_confirmed_later_in_the_others_name(
    make: Make, bank: Bank, worker: StaffRow
) -> None:
    number, witness = proposed(make, worker), make.staff("witness")
    assert prices(bank) == [30]
    [waiting] = list_proposals(bank).items
    assert (waiting.number, waiting.act, waiting.told) == (number, "inventory.set_price", TOLD)
    assert find_proposal_about(bank, name="inventory.set_price", about="goods:SOAP") == number
    confirm(make, worker, witness, number)
    assert prices(bank) == [7, 30]
    assert list_prices(bank, sku="SOAP")[0].decided_by == witness.actor
    decided = get_proposal(bank, number=number)
    assert (decided.state, decided.decided_by) == ("confirmed", witness.actor)
    assert list_proposals(bank).total == 0
    assert list_proposals(bank, is_open=False).total == 1


def test_nobody_confirms_alone_nor_with_the_own_household(
    make: Make, bank: Bank, worker: StaffRow
) -> None:
    number = proposed(make, worker)
    with pytest.raises(SamePersonTwice):
        confirm(make, worker, worker, number)
    husband, wife = make.volunteer(), make.volunteer()
    live_together(make, husband, wife)
    first, second = make.staff("worker", volunteer=husband), make.staff("worker", volunteer=wife)
    make.do(withdraw_proposal, by=worker.caller, proposal=number)
    number = proposed(make, first)
    with pytest.raises(SameHousehold):
        confirm(make, first, second, number)
    for call, by in ((Caller(worker.actor, "command:1"), worker), (make.staff("auditor"), None)):
        caller = call if isinstance(call, Caller) else call.caller
        wanted = SecondPersonNeeded if by else RoleMissing
        with pytest.raises(wanted):
            make.do(decide_price, by=caller, **TOLD, proposed_by=first.actor, proposal=number)
    assert prices(bank) == [30]


@pytest.mark.parametrize(
    "changes", [{"points": 8}, {"starts_on": "2026-11-21"}, {"sku": "RICE"}], ids=str
)
def test_what_is_done_is_what_was_proposed(
    make: Make, bank: Bank, counter: Counter, worker: StaffRow, changes: dict[str, Any]
) -> None:
    counter.goods("RICE", price=30)
    number, witness = proposed(make, worker), make.staff("witness")
    with pytest.raises(ProposalOther):
        confirm(make, worker, witness, number, **changes)
    with pytest.raises(ProposalOther):
        confirm(make, make.staff("worker"), witness, number)
    assert get_proposal(bank, number=number).is_open
    assert prices(bank) == [30]


def test_of_one_thing_one_waits_at_a_time_and_nothing_impossible(
    make: Make, bank: Bank, worker: StaffRow
) -> None:
    number = proposed(make, worker)
    with pytest.raises(ProposalExists) as known:
        proposed(make, make.staff("worker"), points=9)
    assert known.value.facts == {"number": number}
    with pytest.raises(PriceInvalid):
        proposed(make, worker, points=0)
    assert list_proposals(bank).total == 1


def test_only_who_proposed_it_withdraws_and_only_others_decline(
    make: Make, bank: Bank, worker: StaffRow
) -> None:
    number, witness = proposed(make, worker), make.staff("witness")
    with pytest.raises(ProposalOfOthers):
        make.do(withdraw_proposal, by=witness.caller, proposal=number)
    with pytest.raises(SamePersonTwice):
        make.do(decline_proposal, by=worker.caller, proposal=number, reason="想错了")
    with pytest.raises(ReasonNeeded):
        make.do(decline_proposal, by=witness.caller, proposal=number, reason=" ")
    make.do(decline_proposal, by=witness.caller, proposal=number, reason="太便宜")
    declined = get_proposal(bank, number=number)
    assert (declined.state, declined.reason) == ("declined", "太便宜")
    for verb, by in ((withdraw_proposal, worker), (decline_proposal, witness)):
        reason = {"reason": "再说"} if verb is decline_proposal else {}
        with pytest.raises(ProposalDecided):
            make.do(verb, by=by.caller, proposal=number, **reason)
    with pytest.raises(ProposalDecided):
        confirm(make, worker, witness, number)
    again = proposed(make, worker, points=9)
    make.do(withdraw_proposal, by=worker.caller, proposal=again)
    assert get_proposal(bank, number=again).state == "withdrawn"
    for wrong in ("P000001-1", "Q000001-3", "x"):
        with pytest.raises(ProposalUnknown):
            get_proposal(bank, number=wrong)
    assert prices(bank) == [30]


def test_a_price_that_waited_beyond_its_day_begins_when_it_is_confirmed(
    make: Make, bank: Bank, worker: StaffRow
) -> None:
    number = proposed(make, worker)
    bank.clock.set_ahead(timedelta(days=3))
    confirm(make, worker, make.staff("witness"), number)
    assert list_prices(bank, sku="SOAP")[0].starts_on == "2026-11-23"


def test_a_count_that_agrees_waits_too_and_is_refused_once_it_is_settled(
    make: Make, bank: Bank, counter: Counter, worker: StaffRow
) -> None:
    counter.goods("TEA", price=10)
    counter.check_out(counter.buyer(points=50), scanned("TEA"))
    [finding] = list_recounts(bank, shop_id=1).items
    waits = make.do(propose_recount, by=worker.caller, recount=finding.id).answer["proposal"]
    told = {"recount": finding.id, "proposed_by": worker.actor}
    make.do(settle_recount, by=make.staff("witness").caller, **told, proposal=waits)
    assert list_recounts(bank, shop_id=1).total == 0
    with pytest.raises(RecountUnknown):
        make.do(propose_recount, by=worker.caller, recount=finding.id)


def test_a_stock_take_books_what_differs_and_settles_the_findings(
    make: Make, bank: Bank, counter: Counter, worker: StaffRow
) -> None:
    counter.goods("TEA", price=10)
    counter.check_out(counter.buyer(points=50), scanned("TEA"))
    told = {"shop_id": 1, "sku": "TEA", "shelf_book": 0, "shelf": 2, "store_book": 0, "store": 0}
    waits = make.do(propose_stock, by=worker.caller, **told).answer["proposal"]
    # A kiosk goes on selling meanwhile; the difference counts.
    counter.check_out(counter.buyer(points=50), scanned("TEA"))
    done = make.do(
        *(adjust_stock, make.staff("witness").caller),
        **told,
        proposed_by=worker.actor,
        proposal=waits,
    ).answer
    assert (done["shelf"], done["store_room"], done["settled"]) == (2, 0, 2)
    assert make.sum_of("shelf", "SKU-TEA", "shop:1") == 2
    assert list_recounts(bank, shop_id=1).total == 0
    short = {"shop_id": 1, "sku": "SOAP", "shelf_book": 5, "shelf": 3, "store_book": 2, "store": 0}
    make.do(adjust_stock, **make.by_two(), **short)
    held = [make.sum_of(kind, "SKU-SOAP", "shop:1") for kind in ("shelf", "store_room")]
    assert (held, make.sum_of("lost_found", "SKU-SOAP", "shop:1")) == ([3, 0], 4)
    books_are_right(bank)


def test_of_many_who_confirm_at_once_one_does(make: Make, bank: Bank, worker: StaffRow) -> None:
    number = proposed(make, worker)
    others = [make.staff("witness") for _ in range(8)]
    outcomes = at_once([lambda by=by: confirm(make, worker, by, number) for by in others])
    assert sum(isinstance(one, Outcome) for one in outcomes) == 1
    assert sum(isinstance(one, ProposalDecided) for one in outcomes) == 7
    assert prices(bank) == [7, 30]


def test_without_the_look_at_its_state_it_would_be_done_twice(
    make: Make, bank: Bank, worker: StaffRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: a proposal that nobody looks whether it is open still."""

    def unlooked(act: Any, number: str) -> Any:
        return act.session.row(select(*Proposal.__table__.columns))

    careless = (
        update(Proposal)
        .where(Proposal.id == bindparam("of_id"))
        .values(
            state=bindparam("new_state"),
            decided_by=bindparam("new_by"),
            decided_at=bindparam("new_at"),
            reason=bindparam("new_reason"),
        )
    )
    number = proposed(make, worker)
    monkeypatch.setattr(room, "_locked", unlooked)
    monkeypatch.setattr(room, "_DECIDE", statement(careless))
    for witness in (make.staff("witness"), make.staff("witness")):
        confirm(make, worker, witness, number)
    assert prices(bank) == [7, 7, 30]


def test_the_table_itself_refuses_one_who_decides_alone(
    make: Make, bank: Bank, worker: StaffRow
) -> None:
    proposed(make, worker)

    def alone(session: Session) -> None:
        session.run(
            update(Proposal).values(
                state="confirmed", decided_by=worker.actor, decided_at="2026-11-20T02:26:00.000000Z"
            )
        )

    with pytest.raises(Exception, match="ck_proposal_two_people"):
        bank.database.write(alone)
