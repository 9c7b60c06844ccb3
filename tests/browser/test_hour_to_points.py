"""Three hours of a patrol become points: from a card at the kiosk over the wall to a telephone.

The pages are served from this process, whose clock the story moves; kiosk, desk and telephones are
windows of a real Chromium.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Page

from pointsbank.activities import plan_activity, stop_run_out
from pointsbank.earning import list_records
from pointsbank.foundation import SHOP_ZONE, Bank, new_key, to_instant
from pointsbank.people import (
    VolunteerRef,
    found_team,
    get_holder,
    give_pin,
    name_leader,
    open_pairing,
    pins,
)
from tests.books import books_are_right
from tests.browser.conftest import DESK, PHONE, UPRIGHT, watched
from tests.browser.desk import Desk, served_here
from tests.browser.kiosk_driver import KioskDriver
from tests.browser.measuring import ask_axe, sideways_px
from tests.counter import Counter
from tests.make import SOMEBODY, Make

Picture = Callable[[Page, str], None]
PATROL = "治安巡逻"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """The same rooms answer on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))


def moment(day: str, hour: int = 9, minute: int = 0) -> datetime:
    """A moment by the shop's clock."""
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=SHOP_ZONE)


class Street:
    """A community in the week before National Day: people, windows, and the clock on the wall."""

    def __init__(self, make: Make, address: str, windows: Callable[..., BrowserContext]) -> None:
        self.make, self.bank, self.address, self.windows = make, make.bank, address, windows
        self.at("2026-09-29", 8, 40)
        self.counter = Counter(make)
        make.rule(10, notice={"length": 3, "unit": "working"})
        self.recorder, self.third = make.staff("worker"), make.staff("worker")
        self.reviewers = make.staff("witness"), make.staff("witness")
        self.desk = Desk(address, self.bank, watched(windows(viewport=DESK)))
        self.kiosk = self._kiosk()

    def at(self, day: str, hour: int = 9, minute: int = 0) -> None:
        """It is so late on a day."""
        now = moment(day, hour, minute)
        self.bank.clock.set_now(lambda: now)

    def _kiosk(self) -> KioskDriver:
        code, _ = open_pairing(self.bank, by=SOMEBODY, key=new_key(), shop="shop-1", name="门口")
        page = watched(self.windows(viewport=UPRIGHT, has_touch=True))
        kiosk = KioskDriver(page).open(f"{self.address}/kiosk/", screen="pairing")
        kiosk.type_digits(code.replace(" ", ""))
        return kiosk.wait_for_screen("wall")

    def patrol(self, leader: VolunteerRef, *members: VolunteerRef) -> str:
        """Two hours before the holiday, led by somebody of the team; its number."""
        by = self.recorder.caller
        team = self.make.do(found_team, by=by, name="巡逻队").answer["team"]
        self.make.do(name_leader, by=by, team=team, number=leader.number)
        told = {
            "name": PATROL,
            "category": "平安综治",
            "place": "四新路",
            "shop": "shop-1",
            "team": team,
            "begins_at": to_instant(moment("2026-09-29", 9)),
            "ends_at": to_instant(moment("2026-09-29", 11)),
        }
        return str(self.make.do(plan_activity, by=by, **told).answer["activity"])

    def telephone(self) -> Page:
        """A telephone that has never been here."""
        return watched(self.windows(viewport=PHONE, has_touch=True, is_mobile=True))

    def pin_for(self, person: VolunteerRef) -> str:
        """The six digits that a worker gives somebody on paper."""
        holder = self.bank.database.read(lambda session: get_holder(session, person.number))
        return give_pin(self.bank, by=self.recorder.caller, key=new_key(), holder=holder)

    def come_in(self, telephone: Page, short_number: str, pin: str, path: str) -> None:
        """To a page of one's own, by card and PIN; who was quiet for long is asked again."""
        telephone.goto(f"{self.address}/me/login?other=1")
        telephone.fill("[name=card]", short_number)
        telephone.fill("[name=pin]", pin)
        telephone.keyboard.press("Enter")
        telephone.locator(".cover").wait_for()
        telephone.goto(f"{self.address}{path}")

    def scan_in_or_out(self, card: str, status: str) -> None:
        """A card at the kiosk, and its one button."""
        kiosk = self.kiosk
        kiosk.present_card(card)
        kiosk.press("sign").wait_for_screen("signed")
        assert kiosk.role("signed").get_attribute("data-status") == status
        assert ask_axe(kiosk.page) == []


@pytest.fixture
def street(bank: Bank, make: Make, browser: Browser) -> Iterator[Street]:
    with ExitStack() as open_windows, served_here(bank) as address:
        yield Street(
            make,
            address,
            lambda **how: open_windows.enter_context(browser.new_context(**how)),
        )


def sound(page: Page) -> None:
    """It fits the screen, and axe-core finds nothing."""
    assert (ask_axe(page), sideways_px(page)) == ([], 0)


def press_both(pages: list[Page], name: str) -> None:
    """The same button in two windows, at the same instant."""
    for page in pages:
        button = page.get_by_role("button", name=name).element_handle()
        page.evaluate("(button) => setTimeout(() => button.click(), 300)", button)
    for page in pages:
        page.locator(".banner-in, [role=alert]").first.wait_for()


def test_from_a_card_at_the_kiosk_to_points_that_say_why(
    street: Street, make: Make, picture: Picture
) -> None:
    leader, on_time, forgetful, doubted = (
        make.volunteer(name=name) for name in ("刘桂珍", "张䶮", "欧阳娜娜", "阿不都热依木·买买提")
    )
    cards = {one.number: make.card(one) for one in (leader, on_time, forgetful, doubted)}
    patrol = street.patrol(leader)

    # The leader opens; three come and hold their cards to the kiosk.
    leads = (cards[leader.number].short_number, street.pin_for(leader), f"/me/team/{patrol}")
    telephone = street.telephone()
    street.come_in(telephone, *leads)
    telephone.get_by_role("button", name="开放签到").click()
    telephone.locator(".banner-in").wait_for()
    street.at("2026-09-29", 9)
    street.kiosk.page.reload()
    street.kiosk.wait_for_screen("wall")
    for one in (on_time, forgetful, doubted):
        street.scan_in_or_out(cards[one.number].code, "in")
        if one is on_time:
            picture(street.kiosk.page, "story-signed-in")
        street.kiosk.press_yellow().wait_for_screen("wall")
    street.at("2026-09-29", 11)
    for one in (on_time, doubted):
        street.scan_in_or_out(cards[one.number].code, "out")
        street.kiosk.press_yellow().wait_for_screen("wall")

    # Who forgot is stopped by the clock, marked on the list, and cut down by the leader.
    street.at("2026-09-29", 12, 30)
    stop_run_out(street.bank)
    street.come_in(telephone, *leads)
    assert "忘了签退" in telephone.locator("main").inner_text()
    sound(telephone)
    row = telephone.locator(".me-row", has_text="忘了签退")
    row.locator("input[type=number]").fill("90")
    picture(telephone, "story-list")
    telephone.get_by_role("button", name="确认名单").click()
    telephone.locator(".banner-in").wait_for()
    records = {
        one.volunteer_number: one for one in list_records(street.bank, status="pending").items
    }
    assert {number: one.minutes for number, one in records.items()} == {
        on_time.number: 120,
        forgetful.number: 90,
        doubted.number: 120,
    }

    # Two witnesses press at the same instant: one of them has reviewed it.
    street.at("2026-09-30")
    desk, first = street.desk, records[on_time.number].number
    other = Desk(street.address, street.bank, watched(street.windows(viewport=DESK)))
    for window, who in zip((desk, other), street.reviewers, strict=True):
        window.sit_down(who)
        window.go(f"/office/service/{first}")
    desk.is_sound()
    press_both([desk.page, other.page], "认定，公示后入账")
    said = [window.page.locator("main").inner_text() for window in (desk, other)]
    assert sorted("已经有人办过了" in one for one in said) == [False, True]
    for one in (forgetful, doubted):
        desk.go(f"/office/service/{records[one.number].number}")
        desk.press("认定，公示后入账")

    # Three working days after 30 September are over on the make-up Saturday, 10 October.
    desk.sit_down(street.third)
    desk.open("/office/notices")
    desk.reads("3 条，今天贴出，公示到 2026-10-10")
    desk.press("开一期，3 条")
    desk.press("记张贴")
    picture(desk.page, "story-notice")

    # Somebody says that one of them was not there.
    street.at("2026-10-08")
    desk.sit_down(street.third)
    desk.go(f"/office/service/{records[doubted.number].number}")
    desk.page.get_by_text("有人说这一条不对").click()
    desk.page.get_by_label("说哪里不对").fill("那天他在外地")
    desk.press("记下异议")
    desk.page.get_by_label("答复").wait_for()
    desk.is_sound()
    desk.page.get_by_label("异议成立").check()
    desk.page.get_by_label("答复").fill("查了监控，没有到场")
    desk.press("就这样处理")

    # The others become effective, once, though two press at the same instant.
    street.at("2026-10-11")
    desk.sit_down(street.third)
    other.sit_down(street.recorder)
    for window in (desk, other):
        window.go("/office/notices/2026-1")
    desk.is_sound()
    press_both([desk.page, other.page], "现在入账，2 条")
    balances = [make.balance(one.wallet) for one in (leader, on_time, forgetful, doubted)]
    assert balances == [0, 20, 15, 0]
    books_are_right(street.bank)

    # And the volunteer reads why.
    own, card = street.telephone(), cards[on_time.number]
    street.come_in(own, card.short_number, street.pin_for(on_time), "/me/statement")
    sound(own)
    own.get_by_role("link", name="2.0 小时 × 10 分 = 20 分").click()
    own.get_by_role("heading", name="凭什么").wait_for()
    sound(own)
    picture(own, "story-why")
    words = own.locator("main").inner_text()
    for word in (PATROL, "09:00 – 11:00", "积分办法第 1 版", "第 2026-1 期，到 2026-10-10"):
        assert word in words, words
