"""The office's pages, as the people who use them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from html import unescape

import pytest
from flask import Flask

from pointsbank.audit import CHECK_FILE, check_now
from pointsbank.earning import approve_record, plain_document, set_rulebook
from pointsbank.foundation import SHOP_ZONE, Bank
from pointsbank.ledger import current_balance, sum_passbook
from tests.counter import Counter, scanned
from tests.doors import create_app_for
from tests.make import Make
from tests.web.page_visitor import Visitor

Enter = Callable[..., Visitor]
PAGES = (
    "/office/",
    "/office/volunteers",
    "/office/service",
    "/office/service?status=all",
    "/office/redemptions",
    "/office/goods",
    "/office/goods/deliveries",
    "/office/goods/looks",
    "/office/journal",
    "/office/books",
    "/office/devices",
    "/office/tell",
    "/office/search?q=zzz",
)


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make) -> Flask:
    """The pages over a bank that is open for business."""
    make.rule()
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Enter:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


@pytest.fixture
def worker(enter: Enter) -> Visitor:
    """A worker who is logged in."""
    return enter("worker")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["worker", "witness", "auditor", "admin"])
def test_staff_read_every_page_of_the_office(enter: Enter, role: str, page: str) -> None:
    assert enter(role).get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_merchant_comes_into_no_page_of_the_office(enter: Enter, page: str) -> None:
    assert enter("merchant").get(page).status_code == 403


def test_nobody_is_sent_to_the_login(app: Flask) -> None:
    answer = app.test_client().get("/office/books")
    assert answer.status_code == 302
    assert answer.location.startswith("/login")


def test_who_changes_the_language_at_the_login_still_gets_to_where_they_were_going(
    app: Flask,
) -> None:
    sent = app.test_client().get("/office/books?day=2026-11-30")
    page = app.test_client().get(sent.location or "").text
    [english] = re.findall(r'href="(/login\?[^"]*lang=en)"', page)
    other = app.test_client().get(unescape(english)).text
    assert 'name="next" value="/office/books?day=2026-11-30"' in unescape(other)


def test_a_person_is_shown_masked_and_by_full_name_only_when_asked(
    worker: Visitor, make: Make
) -> None:
    person = make.volunteer(name="欧阳娜娜")
    page = f"/office/volunteers/{person.number}"
    assert "欧阳娜娜" not in worker.read(page)
    shown = worker.send(page, f"{page}/name")
    assert "欧阳娜娜" in shown.text
    assert "欧阳娜娜" not in worker.read(page)


def test_an_auditor_is_never_shown_a_full_name(enter: Enter, make: Make) -> None:
    person = make.volunteer(name="欧阳娜娜")
    page = f"/office/volunteers/{person.number}"
    auditor = enter("auditor")
    assert auditor.send("/office/books", f"{page}/name").status_code == 403
    assert "欧阳娜娜" not in auditor.read(page)


def test_service_is_recorded_after_its_sentence_was_seen(worker: Visitor, make: Make) -> None:
    person = make.volunteer()
    fields = {"who": person.number, "activity": "探访", "served_on": "2026-11-19"}
    fields |= {"from": "22:30", "to": "00:30", "source": "sign_in"}
    form = worker.hidden("/office/service/new")
    assert 'value="manual" checked' in worker.get("/office/service/new").text
    seen = worker.press("/office/service/new", form, step="look", **fields)
    # Whatever a form may say: what was typed has no card behind it.
    assert "2026-11-19 22:30–00:30" in seen.text
    assert "2.0 小时，补录的时长不计" in seen.text
    assert "等着认定的 0 条" in worker.read("/office/service")
    done = worker.press("/office/service/new", form, step="record", **fields)
    assert done.status_code == 302
    assert "回执 Q" in worker.read(done.location)
    assert "等着认定的 1 条" in worker.read("/office/service")


def test_what_is_foreseen_is_what_is_left_under_a_cap(
    worker: Visitor, enter: Enter, make: Make
) -> None:
    caps = [{"per": "quarter", "of": "points", "most": 30}]
    document = plain_document(10, counts_manual=True, caps=caps)
    make.do(set_rulebook, **make.by_two(), document=document, starts_on="2026-11-20")
    person, told = make.volunteer(), {"served_on": "2026-11-20"}
    first, second, third = (make.record(person, 120, **told) for _ in range(3))
    used_up = "本季度封顶 30 分（已计 30 分），计 0 分"
    # The list foresees what approving all that is shown gives, a record's page what it gives now.
    seen = enter("witness").read("/office/service")
    assert seen.count("（已计 20 分），计 10 分") == seen.count(used_up) == 1, seen
    assert "已计" not in worker.read(f"/office/service/{third}")
    for record in (first, second):
        make.do(approve_record, by=make.staff("witness").caller, record=record)
    assert used_up in worker.read(f"/office/service/{third}")
    fields = {"who": person.number, "activity": "探访", "hours": "2"} | told
    page = "/office/service/new"
    assert used_up in worker.send(page, page, step="look", **fields).text
    done = make.do(approve_record, by=make.staff("witness").caller, record=third)
    assert done.answer["points"] == 0


def test_a_name_that_fits_several_people_lets_one_pick(worker: Visitor, make: Make) -> None:
    numbers = [make.volunteer(name=name).number for name in ("王小明", "王小丽")]
    fields = {"who": "王小", "activity": "探访", "hours": "2"}
    asked = worker.send("/office/service/new", "/office/service/new", step="look", **fields)
    assert asked.status_code == 422
    for number in numbers:
        assert f"/office/service/new?who={number}" in asked.text


def test_a_double_click_books_once(worker: Visitor, counter: Counter) -> None:
    counter.goods("SOAP", store=10)
    form = worker.hidden("/office/goods/SOAP")
    for _ in range(2):
        done = worker.press("/office/goods/SOAP/shelve", form, quantity="4")
        assert done.status_code == 302
    assert counter.pieces("SOAP")[:2] == (4, 6)


def test_a_refusal_comes_back_on_the_form_with_what_was_typed(
    worker: Visitor, counter: Counter
) -> None:
    counter.goods("SOAP", store=3)
    refused = worker.send("/office/goods/SOAP", "/office/goods/SOAP/shelve", quantity="7")
    assert refused.status_code == 409
    assert "数量不够，还差 4 件" in refused.text
    assert 'value="7"' in refused.text
    assert counter.pieces("SOAP")[:2] == (0, 3)


def test_a_field_that_cannot_be_read_says_so_where_it_stands(
    worker: Visitor, counter: Counter
) -> None:
    counter.goods("SOAP")
    refused = worker.send("/office/goods/SOAP", "/office/goods/SOAP/price", points="很多")
    assert refused.status_code == 422
    assert 'id="f-points-error"' in refused.text
    assert 'value="很多"' in refused.text


def test_without_the_forms_token_nothing_is_booked(worker: Visitor, counter: Counter) -> None:
    counter.goods("SOAP", store=3)
    form = worker.hidden("/office/goods/SOAP")
    del form["csrf_token"]
    assert worker.press("/office/goods/SOAP/shelve", form, quantity="1").status_code == 403
    assert counter.pieces("SOAP")[:2] == (0, 3)


def test_without_a_key_nothing_is_booked(worker: Visitor, counter: Counter) -> None:
    counter.goods("SOAP", store=3)
    form = worker.hidden("/office/goods/SOAP")
    del form["key"]
    assert worker.press("/office/goods/SOAP/shelve", form, quantity="1").status_code == 400
    assert counter.pieces("SOAP")[:2] == (0, 3)


def test_ones_own_records_are_shown_and_cannot_be_approved(worker: Visitor, make: Make) -> None:
    number = make.record(make.volunteer(), by=worker.staff)
    page = f"/office/service/{number}"
    assert "要由别人认定" in worker.read(page)
    assert f'action="{page}/approve"' not in worker.get(page).text
    answer = worker.send("/office/devices", f"{page}/approve")
    assert answer.status_code == 403
    assert "等着认定的 1 条" in worker.read("/office/service")


def test_a_witness_approves_what_a_worker_recorded(
    worker: Visitor, enter: Enter, make: Make
) -> None:
    person = make.volunteer()
    number = make.record(person, by=worker.staff)
    page = f"/office/service/{number}"
    assert enter("witness").send(page, f"{page}/approve").status_code == 302
    assert make.balance(person.wallet) == 20


def test_an_auditor_reads_records_and_decides_nothing(enter: Enter, make: Make) -> None:
    page = f"/office/service/{make.record(make.volunteer())}"
    auditor = enter("auditor")
    assert f'action="{page}/approve"' not in auditor.get(page).text
    assert auditor.send("/office/books", f"{page}/approve").status_code == 403


def test_all_shown_records_are_approved_but_ones_own(
    worker: Visitor, enter: Enter, make: Make
) -> None:
    colleague = enter("worker")
    mine, others = make.volunteer(), make.volunteer()
    make.record(mine, by=colleague.staff)
    make.record(others, by=worker.staff)
    text = colleague.get("/office/service").text
    found = re.search(r'name="records" value="([^"]+)"', text)
    assert found is not None
    done = colleague.send("/office/service", "/office/service/approve", records=found[1])
    assert done.status_code == 302
    assert (make.balance(mine.wallet), make.balance(others.wallet)) == (0, 20)


def test_a_rejection_without_a_reason_is_refused(enter: Enter, make: Make) -> None:
    page = f"/office/service/{make.record(make.volunteer())}"
    witness = enter("witness")
    assert witness.send(page, f"{page}/reject", reason="").status_code == 422
    assert witness.send(page, f"{page}/reject", reason="没有这次活动").status_code == 302
    assert "没有这次活动" in witness.read(page)


def test_a_statements_sum_can_be_checked_by_eye(
    worker: Visitor, bank: Bank, counter: Counter
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    buyer = counter.buyer(points=100)
    bought = counter.check_out(buyer, scanned("SOAP", 2))
    counter.undo(buyer, bought["number"])
    counter.check_out(buyer, scanned("SOAP"))
    text = worker.read(f"/office/volunteers/{buyer.number}")
    assert "期初 0 + 收入 160 − 支出 90 = 期末 70" in text
    sums = bank.database.read(lambda session: sum_passbook(session, buyer.wallet.id))
    now = bank.database.read(lambda session: current_balance(session, buyer.wallet.id))
    assert sums.opening + sums.came_in - sums.went_out == sums.closing == now == 70


def test_todays_sum_adds_up(worker: Visitor, counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    buyer = counter.buyer(points=100)
    counter.check_out(buyer, scanned("SOAP", 2))
    text = worker.read("/office/")
    found = re.search(
        r"昨晚在外积分 ([\d,]+) .*今天发放 \d+ 笔 (\d+) .*今天兑换 \d+ 笔 (\d+) "
        r".*撤销退回 \d+ 笔 (\d+) .*现在在外积分 (\d+)",
        text,
    )
    assert found is not None
    before, issued, redeemed, undone, now = (int(number) for number in found.groups())
    assert (before, issued, redeemed, undone, now) == (0, 100, 60, 0, 40)


def test_the_first_page_sends_nobody_to_a_door_that_is_shut_to_them(
    enter: Enter, make: Make, counter: Counter
) -> None:
    counter.goods("SOAP", price=30, shelf=0)
    make.record(make.volunteer())
    backup = 'href="/office/backup"'
    assert backup in enter("worker").get("/office/").text
    for role in ("worker", "witness", "auditor", "admin"):
        visitor = enter(role)
        lines = re.findall(r'<ul class="todo">.*?</ul>', visitor.get("/office/").text, re.DOTALL)
        led = set(re.findall(r'href="([^"]+)"', "".join(lines)))
        assert {href: visitor.get(href).status_code for href in led} == dict.fromkeys(led, 200)
        assert led


def test_the_first_page_says_how_last_months_books_stand(
    bank: Bank, counter: Counter, enter: Enter
) -> None:
    counter.buyer(points=100)
    found = asdict(check_now(bank))

    def looked_at(at: str) -> None:
        (bank.home / CHECK_FILE).write_text(json.dumps({**found, "at": at}), encoding="utf-8")

    assert "上月底" not in enter("worker").read("/office/"), "the books are of this month alone"
    bank.clock.set_now(lambda: datetime(2026, 12, 1, 9, tzinfo=SHOP_ZONE))
    worker = enter("worker")
    looked_at("2026-11-30T15:59:00.000000Z")
    assert "上月底（2026-11-30）的账还没有查过" in worker.read("/office/")
    looked_at("2026-11-30T16:00:00.000000Z")
    said = worker.get("/office/").text
    assert 'href="/office/books?day=2026-11-30">上月底（2026-11-30）的账是平的：0 处不符' in said


def test_a_figure_leads_to_its_entry_and_the_entry_to_its_receipt(
    worker: Visitor, counter: Counter
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    buyer = counter.buyer(points=100)
    bought = counter.check_out(buyer, scanned("SOAP"))
    slip = worker.get(f"/office/redemptions/{bought['number']}").text
    entry = re.search(r'href="(/office/journal/J[^"]+)"', slip)
    assert entry is not None
    voucher = worker.get(entry[1]).text
    assert "记账凭证" in voucher
    receipt = re.search(r'href="(/office/receipts/Q[^"]+)"', voucher)
    assert receipt is not None
    assert "自助兑换" in worker.read(receipt[1])


def test_the_journals_sum_is_the_figure_that_led_there(worker: Visitor, counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    buyer = counter.buyer(points=100)
    counter.check_out(buyer, scanned("SOAP", 2))
    text = worker.read("/office/journal?type=redeemed&turned=no&from=2026-11-20&to=2026-11-20")
    assert "转入 60 − 转出 0 = 60" in text
    assert "没有这样的凭证" in worker.read("/office/journal?to=2026-11-19")


def test_the_head_of_the_books_says_how_they_stand(worker: Visitor, counter: Counter) -> None:
    counter.buyer(points=100)
    assert "账还没有查过" in worker.read("/office/books")
    assert worker.send("/office/books", "/office/books/check").status_code == 302
    assert "账是对的：0 处不符" in worker.read("/office/books")


def test_books_that_were_changed_from_outside_name_the_first_wrong_entry(
    worker: Visitor, bank: Bank, counter: Counter
) -> None:
    buyer = counter.buyer(points=100)
    raw = bank.database.engine().raw_connection()
    raw.cursor().execute(f"UPDATE account SET balance = 999 WHERE id = {buyer.wallet.id}")
    raw.commit()
    raw.close()
    worker.send("/office/books", "/office/books/check")
    assert "账不对" in worker.read("/office/books")


@pytest.mark.parametrize(
    ("code", "begins"), [("beancount", b";"), ("hledger", b";"), ("csv", b"\xef\xbb\xbf")]
)
def test_the_books_are_downloaded_as_files(
    worker: Visitor, counter: Counter, code: str, begins: bytes
) -> None:
    counter.buyer(points=100)
    answer = worker.get(f"/office/books/export/{code}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(begins)
    assert "王小明".encode() not in answer.data


def test_a_card_goes_through_everything_that_the_desk_does_with_it(
    worker: Visitor, make: Make
) -> None:
    person = f"/office/volunteers/{make.volunteer().number}"
    assert worker.send(person, f"{person}/card").status_code == 302
    short = _short_number(worker.get(person).text)
    card = f"/office/cards/{short}"
    done = worker.send(card, "/office/cards/print", card=short, own=short, why="first")
    assert worker.get(f"{done.location}.pdf").data.startswith(b"%PDF")
    assert short in worker.read("/office/cards").replace(" ", "")
    assert "签名" in worker.read("/office/cards/sign")
    assert worker.send(card, "/office/cards/hand-over", card=short, own=short).status_code == 302
    assert "卡都交到本人手里了" in worker.read("/office/cards")
    for act, fields, said in (
        ("lost", {"told_how": "phone", "told_by": "other", "helper_name": "王一"}, "已挂失"),
        ("found", {"present": "1"}, "卡有效"),
    ):
        assert worker.send(card, f"{card}/{act}", **fields).status_code == 302, act
        assert said in worker.read(card), act
    refused = worker.send(card, f"{card}/found")
    assert (refused.status_code, "解挂要本人在场" in refused.text) == (409, True)
    new = worker.send(card, f"{card}/replace")
    assert new.location != card
    assert "没印过" in worker.read(new.location)
    assert "永远不能再用" in worker.read(card)


def _short_number(text: str) -> str:
    found = re.search(r"/office/cards/(\d{8})", text)
    assert found is not None
    return found[1]


def test_several_cards_are_printed_handed_over_and_printed_again_at_once(
    worker: Visitor, make: Make
) -> None:
    held = [make.card(make.volunteer()) for _ in range(3)]
    hidden = worker.hidden("/office/cards")
    ticked = [card.short_number for card in held[:2]]
    done = worker.client.post("/office/cards/print", data={**hidden, "queue": "1"})
    assert "打印 3 张积分卡" in worker.read(done.location)
    hidden = worker.hidden("/office/cards")
    spoilt = worker.client.post("/office/cards/spoilt", data={**hidden, "card": ticked})
    assert spoilt.location == "/office/cards?shelf=print"
    assert "等打印 2" in worker.read("/office/cards")
    hidden = worker.hidden("/office/cards")
    handed = worker.client.post("/office/cards/hand-over", data={**hidden, "card": ticked})
    assert handed.status_code == 302
    assert "还没交到手 1" in worker.read("/office/cards")
    nothing = worker.send("/office/cards", "/office/cards/hand-over")
    assert (nothing.status_code, "没有选卡" in nothing.text) == (422, True)


def test_a_pairing_code_is_shown_once(worker: Visitor) -> None:
    form = worker.hidden("/office/devices")
    shown = worker.press("/office/devices/pair", form, name="门口自助机")
    code = re.search(r"\d{4} \d{4} \d{4}", shown.text)
    assert code is not None
    assert code[0] not in worker.get("/office/devices").text


def test_the_search_box_opens_what_a_number_names(
    worker: Visitor, make: Make, counter: Counter
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    buyer = counter.buyer(points=100)
    bought = counter.check_out(buyer, scanned("SOAP"))
    person = make.volunteer(name="欧阳娜娜", phone="13800004471")
    for text, page in (
        (bought["number"], f"/office/redemptions/{bought['number']}"),
        (bought["slip"], f"/office/redemptions/{bought['number']}"),
        (bought["slip"].lower().replace("-", " "), f"/office/redemptions/{bought['number']}"),
        (buyer.short_number, f"/office/volunteers/{buyer.number}"),
        (person.number, f"/office/volunteers/{person.number}"),
        ("欧阳", f"/office/volunteers/{person.number}"),
        ("4471", f"/office/volunteers/{person.number}"),
        ("SOAP", "/office/goods/SOAP"),
    ):
        assert worker.get(f"/office/search?q={text}").location == page, text
    assert f"小票 {bought['slip']}" in worker.read(f"/office/volunteers/{buyer.number}")
    assert "没有找到" in worker.read("/office/search?q=Z9-9999")


def test_a_page_speaks_english_when_asked(worker: Visitor) -> None:
    text = worker.read("/office/books?lang=en")
    assert "Trial balance" in text
    assert "试算平衡表" not in text
