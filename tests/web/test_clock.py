"""A wrong clock closes the kiosks, and the office is asked for the date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from pointsbank.foundation import (
    SHOP_ZONE,
    Bank,
    Clock,
    DutyState,
    look_at_clock,
    new_key,
    read_duty_states,
)
from pointsbank.jobs import Duty, run_due
from pointsbank.people import block_card
from tests.conftest import NOON
from tests.counter import Counter
from tests.make import Make
from tests.web.conftest import KioskClient, problem
from tests.web.page_visitor import Visitor

YEARS_BACK = datetime(2000, 1, 1, 8, 0, tzinfo=SHOP_ZONE)
SHUT_AWAY = NOON + timedelta(days=90)


@pytest.fixture
def set_clock(bank: Bank, clock: Clock) -> Callable[[datetime], None]:
    """Set the machine's clock, and let the watch look at it."""

    def to(moment: datetime) -> None:
        clock.set_now(lambda: moment)
        look_at_clock(bank)

    look_at_clock(bank)
    return to


def worker(app: Flask, counter: Counter) -> Visitor:
    """Somebody of the office, who logs in now."""
    return Visitor(app, counter.bank, counter.make.staff("worker"))


def everything(kiosk: KioskClient, card: str) -> dict[str, int]:
    """What a kiosk is answered, wherever it asks."""
    body = {"kind": "goods", "card": card, "quote": "q" * 40, "total_points": 1}
    lines = [{"sku": "SOAP", "quantity": 1, "scanned": True}]
    asked = {
        "card": kiosk.post("/cards/read", {"code": card}),
        "quote": kiosk.post("/quotes", {"kind": "goods", "card": card, "lines": lines}),
        "checkout": kiosk.post("/redemptions", body),
        "undo": kiosk.post("/redemptions/1/undo", {"card": card}),
    }
    return {name: answer.status_code for name, answer in asked.items()}


def test_a_kiosk_is_closed_while_the_clock_is_wrong_and_open_again_afterwards(
    kiosk_client: KioskClient, counter: Counter, set_clock: Callable[[datetime], None]
) -> None:
    counter.goods("SOAP", shelf=5, price=30)
    buyer = counter.buyer(points=100)
    basket = kiosk_client.basket(buyer.card, ("SOAP", 1, True))
    before = counter.make.balance(buyer.wallet)
    set_clock(YEARS_BACK)
    refused = problem(kiosk_client.post("/redemptions", basket))
    assert (refused["status"], refused["code"]) == (503, "foundation.clock_wrong")
    assert refused["facts"] == {"now": "2000-01-01 08:00", "known": "2026-11-20 10:26"}
    assert set(everything(kiosk_client, buyer.card).values()) == {503}
    place = kiosk_client.get("/kiosk").get_json()
    assert (place["clock_is_right"], place["now"][:10]) == (False, "2000-01-01")
    assert kiosk_client.get("/shelf").status_code == 200
    assert counter.make.balance(buyer.wallet) == before
    set_clock(NOON)
    assert kiosk_client.get("/kiosk").get_json()["clock_is_right"] is True
    assert kiosk_client.post("/redemptions", basket).status_code == 201


def test_without_the_watch_the_wrong_day_would_have_been_booked(
    kiosk_client: KioskClient, counter: Counter, clock: Clock
) -> None:
    counter.goods("SOAP", shelf=5, price=30)
    buyer = counter.buyer(points=100)
    clock.set_now(lambda: NOON + timedelta(days=900))
    assert kiosk_client.redeem(buyer.card, ("SOAP", 1, True))["at"].startswith("2029")


def test_a_closed_kiosk_learns_what_became_of_a_purchase_and_may_call_for_help(
    kiosk_client: KioskClient, counter: Counter, set_clock: Callable[[datetime], None]
) -> None:
    counter.goods("SOAP", shelf=5, price=30)
    buyer, key = counter.buyer(points=100), new_key()
    kiosk_client.redeem(buyer.card, ("SOAP", 1, True), key=key)
    set_clock(YEARS_BACK)
    assert kiosk_client.get(f"/receipts/{key}").status_code == 200
    assert kiosk_client.post(f"/receipts/{new_key()}/void").status_code in {200, 201}
    assert kiosk_client.post("/help-calls").status_code == 201


@pytest.mark.parametrize(
    ("shown", "asked"),
    [
        (SHUT_AWAY, "今天是 2027 年 2 月 18 日，现在 10:26 吗？"),
        (NOON - timedelta(days=20), "今天是 2026 年 10 月 31 日，现在 10:26 吗？"),
    ],
)
def test_the_office_is_asked_and_one_word_opens_everything(
    app: Flask,
    counter: Counter,
    set_clock: Callable[[datetime], None],
    shown: datetime,
    asked: str,
) -> None:
    person = counter.make.staff("worker")
    set_clock(shown)
    # Who comes to put it right can log in although nothing else can be booked.
    office = Visitor(app, counter.bank, person)
    assert "时钟不对" in office.read("/office/")
    assert asked in office.read("/office/clock")
    refused = office.send("/office/clock", "/office/devices/pair", name="自助机")
    assert refused.status_code == 503
    assert office.send("/office/clock", "/office/clock/right", seen=counter.bank.clock.instant())
    assert counter.bank.clock.doubt is None
    assert "时钟是对的" in office.read("/office/clock")
    assert "时钟不对" not in office.read("/office/")


def test_a_day_before_this_program_existed_is_never_called_right(
    app: Flask, counter: Counter, set_clock: Callable[[datetime], None]
) -> None:
    person = counter.make.staff("worker")
    set_clock(YEARS_BACK)
    office = Visitor(app, counter.bank, person)
    page = office.get("/office/clock").text
    assert "这个日期不可能是对的" in page
    assert "/office/clock/right" not in page
    hidden = office.hidden("/office/volunteers") | {"key": new_key()}
    seen = counter.bank.clock.instant()
    assert office.press("/office/clock/right", hidden, seen=seen).status_code == 503
    assert counter.bank.clock.doubt is not None


def test_what_was_seen_an_hour_ago_is_not_called_right(
    app: Flask, counter: Counter, set_clock: Callable[[datetime], None]
) -> None:
    person = counter.make.staff("worker")
    set_clock(SHUT_AWAY)
    office = Visitor(app, counter.bank, person)
    seen = (SHUT_AWAY - timedelta(hours=2)).isoformat()
    answer = office.send("/office/clock", "/office/clock/right", seen=seen)
    assert answer.status_code == 409
    assert "时钟又变了" in answer.text
    assert counter.bank.clock.doubt is not None


def test_a_card_that_was_lost_is_blocked_whatever_the_clock_says(
    counter: Counter, set_clock: Callable[[datetime], None]
) -> None:
    buyer = counter.buyer()
    set_clock(YEARS_BACK)
    blocked = counter.make.do(block_card, short_number=buyer.short_number)
    assert blocked.answer["status"] == "blocked"


def test_what_the_night_left_undone_is_the_first_thing_today(
    app: Flask, counter: Counter, clock: Clock, make: Make
) -> None:
    def stumble(bank: Bank) -> None:
        raise OSError

    clock.set_now(lambda: NOON + timedelta(days=1))
    run_due(counter.bank, (Duty("backup", "Fails.", stumble),))
    states: dict[str, DutyState] = counter.bank.database.read(read_duty_states)
    assert states["backup"].is_undone(counter.bank.clock.instant())
    office = worker(app, counter)
    assert "夜间工作没做成：备份" in office.read("/office/")
    run_due(counter.bank, (Duty("backup", "Works.", lambda bank: None),), again=True)
    assert "夜间工作没做成" not in office.read("/office/")


def test_the_nights_are_shown_and_their_hour_can_be_set(app: Flask, counter: Counter) -> None:
    office = worker(app, counter)
    assert "每天 03:30 自己做" in office.read("/office/clock")
    done = office.send("/office/clock", "/office/clock/nights", at="05:15")
    assert done.status_code == 302
    assert "每天 05:15 自己做" in office.read("/office/clock")
    wrong = office.send("/office/clock", "/office/clock/nights", at="half past")
    assert wrong.status_code == 422
    assert "请写几点几分" in wrong.text
