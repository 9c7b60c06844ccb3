"""Sanctions in the office and on one's own page; the kiosk only asks to come to the desk."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.people import find_volunteer, list_sanctions, pins
from tests.counter import Counter
from tests.make import Make
from tests.people.test_second_person import standing
from tests.web.conftest import KioskClient
from tests.web.page_visitor import Visitor
from tests.web.test_me import Holder


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))


def test_from_two_signatures_to_the_day_it_is_lifted(
    app: Flask, counter: Counter, make: Make, kiosk_client: KioskClient
) -> None:
    counter.goods("SOAP", price=10)
    holder = Holder(app, counter, counter.buyer(points=50))
    found = make.bank.database.read(lambda session: find_volunteer(session, holder.buyer.number))
    assert found is not None
    worker, beside = Visitor(app, make.bank, make.staff("worker")), standing(make)
    third = Visitor(app, make.bank, make.staff("witness"))
    person = f"/office/volunteers/{found.number}"
    page = f"{person}/sanctions"
    assert f'href="{page}"' in worker.get(person).text
    assert "没有暂停过" in worker.read(page)
    told = {"badge": beside.badge, "pin": beside.pin, "reason": "借卡给别人换东西"}
    days = {"starts_on": "2026-11-20", "ends_on": "2026-11-30"}
    nothing = worker.send(page, page, **told, **days)
    assert (nothing.status_code, "没有选暂停什么" in nothing.text) == (422, True)
    assert worker.send(page, page, redeeming="1", **told, **days).location == page
    assert "2026-11-20 – 2026-11-30" in worker.read(person)
    assert "借卡给别人换东西" in worker.read(f"{person}/file")
    assert 'href="/office/sanctions"' in worker.get("/office/volunteers").text
    assert found.number in worker.read("/office/sanctions?state=running&who=" + found.number)
    assert found.number not in worker.read("/office/sanctions?who=nobody")
    assert found.number not in worker.read("/office/sanctions?state=ended")
    # At the kiosk nobody reads why.
    quoted = kiosk_client.quote(holder.buyer.card, ("SOAP", 1, True))
    assert [one["code"] for one in quoted["refusals"]] == ["people.ask_at_desk"]
    read = kiosk_client.post("/cards/read", {"card": holder.buyer.card}).text
    assert "暂停" not in read
    holder.come()
    assert "2026-11-30" in holder.read("/me/")
    assert "借卡给别人换东西" in holder.read("/me/file")
    [row] = list_sanctions(make.bank, volunteer_id=found.id)
    wrong = f"/me/statement/{row.number}/wrong"
    assert holder.send(wrong, page=wrong, says="卡是丢了以后被人用的").location == "/me/cases"
    assert row.number in holder.read("/me/cases")
    case = third.get("/office/search?q=C000001-3").location
    assert row.number in third.read(case)
    assert third.get(f"/office/sanctions/{row.number}").status_code == 200
    lift = f"{page}/{row.number}/lift"
    assert third.send(page, lift, reason="查清楚了").location == page
    assert "查清楚了" in third.read(page)
    assert worker.send(page, lift, reason="再来").status_code == 409
    assert "2026-11-30" not in holder.read("/me/file")
    assert kiosk_client.quote(holder.buyer.card, ("SOAP", 1, True))["refusals"] == []
