"""Two people at one screen, page by page; and one alone, by page, by API and by command."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from pointsbank.cli import app as commands
from pointsbank.earning import approve_record, approve_records, get_record
from pointsbank.foundation import Bank, Outcome, Receipt, TooBusy, new_key
from pointsbank.inventory import list_prices, list_recounts
from pointsbank.people import (
    find_card_by_code,
    hash_password,
    list_badges,
    passwords,
    pins,
    register_family,
    set_password,
)
from pointsbank.web.api import limits
from pointsbank.web.portals.office import service
from tests.counter import Counter, scanned
from tests.doors import create_app_for
from tests.make import Make
from tests.people.test_second_person import Standing, live_together, standing
from tests.web.page_visitor import Visitor

Enter = Callable[..., Visitor]
PASSWORD = "丁香花开满小巷口，七月的风"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    for room in (pins, passwords):
        monkeypatch.setattr(room, "_HASHER", PasswordHasher(1, 8, 1))


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


@pytest.fixture
def witness(make: Make) -> Standing:
    """A witness who stands beside the worker's screen."""
    return standing(make)


def shown(beside: Standing, pin: str | None = None) -> dict[str, str]:
    """What somebody beside the screen lets the scanner and the keyboard type."""
    return {"badge": beside.badge, "pin": pin or beside.pin}


def actor_of(bank: Bank, operation: str) -> str:
    """In whose name the last act of this kind was booked."""
    wanted = select(Receipt.actor).where(Receipt.operation == operation).order_by(Receipt.id.desc())
    return str(bank.database.read(lambda session: session.value(wanted)))


def words(text: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


# ------------------------------------------------------------------------------------ one by one


def test_a_record_is_approved_at_the_recorders_own_screen(
    worker: Visitor, witness: Standing, make: Make, bank: Bank
) -> None:
    person = make.volunteer()
    page = f"/office/service/{make.record(person, by=worker.staff)}"
    text = worker.get(page).text
    assert f'action="{page}/confirm"' in text
    assert re.search(r'name="badge" type="password"[^>]* autofocus', text)
    done = worker.send(page, f"{page}/confirm", **shown(witness))
    assert done.status_code == 302
    assert make.balance(person.wallet) == 20
    assert actor_of(bank, "earning.approve_record") == witness.staff.actor
    after = worker.read(page)
    assert "确认人：工作人员（监督员）" in after
    # The worker is still there, and the witness has never been.
    assert worker.get("/office/").status_code == 200
    assert f"{worker.staff.actor}" not in after


def test_what_waits_is_approved_together_and_ones_own_is_passed_over(
    worker: Visitor, witness: Standing, make: Make, bank: Bank
) -> None:
    people = [make.volunteer() for _ in range(3)]
    for person in people[:2]:
        make.record(person, by=worker.staff)
    make.record(people[2], by=witness.staff)
    text = worker.get("/office/service").text
    found = re.search(
        r'action="/office/service/confirm".*?name="records" value="([^"]+)"', text, re.DOTALL
    )
    assert found is not None
    done = worker.send(
        "/office/service", "/office/service/confirm", records=found[1], **shown(witness)
    )
    assert done.status_code == 302
    assert [make.balance(person.wallet) for person in people] == [20, 20, 0]
    assert "认定了 2 条，入账 40 分；跳过 1 条" in worker.read("/office/service")
    assert actor_of(bank, "earning.approve_records") == witness.staff.actor


def test_of_many_those_that_wait_for_a_notice_are_told_apart(
    worker: Visitor, make: Make, bank: Bank
) -> None:
    # The twentieth is today: what was served before goes by the rules of then.
    make.rule(10, starts_on="2026-11-20", notice={"length": 3, "unit": "working"})
    days = ("2026-11-18", "2026-11-20")
    records = " ".join(make.record(make.volunteer(), served_on=day) for day in days)
    form = worker.hidden("/office/service")
    assert worker.press("/office/service/approve", form, records=records).status_code == 302
    said = "认定了 2 条，一共 40 分，其中 1 条公示后入账；跳过 0 条"
    assert said in worker.read("/office/service")


def test_a_long_list_is_approved_in_parts_and_goes_on_behind_a_break(
    worker: Visitor, make: Make, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "RECORDS_MOST", 2)
    people = [make.volunteer() for _ in range(5)]
    records = " ".join(make.record(person) for person in people)
    form = worker.hidden("/office/service")
    parts = []

    def busy(*asked: object, **values: Any) -> Outcome:
        parts.append(values["key"])
        if len(parts) == 2:
            raise TooBusy()
        return approve_records(*asked, **values)

    monkeypatch.setattr(service, "approve_records", busy)
    broken = worker.press("/office/service/approve", form, records=records)
    assert broken.status_code == 503
    assert [make.balance(person.wallet) for person in people] == [20, 20, 0, 0, 0]
    assert form["key"] in broken.text
    again = worker.press("/office/service/approve", form, records=records)
    assert again.status_code == 302
    assert [make.balance(person.wallet) for person in people] == [20] * 5
    assert "认定了 5 条，入账 100 分" in worker.read("/office/service")
    assert (parts[0], parts[1]) == (parts[2], parts[3])
    assert len(set(parts)) == 3


def test_pressing_twice_books_once(worker: Visitor, witness: Standing, make: Make) -> None:
    person = make.volunteer()
    page = f"/office/service/{make.record(person, by=worker.staff)}"
    form = worker.hidden(page)
    for _ in range(2):
        assert worker.press(f"{page}/confirm", form, **shown(witness)).status_code == 302
    assert make.balance(person.wallet) == 20


def test_a_wrong_pin_says_how_many_tries_are_left_and_books_nothing(
    worker: Visitor, witness: Standing, make: Make
) -> None:
    person = make.volunteer()
    page = f"/office/service/{make.record(person, by=worker.staff)}"
    refused = worker.send(page, f"{page}/confirm", **shown(witness, "907183"))
    assert refused.status_code == 403
    assert "密码不对。还可以试 4 次" in words(refused.text)
    assert 'id="f-pin-error"' in refused.text
    # What was scanned and typed comes back nowhere.
    assert witness.badge not in refused.text
    assert "907183" not in refused.text
    for _ in range(4):
        refused = worker.send(page, f"{page}/confirm", **shown(witness, "907183"))
    assert "先锁一会儿" in refused.text
    refused = worker.send(page, f"{page}/confirm", **shown(witness))
    assert refused.status_code == 403
    assert make.balance(person.wallet) == 0


@pytest.mark.parametrize(
    ("fields", "field", "status"),
    [
        ({"badge": "", "pin": "407182"}, "badge", 422),
        ({"badge": "RH6V5JZTTEH6XDVEA56O5BMG", "pin": ""}, "pin", 422),
        ({"badge": "RH6V5JZTTEH6XDVEA56O5BMG", "pin": "407182"}, "badge", 404),
    ],
)
def test_what_is_missing_or_unknown_is_said_where_it_stands(
    worker: Visitor, make: Make, fields: dict[str, str], field: str, status: int
) -> None:
    page = f"/office/service/{make.record(make.volunteer(), by=worker.staff)}"
    refused = worker.send(page, f"{page}/confirm", **fields)
    assert refused.status_code == status
    assert f'id="f-{field}-error"' in refused.text


def test_a_price_changes_only_with_somebody_beside(
    worker: Visitor, witness: Standing, counter: Counter, bank: Bank
) -> None:
    counter.goods("SOAP", price=30)
    page = "/office/goods/SOAP"
    alone = worker.send(page, f"{page}/price", points="7")
    assert alone.status_code == 422
    assert [row.points for row in list_prices(bank, sku="SOAP")] == [30]
    assert worker.send(page, f"{page}/price", points="7", **shown(witness)).status_code == 302
    assert "确认人：工作人员" in worker.read(page)
    [price, _] = list_prices(bank, sku="SOAP")
    assert (price.points, price.decided_by) == (7, witness.staff.actor)


def test_a_recount_is_settled_by_two(
    worker: Visitor, witness: Standing, counter: Counter, bank: Bank
) -> None:
    counter.goods("SOAP", price=10)
    counter.check_out(counter.buyer(points=50), scanned("SOAP"))
    [finding] = list_recounts(bank, shop_id=1).items
    page = f"/office/goods/looks?count={finding.id}"
    address = f"/office/goods/recounts/{finding.id}"
    assert f'action="{address}"' in worker.get(page).text
    assert f'action="{address}"' not in worker.get("/office/goods/looks").text
    assert worker.send(page, address).status_code == 422
    assert worker.send(page, address, **shown(witness, "907183")).status_code == 403
    assert list_recounts(bank, shop_id=1).total == 1
    assert worker.send(page, address, **shown(witness)).status_code == 302
    assert list_recounts(bank, shop_id=1).total == 0


def test_an_approval_is_taken_back_by_two(
    worker: Visitor, witness: Standing, make: Make, bank: Bank
) -> None:
    person = make.volunteer()
    number = make.record(person)
    make.do(approve_record, by=make.staff("worker").caller, record=number)
    page = f"/office/service/{number}"
    assert worker.send(page, f"{page}/void", reason="不实").status_code == 422
    assert get_record(bank, record=number).status == "effective"
    refused = worker.send(page, f"{page}/void", reason="不实", **shown(witness, "907183"))
    assert 'value="不实"' in refused.text
    assert worker.send(page, f"{page}/void", reason="不实", **shown(witness)).status_code == 302
    assert get_record(bank, record=number).status == "void"
    assert make.balance(person.wallet) == 0


# ------------------------------------------------------------------------------- one alone, no door


def test_no_page_lets_one_confirm_alone(
    app: Flask, bank: Bank, counter: Counter, make: Make
) -> None:
    """Somebody with every role, an own badge and an own PIN, at every page of the table."""
    alone = standing(make, "worker", "witness", "admin")
    visitor = Visitor(app, bank, alone.staff)
    person = make.volunteer()
    record = make.record(person, by=alone.staff)
    approved = make.record(make.volunteer())
    make.do(approve_record, by=make.staff("worker").caller, record=approved)
    counter.goods("SOAP", price=10)
    counter.check_out(counter.buyer(points=50), scanned("SOAP"))
    [finding] = list_recounts(bank, shop_id=1).items
    before = state(bank)
    for address, fields in (
        (f"/office/service/{record}/approve", {}),
        (f"/office/service/{record}/confirm", {}),
        ("/office/service/approve", {"records": record}),
        ("/office/service/confirm", {"records": record}),
        (f"/office/service/{approved}/void", {"reason": "不实"}),
        ("/office/goods/SOAP/price", {"points": "7"}),
        (f"/office/goods/recounts/{finding.id}", {}),
    ):
        for more in ({}, shown(alone)):
            visitor.send("/office/devices", address, **fields, **more)
            assert state(bank) == before, address
    assert make.balance(person.wallet) == 0


def state(bank: Bank) -> tuple[Any, ...]:
    """Everything that a second person's word would have changed."""
    return (
        list_prices(bank, sku="SOAP"),
        list_recounts(bank, shop_id=1).total,
        bank.database.read(
            lambda session: session.rows(
                select(Receipt.operation, func.count())
                .where(
                    Receipt.operation.in_(
                        ["earning.approve_record", "earning.void_record", "inventory.set_price"]
                    )
                )
                .group_by(Receipt.operation)
                .order_by(Receipt.operation)
            )
        ),
    )


def test_the_api_offers_nothing_that_confirms(app: Flask) -> None:
    writing = {
        rule.endpoint: rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and (rule.methods or set()) & {"POST", "PUT", "DELETE"}
    }
    for endpoint in writing:
        allowed = app.view_functions[endpoint].__allows__  # type: ignore[attr-defined]  # our mark
        # What the staff may write by the API is nothing at all: a cookie there only reads.
        assert not allowed & {"worker", "admin", "witness", "auditor"}, endpoint


def test_no_command_is_there_to_confirm() -> None:
    """`pointsbank …` knows no act of the table; the operations refuse commands besides."""
    words = {"approve", "confirm", "void", "price", "settle", "recount", "grant"}
    assert not words & set(commands.group.commands)


def test_a_household_is_one_at_the_screen_too(
    app: Flask, bank: Bank, make: Make, witness: Standing
) -> None:
    husband, wife = make.volunteer(), make.volunteer()
    live_together(make, husband, wife)
    visitor = Visitor(app, bank, make.staff("worker", volunteer=husband))
    beside = standing(make, volunteer=wife)
    number = make.record(make.volunteer(), by=visitor.staff)
    page = f"/office/service/{number}"
    refused = visitor.send(page, f"{page}/confirm", **shown(beside))
    assert refused.status_code == 403
    assert "住在一起的不能互相确认" in refused.text
    assert visitor.send(page, f"{page}/confirm", **shown(witness)).status_code == 302


def test_many_wrong_badges_a_minute_are_too_many(app: Flask, worker: Visitor, make: Make) -> None:
    page = f"/office/service/{make.record(make.volunteer(), by=worker.staff)}"
    form = worker.hidden(page)
    unknown = {"badge": "RH6V5JZTTEH6XDVEA56O5BMG", "pin": "407182"}
    statuses = [
        worker.press(f"{page}/confirm", form, **unknown).status_code
        for _ in range(limits.DEFAULTS["LIMIT_WRONG_PINS"] + 1)
    ]
    assert (statuses[0], statuses[-1]) == (404, 429)


# ------------------------------------------------------------------------------- PINs and badges


def test_a_volunteers_new_pin_is_shown_once_and_opens_the_card(
    worker: Visitor, make: Make, bank: Bank
) -> None:
    person = make.volunteer(name="欧阳娜娜")
    card = make.card(person)
    page = f"/office/volunteers/{person.number}"
    form = worker.hidden(page)
    slip = worker.press(f"/office/pins/{person.number}", form)
    assert slip.status_code == 200
    assert slip.headers["Cache-Control"] == "no-store"
    [pin] = re.findall(r"\b\d{3} \d{3}\b", words(slip.text))
    assert "欧阳娜娜" not in slip.text
    assert card.short_number not in slip.text.replace(" ", "")
    # A double click shows the same slip; the page of the volunteer never shows it again.
    assert pin in worker.press(f"/office/pins/{person.number}", form).text
    assert pin not in worker.get(page).text
    assert "2026-11-20 给的" in worker.read(page)
    holder = bank.database.read(lambda session: find_card_by_code(session, card.code))
    assert holder is not None
    kept = bank.database.read(lambda session: pins.find_pin_hash(session, holder.holder, 1))
    assert pins.is_pin(bank.keys, holder.holder, kept, pin.replace(" ", ""))


def test_a_family_is_given_a_pin_like_anybody(worker: Visitor, make: Make) -> None:
    number = make.do(register_family).answer["number"]
    assert f"/office/pins/{number}" in worker.get("/office/families").text
    slip = worker.send("/office/families", f"/office/pins/{number}")
    assert re.search(r"\b\d{3} \d{3}\b", words(slip.text))


@pytest.mark.parametrize("role", ["witness", "auditor"])
def test_who_is_no_worker_gives_no_pin(enter: Enter, make: Make, role: str) -> None:
    visitor, person = enter(role), make.volunteer()
    page = f"/office/volunteers/{person.number}"
    assert "/office/pins/" not in visitor.get(page).text
    assert visitor.send("/office/devices", f"/office/pins/{person.number}").status_code == 403


def test_a_pin_of_ones_own_needs_the_password_once_more(
    enter: Enter, make: Make, bank: Bank
) -> None:
    visitor = enter("witness")
    make.do(set_password, login=visitor.staff.login, password_hash=hash_password(PASSWORD))
    visitor = Visitor(visitor.client.application, bank, visitor.staff)
    refused = visitor.send("/office/badges", "/office/badges/pin", password="something else here")
    assert refused.status_code == 403
    assert 'id="f-password-error"' in refused.text
    assert "something else here" not in refused.text
    slip = visitor.send("/office/badges", "/office/badges/pin", password=PASSWORD)
    [pin] = re.findall(r"\b\d{3} \d{3}\b", words(slip.text))
    kept = bank.database.read(lambda session: pins.find_pin_hash(session, visitor.staff.actor, 1))
    assert pins.is_pin(bank.keys, visitor.staff.actor, kept, pin.replace(" ", ""))
    assert pin not in visitor.get("/office/badges").text


def test_an_admin_issues_prints_and_replaces_badges_and_no_pin_of_others(
    enter: Enter, make: Make, bank: Bank
) -> None:
    admin, other = enter("admin"), make.staff("witness")
    at = f"/office/badges/{other.login}"
    assert admin.send("/office/badges", f"{at}/print").status_code == 404
    assert admin.send("/office/badges", f"{at}/issue", capacity="committee").status_code == 302
    paper = admin.send("/office/badges", f"{at}/print")
    assert paper.data.startswith(b"%PDF")
    assert actor_of(bank, "people.print_badge") == admin.staff.actor
    assert admin.send("/office/badges", f"{at}/replace").status_code == 302
    assert list_badges(bank)[other.id].issue == 2
    worker = enter("worker")
    for verb in ("issue", "print", "replace"):
        assert worker.send("/office/badges", f"{at}/{verb}").status_code == 403
    assert worker.send("/office/badges", f"{at}/block").status_code == 302
    assert "已挂失" in admin.read("/office/badges")
    # Whose PIN is drawn is never asked: it is the one who is logged in.
    assert admin.send("/office/badges", f"{at}/pin").status_code == 404
    assert new_key() != new_key()
