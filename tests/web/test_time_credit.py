"""Time credit where people read it: a record, a person's file, the books, the own page."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.earning import approve_record
from pointsbank.foundation import Bank
from pointsbank.people import pins
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import Make
from tests.web.page_visitor import Visitor
from tests.web.test_me import Holder, volunteer_of

CARE = "关爱特殊群体"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The pages over a bank that is open for business."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))
    return create_app_for(bank, secure=False)


def test_where_none_is_kept_nobody_reads_of_it(app: Flask, counter: Counter, make: Make) -> None:
    make.rule()
    me = Holder(app, counter, counter.buyer())
    me.come()
    record = make.record(volunteer_of(me))
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    worker = Visitor(app, make.bank, make.staff("worker"))
    assert "时间储蓄" not in me.read()
    assert "时间储蓄" not in worker.read(f"/office/volunteers/{me.buyer.number}")
    assert "时间储蓄" not in worker.read("/office/books")
    assert "还没有攒下时间" in me.read("/me/time")


def test_it_stands_apart_from_points_and_hours(app: Flask, counter: Counter, make: Make) -> None:
    ratios = [{"category": CARE, "percent": 150}]
    make.rule(time_credit={"kept": True, "ratios": ratios})
    me = Holder(app, counter, counter.buyer())
    me.come()
    record = make.record(volunteer_of(me), 120, category=CARE, activity="陪护")
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    home = me.read()
    assert "20 分" in home
    assert "时间储蓄 3.00 小时" in home
    lines = me.read("/me/time")
    assert "陪护" in lines
    assert "3.00 小时" in lines
    assert "陪护" in me.read("/me/statement")
    worker = Visitor(app, make.bank, make.staff("worker"))
    assert "2.0 小时 × 1.5 = 3.0 小时" in worker.read(f"/office/service/{record}")
    assert "时间储蓄 3.00 小时" in worker.read(f"/office/volunteers/{me.buyer.number}")
    assert "时间储蓄（分钟）" in worker.read("/office/books")
    journal = worker.read("/office/journal?of=TCM")
    assert "时间储蓄：2.0 小时 × 1.5 = 3.0 小时" in journal
