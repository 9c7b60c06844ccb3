"""What the nights have found, in the office: read, followed to its records, closed."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from pointsbank.findings import count_findings, look_for_findings
from pointsbank.foundation import NIGHT
from tests.findings.test_findings import times
from tests.make import Make
from tests.web.page_visitor import Visitor


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


def test_what_was_found_is_read_followed_and_closed(app: Flask, make: Make) -> None:
    bank, recorder = make.bank, make.staff("worker")
    worker, own = Visitor(app, bank, make.staff("worker")), Visitor(app, bank, recorder)
    assert "没有要看的" in worker.read("/office/findings")
    person = make.volunteer()
    first = make.record(person, 300, by=recorder, activity="巡逻", **times("08:00", "13:00"))
    make.record(person, 300, by=recorder, activity="清扫", **times("09:00", "14:00"))
    for place in range(10):
        make.record(make.volunteer(), 30 + place, source="manual", team="手工队")
    look_for_findings(bank, by=NIGHT)
    assert "3 处服务记录要看一看" in worker.read("/office/")
    page = worker.get("/office/findings").text
    for said in (
        "“巡逻”和“清扫”的时间重叠",
        "一天 2 条，一共 10.00 小时",
        "手工队 2026-11 月的 10 条里",
    ):
        assert said in page
    numbers = re.findall(r'href="(/office/findings/W[^"]+)"', page)
    for one in numbers:
        text = worker.get(one).text
        for link in re.findall(r'href="(/office/service[^"]+)"', text):
            assert worker.get(link.replace("&amp;", "&")).status_code == 200
    [overlap] = re.findall(
        r'href="(/office/findings/W[^"]+)"', worker.get("/office/findings?kind=overlap").text
    )
    assert first in worker.read(overlap)
    assert own.send(overlap, f"{overlap}/look", remark="没有错").status_code == 403
    done = worker.send(overlap, f"{overlap}/look", remark="问过组长，时间写错了")
    assert done.location == "/office/findings"
    assert "问过组长，时间写错了" in worker.read("/office/findings?show=looked")
    assert "问过组长，时间写错了" in worker.read(overlap)
    assert count_findings(bank) == 2
    admin = Visitor(app, bank, make.staff("admin"))
    told = {"finding_day_minutes": "600", "finding_soon_minutes": "30"}
    told |= {"finding_manual_percent": "50", "finding_manual_least": "10"}
    send = "/office/findings/numbers"
    wrong = admin.send("/office/findings", send, **told, finding_pair_least="0")
    assert wrong.status_code == 422
    done = admin.send("/office/findings", send, **told, finding_pair_least="20")
    assert done.location == "/office/findings"
