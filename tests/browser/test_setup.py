"""The first day in a real browser: from an empty folder to a shop that can open, by keyboard."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from pointsbank.audit import run_checks
from pointsbank.foundation import Bank, open_bank
from pointsbank.people import find_stand_in_card
from pointsbank.redemption import find_rehearsal
from pointsbank.web.currency import Currency, named
from tests import commands
from tests.browser.conftest import (
    DESK,
    UPRIGHT,
    launched,
    mostly_nightly,
    served,
    watched,
)
from tests.browser.keyboard import has_focus, reach
from tests.browser.kiosk_driver import MINUS, KioskDriver
from tests.browser.measuring import ask_axe, sideways_px

Picture = Callable[[Page, str], None]
PASSWORD = "correct horse battery staple"
SETUP = "/office/setup/"
STEPS = (
    *("community", "shop", "hours", "phone", "currency", "rate", "limits", "address"),
    *("staff", "goods", "cards", "kiosk", "equipment", "clock", "rehearsal", "safe"),
)
WIDTHS = (390, 800, 1366, 1920)


@dataclass
class FirstDay:
    """A bank that `init` has just made, and that is served."""

    address: str
    home: Path
    code: str
    began: float

    def look(self, ask: Callable[[Bank], object]) -> object:
        """Ask the bank itself, beside the server."""
        bank = open_bank(self.home, exclusive=False)
        try:
            return ask(bank)
        finally:
            bank.close()


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstDay]:
    """`pointsbank init` with nothing but a folder, then `serve`."""
    home = tmp_path_factory.mktemp("first") / "bank"
    began = time.monotonic()
    made = commands.run("--home", str(home), "init", typed="limin\n李敏\n")
    assert made.returncode == 0, made.stderr
    code = re.search(r"One-time code: (\S+ \S+ \S+)", made.stdout)
    assert code is not None, made.stdout
    with served(home, "serve") as address:
        yield FirstDay(address, home, code[1], began)


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[Page]:
    """The worker's screen, one window for the whole day."""
    with browser.new_context(viewport=DESK) as context:
        yield watched(context)


class Keyboard:
    """Somebody at a desk without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def type_into(self, name: str, text: str) -> None:
        """Fill in a field; what stood there goes."""
        reach(self.page, f'[name="{name}"]')
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Choose among radio buttons: Tab goes to the group, the arrows within it."""
        reach(self.page, f'input[name="{name}"]')
        wanted = f'input[name="{name}"][value="{value}"]'
        self.page.keyboard.press("Space")
        for _ in range(6):
            if has_focus(self.page, f"{wanted}:checked"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reach {wanted}")

    def tick(self, name: str) -> None:
        """Tick a box."""
        reach(self.page, f'input[name="{name}"]')
        self.page.keyboard.press("Space")

    def press(self, selector: str) -> None:
        """Go to a button or a link, and press it; the next page is there when this returns."""
        reach(self.page, selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


MAIN = "main .button-main"
# Where a step has more than a field or two; every step is asked in the nightly run.
TIGHT = ("", "rate", "equipment")


def test_a_community_is_set_up_from_an_empty_folder_by_keyboard_alone(
    first_day: FirstDay,
    desk: Page,
    browser: Browser,
    picture: Picture,
    record_property: Callable[[str, object], None],
) -> None:
    hand = Keyboard(desk)

    def at(step: str) -> None:
        expect(desk).to_have_url(re.compile(f"{SETUP}{step}$"))
        picture(desk, f"setup-{step or 'overview'}")

    _come_in(first_day, desk, hand)
    picture(desk, "setup-first-page")
    hand.press('.banner a[href$="/setup/"]')
    at("")
    hand.press("main .page-acts .button-main")
    at("community")
    hand.type_into("community_name", "晨光社区")
    hand.press(MAIN)
    at("shop")
    hand.type_into("name", "晨光社区积分超市")
    hand.press(MAIN)
    at("hours")
    # The test may run at any hour of the day, and so must the rehearsal.
    hand.type_into("opens", "00:00")
    hand.type_into("closes", "24:00")
    hand.press(MAIN)
    at("phone")
    hand.type_into("help_phone", "8651 2030")
    hand.press(MAIN)
    at("currency")
    hand.type_into("currency_name", "志愿币")
    hand.type_into("currency_unit", "枚")
    hand.press(MAIN)
    at("rate")
    expect(desk.locator(".will-record")).to_contain_text("巡逻 2 小时，得 20 枚")
    hand.type_into("points_per_hour", "8")
    hand.press('[value="look"]')
    expect(desk.locator(".will-record")).to_contain_text("得 16 枚")
    hand.type_into("points_per_hour", "10")
    hand.choose("counts_manual", "1")
    hand.press('[value="look"]')
    expect(desk.locator(".will-record")).to_contain_text("洗衣液 230 枚，要 23 小时")
    hand.press('[value="decide"]')
    at("limits")
    hand.press(MAIN)
    at("address")
    hand.press(MAIN)
    at("staff")
    _enter_a_witness(first_day, desk, hand)
    at("goods")
    _put_soap_on_the_shelf(first_day, desk, hand)
    at("cards")
    _print_a_card(first_day, desk, hand)
    at("kiosk")
    kiosk = _pair_a_kiosk(first_day, browser, desk, hand)
    at("equipment")
    for what in ("camera", "scanner", "printer", "sound"):
        hand.choose(what, "works")
    hand.press("#tried .button-main")
    at("clock")
    expect(desk.locator("[data-verdict]")).to_contain_text("两边差 0 秒")
    hand.press(MAIN)
    at("rehearsal")
    _rehearse_at_the_kiosk(first_day, desk, hand, kiosk, picture)
    picture(desk, "setup-rehearsed")
    desk.goto(f"{first_day.address}{SETUP}safe")
    at("safe")
    hand.press("main .form-acts .button-main")
    hand.press("main .page-acts .button-main")
    desk.locator(".chip-in", has_text="好的，打开查过").first.wait_for(timeout=60_000)
    desk.goto(f"{first_day.address}{SETUP}")
    expect(desk.locator(".page-says")).to_have_text("都设好了，可以开张。")
    picture(desk, "setup-done")
    seconds = round(time.monotonic() - first_day.began, 1)
    record_property("seconds_from_empty_folder", seconds)
    desk.goto(f"{first_day.address}/office/")
    assert "没设好" not in desk.locator("body").inner_text()
    kiosk.page.context.close()
    assert run_checks(f"sqlite:///{first_day.home / 'bank.sqlite'}").findings == []


def _come_in(first_day: FirstDay, desk: Page, hand: Keyboard) -> None:
    """Type the code that `init` printed, set a password, and be led to the set-up."""
    desk.goto(f"{first_day.address}/login/first")
    hand.type_into("code", first_day.code.lower())
    hand.type_into("password", PASSWORD)
    hand.type_into("again", PASSWORD)
    hand.press("form button[type=submit]")
    expect(desk.locator(".banner")).to_contain_text("件事没设好")


def _enter_a_witness(first_day: FirstDay, desk: Page, hand: Keyboard) -> None:
    hand.press(MAIN)
    hand.type_into("login", "chenbo")
    hand.type_into("name", "陈伯平")
    hand.tick("role_witness")
    hand.press(MAIN)
    expect(desk.locator(".pairing-code")).to_be_visible()
    desk.goto(f"{first_day.address}{SETUP}staff")
    assert "陈伯平" in desk.locator("main").inner_text()
    hand.press('main [rel="next"]')


def _put_soap_on_the_shelf(first_day: FirstDay, desk: Page, hand: Keyboard) -> None:
    hand.press(MAIN)
    hand.type_into("organisation_name", "四新路便民超市")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    desk.goto(f"{first_day.address}{SETUP}goods")
    hand.press(MAIN)
    hand.type_into("sku", "XIANGZAO")
    hand.type_into("name", "香皂")
    hand.type_into("points", "30")
    hand.press(MAIN)
    reach(desk, 'form[action$="/deliver"] [name="quantity"]')
    desk.keyboard.type("20")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    reach(desk, 'form[action$="/shelve"] [name="quantity"]')
    desk.keyboard.type("12")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    desk.goto(f"{first_day.address}{SETUP}goods")
    assert "香皂" in desk.locator("main").inner_text()
    hand.press('main [rel="next"]')


def _print_a_card(first_day: FirstDay, desk: Page, hand: Keyboard) -> None:
    hand.press(MAIN)
    hand.type_into("name", "刘淑芬")
    hand.tick("consent")
    hand.press(MAIN)
    hand.press('form[action$="/card"] button')
    hand.press('form[action$="/cards/print"] button')
    desk.goto(f"{first_day.address}{SETUP}cards")
    hand.press('main [rel="next"]')


def _pair_a_kiosk(first_day: FirstDay, browser: Browser, desk: Page, hand: Keyboard) -> KioskDriver:
    hand.press(MAIN)
    code = desk.locator(".pairing-code").inner_text().replace(" ", "")
    screen = watched(browser.new_context(viewport=UPRIGHT, has_touch=True))
    kiosk = KioskDriver(screen).open(f"{first_day.address}/kiosk/", screen="pairing")
    kiosk.type_digits(code).wait_for_screen("wall")
    _compare_words(kiosk.page)
    hand.press(MAIN)
    expect(desk.locator("main table")).to_contain_text("门口自助机")
    hand.press('main [rel="next"]')
    return kiosk


def _compare_words(page: Page) -> None:
    """The kiosk names points by the very rule of the bank, in every sentence that it knows."""
    read = """async () => {
      const { WORDS, REFUSALS, inCurrency } = await import("/kiosk/static/words.js");
      const coins = { name: "志愿币", unit: "枚", name_en: "coins" };
      const pairs = [...Object.values(WORDS),
        ...Object.values(REFUSALS).flatMap(({ zh, en }) => zh.map((text, at) => [text, en[at]]))];
      return pairs.flatMap(([zh, en]) => [["zh-CN", zh], ["en", en]])
        .map(([language, text]) => [language, text, inCurrency(text, language, coins)]);
    }"""
    coins = Currency("志愿币", "枚", "coins")
    said = [
        (language, text.replace("pts", "points"), now)
        for language, text, now in page.evaluate(read)
    ]
    assert [now for _, _, now in said] == [
        named(text, language, coins) for language, text, _ in said
    ]
    assert len({now for _, _, now in said if "志愿币" in now or "coins" in now}) > 30


def _rehearse_at_the_kiosk(
    first_day: FirstDay, desk: Page, hand: Keyboard, kiosk: KioskDriver, picture: Picture
) -> None:
    """The kiosk reads the stand-in's card; once it has bought, the page ends all by itself."""
    hand.press(MAIN)
    expect(desk.locator("[data-rehearsal]")).to_be_visible()
    picture(desk, "setup-rehearsing")
    assert ask_axe(desk) == []
    card = first_day.look(find_stand_in_card)
    kiosk.present_card(card.code)  # type: ignore[attr-defined]
    # The card is read over the network; the sums stand on the screen once it has been.
    deadline = time.monotonic() + 15
    while "before" not in kiosk.sums() and time.monotonic() < deadline:
        desk.wait_for_timeout(100)
    assert kiosk.sums()["before"] == 30
    kiosk.tap("XIANGZAO").wait_for_screen("basket").press_yellow().wait_for_screen("done")
    assert kiosk.role("slip-used").inner_text().replace("\n", "") == f"{MINUS}30枚"
    expect(desk.locator(".evidence")).to_be_visible(timeout=30_000)
    expect(desk.locator(".evidence > li")).to_have_count(4)
    assert first_day.look(find_rehearsal) is None


@pytest.mark.parametrize(
    "step",
    mostly_nightly(
        ["", *STEPS, "equipment/slip?paper=58", "equipment/slip?paper=80"],
        [*TIGHT, "equipment/slip?paper=58"],
    ),
)
def test_every_page_fits_in_both_languages_and_axe_finds_nothing(
    first_day: FirstDay, desk: Page, picture: Picture, step: str
) -> None:
    for language in ("zh-CN", "en"):
        desk.set_viewport_size(DESK)
        mark = "&" if "?" in step else "?"
        answer = desk.goto(f"{first_day.address}{SETUP}{step}{mark}lang={language}")
        assert answer is not None
        assert answer.status == 200
        if language == "en":
            picture(desk, f"setup-{step.split('?')[0].replace('/', '-') or 'overview'}-en")
        assert ask_axe(desk) == []
        sideways = {}
        for width in WIDTHS:
            desk.set_viewport_size({"width": width, "height": 900})
            sideways[width] = sideways_px(desk)
        assert sideways == dict.fromkeys(WIDTHS, 0)
    desk.set_viewport_size(DESK)
    desk.goto(f"{first_day.address}{SETUP}?lang=zh-CN")


@pytest.mark.parametrize("paper", [58, 80])
def test_a_test_slip_is_one_page_as_wide_as_its_paper(
    first_day: FirstDay, desk: Page, paper: int
) -> None:
    desk.goto(f"{first_day.address}{SETUP}equipment/slip?paper={paper}")
    printed = desk.pdf(prefer_css_page_size=True, print_background=False)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [round(float(width) / 72 * 25.4) for width, _ in boxes] == [paper]


def test_the_scanner_field_says_what_came_and_how_it_ended(first_day: FirstDay, desk: Page) -> None:
    desk.goto(f"{first_day.address}{SETUP}equipment")
    part = desk.locator("[data-scanner]")
    verdict = part.locator("[data-verdict]")
    part.locator("[data-field]").focus()
    for typed, end, said in (
        ("POINTSBANK-TEST", "Enter", "对了：POINTSBANK-TEST"),
        ("2900000000018", "Enter", "对了：2900000000018"),
        ("2900000000018", "Tab", "末尾来的是 Tab"),
        ("29000", "Enter", "来了 5 个字"),
        ("2900000000018", "", "末尾没有回车"),
        ("ＰＯＩＮＴＳ", "Enter", "输入法"),
    ):
        if typed.isascii():
            desk.keyboard.type(typed)
        else:
            desk.keyboard.insert_text(typed)
        if end:
            desk.keyboard.press(end)
        expect(verdict).to_contain_text(said)
    desk.keyboard.type("RH6V5JZTTEH6XDVEA56O5BMG")
    desk.keyboard.press("Enter")
    expect(part.locator("[data-came]")).to_contain_text("••••")
    assert "RH6V5" not in part.inner_text()
    # From the empty field Tab goes on as everywhere.
    desk.keyboard.press("Tab")
    assert not desk.evaluate("document.activeElement.matches('[data-field]')")


def test_the_clock_tells_a_browser_that_is_minutes_off(
    first_day: FirstDay, browser: Browser, desk: Page
) -> None:
    with browser.new_context(
        viewport=DESK,
        timezone_id="Asia/Shanghai",
        storage_state=desk.context.storage_state(),
    ) as context:
        page = watched(context)
        page.goto(f"{first_day.address}{SETUP}clock")
        verdict = page.locator("[data-verdict]")
        expect(verdict).to_have_text("两边差 0 秒，一样。")
        page.clock.install(time=time.time() - 300)
        page.goto(f"{first_day.address}{SETUP}clock")
        expect(verdict).to_contain_text("先把这台电脑的时间校准")


def test_the_camera_shows_its_picture_and_reads_the_code_that_the_page_shows(
    first_day: FirstDay, desk: Page, playwright: Playwright, tmp_path: Path, picture: Picture
) -> None:
    desk.goto(f"{first_day.address}{SETUP}equipment")
    code = desk.locator("[data-camera] .setup-qr").screenshot(scale="css")
    film = tmp_path / "code.mjpeg"
    film.write_bytes(_film_of(code))
    flags = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    with launched(playwright, tmp_path, *flags) as seeing:
        context = seeing.new_context(
            viewport=DESK, permissions=["camera"], storage_state=desk.context.storage_state()
        )
        page = watched(context)
        page.goto(f"{first_day.address}{SETUP}equipment")
        page.locator("[data-camera] [data-start]").click()
        expect(page.locator("[data-camera] video")).to_be_visible()
        expect(page.locator("[data-camera] [data-verdict]")).to_have_text(
            "读到了，一个字不差。", timeout=30_000
        )
        picture(page, "setup-camera")
        assert ask_axe(page) == []
        context.close()


def test_without_a_camera_it_says_so_and_the_tones_can_be_played(
    first_day: FirstDay, desk: Page
) -> None:
    desk.goto(f"{first_day.address}{SETUP}equipment")
    desk.locator("[data-camera] [data-start]").click()
    expect(desk.locator("[data-camera] [data-verdict]")).to_contain_text("打不开摄像头")
    for tune in ("done", "refused", "question"):
        desk.locator(f'[data-tune="{tune}"]').click()


def _film_of(picture_png: bytes) -> bytes:
    """A code as a camera sees it on a table."""
    code = Image.open(io.BytesIO(picture_png)).convert("RGB").resize((460, 460))
    frame = Image.new("RGB", (1280, 720), (120, 110, 100))
    frame.paste(code, (410, 130))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=90, subsampling="4:2:0")
    return out.getvalue() * 30
