"""Paper booklets at the office: written down, compared by another, read on the volunteer's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.earning import list_openings
from pointsbank.earning.booklets import opening_number
from pointsbank.foundation import Bank
from pointsbank.people import VolunteerRef, pins
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import Make
from tests.people.test_second_person import standing
from tests.web.page_visitor import Visitor
from tests.web.test_imports import Desk

LIST, NEW = "/office/booklets", "/office/booklets/new"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The pages over a bank that is open for business."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))
    make.rule()
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Callable[..., Visitor]:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


def typed(person: VolunteerRef, **told: Any) -> dict[str, str]:
    """What somebody fills in."""
    fields = {
        "who": person.number,
        "booklet": "0012",
        "points": "120",
        "hours": "60.5",
        "kept_until": "2026-10-31",
        "scan": "0012-p9",
        "words": "有水渍",
    }
    return fields | told


def test_from_the_booklet_to_the_statement(
    enter: Callable[..., Visitor], make: Make, bank: Bank
) -> None:
    worker, second = enter("worker"), enter("witness")
    person = make.volunteer()
    assert "没有等核对的存折" in worker.read(LIST)
    assert worker.send(NEW, NEW, **typed(person, points="", hours="")).status_code == 422
    assert worker.send(NEW, NEW, **typed(person, scan="张三的存折")).status_code == 422
    answer = worker.send(NEW, NEW, **typed(person))
    one = str(answer.location)
    assert "要由别人核对" in worker.read(one)
    assert "1 本存折等人核对" in second.read("/office/")
    shown = second.read(one)
    assert "有水渍" in shown
    assert "60.50 小时" in shown
    assert second.send(one, f"{one}/confirm").status_code == 302
    assert make.balance(person.wallet) == 120
    assert "入账 +120 分" in second.read(one)
    [row] = list_openings(bank).items
    told = second.read(f"/office/journal/{row.entry}")
    assert f"存折旧账 {row.number}" in told
    file = second.read(f"/office/volunteers/{person.number}")
    assert "存折旧账：存折 0012，扫描件 0012-p9，记到 2026-10-31，120 分" in file
    assert "60.50 小时" in file
    again = worker.send(NEW, NEW, **typed(person))
    assert (again.status_code, "存折 0012 登记过了" in again.text) == (409, True)
    assert "等核对" not in worker.read(f"{LIST}?status=all&words=0012").split("全部")[1]


def test_a_page_of_booklets_is_confirmed_at_once_and_by_whoever_stands_beside(
    enter: Callable[..., Visitor], make: Make
) -> None:
    worker, second, beside = enter("worker"), enter("witness"), standing(make)
    people = [make.volunteer() for _ in range(3)]
    for place, person in enumerate(people):
        worker.send(NEW, NEW, **typed(person, booklet=f"A{place}"))
    numbers = [opening_number(place) for place in (1, 2, 3)]
    done = worker.send(LIST, f"{LIST}/confirm", openings=" ".join(numbers[:2]))
    assert done.status_code == 302
    assert "核对了 0 本，入账 0 分；跳过 2 本" in worker.read(LIST)
    told = {"badge": beside.badge, "pin": beside.pin, "openings": numbers[0]}
    assert worker.send(LIST, f"{LIST}/beside", **told).status_code == 302
    assert make.balance(people[0].wallet) == 120
    page = second.get(LIST).text
    assert "这 2 本入账" in page
    second.send(LIST, f"{LIST}/confirm", openings=" ".join(numbers[1:]))
    assert [make.balance(one.wallet) for one in people] == [120] * 3


def test_sent_back_or_taken_back_it_may_be_brought_again(
    enter: Callable[..., Visitor], make: Make
) -> None:
    worker, second, beside = enter("worker"), enter("witness"), standing(make)
    person = make.volunteer()
    one = str(worker.send(NEW, NEW, **typed(person)).location)
    assert second.send(one, f"{one}/decline", reason="").status_code == 422
    assert second.send(one, f"{one}/decline", reason="不是这一页").status_code == 302
    assert "不是这一页" in worker.read(one)
    two = str(worker.send(NEW, NEW, **typed(person)).location)
    second.send(two, f"{two}/confirm")
    told = {"badge": beside.badge, "pin": beside.pin}
    assert worker.send(two, f"{two}/take-back", reason="", **told).status_code == 422
    assert worker.send(two, f"{two}/take-back", reason="抄错了", **told).status_code == 302
    assert make.balance(person.wallet) == 0
    assert "抄错了" in second.read(two)
    assert "撤回了" in second.read(f"{LIST}?status=taken_back")
    assert "登记一本" not in enter("auditor").read(LIST)


def test_a_list_is_uploaded_and_waits_like_the_others(app: Flask, make: Make, bank: Bank) -> None:
    desk = Desk(app, bank, make.staff("worker"))
    desk.app = app
    person = make.volunteer(name="欧阳娜娜")
    head = "志愿者编号,姓名,存折号,积分,时长,最后一笔日期,扫描件\n"
    text = head + f"{person.number},欧阳娜娜,0012,120,60.5,2026-10-31,p9\n"
    page = desk.brought(text, kind="booklets")
    shown = desk.read(page)
    assert "欧** 0012 120 60 小时 30 分钟 2026-10-31 p9" in shown
    assert list_openings(bank).total == 0
    desk.send(page, f"{page}/take", how="all")
    desk.work()
    assert "收好了：新收 1 行" in desk.read(page)
    assert [row.status for row in list_openings(bank).items] == ["waiting"]
