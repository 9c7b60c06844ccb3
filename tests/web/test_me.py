"""The cardholder's own page: in by card and PIN, own points and nobody else's, out again."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from pointsbank.earning import approve_record, void_record
from pointsbank.foundation import Caller, Clock, Receipt, Session, new_key
from pointsbank.people import (
    CardLogin,
    CardLoss,
    News,
    RoleMissing,
    Volunteer,
    block_card,
    choose_reading,
    clear_expired,
    erase_volunteer,
    find_volunteer,
    get_holder,
    get_volunteer_file,
    give_pin,
    pins,
    replace_card,
    tell_on_own_page,
    unblock_card,
)
from pointsbank.web import access
from pointsbank.web.api import limits
from pointsbank.web.portals.volunteer import told
from tests.conftest import NOON
from tests.counter import Buyer, Counter, scanned, tapped
from tests.doors import create_app_for
from tests.make import SOMEBODY
from tests.web.conftest import KioskClient, log_in
from tests.web.page_visitor import Visitor

NOBODYS = "40718239"
_HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|key|news)" value="([^"]*)"')


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))


def pin_for(counter: Counter, number: str) -> str:
    """A PIN that a worker gives to somebody."""
    holder = counter.bank.database.read(lambda session: get_holder(session, number))
    by = counter.make.staff("worker").caller
    return give_pin(counter.bank, by=by, key=new_key(), holder=holder)


class Holder:
    """A cardholder with a telephone."""

    def __init__(self, app: Flask, counter: Counter, buyer: Buyer) -> None:
        self.app, self.counter, self.buyer = app, counter, buyer
        self.pin = pin_for(counter, buyer.number)
        self.client: FlaskClient = app.test_client()

    def come(self, card: str = "", pin: str = "") -> TestResponse:
        """Fill in the login page and press the yellow button."""
        return enter(self.client, card or self.buyer.short_number, pin or self.pin)

    def get(self, path: str = "/me/") -> TestResponse:
        return self.client.get(path)

    def read(self, path: str = "/me/") -> str:
        """The words of a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return words(answer)

    def send(self, path: str, page: str = "/me/help", **fields: str) -> TestResponse:
        """Press a button of a page."""
        hidden = dict(_HIDDEN.findall(self.get(page).text))
        return self.client.post(path, data={**hidden, **fields})

    @property
    def cookie(self) -> str:
        kept = self.client.get_cookie("me")
        return kept.value if kept else ""


def enter(client: FlaskClient, card: str, pin: str) -> TestResponse:
    hidden = dict(_HIDDEN.findall(client.get("/me/login?other=1").text))
    return client.post("/me/login", data={**hidden, "card": card, "pin": pin})


def words(answer: TestResponse) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


def is_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.location == "/me/"


@pytest.fixture
def holder(app: Flask, counter: Counter) -> Holder:
    """Somebody with 500 points and a PIN, not yet in."""
    return Holder(app, counter, counter.buyer(points=500))


@pytest.fixture
def me(holder: Holder) -> Holder:
    """The same, who has come in."""
    assert is_in(holder.come())
    return holder


def ahead(clock: Clock, **time: float) -> None:
    clock.set_now(lambda: NOON + timedelta(**time))


# ---------------------------------------------------------------------------------------- coming in


@pytest.mark.parametrize(
    "told",
    [
        lambda buyer: buyer.short_number,
        lambda buyer: f"{buyer.short_number[:4]} {buyer.short_number[4:]}",
        lambda buyer: buyer.card,
        lambda buyer: buyer.card.lower(),
        lambda buyer: f"https://jifen.example.org/me/#{buyer.short_number}",
    ],
    ids=["number", "in two groups", "code", "small letters", "address"],
)
def test_a_card_and_its_pin_open_the_own_page(holder: Holder, told: Callable[..., str]) -> None:
    assert is_in(holder.come(told(holder.buyer)))
    said = holder.read()
    assert "王**，您好" in said
    assert holder.buyer.number in said
    assert "500 分" in said


def test_a_pin_may_be_typed_full_width_and_in_groups(holder: Holder) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in holder.pin)
    assert is_in(holder.come(pin=f"{wide[:3]} {wide[3:]}"))


def test_nobody_is_told_which_numbers_are_somebodys(
    app: Flask, counter: Counter, holder: Holder
) -> None:
    without = counter.buyer()
    blocked = counter.buyer()
    pin_for(counter, blocked.number)
    counter.make.do(block_card, short_number=blocked.short_number)
    answers = {
        enter(app.test_client(), told, wrong(holder.pin)).text.replace(told, "")
        for told in (
            NOBODYS,
            without.short_number,
            holder.buyer.short_number,
            blocked.short_number,
        )
    }
    said = {re.sub(r'value="[^"]*"', "", one) for one in answers}
    assert len(said) == 1
    assert "号码或密码不对" in said.pop()


def test_a_blocked_card_is_told_to_whoever_knows_its_pin(holder: Holder) -> None:
    holder.counter.make.do(block_card, short_number=holder.buyer.short_number)
    answer = holder.come()
    assert (answer.status_code, "这张卡已经停用" in words(answer)) == (409, True)
    assert "这张卡已经停用" not in words(holder.come(pin=wrong(holder.pin)))


def test_tries_count_together_with_those_at_the_kiosks(
    holder: Holder, kiosk_client: KioskClient, clock: Clock
) -> None:
    told = {"code": holder.buyer.short_number, "pin": wrong(holder.pin)}
    for _ in range(2):
        assert kiosk_client.post("/cards/read", told).status_code == 403
        assert "号码或密码不对" in words(holder.come(pin=wrong(holder.pin)))
    assert "先锁一会儿" in words(holder.come(pin=wrong(holder.pin)))
    assert "先锁一会儿" in words(holder.come())
    assert kiosk_client.post("/cards/read", told | {"pin": holder.pin}).status_code == 403
    ahead(clock, minutes=15, seconds=1)
    assert is_in(holder.come())


def test_ten_wrong_tries_block_the_pin_whoever_made_them(holder: Holder, clock: Clock) -> None:
    for number in range(10):
        ahead(clock, minutes=20 * number)
        holder.come(pin=wrong(holder.pin))
    ahead(clock, days=2)
    assert "密码停用了" in words(holder.come())


def test_a_slip_of_the_finger_is_no_try(holder: Holder) -> None:
    for slip in ("12345", "1234567", "12345x", "１２３"):
        answer = holder.come(pin=slip)
        assert (answer.status_code, "密码是 6 位数字" in words(answer)) == (422, True)
    tries = select(pins.Pin.failures)
    assert holder.counter.bank.database.read(lambda session: session.value(tries)) == 0


def test_an_address_may_try_only_so_often(app: Flask, holder: Holder) -> None:
    app.config["LIMIT_WRONG_PINS"] = limits.DEFAULTS["LIMIT_WRONG_PINS"]
    stranger = app.test_client()
    refused = [enter(stranger, NOBODYS, "407182").status_code for _ in range(21)]
    assert (refused[:20], refused[20]) == ([403] * 20, 429)


def test_neither_pin_nor_code_stands_on_a_page_that_comes_back(holder: Holder) -> None:
    answer = holder.come(holder.buyer.card, wrong(holder.pin))
    for secret in (holder.buyer.card, holder.pin, wrong(holder.pin)):
        assert secret not in answer.text
    assert holder.buyer.short_number in holder.come(pin=wrong(holder.pin)).text


# --------------------------------------------------------------------------------- staying, leaving


def test_the_cookie_is_the_browsers_alone(counter: Counter) -> None:
    app = create_app_for(counter.bank, secure=True)
    buyer = counter.buyer()
    pin, client = pin_for(counter, buyer.number), app.test_client()
    over = {"base_url": "https://bank.example"}
    hidden = dict(_HIDDEN.findall(client.get("/me/login", **over).text))
    data = {**hidden, "card": buyer.short_number, "pin": pin}
    answer = client.post("/me/login", data=data, **over)
    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-me=")]
    parts = {part.strip() for part in cookie.split(";")}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= parts
    assert not [part for part in parts if part.startswith(("Domain", "Expires", "Max-Age"))]
    assert len(cookie.split("=")[1].split(";")[0]) >= 43


def test_each_login_has_a_cookie_of_its_own_and_ends_the_one_before(me: Holder, app: Flask) -> None:
    first, thief = me.cookie, app.test_client()
    thief.set_cookie("me", first)
    assert thief.get("/me/").status_code == 200
    assert is_in(me.come())
    assert me.cookie != first
    assert thief.get("/me/").status_code == 302
    assert me.get().status_code == 200


def test_whoever_logs_out_is_out(me: Holder, app: Flask) -> None:
    thief = app.test_client()
    thief.set_cookie("me", me.cookie)
    gone = me.send("/me/logout")
    assert (gone.location, gone.headers["Clear-Site-Data"]) == ("/me/login", '"cache"')
    assert me.cookie == ""
    for client in (me.client, thief):
        answer = client.get("/me/statement")
        assert (answer.status_code, answer.location) == (302, "/me/login")


def test_whoever_rests_for_half_an_hour_falls_out(me: Holder, clock: Clock) -> None:
    ahead(clock, minutes=29)
    assert me.get().status_code == 200
    ahead(clock, minutes=58)
    assert me.get().status_code == 200
    ahead(clock, minutes=88, seconds=1)
    assert me.get().status_code == 302


def test_after_twelve_hours_everybody_comes_in_anew(me: Holder, clock: Clock) -> None:
    for minute in range(0, 12 * 60, 25):
        ahead(clock, minutes=minute)
        assert me.get().status_code == 200, minute
    ahead(clock, hours=12, seconds=1)
    assert me.get().status_code == 302


def _gives_a_new_pin(me: Holder) -> None:
    pin_for(me.counter, me.buyer.number)


def _blocks(me: Holder) -> None:
    me.counter.make.do(block_card, short_number=me.buyer.short_number)


def _replaces(me: Holder) -> None:
    me.counter.make.do(replace_card, short_number=me.buyer.short_number)


def _erases(me: Holder) -> None:
    me.counter.make.do(erase_volunteer, number=me.buyer.number)


@pytest.mark.parametrize("act", [_gives_a_new_pin, _blocks, _replaces, _erases])
def test_what_the_desk_does_ends_the_login(me: Holder, act: Callable[[Holder], None]) -> None:
    assert me.get().status_code == 200
    act(me)
    assert me.get().status_code == 302


def test_one_browser_may_hold_a_staff_login_and_an_own_page(
    app: Flask, me: Holder, counter: Counter
) -> None:
    worker = log_in(app, counter, "worker")
    staff = worker.get_cookie("pb")
    assert staff is not None
    assert worker.get("/me/").status_code == 302
    assert me.client.get("/office/").status_code == 302
    me.client.set_cookie("pb", staff.value)
    assert (me.get().status_code, me.client.get("/office/").status_code) == (200, 200)
    # Neither is worth anything under the other's name.
    swapped = app.test_client()
    swapped.set_cookie("pb", me.cookie)
    swapped.set_cookie("me", staff.value)
    assert (swapped.get("/me/").status_code, swapped.get("/office/").status_code) == (302, 302)


def test_the_own_cookie_opens_nothing_of_the_api(me: Holder) -> None:
    for path in (f"/api/v1/volunteers/{me.buyer.number}", "/api/v1/kiosk"):
        assert me.get(path).status_code == 401


def test_old_logins_are_cleared_away(me: Holder, clock: Clock) -> None:
    bank = me.counter.bank
    assert clear_expired(bank, by=SOMEBODY)["card_logins"] == 0
    ahead(clock, days=31)
    assert clear_expired(bank, by=SOMEBODY)["card_logins"] == 1
    assert bank.database.read(lambda session: session.rows(select(CardLogin.id))) == []


# --------------------------------------------------------------------------- own, and nobody else's


def entries_of(page: str) -> list[str]:
    return re.findall(r'href="/me/statement/(J[0-9]+-[0-9])"', page)


def test_nobody_sees_anything_of_another(app: Flask, counter: Counter, me: Holder) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    other = Holder(app, counter, counter.buyer(points=77))
    other.come()
    counter.check_out(other.buyer, tapped("SOAP"))
    counter.check_out(me.buyer, tapped("SOAP"))
    theirs, ours = (entries_of(one.get("/me/statement").text) for one in (other, me))
    assert theirs
    assert ours
    for number in theirs:
        assert other.get(f"/me/statement/{number}").status_code == 200
        answer = me.get(f"/me/statement/{number}")
        assert answer.status_code == 404
        assert "SOAP" not in answer.text
    for number in ours:
        assert other.get(f"/me/statement/{number}").status_code == 404
    own = me.read("/me/statement")
    for name in ("number", "volunteer", "wallet", "wallet_id", "card", "holder"):
        for value in (other.buyer.number, str(other.buyer.wallet.id), other.buyer.short_number):
            assert me.read(f"/me/statement?{name}={value}") == own
    for path in (f"/me/{other.buyer.number}", f"/me/statement/{other.buyer.number}"):
        assert me.get(path).status_code == 404
    assert not set(theirs) & set(ours)


def test_the_check_is_what_keeps_another_out(
    app: Flask, counter: Counter, me: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Holder(app, counter, counter.buyer(points=77))
    other.come()
    [number] = entries_of(other.get("/me/statement").text)
    assert me.get(f"/me/statement/{number}").status_code == 404
    read, theirs = told.read_neighbours, other.buyer.wallet.id
    monkeypatch.setattr(told, "read_neighbours", lambda s, _, entry: read(s, theirs, entry))
    assert me.get(f"/me/statement/{number}").status_code == 200


@pytest.mark.parametrize("number", ["J999999-8", "J000001-0", "R000001-0", "x", "J0-0", "1"])
def test_a_number_that_is_no_line_of_ones_own_is_not_found(me: Holder, number: str) -> None:
    assert me.get(f"/me/statement/{number}").status_code == 404


def test_a_verb_of_the_own_page_is_nobody_elses(me: Holder, counter: Counter) -> None:
    worker = counter.make.staff("worker").caller
    as_if = Caller(actor=f"volunteer:{volunteer_of(me).id}", client="tests")
    for by in (worker, counter.kiosk, as_if, SOMEBODY):
        with pytest.raises(RoleMissing):
            counter.make.do(choose_reading, by=by, large_type=True)
        with pytest.raises(RoleMissing):
            counter.make.do(tell_on_own_page, by=by, news=[1])


def volunteer_of(me: Holder) -> Any:
    number = me.buyer.number
    return me.counter.bank.database.read(lambda session: find_volunteer(session, number))


def test_a_familys_card_shows_its_balance_and_nothing_else(app: Flask, counter: Counter) -> None:
    family = Holder(app, counter, counter.family(points=120))
    assert is_in(family.come())
    said = family.read()
    assert "持卡人，您好" in said
    assert "120 分" in said
    assert "F0001" not in said
    for word in ("某户", "家庭", "困难", "拨付", "公益池", "明细"):
        assert word not in said, word
    for path in ("/me/statement", "/me/passbook", "/me/statement/J000001-0"):
        assert family.get(path).status_code == 403
    for path in ("/me/data", "/me/reading", "/me/large", "/me/news"):
        assert family.send(path, pin=family.pin).status_code == 403
    assert "下载" not in family.read("/me/help")
    assert family.send("/me/block").location == "/me/login"
    assert family.get().status_code == 302


# ---------------------------------------------------------------------------------------- the pages


def test_the_statement_says_why_and_what_was_left(
    me: Holder, counter: Counter, kiosk_client: KioskClient
) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    approve(counter, me, minutes=150, activity="社区巡逻")
    bought = counter.check_out(me.buyer, scanned("SOAP", 2))
    said = me.read("/me/statement")
    assert "社区巡逻" in said
    assert "2.5 小时 × 10 分 = 25 分" in said
    assert "换了 2 件东西" in said
    assert "商品SOAP × 2" in said
    assert "−60 结余 465" in said
    assert "+25 结余 525" in said
    assert "全部明细" in me.read()
    newest = entries_of(me.get("/me/statement").text)[0]
    slip = me.read(f"/me/statement/{newest}")
    for word in (f"小票 {bought['slip']}", "商品SOAP × 2", "换之前 525", "换完还剩 465", newest):
        assert word in slip, word
    assert "2.5 h × 10 = 25" in me.read("/me/statement?lang=en")


def approve(counter: Counter, me: Holder, **service: Any) -> str:
    """A service of somebody, confirmed by two people; its record's number."""
    record = counter.make.record(volunteer_of(me), **service)
    counter.make.do(approve_record, by=counter.make.staff("witness").caller, record=record)
    return record


def test_what_was_taken_back_stands_there_with_its_reason(me: Holder, counter: Counter) -> None:
    record = approve(counter, me, minutes=60, activity="清扫")
    counter.make.do(void_record, **counter.make.by_two(), record=record, reason="那天下雨没去")
    said = me.read("/me/statement")
    assert "撤回：清扫" in said
    assert "那天下雨没去" in said
    assert "后来退回" in said
    undone = counter.goods("SOAP", price=30, shelf=9)
    number = counter.check_out(me.buyer, tapped(undone))["number"]
    counter.undo(me.buyer, number)
    assert "撤销兑换" in me.read("/me/statement")


def test_a_debt_that_was_repaid_is_told(app: Flask, counter: Counter) -> None:
    me = Holder(app, counter, counter.buyer())
    me.come()
    record = approve(counter, me, minutes=180, activity="清扫")
    counter.goods("SOAP", price=30, shelf=9)
    counter.check_out(me.buyer, tapped("SOAP"))
    counter.make.do(void_record, **counter.make.by_two(), record=record, reason="不实")
    assert "还欠 30 分" in me.read()
    approve(counter, me, minutes=240, activity="探访")
    said = me.read("/me/statement")
    assert "先还欠的积分 " in said
    assert "−30 结余 10" in said
    assert "还欠 " not in me.read()


def test_the_passbook_adds_up(me: Holder, counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    counter.check_out(me.buyer, tapped("SOAP"))
    said = me.read("/me/passbook")
    assert "期初 0 + 收入 500 − 支出 30 = 期末 470" in said
    assert said.index("500") < said.index("−30")
    assert "这几天没有进出" in me.read("/me/passbook?from=2020-01-01&to=2020-02-01")


def test_long_statements_have_pages(me: Holder, counter: Counter) -> None:
    for _ in range(24):
        counter.give(me.buyer.wallet, 1)
    assert "25 笔" in me.read("/me/statement")
    assert len(entries_of(me.get("/me/statement").text)) == 20
    assert len(entries_of(me.get("/me/statement?page=2").text)) == 5
    assert len(entries_of(me.get("/me/passbook").text)) == 0
    assert me.read("/me/passbook").count("+1 ") == 24


def test_hours_are_counted_and_what_waits_is_told(me: Holder, counter: Counter) -> None:
    approve(counter, me, minutes=90)
    counter.make.record(volunteer_of(me), minutes=30)
    said = me.read()
    assert "1.50 服务小时" in said
    assert "0.50 小时还没入账" in said


def test_points_that_are_to_be_hidden_wait_for_a_touch(me: Holder) -> None:
    assert '<details class="cover-hidden">' not in me.get().text
    me.send("/me/reading", hide_balance="1")
    shown = me.get().text
    assert re.search(r'<details class="cover-hidden">.*500.*</details>', shown, re.DOTALL)
    assert "500" not in shown.partition("<details")[0]
    assert "500" not in shown.partition("</details>")[2].partition("最近")[0]


# --------------------------------------------------------------------------------------------- news


def news_of(me: Holder) -> list[Any]:
    wanted = f"volunteer:{volunteer_of(me).id}"
    found = select(News.id, News.told_how, News.told_by).where(News.holder == wanted)
    return list(me.counter.bank.database.read(lambda session: session.rows(found)))


def test_news_are_shown_and_told_once(me: Holder, counter: Counter) -> None:
    approve(counter, me, minutes=60)
    assert "10 分到账" in me.read()
    # Looking alone changes nothing; the page, or a press of its button, says that it was read.
    assert {row.told_how for row in news_of(me)} == {None}
    assert me.send("/me/news", page="/me/").status_code == 302
    actor = f"volunteer:{volunteer_of(me).id}"
    assert {(row.told_how, row.told_by) for row in news_of(me)} == {("me", actor)}
    assert "到账" not in me.read()


def test_nobody_marks_anothers_news(app: Flask, me: Holder, counter: Counter) -> None:
    other = Holder(app, counter, counter.buyer())
    approve(counter, other, minutes=60)
    [theirs] = news_of(other)
    assert me.send("/me/news", page="/me/help", news=str(theirs.id)).status_code == 302
    assert me.send("/me/news", page="/me/help", news="1; DROP TABLE news").status_code == 302
    assert {row.told_how for row in news_of(other)} == {None}


# ---------------------------------------------------------------------- what one can do for oneself


def test_large_type_is_kept_for_the_card(me: Holder, kiosk_client: KioskClient) -> None:
    assert 'class="large"' not in me.get().text
    assert me.send("/me/large", page="/me/", large="1", here="statement").location.endswith(
        "/me/statement"
    )
    assert 'class="large"' in me.get().text
    read = kiosk_client.post("/cards/read", {"code": me.buyer.card}).get_json()["card"]
    assert (read["large_type"], read["read_aloud"], read["hide_balance"]) == (True, False, False)
    me.send("/me/reading", read_aloud="1")
    read = kiosk_client.post("/cards/read", {"code": me.buyer.card}).get_json()["card"]
    assert (read["large_type"], read["read_aloud"]) == (False, True)


def test_choosing_how_to_read_leaves_everything_else(
    app: Flask, counter: Counter, me: Holder
) -> None:
    other = counter.buyer()
    before = get_volunteer_file(counter.bank, number=me.buyer.number)
    me.send("/me/reading", large_type="1", read_aloud="1", hide_balance="1")
    after = get_volunteer_file(counter.bank, number=me.buyer.number)
    assert (after.large_type, after.read_aloud, after.hide_balance) == (True, True, True)
    changed = {"large_type": True, "read_aloud": True, "hide_balance": True}
    assert vars(after) == {**vars(before), **changed}
    switches = select(Volunteer.number).where(Volunteer.large_type == 1)
    rows = counter.bank.database.read(lambda session: session.rows(switches))
    assert [row.number for row in rows] == [me.buyer.number]
    assert other.number != me.buyer.number


def test_a_lost_card_is_blocked_at_once_by_its_holder(
    me: Holder, counter: Counter, kiosk_client: KioskClient
) -> None:
    assert me.send("/me/block").location == "/me/login"
    told = kiosk_client.post("/cards/read", {"code": me.buyer.card})
    assert told.get_json()["code"] == "people.card_blocked"
    assert me.get("/me/statement").status_code == 302
    assert "挂失好了" in me.read("/me/login")
    row = counter.bank.database.read(
        lambda session: session.row(select(CardLoss.told_how, CardLoss.told_by, CardLoss.actor))
    )
    assert tuple(row) == ("me", "self", f"volunteer:{volunteer_of(me).id}")
    desk = Visitor(me.app, counter.bank, counter.make.staff("worker"))
    assert "本人在手机上自己挂的" in desk.read(f"/office/cards/{me.buyer.short_number}")
    assert counter.points(me.buyer) == 500
    counter.make.do(unblock_card, short_number=me.buyer.short_number, person_present=True)
    assert me.get().status_code == 302


def test_everything_of_ones_own_is_a_file_and_nothing_of_anybody_else(
    me: Holder, counter: Counter
) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    other = counter.make.volunteer(name="欧阳拾遗", phone="19900007777")
    worker = counter.make.staff("worker")
    record = counter.make.record(volunteer_of(me), 120, by=worker, activity="社区巡逻")
    counter.make.do(approve_record, by=counter.make.staff("witness").caller, record=record)
    counter.check_out(me.buyer, tapped("SOAP"))
    answer = me.send("/me/data", pin=me.pin)
    assert answer.status_code == 200
    told = json.loads(answer.data)
    assert (told["person"]["name"], told["person"]["number"]) == ("王小明", me.buyer.number)
    assert told["points"] == {"now": 490, "owed": 0}
    assert [line["points"] for line in told["statement"]] == [-30, 20, 500]
    assert [one["activity"] for one in told["service_records"]] == ["社区巡逻"]
    assert told["purchases"][0]["goods"] == [{"name": "商品SOAP", "quantity": 1, "points": 30}]
    assert told["minutes_served"]["attended"] == 120
    for word in ("欧阳拾遗", "19900007777", other.number, "工作人员", "staff:", me.pin):
        assert word not in answer.text, word
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_file_wants_the_pin_once_more_and_a_wrong_one_is_counted(me: Holder) -> None:
    assert me.send("/me/data").status_code == 422
    answer = me.send("/me/data", pin=wrong(me.pin))
    assert (answer.status_code, "还可以试 4 次" in words(answer)) == (403, True)
    assert "王小明" not in answer.text
    for _ in range(4):
        me.send("/me/data", pin=wrong(me.pin))
    assert me.send("/me/data", pin=me.pin).status_code == 403


def test_help_says_whom_to_call_and_that_a_pin_is_given_in_person(me: Holder) -> None:
    said = me.read("/me/help")
    for word in (
        "027-84840000",
        "密码不能在这里换",
        "现在就挂失这张卡",
        me.buyer.short_number[-4:],
    ):
        assert word in said, word
    assert 'href="tel:027-84840000"' in me.get("/me/help").text
    english = me.read("/me/help?lang=en")
    assert "Block my card now" in english


# ------------------------------------------------------------------------------- what must not leak


def test_a_form_of_another_site_does_nothing(me: Holder) -> None:
    acts = ("/me/block", "/me/reading", "/me/large", "/me/news", "/me/data", "/me/logout")
    for path in acts:
        assert me.client.post(path, data={"key": new_key(), "pin": me.pin}).status_code == 403
        hidden = dict(_HIDDEN.findall(me.get("/me/help").text))
        for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
            refused = me.client.post(path, data=hidden, headers=header)
            assert refused.status_code == 403, path
    assert me.get().status_code == 200


def test_the_form_is_what_keeps_another_site_out(
    me: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "_refuse_foreign_request", lambda: None)
    answer = me.client.post("/me/large", data={"key": new_key(), "large": "1"})
    assert answer.status_code == 302


def test_nothing_of_it_is_kept_by_anybody(me: Holder) -> None:
    number = entries_of(me.get("/me/statement").text)[0]
    paths = ("/me/", "/me/statement", f"/me/statement/{number}", "/me/passbook", "/me/help")
    for path in (*paths, "/me/login", "/me/statement/J999999-8"):
        headers = me.get(path).headers
        assert headers["Cache-Control"] == "no-store", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path


def test_no_secret_and_no_name_enters_books_or_logs(
    me: Holder, counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    me.come(pin=wrong(me.pin))
    me.come(me.buyer.card)
    cookie = me.cookie
    approve(counter, me, minutes=60)
    me.send("/me/news", page="/me/")
    me.send("/me/reading", large_type="1")
    me.send("/me/data", pin=me.pin)
    me.get("/me/passbook")
    me.send("/me/block")
    tables = counter.bank.database.read(_every_cell)
    secrets = (me.pin, wrong(me.pin), me.buyer.card, cookie)
    for word in (*secrets, "王小明"):
        where = {table for table, cells in tables.items() if word in cells}
        assert where <= ({"person"} if word == "王小明" else set()), word
    done = counter.bank.database.read(lambda session: session.rows(select(Receipt.operation)))
    assert {row.operation for row in done} >= {
        "people.open_card_login",
        "people.choose_reading",
        "people.tell_on_own_page",
        "people.block_card",
    }
    for word in (*secrets, "王小明"):
        assert word not in caplog.text, word


def _every_cell(session: Session) -> dict[str, str]:
    if session.is_sqlite:
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    tables = [row[0] for row in session.rows(text(names))]
    return {
        table: "\n".join(
            value.decode(errors="replace") if isinstance(value, bytes) else str(value)
            for row in session.rows(text(f'SELECT * FROM "{table}"'))
            for value in row
        )
        for table in tables
    }
