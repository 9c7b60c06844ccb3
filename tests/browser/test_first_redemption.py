"""The first redemption, end to end: by camera, by scanner, by taps; and every book agrees."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright

from pointsbank.audit.check import run_checks
from pointsbank.demonstration import STAFF
from pointsbank.foundation import Bank
from pointsbank.inventory import list_shelf
from pointsbank.people import draw_card
from pointsbank.people.card_faces import list_card_faces
from tests.browser.conftest import UPRIGHT, Demonstration, launched, watched
from tests.browser.kiosk_driver import KioskDriver

Picture = Callable[[Page, str], None]
SOAP, SOAP_POINTS = "XIANGZAO", 30
SOAP_BARCODE = "2000000000022"


def soap_left(demonstration: Demonstration) -> int:
    """Pieces of soap on the shelf, by the books."""

    def look(bank: Bank) -> int:
        shelf = list_shelf(bank, shop_id=1, today=bank.clock.today())
        return next(item.left for item in shelf if item.sku == SOAP)

    return demonstration.look(look)


def books_are_right(demonstration: Demonstration) -> None:
    """The check from outside finds nothing."""
    report = run_checks(f"sqlite:///{demonstration.home / 'bank.sqlite'}")
    assert report.findings == []


def test_a_tap_on_a_sample_card_and_a_soap_is_enough(
    demonstration: Demonstration, kiosk_page: Page, desk_page: Page, picture: Picture
) -> None:
    left = soap_left(demonstration)
    kiosk_page.goto(f"{demonstration.address}/")
    kiosk = KioskDriver(kiosk_page)
    kiosk_page.locator(".little-card").first.click()
    kiosk.wait_for_screen("basket", "wall")
    kiosk.wait_until(lambda: "before" in kiosk.sums(), "the points of the card")
    before = kiosk.sums()["before"]
    kiosk.tap(SOAP).wait_for_screen("basket")
    assert kiosk.sums() == {"before": before, "this": 30, "after": before - 30}
    kiosk.press_yellow().wait_for_screen("done")
    slip = kiosk.slip_number()
    kiosk.role("slip-code").wait_for()
    picture(kiosk_page, "kiosk-done")
    assert soap_left(demonstration) == left - 1

    log_in(desk_page, demonstration, "limin")
    desk_page.goto(f"{demonstration.address}/office/redemptions")
    assert slip in desk_page.locator("main").inner_text()
    desk_page.goto(f"{demonstration.address}/office/journal")
    assert "香皂×1" in desk_page.locator("main").inner_text()
    picture(desk_page, "office-journal")

    kiosk.press("undo")
    picture(kiosk_page, "kiosk-undo")
    kiosk.press_yellow()
    kiosk.wait_until(lambda: soap_left(demonstration) == left, "the soap to be back")
    kiosk.wait_for_screen("basket")
    kiosk.wait_until(lambda: kiosk.sums().get("before") == before, "the points to be back")
    books_are_right(demonstration)


def test_three_things_lie_in_the_basket(
    demonstration: Demonstration, kiosk_page: Page, picture: Picture
) -> None:
    kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")
    picture(kiosk_page, "kiosk-wall")
    kiosk.present_card(demonstration.card("rich"))
    kiosk.tap(SOAP).wait_for_screen("basket")
    for barcode in ("6921168509256", "2000000000015"):
        kiosk.rest().rest().rest().scan(barcode)
    kiosk.wait_until(lambda: len(kiosk.lines()) == 3, "three lines")
    before = kiosk.sums()["before"]
    assert kiosk.sums() == {"before": before, "this": 275, "after": before - 275}
    picture(kiosk_page, "kiosk-basket")
    kiosk.press("type").press("switch-large").press("close")
    assert kiosk_page.locator("html.large").count() == 1
    picture(kiosk_page, "kiosk-large")


def test_a_scanner_alone_buys_and_goods_may_come_first(
    demonstration: Demonstration, kiosk_page: Page
) -> None:
    left = soap_left(demonstration)
    kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")
    kiosk.scan(SOAP_BARCODE).wait_for_screen("basket")
    kiosk.present_card(demonstration.card("rich"))
    before = kiosk.sums()["before"]
    kiosk.rest().rest().rest().scan(SOAP_BARCODE)
    kiosk.wait_until(lambda: kiosk.lines().get(SOAP) == 2, "two soaps")
    assert kiosk.sums()["after"] == before - 60
    kiosk.press_yellow().wait_for_screen("done")
    assert soap_left(demonstration) == left - 2
    books_are_right(demonstration)


@pytest.mark.parametrize(
    ("kind", "code"), [("blocked", "people.card_blocked"), ("unknown", "people.card_unknown")]
)
def test_a_card_that_is_not_valid_is_refused_in_friendly_words(
    demonstration: Demonstration, kiosk_page: Page, kind: str, code: str
) -> None:
    # The published test vector of another card key: well formed, and nobody's here.
    stranger = "RH6V5JZTTEH6XDVEA56O5BMG"
    kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")
    kiosk.present_card(stranger if kind == "unknown" else demonstration.card(kind), refused=code)
    # No other goods would help; the screen offers somebody who does.
    assert kiosk_page.locator('.k-choices [data-do="help"]').count() == 1


def test_twenty_nine_points_are_one_short_of_a_soap(
    demonstration: Demonstration, kiosk_page: Page, picture: Picture
) -> None:
    left = soap_left(demonstration)
    kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")
    kiosk.present_card(demonstration.card("short"))
    assert kiosk.sums()["before"] == 29
    kiosk.tap(SOAP)
    kiosk.wait_until(lambda: kiosk.sums().get("short") == 1, "one point short")
    assert kiosk_page.locator(".k-yellow").count() == 0
    picture(kiosk_page, "kiosk-short")
    assert soap_left(demonstration) == left


def test_english_is_one_touch_away_and_the_family_card_looks_like_any_other(
    demonstration: Demonstration, kiosk_page: Page, picture: Picture
) -> None:
    kiosk = KioskDriver(kiosk_page).open(f"{demonstration.address}/kiosk/")
    kiosk.present_card(demonstration.card("family"))
    kiosk.press("language")
    assert kiosk_page.locator("html").get_attribute("lang") == "en"
    kiosk.tap(SOAP).wait_for_screen("basket")
    picture(kiosk_page, "kiosk-english")
    assert "某户" not in kiosk_page.locator("#k-app").inner_text()


def test_the_camera_reads_the_very_card_that_we_print(
    demonstration: Demonstration, playwright: Playwright, tmp_path: Path, picture: Picture
) -> None:
    film = tmp_path / "card.mjpeg"
    film.write_bytes(film_of_card(demonstration))
    flags = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    with launched(playwright, tmp_path, *flags) as seeing:
        context = seeing.new_context(viewport=UPRIGHT, permissions=["camera"])
        kiosk = KioskDriver(watched(context)).open(
            f"{demonstration.address}/kiosk/?camera=1", screen="wall"
        )
        kiosk.wait_until(lambda: "before" in kiosk.sums(), "a greeting", seconds=30)
        before = kiosk.sums()["before"]
        kiosk.tap(SOAP).wait_for_screen("basket").press_yellow().wait_for_screen("done")
        context.close()
    assert before >= 230
    books_are_right(demonstration)


def film_of_card(demonstration: Demonstration) -> bytes:
    """The printed card as a camera sees it: an arm's length away, on a table."""
    code = demonstration.card("rich")

    def look(bank: Bank) -> Image.Image:
        faces = list_card_faces(bank, card_key=bank.keys.card)
        return draw_card(next(face for face in faces if face.code == code), dpi=300)

    card = demonstration.look(look).convert("RGB")
    card.thumbnail((900, 600))
    frame = Image.new("RGB", (1280, 720), (120, 110, 100))
    frame.paste(card, ((1280 - card.width) // 2, (720 - card.height) // 2))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=90, subsampling="4:2:0")
    return out.getvalue() * 30


def log_in(page: Page, demonstration: Demonstration, login: str) -> None:
    """Log in with what the front page shows."""
    person = next(person for person in STAFF if person.login == login)
    page.goto(f"{demonstration.address}/login")
    page.fill("[name=login]", person.login)
    page.fill("[name=password]", person.password)
    page.locator("form.login-card button[type=submit]").click()
    page.locator(".bar-who form").wait_for()
