"""The scenes of the counter's race tests, all through quote and checkout."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import func, select

from pointsbank.foundation import Caller, Outcome, new_key
from pointsbank.inventory import ProductPrice, deliver, set_price, shelve
from pointsbank.ledger import InsufficientBalance
from pointsbank.people import join_household
from pointsbank.redemption import (
    AlreadyUndone,
    ItemLimit,
    ItemShareForGood,
    LateTwice,
    PriceChanged,
    RedemptionLine,
    SoldOut,
    UnconfirmedEnded,
    answer_unconfirmed,
    enter_late,
    find_unconfirmed,
    keep_unconfirmed,
    put_back_unconfirmed,
    undo,
)
from tests.at_once import at_once
from tests.counter import Counter, tapped
from tests.ledger.races import Outcomes, Scene, one_wins


def last_piece(counter: Counter, buyers: int = 64) -> Scene:
    """So many buyers tap the last piece."""
    people = [counter.buyer(points=100) for _ in range(buyers)]
    counter.goods("SOAP", price=1)
    at = {"shop_id": counter.shop_id, "sku": "SOAP", "quantity": 1}

    def run() -> Outcomes:
        counter.make.do(deliver, **at, donor_id=counter.donor_id)
        counter.make.do(shelve, **at)
        quotes = [counter.quote(tapped("SOAP"), buyer=buyer) for buyer in people]
        return at_once(
            [
                partial(counter.confirm, buyer, promised)
                for buyer, promised in zip(people, quotes, strict=True)
            ]
        )

    return Scene(run, one_wins(SoldOut))


def one_wallet(counter: Counter, kiosks: int = 16) -> Scene:
    """A wallet that can pay once is held to so many kiosks."""
    counter.goods("SOAP", price=10, shelf=1000)
    tills = [counter.new_kiosk() for _ in range(kiosks)]

    def run() -> Outcomes:
        buyer = counter.buyer(points=10)
        quotes = [counter.quote(tapped("SOAP"), buyer=buyer, at=till) for till in tills]
        return at_once(
            [
                partial(counter.confirm, buyer, promised, at=till)
                for till, promised in zip(tills, quotes, strict=True)
            ]
        )

    return Scene(run, one_wins(InsufficientBalance))


def one_key(counter: Counter, senders: int = 100) -> Scene:
    """One confirmation is sent so many times under one key."""
    counter.goods("SOAP", price=1, shelf=1000)
    buyer = counter.buyer(points=400)

    def run() -> Outcomes:
        key = new_key()
        promised = counter.quote(tapped("SOAP"), buyer=buyer)
        return at_once([partial(counter.confirm, buyer, promised, key=key)] * senders)

    def is_right(outcomes: Outcomes) -> bool:
        answers = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
        return (
            len(answers) == len(outcomes)
            and len({answer.answer["redemption"]["number"] for answer in answers}) == 1
            and sum(not answer.repeated for answer in answers) == 1
        )

    return Scene(run, is_right)


def one_undo(counter: Counter, askers: int = 2) -> Scene:
    """The same purchase is taken back at two kiosks at once."""
    counter.goods("SOAP", price=1, shelf=1000)
    buyer = counter.buyer(points=400)
    tills = [counter.new_kiosk() for _ in range(askers)]

    def ask(till: Caller, number: str) -> Outcome:
        return undo(
            counter.bank,
            by=till,
            key=new_key(),
            number=number,
            card=buyer.card,
            shop_id=counter.shop_id,
        )

    def run() -> Outcomes:
        number = counter.check_out(buyer, tapped("SOAP"))["number"]
        return at_once([partial(ask, till, number) for till in tills])

    return Scene(run, one_wins(AlreadyUndone))


def one_answer(counter: Counter, kiosks: int = 3) -> Scene:
    """A basket that was left is taken, not taken, and put back by a worker, all at once."""
    counter.goods("SOAP", price=1, shelf=1000)
    buyer = counter.buyer(points=400)
    tills = [counter.new_kiosk() for _ in range(kiosks)]
    worker = counter.make.staff("worker").caller
    told = {"card": buyer.card, "shop_id": counter.shop_id}

    def left() -> str:
        promised = counter.quote(tapped("SOAP"), buyer=buyer)
        told = {"by": counter.kiosk, "card": buyer.card, "quote": promised.quote}
        counter.make.do(keep_unconfirmed, **told)
        found = counter.make.bank.database.read(
            lambda session: find_unconfirmed(session, buyer.wallet.id, counter.shop_id)
        )
        assert found is not None
        return found.number

    def run() -> Outcomes:
        number = left()

        def answer(till: Caller, is_taken: bool) -> Outcome:
            said = {"number": number, "is_taken": is_taken, **told}
            return answer_unconfirmed(counter.bank, by=till, key=new_key(), **said)

        def put_back() -> Outcome:
            return put_back_unconfirmed(counter.bank, by=worker, key=new_key(), number=number)

        # Each till says the contrary of the one before it.
        answers = [partial(answer, till, place % 2 == 0) for place, till in enumerate(tills)]
        return at_once([*answers, put_back])

    return Scene(run, one_wins(UnconfirmedEnded))


def one_late_slip(counter: Counter, workers: int = 4) -> Scene:
    """So many workers enter the same slip, each for somebody else."""
    counter.goods("SOAP", price=1, shelf=1000)
    people = [counter.buyer(points=400) for _ in range(workers)]
    deciders = [counter.make.by_two() for _ in range(workers)]

    def run() -> Outcomes:
        slip = {"slip": f"1-{counter.make.next_number()}", "taken": [("SOAP", 1)]}
        told = {"shop_id": counter.shop_id, "why": "paper", "day": "2026-11-20", **slip}
        return at_once(
            [
                partial(
                    enter_late,
                    counter.bank,
                    key=new_key(),
                    whose=one.number,
                    total_points=1,
                    **told,
                    **two,
                )
                for one, two in zip(people, deciders, strict=True)
            ]
        )

    return Scene(run, one_wins(LateTwice))


def one_share(counter: Counter, kiosks: int = 8) -> Scene:
    """A wallet that may have one piece a month is held to so many kiosks."""
    buyer = counter.buyer(points=400)
    tills = [counter.new_kiosk() for _ in range(kiosks)]

    def run() -> Outcomes:
        sku = counter.goods(f"BAG{counter.make.next_number()}", price=1, shelf=100, limit=1)
        quotes = [counter.quote(tapped(sku), buyer=buyer, at=till) for till in tills]
        return at_once(
            [
                partial(counter.confirm, buyer, promised, at=till)
                for till, promised in zip(tills, quotes, strict=True)
            ]
        )

    return Scene(run, one_wins(ItemLimit))


def one_home(counter: Counter) -> Scene:
    """Two of a household, in two shops, take what the household may have one of."""
    counter.make.rule(redeeming={"per_item": {"most": 1, "per": "ever", "whose": "household"}})
    people = [counter.buyer(points=400) for _ in range(2)]
    couple = {"number": people[0].number, "member": people[1].number}
    counter.make.do(join_household, **couple, consented_on="2026-11-01")
    shops = [counter, counter.in_another_shop()]

    def run() -> Outcomes:
        sku = counter.goods(f"GIFT{counter.make.next_number()}", price=1, shelf=5)
        shops[1].bring(sku, 5)
        pairs = list(zip(shops, people, strict=True))
        quotes = [shop.quote(tapped(sku), buyer=buyer) for shop, buyer in pairs]
        return at_once(
            [
                partial(shop.confirm, buyer, promised)
                for (shop, buyer), promised in zip(pairs, quotes, strict=True)
            ]
        )

    return Scene(run, one_wins(ItemShareForGood))


def price_flips(counter: Counter, buyers: int = 8) -> Scene:
    """Somebody changes the price, twice, while so many buyers confirm the old one."""
    people = [counter.buyer(points=400) for _ in range(buyers)]
    sku = counter.goods("SOAP", price=10, shelf=1000)
    prices = iter(range(11, 1000))
    deciders = counter.make.by_two()

    def change() -> Outcome:
        return set_price(
            counter.make.bank, key=new_key(), sku=sku, points=next(prices) % 7 + 1, **deciders
        )

    def run() -> Outcomes:
        quotes = [counter.quote(tapped(sku), buyer=buyer) for buyer in people]
        confirms = [
            partial(counter.confirm, buyer, promised)
            for buyer, promised in zip(people, quotes, strict=True)
        ]
        half = buyers // 2
        return at_once([change, *confirms[:half], change, *confirms[half:]])

    def is_right(outcomes: Outcomes) -> bool:
        told = all(isinstance(outcome, (Outcome, PriceChanged)) for outcome in outcomes)
        return told and count_wrong_prices(counter) == 0

    return Scene(run, is_right)


def count_wrong_prices(counter: Counter) -> int:
    """How many lines were charged another price than their price row says."""
    return int(
        counter.make.bank.database.read(
            lambda session: session.value(
                select(func.count())
                .select_from(RedemptionLine)
                .join(ProductPrice, ProductPrice.id == RedemptionLine.price_id)
                .where(ProductPrice.points != RedemptionLine.price_points)
            )
        )
    )


SCENES: dict[str, Callable[[Counter], Scene]] = {
    "last piece": last_piece,
    "one wallet": one_wallet,
    "one key": one_key,
    "one undo": one_undo,
    "one answer": one_answer,
    "one late slip": one_late_slip,
    "one share": one_share,
    "one home": one_home,
    "price flips": price_flips,
}
