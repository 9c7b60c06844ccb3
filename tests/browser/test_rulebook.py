"""A worker writes the community's rules and sees what they mean before anybody decides."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.conftest import DESK, Demonstration, watched
from tests.browser.test_first_redemption import log_in


def test_the_rules_are_tried_out_while_they_are_written(
    browser: Browser, demonstration: Demonstration
) -> None:
    with browser.new_context(viewport=DESK) as context:
        page = watched(context)
        log_in(page, demonstration, "limin")
        page.goto(f"{demonstration.address}/office/rulebook/change")
        preview = page.locator("#preview")
        expect(preview).to_contain_text("2.0 小时 × 10 分 = 20 分")
        # No button is pressed: what is typed is tried out at once, wrong or right.
        page.fill("#f-rates-0-points", "八")
        expect(preview).to_contain_text("“rates[0].points”的数不对")
        page.fill("#f-rates-0-points", "8")
        expect(preview).to_contain_text("2.0 小时 × 8 分 = 16 分")
        expect(preview.locator("del")).to_have_text("服务每小时 10 分")
        # Another way of counting has other fields, and they come by themselves.
        page.select_option("#f-rates-0-kind", "per_act")
        expect(page.locator("#f-rates-0-levels")).to_be_visible()
        expect(preview).to_contain_text("1 次 × 8 分 = 8 分")
        page.get_by_role("button", name="再加一条封顶").click()
        page.fill("#f-caps-0-most", "2")
        expect(preview).to_contain_text("每天最多计 2 小时")
        # The decision is at the end, and takes a second person's badge.
        page.get_by_role("link", name="去定下来").click()
        expect(page.locator("#f-badge")).to_be_in_viewport()
        expect(page.get_by_role("button", name="就这么定")).to_be_in_viewport()
