"""A community's first day and the day its computer dies, by the guide alone, in a real browser.

The pictures of docs/guide are taken here while the steps are tried: `make screenshots` takes them
anew, in both languages. Without that one language is enough.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from pointsbank.foundation import Bank, Clock, Keys, add_days
from pointsbank.people import get_staff, list_badges
from pointsbank.people.card_codes import make_badge_code
from pointsbank.redemption import find_rehearsal
from tests.browser.conftest import DESK, PICTURES, ROOT, UPRIGHT, watched
from tests.browser.kiosk_driver import KioskDriver
from tests.browser.real_bank import RealBank, Stopwatch

LANGUAGES = ("zh-CN", "en") if PICTURES else ("zh-CN",)
ADMIN_PASSWORD = "桂花开在后院里，八月的雨一下就停了"
WITNESS_PASSWORD = "老槐树下摆了三盘棋，我赢了两盘半"
WORKER_PASSWORD = "白云深处有三户人家，石头小路斜斜上山"
SETUP = "/office/setup/"
MAIN = "main .button-main"
SOAP, SOAP_POINTS, EARNED = "XIANGZAO", 30, 80


class Day:
    """One community's people at their screens: the office's desk and the kiosk by the door."""

    def __init__(self, bank: RealBank, desk: Page, kiosk: KioskDriver, lang: str) -> None:
        self.bank, self.desk, self.kiosk, self.lang = bank, desk, kiosk, lang
        self.watch = Stopwatch()
        self.card = self.witness_pin = self.volunteer = ""

    def shot(self, name: str, page: Page | None = None) -> None:
        """A picture for the guide, when pictures are wanted."""
        if not PICTURES:
            return
        folder = ROOT / PICTURES / "guide"
        folder.mkdir(parents=True, exist_ok=True)
        seen = page or self.desk
        # The guides speak of the port that a shop has, not of the one that was free here.
        seen.evaluate(
            """port => document.querySelectorAll(".mono").forEach((one) => {
              one.textContent = one.textContent.replace(`:${port}/`, ":8000/");
            })""",
            self.bank.port,
        )
        taken = seen.screenshot(scale="css", animations="disabled")
        picture = Image.open(io.BytesIO(taken)).convert("RGB")
        if picture.height > picture.width:
            picture = picture.resize((picture.width // 2, picture.height // 2))
        few = picture.quantize(48, dither=Image.Dither.NONE)
        few.save(folder / f"{self.lang[:2]}-{name}.png", optimize=True)

    def shot_kiosk(self, name: str) -> None:
        """The same of the kiosk, which always begins in Chinese."""
        turns = PICTURES and self.lang != "zh-CN"
        if turns:
            self.kiosk.press("language")
        self.shot(name, self.kiosk.page)
        if turns:
            self.kiosk.press("language")

    def go(self, path: str) -> None:
        """Open a page at the desk; it must be there."""
        answer = self.desk.goto(f"{self.bank.address}{path}")
        assert answer is not None
        assert answer.status == 200, path

    def at(self, step: str) -> None:
        """The set-up has led to this step."""
        expect(self.desk).to_have_url(re.compile(f"{SETUP}{step}$"))

    def fill(self, **values: str) -> None:
        """Type into the fields of the page."""
        for name, value in values.items():
            self.desk.fill(f"[name={name}]", value)

    def click(self, what: str | Locator) -> None:
        """Press a button or a link that leads to another page."""
        target = self.desk.locator(what).first if isinstance(what, str) else what
        with self.desk.expect_navigation():
            target.click()

    def log_in(self, login: str, password: str) -> None:
        """Come in by the one door."""
        self.go("/login")
        self.fill(login=login, password=password)
        self.click("form.login-card button[type=submit]")

    def log_out(self) -> None:
        """Leave the desk to somebody else."""
        self.click(".bar-who form button")

    def sit_down(self) -> None:
        """A browser that has never been here, in the guide's language."""
        self.desk.context.clear_cookies()
        self.desk.context.add_cookies(
            [{"name": "lang", "value": self.lang, "url": self.bank.address}]
        )

    def set_password(self, code: str, password: str, picture: str) -> None:
        """Somebody new types the code of their paper."""
        self.go("/login")
        self.click('a[href="/login/first"]')
        self.fill(code=code.lower(), password=password, again=password)
        self.shot(picture)
        self.click("form button[type=submit]")

    def confirm_beside(self) -> None:
        """The witness scans the own badge at the worker's screen and types the own PIN."""
        self.desk.locator("[name=badge]").focus()
        self.desk.keyboard.type(self.badge("chenbo"))
        self.desk.keyboard.press("Enter")
        self.desk.keyboard.type(self.witness_pin)
        self.shot("second-person")
        with self.desk.expect_navigation():
            self.desk.keyboard.press("Enter")

    def badge(self, login: str) -> str:
        """What the code on somebody's printed badge says."""
        keys = Keys.load(self.bank.home / "keys.json")

        def ask(bank: Bank) -> str:
            staff = bank.database.read(lambda session: get_staff(session, login))
            return make_badge_code(keys.card, staff.id, list_badges(bank)[staff.id].issue)

        return self.bank.look(ask)

    def print_card(self) -> str:
        """Print the card whose page is shown, and read the code on it as a scanner does."""
        self.click('form[action$="/cards/print"] button')
        drawn = self.desk.context.request.get(
            self.bank.address + str(self.desk.locator('a[href$=".png"]').get_attribute("href"))
        )
        [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn.body())).convert("RGB"))
        return code.text

    def points(self) -> int:
        """What the card has at the kiosk; the person leaves again."""
        self.kiosk.present_card(self.card)
        self.kiosk.wait_until(lambda: "before" in self.kiosk.sums(), "the points of the card")
        had = self.kiosk.sums()["before"]
        self.kiosk.press("exit").wait_for_screen("wall")
        return had

    def buy_soap(self, *, pictures: bool = False) -> str:
        """Scan the card, touch the soap, press the yellow button, read the slip."""
        self.kiosk.present_card(self.card)
        if pictures:
            self.shot_kiosk("kiosk-card")
        self.kiosk.tap(SOAP).wait_for_screen("basket")
        if pictures:
            self.shot_kiosk("kiosk-basket")
        self.kiosk.press_yellow().wait_for_screen("done")
        if pictures:
            self.shot_kiosk("kiosk-done")
        slip = self.kiosk.slip_number()
        self.kiosk.press_yellow().wait_for_screen("wall")
        return slip

    def pair(self, code: str) -> None:
        """Type twelve digits at the kiosk."""
        self.kiosk.open(f"{self.bank.address}/kiosk/", screen="pairing")
        self.shot_kiosk("kiosk-pairing")
        self.kiosk.type_digits(code.replace(" ", "")).wait_for_screen("wall")

    def is_right(self) -> bool:
        """`pointsbank check`."""
        return "0 处不符" in self.bank.run("check")


@pytest.fixture(scope="module", params=LANGUAGES)
def day(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Day]:
    """An empty folder, a desk and a touch screen; the desk reads the guide's language."""
    bank = RealBank(tmp_path_factory.mktemp("day"))
    office = browser.new_context(viewport=DESK)
    shop = browser.new_context(viewport=UPRIGHT, has_touch=True)
    try:
        for context in (office, shop):
            context.set_default_timeout(10_000)
        told = Day(bank, watched(office), KioskDriver(watched(shop)), request.param)
        told.sit_down()
        yield told
    finally:
        office.close()
        shop.close()
        bank.stop()


def test_from_an_empty_folder_to_the_first_redemption(day: Day) -> None:
    with day.watch.part("init and serve"):
        code = day.bank.found("limin", "李敏")
        day.bank.serve()
    with day.watch.part("the first person, names and numbers"):
        day.set_password(code, ADMIN_PASSWORD, "first-login")
        day.shot("not-set-up")
        _settle_names_and_numbers(day)
    with day.watch.part("a second person with badge and PIN"):
        _enter_the_second_person(day)
    with day.watch.part("goods"):
        _put_soap_on_the_shelf(day)
    with day.watch.part("a volunteer and a card"):
        _register_and_print(day)
    with day.watch.part("the kiosk, equipment, clock, rehearsal"):
        _open_the_kiosk(day)
    with day.watch.part("the first backup onto the stick"):
        _keep_it_safe(day)
    with day.watch.part("hours, and the second person confirms"):
        _record_and_confirm(day)
    with day.watch.part("the first redemption"):
        day.shot_kiosk("kiosk-wall")
        slip = day.buy_soap(pictures=True)
        day.go("/office/redemptions")
        expect(day.desk.locator("main table")).to_contain_text(slip)
        day.shot("redemptions")
        day.go("/office/")
        day.shot("today")
        assert day.is_right()
    day.watch.say_sum("from the empty folder to the slip")


def _settle_names_and_numbers(day: Day) -> None:
    day.click('.banner a[href$="/setup/"]')
    day.shot("setup")
    day.click("main .page-acts .button-main")
    simple: list[tuple[str, dict[str, str]]] = [
        ("community", {"community_name": "晨光社区"}),
        ("shop", {"name": "晨光社区积分超市", "tagline": "做好事，攒积分，换东西"}),
        ("hours", {"opens": "07:00", "closes": "21:00"}),
        ("phone", {"help_phone": "8651 2030"}),
        ("currency", {}),
    ]
    for step, values in simple:
        day.at(step)
        day.fill(**values)
        day.shot(step)
        if step == "hours":  # the story may be told at any hour of the day
            day.fill(opens="00:00", closes="24:00")
        day.click(MAIN)
    day.at("rate")
    # Before there are cards, hours come from a paper list; this place lets them count.
    day.desk.check("[name=counts_manual][value='1']")
    day.shot("rate")
    day.click('[value="decide"]')
    for step in ("limits", "address"):
        day.at(step)
        day.shot(step)
        day.click(MAIN)


def _enter_the_second_person(day: Day) -> None:
    """A witness: invited, lets the own password be known to nobody, draws a PIN, gets a badge."""
    day.at("staff")
    day.shot("staff")
    day.click(MAIN)
    day.fill(login="chenbo", name="陈伯平")
    day.desk.check("[name=role_witness]")
    day.shot("invite")
    day.click(MAIN)
    paper = day.desk.locator(".pairing-code").inner_text()
    day.shot("paper")
    day.log_out()
    day.set_password(paper, WITNESS_PASSWORD, "second-login")
    day.go("/office/badges")
    day.fill(password=WITNESS_PASSWORD)
    day.shot("own-pin")
    day.click('form[action$="/badges/pin"] .button-main')
    day.witness_pin = _slip_of(day)
    day.shot("pin-slip")
    day.log_out()
    day.log_in("limin", ADMIN_PASSWORD)
    day.go("/office/badges")
    day.click('form[action$="/badges/chenbo/issue"] button')
    expect(day.desk.locator('form[action$="/badges/chenbo/print"]')).to_be_visible()
    day.shot("badges")
    with day.desk.expect_download() as paper_badge:
        day.desk.locator('form[action$="/badges/chenbo/print"] button').click()
    assert paper_badge.value.path().read_bytes().startswith(b"%PDF")
    day.go(f"{SETUP}staff")
    day.click('main [rel="next"]')


def _slip_of(day: Day) -> str:
    found = re.search(r"\b(\d{3}) (\d{3})\b", day.desk.locator(".pin-slip").inner_text())
    assert found
    return found[1] + found[2]


def _put_soap_on_the_shelf(day: Day) -> None:
    day.at("goods")
    day.click(MAIN)
    day.fill(organisation_name="四新路便民超市")
    day.shot("donor")
    day.click('form[action$="/organisations"] button[type=submit]')
    day.go(f"{SETUP}goods")
    day.shot("goods")
    day.click(MAIN)
    day.fill(sku=SOAP, name="香皂", name_en="Soap", points=str(SOAP_POINTS))
    day.shot("new-goods")
    day.click(MAIN)
    day.desk.fill('form[action$="/deliver"] [name=quantity]', "20")
    day.shot("deliver")
    day.click('form[action$="/deliver"] button')
    day.desk.fill('form[action$="/shelve"] [name=quantity]', "12")
    day.shot("shelve")
    day.click('form[action$="/shelve"] button')
    day.go(f"{SETUP}goods")
    day.click('main [rel="next"]')


def _register_and_print(day: Day) -> None:
    day.at("cards")
    day.click(MAIN)
    day.fill(name="刘淑芬", phone="13900000001")
    day.desk.check("[name=consent]")
    day.desk.evaluate("scrollTo(0, 0)")
    day.shot("register")
    day.click(MAIN)
    day.volunteer = day.desk.url
    day.shot("registered")
    day.click('form[action$="/card"] button')
    day.card = day.print_card()
    day.shot("printed")
    day.desk.locator('main table input[type="checkbox"]').first.check()
    day.click('form[action$="/cards/hand-over"] .button-outline')
    day.go(f"{SETUP}cards")
    day.click('main [rel="next"]')


def _open_the_kiosk(day: Day) -> None:
    day.at("kiosk")
    day.click(MAIN)
    code = day.desk.locator(".pairing-code").inner_text()
    day.shot("pairing-code")
    day.pair(code)
    day.click(MAIN)
    day.click('main [rel="next"]')
    day.at("equipment")
    for what, went in (("scanner", "works"), ("sound", "works"), ("printer", "absent")):
        day.desk.check(f'input[name="{what}"][value="{went}"]')
    day.desk.check('input[name="camera"][value="absent"]')
    day.shot("equipment")
    day.click("#tried .button-main")
    day.at("clock")
    day.shot("clock")
    day.click(MAIN)
    day.at("rehearsal")
    day.click(MAIN)
    day.shot("rehearsal")
    seen = Image.open(io.BytesIO(day.desk.locator("[data-rehearsal] .setup-qr").screenshot()))
    [code_shown] = zxingcpp.read_barcodes(seen.convert("RGB"))
    day.kiosk.present_card(code_shown.text)
    day.kiosk.tap(SOAP).wait_for_screen("basket").press_yellow().wait_for_screen("done")
    expect(day.desk.locator(".evidence > li")).to_have_count(4, timeout=30_000)
    assert day.bank.look(find_rehearsal) is None
    day.shot("rehearsed")
    day.kiosk.press_yellow().wait_for_screen("wall")


def _keep_it_safe(day: Day) -> None:
    """The envelope lies in the safe since `init`; a folder plays the stick."""
    day.go(f"{SETUP}safe")
    day.shot("safe")
    day.click("main .form-acts .button")
    day.click("main .page-acts .button-main")
    day.desk.locator("main table .chip-in").first.wait_for(timeout=60_000)
    expect(day.desk.locator("#progress section")).to_have_count(0, timeout=20_000)
    day.shot("backup")
    said = day.bank.run("backup", "--to", str(day.bank.stick))
    assert "打开查过，账是对的" in said
    day.go(SETUP)
    expect(day.desk.locator(".setup-marks .chip-wait")).to_have_count(0)
    day.shot("ready")


def _record_and_confirm(day: Day) -> None:
    day.desk.goto(day.volunteer)
    day.click('.page-acts a[href*="/service/new"]')
    # Whatever the hour at which the story is told: yesterday these eight hours are over.
    yesterday = add_days(Clock().today(), -1)
    day.fill(activity="探访独居老人", served_on=yesterday, hours="8")
    day.shot("service")
    day.click('[value="look"]')
    # The guide has that sentence read aloud: it is on the screen without anybody's searching.
    expect(day.desk.locator(".will-record")).to_be_in_viewport()
    expect(day.desk.locator('[value="record"]')).to_be_in_viewport()
    day.shot("service-look")
    day.click('[value="record"]')
    day.confirm_beside()
    expect(day.desk.locator(".banner-in")).to_contain_text("陈伯平")
    day.desk.goto(day.volunteer)
    expect(day.desk.locator(".hero")).to_contain_text(str(EARNED))
    day.shot("credited")


def test_a_lost_card_is_blocked_and_a_new_one_has_the_same_points(day: Day) -> None:
    old = day.card
    with day.watch.part("a lost card"):
        had = day.points()
        day.desk.goto(day.volunteer)
        day.click('#card a[href$="#lost"]')
        day.shot("lost")
        day.click('form[action$="/lost"] .button-stop')
        day.shot("blocked")
        day.kiosk.present_card(old, refused="people.card_blocked")
        day.shot_kiosk("kiosk-blocked")
        day.kiosk.press("exit").wait_for_screen("wall")
        day.click('form[action$="/replace"] button')
        day.shot("replaced")
        day.card = day.print_card()
        assert day.card != old
        assert day.points() == had == EARNED - SOAP_POINTS


def test_somebody_without_the_card_gets_a_pin(day: Day) -> None:
    day.desk.goto(day.volunteer)
    day.click("#pin button")
    day.shot("pin")
    assert len(_slip_of(day)) == 6


@pytest.fixture
def another_screen(browser: Browser) -> Iterator[KioskDriver]:
    """A touch screen that has never been here."""
    with browser.new_context(viewport=UPRIGHT, has_touch=True) as context:
        context.set_default_timeout(10_000)
        yield KioskDriver(watched(context))


def test_the_computer_dies_and_the_same_card_buys_on_a_new_one(
    day: Day, another_screen: KioskDriver
) -> None:
    day.bank.run("backup", "--to", str(day.bank.stick))
    after_backup = day.buy_soap()
    with day.watch.part("a new machine: restore and serve"):
        day.bank.lose_the_disk()
        newest = max(day.bank.stick.rglob("*.age"), key=lambda one: one.stat().st_mtime)
        said = day.bank.run("restore", str(newest), typed=day.bank.passphrase() + "\n")
        assert "恢复好了，账是对的" in said
        day.bank.serve()
    with day.watch.part("the kiosk paired anew, and the same card buys"):
        day.sit_down()
        day.log_in("limin", ADMIN_PASSWORD)
        day.shot("restored")
        # The touch screen by the door was a machine of its own: it goes on, and tells what it was
        # told after the backup. That stands on the list, and nowhere else.
        day.kiosk.open(f"{day.bank.address}/kiosk/")
        day.kiosk.wait_until(lambda: _is_missing(day, after_backup), "the slip on the list")
        day.shot("missing")
        day.kiosk = another_screen
        day.go("/office/devices")
        day.fill(name="柜台自助机")
        day.shot("devices")
        day.click(MAIN)
        day.pair(day.desk.locator(".pairing-code").inner_text())
        assert day.points() == EARNED - SOAP_POINTS
        slip = day.buy_soap()
        assert slip != after_backup
        day.go("/office/redemptions")
        expect(day.desk.locator("main table")).to_contain_text(slip)
        assert day.is_right()


def _is_missing(day: Day, slip: str) -> bool:
    day.go("/office/backup/missing")
    return slip in day.desk.locator("main").inner_text()


def test_a_colleague_comes_and_a_colleague_leaves(day: Day) -> None:
    with day.watch.part("a colleague comes and leaves"):
        day.go("/office/invite")
        day.fill(login="wangfang", name="王芳")
        day.desk.check("[name=role_worker]")
        day.click(MAIN)
        paper = day.desk.locator(".pairing-code").inner_text()
        day.log_out()
        day.set_password(paper, WORKER_PASSWORD, "colleague-login")
        day.go("/office/handover")
        day.click('a[href$="/handover/new"]')
        day.desk.select_option("[name=taking]", "limin")
        day.shot("handover-new")
        day.click(MAIN)
        day.fill(**{f"goods_{SOAP}": "18"})
        day.desk.check("[name=key_shop_key]")
        day.desk.evaluate("scrollTo(0, 0)")
        day.shot("handover-count")
        day.click('form[action$="/count"] button')
        day.desk.check("[name=agrees]")
        day.shot("handover-sign")
        day.click('form[action$="/sign"] button')
        address = day.desk.url
        day.log_out()
        day.log_in("limin", ADMIN_PASSWORD)
        day.desk.goto(address)
        day.desk.check("[name=agrees]")
        day.click('form[action$="/sign"] button')
        day.desk.check("[name=ends]")
        day.shot("handover-close")
        day.click('form[action$="/close"] button')
        day.go("/office/staff/wangfang")
        day.shot("left")
        assert day.is_right()
