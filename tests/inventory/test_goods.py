"""Goods at work: listed, priced, taken in, shelved, scanned."""

from __future__ import annotations

from datetime import datetime

import pytest
from stdnum import ean

from pointsbank.foundation import SHOP_ZONE, Clock
from pointsbank.inventory import (
    BarcodeTaken,
    BarcodeUnknown,
    GoodsUnknown,
    LimitInvalid,
    PastBestBefore,
    PriceDayPast,
    PriceInvalid,
    SkuTaken,
    add_barcode,
    add_product,
    deliver,
    describe_product,
    get_goods_by_barcode,
    list_prices,
    list_products,
    list_shelf,
    list_unknown_codes,
    note_unknown_code,
    set_price,
    shelve,
    unshelve,
)
from pointsbank.ledger import InsufficientStock
from tests.books import books_are_right
from tests.counter import Counter

TODAY = "2026-11-20"


def test_goods_come_to_the_store_room_then_to_the_shelf(counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=20, store=5)
    assert counter.pieces("SOAP") == (20, 5, 0, 0)
    assert counter.make.sum_of("supply", "SKU-SOAP", "donor:1") == -25
    counter.make.do(unshelve, shop_id=1, sku="SOAP", quantity=3)
    assert counter.pieces("SOAP") == (17, 8, 0, 0)
    with pytest.raises(InsufficientStock):
        counter.make.do(shelve, shop_id=1, sku="SOAP", quantity=9)
    books_are_right(counter.bank)


def test_a_code_a_barcode_and_a_price_are_kept_apart(counter: Counter) -> None:
    counter.goods("SOAP")
    counter.make.do(add_barcode, sku="SOAP", barcode="6921168509256")
    counter.goods("RICE")
    with pytest.raises(SkuTaken):
        counter.goods("SOAP")
    with pytest.raises(BarcodeTaken) as refusal:
        counter.make.do(add_barcode, sku="RICE", barcode="6921168509256")
    assert refusal.value.facts == {"barcode": "6921168509256", "sku": "SOAP"}
    counter.make.do(add_barcode, sku="SOAP", barcode="06921168509256")
    with pytest.raises(GoodsUnknown):
        counter.price("TEA", 5)
    assert get_goods_by_barcode(counter.bank, barcode="6921168509256") == "SOAP"
    with pytest.raises(BarcodeUnknown):
        get_goods_by_barcode(counter.bank, barcode="2000000000015")


def test_goods_without_a_barcode_get_one_of_the_shops_own(counter: Counter) -> None:
    made = counter.make.do(
        add_product, shop_id=1, sku="BAG", name="手工布袋", price_points=20
    ).answer["barcode"]
    assert made.startswith("21")
    assert ean.is_valid(made)
    other = counter.make.do(
        add_product, shop_id=1, sku="MUG", name="杯子", price_points=20, barcode="2100000000036"
    )
    third = counter.make.do(add_product, shop_id=1, sku="HAT", name="帽子", price_points=20)
    # The third product's own number was taken by a list from elsewhere, so it gets another prefix.
    assert other.answer["barcode"] == "2100000000036"
    assert third.answer["barcode"].startswith("22")


@pytest.mark.parametrize("sku", ["PTS", "CNY"])
def test_goods_are_never_the_ledgers_own_units(counter: Counter, sku: str) -> None:
    buyer = counter.buyer(points=50)
    counter.goods(sku, shelf=3)
    assert counter.pieces(sku)[0] == 3
    assert counter.points(buyer) == 50


def test_a_price_begins_on_its_day_and_the_later_decision_holds(
    counter: Counter, clock: Clock
) -> None:
    counter.goods("SOAP", price=30, shelf=1)
    two = counter.make.by_two()
    counter.make.do(set_price, **two, sku="SOAP", points=40, starts_on="2026-12-01")
    counter.make.do(set_price, **two, sku="SOAP", points=25)
    assert list_shelf(counter.bank, shop_id=1, today=TODAY)[0].price_points == 25
    assert list_shelf(counter.bank, shop_id=1, today="2026-12-01")[0].price_points == 40
    assert [row.points for row in list_prices(counter.bank, sku="SOAP")] == [40, 25, 30]
    with pytest.raises(PriceDayPast):
        counter.make.do(set_price, **two, sku="SOAP", points=9, starts_on="2026-11-19")
    for points in (0, -1, 1_000_001):
        with pytest.raises(PriceInvalid):
            counter.make.do(set_price, **two, sku="SOAP", points=points)


def test_the_wall_shows_what_is_given_and_how_many_are_left(counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=2, store=9, limit=5)
    counter.goods("RICE", price=80)
    changes = {"wanted": 7, "picture": "rice", "name_en": "Rice", "restock_zh": "周四上午补货"}
    counter.make.do(describe_product, sku="RICE", changes=changes)
    rice, soap = list_shelf(counter.bank, shop_id=1, today=TODAY)
    assert (rice.sku, rice.left, rice.picture, rice.name_en) == ("RICE", 0, "rice", "Rice")
    assert rice.restock_zh == "周四上午补货"
    assert (soap.left, soap.limit_monthly, soap.price_points, soap.name_en) == (
        2,
        5,
        30,
        "商品SOAP",
    )
    counter.make.do(describe_product, sku="RICE", changes={"withdrawn_on": TODAY})
    assert [item.sku for item in list_shelf(counter.bank, shop_id=1, today=TODAY)] == ["SOAP"]
    assert list_products(counter.bank, shop_id=1, today=TODAY).total == 2
    found = list_products(counter.bank, shop_id=1, today=TODAY, search="soa")
    assert [(row.sku, row.on_shelf, row.in_store_room) for row in found.items] == [("SOAP", 2, 9)]
    with pytest.raises(LimitInvalid):
        counter.make.do(describe_product, sku="RICE", changes={"limit_monthly": 0})


def test_the_earliest_day_of_what_stands_there_counts(counter: Counter, clock: Clock) -> None:
    counter.goods("MILK", shelf=1, best_before="2026-12-10")
    at = {"shop_id": 1, "sku": "MILK", "donor_id": 1, "quantity": 1}
    counter.make.do(deliver, **at, best_before="2027-01-01")
    assert list_shelf(counter.bank, shop_id=1, today=TODAY)[0].best_before == "2026-12-10"
    counter.make.do(deliver, **at, best_before="2026-12-01")
    assert list_shelf(counter.bank, shop_id=1, today=TODAY)[0].best_before == "2026-12-01"
    with pytest.raises(PastBestBefore):
        counter.make.do(deliver, **at, best_before="2026-11-19")
    clock.set_now(lambda: datetime(2026, 12, 2, 12, 0, tzinfo=SHOP_ZONE))
    with pytest.raises(PastBestBefore):
        counter.make.do(shelve, shop_id=1, sku="MILK", quantity=1)


def test_a_fresh_lot_replaces_the_day_of_goods_that_are_all_gone(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("MILK", price=30, shelf=1, best_before="2026-12-10")
    counter.check_out(buyer, ("MILK", 1, True))
    counter.make.do(
        deliver, shop_id=1, sku="MILK", donor_id=1, quantity=1, best_before="2027-03-01"
    )
    assert list_shelf(counter.bank, shop_id=1, today=TODAY)[0].best_before == "2027-03-01"


def test_unknown_codes_are_counted_but_never_a_cards(counter: Counter) -> None:
    buyer = counter.buyer()
    for _ in range(3):
        counter.make.do(note_unknown_code, code="4006381333931")
    counter.make.do(note_unknown_code, code="6921168509256")
    assert counter.make.do(note_unknown_code, code=buyer.card).answer == {"seen": 0}
    assert counter.make.do(note_unknown_code, code=buyer.card.lower()).answer == {"seen": 0}
    assert counter.make.do(note_unknown_code, code="名" * 8).answer == {"seen": 0}
    listed = list_unknown_codes(counter.bank)
    assert [(row.code, row.seen) for row in listed.items] == [
        ("4006381333931", 3),
        ("6921168509256", 1),
    ]
    counter.goods("SOAP")
    counter.make.do(add_barcode, sku="SOAP", barcode="4006381333931")
    assert [row.code for row in list_unknown_codes(counter.bank).items] == ["6921168509256"]
