"""A PIN on paper opens a card at the kiosk, and a badge with a PIN confirms at another's screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from pointsbank.demonstration import STAFF
from pointsbank.foundation import Bank, Clock, Keys, add_days
from pointsbank.people import get_staff, list_badges, list_cards
from pointsbank.people import get_volunteer_file as get_file
from pointsbank.people.card_codes import make_badge_code
from tests.browser.conftest import Demonstration, Screen, watched
from tests.browser.kiosk_driver import KioskDriver
from tests.browser.measuring import ask_axe, sideways_px
from tests.browser.test_first_redemption import SOAP, log_in

Picture = Callable[[Page, str], None]
NUMBER = "9999001000000002"


def slip_of(page: Page) -> str:
    """The six digits on the slip that is shown."""
    found = re.search(r"\b(\d{3}) (\d{3})\b", page.locator(".pin-slip").inner_text())
    assert found, page.content()
    return found[1] + found[2]


@pytest.fixture(scope="module")
def pin(desk_screen: Screen, demonstration: Demonstration) -> str:
    """The PIN that a worker has given a volunteer, from the slip."""
    page = desk_screen.wiped()
    log_in(page, demonstration, "limin")
    page.goto(f"{demonstration.address}/office/volunteers/{NUMBER}")
    page.locator("#pin button").click()
    page.locator(".pin-slip").wait_for()
    assert ask_axe(page) == []
    assert sideways_px(page) == 0
    return slip_of(page)


def short_number(demonstration: Demonstration) -> str:
    """The number under the code of the volunteer's card."""

    def look(bank: Bank) -> str:
        wallet = get_file(bank, number=NUMBER).wallet_id
        return list_cards(bank, wallet_id=wallet)[0].short_number

    return demonstration.look(look)


def come_in(kiosk: KioskDriver, number: str) -> None:
    """Type a card's number, up to the question for its PIN."""
    kiosk.press("number").wait_for_screen("number")
    kiosk.type_digits(number).wait_for_screen("pin")


def test_a_number_and_its_pin_buy_and_undo_like_the_card(
    demonstration: Demonstration, kiosk_page: Page, pin: str, picture: Picture
) -> None:
    kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")
    come_in(kiosk, short_number(demonstration))
    kiosk.type_digits(pin[:3])
    assert kiosk.role("cells").inner_text().split() == ["●"] * 3
    picture(kiosk_page, "kiosk-pin")
    # Not even a screen reader is told the digits, and nothing of them stands in the page.
    assert kiosk.role("cells").get_attribute("aria-label") == "已输 3 位，共 6 位"
    assert pin[:3] not in kiosk_page.locator("main").inner_html()
    assert ask_axe(kiosk_page) == []
    kiosk.type_digits(pin[3:]).wait_for_screen("wall")
    before = kiosk.sums()["before"]
    kiosk.tap(SOAP).wait_for_screen("basket")
    kiosk.press_yellow().wait_for_screen("done")
    kiosk.press("undo").press_yellow().wait_for_screen("basket")
    kiosk.wait_until(lambda: kiosk.sums().get("before") == before, "the points to be back")
    kiosk.press("exit").wait_for_screen("wall")


def test_a_wrong_pin_says_how_often_one_may_still_try(
    demonstration: Demonstration, kiosk_page: Page, pin: str
) -> None:
    kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")
    come_in(kiosk, short_number(demonstration))
    wrong = f"{(int(pin) + 1) % 1_000_000:06d}"
    kiosk.type_digits(wrong)
    kiosk.wait_until(lambda: "还可以试 4 次" in kiosk.role("pad-text").inner_text(), "the count")
    assert kiosk.screen == "pin"
    kiosk.type_digits(wrong)
    kiosk.wait_until(lambda: "还可以试 3 次" in kiosk.role("pad-text").inner_text(), "the count")
    kiosk.type_digits(pin).wait_for_screen("wall")
    assert "before" in kiosk.sums()
    kiosk.press("exit")
    come_in(kiosk, short_number(demonstration))
    kiosk.type_digits(wrong)
    kiosk.wait_until(
        lambda: "还可以试 4 次" in kiosk.role("pad-text").inner_text(), "a fresh count"
    )
    kiosk.type_digits(pin).wait_for_screen("wall")


def test_half_a_pin_is_forgotten_after_fifteen_seconds_and_on_every_other_screen(
    demonstration: Demonstration, browser: Browser, pin: str
) -> None:
    with browser.new_context(viewport={"width": 1080, "height": 1920}) as context:
        page = watched(context)
        page.clock.install()
        kiosk = KioskDriver(page).open(f"{demonstration.address}/kiosk/")
        page.clock.resume()
        come_in(kiosk, short_number(demonstration))
        kiosk.type_digits(pin[:3])
        assert kiosk.role("cells").inner_text().split() == ["●"] * 3
        page.clock.fast_forward(16_000)
        kiosk.wait_until(lambda: kiosk.role("cells").inner_text().split() == [], "empty cells")
        kiosk.type_digits(pin[:2]).press("back").wait_for_screen("wall")
        kiosk.press("number").wait_for_screen("number")
        assert kiosk.role("cells").inner_text().split() == []


def test_a_card_that_has_no_pin_is_sent_to_the_desk(
    demonstration: Demonstration, kiosk_page: Page
) -> None:
    def look(bank: Bank) -> str:
        wallet = get_file(bank, number="9999001000000003").wallet_id
        return list_cards(bank, wallet_id=wallet)[0].short_number

    kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")
    come_in(kiosk, demonstration.look(look))
    kiosk.type_digits("407182").wait_for_screen("refusal")
    assert kiosk.refusal() == "people.pin_missing"


# ------------------------------------------------------------------------------ at another's screen


def password_of(login: str) -> str:
    return next(one.password for one in STAFF if one.login == login)


def test_a_witness_confirms_at_the_workers_screen_by_scanner_and_keyboard_alone(
    demonstration: Demonstration, desk_screen: Screen, picture: Picture
) -> None:
    address = demonstration.address
    own = desk_screen.wiped()
    log_in(own, demonstration, "chenbo")
    own.goto(f"{address}/office/badges")
    own.fill("[name=password]", password_of("chenbo"))
    own.keyboard.press("Enter")
    own.locator(".pin-slip").wait_for()
    pin = slip_of(own)
    page = desk_screen.wiped()
    log_in(page, demonstration, "limin")
    page.goto(f"{address}/office/badges")
    # The demonstration's witness has a badge already.
    assert page.locator("tr", has_text="chenbo").get_by_role("button", name="挂失").is_visible()
    assert ask_axe(page) == []
    badge = badge_of(demonstration, "chenbo")
    page.goto(f"{address}/office/service/new")
    for name, value in (("who", NUMBER), ("activity", "慰问老人"), ("hours", "2")):
        page.fill(f"[name={name}]", value)
    # Just after midnight today's service is not over yet: at whatever hour, yesterday's is.
    page.fill("[name=served_on]", add_days(Clock().today(), -1))
    page.keyboard.press("Enter")
    page.locator('button[value="record"]').click()
    page.wait_for_url(re.compile(r"/office/service/S\w+"))
    # The cursor stands where the scanner types; its Enter leads on and sends nothing.
    assert page.evaluate("() => document.activeElement.name") == "badge"
    picture(page, "office-second-person")
    page.keyboard.type(badge)
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.name") == "pin"
    assert badge not in page.locator("main").inner_text()
    page.keyboard.type(pin)
    page.keyboard.press("Enter")
    page.locator(".banner", has_text="确认人").wait_for()
    said = page.locator("body").inner_text()
    assert "确认人：陈伯平（监督员）" in said
    assert "李敏 · 管理员" in said
    assert ask_axe(page) == []
    assert sideways_px(page) == 0


def badge_of(demonstration: Demonstration, login: str) -> str:
    """What the QR code of somebody's badge carries."""
    keys = Keys.load(demonstration.home / "keys.json")

    def look(bank: Bank) -> str:
        staff = bank.database.read(lambda session: get_staff(session, login))
        return make_badge_code(keys.card, staff.id, list_badges(bank)[staff.id].issue)

    return demonstration.look(look)
