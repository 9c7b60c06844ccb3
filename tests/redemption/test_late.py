"""What happened while the books could not be asked is entered late: whole, marked, and once."""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.earning import approve_record
from pointsbank.foundation import Outcome
from pointsbank.inventory import list_recounts
from pointsbank.ledger import InsufficientBalance, kept_balances, list_entries
from pointsbank.people import (
    BenefitsOneself,
    SamePersonTwice,
    SecondPersonNeeded,
    block_card,
    get_proposal,
)
from pointsbank.people.errors import ProposalExists, ProposalOther
from pointsbank.redemption import (
    AlreadyUndone,
    BasketUnreadable,
    LateDayOutside,
    LateSlipUnreadable,
    LateTotalDiffers,
    LateTwice,
    RedemptionUnknown,
    enter_late,
    get_redemption,
    propose_late,
    propose_take_back,
    take_back_late,
)
from tests.books import books_are_right
from tests.counter import Buyer, Counter, tapped
from tests.make import SOMEBODY, Make

DAY = "2026-11-20"


def enter(counter: Counter, buyer: Buyer, total: int = 60, **told: Any) -> Outcome:
    """Two soaps from line 3 of sheet 1, unless told otherwise."""
    usual = {
        "shop_id": counter.shop_id,
        "why": "paper",
        "day": DAY,
        "slip": "1-3",
        "whose": buyer.number,
        "taken": [("SOAP", 2)],
        "total_points": total,
        **(counter.make.by_two() if "proposed_by" not in told else {}),
    }
    return counter.make.do(enter_late, **usual | told)


def take_back(counter: Counter, entered: Outcome) -> None:
    number = entered.answer["redemption"]["number"]
    counter.make.do(take_back_late, **counter.make.by_two(), number=number)


def owed_by(counter: Counter, buyer: Buyer) -> int:
    owed = counter.volunteer(buyer).owed
    kept = counter.bank.database.read(lambda session: kept_balances(session, owed.id))
    return -kept[owed.id]


def test_a_sale_on_paper_moves_points_and_pieces_and_says_that_it_is_late(counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    buyer = counter.buyer(points=100)
    entered = enter(counter, buyer, slip=" 1－3 ").answer["redemption"]
    assert (entered["slip"], entered["owed_points"], entered["late"]) == ("1-3", 0, True)
    assert (counter.points(buyer), counter.pieces("SOAP")) == (40, (3, 0, 2, 0))
    paper = get_redemption(counter.bank, number=entered["number"])
    assert paper.late is not None
    assert (paper.late.why, paper.happened_on, paper.slip) == ("paper", DAY, "1-3")
    assert paper.undo_until <= paper.at
    entry = list_entries(counter.bank, kind="redemption.late").items[0]
    assert "补记 2026-11-20" in entry.memo
    books_are_right(counter.bank)


def test_what_the_wallet_lacks_is_owed_and_what_the_shelf_lacks_is_recounted(
    counter: Counter,
) -> None:
    counter.goods("SOAP", price=30, shelf=1)
    buyer = counter.buyer(points=20)
    entered = enter(counter, buyer)
    assert entered.answer["redemption"]["owed_points"] == 40
    assert (counter.points(buyer), owed_by(counter, buyer)) == (0, 40)
    assert counter.pieces("SOAP") == (0, 0, 2, -1)
    assert [one.quantity for one in list_recounts(counter.bank, shop_id=1).items] == [1]
    books_are_right(counter.bank)
    take_back(counter, entered)
    assert (counter.points(buyer), owed_by(counter, buyer)) == (20, 0)
    assert counter.pieces("SOAP") == (1, 0, 0, 0)
    books_are_right(counter.bank)


def test_nothing_there_at_all_is_owed_whole(counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    buyer = counter.buyer()
    enter(counter, buyer)
    assert owed_by(counter, buyer) == 60
    enter(counter, buyer, slip="1-4")
    assert owed_by(counter, buyer) == 120
    books_are_right(counter.bank)


def test_limits_hours_and_a_lost_card_stop_nothing_that_has_happened(
    counter: Counter, make: Make
) -> None:
    counter.goods("SOAP", price=300, shelf=9, limit=1)
    buyer = counter.buyer(points=2000)
    make.do(block_card, short_number=buyer.short_number)
    enter(counter, buyer, 600, whose=buyer.short_number)
    enter(counter, buyer, 600, whose=buyer.short_number, slip="1-4")
    assert counter.points(buyer) == 800
    books_are_right(counter.bank)


def test_a_family_pays_from_what_it_has_and_never_owes(counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    family = counter.family(points=70)
    entered = enter(counter, family, whose=family.short_number)
    with pytest.raises(InsufficientBalance):
        enter(counter, family, whose=family.short_number, slip="1-4")
    assert counter.points(family) == 10
    take_back(counter, entered)
    assert counter.points(family) == 70
    books_are_right(counter.bank)


def test_the_same_slip_of_a_day_is_entered_once_until_it_is_taken_back(counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    buyer, other = counter.buyer(points=300), counter.buyer(points=300)
    entered = enter(counter, buyer)
    for who, told in ((buyer, {}), (other, {}), (buyer, {"why": "restored"})):
        with pytest.raises(LateTwice):
            enter(counter, who, **told)
    take_back(counter, entered)
    with pytest.raises(AlreadyUndone):
        take_back(counter, entered)
    enter(counter, other)
    assert (counter.points(buyer), counter.points(other)) == (300, 240)
    books_are_right(counter.bank)


def test_a_slip_that_is_in_the_books_is_not_late_and_none_but_late_ones_are_taken_back(
    counter: Counter, make: Make
) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=300)
    bought = counter.check_out(buyer, tapped("SOAP", 2))
    with pytest.raises(LateTwice):
        enter(counter, buyer, slip=bought["slip"], why="restored")
    with pytest.raises(LateTwice):
        enter(counter, buyer, slip=bought["slip"].replace("-", " "), why="restored")
    with pytest.raises(RedemptionUnknown):
        make.do(take_back_late, **make.by_two(), number=bought["number"])
    assert counter.points(buyer) == 240


def test_what_counts_is_the_price_of_that_day_and_what_the_slip_says(
    counter: Counter,
) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=300)
    with pytest.raises(LateTotalDiffers) as refused:
        enter(counter, buyer, 61)
    assert refused.value.facts == {"told": 61, "total_points": 60, "day": DAY}
    assert counter.points(buyer) == 300


def test_a_price_that_was_lost_with_the_backup_counts_once_it_is_decided_anew(
    counter: Counter,
) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=300)
    # New on that day, so the books have no price of the day before.
    enter(counter, buyer, 60, day="2026-11-19")
    with pytest.raises(LateTotalDiffers):
        enter(counter, buyer, 50, slip="1-4")
    counter.price("SOAP", 25)
    enter(counter, buyer, 50, slip="1-4")
    assert counter.points(buyer) == 190
    books_are_right(counter.bank)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"day": "2026-11-21"}, LateDayOutside),
        ({"day": "2026-08-01"}, LateDayOutside),
        ({"slip": "王小明"}, LateSlipUnreadable),
        ({"slip": ""}, LateSlipUnreadable),
        ({"taken": []}, BasketUnreadable),
        ({"taken": [("SOAP", 0)]}, BasketUnreadable),
    ],
)
def test_what_cannot_be_is_refused(counter: Counter, told: Any, refusal: type[Exception]) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=300)
    with pytest.raises(refusal):
        enter(counter, buyer, **told)
    assert counter.points(buyer) == 300


def test_two_people_are_needed_and_neither_is_the_one_who_took_it(
    counter: Counter, make: Make
) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=300)
    worker = make.staff("worker")
    own = make.staff("witness", volunteer=counter.volunteer(buyer))
    for pair, refusal in (
        ({"by": worker.caller, "proposed_by": worker.actor}, SamePersonTwice),
        ({"by": own.caller, "proposed_by": worker.actor}, BenefitsOneself),
        ({"by": SOMEBODY, "proposed_by": worker.actor}, SecondPersonNeeded),
    ):
        with pytest.raises(refusal):
            enter(counter, buyer, **pair)
    entered = enter(counter, buyer)
    number = entered.answer["redemption"]["number"]
    with pytest.raises(BenefitsOneself):
        make.do(take_back_late, by=own.caller, proposed_by=worker.actor, number=number)


def test_it_waits_until_a_second_person_has_looked_and_is_entered_as_it_was_asked(
    counter: Counter, make: Make
) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    buyer, worker, witness = counter.buyer(points=100), make.staff("worker"), make.staff("witness")
    told = {"shop_id": counter.shop_id, "why": "paper", "day": DAY, "slip": " 1－3"}
    told |= {"whose": buyer.number, "taken": [("SOAP", 2)], "total_points": 60}
    own = make.staff("worker", volunteer=counter.volunteer(buyer))
    for by, values, refusal in (
        (worker, {"total_points": 61}, LateTotalDiffers),
        (own, {}, BenefitsOneself),
    ):
        with pytest.raises(refusal):
            make.do(propose_late, by=by.caller, **told | values)
    waits = make.do(propose_late, by=worker.caller, **told).answer["proposal"]
    with pytest.raises(ProposalExists):
        make.do(propose_late, by=worker.caller, **told)
    assert (counter.points(buyer), counter.pieces("SOAP")[0]) == (100, 9)
    asked = get_proposal(counter.bank, number=waits).told
    assert asked["slip"] == "1-3"
    two = {"by": witness.caller, "proposed_by": worker.actor, "proposal": waits}
    with pytest.raises(ProposalOther):
        make.do(enter_late, **two, **asked | {"slip": "1-4"})
    entered = make.do(enter_late, **two, **asked).answer["redemption"]
    assert counter.points(buyer) == 40
    back = {"number": entered["number"]}
    with pytest.raises(BenefitsOneself):
        make.do(propose_take_back, by=own.caller, **back)
    waits = make.do(propose_take_back, by=worker.caller, **back).answer["proposal"]
    make.do(take_back_late, **two | {"proposal": waits}, **back)
    assert counter.points(buyer) == 100
    with pytest.raises(AlreadyUndone):
        make.do(propose_take_back, by=worker.caller, **back)
    books_are_right(counter.bank)


def test_what_was_owed_and_has_been_repaid_comes_back_into_the_wallet(
    counter: Counter, make: Make
) -> None:
    make.rule()
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=20)
    entered = enter(counter, buyer)
    record = make.record(counter.volunteer(buyer), 180)
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    assert (counter.points(buyer), owed_by(counter, buyer)) == (0, 10)
    take_back(counter, entered)
    assert (counter.points(buyer), owed_by(counter, buyer)) == (50, 0)
    books_are_right(counter.bank)
