"""Undoing: points and pieces come back together, once, soon, to whoever bought."""

from __future__ import annotations

from datetime import datetime

import pytest

from pointsbank.foundation import SHOP_ZONE, Caller, Clock, new_key, read_public_id
from pointsbank.inventory import list_recounts
from pointsbank.ledger import get_entry
from pointsbank.people import CardBlocked, add_shop, block_card, replace_card
from pointsbank.people.card_codes import make_card_code
from pointsbank.redemption import (
    AlreadyUndone,
    CallerNotAllowed,
    HelpCallUnknown,
    NotOwn,
    OtherShop,
    RedemptionUnknown,
    UndoTooLate,
    answer_help,
    call_help,
    get_redemption,
    list_help_calls,
    undo,
)
from tests.books import books_are_right
from tests.counter import Buyer, Counter, scanned, tapped


def bought(counter: Counter, buyer: Buyer) -> str:
    """One soap, already paid."""
    counter.goods("SOAP", price=30, shelf=5)
    number: str = counter.check_out(buyer, tapped("SOAP", 2))["number"]
    return number


def test_points_and_pieces_come_back_together(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    number = bought(counter, buyer)
    answer = counter.undo(buyer, number)
    assert (answer["undone"], answer["points_after"]) == (True, 100)
    assert counter.points(buyer) == 100
    assert counter.pieces("SOAP") == (5, 0, 0, 0)
    paper = get_redemption(counter.bank, number=number)
    assert (paper.undone, paper.undo_entry) == (True, answer["entry"])
    books_are_right(counter.bank)


def test_once_is_all_and_an_undoing_is_not_undone(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    number = bought(counter, buyer)
    answer = counter.undo(buyer, number)
    with pytest.raises(AlreadyUndone):
        counter.undo(buyer, number)
    entry = get_entry(counter.bank, entry_id=read_public_id("J", answer["entry"]))
    assert entry.reverses is not None
    assert counter.points(buyer) == 100


def test_five_minutes_are_the_servers(counter: Counter, clock: Clock) -> None:
    buyer = counter.buyer(points=100)
    number = bought(counter, buyer)
    clock.set_now(lambda: datetime(2026, 11, 20, 10, 31, 1, tzinfo=SHOP_ZONE))
    with pytest.raises(UndoTooLate) as refusal:
        counter.undo(buyer, number)
    assert refusal.value.facts == {"until": "2026-11-20T02:31:00.000000Z"}
    clock.set_now(lambda: datetime(2026, 11, 20, 10, 31, 0, tzinfo=SHOP_ZONE))
    counter.undo(buyer, number)


def test_somebody_elses_purchase_stays(counter: Counter) -> None:
    buyer, other = counter.buyer(points=100), counter.buyer(points=100)
    number = bought(counter, buyer)
    with pytest.raises(NotOwn):
        counter.undo(other, number)


def test_a_new_card_of_the_same_person_may_undo_and_so_may_the_replaced_one(
    counter: Counter,
) -> None:
    buyer = counter.buyer(points=100)
    number = bought(counter, buyer)
    second = counter.check_out(buyer, tapped("SOAP"))["number"]
    issued = counter.make.do(replace_card, short_number=buyer.short_number).answer["short_number"]
    card = make_card_code(counter.bank.keys.card, buyer.wallet.id, 2)
    counter.undo(Buyer(buyer.number, card, buyer.wallet, issued), number)
    counter.undo(buyer, second)
    assert counter.points(buyer) == 100


def test_a_blocked_card_undoes_nothing(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    number = bought(counter, buyer)
    counter.make.do(block_card, short_number=buyer.short_number)
    with pytest.raises(CardBlocked):
        counter.undo(buyer, number)


def test_it_takes_a_kiosk_of_the_same_shop(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    number = bought(counter, buyer)
    other = counter.make.do(add_shop, organisation="community", code="shop-2", name="二店").answer[
        "shop"
    ]
    with pytest.raises(OtherShop):
        counter.make.do(
            undo,
            by=counter.kiosk,
            number=number,
            card=buyer.card,
            shop_id=other,
        )
    with pytest.raises(CallerNotAllowed):
        counter.undo(buyer, number, at=Caller(actor="staff:1", client="staff:1"))


def test_an_unknown_number_is_told_as_such(counter: Counter) -> None:
    buyer = counter.buyer()
    for number in ("R000999-9", "nonsense", "J000001-3"):
        with pytest.raises(RedemptionUnknown):
            counter.undo(buyer, number)


def test_a_full_month_or_a_closed_shop_never_blocks_it(counter: Counter, clock: Clock) -> None:
    buyer = counter.buyer(points=600)
    counter.goods("BAG", price=250, shelf=5, limit=2)
    clock.set_now(lambda: datetime(2026, 11, 20, 20, 58, tzinfo=SHOP_ZONE))
    number = counter.check_out(buyer, tapped("BAG", 2))["number"]
    clock.set_now(lambda: datetime(2026, 11, 20, 21, 2, tzinfo=SHOP_ZONE))
    counter.undo(buyer, number)
    assert counter.points(buyer) == 600


def test_an_unbooked_piece_goes_back_where_the_entry_took_it_and_the_finding_stays(
    counter: Counter,
) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=1, store=1)
    number = counter.check_out(buyer, scanned("SOAP", 3))["number"]
    counter.undo(buyer, number)
    assert counter.pieces("SOAP") == (1, 1, 0, 0)
    assert list_recounts(counter.bank, shop_id=1).total == 1
    books_are_right(counter.bank)


def test_a_call_for_help_stands_until_somebody_comes(counter: Counter) -> None:
    first = counter.make.do(call_help, by=counter.kiosk).answer["call"]
    assert counter.make.do(call_help, by=counter.kiosk).answer["call"] == first
    calls = list_help_calls(counter.bank)
    assert [(call.id, call.shop_id) for call in calls.items] == [(first, 1)]
    counter.make.do(answer_help, call=first)
    assert list_help_calls(counter.bank).total == 0
    with pytest.raises(HelpCallUnknown):
        counter.make.do(answer_help, call=first)
    with pytest.raises(CallerNotAllowed):
        counter.make.do(call_help, key=new_key())
