"""The demonstration as a visitor tries it: cheats are found, time passes, nothing gets mixed."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pointsbank.foundation import SHOP_ZONE
from tests import commands
from tests.browser.conftest import Demonstration
from tests.browser.test_first_redemption import books_are_right, log_in

BOTH_SENTENCES = ("演示账册不能当真", "A demonstration is not a real bank")


def press_on_front(page: Page, demonstration: Demonstration, words: str) -> None:
    """Press one of the buttons beside the tray."""
    page.goto(f"{demonstration.address}/")
    page.locator(".demo-acts button", has_text=words).click()


def check_now(page: Page, demonstration: Demonstration) -> str:
    """Press 现在查一遍 in the books; the page's head."""
    page.goto(f"{demonstration.address}/office/books")
    page.get_by_role("button", name="现在查一遍").click()
    page.wait_for_load_state()
    return page.locator(".page-head").inner_text()


def test_who_cheats_is_found_out_and_can_put_it_right(
    demonstration: Demonstration, desk_page: Page
) -> None:
    log_in(desk_page, demonstration, "chenbo")
    assert "账是对的：0 处不符" in check_now(desk_page, demonstration)

    press_on_front(desk_page, demonstration, "试着作弊")
    assert "账不对" in check_now(desk_page, demonstration)
    head = desk_page.locator(".page-head-stop h1")
    assert head.evaluate("(one) => getComputedStyle(one).color") == "rgb(115, 60, 0)"
    found = desk_page.locator("main").inner_text()
    assert re.search(r"(account|账户|entry|J\d)", found)

    press_on_front(desk_page, demonstration, "改回来")
    assert "账是对的：0 处不符" in check_now(desk_page, demonstration)
    books_are_right(demonstration)


def test_the_next_day_comes_at_a_touch(demonstration: Demonstration, desk_page: Page) -> None:
    log_in(desk_page, demonstration, "limin")
    desk_page.goto(f"{demonstration.address}/office/")
    # At midnight another day comes by itself.
    now = datetime.now(SHOP_ZONE)
    days = {(now - timedelta(minutes=minutes)).date() for minutes in (0, 1)}
    said = desk_page.locator("h1").inner_text()
    [today] = [day for day in days if day_in_words(day) in said]
    press_on_front(desk_page, demonstration, "下一天")
    # A day has passed for the login as well.
    log_in(desk_page, demonstration, "limin")
    desk_page.goto(f"{demonstration.address}/office/")
    assert day_in_words(today + timedelta(days=1)) in desk_page.locator("h1").inner_text()


def test_the_witness_is_fetched_to_the_workers_screen(
    demonstration: Demonstration, desk_page: Page
) -> None:
    """The badge and its PIN lie on the tray, so that a stranger can be the second person too."""
    desk_page.goto(f"{demonstration.address}/")
    badge = desk_page.locator(".little-card", has_text="监督员的工作证")
    pin = badge.locator(".mono").inner_text()
    log_in(desk_page, demonstration, "limin")
    desk_page.goto(f"{demonstration.address}/office/proposals")
    desk_page.locator("tbody a").first.click()
    desk_page.get_by_role("button", name="扫这张工作证").click()
    field = desk_page.get_by_label("确认人的 6 位密码")
    expect(field).to_be_focused()
    field.fill(pin)
    desk_page.get_by_role("button", name="确认", exact=True).click()
    expect(desk_page.get_by_text("确认人：陈伯平")).to_be_visible()


def day_in_words(day: date) -> str:
    """A day as the office's head writes it."""
    return f"{day.month} 月 {day.day} 日"


def found_real_bank(home: Path) -> subprocess.CompletedProcess[str]:
    """`init` with everything that it asks for."""
    word = home.parent / "word"
    word.write_text("a-long-enough-word\n", encoding="utf-8")
    answers = ("--community", "春风社区", "--shop", "春风超市", "--admin", "first")
    name = ("--admin-name", "甲", "--password-file", str(word))
    return commands.run("--home", str(home), "init", *answers, *name)


def test_a_second_start_keeps_the_books(demonstration: Demonstration) -> None:
    cards = [card.code for card in demonstration.cards()]
    entries = count_entries(demonstration.home)
    again = commands.run("demo", "--folder", str(demonstration.home), "--make-only")
    assert again.returncode == 0
    assert "Writing a year" not in again.stderr
    assert [card.code for card in demonstration.cards()] == cards
    assert count_entries(demonstration.home) == entries > 500


@pytest.mark.parametrize("verb", ["serve", "init"])
def test_a_demonstration_never_becomes_a_real_bank(demonstration: Demonstration, verb: str) -> None:
    home = demonstration.home
    refused = (
        found_real_bank(home) if verb == "init" else commands.run("--home", str(home), "serve")
    )
    assert refused.returncode == 1
    for sentence in BOTH_SENTENCES:
        assert sentence in refused.stderr


def test_a_real_bank_never_becomes_a_demonstration(tmp_path: Path) -> None:
    home = tmp_path / "bank"
    assert found_real_bank(home).returncode == 0
    before = (home / "bank.sqlite").read_bytes()
    for anew in ((), ("--anew",)):
        refused = commands.run("demo", "--folder", str(home), "--make-only", *anew)
        assert refused.returncode == 1
        for sentence in BOTH_SENTENCES:
            assert sentence in refused.stderr
    assert (home / "bank.sqlite").read_bytes() == before


def count_entries(home: Path) -> int:
    """How many entries the books hold, counted past the program."""
    with closing(sqlite3.connect(home / "bank.sqlite")) as books:
        return int(books.execute("SELECT count(*) FROM journal_entry").fetchone()[0])
