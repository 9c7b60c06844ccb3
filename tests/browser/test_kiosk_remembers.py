"""A kiosk remembers what it was told, and shows it to a bank that came back from a backup."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import Page

from pointsbank.foundation import Caller, new_key, open_bank
from pointsbank.safekeeping import SeenRow, list_seen
from pointsbank.safekeeping.copying import copy_books
from pointsbank.safekeeping.life import begin_life
from tests.browser.conftest import Demonstration, free_port, served
from tests.browser.kiosk_driver import KioskDriver

SOAP = "XIANGZAO"
RESTORER = Caller(actor="system", client="restore")


def put_back(home: Path, older: Path) -> None:
    """Have the books be what they were, as a restore does."""
    for file in home.glob("bank.sqlite-*"):
        file.unlink()
    os.replace(older, home / "bank.sqlite")
    bank = open_bank(home)
    try:
        begin_life(
            bank, by=RESTORER, key=new_key(), restored_from="", last_receipt=0, seen_receipt=0
        )
    finally:
        bank.close()


def test_what_was_bought_after_the_backup_is_on_the_worker_s_list(
    kiosk_page: Page, made_once: Path, tmp_path: Path
) -> None:
    home, port, older = tmp_path / "demo", free_port(), tmp_path / "older.sqlite"
    shutil.copytree(made_once, home)
    with served(home, "demo", "--folder", str(home), port=port) as address:
        demonstration = Demonstration(address, home)
        kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")
        kept, _ = (
            buy(kiosk, demonstration),
            demonstration.look(lambda bank: copy_books(bank, older)),
        )
        lost = buy(kiosk, demonstration)
    put_back(home, older)
    with served(home, "demo", "--folder", str(home), port=port):
        kiosk.open(f"{demonstration.address}/kiosk/")

        def seen() -> list[SeenRow]:
            return list(demonstration.look(lambda bank: list_seen(bank).items))

        kiosk.wait_until(lambda: bool(seen()), "the kiosk to show what it remembers", seconds=20)
        [row] = seen()
        assert row.slip == lost != kept
        assert (row.points, row.source, row.undone) == (30, "kiosk", False)
        assert row.card is not None
        assert row.card.startswith("····")
        kiosk.open(f"{demonstration.address}/kiosk/")
        kiosk_page.wait_for_timeout(1_000)
        assert len(seen()) == 1


def test_what_was_left_without_the_button_is_asked_about_at_the_next_scan(
    kiosk_page: Page, demonstration: Demonstration
) -> None:
    kiosk_page.clock.install()
    kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")

    def take_card() -> None:
        # From the tray, because a scanner's keys carry the true time and this page's stands still.
        kiosk.press("tray-toggle")
        kiosk_page.locator('[data-role="tray-card"][data-kind="large"]').click()
        # A quick second tap on a screen that has just changed is a double tap, and passed over.
        kiosk.rest().press("tray-toggle")

    take_card()
    kiosk.wait_until(lambda: "before" in kiosk.sums(), "the points of the card")
    before = kiosk.sums()["before"]
    kiosk.tap(SOAP).wait_for_screen("basket")
    kiosk.wait_until(lambda: "after" in kiosk.sums(), "the price")
    # A quiet minute, and the question's time of large type.
    kiosk_page.clock.fast_forward(61_000)
    kiosk.wait_for_overlay("time")
    with kiosk_page.expect_response("**/api/v1/unconfirmed"):
        kiosk_page.clock.fast_forward(61_000)
    kiosk.wait_for_screen("wall")
    take_card()
    kiosk.wait_for_screen("left_before")
    assert "香皂" in kiosk.role("left").inner_text()
    assert kiosk_page.locator(".k-yellow").count() == 0
    kiosk.press("left-taken").wait_for_screen("wall")
    assert "30" in kiosk.role("notice").inner_text()
    assert kiosk.sums()["before"] == before - 30
    kiosk.press("exit")
    kiosk.wait_until(lambda: "before" not in kiosk.sums(), "the person to be gone")
    take_card()
    kiosk.wait_until(lambda: "before" in kiosk.sums(), "the points of the card")
    assert kiosk.screen == "wall"


def buy(kiosk: KioskDriver, demonstration: Demonstration) -> str:
    """One soap with the sample card; the slip's number."""
    kiosk.present_card(demonstration.card("rich"))
    kiosk.tap(SOAP).wait_for_screen("basket")
    kiosk.press_yellow().wait_for_screen("done")
    slip = kiosk.slip_number()
    kiosk.press("exit").wait_for_screen("wall")
    return slip
