"""A basket that was left: what the kiosk is told at the next scan, and what the office sees."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.counter import Counter, tapped
from tests.web.conftest import KioskClient, problem
from tests.web.page_visitor import Visitor


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """The room is tried on both databases; what is said of it does not depend on them."""
    return sqlite_url


def test_the_next_scan_asks_and_the_office_sees_it_until_then(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    buyer, card = counter.buyer(points=100), {}
    assert kiosk_client.post("/cards/read", {"code": buyer.card}).get_json()["unconfirmed"] is None
    priced = kiosk_client.basket(buyer.card, tapped("SOAP", 2))
    told = {"card": buyer.card, "quote": priced["quote"]}
    assert kiosk_client.post("/unconfirmed", told).get_json() == {"kept": True}

    worker = Visitor(app, counter.bank, counter.make.staff("worker"))
    listed = worker.read("/office/redemptions/unconfirmed")
    assert "商品SOAP × 2" in listed
    assert "1 个篮子没按确认就走了" in worker.read("/office/")

    card = kiosk_client.post("/cards/read", {"code": buyer.card}).get_json()["unconfirmed"]
    assert (card["total_points"], card["lines"]) == (
        60,
        [{"sku": "SOAP", "name": "商品SOAP", "quantity": 2}],
    )
    path = f"/unconfirmed/{card['number']}/answer"
    stranger = {"card": counter.buyer(points=100).card, "answer": "taken"}
    assert problem(kiosk_client.post(path, stranger))["code"] == "redemption.not_own"
    booked = kiosk_client.post(path, {"card": buyer.card, "answer": "taken"}).get_json()
    assert booked["redemption"]["points_after"] == 40
    assert "没有没按确认的篮子" in worker.read("/office/redemptions/unconfirmed")


def test_a_worker_who_finds_the_goods_on_the_shelf_closes_it(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    buyer = counter.buyer(points=100)
    priced = kiosk_client.basket(buyer.card, tapped("SOAP"))
    kiosk_client.post("/unconfirmed", {"card": buyer.card, "quote": priced["quote"]})
    number = kiosk_client.post("/cards/read", {"code": buyer.card}).get_json()["unconfirmed"][
        "number"
    ]
    worker = Visitor(app, counter.bank, counter.make.staff("worker"))
    page = "/office/redemptions/unconfirmed"
    assert worker.send(page, f"{page}/{number}/put-back").status_code == 302
    assert kiosk_client.post("/cards/read", {"code": buyer.card}).get_json()["unconfirmed"] is None
    assert counter.points(buyer) == 100
