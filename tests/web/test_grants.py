"""Grants at the office: made and taken back by two at the screen, or proposed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.charity import count_pool, donate_points, list_grants
from pointsbank.earning import plain_document, set_rulebook
from pointsbank.foundation import Bank, public_id
from pointsbank.people import pins, register_family
from tests.doors import create_app_for
from tests.make import Make
from tests.people.test_second_person import standing
from tests.web.page_visitor import Visitor

PAGE = "/office/grants"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, make: Make, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The pages over a pool of 100 points and a family, where points stand a year."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))
    document = plain_document(10) | {"validity": {"until": "calendar_year"}}
    make.do(set_rulebook, **make.by_two(), document=document, starts_on="2026-11-20")
    make.do(donate_points, volunteer=make.volunteer(points=100).number, points=100)
    make.do(register_family)
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Callable[..., Visitor]:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


def test_points_are_granted_with_the_rulebooks_day_and_taken_back(
    enter: Callable[..., Visitor], make: Make, bank: Bank
) -> None:
    worker, beside = enter("worker"), standing(make)
    shown = {"badge": beside.badge, "pin": beside.pin}
    page = worker.read(f"{PAGE}?family=F0001")
    for words in ("公益池里现在有 100 分", "今天拨的用到 2026-12-31", "还没有拨付过"):
        assert words in page
    for field, value, status in (
        ("family", "", 422),
        ("points", "101", 409),
        ("expires_on", "2026-11-01", 422),
        ("pin", "000000", 403),
    ):
        told = {"family": "F0001", "points": "60", "expires_on": ""} | shown | {field: value}
        wrong = worker.send(PAGE, PAGE, **told)
        assert (wrong.status_code, f'id="f-{field}-error"' in wrong.text) == (status, True), field
    assert worker.send(PAGE, PAGE, family="F0001", points="60", **shown).status_code == 302
    assert "拨付好了，用到 2026-12-31" in worker.read(PAGE)
    [row] = list_grants(bank).items
    one = f"{PAGE}/{row.number}"
    assert "公益拨付" in worker.read(f"/office/journal/{row.entry}")
    assert worker.send(one, f"{one}/take-back", why="family", **shown).status_code == 302
    assert "收回 60 分：拨错了户" in worker.read(one)
    assert count_pool(bank) == 100
    auditor = enter("auditor")
    assert "拨付一笔" not in auditor.read(PAGE)
    assert "拨错了，要收回" not in auditor.read(one)


def test_with_nobody_beside_the_screen_both_wait_for_another_login(
    enter: Callable[..., Visitor], bank: Bank
) -> None:
    worker, witness = enter("worker"), enter("witness")
    told = {"family": "F0001", "points": "60", "expires_on": "2026-12-24", "waits": "yes"}
    assert worker.send(PAGE, PAGE, **told).status_code == 302
    again = worker.send(PAGE, PAGE, **told)
    assert (again.status_code, "已经有人提出了" in again.text) == (409, True)
    address = f"/office/proposals/{public_id('P', 1)}"
    page = witness.read(address)
    for words in ("拨付：某户1 60 分", "公益池里有 100 分", "2026-12-24"):
        assert words in page
    assert witness.send(address, f"{address}/confirm").status_code == 302
    [row] = list_grants(bank).items
    assert row.expires_on == "2026-12-24"
    one = f"{PAGE}/{row.number}"
    assert worker.send(one, f"{one}/take-back", why="other", waits="yes").status_code == 302
    address = f"/office/proposals/{public_id('P', 2)}"
    assert f'href="{address}"' in worker.get(one).text
    assert witness.send(address, f"{address}/confirm").status_code == 302
    assert count_pool(bank) == 100
