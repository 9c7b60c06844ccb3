"""Every other page: nothing to scroll sideways, nothing for axe-core, a keyboard is enough."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pointsbank.foundation import Clock, add_days
from tests.browser.conftest import DESK, PICTURES, UPRIGHT, Demonstration, mostly_nightly, watched
from tests.browser.keyboard import press, reach
from tests.browser.measuring import ask_axe, sideways_px
from tests.browser.test_first_redemption import log_in

Picture = Callable[[Page, str], None]
WIDTHS = (390, 800, 1366, 1920)
HIGH = 900


@dataclass(frozen=True)
class Door:
    """A page, who may see it, and under which name its picture stands in the documentation."""

    address: str
    login: str = ""
    picture: str = ""
    english_too: bool = False


DOORS = (
    Door("/", english_too=True),
    Door("/login", english_too=True),
    Door("/looks"),
    Door("/privacy", english_too=True),
    Door("/privacy?from=kiosk&large=1"),
    Door("/api/", picture="api", english_too=True),
    Door("/office/", "limin", "office-today", english_too=True),
    Door("/office/volunteers", "limin"),
    Door("a person", "limin", "office-person", english_too=True),
    Door("/office/cards?shelf=all", "limin", "office-cards", english_too=True),
    Door("a card", "limin", english_too=True),
    Door("/office/cards/sign?shelf=all", "limin"),
    Door("/office/tell", "limin", "office-tell", english_too=True),
    Door("/office/service", "limin", "office-service"),
    Door("/office/service/new", "limin"),
    Door("/office/rulebook", "limin", english_too=True),
    Door("/office/rulebook/change", "limin"),
    Door("a person's extras", "limin"),
    Door("/office/rotas", "limin", "office-rotas", english_too=True),
    Door("/office/rotas/new", "limin"),
    Door("a rota", "limin", english_too=True),
    Door("/office/teams", "limin", "office-teams", english_too=True),
    Door("a team", "limin"),
    Door("/office/activities/week", "limin"),
    Door("/office/activities/inside", "limin"),
    Door("/office/activities/settings", "limin"),
    Door("/office/goods", "limin"),
    Door("/office/journal", "limin"),
    Door("an entry", "limin", "office-entry"),
    Door("/office/redemptions", "limin"),
    Door("/office/redemptions/unconfirmed", "limin"),
    Door("/office/grants", "limin", english_too=True),
    Door("a grant", "limin"),
    Door("/office/late", "limin", english_too=True),
    Door("/office/late/paper", "limin"),
    Door("/office/devices", "limin"),
    Door("/office/badges", "limin", english_too=True),
    Door("/office/expiry", "limin", english_too=True),
    Door("/office/consent", "limin"),
    Door("/office/setup/", "limin", "office-setup", english_too=True),
    Door("/office/setup/rate", "limin"),
    Door("/office/setup/rehearsal", "limin"),
    Door("/office/backup", "limin", "office-backup", english_too=True),
    Door("/office/backup/missing", "limin"),
    Door("/office/books", "chenbo", "office-books", english_too=True),
    Door("/merchant/", "chaoshi", "merchant", english_too=True),
)
# Before every merge one page of each make: doors, a list, a person's file, forms, paper, figures.
OF_EACH_MAKE = {
    "/",
    "/office/",
    "a person",
    "/office/rulebook/change",
    "/office/late/paper",
    "/office/redemptions",
    "/office/books",
    "/merchant/",
}
IN_ENGLISH = {"/office/"}
# Where the first of many is opened: the list, and what its link looks like.
FIRST_OF = {
    "a person": ("/office/volunteers?search=9999001000000001", r"/office/volunteers/\d+"),
    "a person's extras": (
        "/office/volunteers/9999001000000001",
        r"/office/volunteers/\d+/extras",
    ),
    "a rota": ("/office/rotas", r"/office/rotas/B[\d-]+"),
    "a team": ("/office/teams", r"/office/teams/T[\d-]+"),
    "a card": ("/office/cards?shelf=all", r"/office/cards/\d{8}"),
    "a grant": ("/office/grants", r"/office/grants/G[\d-]+"),
    "an entry": ("/office/journal", r"/office/journal/J[\w-]+"),
}


class Visitor:
    """One browser window that goes through doors, and what its console said."""

    def __init__(self, page: Page, demonstration: Demonstration) -> None:
        self.page = page
        self.demonstration = demonstration
        self.login = ""
        self.said: list[str] = []
        page.on("console", lambda line: self.said.append(line.text) if is_bad(line.type) else None)

    def go_in(self, door: Door) -> None:
        """Stand behind the door, as the one who may."""
        if door.login and door.login != self.login:
            self.page.context.clear_cookies()
            log_in(self.page, self.demonstration, door.login)
            self.login = door.login
        path, link = FIRST_OF.get(door.address, (door.address, ""))
        answer = self.page.goto(f"{self.demonstration.address}{path}")
        assert answer is not None
        assert answer.status == 200, path
        if link:
            found = re.search(link, self.page.content())
            assert found, f"no {link} on {path}"
            self.page.goto(f"{self.demonstration.address}{found.group()}")
        if door.address == "/office/books":
            self.page.get_by_role("button", name="现在查一遍").click()
            self.page.locator(".page-head").wait_for()


def is_bad(kind: str) -> bool:
    """Whether the console complains."""
    return kind in {"error", "warning"}


@pytest.fixture(scope="module")
def visitor(browser: Browser, demonstration: Demonstration) -> Iterator[Visitor]:
    """Somebody at a desk who goes everywhere, in one window."""
    with browser.new_context(viewport=DESK) as context:
        yield Visitor(watched(context), demonstration)


def doors(tight: Collection[str], *, english: bool = False) -> list[Any]:
    """Doors to go through, of which the tight ones are gone through before every merge."""
    chosen = [door for door in DOORS if door.english_too or not english]
    if PICTURES:  # then only those are gone through that hang in the documentation
        chosen = [door for door in chosen if door.picture]
    return mostly_nightly(chosen, [door for door in chosen if door.address in tight])


@pytest.mark.parametrize("door", doors(OF_EACH_MAKE), ids=lambda door: door.address)
def test_a_page_fits_every_width_and_axe_finds_nothing(
    visitor: Visitor, door: Door, picture: Picture
) -> None:
    page = visitor.page
    visitor.said.clear()
    page.set_viewport_size(DESK)
    visitor.go_in(door)
    if door.picture:
        picture(page, door.picture)
    sideways = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HIGH})
        sideways[width] = sideways_px(page)
    assert sideways == dict.fromkeys(WIDTHS, 0)
    page.set_viewport_size(DESK)
    assert ask_axe(page) == []
    assert visitor.said == []


@pytest.mark.parametrize("door", doors(IN_ENGLISH, english=True), ids=lambda door: door.address)
def test_in_english_it_fits_as_well_and_axe_finds_nothing(visitor: Visitor, door: Door) -> None:
    page = visitor.page
    visitor.said.clear()
    page.set_viewport_size(DESK)
    visitor.go_in(door)
    page.goto(f"{page.url.partition('?')[0]}?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert ask_axe(page) == []
    page.set_viewport_size({"width": WIDTHS[0], "height": HIGH})
    assert sideways_px(page) == 0
    page.goto(f"{page.url.partition('?')[0]}?lang=zh-CN")
    assert visitor.said == []


def test_a_service_is_recorded_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go_in(Door("/office/service/new", "limin"))
    reach(page, "[name=who]")
    page.keyboard.type("9999001000000002")
    reach(page, "[name=activity]")
    page.keyboard.type("教老人用手机")
    # Just after midnight today's service is not over yet: at whatever hour, yesterday's is.
    page.fill("[name=served_on]", add_days(Clock().today(), -1))
    reach(page, "[name=hours]")
    page.keyboard.type("1.5")
    page.keyboard.press("Enter")
    page.locator('button[value="record"]').wait_for()
    assert "教老人用手机" in page.locator("main").inner_text()
    reach(page, "[name=step][value=record]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/office/service/S\w+"))
    assert "教老人用手机" in page.locator("main").inner_text()
    assert "记下了" in page.locator("body").inner_text()


def test_a_card_is_found_blocked_and_found_again_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go_in(Door("/office/cards?shelf=all", "limin"))
    reach(page, "[name=words]")
    page.keyboard.type("9999001000000002")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("words="))
    press(page, re.compile(r"\d{4} ?\d{4}"), key="Enter")
    page.wait_for_url(re.compile(r"/cards/\d{8}"))
    press(page, "马上挂失")
    page.locator("#found").wait_for()
    reach(page, "[name=present]")
    page.keyboard.press("Space")
    press(page, "解挂")
    page.locator("#lost").wait_for()


def test_a_handover_is_counted_signed_and_withdrawn_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go_in(Door("/office/handover/new", "limin"))
    press(page, "开始交接")
    page.wait_for_url(re.compile(r"/handover/\d+"))
    reach(page, "[name=key_shop_key]")
    page.keyboard.press("Space")
    press(page, "记下清点")
    page.locator("[name=agrees]").wait_for()
    assert ask_axe(page) == []
    reach(page, "[name=agrees]")
    page.keyboard.press("Space")
    press(page, "我签字")
    page.locator(".beside").wait_for()
    press(page, "开错了")
    press(page, re.compile(r"^\s*撤回\s*$"))
    page.locator("main .chip", has_text="撤回了").wait_for()


def test_a_missing_slip_is_listed_and_settled_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go_in(Door("/office/backup/missing", "limin"))
    reach(page, "[name=slip]")
    page.keyboard.type("B7-0412")
    reach(page, "[name=points]")
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    page.get_by_text("B7-0412").first.wait_for()
    reach(page, "[name=how]")
    page.keyboard.press("End")
    press(page, "办完了")
    page.locator("td.act .chip").first.wait_for()
    assert "不用办" in page.locator("td.act").first.inner_text()


def test_a_backup_is_made_and_more_are_kept_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go_in(Door("/office/backup", "limin"))
    press(page, "现在备份一次")
    page.locator("td .chip-in").first.wait_for(timeout=60_000)
    page.locator("td", has_text="有人按的").first.wait_for()
    press(page, "改留多少")
    reach(page, "[name=daily]")
    page.keyboard.type("9")
    press(page, "照这样改")
    page.get_by_text("9 天每天一份").wait_for()
    assert "记下了" in page.locator(".banner-in").inner_text()


def test_the_demonstration_is_set_up_and_its_rehearsal_can_be_seen(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go_in(Door("/office/setup/", "limin"))
    assert "都设好了，可以开张。" in page.locator("main").inner_text()
    assert page.locator(".setup-marks .chip-wait").count() == 0
    visitor.go_in(Door("/office/setup/rehearsal", "limin"))
    assert page.locator(".evidence > li").count() == 4
    visitor.go_in(Door("/office/", "limin"))
    assert "没设好" not in page.locator("body").inner_text()


def test_the_front_page_speaks_english_at_one_touch(
    visitor: Visitor, demonstration: Demonstration, picture: Picture
) -> None:
    page = visitor.page
    page.set_viewport_size({"width": DESK["width"], "height": 1000})
    page.goto(f"{demonstration.address}/?lang=zh-CN")
    picture(page, "front")
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_what_is_planted_is_found(browser: Browser) -> None:
    page = browser.new_page(viewport={**UPRIGHT, "width": 390})
    page.set_content('<html lang="zh"><title>t</title><main><p style="width:500px">wide</p></main>')
    assert sideways_px(page) > 100
    page.set_content(
        '<title>t</title><main><img src="data:,"><p style="color:#aaa">pale</p></main>'
    )
    rules = {one.split(":")[0] for one in ask_axe(page)}
    assert {"image-alt", "html-has-lang", "color-contrast"} <= rules
    page.close()
