"""The rulebook's pages: read in words, changed by form and by file, decided on by two."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from pointsbank.earning import (
    EXAMPLES,
    approve_record,
    get_record,
    get_rulebook,
    list_rulebooks,
    plain_document,
    read_example,
    read_rulebook,
    try_out,
    write_text,
)
from pointsbank.foundation import Bank
from pointsbank.people import pins
from pointsbank.web.portals.office.rulebook_form import (
    document_of,
    field_of,
    fields_of,
    numbered_anew,
    with_new_row,
    without_row,
)
from tests.counter import Counter
from tests.doors import create_app_for
from tests.earning.test_every_rule import EXAMPLES as EVERY_RULE
from tests.earning.test_every_rule import with_rule
from tests.make import Make
from tests.people.test_second_person import standing
from tests.web.page_visitor import Visitor

PAGE, CHANGE = "/office/rulebook", "/office/rulebook/change"
NEVER_SEEN = {
    "name": "山后村修渠办法",
    "rates": [
        {"kind": "per_time", "minutes": 45, "points": 7, "categories": ["修渠"]},
        {"kind": "per_act", "points": 4, "categories": ["送饭"]},
    ],
    "rounding": {"minutes": 15},
    "caps": [{"per": "month", "of": "points", "most": 30}],
    "validity": {"until": "years", "years": 2},
}


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The pages over a bank that has a rulebook."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))
    make.rule()
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Callable[..., Visitor]:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


@pytest.fixture
def admin(enter: Callable[..., Visitor]) -> Visitor:
    """An admin who is logged in."""
    return enter("admin")


@pytest.fixture
def earned(app: Flask, make: Make) -> None:
    """Points have been given already."""
    record = make.record(make.volunteer())
    make.do(approve_record, by=make.staff("witness").caller, record=record)


def words(answer: TestResponse) -> str:
    """What stands on a page."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def fields(starts_on: str = "2026-11-20", **parts: Any) -> dict[str, str]:
    """The form as somebody has filled it in."""
    document = read_rulebook(plain_document(**parts)).to_document()
    return fields_of(document) | {"starts_on": starts_on}


def send(visitor: Visitor, step: str, typed: dict[str, str], **more: str) -> TestResponse:
    """Press a button of the form."""
    return visitor.send(CHANGE, CHANGE, **typed, step=step, **more)


class FormReader(HTMLParser):
    """What a browser would send of the forms of a page, without pressing any button."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.within: str | None = None

    @classmethod
    def of(cls, answer: TestResponse) -> dict[str, str]:
        """The fields of a page as it came."""
        reader = cls()
        reader.feed(answer.text)
        return reader.fields

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "input" and name:
            if told.get("type") != "checkbox" or "checked" in told:
                self.fields[name] = told.get("value", "")
        elif tag in {"select", "textarea"}:
            self.within, self.fields[name] = name, ""
        elif tag == "option" and "selected" in told and self.within:
            self.fields[self.within] = told["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self.within = None

    def handle_data(self, data: str) -> None:
        if self.within and self.lasttag == "textarea":
            self.fields[self.within] = data


# ------------------------------------------------------------------------------ form and document


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_example_goes_through_the_form_unchanged(code: str) -> None:
    book = read_example(code)
    assert book.name.startswith("示例")
    assert read_rulebook(document_of(fields_of(book.to_document()))) == book


@pytest.mark.parametrize(("kind", "example"), EVERY_RULE)
def test_every_rule_goes_through_the_form_unchanged(kind: Any, example: Any) -> None:
    book = read_rulebook(with_rule(kind, example))
    assert read_rulebook(document_of(fields_of(book.to_document()))) == book


def test_rows_are_added_and_dropped_and_counted_anew() -> None:
    typed = fields(caps=[{"per": "day", "of": "minutes", "most": 480}])
    two = with_new_row(typed, "caps") | {"caps-1-most": "20", "caps-1-of": "points"}
    assert [cap["most"] for cap in document_of(two)["caps"]] == [480, 20]
    one = numbered_anew(without_row(two, "caps", "0"))
    assert document_of(one)["caps"] == [
        {"per": "day", "of": "points", "most": 20, "categories": []}
    ]
    assert one["caps-0-most"] == "20"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("rates[0].points", "rates-0-points"),
        ("multipliers.factors[1].days[3]", "multipliers-factors-1-days"),
        ("redeeming.days_of_month[0]", "redeeming-days_of_month"),
        ("rates[2].table[0].percent", "rates-2-table"),
    ],
)
def test_what_is_wrong_stands_under_its_field(path: str, field: str) -> None:
    assert field_of(path) == field


# ------------------------------------------------------------------------------------- the pages


def test_the_rulebook_in_force_is_read_in_words(admin: Visitor, counter: Counter) -> None:
    counter.goods("SOAP", price=30)
    page = admin.read(PAGE)
    for said in ("服务每小时 10 分", "公示", "巡逻 2.0 小时 2.0 小时 × 10 分 = 20 分 20", "在用"):
        assert said in page
    assert "商品SOAP 30 分，约 3 小时" in page
    english = admin.read(f"{PAGE}?lang=en")
    assert "10 points for every hour of service" in english
    assert "patrol of 2.0 h on 20 November" in english


def test_an_auditor_reads_and_changes_nothing(enter: Callable[..., Visitor]) -> None:
    auditor = enter("auditor")
    assert "改办法" not in auditor.read(PAGE)
    assert auditor.get(CHANGE).status_code == 403


def test_a_two_hour_patrol_on_1_october_is_previewed_while_typing(admin: Visitor) -> None:
    typed = fields("2027-10-01", points_per_hour=8)
    piece = admin.send(CHANGE, f"{PAGE}/preview", **typed)
    assert (piece.status_code, "<html" in piece.text) == (200, False)
    assert "10 月 1 日 巡逻 2.0 小时 2.0 小时 × 8 分 = 16 分 16" in words(piece)
    assert "服务每小时 10 分" in words(piece)
    assert "服务每小时 8 分" in words(piece)
    typed["rates-0-points"] = "八"
    wrong = words(admin.send(CHANGE, f"{PAGE}/preview", **typed))
    assert "“rates[0].points”的数不对" in wrong


def test_holidays_go_by_the_calendar_and_a_year_without_one_is_said(admin: Visitor) -> None:
    factor = {"when": "holiday", "name": "假日", "percent": 200, "weekends": True}
    typed = fields("2026-09-30", multipliers={"factors": [factor]})
    shown = words(send(admin, "look", typed))
    assert "假日（放假安排里放假的日子和双休日）：× 2" in shown
    assert "10 月 1 日 假日巡逻 2.0 小时 2.0 小时 × 10 分 × 2（假日） = 40 分 40" in shown
    nobody_knows = words(send(admin, "look", typed | {"starts_on": "2027-01-01"}))
    assert "1 月 1 日 假日巡逻 2.0 小时 还没有 2027 年的放假安排，现在算不出来 –" in nobody_knows


def test_a_patrol_is_previewed_as_what_it_is_recorded_as() -> None:
    rates = [
        {"kind": "per_time", "minutes": 60, "points": 9, "categories": ["平安综治"]},
        {"kind": "per_time", "minutes": 60, "points": 3},
    ]
    made = read_rulebook({"name": "巡逻多给", "rates": rates})
    [two_hours, *_] = try_out(made, "2026-10-01", lambda day: None, ("平安综治", "其他"))
    assert two_hours.working.points == 18


def test_what_is_wrong_is_told_under_its_field_and_nothing_is_decided(
    admin: Visitor, bank: Bank
) -> None:
    typed = fields() | {"rates-0-points": "很多", "notice-length": "99"}
    answer = send(admin, "look", typed)
    assert 'id="f-rates-0-points-error"' in answer.text
    assert 'href="#f-notice-length"' in answer.text
    assert send(admin, "decide", typed).status_code == 422
    assert len(list_rulebooks(bank)) == 1


def test_rows_come_and_go_by_buttons(admin: Visitor) -> None:
    more = send(admin, "add:rates", fields())
    assert 'name="rates-1-points"' in more.text
    assert 'id="f-rates-1-points-error"' not in more.text
    typed = fields() | {"rates-1-kind": "per_act", "rates-1-points": "5"}
    fewer = send(admin, "drop:rates-0", typed)
    assert 'name="rates-1-points"' not in fewer.text
    assert 'name="rates-0-levels"' in fewer.text


def test_before_anything_was_earned_an_admin_decides_alone_and_no_worker(
    admin: Visitor, enter: Callable[..., Visitor], bank: Bank
) -> None:
    typed = fields("2026-12-01", points_per_hour=8)
    refused = send(enter("worker"), "decide", typed)
    assert (refused.status_code, "办法由管理员定" in words(refused)) == (409, True)
    assert send(admin, "decide", typed).status_code == 302
    assert get_rulebook(bank, day="2026-12-01").hourly == 8
    assert get_rulebook(bank, day="2026-11-30").hourly == 10


@pytest.mark.usefixtures("earned")
def test_once_points_were_given_two_people_decide(
    enter: Callable[..., Visitor], make: Make, bank: Bank
) -> None:
    worker, beside = enter("worker"), standing(make)
    typed = fields("2026-11-21", points_per_hour=8)
    assert send(worker, "decide", typed).status_code == 422
    wrong = send(worker, "decide", typed, badge=beside.badge, pin="000000")
    assert wrong.status_code == 403
    assert 'value="2026-11-21"' in wrong.text
    assert "000000" not in wrong.text
    done = send(worker, "decide", typed, badge=beside.badge, pin=beside.pin)
    assert done.status_code == 302
    book = get_rulebook(bank, day="2026-11-21")
    assert (book.hourly, book.decided_by) == (8, beside.staff.actor)
    assert book.proposed_by == worker.staff.actor
    assert "确认人：工作人员（监督员）" in worker.read(PAGE)
    earlier = send(worker, "decide", fields("2026-11-19"), badge=beside.badge, pin=beside.pin)
    assert (earlier.status_code, "规则不能从 2026-11-19 起" in words(earlier)) == (409, True)
    page = worker.read(f"{PAGE}/versions/2")
    assert "比第 1 版改了什么" in page
    assert re.search(r"原来： 服务每小时 10 分 .*改成： 服务每小时 8 分", page)


@pytest.mark.usefixtures("earned")
def test_a_rulebook_never_seen_before_is_loaded_previewed_and_used(
    enter: Callable[..., Visitor], make: Make, bank: Bank
) -> None:
    worker, beside = enter("worker"), standing(make)
    file = (io.BytesIO(json.dumps(NEVER_SEEN).encode()), "办法.json")
    shown = worker.client.post(f"{PAGE}/load", data={**worker.hidden(CHANGE), "file": file})
    assert shown.status_code == 200
    page = words(shown)
    assert "修渠 1.0 小时 1.0 小时，每 45 分钟 7 分 = 9 分（不足 1 分舍去） 9" in page
    assert "送饭 1 次 × 4 分 = 4 分" in page
    # A slip of the pen in a category would pay nobody, and a category without a rate does not.
    assert "本处没有的类别：修渠、送饭。" in page
    assert "不给积分的类别：社区服务、扶贫减贫、支教助学、卫生健康 等 20 类。" in page
    assert len(list_rulebooks(bank)) == 1
    typed = FormReader.of(shown) | {"badge": beside.badge, "pin": beside.pin}
    assert worker.press(CHANGE, {}, **typed | {"step": "decide"}).status_code == 302
    volunteer, witness = make.volunteer(), make.staff("witness").caller
    gained = []
    for category, minutes in (("修渠", 100), ("送饭", 5), ("修渠", 90), ("别的", 60)):
        record = make.record(volunteer, minutes, category=category, served_on="2026-11-20")
        make.do(approve_record, by=witness, record=record)
        gained.append(get_record(bank, record=record).points)
    # 14 and 4, and of the next 14 only 12 fit under the month's 30.
    assert gained == [14, 4, 12, 0]
    exported = worker.get(f"{PAGE}/versions/2.json")
    assert exported.headers["Content-Disposition"].endswith("rulebook-2.json")
    assert exported.get_json() == json.loads(write_text(read_rulebook(NEVER_SEEN)))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"\xff\xd8\xff", "这不是一份积分办法"),
        (b'{"name": "x",\n "rates": [}', "第 2 行第 12 个字起读不下去"),
        (b'{"name": "x", "rates": [{"kind": "per_time", "pionts": 3}]}', "“rates[0].points”没有写"),
    ],
)
def test_a_file_that_is_wrong_is_not_read_in(admin: Visitor, file: bytes, said: str) -> None:
    data = {**admin.hidden(CHANGE), "file": (io.BytesIO(file), "x.json")}
    answer = admin.client.post(f"{PAGE}/load", data=data)
    assert (answer.status_code, said in words(answer)) == (422, True)


def test_all_that_is_wrong_with_a_file_is_told_at_once(admin: Visitor) -> None:
    file = json.dumps({"name": "", "rates": [], "capz": []}).encode()
    data = {**admin.hidden(CHANGE), "file": (io.BytesIO(file), "x.json")}
    page = words(admin.client.post(f"{PAGE}/load", data=data))
    assert "这个文件有 3 处不对" in page
    assert "“capz”是多出来的一项" in page


def test_a_version_that_is_not_there_is_not_found(admin: Visitor) -> None:
    assert admin.get(f"{PAGE}/versions/9").status_code == 404
    assert admin.get(f"{PAGE}/versions/9.json").status_code == 404
