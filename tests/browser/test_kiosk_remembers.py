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


def buy(kiosk: KioskDriver, demonstration: Demonstration) -> str:
    """One soap with the sample card; the slip's number."""
    kiosk.present_card(demonstration.card("rich"))
    kiosk.tap(SOAP).wait_for_screen("basket")
    kiosk.press_yellow().wait_for_screen("done")
    slip = kiosk.slip_number()
    kiosk.press("exit").wait_for_screen("wall")
    return slip
