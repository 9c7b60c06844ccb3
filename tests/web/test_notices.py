"""From record to point by the office's pages: notice, objection, calendar, and the public page."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.earning import (
    count_marks,
    get_record,
    lapse_all,
    list_calendars,
    list_notices,
    list_objections,
)
from pointsbank.foundation import Bank
from pointsbank.people import StaffRow, pins
from tests.books import books_are_right
from tests.counter import Counter
from tests.doors import create_app_for
from tests.earning.wall import Wall
from tests.make import Make
from tests.people.test_second_person import standing
from tests.web.page_visitor import Visitor

Enter = Callable[[StaffRow], Visitor]


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def wall(make: Make, counter: Counter) -> Wall:
    """A shop in which a notice hangs for three working days."""
    assert counter
    wall = Wall(make, review={"within_days": 10})
    wall.at("2026-09-30")
    return wall


@pytest.fixture
def app(bank: Bank, wall: Wall) -> Flask:
    assert wall
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank) -> Enter:
    return lambda staff: Visitor(app, bank, staff)


def test_a_worker_brings_records_to_the_wall_and_home(
    wall: Wall, enter: Enter, bank: Bank, make: Make
) -> None:
    volunteer = make.volunteer(name="欧阳娜娜")
    record = make.record(volunteer, by=wall.recorder, activity="巡逻", served_on="2026-09-29")
    reviewer, worker = enter(wall.reviewer), enter(wall.third)
    page = f"/office/service/{record}"
    assert reviewer.send(page, f"{page}/approve").status_code == 302
    assert "认定了，公示后入账：2.0 小时 × 10 分 = 20 分" in reviewer.read(page)
    assert "1 条认定过的等公示" in worker.read("/office/")
    said = worker.read("/office/notices")
    assert "1 条，今天贴出，公示到 2026-10-10（3 个工作日，今天不算）" in said
    answer = worker.send("/office/notices", "/office/notices")
    assert answer.location.endswith("/office/notices/2026-1")
    sheet = worker.read("/office/notices/2026-1")
    for told in ("欧**", volunteer.number, "+20", "027-84840000", "盖章处", "2026-09-30 至"):
        assert told in sheet, told
    assert "还没记张贴" in worker.read("/office/notices")
    hung = worker.send("/office/notices/2026-1", "/office/notices/2026-1/hung", on="2026-09-30")
    assert hung.status_code == 302
    wall.at("2026-10-10")
    worker = enter(wall.third)
    assert "第 2026-1 期今天最后一天" in worker.read("/office/")
    wall.at("2026-10-11")
    worker = enter(wall.third)
    assert "第 2026-1 期到期了，等入账" in worker.read("/office/")
    worker.send("/office/notices/2026-1", "/office/notices/2026-1/effective")
    assert "1 条生效了，入账 20 分" in worker.read("/office/notices/2026-1")
    life = worker.read(page)
    for told in ("积分办法第 1 版", "第 2026-1 期公示", "入账 +20 分", "2026-10-11"):
        assert told in life, told
    down = worker.send(
        "/office/notices/2026-1", "/office/notices/2026-1/taken-down", on="2026-10-11"
    )
    assert down.status_code == 302
    assert make.balance(volunteer.wallet) == 20
    books_are_right(bank)


def test_those_that_are_shown_are_hung_and_a_mistake_is_taken_back(
    wall: Wall, enter: Enter, bank: Bank
) -> None:
    first, second = (wall.reviewed(served_on="2026-09-29") for _ in range(2))
    worker = enter(wall.third)
    listed = worker.read("/office/service?status=reviewed")
    assert "公示这 2 条" in listed
    assert "等公示 2" in listed
    worker.send(f"/office/service/{first}", f"/office/service/{first}/take-back")
    assert wall.status(first) == "pending"
    page = "/office/service?status=reviewed"
    worker.send(page, "/office/notices", records=second, starts_on="2026-10-08")
    [(notice, _)] = list_notices(bank).items
    assert (notice.starts_on, notice.last_day) == ("2026-10-08", "2026-10-12")
    refused = worker.send("/office/notices/2026-1", "/office/notices/2026-1/withdraw", reason="")
    assert refused.status_code == 422
    worker.send("/office/notices/2026-1", "/office/notices/2026-1/withdraw", reason="日期写错")
    assert "已作废" in worker.read("/office/notices")
    assert wall.status(second) == "reviewed"


def test_an_objection_is_decided_by_a_third_person_or_beside_the_screen(
    wall: Wall, enter: Enter, bank: Bank, make: Make
) -> None:
    record = wall.reviewed(served_on="2026-09-29", activity="巡逻")
    desk, recorder = enter(wall.third), enter(wall.recorder)
    page = f"/office/service/{record}"
    said = desk.send(page, f"{page}/object", reason="那天她在外地")
    number = list_objections(bank).items[0].number
    assert said.location.endswith(f"/office/objections/{number}")
    assert "1 条异议等处理" in desk.read("/office/")
    assert "那天她在外地" in desk.read("/office/objections")
    own = f"/office/objections/{number}"
    assert "要由另一个人处理" in recorder.read(own)
    told = {"outcome": "corrected", "answer": "查了签到", "hours": ""}
    refused = recorder.send(own, f"{own}/decide", **told | {"hours": "1.5"})
    assert refused.status_code == 403
    assert desk.send(own, f"{own}/decide", **told).status_code == 422
    beside = standing(make)
    done = recorder.send(
        own,
        f"{own}/confirm",
        **told | {"hours": "1.5", "badge": beside.badge, "pin": beside.pin},
    )
    [row] = list_objections(bank).items
    assert (row.outcome, row.decided_by) == ("corrected", beside.staff.actor)
    new = bank.database.read(lambda session: row.new_record_id)
    assert new is not None
    assert done.status_code == 302
    assert "改了时长，另记一条" in desk.read(own)
    assert "异议成立" not in desk.read("/office/objections")
    assert get_record(bank, record=record).status == "rejected"
    books_are_right(bank)


def test_a_lapsed_record_is_taken_up_and_a_complaint_written_down(
    wall: Wall, enter: Enter, bank: Bank, make: Make
) -> None:
    volunteer = make.volunteer()
    old = make.record(volunteer, by=wall.recorder, served_on="2026-09-29")
    good = wall.reviewed(volunteer, served_on="2026-09-28")
    wall.at("2026-10-20")
    lapse_all(bank, by=wall.third.caller)
    worker = enter(wall.third)
    assert "已失效 1" in worker.read("/office/service?status=lapsed")
    page = f"/office/service/{old}"
    assert worker.send(page, f"{page}/take-up", reason="").status_code == 422
    worker.send(page, f"{page}/take-up", reason="放假耽误了")
    life = worker.read(page)
    assert "没人认定，失效" in life
    assert "放假耽误了" in life
    beside = standing(make)
    told = {"reason": "没有上门", "badge": beside.badge, "pin": beside.pin}
    about = f"/office/service/{good}/complaint"
    assert worker.send(about, about, **told).status_code == 302
    marks = bank.database.read(lambda session: count_marks(session, volunteer.id))
    assert marks == {"complaint": 1}


def test_a_year_of_holidays_is_ticked_or_taken_from_a_file(
    wall: Wall, enter: Enter, bank: Bank
) -> None:
    wall.at("2026-12-30")
    worker = enter(wall.third)
    wall.reviewed()
    assert "还没有 2027 年的放假安排" in worker.read("/office/")
    said = worker.read("/office/notices")
    assert "还没有 2027 年的放假安排，不知道哪天是工作日，公示不能开。" in said
    year = "/office/calendar?year=2027"
    refused = worker.send(year, "/office/notices")
    assert refused.status_code == 409
    assert worker.send(year, "/office/calendar/2027").status_code == 422
    ticks = {"day-2027-01-01": "1", "day-2027-01-03": "1"}
    assert worker.send(year, "/office/calendar/2027", **ticks).status_code == 302
    kept = list_calendars(bank)[-1]
    assert kept.kinds == {"2027-01-01": "off", "2027-01-03": "work"}
    checked = re.findall(r'name="(day-[0-9-]+)" value="1" checked', worker.get(year).text)
    assert checked == sorted(ticks)
    rows = [{"name": "元旦", "date": f"2027-01-0{n}", "isOffDay": True} for n in (1, 2, 3)]
    for text, status in (("{}", 422), (json.dumps({"year": 2027, "days": rows}), 302)):
        file = (io.BytesIO(text.encode()), "2027.json")
        hidden = worker.hidden(year)
        sent = worker.client.post("/office/calendar/2027/file", data={**hidden, "file": file})
        assert sent.status_code == status, text
    assert list(list_calendars(bank)[-1].kinds) == ["2027-01-01", "2027-01-02", "2027-01-03"]
    # The weekend within the holiday stays, though only weekdays can be ticked as days off.
    ticked = {"day-2027-01-01": "1", "day-2027-02-08": "1"}
    worker.send(year, "/office/calendar/2027", **ticked)
    assert list(list_calendars(bank)[-1].kinds) == [
        "2027-01-01",
        "2027-01-02",
        "2027-01-03",
        "2027-02-08",
    ]
    assert worker.send("/office/notices", "/office/notices").status_code == 302


def test_everybody_reads_the_notice_where_it_is_shown_and_nobody_is_named_who_asked(
    wall: Wall, app: Flask, enter: Enter, make: Make
) -> None:
    shy = make.volunteer(name="李不言", phone="13900001111")
    wall.hang(wall.reviewed(shy, served_on="2026-09-29"), wall.reviewed(served_on="2026-09-29"))
    passer_by, admin = app.test_client(), enter(make.staff("admin", "worker"))
    assert "公示贴在店里的墙上" in passer_by.get("/notice/").text
    admin.send("/office/notices", "/office/notices/shown", shown="yes")
    page = f"/office/volunteers/{shy.number}"
    assert "写编号和 李**" in admin.read(page)
    admin.send(page, f"{page}/naming", unnamed="yes")
    assert "只写编号，本人不愿写姓名" in admin.read(page)
    shown = passer_by.get("/notice/").text
    for told in ("王**", shy.number, "2026-10-10", "027-84840000", "记录编号"):
        assert told in shown, told
    for secret in ("李**", "不言", "13900001111", "盖章处"):
        assert secret not in shown, secret
    wall.at("2026-10-11")
    assert "现在没有在公示的服务时长" in passer_by.get("/notice/").text
    admin = enter(admin.staff)
    admin.send("/office/notices", "/office/notices/shown")
    assert "公示贴在店里的墙上" in passer_by.get("/notice/").text
    assert "Notices hang on the wall" in passer_by.get("/notice/?lang=en").text
