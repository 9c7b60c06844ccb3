"""People by form in a real browser: who is similar shows while typing, and a keyboard is enough."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pointsbank.people import list_volunteers
from tests.browser.conftest import DESK, Demonstration, mostly_nightly, watched
from tests.browser.keyboard import press, reach
from tests.browser.measuring import ask_axe, sideways_px
from tests.browser.test_first_redemption import log_in

Picture = Callable[[Page, str], None]
NEW = "/office/volunteers/new"
KNOWN = "9999001000000001"
WIDTHS = (390, 800, 1366, 1920)
PASSWORD = "丁香花开满小巷口，七月的风吹过"


@pytest.fixture(scope="module")
def office(browser: Browser, demonstration: Demonstration) -> Iterator[Page]:
    """The admin's screen, logged in once."""
    with browser.new_context(viewport=DESK) as context:
        page = watched(context)
        log_in(page, demonstration, "limin")
        yield page


def known(demonstration: Demonstration) -> tuple[str, str]:
    """Name and telephone of the first who has both."""
    found = demonstration.look(list_volunteers).items
    person = next(one for one in found if one.name and one.phone)
    return str(person.name), str(person.phone)


PAGES = {
    NEW: "office-volunteer-new",
    f"/office/volunteers/{KNOWN}": "",
    f"/office/volunteers/{KNOWN}/leave": "office-volunteer-leave",
    "/office/consent": "",
    "/office/families": "office-families",
    "/office/staff": "office-staff",
    "/office/invite": "office-invite",
    "/office/staff/wangfang": "",
}


@pytest.mark.parametrize(
    "page",
    mostly_nightly(
        [(path, language) for path in PAGES for language in ("zh-CN", "en")],
        [
            (NEW, "zh-CN"),
            ("/office/families", "en"),
            (f"/office/volunteers/{KNOWN}/leave", "zh-CN"),
        ],
    ),
    ids=" ".join,
)
def test_a_page_fits_every_width_and_axe_finds_nothing(
    office: Page,
    demonstration: Demonstration,
    picture: Picture,
    page: tuple[str, str],
) -> None:
    path, language = page
    office.set_viewport_size(DESK)
    answer = office.goto(f"{demonstration.address}{path}?lang={language}")
    assert answer is not None
    assert answer.status == 200
    picture(office, f"{PAGES[path] or path.strip('/').replace('/', '-')}-{language}")
    for summary in office.locator("main summary").all():
        summary.click()
    assert ask_axe(office) == []
    for width in WIDTHS:
        office.set_viewport_size({"width": width, "height": 900})
        assert sideways_px(office) == 0, width
    office.set_viewport_size(DESK)
    office.goto(f"{demonstration.address}/office/?lang=zh-CN")


def test_whoever_may_be_meant_is_shown_while_typing_and_is_never_in_the_way(
    office: Page, demonstration: Demonstration, picture: Picture
) -> None:
    name, phone = known(demonstration)
    office.goto(f"{demonstration.address}{NEW}")
    similar = office.locator("#similar")
    expect(similar).to_be_hidden()
    office.fill("[name=name]", name)
    expect(similar).to_contain_text("姓名一样")
    office.fill("[name=phone]", f"+86 {phone}")
    expect(similar).to_contain_text("姓名一样、电话一样")
    expect(similar).to_contain_text(f"****{phone[-4:]}")
    assert phone not in similar.inner_text()
    assert ask_axe(office) == []
    picture(office, "office-similar")
    office.check("[name=consent]")
    office.get_by_role("button", name="登记这位志愿者").click()
    again = office.get_by_role("button", name="是两个人，还是要登记")
    expect(again).to_be_visible()
    assert office.input_value("[name=name]") == name
    expect(similar).to_contain_text("姓名一样")
    picture(office, "office-likely")
    assert ask_axe(office) == []
    again.click()
    expect(office.locator(".banner-in")).to_contain_text("登记好了，编号 V")


def test_when_nobody_is_like_it_the_box_stays_away(
    office: Page, demonstration: Demonstration
) -> None:
    office.goto(f"{demonstration.address}{NEW}")
    with office.expect_response(re.compile("/volunteers/similar")):
        office.fill("[name=name]", "从未有过的名字")
    expect(office.locator("#similar")).to_be_hidden()


def test_a_keyboard_registers_a_child_with_a_guardian(
    office: Page, demonstration: Demonstration
) -> None:
    office.goto(f"{demonstration.address}{NEW}")
    page = office.keyboard

    reach(office, "[name=name]")
    page.insert_text("梁𬍛")
    reach(office, "[name=born]")
    page.insert_text("２０１６年")
    press(office, "有监护人")
    reach(office, "[name=guardian_name]")
    page.insert_text("阿不都热依木•买买提")
    reach(office, "[name=guardian_phone]")
    page.insert_text("（０２７）８４８４１２３４")
    reach(office, "[name=consent]")
    page.press("Space")
    reach(office, "[name=consent_by]:checked")
    page.press("ArrowRight")
    office.locator("[name=consent_by]:checked").press("Enter")
    expect(office.locator(".banner-in")).to_contain_text("登记好了")
    expect(office.locator("#registration")).to_contain_text("监护人同意")


def test_the_paper_of_somebody_new_opens_the_door(
    browser: Browser, office: Page, demonstration: Demonstration, picture: Picture
) -> None:
    office.goto(f"{demonstration.address}/office/invite")
    office.fill("[name=login]", "zhoujian")
    office.fill("[name=name]", "周监督")
    office.check("[name=role_witness]")
    office.get_by_role("button", name="登记，打印一次性代码").click()
    code = office.locator(".pairing-code").inner_text()
    assert ask_axe(office) == []
    picture(office, "office-paper")
    office.emulate_media(media="print")
    expect(office.locator(".pairing-code")).to_be_visible()
    expect(office.locator(".tabs")).to_be_hidden()
    office.emulate_media(media="screen")
    with browser.new_context(viewport=DESK) as context:
        newcomer = watched(context)
        newcomer.goto(f"{demonstration.address}/login")
        newcomer.get_by_role("link", name="第一次来").click()
        assert ask_axe(newcomer) == []
        newcomer.fill("[name=code]", code.lower())
        newcomer.fill("[name=password]", PASSWORD)
        newcomer.fill("[name=again]", PASSWORD)
        picture(newcomer, "login-first")
        newcomer.get_by_role("button", name="设好密码，进门").click()
        expect(newcomer.locator(".bar-who")).to_contain_text("周监督")
