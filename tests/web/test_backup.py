"""Backups in the office, and what kiosks and slips know better than a restored bank."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pointsbank.foundation import SHOP_ZONE, new_key, open_database
from pointsbank.foundation.bank import Bank
from pointsbank.safekeeping import (
    Sealer,
    find_progress,
    last_good_backup,
    list_backup_runs,
    list_seen,
    name_target,
    own_shelf,
    read_backup_state,
    restore,
    run_backup,
)
from pointsbank.safekeeping.making import backup_turn
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import SOMEBODY, Make
from tests.web.conftest import KioskClient, problem
from tests.web.page_visitor import Visitor

Enter = Callable[..., Visitor]
DAY = datetime(2026, 11, 20, 10, 26, tzinfo=SHOP_ZONE)


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """The pages are the same on every database."""
    return sqlite_url


@pytest.fixture
def enter(app: Flask, counter: Counter) -> Enter:
    """Somebody of the staff at a browser."""
    return lambda *roles: Visitor(app, counter.bank, counter.make.staff(*roles))


def wait_until_done(bank: Bank) -> None:
    deadline = time.monotonic() + 20
    while last_good_backup(bank) is None or find_progress(bank) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_press_makes_a_backup_and_the_page_says_how_old_it_is(
    counter: Counter, enter: Enter
) -> None:
    bank, worker = counter.bank, enter("worker")
    page = worker.read("/office/backup")
    assert "还没有做过备份" in page
    assert "还没有做过备份" in worker.read("/office/")
    pressed = worker.send("/office/backup", "/office/backup/now")
    assert pressed.status_code == 302
    wait_until_done(bank)
    assert "刚刚备份过，打开查过，是好的" in worker.read("/office/backup")
    assert "刚刚备份过" in worker.read("/office/")
    bank.clock.set_now(lambda: DAY + timedelta(hours=27))
    tomorrow = enter("worker")
    assert "已经 27 小时没有好的备份了" in tomorrow.read("/office/backup")
    assert "已经 27 小时没有好的备份了" in tomorrow.read("/office/")


def test_while_one_is_made_the_page_shows_how_far_it_is_and_takes_no_other(
    counter: Counter, enter: Enter
) -> None:
    worker = enter("worker")
    hidden = worker.hidden("/office/backup")
    with backup_turn(counter.bank) as tell:
        tell("sealing")
        page = worker.get("/office/backup").text
        assert 'data-refresh="/office/backup"' in page
        assert "正在备份：加密" in page
        assert "第 2 步，共 4 步" in page
        assert worker.press("/office/backup/now", hidden).status_code == 503
    assert "data-refresh" not in worker.get("/office/backup").text


def test_a_stick_is_put_to_use_once_and_then_filled_by_itself(
    counter: Counter, enter: Enter, tmp_path: Path
) -> None:
    bank, worker = counter.bank, enter("worker")
    stick = tmp_path / "RED"
    stick.mkdir()
    name_target(bank, by=SOMEBODY, key=new_key(), path=stick)
    assert "还没启用" in worker.read("/office/backup")
    elsewhere = worker.send("/office/backup", "/office/backup/stick", drive="/etc")
    assert elsewhere.status_code == 404
    assert not Path("/etc/pointsbank-backup").exists()
    used = worker.send("/office/backup", "/office/backup/stick", drive=str(stick))
    assert used.status_code == 302
    run_backup(bank, by=SOMEBODY)
    page = worker.read("/office/backup")
    assert "今天的也在U盘 RED 上" in page
    assert "好的，读回比过" in page


def test_only_an_admin_says_how_many_are_kept(counter: Counter, enter: Enter) -> None:
    admin, worker = enter("admin"), enter("worker")
    fields = {"daily": "30", "weekly": "10", "monthly": "24"}
    assert (
        worker.press("/office/backup/keeping", worker.hidden("/office/backup")).status_code == 403
    )
    assert admin.send("/office/backup", "/office/backup/keeping", **fields).status_code == 302
    assert "30 天每天一份，10 周每周一份，24 个月每月一份" in worker.read("/office/backup")
    wrong = admin.send("/office/backup", "/office/backup/keeping", **{**fields, "daily": "0"})
    assert wrong.status_code == 422


def test_an_auditor_and_a_witness_have_no_business_here(enter: Enter) -> None:
    for role in ("auditor", "witness"):
        assert enter(role).get("/office/backup").status_code == 403


# ------------------------------------------------------------------ after an older copy came back


def acknowledged(kiosk: KioskClient, card: str, times: int) -> list[dict[str, Any]]:
    """So many purchases, as the kiosk keeps them in its own storage."""
    kept = []
    for _ in range(times):
        key = new_key()
        bought = kiosk.redeem(card, ("SOAP", 1, False), key=key)
        names = ("number", "slip", "total_points", "at", "undone")
        kept.append({"key": key, "card_tail": "8239", **{name: bought[name] for name in names}})
    return kept


def test_a_kiosk_shows_a_restored_bank_what_it_has_lost(
    counter: Counter, app: Flask, kiosk_client: KioskClient, tmp_path: Path
) -> None:
    bank, buyer = counter.bank, counter.buyer(points=300)
    counter.goods("SOAP", price=30, shelf=9)
    kept = acknowledged(kiosk_client, buyer.card, 2)
    backup = run_backup(bank, by=SOMEBODY)
    lost = acknowledged(kiosk_client, buyer.card, 3)
    assert kiosk_client.get("/kiosk").get_json()["life"] == ""
    assert kiosk_client.post("/kiosk/seen", {"receipts": kept + lost}).get_json() == {
        "missing": 0,
        "new": 0,
    }
    home = tmp_path / "new"
    restore(
        own_shelf(bank).path(backup), home, sealer=Sealer.of(bank.keys.backup), clock=bank.clock
    )
    url = f"sqlite:///{home / 'bank.sqlite'}"
    new = Bank(home, open_database(url), bank.keys, bank.clock)
    try:
        doors = create_app_for(new, secure=False)
        again = KioskClient(doors.test_client(), kiosk_client.token, kiosk_client.device_id)
        assert again.get("/kiosk").get_json()["life"]
        told = again.post("/kiosk/seen", {"receipts": kept + lost}).get_json()
        assert told == {"missing": 3, "new": 3}
        assert again.post("/kiosk/seen", {"receipts": lost}).get_json() == {"missing": 3, "new": 0}
        seen = list_seen(new)
        assert {row.number for row in seen.items} == {one["number"] for one in lost}
        assert {row.card for row in seen.items} == {"····8239"}
        worker = Visitor(doors, new, Make(new).staff("worker"))
        assert "3 张小票账上没有" in worker.read("/office/")
        page = worker.read("/office/backup/missing")
        assert lost[0]["slip"] in page
        assert kept[0]["slip"] not in page
        settled = worker.send(
            "/office/backup/missing",
            f"/office/backup/missing/{seen.items[0].id}",
            how="entered",
        )
        assert settled.status_code == 302
        assert "2 张没办，一共 3 张" in worker.read("/office/backup/missing")
        twice = worker.send(
            "/office/backup/missing",
            f"/office/backup/missing/{seen.items[0].id}",
            how="entered",
        )
        assert twice.status_code == 404
    finally:
        new.close()


def test_the_same_number_under_another_key_is_not_the_same_purchase(
    counter: Counter, kiosk_client: KioskClient
) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=9)
    [kept] = acknowledged(kiosk_client, buyer.card, 1)
    told = kiosk_client.post("/kiosk/seen", {"receipts": [{**kept, "key": new_key()}]})
    assert told.get_json()["missing"] == 1


def test_nothing_is_booked_by_what_a_kiosk_shows(
    counter: Counter, kiosk_client: KioskClient
) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=9)
    [kept] = acknowledged(kiosk_client, buyer.card, 1)
    points = counter.points(buyer)
    kiosk_client.post("/kiosk/seen", {"receipts": [{**kept, "key": new_key()}]})
    assert counter.points(buyer) == points


@pytest.mark.parametrize(
    "change",
    [
        {"number": "J000001-2"},
        {"slip": "<b>"},
        {"total_points": 0},
        {"total_points": "30"},
        {"card_tail": "张三"},
        {"at": "yesterday"},
        {"undone": "maybe"},
        {"name": "王小明"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_receipt_of_another_form_is_refused(
    kiosk_client: KioskClient, change: dict[str, Any]
) -> None:
    good = {
        "key": new_key(),
        "number": "R000412-6",
        "slip": "A3-0412",
        "total_points": 30,
        "card_tail": None,
        "at": "2026-11-20T02:26:00.000000Z",
        "undone": False,
    }
    assert kiosk_client.post("/kiosk/seen", {"receipts": [good]}).status_code == 201
    assert problem(kiosk_client.post("/kiosk/seen", {"receipts": [good | change]}))["status"] == 422
    for many in ([], [good] * 51):
        assert kiosk_client.post("/kiosk/seen", {"receipts": many}).status_code == 422


def test_a_slip_that_somebody_brings_goes_on_the_list_unless_it_is_in_the_books(
    counter: Counter, enter: Enter, kiosk_client: KioskClient
) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=9)
    [kept] = acknowledged(kiosk_client, buyer.card, 1)
    worker, page = enter("worker"), "/office/backup/missing"
    known = worker.send(page, page, slip=kept["slip"], points="30")
    assert (known.status_code, "这张小票在账上" in known.text) == (409, True)
    lost = worker.send(page, page, slip=" a3 0999", points="45", day="2026-11-19")
    assert lost.status_code == 302
    assert worker.send(page, page, slip="A3-0999", points="45", day="2026-11-19").status_code == 302
    [row] = list_seen(counter.bank).items
    assert (row.slip, row.points, row.source, row.happened_at) == (
        "A3-0999",
        45,
        "slip",
        "2026-11-19",
    )
    assert worker.send(page, page, slip="hello", points="45").status_code == 422
    assert "A3-0999" in worker.read(page)


def test_what_was_refused_stands_on_the_page_in_words(
    counter: Counter, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsbank.safekeeping.making.free_mb", lambda _: 3)
    worker = enter("worker")
    worker.send("/office/backup", "/office/backup/now")
    deadline = time.monotonic() + 10
    while not list_backup_runs(counter.bank).total and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "磁盘空间不够" in worker.read("/office/backup")
    assert not read_backup_state(counter.bank).is_green
