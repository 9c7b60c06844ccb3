"""“This is not right”: from a line of the own statement to the answer on it."""

from __future__ import annotations

from datetime import datetime

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.cases import list_cases
from pointsbank.earning import approve_record, get_record
from pointsbank.foundation import SHOP_ZONE, Bank, Clock
from pointsbank.people import find_volunteer, list_proposals, pins
from tests.counter import Counter
from tests.make import Make
from tests.people.test_second_person import standing
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


class Desk:
    """Somebody on the own page with an effective record, and the office."""

    def __init__(self, app: Flask, counter: Counter, make: Make) -> None:
        self.holder = Holder(app, counter, counter.buyer())
        found = make.bank.database.read(
            lambda session: find_volunteer(session, self.holder.buyer.number)
        )
        assert found is not None
        self.person = found
        self.recorder = Visitor(app, make.bank, make.staff("worker"))
        self.third = Visitor(app, make.bank, make.staff("witness"))
        self.record = make.record(found, 120, by=self.recorder.staff, activity="巡逻")
        done = make.do(approve_record, by=make.staff().caller, record=self.record)
        self.entry = str(done.answer["entry"])
        self.holder.come()

    def says(self) -> str:
        page = f"/me/statement/{self.entry}/wrong"
        assert self.holder.send(page, page=page, says="我没有去").location == "/me/cases"
        bank = self.holder.counter.bank
        [case, *_] = list_cases(bank, today=bank.clock.today(), state="open").items
        return case.number


@pytest.fixture
def desk(app: Flask, counter: Counter, make: Make) -> Desk:
    return Desk(app, counter, make)


def test_a_line_that_is_wrong_is_said_voided_and_answered(
    desk: Desk, make: Make, bank: Bank
) -> None:
    holder, third, beside = desk.holder, desk.third, standing(make)
    assert "这不对" in holder.read("/me/statement")
    assert "哪里不对" in holder.read(f"/me/statement/{desk.entry}/wrong")
    case = desk.says()
    assert "正在查" in holder.read("/me/statement")
    assert "等答复" in holder.read(f"/me/statement/{desk.entry}")
    again = holder.send(
        f"/me/statement/{desk.entry}/wrong", page=f"/me/statement/{desk.entry}/wrong", says="真的"
    )
    assert (again.status_code, "这一笔已经在查了" in again.text) == (409, True)
    assert "1 件更正等答复" in third.read("/office/")
    assert "我没有去" in third.read("/office/cases")
    page = f"/office/cases/{case}"
    # Who recorded it is told on the page that another person answers.
    assert "要由另一个人答复" in desk.recorder.read(page)
    told = {"badge": beside.badge, "pin": beside.pin, "answer": "查了签到表，属实"}
    assert third.send(page, f"{page}/reverse", **told).location == page
    assert "查了签到表，属实" in third.read(page)
    assert get_record(bank, record=desk.record).status == "void"
    assert "有答复了" in holder.read("/me/")
    assert "查了签到表，属实" in holder.read("/me/cases")
    assert third.get(f"/office/search?q={case}").location == page


def test_nobody_stands_beside_the_screen_so_it_waits(desk: Desk, bank: Bank) -> None:
    page = f"/office/cases/{desk.says()}"
    told = {"answer": "查了签到表，属实", "waits": "yes"}
    back = f"{page}?act=reverse"
    assert desk.recorder.send(back, f"{page}/reverse", **told).location == page
    assert "有人提出撤回这一条并答复" in desk.recorder.read(page)
    assert "等第二个人" in desk.third.read("/office/cases")
    [waits] = list_proposals(bank).items
    proposal = f"/office/proposals/{waits.number}"
    assert "查了签到表，属实" in desk.third.read(proposal)
    assert desk.third.send(proposal, f"{proposal}/confirm").location == proposal
    assert get_record(bank, record=desk.record).status == "void"
    assert "查了签到表，属实" in desk.holder.read("/me/cases")


def test_who_recorded_it_has_somebody_beside_the_screen_answer(desk: Desk, make: Make) -> None:
    case, beside = desk.says(), standing(make)
    page = f"/office/cases/{case}"
    told = {"outcome": "kept", "answer": "签到签退都在"}
    refused = desk.recorder.send(page, f"{page}/answer", **told)
    assert (refused.status_code, "签到签退都在" in refused.text) == (403, True)
    shown = {"badge": beside.badge, "pin": beside.pin}
    assert desk.recorder.send(page, f"{page}/confirm", **told, **shown).location == page
    assert "没有错" in desk.holder.read("/me/cases")
    assert "再说一次" in desk.holder.read("/me/cases")


def test_a_worker_writes_it_down_from_the_statement(desk: Desk, clock: Clock, make: Make) -> None:
    person = f"/office/volunteers/{desk.person.number}"
    new = f"{person}/cases/new?line={desk.entry}"
    assert new in desk.recorder.get(person).text
    assert "哪一笔" in desk.recorder.read(new)
    path = f"{person}/cases/new"
    wrong = desk.recorder.send(new, path, line="J000099-2", says="不对")
    assert (wrong.status_code, "f-line-error" in wrong.text) == (404, True)
    made = desk.recorder.send(new, path, line=desk.entry, says="多记了一小时")
    assert "多记了一小时" in desk.recorder.read(made.location)
    assert "多记了一小时" in desk.holder.read("/me/cases")
    clock.set_now(lambda: datetime(2026, 12, 6, 10, tzinfo=SHOP_ZONE))
    again = Visitor(desk.recorder.client.application, make.bank, make.staff("admin"))
    assert "1 件更正过了日子还没答复" in again.read("/office/")
    late = "/office/cases?state=overdue"
    assert "过期 1" in again.read(late)
    assert "没有找到" in again.read(f"{late}&who=没有这个人")
    assert again.send(late, "/office/cases/days", days="7").location == "/office/cases"
    assert "7 天" in again.read(late)
    assert again.send(late, "/office/cases/days", days="0").status_code == 422


def test_it_can_be_taken_back_and_nobody_else_can(app: Flask, counter: Counter, desk: Desk) -> None:
    case = desk.says()
    other = Holder(app, counter, counter.buyer())
    other.come()
    assert other.send(f"/me/cases/{case}/withdraw").status_code == 404
    assert other.get(f"/me/statement/{desk.entry}/wrong").status_code == 404
    gone = desk.holder.send(f"/me/cases/{case}/withdraw", page="/me/cases")
    assert gone.location == "/me/cases"
    assert "本人撤回了" in desk.holder.read("/me/cases")
    assert "这不对" in desk.holder.read("/me/statement")
