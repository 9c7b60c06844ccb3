"""Late entries at the office: from a slip on the list of the missing, and from a sheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.foundation import Bank, public_id
from pointsbank.people import pins
from pointsbank.redemption import list_redemptions
from pointsbank.safekeeping import list_seen, note_seen, note_slip
from tests.counter import Buyer, Counter
from tests.doors import create_app_for
from tests.make import Make
from tests.people.test_second_person import Standing, standing
from tests.web.page_visitor import Visitor

PAGE, MISSING = "/office/late", "/office/backup/missing"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The pages over a shop that sells soap and rice."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))
    counter.goods("SOAP", price=30, shelf=9)
    counter.goods("RICE", price=50, shelf=9)
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Callable[..., Visitor]:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


def two_soaps_and_rice(buyer: Buyer, beside: Standing, **told: str) -> dict[str, str]:
    """The form as it is filled in from a slip of 110 points."""
    lines = {"sku1": "SOAP", "pieces1": "2", "sku2": "RICE", "pieces2": "1"}
    confirmed = {"badge": beside.badge, "pin": beside.pin}
    who = {"who": buyer.short_number, "points": "110", "why": "paper"}
    return {"slip": "1-3", "day": "2026-11-19", **lines, **who, **confirmed, **told}


def test_a_line_of_the_sheet_is_entered_and_the_next_one_is_asked_for(
    counter: Counter, enter: Callable[..., Visitor], make: Make
) -> None:
    worker, beside, buyer = enter("worker"), standing(make), counter.buyer(points=100)
    told = two_soaps_and_rice(buyer, beside, day="2026-11-20")
    done = worker.send(PAGE, PAGE, **told)
    assert done.status_code == 302
    assert done.headers["Location"].endswith("?why=paper&day=2026-11-20&slip=1-4")
    page = worker.read(done.headers["Location"])
    assert "1-3 补记好了，110 分。" in page
    assert "卡里不够，欠 10 分" in page
    [row] = list_redemptions(counter.bank, late_only=True).items
    slip = f"/office/redemptions/{row.number}"
    for words in ("2026-11-20 拿的", "停电时手写的", "换完还欠 10"):
        assert words in worker.read(slip)
    assert "补记" in worker.read("/office/redemptions")
    assert "事后补记，两个人确认过" in worker.read(f"/office/journal/{row.entry}")
    again = worker.send(PAGE, PAGE, **told)
    assert (again.status_code, "已经在账上了" in again.text) == (409, True)
    wrong = worker.send(slip, f"{slip}/take-back", badge=beside.badge, pin="000000")
    assert wrong.status_code == 403
    back = worker.send(slip, f"{slip}/take-back", badge=beside.badge, pin=beside.pin)
    assert back.status_code == 302
    assert counter.points(buyer) == 100
    assert "补记错了" not in worker.read(slip)


def test_a_missing_slip_is_entered_by_one_click_and_ticked_off(
    counter: Counter, enter: Callable[..., Visitor], make: Make
) -> None:
    worker, beside, buyer = enter("worker"), standing(make), counter.buyer(points=300)
    tail = buyer.short_number[-4:]
    at = "2026-11-20T01:26:00.000000Z"
    line = ("R000412-6", "A3-0412", "k" * 16, 110, f"····{tail}", at, False)
    make.do(note_seen, device=1, receipts=[line])
    make.do(note_slip, slip="A3-0412", points=110, happened_on="2026-11-20")
    [kiosk, _brought] = list_seen(counter.bank).items
    form = f"{PAGE}?seen={kiosk.id}"
    assert f'href="{form}"' in worker.get(MISSING).text
    page = worker.get(form).text
    for filled in ('value="A3-0412"', 'value="2026-11-20"', 'value="110"'):
        assert filled in page
    assert f"{form}&amp;who={buyer.short_number}" in page
    told = two_soaps_and_rice(buyer, beside, slip="A3-0412", day="2026-11-20")
    assert worker.send(form, PAGE, seen=str(kiosk.id), **told).status_code == 302
    assert [one.settled_how for one in list_seen(counter.bank).items] == ["entered", "entered"]
    assert "0 张没办" in worker.read(MISSING)
    assert counter.points(buyer) == 190
    again = worker.send(form, PAGE, seen=str(kiosk.id), **told | {"slip": "A3-0413"})
    assert again.status_code == 404
    assert counter.points(buyer) == 190


def test_a_slip_entered_without_starting_from_its_line_is_ticked_off(
    counter: Counter, enter: Callable[..., Visitor], make: Make
) -> None:
    worker, beside, buyer = enter("worker"), standing(make), counter.buyer(points=300)
    make.do(note_slip, slip="A3-0412", points=110, happened_on="2026-11-20")
    told = two_soaps_and_rice(buyer, beside, slip="a3 0412", day="2026-11-20", why="restored")
    assert worker.send(PAGE, PAGE, **told).status_code == 302
    assert "0 张没办" in worker.read(MISSING)
    again = worker.send(PAGE, PAGE, **told)
    assert (again.status_code, "已经在账上了" in again.text) == (409, True)
    # Who has the line still open on the screen is told the same.
    stale = worker.send(f"{PAGE}?seen=1", PAGE, seen="1", **told)
    assert (stale.status_code, counter.points(buyer)) == (404, 190)


def test_with_nobody_beside_the_screen_it_waits_for_another_login(
    counter: Counter, enter: Callable[..., Visitor], make: Make
) -> None:
    worker, witness, buyer = enter("worker"), enter("witness"), counter.buyer(points=300)
    make.do(note_slip, slip="A3-0412", points=110, happened_on="2026-11-20")
    form, waits = f"{PAGE}?seen=1", {"badge": "", "pin": "", "waits": "yes"}
    told = two_soaps_and_rice(buyer, standing(make), slip="A3-0412", day="2026-11-20")
    wrong = worker.send(form, PAGE, seen="1", **told | waits | {"points": "100"})
    assert (wrong.status_code, 'id="f-points-error"' in wrong.text) == (409, True)
    assert worker.send(form, PAGE, seen="1", **told | waits).status_code == 302
    address = f"/office/proposals/{public_id('P', 1)}"
    for page in (MISSING, form):
        assert f'href="{address}"' in worker.get(page).text
    shown = witness.read(address)
    for words in ("补记兑换：A3-0412", "商品SOAP × 2、商品RICE × 1", buyer.short_number):
        assert words in shown
    assert witness.send(address, f"{address}/confirm").status_code == 302
    assert ("0 张没办" in worker.read(MISSING), counter.points(buyer)) == (True, 190)
    [row] = list_redemptions(counter.bank, late_only=True).items
    slip = f"/office/redemptions/{row.number}"
    assert worker.send(slip, f"{slip}/take-back", waits="yes").status_code == 302
    address = f"/office/proposals/{public_id('P', 2)}"
    assert f'href="{address}"' in worker.get(slip).text
    assert witness.send(address, f"{address}/confirm").status_code == 302
    assert counter.points(buyer) == 300
    assert "补记撤销了" in worker.read(MISSING)


def test_what_is_wrong_stands_under_its_field_and_nothing_is_lost(
    counter: Counter, enter: Callable[..., Visitor], make: Make
) -> None:
    worker, beside, buyer = enter("worker"), standing(make), counter.buyer(points=300)
    for field, value, said in (
        ("points", "100", "按 2026-11-20 的价是 110 分"),
        ("slip", "王小明", "单号看不懂"),
        ("day", "2026-01-01", "日期不对"),
        ("who", "没有这个人", "没有"),
        ("pieces1", "0", "1"),
        ("sku1", "NOTHERE", ""),
    ):
        told = two_soaps_and_rice(buyer, beside, day="2026-11-20") | {field: value}
        page = worker.send(PAGE, PAGE, **told)
        assert page.status_code in (404, 409, 422), field
        assert f'id="f-{field}-error"' in page.text, field
        assert said in page.text
        assert 'value="110"' in page.text or field == "points"
        assert beside.pin not in page.text
    assert not list_redemptions(counter.bank, late_only=True).total


def test_the_sheet_for_a_day_without_power_has_lines_numbers_and_prices(
    enter: Callable[..., Visitor],
) -> None:
    sheet = enter("worker").read(f"{PAGE}/paper?sheets=2")
    for words in ("第 2 张", "1-12", "2-12", "商品SOAP", "价目表", "卡上 8 位短号"):
        assert words in sheet
    assert "1-12" in enter("worker").read(f"{PAGE}/paper?sheets=99")


def test_only_who_may_write_enters_late(enter: Callable[..., Visitor]) -> None:
    for role in ("auditor", "witness"):
        assert enter(role).get(PAGE).status_code == 403
        assert "补记" not in enter(role).read("/office/redemptions")
