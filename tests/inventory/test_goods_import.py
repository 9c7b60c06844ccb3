"""Lists of goods taken in: all or nothing, once, and never against what was decided before."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointsbank.foundation import Caller, ImportResult
from pointsbank.inventory import (
    ShopUnclear,
    import_goods,
    list_deliveries,
    list_products,
    list_shelf,
)
from pointsbank.people import add_shop, list_organisations
from tests.books import books_are_right
from tests.counter import Counter

SAMPLE = Path(__file__).parents[1] / "data" / "goods_unmarked.csv"
HEAD = "商品编码,条码,品名,规格,积分,参考价(元),捐赠方,入库数量,生产日期,保质期至,每人每月限量\n"
SOAP = "XIANGZAO,,香皂,125g,30,3.50,便民超市,200,2026-01-10,2029-01-09,5\n"
RICE = "MI,6921168509256,大米,5kg,80,,社区食堂,30,,,\n"
TODAY = "2026-11-20"


def take(
    counter: Counter, text: str | bytes, *, take_good: bool = False, actor: str = "staff:1"
) -> ImportResult:
    data = text.encode() if isinstance(text, str) else text
    by = Caller(actor=actor, client=actor)
    return import_goods(counter.bank, by, data, "goods.csv", take_good=take_good)


def test_a_list_makes_goods_prices_barcodes_donors_and_deliveries(counter: Counter) -> None:
    result = take(counter, HEAD + SOAP + RICE)
    assert (result.total, result.good, result.repeated, list(result.problems)) == (2, 2, 0, [])
    rice, soap = list_products(counter.bank, shop_id=1, today=TODAY).items
    assert (soap.sku, soap.price_points, soap.limit_monthly) == ("XIANGZAO", 30, 5)
    assert (soap.in_store_room, soap.on_shelf, soap.best_before) == (200, 0, "2029-01-09")
    assert (rice.barcodes, rice.market_price_fen) == (["6921168509256"], None)
    assert len(soap.barcodes) == 1
    assert [row.donor for row in list_deliveries(counter.bank).items] == ["社区食堂", "便民超市"]
    assert counter.pieces("XIANGZAO") == (0, 200, 0, 0)
    books_are_right(counter.bank)


def test_the_same_file_twice_changes_nothing_whoever_brings_it(counter: Counter) -> None:
    take(counter, HEAD + SOAP + RICE)
    counter.price("MI", 90)
    again = take(counter, HEAD + SOAP + RICE, actor="staff:2")
    assert (again.good, again.repeated, list(again.problems)) == (0, 2, [])
    assert list_deliveries(counter.bank).total == 2
    prices = {
        item.sku: item.price_points for item in list_shelf(counter.bank, shop_id=1, today=TODAY)
    }
    assert prices == {"MI": 90, "XIANGZAO": 30}


def test_a_second_list_of_known_goods_is_a_second_delivery(counter: Counter) -> None:
    take(counter, HEAD + SOAP)
    take(counter, HEAD + SOAP.replace("200", "50"))
    assert counter.pieces("XIANGZAO") == (0, 250, 0, 0)
    assert len(list_organisations(counter.bank)) == 2


@pytest.mark.parametrize(
    ("was", "given", "field"),
    [
        (",30,", ",35,", "price_points"),
        ("香皂", "肥皂", "name"),
        ("125g", "100g", "spec"),
        (",5\n", ",6\n", "limit_monthly"),
    ],
)
def test_what_was_decided_is_never_changed_silently(
    counter: Counter, was: str, given: str, field: str
) -> None:
    take(counter, HEAD + SOAP)
    result = take(counter, HEAD + RICE + SOAP.replace(was, given))
    assert [(p.row, p.code, p.facts["field"]) for p in result.problems] == [
        (3, "inventory.goods_differ", field)
    ]
    assert (result.total, result.good) == (2, 0)
    assert list_products(counter.bank, shop_id=1, today=TODAY).total == 1


def test_nothing_is_taken_when_a_row_is_bad_unless_the_good_are_wanted(counter: Counter) -> None:
    refused = take(counter, SAMPLE.read_bytes())
    assert (refused.total, refused.good) == (4, 0)
    assert list_products(counter.bank, shop_id=1, today=TODAY).total == 0
    assert refused.problem_file is not None
    taken = take(counter, SAMPLE.read_bytes(), take_good=True)
    assert (taken.total, taken.good) == (4, 3)
    again = take(counter, SAMPLE.read_bytes(), take_good=True)
    assert (again.good, again.repeated) == (0, 3)
    assert list_deliveries(counter.bank).total == 3


def test_a_list_that_was_taken_in_part_stays_so_when_it_comes_again(counter: Counter) -> None:
    counter.goods("MI", price=1)
    taken = take(counter, HEAD + SOAP + RICE, take_good=True)
    assert (taken.good, len(taken.problems)) == (1, 1)
    again = take(counter, HEAD + SOAP + RICE, take_good=True)
    # The row that was left out is still said to be bad, and not known.
    assert (again.good, again.repeated, len(again.problems)) == (0, 1, 1)
    counter.price("XIANGZAO", 31)
    # Now both differ from the list, and which of them was booked cannot be told any more.
    again = take(counter, HEAD + SOAP + RICE, take_good=True)
    assert (again.good, again.repeated, list(again.problems)) == (0, 2, [])
    assert list_deliveries(counter.bank).total == 1


def test_a_barcode_of_other_goods_and_a_day_that_is_over_are_told(counter: Counter) -> None:
    take(counter, HEAD + RICE)
    old = SOAP.replace("2026-01-10", "2020-01-10").replace("2029-01-09", "2026-11-19")
    result = take(counter, HEAD + old + RICE.replace("MI,", "MIFEN,"))
    assert [problem.code for problem in result.problems] == [
        "inventory.past_best_before",
        "inventory.barcode_taken",
    ]


def test_a_long_list_goes_in_by_chunks(counter: Counter) -> None:
    rows = "".join(f"G{n},,货{n},,{n + 1},,店,1,,,\n" for n in range(203))
    steps: list[tuple[int, int]] = []
    result = import_goods(
        counter.bank,
        counter.kiosk,
        (HEAD + rows).encode(),
        "goods.csv",
        progress=lambda done, total: steps.append((done, total)),
    )
    assert result.good == 203
    assert steps[-1] == (203, 203)
    assert len(steps) > 1


def test_it_must_be_clear_for_which_shop(counter: Counter) -> None:
    counter.make.do(add_shop, organisation="community", code="shop-2", name="二店")
    with pytest.raises(ShopUnclear):
        take(counter, HEAD + SOAP)
    done = import_goods(counter.bank, counter.kiosk, (HEAD + SOAP).encode(), "goods.csv", shop_id=2)
    assert done.good == 1
