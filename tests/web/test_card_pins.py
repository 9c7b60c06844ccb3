"""A short number and its PIN at the kiosk's API; and the sum from which a card is not enough."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from pointsbank.foundation import Clock, new_key
from pointsbank.people import block_card, change_settings, get_holder, give_pin, pins
from pointsbank.redemption.errors import PinForSum
from pointsbank.web.api import limits
from tests.conftest import NOON
from tests.counter import Buyer, Counter, tapped
from tests.web.conftest import KioskClient, pair_kiosk, problem


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def buyer(counter: Counter) -> Buyer:
    """Somebody with 500 points, and a shelf to spend them at."""
    counter.goods("SOAP", price=30, shelf=90)
    return counter.buyer(points=500)


@pytest.fixture
def pin(counter: Counter, buyer: Buyer) -> str:
    """The buyer's PIN, given by a worker."""
    return pin_of(counter, buyer)


def pin_of(counter: Counter, buyer: Buyer) -> str:
    holder = counter.bank.database.read(lambda session: get_holder(session, buyer.number))
    by = counter.make.staff("worker").caller
    return give_pin(counter.bank, by=by, key=new_key(), holder=holder)


def read(kiosk: KioskClient, code: str, pin: str | None = None) -> TestResponse:
    return kiosk.post("/cards/read", {"code": code, "pin": pin} if pin else {"code": code})


def proof_of(kiosk: KioskClient, code: str, pin: str) -> str:
    answer = read(kiosk, code, pin)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["proof"]["card"])


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


def test_a_short_number_is_enough_only_with_its_pin(
    kiosk_client: KioskClient, counter: Counter, buyer: Buyer, pin: str
) -> None:
    refused = read(kiosk_client, buyer.short_number)
    assert (refused.status_code, problem(refused)["code"]) == (409, "people.pin_needed")
    answer = read(kiosk_client, buyer.short_number, pin).get_json()
    assert answer["card"]["points"] == 500
    assert answer["proof"]["until"] == "2026-11-20T02:29:00.000000Z"
    assert read(kiosk_client, buyer.card).get_json()["proof"] is None


def test_the_proof_prices_buys_and_undoes(
    kiosk_client: KioskClient, counter: Counter, buyer: Buyer, pin: str
) -> None:
    proof = proof_of(kiosk_client, buyer.short_number, pin)
    redemption = kiosk_client.redeem(proof, ("SOAP", 2, False))
    assert redemption["points_after"] == 440
    undone = kiosk_client.post(f"/redemptions/{redemption['number']}/undo", {"card": proof})
    assert undone.status_code == 200
    assert counter.points(buyer) == 500
    # A basket that was priced for the code is bought by the proof of the same card.
    basket = kiosk_client.basket(buyer.card, ("SOAP", 1, False)) | {"card": proof}
    assert kiosk_client.post("/redemptions", basket).status_code == 201


def test_where_a_card_is_asked_for_a_bare_number_is_refused(
    kiosk_client: KioskClient, buyer: Buyer, pin: str
) -> None:
    lines = [{"sku": "SOAP", "quantity": 1, "scanned": False}]
    asked = {"kind": "goods", "card": buyer.short_number, "lines": lines}
    refused = kiosk_client.post("/quotes", asked)
    assert problem(refused)["code"] == "people.pin_needed"
    basket = kiosk_client.basket(buyer.card, ("SOAP", 1, False))
    refused = kiosk_client.post("/redemptions", basket | {"card": buyer.short_number})
    assert problem(refused)["code"] == "people.pin_needed"
    # And a PIN goes nowhere but with the reading of a card.
    for path, body in (("/quotes", asked), ("/redemptions", basket)):
        assert kiosk_client.post(path, {**body, "pin": pin}).status_code == 422


def test_a_proof_is_this_kiosks_and_holds_three_minutes(
    app: Flask,
    kiosk_client: KioskClient,
    counter: Counter,
    buyer: Buyer,
    pin: str,
    clock: Clock,
) -> None:
    proof = proof_of(kiosk_client, buyer.short_number, pin)
    basket = kiosk_client.basket(proof, ("SOAP", 1, False))
    other = pair_kiosk(app, counter)
    lines = [{"sku": "SOAP", "quantity": 1, "scanned": False}]
    asked = {"kind": "goods", "card": proof, "lines": lines}
    assert problem(other.post("/quotes", asked))["code"] == "people.card_unknown"
    clock.set_now(lambda: NOON + timedelta(minutes=3))
    assert problem(kiosk_client.post("/quotes", asked))["code"] == "people.proof_expired"
    refused = kiosk_client.post("/redemptions", basket)
    assert problem(refused)["code"] in {"people.proof_expired", "redemption.quote_expired"}
    assert counter.points(buyer) == 500


def test_what_was_booked_is_answered_again_after_the_proof_is_over(
    kiosk_client: KioskClient, counter: Counter, buyer: Buyer, pin: str, clock: Clock
) -> None:
    proof = proof_of(kiosk_client, buyer.short_number, pin)
    basket, key = kiosk_client.basket(proof, ("SOAP", 1, False)), new_key()
    first = kiosk_client.post("/redemptions", basket, key)
    clock.set_now(lambda: NOON + timedelta(minutes=9))
    again = kiosk_client.post("/redemptions", basket, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert counter.points(buyer) == 470


def test_wrong_pins_count_over_all_kiosks(
    app: Flask, kiosk_client: KioskClient, counter: Counter, buyer: Buyer, pin: str
) -> None:
    tills = [kiosk_client, pair_kiosk(app, counter)]
    left = []
    for n in range(4):
        refused = read(tills[n % 2], buyer.short_number, wrong(pin))
        assert refused.status_code == 403
        left.append(problem(refused)["facts"]["left"])
    assert left == [4, 3, 2, 1]
    # By the card's own code it is the same PIN, and the same count.
    locked = problem(read(tills[1], buyer.card, wrong(pin)))
    assert (locked["code"], locked["facts"]["seconds"]) == ("people.pin_locked", 900)
    assert problem(read(tills[0], buyer.short_number, pin))["code"] == "people.pin_locked"
    # The card itself is not lost by it: scanned, it opens as before.
    assert read(tills[0], buyer.card).status_code == 200


def test_a_kiosk_may_try_only_so_many_pins_a_minute(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    app.config["LIMIT_WRONG_PINS"] = limits.DEFAULTS["LIMIT_WRONG_PINS"]
    statuses = []
    for _ in range(6):
        somebody = counter.buyer()
        pin = pin_of(counter, somebody)
        statuses += [
            read(kiosk_client, somebody.short_number, wrong(pin)).status_code for _ in range(4)
        ]
    assert statuses == [403] * 20 + [429] * 4


@pytest.mark.parametrize("pin", ["12345", "1234567", "１２３４５６", "12345a", "", 123456, ["1"]])
def test_a_pin_is_six_plain_digits(kiosk_client: KioskClient, buyer: Buyer, pin: object) -> None:
    refused = kiosk_client.post("/cards/read", {"code": buyer.short_number, "pin": pin})
    assert refused.status_code == 422
    assert "pin" in refused.text


def test_a_blocked_card_is_not_opened_by_its_pin(
    kiosk_client: KioskClient, counter: Counter, buyer: Buyer, pin: str
) -> None:
    proof = proof_of(kiosk_client, buyer.short_number, pin)
    basket = kiosk_client.basket(proof, ("SOAP", 1, False))
    counter.make.do(block_card, short_number=buyer.short_number)
    assert problem(read(kiosk_client, buyer.short_number, pin))["code"] == "people.card_blocked"
    refused = kiosk_client.post("/redemptions", basket)
    assert problem(refused)["code"] == "people.card_blocked"


def test_neither_pin_nor_proof_stands_in_a_log(
    kiosk_client: KioskClient, buyer: Buyer, pin: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        proof = proof_of(kiosk_client, buyer.short_number, pin)
        read(kiosk_client, buyer.short_number, wrong(pin))
        kiosk_client.redeem(proof, ("SOAP", 1, False))
    for secret in (pin, wrong(pin), proof):
        assert secret not in caplog.text


# ---------------------------------------------------------------- from so many points a day on


def ask_from(counter: Counter, points: int, starts_on: str | None = None) -> None:
    admin = counter.make.staff("admin").caller
    counter.make.do(
        change_settings, by=admin, changes={"pin_from_points": points}, starts_on=starts_on
    )


def test_by_default_a_card_alone_redeems(kiosk_client: KioskClient, buyer: Buyer) -> None:
    assert kiosk_client.redeem(buyer.card, ("SOAP", 16, False))["points_after"] == 20


def test_from_its_sum_on_the_pin_is_asked_for_by_quote_and_by_checkout(
    kiosk_client: KioskClient, counter: Counter, buyer: Buyer, pin: str
) -> None:
    before = kiosk_client.basket(buyer.card, ("SOAP", 5, False))
    ask_from(counter, 100)
    assert kiosk_client.quote(buyer.card, ("SOAP", 3, False))["refusals"] == []
    [wanted] = kiosk_client.quote(buyer.card, ("SOAP", 4, False))["refusals"]
    assert (wanted["code"], wanted["facts"]) == ("redemption.pin_for_sum", {"from_points": 100})
    # Neither an older promise nor an unasked one gets round it.
    for basket in (before, kiosk_client.basket(buyer.card, ("SOAP", 4, False))):
        refused = kiosk_client.post("/redemptions", basket)
        assert problem(refused)["code"] == "redemption.pin_for_sum"
    assert counter.points(buyer) == 500
    proof = proof_of(kiosk_client, buyer.card, pin)
    assert kiosk_client.quote(proof, ("SOAP", 4, False))["refusals"] == []
    assert kiosk_client.redeem(proof, ("SOAP", 4, False))["points_after"] == 380


def test_small_baskets_of_one_day_add_up(
    kiosk_client: KioskClient, counter: Counter, buyer: Buyer, clock: Clock
) -> None:
    ask_from(counter, 100)
    for _ in range(3):
        kiosk_client.redeem(buyer.card, ("SOAP", 1, False))
    refused = kiosk_client.post("/redemptions", kiosk_client.basket(buyer.card, ("SOAP", 1, False)))
    assert problem(refused)["code"] == "redemption.pin_for_sum"
    clock.set_now(lambda: NOON + timedelta(days=1))
    kiosk_client.redeem(buyer.card, ("SOAP", 1, False))


def test_it_begins_on_its_day(
    kiosk_client: KioskClient, counter: Counter, buyer: Buyer, clock: Clock
) -> None:
    ask_from(counter, 1, starts_on="2026-11-21")
    kiosk_client.redeem(buyer.card, ("SOAP", 1, False))
    clock.set_now(lambda: NOON + timedelta(days=1))
    [wanted] = kiosk_client.quote(buyer.card, ("SOAP", 1, False))["refusals"]
    assert wanted["code"] == "redemption.pin_for_sum"


def test_undoing_is_never_kept_from_anybody_by_it(
    kiosk_client: KioskClient, counter: Counter, buyer: Buyer
) -> None:
    redemption = kiosk_client.redeem(buyer.card, ("SOAP", 2, False))
    ask_from(counter, 1)
    answer = kiosk_client.post(f"/redemptions/{redemption['number']}/undo", {"card": buyer.card})
    assert answer.status_code == 200
    assert counter.points(buyer) == 500


def test_at_the_desk_a_worker_is_asked_as_well(counter: Counter, buyer: Buyer) -> None:
    """Whoever checks out, the rule stands in the operation and in no page."""
    ask_from(counter, 1)
    worker = counter.make.staff("worker").caller
    with pytest.raises(PinForSum):
        counter.check_out(buyer, tapped("SOAP"), at=worker)
