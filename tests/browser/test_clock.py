"""A machine whose clock is behind its books: the kiosk is closed until a worker has looked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pointsbank.cli.bank import make_home
from pointsbank.foundation import Caller, new_key
from pointsbank.founding import found_community
from pointsbank.people import open_pairing, pair_device
from pointsbank.web.access import hash_of_token
from tests.browser.conftest import DESK, UPRIGHT, served, watched
from tests.browser.kiosk_driver import KioskDriver
from tests.browser.measuring import ask_axe, measure, sideways_px

PASSWORD = "correct horse battery staple"
COMMAND = Caller(actor="system", client="init")
# The kiosk asks the bank every half minute.
REFRESH_MS = 31_000


@dataclass(frozen=True)
class Shop:
    """A served bank whose last receipt is of tomorrow, and the token of its kiosk."""

    address: str
    token: str


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A real bank, founded while the machine's clock ran a day ahead."""
    home, token = tmp_path / "bank", secrets.token_urlsafe(32)
    bank = make_home(home)
    bank.clock.set_ahead(timedelta(days=1))
    found_community(
        bank,
        nature="bank",
        community="晨光社区",
        shop="晨光社区公益超市",
        points_per_hour=10,
        help_phone="8651 2030",
        login="limin",
        name="李敏",
        password=PASSWORD,
        by=COMMAND,
        key=new_key(),
    )
    code, _ = open_pairing(bank, by=COMMAND, key=new_key(), shop="shop-1", name="门口")
    pair_device(bank, code=code, token_hash=hash_of_token(token), key=new_key())
    bank.close()
    with served(home, "serve") as address:
        yield Shop(address, token)


def test_the_kiosk_is_closed_until_a_worker_calls_the_date_right(
    browser: Browser, shop: Shop, picture: Callable[[Page, str], None]
) -> None:
    with (
        browser.new_context(viewport=UPRIGHT, has_touch=True) as at_the_shop,
        browser.new_context(viewport=DESK) as at_the_desk,
    ):
        at_the_shop.add_init_script(f"localStorage.setItem('kiosk.token', '{shop.token}')")
        at_the_shop.clock.install()
        kiosk = KioskDriver(watched(at_the_shop)).open(f"{shop.address}/kiosk/", screen="closed")
        look_at_the_kiosk(kiosk, picture)
        desk = watched(at_the_desk)
        desk.goto(f"{shop.address}/login")
        desk.fill('[name="login"]', "limin")
        desk.fill('[name="password"]', PASSWORD)
        desk.keyboard.press("Enter")
        desk.wait_for_url("**/office/**")
        assert "时钟不对" in desk.inner_text(".banner")
        desk.goto(f"{shop.address}/office/clock")
        look_at_the_desk(desk, picture)
        desk.get_by_role("button", name="日期和时间都对，接着办").focus()
        desk.keyboard.press("Enter")
        desk.get_by_text("时钟是对的").wait_for()
        assert ask_axe(desk) == []
        picture(desk, "office-clock-right")
        kiosk.page.clock.run_for(REFRESH_MS)
        kiosk.wait_for_screen("wall")


def look_at_the_kiosk(kiosk: KioskDriver, picture: Callable[[Page, str], None]) -> None:
    """What somebody sees who has come to buy: why not, whom to call, and nothing to press."""
    closed = kiosk.role("closed").inner_text()
    assert "时钟不对" in closed
    assert "没有扣您的积分" in closed
    assert "8651 2030" in closed
    assert "这台机器以为现在是 20" in closed
    kiosk.scan("6901234567892").page.wait_for_timeout(300)
    assert kiosk.screen == "closed"
    measured = measure(kiosk.page)
    assert (measured.small, measured.overflow, measured.covered, measured.yellow) == (
        [],
        [],
        [],
        [],
    )
    assert ask_axe(kiosk.page, enhanced_contrast=True) == []
    picture(kiosk.page, "kiosk-closed")
    kiosk.press("language")
    assert "Closed: the clock is wrong" in kiosk.role("closed").inner_text()
    assert measure(kiosk.page).overflow == []
    kiosk.press("language")


def look_at_the_desk(desk: Page, picture: Callable[[Page, str], None]) -> None:
    """What a worker sees: the date as a question, and what to do when it is wrong."""
    assert "今天是 20" in desk.inner_text("h1")
    assert sideways_px(desk) == 0
    assert ask_axe(desk) == []
    picture(desk, "office-clock")
    desk.goto(f"{desk.url}?lang=en")
    assert "Is it 20" in desk.inner_text("h1")
    assert sideways_px(desk) == 0
    assert ask_axe(desk) == []
    picture(desk, "office-clock-en")
    desk.goto(f"{desk.url.partition('?')[0]}?lang=zh-CN")
