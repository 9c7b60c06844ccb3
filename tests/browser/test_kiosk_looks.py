"""The kiosk's looks (looks.md §7): every screen, on four sizes of glass, in both languages.

One walk through one visit measures each screen as it passes; the tests read what was measured.
The page's clock can be put ahead, so that the question for more time comes at once.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import Demonstration, hang, watched
from tests.browser.kiosk_driver import KioskDriver
from tests.browser.measuring import Measured, ask_axe, measure

SCREENS_OF_GLASS = {
    "1080x1920": {"width": 1080, "height": 1920},
    "1366x768": {"width": 1366, "height": 768},
    "1920x1080": {"width": 1920, "height": 1080},
    "800x1280": {"width": 800, "height": 1280},
}
UPRIGHT = "1080x1920"
LONGEST_GOODS = "超浓缩薰衣草香型洗衣凝珠"
LONGEST_GOODS_EN = "Laundry capsules"
LONGEST_PERSON = "阿卜杜热合曼·买买提"
SIX_DIGITS = 123456
# A short number whose check digit is right; whose it is does not matter before the PIN.
A_NUMBER = "40718239"
DEARER = 1000
THREE_THINGS = ("XIYIYE", "XIANGZAO", "SHUI550")
QUIET_MS = 61_000


@dataclass(frozen=True)
class Mode:
    """A language and a size of type."""

    name: str
    language: str
    large: bool


ZH = Mode("zh", "zh-CN", False)
EN = Mode("en", "en", False)
ZH_LARGE = Mode("zh large", "zh-CN", True)
EN_LARGE = Mode("en large", "en", True)
MODES = (ZH, EN, ZH_LARGE, EN_LARGE)
Looks = dict[Mode, tuple[str, ...]]
EVERY: Looks = dict.fromkeys(MODES, tuple(SCREENS_OF_GLASS))
# Before every merge: each glass, each language and each size of type, where it is tightest.
TIGHT: Looks = {
    ZH: ("1080x1920",),
    EN: ("1920x1080",),
    ZH_LARGE: ("800x1280",),
    EN_LARGE: ("1366x768",),
}
# Large type on the two small glasses is the tightest; of the other two, one screen of each kind.
OF_EACH_KIND = {"wall", "PIN pad", "card refused", "basket", "help", "done", "undo?"}
TIGHT_WITH_LONG_NAMES = {mode: TIGHT[mode] for mode in (ZH_LARGE, EN_LARGE)}


@dataclass(frozen=True)
class View:
    """One screen on one glass in one mode, and what was measured there."""

    screen: str
    glass: str
    mode: Mode
    seen: Measured
    controls: list[str]

    def __str__(self) -> str:
        return f"{self.screen} {self.glass} {self.mode.name}"


class Walk:
    """One visit to the kiosk, measured screen by screen."""

    def __init__(self, page: Page, address: str, looks: Looks) -> None:
        self.page = page
        self.looks = looks
        self.kiosk = KioskDriver(page)
        self.views: list[View] = []
        self.axe: list[str] = []
        page.clock.install()
        self.kiosk.open(f"{address}/kiosk/")
        self.kiosk.wait_until(
            lambda: page.locator('[data-role="tray-toggle"]').count() == 1, "the tray"
        )

    def press(self, role: str, more: str = "") -> None:
        """Press without waiting for a hand's time: how a hand presses is tried elsewhere."""
        script = """(button) => {
          const found = document.querySelector(`${button}:not([inert] *)`);
          if (!found) throw new Error(`there is no ${button}`);
          found.click();
        }"""
        self.page.evaluate(script, f':is([data-role="{role}"], [data-do="{role}"]){more}')

    def add(self, sku: str) -> None:
        """One piece from the wall's boards; the wall is turned when it is not in view."""
        if self.kiosk.screen != "wall":
            self.press("browse")
        ways = itertools.cycle(("wall-next", "wall-back"))
        script = """([wanted, way]) => {
          const tile = document.querySelector(`[data-role="tile"][data-sku="${wanted}"]`);
          (tile ?? document.querySelector(`[data-role="${way}"]`))?.click();
          return tile !== null;
        }"""
        # The boards are dealt anew after the glass has changed its size, whenever that is noticed:
        # looking and pressing are one step.
        self.kiosk.wait_until(lambda: self.page.evaluate(script, [sku, next(ways)]), f"a {sku}")

    def card(self, kind: str) -> None:
        """Take a card from the tray and wait until it is greeted or refused."""
        # On a screen that has just changed a quick tap is the second of a double tap, passed over.
        self.kiosk.rest()
        self.press("tray-toggle")
        self.press("tray-card", f'[data-kind="{kind}"]')
        self.press("tray-toggle")
        self.kiosk.wait_until(
            lambda: "before" in self.kiosk.sums() or bool(self.kiosk.refusal()), "the card's answer"
        )

    def start_again(self) -> None:
        """Leave, and stand before the idle wall."""
        self.switch_to(ZH)
        if self.page.locator('[data-role="exit"]').count():
            self.press("exit")
        self.kiosk.wait_for_screen("wall")

    def switch_to(self, mode: Mode) -> None:
        """Set language and type by the footer's buttons."""
        root = self.page.locator("html")
        if root.get_attribute("lang") != mode.language:
            self.press("language")
        if ("large" in (root.get_attribute("class") or "")) != mode.large:
            self.press("type")
            self.press("switch-large")
            self.press("close")

    def look(self, screen: str, opens: Callable[[], None] | None = None, closes: str = "") -> None:
        """Measure what stands there now, in every mode and on every glass."""
        for mode, glasses in self.looks.items():
            if self.looks is TIGHT and not mode.large and screen not in OF_EACH_KIND:
                continue
            self.switch_to(mode)
            if opens:
                opens()
            for glass in glasses:
                self.page.set_viewport_size(SCREENS_OF_GLASS[glass])
                if glass == UPRIGHT and not mode.large:
                    hang(self.page, f"kiosk-{screen}-{mode.name}")
                self.views.append(
                    View(screen, glass, mode, measure(self.page), self.kiosk.controls())
                )
            self.page.set_viewport_size(SCREENS_OF_GLASS[UPRIGHT])
            if mode == ZH_LARGE or (mode == ZH and screen in ("wall", "basket", "done")):
                said = ask_axe(self.page, enhanced_contrast=True)
                self.axe += [f"{screen} {mode.name}: {one}" for one in said]
            if closes:
                self.press(closes)
        self.switch_to(ZH)

    def fill(self, *skus: str) -> None:
        """Put these into the basket and stand before it."""
        for sku in skus:
            self.add(sku)
        self.kiosk.wait_for_screen("basket")
        self.kiosk.wait_until(lambda: len(self.kiosk.lines()) == len(skus), "all lines")

    def ask_for_time(self) -> None:
        """Let a quiet minute pass."""
        self.page.clock.fast_forward(QUIET_MS)
        self.kiosk.wait_for_overlay("time")

    def leave_without_the_button(self) -> None:
        """Let the question's time run out too, until the bank has kept the basket."""
        self.ask_for_time()
        with self.page.expect_response("**/api/v1/unconfirmed"):
            self.page.clock.fast_forward(QUIET_MS)
        self.kiosk.wait_for_screen("wall")


def ask_for_the_pin(route: Route) -> None:
    """Answer as a place does that asks for the PIN from 200 points a day on."""
    response = route.fetch()
    body = response.json()
    wanted = {"code": "redemption.pin_for_sum", "facts": {"from_points": 200}}
    body["refusals"].append({**wanted, "title": "", "detail": "", "sku": None})
    route.fulfill(response=response, json=body)


def walk_a_visit(walk: Walk) -> None:
    """Every screen that a visit can come to."""
    kiosk, page = walk.kiosk, walk.page
    walk.look("wall")
    walk.press("number")
    walk.look("number pad")
    for digit in A_NUMBER:
        walk.press(f"digit-{digit}")
    kiosk.wait_for_screen("pin")
    walk.press("digit-4")
    walk.look("PIN pad")
    walk.press("back")
    walk.card("blocked")
    walk.look("card refused")
    walk.start_again()

    walk.fill("XIANGZAO")
    walk.look("basket without a card")
    walk.card("short")
    kiosk.wait_until(lambda: "short" in kiosk.sums(), "points short")
    walk.look("points short")
    walk.start_again()

    walk.card("rich")
    walk.look("wall with a card")
    walk.add("SHUBAO")
    walk.add("SHUBAO")
    kiosk.wait_for_screen("refusal")
    walk.look("limit reached")
    walk.start_again()

    walk.card("rich")
    page.route("**/api/v1/quotes", ask_for_the_pin)
    walk.fill(*THREE_THINGS)
    kiosk.wait_until(lambda: "after" in kiosk.sums(), "the price")
    walk.press("confirm")
    kiosk.wait_for_screen("pin")
    walk.look("PIN for the sum")
    page.unroute("**/api/v1/quotes")
    walk.start_again()

    walk.card("rich")
    walk.fill(*THREE_THINGS)
    walk.look("basket")
    walk.look("two switches", lambda: walk.press("type"), "close")
    walk.look("help", lambda: call_help(walk), "close")
    walk.look("more time", walk.ask_for_time, "stay")
    page.evaluate("() => globalThis.dispatchEvent(new Event('offline'))")
    walk.look("no connection")
    page.evaluate("() => globalThis.dispatchEvent(new Event('online'))")
    kiosk.wait_until(lambda: page.locator('[data-role="banner"]').count() == 0, "the line")

    page.route("**/api/v1/redemptions", lambda route: route.abort())
    walk.press("confirm")
    kiosk.wait_for_screen("checking")
    walk.look("checking")
    page.unroute("**/api/v1/redemptions")
    kiosk.wait_for_screen("done")
    walk.look("done")
    walk.press("undo")
    walk.look("undo?")
    walk.press("undo-now")
    kiosk.wait_for_screen("basket")
    walk.look("undone")
    walk.leave_without_the_button()
    walk.press("tray-toggle")
    walk.press("tray-card", '[data-kind="rich"]')
    walk.press("tray-toggle")
    kiosk.wait_for_screen("left_before")
    walk.look("left before")
    walk.press("left-not")
    kiosk.wait_for_screen("wall")
    walk.look("left and closed")


def call_help(walk: Walk) -> None:
    """Press for help, and wait until a worker was told."""
    walk.press("help")
    title = walk.page.locator('[data-role="question-title"]')
    before = walk.page.locator('[data-role="help"] span').inner_text()
    walk.kiosk.wait_until(lambda: title.inner_text() != before, "the worker to be told")


def walk_with_the_longest_names(walk: Walk) -> None:
    """The screens that show names and figures, with the longest that there are."""
    walk.look("wall")
    walk.card("rich")
    walk.look("wall with a card")
    walk.fill(*THREE_THINGS)
    walk.look("basket")
    walk.press("confirm")
    walk.kiosk.wait_for_screen("done")
    walk.look("done")
    walk.press("undo")
    walk.look("undo?")
    walk.press("keep")
    walk.press("home")
    walk.kiosk.wait_for_screen("wall")
    walk.card("short")
    walk.fill("XIANGZAO")
    walk.kiosk.wait_until(lambda: "short" in walk.kiosk.sums(), "points short")
    walk.look("points short")


def stretch(page: Page) -> None:
    """Let the bank answer with the longest names and six-digit points."""

    def answering(change: Callable[[dict[str, Any]], None]) -> Callable[[Route], None]:
        def answer(route: Route) -> None:
            response = route.fetch()
            body = response.json()
            if response.ok:
                change(body)
            route.fulfill(response=response, json=body)

        return answer

    def shelf(body: dict[str, Any]) -> None:
        for item in body["items"]:
            item["name"], item["name_en"] = LONGEST_GOODS, LONGEST_GOODS_EN
            item["price_points"] += DEARER

    def card(body: dict[str, Any]) -> None:
        body["card"]["greeting"] = {
            "zh": f"{LONGEST_PERSON}，您好",
            "en": f"Hello, {LONGEST_PERSON}",
        }
        body["card"]["points"] += 5 * SIX_DIGITS if body["card"]["points"] > 100 else 0

    def quote(body: dict[str, Any]) -> None:
        body["total_points"] += sum(line["quantity"] for line in body["lines"]) * DEARER
        if (body["points_before"] or 0) > 100:
            body["points_before"] += 5 * SIX_DIGITS

    def redemption(body: dict[str, Any]) -> None:
        done = body["redemption"]
        for line in done["lines"]:
            line["name"] = LONGEST_GOODS
            line["sum_points"] += line["quantity"] * DEARER
        done["total_points"] += len(THREE_THINGS) * DEARER
        done["points_before"] += 5 * SIX_DIGITS
        done["points_after"] = done["points_before"] - done["total_points"]

    def redeem(route: Route) -> None:
        sent = route.request.post_data_json
        sent["total_points"] -= len(THREE_THINGS) * DEARER
        response = route.fetch(post_data=sent)
        body = response.json()
        redemption(body)
        route.fulfill(response=response, json=body)

    for path, change in {"shelf": shelf, "cards/read": card, "quotes": quote}.items():
        page.route(f"**/api/v1/{path}", answering(change))
    page.route("**/api/v1/redemptions", redeem)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(TIGHT, id="where it is tight"),
        pytest.param(EVERY, id="everywhere", marks=pytest.mark.nightly),
    ],
)
def walk(
    request: pytest.FixtureRequest, browser: Browser, demonstration: Demonstration
) -> Iterator[Walk]:
    """A visit as it is."""
    with browser.new_context(viewport=SCREENS_OF_GLASS[UPRIGHT], has_touch=True) as context:
        walk = Walk(watched(context), demonstration.address, request.param)
        walk_a_visit(walk)
        yield walk


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(TIGHT_WITH_LONG_NAMES, id="where it is tight"),
        pytest.param(EVERY, id="everywhere", marks=pytest.mark.nightly),
    ],
)
def stretched(
    request: pytest.FixtureRequest, browser: Browser, demonstration: Demonstration
) -> Iterator[Walk]:
    """A visit with the longest names."""
    with browser.new_context(viewport=SCREENS_OF_GLASS[UPRIGHT], has_touch=True) as context:
        page = watched(context)
        stretch(page)
        walk = Walk(page, demonstration.address, request.param)
        walk_with_the_longest_names(walk)
        yield walk


def complaints(views: list[View], of: Callable[[Measured], list[str]]) -> list[str]:
    """What was found, each with the screen that it stands on."""
    return [f"{view}: {one}" for view in views for one in of(view.seen)]


def test_every_screen_was_looked_at_on_every_glass(walk: Walk) -> None:
    seen = Counter(view.glass for view in walk.views)
    assert len({view.screen for view in walk.views}) == 20
    if walk.looks is EVERY:
        assert seen == dict.fromkeys(SCREENS_OF_GLASS, 20 * len(MODES))
    else:
        few, all_of_them = len(OF_EACH_KIND), 20
        assert seen == {
            "800x1280": all_of_them,
            "1366x768": all_of_them,
            "1080x1920": few,
            "1920x1080": few,
        }


def test_no_text_is_smaller_than_24_px(walk: Walk) -> None:
    assert complaints(walk.views, lambda seen: seen.small) == []


def test_no_target_is_smaller_than_64_px(walk: Walk) -> None:
    assert complaints(walk.views, lambda seen: seen.targets) == []


def test_no_text_leaves_its_box_or_lies_under_something(walk: Walk) -> None:
    assert complaints(walk.views, lambda seen: seen.overflow + seen.covered + seen.broken) == []


def test_at_most_one_thing_is_yellow(walk: Walk) -> None:
    assert [str(view) for view in walk.views if len(view.seen.yellow) > 1] == []
    assert {view.screen for view in walk.views if view.seen.yellow} >= {"basket", "done", "undo?"}


def test_beside_tiles_and_lines_there_are_at_most_seven_controls(walk: Walk) -> None:
    crowded = [f"{view}: {view.controls}" for view in walk.views if len(view.controls) > 7]
    assert crowded == []


def test_exit_and_help_stand_at_the_same_place_on_every_screen(walk: Walk) -> None:
    for glass in SCREENS_OF_GLASS:
        for large in (False, True):
            views = [v for v in walk.views if v.glass == glass and v.mode.large == large]
            if not views:
                continue
            left = {tuple(view.seen.exit or view.seen.machine or ()) for view in views}
            right = {tuple(view.seen.help or ()) for view in views}
            assert len(left) == len(right) == 1, (glass, large, left, right)
            assert left.pop()[0] < right.pop()[0]


def test_axe_finds_nothing_and_every_text_has_seven_to_one(walk: Walk) -> None:
    assert walk.axe == []


def test_the_longest_names_and_six_digits_break_no_line_and_no_button(stretched: Walk) -> None:
    shown = " ".join(stretched.kiosk.page.locator("#k-app").all_inner_texts())
    assert re.sub(r"\s", "", LONGEST_GOODS) in shown
    assert LONGEST_PERSON in shown
    assert (
        complaints(
            stretched.views, lambda seen: seen.small + seen.targets + seen.overflow + seen.covered
        )
        == []
    )
    assert complaints(stretched.views, lambda seen: seen.broken) == []
    assert [str(view) for view in stretched.views if len(view.seen.yellow) > 1] == []


PLANTED = """<main style="width:300px; font-size:24px">
<p style="font-size:23px">small</p>
<button style="width:63px; height:80px; font-size:24px">tight</button>
<p style="width:100px; overflow:hidden; white-space:nowrap">a line that is far too long</p>
<div style="width:100px; background:#fff; white-space:nowrap">another line that is too long</div>
<p style="width:60px; overflow-wrap:anywhere">unbreakable</p>
<div style="position:relative; height:80px"><span>under</span>
  <b style="position:absolute; inset:0; background:#ccc">over</b></div>
<p style="background:#f8c64a; height:80px">one</p><p style="background:#fbe3a5; height:80px">two</p>
<p style="color:#777; background:#fff">pale</p><img src="data:,">
<p inert style="font-size:5px">veiled</p>
</main>"""


def test_what_is_planted_is_found(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 1000})
    page.set_content(PLANTED)
    seen = measure(page)
    assert [one.split(" ")[0] for one in seen.small] == ['"small"']
    assert [one.split(" ")[0] for one in seen.targets] == ['"tight"']
    assert len([one for one in seen.overflow if "too long" in one]) >= 2
    assert any("unbreakable" in one for one in seen.broken)
    assert any("under" in one for one in seen.covered)
    assert len(seen.yellow) == 2
    rules = {one.split(":")[0] for one in ask_axe(page, enhanced_contrast=True)}
    assert {"image-alt", "color-contrast-enhanced"} <= rules
    page.close()
