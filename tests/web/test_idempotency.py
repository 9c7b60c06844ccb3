"""Asking twice is asking once: the promises about keys, as a client over HTTP sees them."""

from __future__ import annotations

import pytest
from flask import Flask

from pointsbank.foundation import new_key
from tests.counter import Counter, tapped
from tests.snapshot import snapshot
from tests.web.conftest import API, KioskClient, pair_kiosk, problem


@pytest.fixture(params=["sqlite", "postgresql"])
def bank_url(request: pytest.FixtureRequest) -> str:
    """Keys are kept by the database, so both are asked."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


def test_the_same_request_again_is_the_same_purchase_with_the_same_answer(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer = counter.buyer(points=100)
    body, key = kiosk_client.basket(buyer.card, tapped("SOAP")), new_key()
    first = kiosk_client.post("/redemptions", body, key)
    after = snapshot(counter.bank)
    again = [kiosk_client.post("/redemptions", body, key) for _ in range(3)]
    assert [answer.status_code for answer in again] == [201, 201, 201]
    assert [answer.get_json() for answer in again] == [first.get_json()] * 3
    assert snapshot(counter.bank) == after
    assert counter.points(buyer) == 70


def test_an_undo_sent_twice_is_one_undo(kiosk_client: KioskClient, counter: Counter) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer = counter.buyer(points=100)
    slip = kiosk_client.redeem(buyer.card, tapped("SOAP"))
    path, key = f"/redemptions/{slip['number']}/undo", new_key()
    answers = [kiosk_client.post(path, {"card": buyer.card}, key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].get_json() == answers[1].get_json()
    assert (counter.points(buyer), counter.pieces("SOAP")[0]) == (100, 4)


def test_a_key_that_was_used_is_refused_for_anything_else(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer, key = counter.buyer(points=100), new_key()
    body = kiosk_client.basket(buyer.card, tapped("SOAP"))
    assert kiosk_client.post("/redemptions", body, key).status_code == 201
    before = snapshot(counter.bank)
    other_basket = kiosk_client.basket(buyer.card, tapped("SOAP", 2))
    for path, other in (
        ("/redemptions", other_basket),
        ("/redemptions", body | {"total_points": 31}),
        ("/unknown-codes", {"code": "6901234567892"}),
        ("/help-calls", {}),
    ):
        refused = problem(kiosk_client.post(path, other, key))
        assert (refused["status"], refused["code"]) == (422, "foundation.key_reused"), path
    assert snapshot(counter.bank) == before


def test_two_kiosks_may_use_the_same_key(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    other, key = pair_kiosk(app, counter), new_key()
    mine = kiosk_client.redeem(counter.buyer(points=100).card, tapped("SOAP"), key=key)
    theirs = other.redeem(counter.buyer(points=100).card, tapped("SOAP"), key=key)
    assert mine["number"] != theirs["number"]
    told = other.get(f"/receipts/{key}").get_json()["answer"]["redemption"]
    assert told["number"] == theirs["number"]


def test_after_a_refusal_the_same_key_is_judged_afresh(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer, key = counter.buyer(points=10), new_key()
    body = kiosk_client.basket(buyer.card, tapped("SOAP"))
    refused = problem(kiosk_client.post("/redemptions", body, key))
    assert refused["code"] == "ledger.insufficient_balance"
    assert kiosk_client.get(f"/receipts/{key}").status_code == 404
    counter.give(buyer.wallet, 50)
    assert kiosk_client.post("/redemptions", body, key).status_code == 201
    assert counter.points(buyer) == 30


def test_one_basket_is_paid_for_once_even_under_two_keys(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer = counter.buyer(points=100)
    body = kiosk_client.basket(buyer.card, tapped("SOAP"))
    assert kiosk_client.post("/redemptions", body).status_code == 201
    refused = problem(kiosk_client.post("/redemptions", body))
    assert (refused["status"], refused["code"]) == (409, "redemption.quote_used")
    assert counter.points(buyer) == 70


def test_a_voided_key_can_never_book(kiosk_client: KioskClient, counter: Counter) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer, key = counter.buyer(points=100), new_key()
    body = kiosk_client.basket(buyer.card, tapped("SOAP"))
    for _ in "ab":
        given_up = kiosk_client.post(f"/receipts/{key}/void")
        assert (given_up.status_code, given_up.get_json()["state"]) == (200, "void")
    refused = problem(kiosk_client.post("/redemptions", body, key))
    assert (refused["status"], refused["code"]) == (409, "foundation.key_voided")
    assert kiosk_client.get(f"/receipts/{key}").get_json()["state"] == "void"
    assert counter.points(buyer) == 100


def test_giving_up_a_key_that_has_booked_tells_what_it_booked(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer, key = counter.buyer(points=100), new_key()
    slip = kiosk_client.redeem(buyer.card, tapped("SOAP"), key=key)
    told = kiosk_client.post(f"/receipts/{key}/void").get_json()
    assert told["state"] == "done"
    assert told["answer"]["redemption"]["number"] == slip["number"]
    assert counter.points(buyer) == 70


def test_one_kiosk_cannot_give_up_anothers_key(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer, key = counter.buyer(points=100), new_key()
    body = kiosk_client.basket(buyer.card, tapped("SOAP"))
    assert pair_kiosk(app, counter).post(f"/receipts/{key}/void").status_code == 200
    assert kiosk_client.post("/redemptions", body, key).status_code == 201


@pytest.mark.parametrize(
    "key",
    [None, "", "short", "x" * 15, "x" * 65, "x" * 10_000, "k e y " * 4, "键" * 16, "x" * 20 + "!"],
    ids=repr,
)
def test_a_request_that_books_needs_a_key_that_is_well_formed(
    kiosk_client: KioskClient, counter: Counter, key: str | None
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    body = kiosk_client.basket(counter.buyer(points=100).card, tapped("SOAP"))
    before = snapshot(counter.bank)
    for path, told in (
        ("/redemptions", body),
        ("/redemptions/R000007-5/undo", {"card": body["card"]}),
        (f"/receipts/{new_key()}/void", {}),
        ("/unknown-codes", {"code": "6901234567892"}),
        ("/help-calls", {}),
    ):
        headers = {"Authorization": f"Bearer {kiosk_client.token}"}
        if key is not None:
            headers["Idempotency-Key"] = key.encode().decode("latin-1")
        refused = problem(kiosk_client.client.post(API + path, json=told, headers=headers))
        assert (refused["status"], refused["code"]) == (400, "foundation.key_invalid"), path
    assert snapshot(counter.bank) == before
