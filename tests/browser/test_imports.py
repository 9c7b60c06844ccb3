"""A list is taken in at the desk by keyboard alone, with a script and without."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FileChooser, Page, expect

from tests.browser.conftest import DESK, Demonstration
from tests.browser.keyboard import reach
from tests.browser.measuring import ask_axe, sideways_px
from tests.browser.test_first_redemption import log_in

Picture = Callable[[Page, str], None]
WIDTHS = (390, 800, 1366, 1920)
NEW = "/office/imports/new"


@pytest.fixture
def desk(desk_page: Page, demonstration: Demonstration) -> Page:
    """A worker at the desk, logged in."""
    log_in(desk_page, demonstration, "limin")
    return desk_page


@pytest.fixture
def slow_list(tmp_path: Path) -> Path:
    """A list that takes some seconds, with a row to mend."""
    rows = [f"9977{n:016d},张三,,晨光志愿服务队" for n in range(6_000)] + ["7,李四,123,"]
    path = tmp_path / "大名单.csv"
    path.write_text("\n".join(["志愿者编号,姓名,手机,所属队伍", *rows]), encoding="utf-8")
    return path


def is_right(page: Page) -> None:
    """Nothing to scroll sideways at any width, nothing for axe, in both languages."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert sideways_px(page) == 0, (page.url, width)
    page.set_viewport_size(DESK)
    assert ask_axe(page) == []


def choose(page: Page, path: Path) -> None:
    """Press the blank on the field of a file, and choose it in the window that opens."""
    choosers: list[FileChooser] = []

    def came(chooser: FileChooser) -> None:
        choosers.append(chooser)

    page.on("filechooser", came)
    for _ in range(5):
        # The browser takes a moment to hand the window over to the test; the first may be lost.
        page.keyboard.press("Space")
        until = time.monotonic() + 2
        while not choosers and time.monotonic() < until:
            page.wait_for_timeout(30)
        if choosers:
            choosers[0].set_files(path)
            return
    raise AssertionError("the field opens no window")


def test_a_list_is_taken_in_by_keyboard_alone(
    desk: Page, demonstration: Demonstration, slow_list: Path, picture: Picture
) -> None:
    desk.goto(f"{demonstration.address}{NEW}?kind=volunteers")
    is_right(desk)
    picture(desk, "office-import-new")
    reach(desk, "[name=kind][value=volunteers]")
    reach(desk, "[name=file]")
    choose(desk, slow_list)
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/office/imports/U\d+-\d"))
    button = desk.get_by_role("button", name=re.compile("收下好的 6,000 行"))
    button.wait_for(timeout=30_000)
    is_right(desk)
    picture(desk, "office-import-preview")
    button.focus()
    desk.keyboard.press("Enter")
    bar = desk.locator("progress[value]")
    bar.wait_for()
    assert ask_axe(desk) == []
    picture(desk, "office-import-running")
    began = bar.evaluate("bar => bar.value")
    focus = desk.get_by_role("link", name="看看到哪儿了")
    focus.focus()
    expect(bar).not_to_have_js_property("value", began, timeout=20_000)
    assert desk.evaluate("document.activeElement.className") == "button"
    desk.get_by_role("heading", name=re.compile("收好了：新收 6,000 行")).wait_for(timeout=120_000)
    is_right(desk)
    picture(desk, "office-import-done")
    with desk.expect_download() as paper:
        desk.get_by_role("link", name="下载要改的行（CSV）").click()
    assert paper.value.suggested_filename == "大名单.problems.csv"
    desk.goto(f"{desk.url}?lang=en")
    is_right(desk)
    desk.goto(f"{demonstration.address}/office/imports?lang=en")
    is_right(desk)
    desk.goto(f"{demonstration.address}/office/imports?lang=zh-CN")
    is_right(desk)
    picture(desk, "office-imports")


def test_a_file_too_large_is_told_before_it_travels_and_by_the_server(
    desk: Page, demonstration: Demonstration, tmp_path: Path
) -> None:
    large = tmp_path / "大.csv"
    large.write_bytes(b"x" * (9 * 1024 * 1024))
    desk.goto(f"{demonstration.address}{NEW}")
    field = desk.locator('input[type="file"]')
    field.set_input_files(large)
    assert "5 MB" in field.evaluate("field => field.validationMessage")
    field.evaluate("field => field.setCustomValidity('')")
    desk.get_by_role("button", name="传上来核对").click()
    desk.get_by_text("文件太大，最多 5 MB").wait_for()


def test_without_a_script_the_page_follows_itself(
    browser: Browser, demonstration: Demonstration, tmp_path: Path
) -> None:
    rows = [f"9988{n:016d},张三," for n in range(3_000)]
    path = tmp_path / "名单.csv"
    path.write_text("\n".join(["志愿者编号,姓名,手机", *rows]), encoding="utf-8")
    with browser.new_context(viewport=DESK, java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page, demonstration, "limin")
        page.goto(f"{demonstration.address}{NEW}")
        page.set_input_files('input[type="file"]', path)
        page.get_by_role("button", name="传上来核对").click()
        page.get_by_role("button", name="收下这 3,000 行").click(timeout=30_000)
        page.locator("progress").wait_for()
        # Nobody presses anything: the page fetches itself every five seconds.
        page.get_by_role("heading", name=re.compile("收好了：新收 3,000 行")).wait_for(
            timeout=60_000
        )
