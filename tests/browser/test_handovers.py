"""A handover's pages in a real browser: they fit, axe finds nothing, paper has both signatures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, Demonstration
from tests.browser.measuring import ask_axe, sideways_px
from tests.browser.test_first_redemption import log_in

Picture = Callable[[Page, str], None]


@pytest.mark.nightly
def test_the_pages_of_a_handover_fit_and_axe_finds_nothing(
    desk_page: Page, demonstration: Demonstration, picture: Picture
) -> None:
    page = desk_page
    log_in(page, demonstration, "limin")

    def look(name: str) -> None:
        picture(page, name)
        assert ask_axe(page) == [], name
        for width in (390, 1366):
            page.set_viewport_size({"width": width, "height": 768})
            assert sideways_px(page) == 0, (name, width)
        page.set_viewport_size(DESK)

    page.goto(f"{demonstration.address}/office/handover/new")
    look("office-handover-new")
    page.select_option("[name=leaving]", "wangfang")
    page.get_by_role("button", name="开始交接").click()
    expect(page.locator("h1")).to_contain_text("的交接")
    look("office-handover-open")
    page.locator("input[name^=goods_]").first.fill("3")
    page.check("[name=key_shop_key]")
    page.get_by_role("button", name="记下清点").click()
    expect(page.locator("[name=agrees]")).to_be_visible()
    look("office-handover-counted")
    page.check("[name=agrees]")
    page.get_by_role("button", name="我签字").click()
    expect(page.locator(".facts")).to_contain_text("签了")
    expect(page.locator(".beside")).to_contain_text("李敏 还登录着")
    look("office-handover-signed")
    address = page.url
    page.goto(f"{address}?lang=en")
    look("office-handover-signed-en")
    page.goto(f"{address}/paper?lang=zh-CN")
    expect(page.locator("main")).to_contain_text("接手的人签名")
    look("office-handover-paper")
    page.goto(f"{demonstration.address}/office/handover")
    look("office-handovers")
