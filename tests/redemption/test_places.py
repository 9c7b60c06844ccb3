"""What places have published of spending; of earning it is `earning/test_places.py`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pointsbank.earning import approve_record, count_hours
from pointsbank.inventory import add_product, list_products
from pointsbank.people import change_settings
from pointsbank.redemption import UndoTooLate
from tests.books import books_are_right
from tests.conftest import NOON
from tests.counter import Counter, tapped
from tests.redemption.test_rulebook import by_rules


@pytest.mark.parametrize(
    ("place", "prices"),
    [
        ("汉阳", [230, 260, 30]),
        ("昆山", [800, 3800]),
        ("唐山", [200]),
        ("德州", [15]),
    ],
)
def test_goods_cost_what_a_place_has_published(
    counter: Counter, place: str, prices: list[int]
) -> None:
    buyer = counter.buyer(points=sum(prices))
    changes = {"limit_points_daily": 10_000}
    counter.make.do(change_settings, by=counter.make.staff("admin").caller, changes=changes)
    goods = [counter.goods(f"G{price}", price=price, shelf=1) for price in prices]
    bought = counter.check_out(buyer, *(tapped(one) for one in goods))
    assert bought["points_after"] == 0, place
    books_are_right(counter.bank)


def test_huangshan_points_go_at_once_nothing_comes_back_and_hours_are_untouched(
    counter: Counter,
) -> None:
    by_rules(counter, undo_minutes=0)
    make, buyer = counter.make, counter.buyer(points=100)
    volunteer = counter.volunteer(buyer)
    record = make.record(volunteer, 180)
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    hours = count_hours(make.bank, volunteer_id=volunteer.id)
    bought = counter.check_out(buyer, tapped(counter.goods("SOAP", shelf=9)))
    assert make.balance(volunteer.wallet) == 100 + 30 - 30
    counter.bank.clock.set_now(lambda: NOON + timedelta(seconds=1))
    with pytest.raises(UndoTooLate):
        counter.undo(buyer, bought["number"])
    assert count_hours(make.bank, volunteer_id=volunteer.id) == hours
    assert hours.attended == 180


def test_xiangtan_goods_have_a_price_in_yuan_beside_their_points(counter: Counter) -> None:
    at = {"shop_id": counter.shop_id, "sku": "OIL", "name": "食用油"}
    counter.make.do(add_product, **at, price_points=30, market_price_fen=2500)
    found = list_products(counter.bank, shop_id=counter.shop_id, today="2026-11-20")
    [oil] = [one for one in found.items if one.sku == "OIL"]
    assert (oil.price_points, oil.market_price_fen) == (30, 2500)
