"""What else was true of a service: said on the form or in a list, and counted by the rulebook."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from pointsbank.earning import TagUnknown, approve_record, get_record, import_hours, list_records
from pointsbank.foundation import Bank, Caller
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import Make
from tests.web.page_visitor import Visitor

RULES: dict[str, Any] = {
    "multipliers": {
        "combine": "highest",
        "factors": [
            {"when": "tag", "name": "专业", "percent": 150},
            {"when": "tag", "name": "应急", "percent": 200},
        ],
    },
    "rates": [
        {"kind": "per_time", "minutes": 60, "points": 10},
        {"kind": "per_time", "minutes": 60, "points": 5, "categories": ["环境保护"]},
    ],
}
HEADINGS = "志愿者编号,志愿者姓名,项目名称,开始时间,结束时间,录入时长,录入方式,特别情况\n"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """How a text is kept does not differ between the databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter) -> Flask:
    """The pages over a bank that is open for business."""
    return create_app_for(bank, secure=False)


def test_a_tag_counts_as_the_rulebook_says(make: Make, bank: Bank) -> None:
    make.rule(**RULES)
    record = make.record(make.volunteer(), 120, tags=["应急", "专业"])
    done = make.do(approve_record, by=make.staff("witness").caller, record=record)
    assert done.answer["points"] == 40
    found = get_record(bank, record=record)
    assert (found.tags, found.working) == ("专业、应急", "2.0 小时 × 10 分 × 2（应急） = 40 分")


def test_a_tag_of_which_no_rule_speaks_is_refused(make: Make) -> None:
    make.rule(**RULES)
    with pytest.raises(TagUnknown) as refusal:
        make.record(make.volunteer(), 120, source="manual", tags=["紧急"])
    assert refusal.value.facts == {"tag": "紧急", "known": "专业、应急"}


def test_a_list_says_it_in_a_column(make: Make, bank: Bank) -> None:
    make.rule(**RULES)
    make.volunteer(name="张三", number="7")
    row = "7,张三,救灾,2026-11-1{} 9:00,2026-11-1{} 11:00,2,签到,{}\n"
    by = Caller(actor=make.staff().actor, client="command")
    text = HEADINGS + row.format(0, 0, "专业，应急") + row.format(1, 1, "急") + row.format(2, 2, "")
    told = import_hours(bank, by, text.encode(), "hours.csv", take_good=True)
    assert [(one.row, one.code) for one in told.problems] == [(3, "earning.tag_unknown")]
    assert [one.tags for one in list_records(bank).items] == [None, "专业、应急"]


def test_the_form_asks_for_category_and_tags(app: Flask, make: Make, bank: Bank) -> None:
    make.rule(**RULES, counts_manual=True)
    worker, person = Visitor(app, bank, make.staff("worker")), make.volunteer()
    page = "/office/service/new"
    assert 'name="tag-应急"' in worker.get(page).text
    told = {
        "who": person.number,
        "activity": "清淤",
        "hours": "2",
        "served_on": "2026-11-18",
        "category": "环境保护",
        "tag-应急": "1",
    }
    looked = worker.send(page, page, step="look", **told)
    assert "2.0 小时 × 5 分 × 2（应急） = 20 分" in looked.text
    assert 'name="tag-应急" value="1" checked' in looked.text
    done = worker.send(page, page, step="record", **told)
    shown = worker.read(str(done.location))
    assert "服务类别 环境保护 还有什么情况 应急" in shown
