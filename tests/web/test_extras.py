"""Bonuses and deductions at the office: given beside the screen, appealed against, answered."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.earning import list_extras
from pointsbank.foundation import Bank
from pointsbank.people import pins
from tests.counter import Counter
from tests.doors import create_app_for
from tests.earning.test_extras import RULES
from tests.make import Make
from tests.people.test_second_person import standing
from tests.web.page_visitor import Visitor


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The pages over a bank whose rulebook gives and takes."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))
    make.rule(**RULES)
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Callable[..., Visitor]:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


def test_from_a_deduction_to_the_points_given_back(
    enter: Callable[..., Visitor], make: Make, bank: Bank
) -> None:
    worker, beside, third = enter("worker"), standing(make), enter("witness")
    person = make.volunteer(points=10)
    page = f"/office/volunteers/{person.number}/extras"
    assert "没有奖励，也没有扣减" in worker.read(page)
    assert f'href="{page}"' in worker.get(f"/office/volunteers/{person.number}").text
    told = {"badge": beside.badge, "pin": beside.pin, "reason": "没有来"}
    assert worker.send(page, page, **told, rule="").status_code == 422
    assert worker.send(page, page, **told, rule="deduction:no_show").status_code == 302
    [taken] = list_extras(bank, volunteer_id=person.id)
    one = f"/office/extras/{taken.number}"
    assert "报名不到" in worker.read(one)
    assert worker.send(one, f"{one}/appeal", reason="我来了").status_code == 302
    assert "报名不到，扣了 5 分" in worker.read("/office/")
    # Who proposed it is told that a third person decides, and is refused all the same.
    assert "要由第三个人处理" in worker.read(one)
    form = worker.hidden(page)
    answer = {"outcome": "upheld", "answer": "有人看见"}
    assert worker.press(f"{one}/answer", form, **answer).status_code == 403
    assert third.send(one, f"{one}/answer", **answer).status_code == 302
    assert "成立，退回了" in third.read(one)
    assert make.balance(person.wallet) == 10
    assert "报名不到，扣了" not in worker.read("/office/")


def test_a_bonus_stands_on_the_persons_statement(enter: Callable[..., Visitor], make: Make) -> None:
    worker, beside = enter("worker"), standing(make)
    person = make.volunteer()
    page = f"/office/volunteers/{person.number}/extras"
    told = {"badge": beside.badge, "pin": beside.pin, "reason": "救人"}
    done = worker.send(page, page, **told, rule="bonus:commended")
    assert done.status_code == 302
    assert re.search(r"加了 30 分。 ?确认人：工作人员（监督员）", worker.read(page))
    assert make.balance(person.wallet) == 30
    assert "奖励：受表扬 30 分" in worker.read(f"/office/volunteers/{person.number}")
    assert enter("auditor").send(page, page, **told, rule="bonus:commended").status_code in (
        400,
        403,
    )
