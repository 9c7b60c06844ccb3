"""The pictures of the guide from hour to point, in both languages, at the sizes that people use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from pointsbank.demonstration import find_own_page
from tests.browser.conftest import Demonstration, Screen
from tests.browser.measuring import ask_axe, sideways_px
from tests.browser.test_first_redemption import log_in

# Every page here is also looked at where it is tried; these are for the guide.
pytestmark = pytest.mark.nightly

Picture = Callable[[Page, str], None]


@dataclass(frozen=True)
class Shown:
    """A picture of the guide, and the page that it shows."""

    name: str
    address: str


OFFICE = (
    Shown("rulebook", "/office/rulebook"),
    Shown("activities", "/office/activities"),
    Shown("notices", "/office/notices"),
    Shown("stars", "/office/stars?shown=candidates"),
    Shown("calendar", "/office/calendar"),
)
OWN = (
    Shown("own-activities", "/me/activities"),
    Shown("own-team", "/me/team"),
    Shown("own-file", "/me/file"),
)


@pytest.mark.parametrize(("lang", "spoken"), [("zh", "zh-CN"), ("en", "en")])
def test_from_hour_to_point_in_pictures(
    demonstration: Demonstration,
    desk_page: Page,
    phone_screen: Screen,
    picture: Picture,
    lang: str,
    spoken: str,
) -> None:
    log_in(desk_page, demonstration, "limin")
    own = demonstration.look(find_own_page)
    assert own is not None
    assert own.pin
    phone = phone_screen.wiped()
    phone.goto(f"{demonstration.address}/me/")
    phone.fill("[name=card]", own.card)
    phone.fill("[name=pin]", own.pin)
    phone.keyboard.press("Enter")
    phone.locator(".cover").wait_for()
    for page, pages in ((desk_page, OFFICE), (phone, OWN)):
        for one in pages:
            link = "&" if "?" in one.address else "?"
            page.goto(f"{demonstration.address}{one.address}{link}lang={spoken}")
            assert (ask_axe(page), sideways_px(page)) == ([], 0), one.name
            picture(page, f"guide/{lang}-{one.name}")
