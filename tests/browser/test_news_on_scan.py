"""News on scan: a person without a telephone reads at the kiosk what came for them, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from pointsbank.foundation import Bank
from pointsbank.people import NewsLine, find_card_by_code, list_untold
from tests.browser.conftest import UPRIGHT, Demonstration, watched
from tests.browser.kiosk_driver import KioskDriver
from tests.browser.measuring import ask_axe

Picture = Callable[[Page, str], None]
READ_MS = 3000


def untold(demonstration: Demonstration, kind: str) -> list[NewsLine]:
    """What the holder of a card on the tray has not been told yet."""
    code = demonstration.card(kind)

    def look(bank: Bank) -> list[NewsLine]:
        def read(session: object) -> list[NewsLine]:
            card = find_card_by_code(session, code)  # type: ignore[arg-type]
            assert card is not None
            return list_untold(session, card.holder)  # type: ignore[arg-type]

        return bank.database.read(read)

    return demonstration.look(look)


@pytest.fixture
def kiosk(kiosk_page: Page, demonstration: Demonstration) -> KioskDriver:
    """A kiosk that stands on its wall."""
    return KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")


def test_one_line_is_shown_and_known_and_never_comes_again(
    kiosk: KioskDriver, demonstration: Demonstration, picture: Picture
) -> None:
    [line] = untold(demonstration, "rich")
    assert (line.code, line.count > 1) == ("earning.points_arrived", True)
    kiosk.present_card(demonstration.card("rich"))
    said = kiosk.role("news").inner_text()
    assert f"{line.count} 次服务认定了，一共 {line.facts['points']} 分到账。" in said
    assert "知道了" in said
    # Who hears the page is told the same words.
    assert "分到账" in kiosk.page.locator("#k-polite").inner_text()
    assert len(kiosk.controls()) <= 7
    assert ask_axe(kiosk.page, enhanced_contrast=True) == []
    picture(kiosk.page, "kiosk-news")
    kiosk.press("language")
    assert f"{line.facts['points']} points arrived" in kiosk.role("news").inner_text()
    kiosk.press("news-known")
    kiosk.wait_until(lambda: kiosk.role("news").count() == 0, "the line to go")
    kiosk.wait_until(lambda: untold(demonstration, "rich") == [], "the mark in the books")
    kiosk.press("exit").wait_for_screen("wall")
    kiosk.present_card(demonstration.card("rich"))
    assert kiosk.role("news").count() == 0


def test_a_line_that_stood_there_for_a_while_has_been_told(
    kiosk: KioskDriver, demonstration: Demonstration
) -> None:
    assert untold(demonstration, "large") != []
    kiosk.present_card(demonstration.card("large"))
    assert kiosk.role("news").count() == 1
    kiosk.wait_until(lambda: untold(demonstration, "large") == [], "the mark in the books")
    assert kiosk.role("news").count() == 1


def test_a_family_reads_nothing_that_says_what_it_is(
    kiosk: KioskDriver, demonstration: Demonstration, picture: Picture
) -> None:
    kiosk.present_card(demonstration.card("family"))
    assert "分到账了" in kiosk.role("news").inner_text()
    said = kiosk.page.locator("#k-app").inner_text()
    for word in ("某户", "家庭", "困难", "拨付", "公益池"):
        assert word not in said, word
    picture(kiosk.page, "kiosk-news-family")


def test_whoever_leaves_at_once_is_told_the_next_time(
    browser: Browser, demonstration: Demonstration
) -> None:
    before = untold(demonstration, "short")
    assert before != []
    told: list[str] = []
    with browser.new_context(viewport=UPRIGHT, has_touch=True) as context:
        page = watched(context)
        page.on("request", lambda asked: told.append(asked.url) if "told" in asked.url else None)
        page.clock.install()
        kiosk = KioskDriver(page).open(f"{demonstration.address}/kiosk/")
        # The page's time stands still, so that no busy machine makes of "at once" a while.
        page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
        kiosk.present_card(demonstration.card("short"))
        assert kiosk.role("news").count() == 1
        kiosk.press("exit").wait_for_screen("wall")
        page.clock.run_for(READ_MS + 500)
    assert (told, untold(demonstration, "short")) == ([], before)


def test_the_back_of_a_card_is_turned_over_and_not_called_unknown(kiosk: KioskDriver) -> None:
    kinds = kiosk.page.evaluate(
        """async () => {
          const { readCode } = await import("/kiosk/static/codes.js");
          return ["https://jifen.example.org/me/", "//JIFEN.EXAMPLE.ORG/BANK/ME/",
            "https://example.org/you/"].map((text) => readCode(text).kind);
        }"""
    )
    assert kinds == ["back", "back", "other"]
