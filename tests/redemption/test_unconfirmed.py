"""A basket that somebody left without the button: asked about once, booked at the price of then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pointsbank.foundation import Answer, NotPermitted, new_key
from pointsbank.inventory import list_recounts
from pointsbank.ledger import InsufficientBalance
from pointsbank.redemption import (
    NotOwn,
    OtherShop,
    QuoteUnreadable,
    UnconfirmedEnded,
    UnconfirmedRow,
    answer_unconfirmed,
    find_unconfirmed,
    get_redemption,
    keep_unconfirmed,
    list_unconfirmed,
    put_back_unconfirmed,
)
from tests.books import books_are_right
from tests.conftest import NOON
from tests.counter import Buyer, Counter, Line, tapped


def leave(counter: Counter, buyer: Buyer, *lines: Line, later: int = 100) -> bool:
    """Fill a basket, be asked whether one is still there, and go; whether it was kept."""
    promised = counter.quote(*lines, buyer=buyer)
    counter.bank.clock.set_now(lambda: NOON + timedelta(seconds=later))
    told = {"by": counter.kiosk, "card": buyer.card, "quote": promised.quote}
    return bool(counter.make.do(keep_unconfirmed, **told).answer["kept"])


def asked_about(counter: Counter, buyer: Buyer) -> UnconfirmedRow | None:
    """What the kiosk asks at the card's next scan."""
    return counter.bank.database.read(
        lambda session: find_unconfirmed(session, buyer.wallet.id, counter.shop_id)
    )


def answer(counter: Counter, buyer: Buyer, number: str, *, taken: bool, key: str = "") -> Answer:
    told = {"number": number, "card": buyer.card, "shop_id": counter.shop_id, "is_taken": taken}
    return answer_unconfirmed(counter.bank, by=counter.kiosk, key=key or new_key(), **told).answer


def left_soap(counter: Counter, points: int = 100) -> tuple[Buyer, str]:
    """Two soaps at 30, tapped, left without the button; the shelf has five."""
    buyer = counter.buyer(points=points)
    counter.goods("SOAP", price=30, shelf=5)
    # Longer than a quote holds, because somebody has asked for more time.
    assert leave(counter, buyer, tapped("SOAP", 2), later=200)
    left = asked_about(counter, buyer)
    assert left is not None
    return buyer, left.number


def test_leaving_charges_nothing_and_is_asked_about_once(counter: Counter) -> None:
    buyer, number = left_soap(counter)
    assert (counter.points(buyer), counter.pieces("SOAP")[0]) == (100, 5)
    [row] = list_unconfirmed(counter.bank).items
    assert (row.number, row.total_points, row.lines) == (number, 60, (("SOAP", 2),))
    answer(counter, buyer, number, taken=False)
    assert asked_about(counter, buyer) is None
    with pytest.raises(UnconfirmedEnded):
        answer(counter, buyer, number, taken=True)
    assert counter.points(buyer) == 100


def test_what_was_taken_is_booked_at_the_price_of_then(counter: Counter) -> None:
    buyer, number = left_soap(counter)
    counter.price("SOAP", 40)
    counter.check_out(counter.buyer(points=200), tapped("SOAP", 5))
    key = new_key()
    said = answer(counter, buyer, number, taken=True, key=key)
    assert said == answer(counter, buyer, number, taken=True, key=key)
    # They are in somebody's kitchen, whatever the shelf's book says; that is to be counted.
    assert counter.points(buyer) == 40
    assert list_recounts(counter.bank, shop_id=counter.shop_id).total == 1
    paper = get_redemption(counter.bank, number=said["redemption"]["number"])
    assert [line.price_points for line in paper.lines] == [30]
    books_are_right(counter.bank)


def test_only_the_card_in_its_shop_answers_and_what_is_short_stays_open(counter: Counter) -> None:
    buyer, number = left_soap(counter, points=60)
    stranger, other = counter.buyer(points=100), counter.in_another_shop()
    with pytest.raises(NotOwn):
        answer(counter, stranger, number, taken=True)
    with pytest.raises(OtherShop):
        answer(other, buyer, number, taken=True)
    counter.goods("SALT", price=20, shelf=5)
    counter.check_out(buyer, tapped("SALT"))
    with pytest.raises(InsufficientBalance):
        answer(counter, buyer, number, taken=True)
    assert asked_about(counter, buyer) is not None
    worker = counter.make.staff("worker").caller
    with pytest.raises(NotPermitted):
        counter.make.do(put_back_unconfirmed, by=counter.kiosk, number=number)
    counter.make.do(put_back_unconfirmed, by=worker, number=number)
    assert asked_about(counter, buyer) is None


def test_a_basket_is_kept_once_and_never_when_it_was_bought(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=5)
    promised = counter.quote(tapped("SOAP"), buyer=buyer)
    told = {"by": counter.kiosk, "card": buyer.card}
    assert counter.make.do(keep_unconfirmed, **told, quote=promised.quote).answer["kept"]
    assert not counter.make.do(keep_unconfirmed, **told, quote=promised.quote).answer["kept"]
    bought = counter.quote(tapped("SOAP"), buyer=buyer)
    counter.confirm(buyer, bought)
    assert not counter.make.do(keep_unconfirmed, **told, quote=bought.quote).answer["kept"]
    with pytest.raises(QuoteUnreadable):
        counter.make.do(keep_unconfirmed, **told, quote=f"x{bought.quote}")
    told["card"] = counter.buyer(points=100).card
    with pytest.raises(NotOwn):
        counter.make.do(keep_unconfirmed, **told, quote=promised.quote)
    counter.confirm(buyer, promised)
    assert asked_about(counter, buyer) is None, "the button's request came late: it is paid"
    assert list_unconfirmed(counter.bank).total == 0
