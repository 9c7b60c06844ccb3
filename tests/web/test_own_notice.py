"""Own service on the public notice: read on the own page, and said to be wrong before it counts."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.earning import ObjectionOpen, RecordUnknown, count_objections, object_to_own_record
from pointsbank.foundation import Bank, Caller
from pointsbank.people import pins
from tests.counter import Counter
from tests.doors import create_app_for
from tests.earning.wall import Wall
from tests.make import Make
from tests.web.page_visitor import Visitor
from tests.web.test_me import Holder, volunteer_of


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The pages over a bank that is open for business."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))
    return create_app_for(bank, secure=False)


def test_an_own_record_is_said_to_be_wrong_before_it_counts(
    app: Flask, counter: Counter, make: Make, bank: Bank
) -> None:
    wall = Wall(make)
    me = Holder(app, counter, counter.buyer())
    me.come()
    assert "现在没有在公示的服务" in me.read("/me/notice")
    mine = wall.reviewed(volunteer_of(me), activity="陪护")
    others = wall.reviewed(activity="巡逻")
    assert "等公示" in me.read("/me/notice")
    wall.hang(mine, others)
    shown = me.read("/me/notice")
    assert "公示到 2026-11-25" in shown
    assert "巡逻" not in shown
    assert "小时还没入账" in me.read("/me/")
    page = "/me/notice"
    assert me.send(f"{page}/{mine}/wrong", page, reason=" ").status_code == 422
    assert me.send(f"{page}/{others}/wrong", page, reason="不对").status_code == 404
    assert me.send(f"{page}/{mine}/wrong", page, reason="我做了三个小时").status_code == 302
    assert "正在查" in me.read(page)
    assert count_objections(bank) == 1
    third = Visitor(app, bank, wall.third)
    assert "我做了三个小时" in third.read("/office/objections")


def test_it_is_said_once_and_of_nobody_elses(make: Make) -> None:
    wall = Wall(make)
    person, other = make.volunteer(), make.volunteer()
    record = wall.reviewed(person)
    wall.hang(record)
    told = {"record": record, "reason": "不对"}
    callers = [Caller(actor=one.holder, client=one.holder) for one in (person, other)]
    with pytest.raises(RecordUnknown):
        make.do(object_to_own_record, by=callers[1], **told)
    make.do(object_to_own_record, by=callers[0], **told)
    with pytest.raises(ObjectionOpen):
        make.do(object_to_own_record, by=callers[0], **told)
