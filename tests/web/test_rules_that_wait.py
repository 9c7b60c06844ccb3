"""A rulebook, and the day of points without one, are proposed and wait for a second person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.earning import approve_record, get_ends_of_points, get_rulebook
from pointsbank.foundation import Bank, public_id
from pointsbank.people import pins
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import Make
from tests.people.test_second_person import standing
from tests.web.page_visitor import Visitor
from tests.web.test_rulebook import fields, send

FIRST = f"/office/proposals/{public_id('P', 1)}"
EXPIRY = "/office/expiry"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The pages over a bank in which points have been earned."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))
    make.rule()
    record = make.record(make.volunteer())
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Callable[..., Visitor]:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


def test_a_rulebook_waits_and_is_confirmed_as_it_was_proposed(
    enter: Callable[..., Visitor], bank: Bank
) -> None:
    worker, second = enter("worker"), enter("witness")
    typed = fields("2026-11-21", points_per_hour=8)
    assert send(worker, "look", typed, waits="yes").status_code == 302
    assert get_rulebook(bank, day="2026-11-21").hourly == 10
    assert send(worker, "look", typed, waits="yes").status_code == 409
    shown = second.read(FIRST)
    assert "改积分办法" in shown
    assert "服务每小时 8 分" in shown
    assert second.send(FIRST, f"{FIRST}/confirm").status_code == 302
    made = get_rulebook(bank, day="2026-11-21")
    assert (made.hourly, made.proposed_by, made.decided_by) == (
        8,
        worker.staff.actor,
        second.staff.actor,
    )


def test_points_without_a_day_are_given_one_by_two(
    enter: Callable[..., Visitor], make: Make, bank: Bank
) -> None:
    worker, second, beside = enter("worker"), enter("witness"), standing(make)
    told = {"expires_on": "2027-12-31"}
    early = worker.send(EXPIRY, f"{EXPIRY}/undated", expires_on="2026-11-22", waits="yes")
    assert early.status_code == 409
    assert worker.send(EXPIRY, f"{EXPIRY}/undated", waits="yes", **told).status_code == 302
    assert "给长期有效的积分定到期日：2027-12-31" in second.read("/office/proposals")
    assert second.send(FIRST, f"{FIRST}/confirm").status_code == 302
    today = bank.clock.today()
    assert get_ends_of_points(bank, today=today).undated == (("2026-11-21", "2027-12-31"),)
    assert "到 2027-12-31" in worker.read(EXPIRY)
    shown = {"badge": beside.badge, "pin": beside.pin}
    again = worker.send(EXPIRY, f"{EXPIRY}/undated", expires_on="2028-12-31", **shown)
    assert again.status_code == 302


def test_only_an_admin_says_how_long_late_returns_stay(
    enter: Callable[..., Visitor], bank: Bank
) -> None:
    admin, worker = enter("admin"), enter("worker")
    assert "再留 30 天" in worker.read(EXPIRY)
    assert worker.send(EXPIRY, f"{EXPIRY}/grace", days="10").status_code == 403
    assert admin.send(EXPIRY, f"{EXPIRY}/grace", days="400").status_code == 422
    assert admin.send(EXPIRY, f"{EXPIRY}/grace", days="10").status_code == 302
    assert "再留 10 天" in worker.read(EXPIRY)
