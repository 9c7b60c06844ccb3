"""The set-up as the one worker of a community walks through it; nothing is ticked off by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from pointsbank.earning import approve_record, get_rulebook, list_rulebooks
from pointsbank.foundation import Bank, Caller, Clock, find_setting_on, list_settings, new_key
from pointsbank.founding import found_community
from pointsbank.inventory import add_product, deliver, shelve
from pointsbank.people import (
    find_stand_in_card,
    issue_card,
    list_shops,
    note_tried,
    pair_device,
    print_cards,
    read_readiness,
)
from pointsbank.redemption import check_out, find_rehearsal, quote
from pointsbank.safekeeping import record_envelope
from pointsbank.web.portals.setup.steps import STEPS
from tests.books import books_are_right
from tests.conftest import NOON
from tests.doors import create_app_for
from tests.make import SOMEBODY, Make
from tests.web.page_visitor import Visitor

SETUP = "/office/setup/"
PAGES = tuple(f"{SETUP}{step.code}" for step in STEPS)
PASSWORD = "correct horse battery staple"
Enter = Callable[..., Visitor]


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank) -> Flask:
    """A bank as `init` leaves it when it was told nothing but who is first."""
    found(bank)
    return create_app_for(bank, secure=False)


def found(bank: Bank, nature: str = "bank", community: str | None = None) -> str:
    """Found a bank; the one-time code of whoever is first, or nothing."""
    invitation = found_community(
        bank,
        nature=nature,
        community=community,
        shop=None,
        points_per_hour=10,
        help_phone="",
        login="limin",
        name="李敏",
        password=None if nature == "bank" else PASSWORD,
        by=Caller("system", "init"),
        key=new_key(),
    )
    return invitation.code if invitation else ""


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Enter:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


@pytest.fixture
def admin(enter: Enter) -> Visitor:
    """Whoever sets the bank up."""
    return enter("admin", "worker")


def test_a_step_that_leads_elsewhere_shows_the_way_back_until_another_is_looked_at(
    admin: Visitor,
) -> None:
    assert "回到这一步" not in admin.read("/office/goods/new")
    admin.read(f"{SETUP}goods")
    assert "正在设置：第一批货。" in admin.read("/office/goods/new")
    assert f'href="{SETUP}goods"' in admin.get("/office/staff").text
    assert "回到这一步" not in admin.read(f"{SETUP}phone")
    assert "回到这一步" not in admin.read("/office/goods/new")


def save(visitor: Visitor, step: str, /, **fields: str) -> tuple[int, str]:
    """Fill in a step and press its button: the status, and where it leads."""
    answer = visitor.send(SETUP + step, SETUP + step, **fields)
    return answer.status_code, answer.location or answer.text


def stock(make: Make, price: int = 30) -> None:
    """One product, five pieces of it on the shelf."""
    make.do(add_product, shop_id=1, sku="SOAP", name="香皂", price_points=price)
    make.do(deliver, shop_id=1, sku="SOAP", donor_id=1, quantity=9)
    make.do(shelve, shop_id=1, sku="SOAP", quantity=5)


def marks(visitor: Visitor) -> dict[str, bool]:
    """The check list: what it is about, and whether it is done."""
    rows = re.findall(
        r'<span class="chip chip-(in|wait)">.*?<b>([^<]+)</b>', visitor.get(SETUP).text, re.DOTALL
    )
    return {word: kind == "in" for kind, word in rows}


# ----------------------------------------------------------------- coming in, going on


def test_the_first_person_comes_in_by_the_code_and_is_led_to_the_set_up(bank: Bank) -> None:
    code = found(bank)
    app = create_app_for(bank, secure=False)
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login/first").text)
    assert token is not None
    form = {"csrf_token": token[1], "code": code, "password": PASSWORD, "again": PASSWORD}
    front = client.get("/").text
    assert "演示" not in front
    assert "这一位" not in front
    assert client.post("/login/first", data=form).location == "/office/"
    today = client.get("/office/").text
    assert "件事没设好" in today
    assert f'href="{SETUP}"' in today
    again = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', again.get("/login/first").text)
    assert token is not None
    refused = again.post("/login/first", data={**form, "csrf_token": token[1]})
    assert refused.status_code == 403


@pytest.mark.parametrize("page", [SETUP, *PAGES, f"{SETUP}equipment/slip", f"{SETUP}clock/now"])
def test_workers_and_admins_read_every_page_and_nobody_else(enter: Enter, page: str) -> None:
    assert enter("admin").get(page).status_code == 200
    assert enter("worker").get(page).status_code == 200
    for role in ("witness", "auditor", "merchant"):
        assert enter(role).get(page).status_code == 403


def test_a_worker_sees_the_settings_and_changes_none(enter: Enter, bank: Bank) -> None:
    worker = enter("worker")
    for step in ("community", "shop", "hours", "phone", "currency", "rate", "limits", "address"):
        page = worker.get(SETUP + step).text
        assert "要管理员来改" in page
        hidden = worker.hidden(SETUP + step)
        assert worker.press(SETUP + step, hidden, community_name="乙").status_code == 403
    assert bank.database.read(list_settings)["community_name"] == "本社区"


def test_every_step_leads_back_and_forward(admin: Visitor) -> None:
    for place, page in enumerate(PAGES):
        text = admin.get(page).text
        assert ('rel="prev"' in text) is (place > 0)
        after = PAGES[place + 1] if place + 1 < len(PAGES) else SETUP
        assert f'rel="next" href="{after}"' in text


# ----------------------------------------------------------------- the decisions


def test_names_are_saved_step_by_step_and_can_be_left_and_gone_on_with(
    admin: Visitor, bank: Bank
) -> None:
    assert "接着来：社区叫什么" in admin.read(SETUP)
    assert save(admin, "community", community_name=" 晨光社区 ") == (302, f"{SETUP}shop")
    assert "接着来：超市叫什么" in admin.read(SETUP)
    fields = {"name": "晨光超市", "tagline": "做好事，攒积分"}
    assert save(admin, "shop", **fields) == (302, f"{SETUP}hours")
    assert save(admin, "hours", opens="08:00", closes="20:30") == (302, f"{SETUP}phone")
    assert save(admin, "phone", help_phone="8651 2030") == (302, f"{SETUP}currency")
    currency = {"currency_name": "志愿币", "currency_unit": "枚"}
    assert save(admin, "currency", **currency) == (302, f"{SETUP}rate")
    [shop] = list_shops(bank)
    assert (shop.name, shop.tagline, shop.opens, shop.closes, shop.help_phone) == (
        "晨光超市",
        "做好事，攒积分",
        "08:00",
        "20:30",
        "8651 2030",
    )
    settings = bank.database.read(list_settings)
    assert [settings[name] for name in ("community_name", "currency_name", "currency_unit")] == [
        "晨光社区",
        "志愿币",
        "枚",
    ]
    assert marks(admin)["名字、时间、电话"]
    assert 'value="晨光社区"' in admin.get(f"{SETUP}community").text


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("community", {"community_name": "  "}, "community_name"),
        ("community", {"community_name": "长" * 61}, ""),
        ("shop", {"name": ""}, "name"),
        ("hours", {"opens": "7点", "closes": "21:00"}, "closes"),
        ("hours", {"opens": "21:00", "closes": "07:00"}, "closes"),
        ("hours", {"opens": "", "closes": "21:00"}, "opens"),
        ("phone", {"help_phone": ""}, "help_phone"),
        ("currency", {"currency_name": "积分", "currency_unit": ""}, "currency_unit"),
        ("rate", {"points_per_hour": "很多", "step": "decide"}, "points_per_hour"),
        ("rate", {"points_per_hour": "0", "step": "decide"}, "points_per_hour"),
        ("rate", {"points_per_hour": "5000", "step": "look"}, "points_per_hour"),
        (
            "limits",
            {"limit_points_daily": "-1", "unbooked_pieces_daily": "3"},
            "limit_points_daily",
        ),
        (
            "limits",
            {"limit_points_daily": "9", "unbooked_pieces_daily": "x"},
            "unbooked_pieces_daily",
        ),
        (
            "limits",
            {"limit_points_daily": "9", "unbooked_pieces_daily": "3", "starts_on": "2026-11-19"},
            "starts_on",
        ),
        ("address", {"public_address": "http://example.org"}, "public_address"),
        ("kiosk", {"name": ""}, "name"),
        ("clock", {"seen": "gestern"}, ""),
        ("clock", {"seen": "2026-11-20T20:26:00.000000Z"}, ""),
        ("equipment", {}, ""),
        ("equipment", {"camera": "perhaps"}, ""),
    ],
)
def test_what_cannot_be_meant_comes_back_where_it_was_typed(
    admin: Visitor, bank: Bank, step: str, fields: dict[str, str], field: str
) -> None:
    before = (bank.database.read(list_settings), list_shops(bank), list_rulebooks(bank))
    status, page = save(admin, step, **fields)
    assert status in {409, 422}
    assert (f'id="f-{field}-error"' if field else 'role="alert"') in page
    assert (bank.database.read(list_settings), list_shops(bank), list_rulebooks(bank)) == before


def test_the_rate_is_seen_before_it_is_decided(admin: Visitor, bank: Bank) -> None:
    shown = admin.read(f"{SETUP}rate")
    assert "巡逻 2 小时，得 20 分" in shown
    assert "洗衣液 230 分，要 23 小时" in shown
    status, page = save(admin, "rate", points_per_hour="８", counts_manual="1", step="look")
    assert status == 200
    assert "得 16 分" in page
    assert "28.8 小时" in page
    assert len(list_rulebooks(bank)) == 1
    decided = save(admin, "rate", points_per_hour="8", counts_manual="1", step="decide")
    assert decided == (302, f"{SETUP}limits")
    book = get_rulebook(bank, day="2026-01-01")
    assert (book.hourly, book.earns("manual"), book.version) == (8, True, 2)
    assert marks(admin)["积分标准定了"]


def test_a_rate_that_was_decided_changes_from_a_day_on(
    admin: Visitor, bank: Bank, make: Make
) -> None:
    save(admin, "rate", points_per_hour="8", counts_manual="0", step="decide")
    wrong = {"points_per_hour": "9", "starts_on": "2026-11-19", "step": "decide"}
    status, page = save(admin, "rate", **wrong)
    assert status == 409
    assert 'id="f-starts_on-error"' in page
    save(admin, "rate", points_per_hour="9", starts_on="2026-12-01", step="decide")
    assert get_rulebook(bank, day="2026-11-30").hourly == 8
    assert get_rulebook(bank, day="2026-12-01").hourly == 9


def test_once_something_was_earned_one_person_alone_sets_no_rate(
    admin: Visitor, bank: Bank, make: Make
) -> None:
    record = make.record(make.volunteer())
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    assert "由第二个人确认" in admin.read(f"{SETUP}rate")
    assert 'name="points_per_hour"' not in admin.get(f"{SETUP}rate").text
    # Whoever has kept the form of yesterday open is told the same.
    form = admin.hidden(f"{SETUP}limits") | {"points_per_hour": "8", "step": "decide"}
    assert admin.press(f"{SETUP}rate", form).status_code == 403
    assert get_rulebook(bank, day="2026-11-20").hourly == 10


def test_the_preview_names_the_goods_of_the_shop(admin: Visitor, make: Make) -> None:
    stock(make, price=45)
    shown = admin.read(f"{SETUP}rate")
    assert "香皂 45 分，要 4.5 小时" in shown
    assert "洗衣液" not in shown


def test_a_limit_is_saved_with_its_day(admin: Visitor, bank: Bank) -> None:
    fields = {"limit_points_daily": "300", "unbooked_pieces_daily": "0", "starts_on": "2026-12-01"}
    assert save(admin, "limits", **fields) == (302, f"{SETUP}address")
    for day, kept in (("2026-11-30", "500"), ("2026-12-01", "300")):
        assert (
            bank.database.read(
                lambda session, day=day: find_setting_on(session, "limit_points_daily", day)
            )
            == kept
        )


def test_no_public_address_is_an_answer_too(admin: Visitor, bank: Bank) -> None:
    assert save(admin, "address", public_address="") == (302, f"{SETUP}staff")
    assert "address" in read_readiness(bank).settled
    save(admin, "address", public_address="https://points.example.org/")
    assert bank.database.read(list_settings)["public_address"] == "https://points.example.org"


# ----------------------------------------------------------------- the machine, the clock


def test_a_kiosk_is_paired_from_the_step(admin: Visitor, bank: Bank) -> None:
    answer = admin.send(f"{SETUP}kiosk", f"{SETUP}kiosk", name="门口自助机")
    code = re.search(r'class="mono nowrap pairing-code">([\d ]+)<', answer.text)
    assert code is not None
    pair_device(bank, code=code[1], token_hash=b"t" * 32, key=new_key())
    assert marks(admin)["自助机配对了"]
    assert "门口自助机" in admin.read(f"{SETUP}kiosk")
    assert code[1] not in admin.get(f"{SETUP}kiosk").text


def test_how_the_equipment_did_is_noted_and_may_be_noted_again(admin: Visitor) -> None:
    save(admin, "equipment", camera="works", scanner="absent", printer="fails", sound="works")
    assert not marks(admin)["设备试过"]
    save(admin, "equipment", printer="works")
    assert marks(admin)["设备试过"]


def test_the_equipment_page_alone_may_open_the_camera(admin: Visitor) -> None:
    for page, may in ((f"{SETUP}equipment", True), (f"{SETUP}clock", False), (SETUP, False)):
        headers = admin.get(page).headers
        assert ("wasm-unsafe-eval" in headers["Content-Security-Policy"]) is may
        assert ("camera=(self)" in headers["Permissions-Policy"]) is may


def test_the_clock_is_right_once_somebody_has_looked(admin: Visitor, bank: Bank) -> None:
    assert not marks(admin)["时钟对了"]
    now = admin.get(f"{SETUP}clock/now").get_json()["now"]
    assert now == bank.clock.instant()
    assert save(admin, "clock", seen=now) == (302, f"{SETUP}rehearsal")
    assert marks(admin)["时钟对了"]


@pytest.mark.parametrize("paper", ["58", "80"])
def test_a_test_slip_is_made_for_both_papers(admin: Visitor, paper: str) -> None:
    assert (
        f'class="receipt receipt-{paper}"' in admin.get(f"{SETUP}equipment/slip?paper={paper}").text
    )


# ----------------------------------------------------------------- the rehearsal


def test_a_rehearsal_right_here_leaves_the_books_right(
    admin: Visitor, bank: Bank, make: Make
) -> None:
    assert "先上一样货" in admin.read(f"{SETUP}rehearsal")
    stock(make)
    form = admin.hidden(f"{SETUP}rehearsal")
    for _ in range(2):
        done = admin.press(f"{SETUP}rehearsal/here", form, sku="SOAP")
        assert done.status_code == 302
    told = admin.read(f"{SETUP}rehearsal")
    assert "演练好了：积分和货都回来了" in told
    assert "借给演练卡 30 分" in told
    assert "在这里换了，用去 30 分" in told
    assert marks(admin)["演练过一次"]
    journal = admin.read("/office/journal")
    assert "演练：借给 30 分，收场时收回" in journal
    assert "演练收场：撤销兑换" in journal
    books_are_right(bank)


def test_a_rehearsal_at_the_kiosk_is_watched_and_ended(
    admin: Visitor, bank: Bank, make: Make
) -> None:
    stock(make)
    admin.send(f"{SETUP}rehearsal", f"{SETUP}rehearsal/begin", sku="SOAP")
    assert admin.get(f"{SETUP}rehearsal/state").get_json() == {"open": True, "purchases": 0}
    assert "还没有换" in admin.read(f"{SETUP}rehearsal")
    assert not marks(admin)["演练过一次"]
    card = find_stand_in_card(bank)
    assert card is not None
    buy(bank, card.code)
    assert admin.get(f"{SETUP}rehearsal/state").get_json() == {"open": True, "purchases": 1}
    ended = admin.send(f"{SETUP}rehearsal", f"{SETUP}rehearsal/end")
    assert ended.status_code == 302
    assert admin.get(f"{SETUP}rehearsal/state").get_json() == {"open": False, "purchases": 0}
    assert marks(admin)["演练过一次"]
    assert admin.send(f"{SETUP}rehearsal", f"{SETUP}rehearsal/end").status_code == 409
    books_are_right(bank)


def buy(bank: Bank, card: str) -> None:
    """The soap, with this card, at the desk's till."""
    promised = quote(
        bank,
        by=SOMEBODY,
        kind="goods",
        shop_id=1,
        device_number=None,
        card=card,
        request={"lines": [{"sku": "SOAP", "quantity": 1, "scanned": True}]},
    )
    check_out(
        bank,
        by=SOMEBODY,
        key=new_key(),
        kind="goods",
        card=card,
        quote=promised.quote,
        total_points=promised.total_points,
    )


def test_a_rehearsal_outside_the_hours_is_refused_and_leaves_nothing_open(
    admin: Visitor, bank: Bank, make: Make, clock: Clock
) -> None:
    stock(make)
    form = admin.hidden(f"{SETUP}rehearsal")
    save(admin, "hours", opens="07:00", closes="10:00")
    refused = admin.press(f"{SETUP}rehearsal/here", form, sku="SOAP")
    assert refused.status_code == 409
    assert "07:00" in refused.text
    assert find_rehearsal(bank) is None
    assert not marks(admin)["演练过一次"]
    books_are_right(bank)


def test_an_unknown_product_cannot_be_rehearsed(admin: Visitor, bank: Bank, make: Make) -> None:
    stock(make)
    form = admin.hidden(f"{SETUP}rehearsal")
    assert admin.press(f"{SETUP}rehearsal/here", form, sku="NOTHING").status_code == 404
    assert admin.press(f"{SETUP}rehearsal/begin", form, sku="").status_code == 422
    assert find_rehearsal(bank) is None


# ----------------------------------------------------------------- what is left to do


def test_the_check_list_follows_the_bank_and_nothing_else(
    admin: Visitor, bank: Bank, make: Make, clock: Clock
) -> None:
    told = marks(admin)
    assert len(told) == 11
    # The admin of this test and the founder are two.
    assert {word for word, done in told.items() if done} == {"有第二个人"}
    save(admin, "community", community_name="晨光社区")
    save(admin, "shop", name="晨光超市")
    save(admin, "hours", opens="07:00", closes="21:00")
    save(admin, "phone", help_phone="8651 2030")
    save(admin, "rate", points_per_hour="10", counts_manual="0", step="decide")
    stock(make)
    volunteer = make.volunteer()
    short = make.do(issue_card, number=volunteer.number).answer["short_number"]
    assert not marks(admin)["印过卡"]
    make.do(print_cards, short_numbers=[short], why="first")
    test_a_kiosk_is_paired_from_the_step(admin, bank)
    make.do(note_tried, outcomes=dict.fromkeys(("camera", "scanner", "printer", "sound"), "works"))
    save(admin, "clock", seen=bank.clock.instant())
    admin.send(f"{SETUP}rehearsal", f"{SETUP}rehearsal/here", sku="SOAP")
    make.do(record_envelope)
    assert {word for word, done in marks(admin).items() if not done} == {"有一份好的备份"}
    today = admin.read("/office/")
    assert "还有 1 件事没设好" in today
    # A rehearsal has bought something by now, and opens nothing.
    assert "还没开张" in today
    assert "店里" not in today
    admin.send(SETUP, f"{SETUP}finished")
    today = admin.read("/office/")
    assert "没设好" not in today
    assert "店里开着" in today
    assert {word for word, done in marks(admin).items() if not done} == {"有一份好的备份"}
    clock.set_now(lambda: NOON + timedelta(minutes=5))
    books_are_right(bank)


def test_a_mark_goes_when_what_it_stands_for_goes(admin: Visitor, make: Make) -> None:
    stock(make)
    assert marks(admin)["货架上有货"]
    admin.send("/office/goods/SOAP", "/office/goods/SOAP/unshelve", quantity="5")
    assert not marks(admin)["货架上有货"]


def test_what_was_told_to_the_founding_is_not_asked_again(bank: Bank, make: Make) -> None:
    found(bank, community="晨光社区")
    app = create_app_for(bank, secure=False)
    visitor = Visitor(app, bank, make.staff("admin"))
    assert "接着来：超市叫什么" in visitor.read(SETUP)


def test_a_demonstration_shows_the_names_as_settled_and_asks_for_no_backup(
    bank: Bank, make: Make
) -> None:
    found(bank, nature="demonstration", community="晨光社区")
    app = create_app_for(bank, secure=False)
    visitor = Visitor(app, bank, make.staff("admin"))
    told = marks(visitor)
    assert "有一份好的备份" not in told
    assert told["时钟对了"]
    assert "演示不留备份" in visitor.read(f"{SETUP}safe")
