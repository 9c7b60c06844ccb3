"""The station at a gate: in and out by card, and the code by which a telephone signs in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from pointsbank.activities import list_open_here, list_people_here
from pointsbank.foundation import Bank
from pointsbank.people.card_faces import list_card_faces
from tests.browser.conftest import DESK, UPRIGHT, Demonstration, Screen, watched
from tests.browser.kiosk_driver import KioskDriver
from tests.browser.measuring import ask_axe, sideways_px
from tests.browser.test_first_redemption import log_in
from tests.browser.test_me import number_of, short_number

Picture = Callable[[Page, str], None]
GOODS = "6901234567892"
OTHER_GOODS = "2000000000022"
DOUBLE_TAP = """(verbs) => verbs.forEach((verb, place) => {
  const tap = new MouseEvent("click", { bubbles: true, detail: place + 1 });
  document.querySelector(`[data-do="${verb}"]`).dispatchEvent(tap);
})"""


@pytest.fixture
def station(kiosk_page: Page, demonstration: Demonstration) -> KioskDriver:
    """A tablet on a stand, which the demonstration pairs by itself."""
    kiosk_page.goto(f"{demonstration.address}/station/")
    return KioskDriver(kiosk_page).wait_for_screen("ready", seconds=30)


def card_of_somebody_inside(demonstration: Demonstration) -> str:
    """The card of somebody who is signed in at the shop's open activity."""

    def look(bank: Bank) -> str:
        now = bank.clock.instant()
        for one in list_open_here(bank, shop_id=1, now=now):
            for person in list_people_here(bank, activity_id=one.row.id):
                if any(stay.status == "open" for stay in person.attendances):
                    [face] = list_card_faces(bank, card_key=bank.keys.card, numbers=[person.number])
                    return face.code
        raise AssertionError("nobody is signed in at the shop")

    return demonstration.look(look)


def open_at_the_shop(bank: Bank) -> str:
    """The activity that anybody may come to now."""
    here = list_open_here(bank, shop_id=1, now=bank.clock.instant())
    return next(one.number for one in here if one.row.walk_ins)


def looks_right(page: Page) -> None:
    """Nothing for axe-core and nothing beyond the glass, upright and lying."""
    for glass in (DESK, UPRIGHT):
        page.set_viewport_size(glass)
        assert sideways_px(page) == 0
        main = page.locator('[data-role="main"]')
        assert main.evaluate("(one) => one.scrollHeight - one.clientHeight") <= 0, glass
        assert ask_axe(page) == []


def test_a_card_signs_in_and_out_and_what_is_no_card_is_told(
    station: KioskDriver, demonstration: Demonstration, picture: Picture
) -> None:
    page = station.page
    assert station.role("open").count() >= 1
    looks_right(page)
    picture(page, "station-today")
    station.scan(demonstration.card("rich")).wait_for_screen("signed")
    assert station.role("signed").get_attribute("data-status") == "in"
    assert re.fullmatch(r"\d\d:\d\d", station.role("signed-figure").inner_text())
    looks_right(page)
    picture(page, "station-signed-in")
    page.locator('[data-do="take-back"]').click()
    station.wait_for_screen("ready")
    station.scan(card_of_somebody_inside(demonstration)).wait_for_screen("signed")
    assert station.role("signed").get_attribute("data-status") == "out"
    assert "分钟" in station.role("signed-figure").inner_text()
    for code, refused in (
        (demonstration.card("blocked"), "people.card_blocked"),
        (demonstration.card("family"), "activities.volunteers_only"),
        (GOODS, "station.not_a_card"),
    ):
        station.scan(code)
        station.wait_until(lambda wanted=refused: refusal(station) == wanted, refused)
    looks_right(page)
    # Both taps of a double tap, within one moment: the second lands on what the first brought.
    page.evaluate(DOUBLE_TAP, ["number", "leave"])
    assert station.screen == "number"
    # Another piece: the same code again within a moment would be the same scan.
    station.scan(OTHER_GOODS).wait_for_screen("refusal")
    page.locator('[data-do="language"]').click()
    page.locator('[data-do="leave"]').click()
    station.wait_for_screen("ready")
    assert page.locator("html").get_attribute("lang") == "en"
    looks_right(page)


def refusal(station: KioskDriver) -> str:
    found = station.role("refusal")
    return (found.get_attribute("data-code") or "") if found.count() else ""


def test_a_telephone_scans_the_code_logs_in_and_is_signed_in(
    station: KioskDriver,
    demonstration: Demonstration,
    phone_screen: Screen,
    browser: Browser,
    picture: Picture,
) -> None:
    number = number_of(demonstration, "short")
    with browser.new_context(viewport=DESK) as context:
        desk = watched(context)
        log_in(desk, demonstration, "limin")
        desk.goto(f"{demonstration.address}/office/volunteers/{number}")
        desk.locator("#pin button").click()
        found = re.search(r"(\d{3}) (\d{3})", desk.locator(".pin-slip").inner_text())
        assert found is not None
    activity = demonstration.look(open_at_the_shop)
    shown = station.page.locator(f'[data-activity="{activity}"] [data-role="shown-code"]')
    shown.wait_for()
    code = shown.inner_text().replace(" ", "")
    phone = phone_screen.wiped()
    phone.goto(f"{demonstration.address}/me/#sign={activity}.{code}")
    phone.locator(".me-seen").wait_for()
    assert "#" not in phone.url
    assert ask_axe(phone) == []
    picture(phone, "me-scanned")
    phone.fill("[name=card]", short_number(demonstration, number))
    phone.fill("[name=pin]", found[1] + found[2])
    phone.keyboard.press("Enter")
    told = phone.locator(".me-told")
    told.wait_for()
    assert "签到好了" in told.inner_text()
    assert (ask_axe(phone), sideways_px(phone)) == ([], 0)
    picture(phone, "me-signed")
