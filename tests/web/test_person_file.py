"""A volunteer's file in the office, and the same person's own view of it."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import text

from pointsbank.earning import approve_record
from pointsbank.people import VolunteerRef, erase_volunteer
from pointsbank.recognition import get_blocks, note_award, note_evaluation, note_training
from tests.counter import Counter
from tests.make import Make
from tests.web.page_visitor import Visitor
from tests.web.test_me import Holder, quick

__all__ = ["quick"]
pytestmark = pytest.mark.parametrize("bank_url", ["sqlite"], indirect=True)
TRAINING = {"block": "training", "subject": "急救", "organiser": "区红十字会", "hours": "2.5"}
AWARD = {"block": "award", "name": "最美志愿者", "given_by": "晴川街道", "given_on": "2026-11-01"}
MARKS = {"punctuality": "5", "attitude": "4", "skill": "3"}
EVALUATION = {"block": "evaluation", "evaluator": "三号楼住户", "remark": "早到", **MARKS}


@pytest.fixture
def person(counter: Counter) -> VolunteerRef:
    """Somebody with two hours of service."""
    make = counter.make
    made = make.volunteer(name="慕容拾遗", phone="19900002877", area="三号楼", born="1958")
    make.do(approve_record, by=make.staff("witness").caller, record=make.record(made, 119))
    return made


@pytest.fixture
def worker(app: Flask, counter: Counter) -> Visitor:
    """A worker who is logged in."""
    return Visitor(app, counter.bank, counter.make.staff("worker"))


def address(person: VolunteerRef) -> str:
    return f"/office/volunteers/{person.number}/file"


def test_the_file_has_five_blocks_and_a_masked_name(worker: Visitor, person: VolunteerRef) -> None:
    assert address(person) in worker.get(f"/office/volunteers/{person.number}").text
    said = worker.read(address(person))
    blocks = ("个人基本信息", "志愿服务情况", "培训情况", "表彰奖励情况", "评价情况")
    assert all(block in said for block in blocks)
    assert "累计 1.98 小时，其中补录 0.00 小时；1 次。" in said
    assert ("慕**" in said, "慕容拾遗" in said, "2877" in said) == (True, False, True)
    shown = worker.send(address(person), f"{address(person)}/name")
    assert "慕容拾遗" in shown.text
    assert "慕容拾遗" not in worker.read(address(person))


def test_a_worker_takes_the_data_for_the_person_and_both_are_written_down(
    app: Flask, counter: Counter, worker: Visitor, person: VolunteerRef
) -> None:
    page = address(person)
    answer = worker.send(page, f"{page}/data")
    told = json.loads(answer.data)
    assert (told["person"]["name"], told["minutes_served"]["attended"]) == ("慕容拾遗", 119)
    assert "attachment" in answer.headers["Content-Disposition"]
    asked = text(
        "SELECT actor, for_whom FROM receipt JOIN receipt_outcome ON receipt_id = receipt.id"
        " WHERE operation = 'people.give_data'"
    )
    taken = counter.bank.database.read(lambda session: session.rows(asked))
    assert [tuple(one) for one in taken] == [(worker.staff.caller.actor, person.holder)]
    witness = Visitor(app, counter.bank, counter.make.staff("witness"))
    assert witness.send(page, f"{page}/data").status_code == 403


def test_lines_are_noted_by_form_and_struck_out(
    worker: Visitor, person: VolunteerRef, counter: Counter
) -> None:
    friend = counter.make.volunteer(name="欧阳同来")
    page, lines = address(person), f"{address(person)}/lines"
    assert (
        worker.send(page, lines, **TRAINING, others=f"欧阳同来\n{friend.number}").location == page
    )
    assert worker.send(page, lines, **AWARD).status_code == 302
    assert worker.send(page, lines, **EVALUATION).status_code == 302
    assert "急救" in worker.read(address(friend))
    said = worker.read(page)
    assert "2.50" in said
    assert all(word in said for word in ("区红十字会", "最美志愿者", "三号楼住户", "早到", "很好"))
    [training] = get_blocks(counter.bank, volunteer_id=person.id).trainings
    strike = {"of_block": "training", "line": str(training.id), "reason": "记重了"}
    assert worker.send(page, f"{page}/strike", **strike).location == page
    assert "记重了" in worker.read(page)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({**TRAINING, "hours": "两个半"}, "hours"),
        ({**TRAINING, "subject": ""}, "subject"),
        ({**TRAINING, "others": "没有这人"}, "others"),
        ({**AWARD, "alike": "没有这人"}, "alike"),
        ({**EVALUATION, "skill": "6"}, "skill"),
    ],
)
def test_what_cannot_be_read_comes_back_in_its_own_open_form(
    worker: Visitor, person: VolunteerRef, fields: dict[str, str], wrong: str
) -> None:
    answer = worker.send(address(person), f"{address(person)}/lines", **fields)
    assert answer.status_code in {404, 422}
    assert f'id="f-{wrong}-error"' in answer.text
    assert answer.text.count('<details class="more no-print" open>') == 1


def test_a_refusal_without_a_field_is_said_above(worker: Visitor, person: VolunteerRef) -> None:
    answer = worker.send(
        address(person), f"{address(person)}/lines", **{**AWARD, "given_on": "2027-01-01"}
    )
    assert (answer.status_code, "日期还没到" in answer.text) == (422, True)
    answer = worker.send(address(person), f"{address(person)}/lines", block="none")
    assert (answer.status_code, "没有选是哪一栏" in answer.text) == (422, True)


def test_an_auditor_reads_and_nobody_writes_about_the_forgotten(
    app: Flask, worker: Visitor, person: VolunteerRef, counter: Counter
) -> None:
    auditor = Visitor(app, counter.bank, counter.make.staff("auditor"))
    assert "记一次培训" not in auditor.read(address(person))
    counter.make.do(erase_volunteer, number=person.number)
    said = worker.read(address(person))
    assert ("已注销" in said, "记一次培训" in said) == (True, False)


def fill(make: Make, number: str) -> None:
    day = "2026-11-18"
    make.do(
        note_training,
        numbers=[number],
        subject="急救",
        organiser="红十字会",
        held_on=day,
        minutes=150,
    )
    make.do(note_award, numbers=[number], name="最美志愿者", given_by="晴川街道", given_on=day)
    marks = {"punctuality": 5, "attitude": 4, "skill": 3, "evaluator": "住户"}
    make.do(note_evaluation, number=number, evaluated_on=day, **marks)


def test_one_reads_the_own_file_and_takes_it_home(app: Flask, counter: Counter) -> None:
    holder = Holder(app, counter, counter.buyer())
    holder.come()
    assert "还没有培训记录" in holder.read("/me/file")
    fill(counter.make, holder.buyer.number)
    said = holder.read("/me/file")
    assert all(word in said for word in ("急救", "2.50 小时", "最美志愿者", "守时程度 很好"))
    told = json.loads(holder.send("/me/data", pin=holder.pin).data)["file"]
    assert told["trainings"][0]["subject"] == "急救"
    assert told["awards"][0]["name"] == "最美志愿者"
    assert told["evaluations"][0]["skill"] == 3
