"""A volunteer looks at the own page on a telephone, in both languages, and blocks a lost card."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from pointsbank.foundation import Bank
from pointsbank.people import (
    find_card_by_code,
    find_number_of_wallet,
    get_volunteer_file,
    list_cards,
    list_untold,
)
from pointsbank.redemption import list_redemptions
from tests.browser.conftest import DESK, PHONE, Demonstration, Screen, watched
from tests.browser.keyboard import reach
from tests.browser.measuring import ask_axe, sideways_px
from tests.browser.test_first_redemption import log_in

Picture = Callable[[Page, str], None]
WIDTHS = (320, 390, 800, 1366)
SHY, LOSES = "9999001000000010", "9999001000000003"


@dataclass(frozen=True)
class Holder:
    """Somebody with a card, its number and its PIN."""

    number: str
    short_number: str
    pin: str

    def __call__(self, page: Page) -> None:
        """Come in."""
        page.fill("[name=card]", self.short_number)
        page.fill("[name=pin]", self.pin)
        page.keyboard.press("Enter")
        page.locator(".cover").wait_for()


@pytest.fixture(scope="module")
def give(browser: Browser, demonstration: Demonstration) -> Iterator[Callable[[str], Holder]]:
    """Have a worker give somebody a PIN, and read the slip."""
    with browser.new_context(viewport=DESK) as context:
        page = watched(context)
        log_in(page, demonstration, "limin")

        def give(number: str) -> Holder:
            page.goto(f"{demonstration.address}/office/volunteers/{number}")
            page.locator("#pin button").click()
            found = re.search(r"(\d{3}) (\d{3})", page.locator(".pin-slip").inner_text())
            assert found is not None
            return Holder(number, short_number(demonstration, number), found[1] + found[2])

        yield give


def short_number(demonstration: Demonstration, number: str) -> str:
    """The number under the code of somebody's card."""

    def look(bank: Bank) -> str:
        wallet = get_volunteer_file(bank, number=number).wallet_id
        return list_cards(bank, wallet_id=wallet)[0].short_number

    return demonstration.look(look)


def number_of(demonstration: Demonstration, kind: str) -> str:
    """The number of the volunteer whose card lies on the tray."""
    code = demonstration.card(kind)

    def look(bank: Bank) -> str:
        card = bank.database.read(lambda session: find_card_by_code(session, code))
        assert card is not None
        return f"99990010{int(card.holder.partition(':')[2]):08d}"

    return demonstration.look(look)


def untold(demonstration: Demonstration, number: str) -> int:
    """How many lines of news somebody has not been told yet."""

    def look(bank: Bank) -> int:
        holder = f"volunteer:{get_volunteer_file(bank, number=number).id}"
        return len(bank.database.read(lambda session: list_untold(session, holder)))

    return demonstration.look(look)


@pytest.fixture
def phone(phone_screen: Screen) -> Page:
    """A telephone that has never been here before."""
    return phone_screen.wiped()


@pytest.fixture(scope="module")
def buyer(demonstration: Demonstration, give: Callable[[str], Holder]) -> Holder:
    """Somebody who has earned and spent."""

    def look(bank: Bank) -> str:
        for bought in list_redemptions(bank).items:
            wallet = bought.wallet_id
            number = bank.database.read(
                lambda session, of=wallet: find_number_of_wallet(session, of)
            )
            if number is not None:
                return str(number)
        raise AssertionError("nobody has bought anything")

    return give(demonstration.look(look))


def sound(page: Page) -> None:
    """Nothing for axe-core, nothing to scroll sideways, whatever the width."""
    assert ask_axe(page) == []
    sideways = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        sideways[width] = sideways_px(page)
    page.set_viewport_size(PHONE)
    assert sideways == dict.fromkeys(WIDTHS, 0)


def test_the_own_page_fits_and_axe_finds_nothing(
    demonstration: Demonstration, phone: Page, buyer: Holder, picture: Picture
) -> None:
    home = f"{demonstration.address}/me/"
    phone.goto(home)
    sound(phone)
    picture(phone, "me-login")
    buyer(phone)
    sound(phone)
    picture(phone, "me-home")
    pages = {"statement": "statement", "passbook": "passbook", "help": "help"}
    for name, path in pages.items():
        phone.goto(f"{home}{path}")
        sound(phone)
        picture(phone, f"me-{name}")
    phone.goto(f"{home}statement")
    phone.get_by_role("link", name="支出").click()
    # The whole row opens it.
    phone.locator(".moves li").first.click(position={"x": 200, "y": 8})
    phone.wait_for_url("**/me/statement/J*")
    sound(phone)
    picture(phone, "me-entry")


@pytest.mark.nightly
def test_the_own_page_in_english_and_in_large_type(
    demonstration: Demonstration, phone: Page, buyer: Holder, picture: Picture
) -> None:
    home = f"{demonstration.address}/me/"
    phone.goto(home)
    buyer(phone)
    phone.get_by_role("link", name="English").click()
    for name in ("", "statement", "help"):
        phone.goto(f"{home}{name}")
        assert phone.locator("html").get_attribute("lang") == "en"
        assert not re.search("[\u4e00-\u9fff]", phone.locator(".me-tabs").inner_text())
        sound(phone)
        picture(phone, f"me-{name or 'home'}-en")
    phone.goto(f"{home}?lang=zh-CN")
    phone.get_by_role("button", name="大字").click()
    phone.locator("html.large").wait_for()
    for name in ("", "statement", "help"):
        phone.goto(f"{home}{name}")
        sound(phone)
        picture(phone, f"me-{name or 'home'}-large")
    phone.goto(home)
    phone.get_by_role("button", name="标准字").click()
    phone.locator("html:not(.large)").wait_for()


def test_news_that_lay_open_are_told(
    demonstration: Demonstration, phone: Page, give: Callable[[str], Holder]
) -> None:
    reader = give(number_of(demonstration, "rich"))
    phone.goto(f"{demonstration.address}/me/")
    before = untold(demonstration, reader.number)
    assert before > 0
    reader(phone)
    assert phone.locator(".me-news .banner").count() > 0
    until = time.monotonic() + 10
    while untold(demonstration, reader.number) and time.monotonic() < until:
        phone.wait_for_timeout(30)
    assert untold(demonstration, reader.number) == 0
    phone.reload()
    assert phone.locator(".me-news").count() == 0


def test_points_are_hidden_until_they_are_touched(
    demonstration: Demonstration, phone: Page, give: Callable[[str], Holder], picture: Picture
) -> None:
    shy = give(SHY)
    phone.goto(f"{demonstration.address}/me/")
    shy(phone)
    assert not phone.locator(".hero").is_visible()
    sound(phone)
    picture(phone, "me-hidden")
    phone.locator("summary").click()
    assert phone.locator(".hero").is_visible()
    assert ask_axe(phone) == []


def test_a_scanned_address_brings_the_number_and_leaves_no_trace(
    demonstration: Demonstration, phone: Page, buyer: Holder
) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{demonstration.address}/me/#{buyer.short_number}")
    phone.wait_for_url("**/me/login")
    spaced = f"{buyer.short_number[:4]} {buyer.short_number[4:]}"
    assert phone.input_value("[name=card]") == spaced
    assert phone.evaluate("() => document.activeElement.name") == "pin"
    phone.keyboard.type(buyer.pin)
    phone.keyboard.press("Enter")
    phone.locator(".cover").wait_for()
    # The own number again is at home; another's asks for the PIN that belongs to it.
    phone.goto(f"{demonstration.address}/me/help#{buyer.short_number}")
    assert phone.url.endswith("/me/help")
    phone.goto(f"{demonstration.address}/me/?again#40718239")
    phone.wait_for_url("**/me/login?other=1")
    assert phone.input_value("[name=card]") == "4071 8239"
    assert not [url for url in asked if buyer.short_number in url.partition("#")[0]]


def test_by_keyboard_alone_to_the_own_data_and_to_a_blocked_card(
    demonstration: Demonstration, phone: Page, give: Callable[[str], Holder]
) -> None:
    loses = give(LOSES)
    phone.goto(f"{demonstration.address}/me/login")
    reach(phone, "input[name=card]")
    phone.keyboard.type(loses.short_number)
    # A scanner ends with Enter; that leads to the PIN and sends nothing.
    phone.keyboard.press("Enter")
    phone.keyboard.type(loses.pin)
    phone.keyboard.press("Enter")
    phone.locator(".cover").wait_for()
    reach(phone, "a[href='/me/help']")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/me/help")
    reach(phone, "input[name=pin]")
    phone.keyboard.type(loses.pin)
    with phone.expect_download() as download:
        phone.keyboard.press("Enter")
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert told["person"]["number"] == loses.number
    phone.reload()
    reach(phone, "#lost summary")
    phone.keyboard.press("Enter")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/me/login")
    assert "挂失好了" in phone.locator("main").inner_text()
    assert ask_axe(phone) == []
    phone.goto(f"{demonstration.address}/me/statement")
    assert phone.url.endswith("/me/login")


def test_the_passbook_fills_a_sheet_of_paper(
    demonstration: Demonstration, desk_page: Page, buyer: Holder, picture: Picture
) -> None:
    page = desk_page
    page.set_viewport_size({"width": 680, "height": 900})
    page.goto(f"{demonstration.address}/me/")
    buyer(page)
    page.goto(f"{demonstration.address}/me/passbook")
    page.emulate_media(media="print")
    for gone in (".me-tabs", ".me-top-acts", "form.form"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator(".table").is_visible()
    assert page.locator(".table-foot").is_visible()
    picture(page, "me-passbook-print")
    assert page.pdf(format="A4").startswith(b"%PDF")
