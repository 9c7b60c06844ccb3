"""Lists by upload, as the people at the desk bring them, and as nobody should."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from werkzeug.test import TestResponse

from pointsbank.foundation import Bank
from pointsbank.imports import get_upload, list_uploads
from pointsbank.people import list_volunteers
from pointsbank.web.importing import worker_of
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import Make
from tests.web.page_visitor import Visitor

Enter = Callable[..., "Desk"]
PEOPLE = "志愿者编号,姓名,手机,所属队伍\n"
NEW = "/office/imports/new"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Desk(Visitor):
    """A member of staff who brings files, and a server that works when it is told to."""

    app: Flask

    def bring(
        self, data: str | bytes, name: str = "名单.csv", kind: str = "volunteers", **fields: str
    ) -> TestResponse:
        """Choose a kind and a file, and press the button."""
        content = data.encode() if isinstance(data, str) else data
        form: dict[str, Any] = {**self.hidden(NEW), "kind": kind, **fields}
        form["file"] = (io.BytesIO(content), name)
        return self.client.post(NEW, data=form, content_type="multipart/form-data")

    def brought(self, data: str | bytes, name: str = "名单.csv", kind: str = "volunteers") -> str:
        """Bring a file, and have it checked; the address of its page."""
        answer = self.bring(data, name, kind)
        assert answer.status_code == 302, answer.text
        self.work()
        return str(answer.location)

    def work(self) -> None:
        """Do what waits."""
        worker_of(self.app).run_waiting()


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make) -> Flask:
    """The pages over a bank that is open for business."""
    make.rule()
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Enter:
    """Come in with these roles."""

    def come_in(*roles: str) -> Desk:
        desk = Desk(app, bank, make.staff(*roles))
        desk.app = app
        return desk

    return come_in


@pytest.fixture
def worker(enter: Enter) -> Desk:
    """A worker who is logged in."""
    return enter("worker")


def said(answer: TestResponse) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def test_a_list_is_brought_looked_at_taken_and_remembered(worker: Desk, bank: Bank) -> None:
    assert "还没有导入过名单" in worker.read("/office/imports")
    page = worker.brought(PEOPLE + "7,欧阳娜娜,19900000001,晨光队\n8,李四,,\n")
    shown = worker.read(page)
    assert "2 行都能收" in shown
    assert "什么也还没有收" in shown
    assert "欧** 0001 晨光队" in re.sub(r" +", " ", shown)
    assert "欧阳娜娜" not in shown
    assert list_volunteers(bank).total == 0
    taken = worker.send(page, f"{page}/take", how="all")
    assert taken.status_code == 302
    assert "正在收" in worker.read(page)
    worker.work()
    assert "收好了：新收 2 行" in worker.read(page)
    assert list_volunteers(bank).total == 2
    listed = worker.read("/office/imports")
    assert "志愿者名单 名单.csv 收好了 2 0 0 0" in re.sub(r" +", " ", listed)


def test_hours_with_two_decimals_are_shown_to_the_minute_as_they_were_read(
    worker: Desk, make: Make
) -> None:
    number = make.volunteer(name="张三").number
    heads = "志愿者编号,姓名,项目名称,开始时间,结束时间,录入时长,录入方式\n"
    row = f"{number},张三,巡逻,2026-03-05 09:00:00,2026-03-05 10:40:00,1.67 小时,签到\n"
    page = worker.brought(heads + row, kind="hours")
    assert "1 小时 40 分钟" in worker.read(page)
    assert "1 h 40 min" in worker.read(f"{page}?lang=en")


def test_rows_to_mend_are_told_in_the_readers_language_and_fed_back(
    worker: Desk, bank: Bank
) -> None:
    page = worker.brought(PEOPLE + "7,张三,,\n8,李四,123,晨光队\n")
    assert "1 行要改，1 行能收" in worker.read(page)
    assert "“123”不是有效电话" in worker.read(page)
    english = worker.read(f"{page}?lang=en")
    assert "1 rows to mend, 1 can be taken in" in english
    assert "“123” is not" in english
    worker.read(f"{page}?lang=zh-CN")
    assert "收下这" not in worker.read(page)
    refused = worker.send(page, f"{page}/take", how="all")
    assert (refused.status_code, "有 1 行要改" in refused.text) == (409, True)
    worker.send(page, f"{page}/take", how="good")
    worker.work()
    paper = worker.get(f"{page}/mend.csv")
    assert paper.headers["Content-Disposition"].startswith("attachment")
    assert paper.headers["Content-Security-Policy"].startswith("default-src 'none'")
    text = paper.data.decode("utf-8-sig")
    assert text.splitlines()[0] == '"志愿者编号","姓名","手机","所属队伍","问题 Problem"'
    assert "“123”不是有效电话" in text
    again = worker.brought(text.replace('"123"', '"19900000001"'))
    worker.send(again, f"{again}/take", how="all")
    worker.work()
    assert list_volunteers(bank).total == 2
    gone = worker.send(page, f"{page}/discard")
    assert gone.status_code == 302
    assert worker.get(f"{page}/mend.csv").status_code == 409
    assert "收好了" in worker.read(page)


def test_a_file_is_given_up_before_it_is_booked(worker: Desk, bank: Bank) -> None:
    page = worker.brought(PEOPLE + "7,张三,,\n")
    assert worker.send(page, f"{page}/discard").location == "/office/imports"
    assert "没有收" in worker.read(page)
    assert worker.send(NEW, f"{page}/take", how="all").status_code == 409
    worker.work()
    assert list_volunteers(bank).total == 0


def test_the_same_file_again_is_recognised(worker: Desk) -> None:
    text = PEOPLE + "7,张三,,\n"
    first = worker.brought(text)
    worker.send(first, f"{first}/take", how="all")
    worker.work()
    again = worker.brought(text)
    assert "已经收过" in worker.read(again)


def test_a_double_click_brings_and_takes_once(worker: Desk, bank: Bank) -> None:
    form = worker.hidden(NEW)
    data = (PEOPLE + "7,张三,,\n").encode()
    addresses = set()
    for _ in range(2):
        fields = {**form, "kind": "volunteers", "file": (io.BytesIO(data), "a.csv")}
        sent = worker.client.post(NEW, data=fields, content_type="multipart/form-data")
        addresses.add(sent.location)
    assert len(addresses) == list_uploads(bank).total == 1
    worker.work()
    page = addresses.pop()
    form = worker.hidden(str(page))
    for _ in range(2):
        assert worker.press(f"{page}/take", form, how="all").status_code == 302


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "旧.xls", "不支持旧版 .xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "密.xlsx",
            "文件加了密码",
        ),
        ("甲,乙\n1,2\n".encode(), "a.csv", "前 10 行里找不到表头"),
        ("编号,手机\n7,\n".encode(), "a.csv", "缺少“志愿者姓名”这一列"),
        ("姓名,编号,录入时长\n张三,7,1\n".encode(), "a.csv", "像是另一种名单"),
        (b"", "a.csv", "文件是空的"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "只能上传 .xlsx 或 .csv"),
        (b"PK\x03\x04 not a zip", "a.xlsx", "文件已损坏"),
    ],
)
def test_a_wrong_file_is_told_on_the_form_and_nothing_is_kept(
    worker: Desk, bank: Bank, data: bytes, name: str, sentence: str
) -> None:
    refused = worker.bring(data, name)
    assert refused.status_code == 422
    assert sentence in said(refused)
    assert 'id="f-file-error"' in refused.text
    assert list_uploads(bank).total == 0


def test_no_file_and_no_kind_are_told_where_they_are_missing(worker: Desk) -> None:
    missing = worker.send(NEW, NEW, kind="volunteers")
    assert (missing.status_code, 'id="f-file-error"' in missing.text) == (422, True)
    unknown = worker.bring(PEOPLE + "7,张三,,\n", kind="points")
    assert (unknown.status_code, "没有这种名单" in unknown.text) == (422, True)


def test_only_this_form_takes_five_megabytes(worker: Desk, enter: Enter, bank: Bank) -> None:
    row = "{n:020d},张三,,晨光志愿服务队\n"
    large = PEOPLE + "".join(row.format(n=n) for n in range(60_000))
    assert 3_000_000 < len(large.encode()) < 5_000_000
    assert worker.bring(large).status_code == 302
    beyond = worker.bring(large + large)
    assert (beyond.status_code, "最多 5 MB" in beyond.text) == (413, True)
    just_beyond = worker.bring(b"x" * (5 * 1024 * 1024 + 1))
    assert (just_beyond.status_code, "最多 5 MB" in just_beyond.text) == (422, True)
    page = f"/office/imports/{list_uploads(bank).items[0].number}"
    for address in (f"{page}/take", "/office/goods/new"):
        form = {**worker.hidden(NEW), "memo": "x" * 70_000}
        assert worker.client.post(address, data=form).status_code == 413, address
    # Whoever may not bring anything is not listened to for longer than anybody else.
    assert enter("auditor").bring(large).status_code == 413
    assert list_uploads(bank).total == 1


def test_a_field_of_the_form_is_no_file_and_stays_small(worker: Desk) -> None:
    form = {**worker.hidden(NEW), "kind": "volunteers", "file": "x" * 300_000}
    answer = worker.client.post(NEW, data=form, content_type="multipart/form-data")
    assert answer.status_code == 413


def bomb() -> bytes:
    """A workbook that would unpack to far too much."""
    paper = io.BytesIO()
    with zipfile.ZipFile(paper, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return paper.getvalue()


def entities() -> bytes:
    """A workbook whose XML calls for the machine's own files."""
    paper = io.BytesIO()
    lines = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Types>&e;</Types>'
    with zipfile.ZipFile(paper, "w") as archive:
        archive.writestr("[Content_Types].xml", lines)
    return paper.getvalue()


@pytest.mark.parametrize("make_file", [bomb, entities])
def test_a_hostile_workbook_is_refused_before_it_is_opened(
    worker: Desk, make_file: Callable[[], bytes]
) -> None:
    refused = worker.bring(make_file(), "好.xlsx")
    assert refused.status_code == 422
    assert "root:" not in refused.text


def test_what_a_file_says_is_never_obeyed_by_a_page_or_a_spreadsheet(worker: Desk) -> None:
    script = "<script>alert(1)</script>"
    rows = f'7,"{script}",,\n8,=cmd|calc,,\n9,张三,"<img src=x>",\n10,李四,,"@SUM(A1)"\n'
    page = worker.brought(PEOPLE + rows, f"{script}.csv")
    shown = worker.get(page)
    for attack in (script, "<img src=x"):
        assert attack not in shown.text
    worker.send(page, f"{page}/take", how="good")
    worker.work()
    for address in (page, "/office/imports"):
        assert script not in worker.get(address).text
    paper = worker.get(f"{page}/mend.csv")
    assert "\n" not in paper.headers["Content-Disposition"]
    cells = re.findall(r'"((?:[^"]|"")*)"', paper.data.decode("utf-8-sig"))
    assert cells
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]


def test_a_workbook_goes_in_like_a_csv_file(worker: Desk, bank: Bank) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["晨光社区志愿者名单"])
    sheet.append(["志愿者编号", "姓名"])
    sheet.append(["7", "王㛃"])
    paper = io.BytesIO()
    book.save(paper)
    page = worker.brought(paper.getvalue(), "名单.xlsx")
    worker.send(page, f"{page}/take", how="all")
    worker.work()
    assert [row.name for row in list_volunteers(bank).items] == ["王㛃"]


def test_without_the_forms_token_nothing_is_kept_or_taken(worker: Desk, bank: Bank) -> None:
    page = worker.brought(PEOPLE + "7,张三,,\n")
    for address in (NEW, f"{page}/take", f"{page}/discard", f"{page}/go-on"):
        form: dict[str, Any] = {"key": "0123456789abcdef", "kind": "volunteers", "how": "all"}
        form["file"] = (io.BytesIO(b"x"), "a.csv")
        answer = worker.client.post(address, data=form, content_type="multipart/form-data")
        assert answer.status_code == 403, address
    assert (list_uploads(bank).total, list_volunteers(bank).total) == (1, 0)


@pytest.mark.parametrize("role", ["witness", "auditor"])
def test_others_read_the_list_but_neither_bring_nor_see_the_rows(
    worker: Desk, enter: Enter, bank: Bank, role: str
) -> None:
    page = worker.brought(PEOPLE + "7,张三,,\n8,李四,123,\n")
    other = enter(role)
    listed = other.read("/office/imports")
    assert "名单.csv" in listed
    assert "导入一份名单" not in listed
    for address in (page, f"{page}/mend.csv", NEW):
        assert other.get(address).status_code == 403
    for verb in ("take", "go-on", "discard"):
        assert other.send("/office/books", f"{page}/{verb}", how="good").status_code == 403
    form: dict[str, Any] = {**other.hidden("/office/books"), "kind": "volunteers"}
    form["file"] = (io.BytesIO((PEOPLE + "9,王五,,\n").encode()), "a.csv")
    sent = other.client.post(NEW, data=form, content_type="multipart/form-data")
    assert sent.status_code == 403
    assert (list_uploads(bank).total, list_volunteers(bank).total) == (1, 0)


def test_a_merchant_sees_nothing_of_it(enter: Enter) -> None:
    merchant = enter("merchant")
    for address in ("/office/imports", NEW, "/office/imports/U000001-3"):
        assert merchant.get(address).status_code == 403


def test_too_many_files_within_an_hour_are_told_with_a_time(worker: Desk) -> None:
    for _ in range(10):
        assert worker.bring(PEOPLE + "7,张三,,\n").status_code == 302
    worker.app.config["LIMIT_UPLOADS"] = 1000
    refused = worker.bring(PEOPLE + "7,张三,,\n")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert "这一个小时传得够多了" in refused.text
    worker.app.config["LIMIT_UPLOADS"] = 5
    assert worker.bring(b"").status_code == 429


def test_a_half_finished_import_offers_to_go_on(
    worker: Desk, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = worker.brought(PEOPLE + "7,张三,,\n")
    worker.send(page, f"{page}/take", how="all")
    with monkeypatch.context() as broken:
        broken.setattr("pointsbank.imports.running.book_file", lambda *_, **__: 1 / 0)
        worker.work()
    shown = worker.read(page)
    assert "出了意外，停在半路" in shown
    assert worker.send(page, f"{page}/go-on").status_code == 302
    worker.work()
    assert "收好了：新收 1 行" in worker.read(page)
    number = page.rpartition("/")[2]
    assert get_upload(bank, number=number).status == "done"


def test_an_import_that_does_not_exist_is_not_found(worker: Desk) -> None:
    assert worker.get("/office/imports/U000009-0").status_code in {404, 422}
    assert worker.get("/office/imports/x").status_code == 422


def test_the_page_of_a_running_import_follows_itself_without_a_script(worker: Desk) -> None:
    page = worker.brought(PEOPLE + "7,张三,,\n")
    assert "http-equiv" not in worker.get(page).text
    worker.send(page, f"{page}/take", how="all")
    text = worker.get(page).text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in text
    assert '<progress class="progress" aria-labelledby="how-far" max="1" value="0">' in text


def test_the_list_has_pages(worker: Desk, bank: Bank, make: Make) -> None:
    for _ in range(3):
        other = make.staff("worker")
        desk = Desk(worker.app, bank, other)
        desk.app = worker.app
        for _ in range(9):
            desk.bring(PEOPLE + "7,张三,,\n")
    assert "第 1 页，共 2 页" in worker.read("/office/imports")
    assert "第 2 页，共 2 页" in worker.read("/office/imports?page=2")
