"""Records go over the National Day holiday to the wall and home, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from pointsbank.earning import approve_record, object_to_record, show_notices
from pointsbank.foundation import Bank
from tests.books import books_are_right
from tests.browser.conftest import DESK, watched
from tests.browser.desk import Desk, served_here
from tests.earning.wall import Wall
from tests.make import Make


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """The same rooms answer on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def wall(make: Make) -> Wall:
    make.found(shop="晴川公益超市")
    return Wall(make)


@pytest.fixture
def desk(bank: Bank, wall: Wall, browser: Browser) -> Iterator[Desk]:
    """An office whose pages are served from this very process."""
    assert wall
    with served_here(bank) as address, browser.new_context(viewport=DESK) as context:
        yield Desk(address, bank, watched(context))


def test_over_the_holiday_to_the_right_working_day(desk: Desk, wall: Wall, make: Make) -> None:
    wall.at("2026-09-30")
    people = [make.volunteer(name=name) for name in ("张䶮", "欧阳娜娜", "阿不都热依木·买买提")]
    records = [
        make.record(one, 120, by=wall.recorder, activity="社区巡逻", served_on="2026-09-29")
        for one in people
    ]
    for record in records[:2]:
        make.do(approve_record, by=wall.reviewer.caller, record=record)
    desk.sit_down(wall.reviewer)
    desk.open(f"/office/service/{records[2]}")
    desk.press("认定，公示后入账")
    desk.reads("公示后入账", "等公示")
    desk.sit_down(wall.third)
    desk.open("/office/notices")
    desk.reads("3 条，今天贴出，公示到 2026-10-10")
    desk.press("开一期，3 条")
    desk.press("记张贴")
    desk.open("/office/notices/2026-1")
    desk.reads("张*", "欧**", "阿**·买**", "2026-09-30 至 2026-10-10", "盖章处")
    told = {"record": records[1], "reason": "那天她在外地"}
    objection = make.do(object_to_record, by=wall.recorder.caller, **told).answer["objection"]
    desk.open(f"/office/objections/{objection}")
    desk.page.get_by_label("异议成立").check()
    desk.page.get_by_label("答复").fill("查了签到，没有到场")
    desk.press("就这样处理")
    wall.at("2026-10-11")
    desk.sit_down(wall.third)
    desk.open("/office/notices/2026-1")
    desk.press("现在入账，2 条")
    desk.open(f"/office/service/{records[0]}")
    desk.reads("积分办法第 1 版", "第 2026-1 期公示", "入账 +20 分", "2026-10-11")
    assert [make.balance(one.wallet) for one in people] == [20, 0, 20]
    books_are_right(desk.bank)


def test_a_year_is_ticked_by_keyboard_and_everybody_reads_the_wall(
    desk: Desk, wall: Wall, make: Make
) -> None:
    wall.at("2026-12-30")
    wall.reviewed(served_on="2026-12-29")
    desk.sit_down(wall.third)
    desk.open("/office/calendar?year=2027")
    first = desk.page.locator('input[name="day-2027-01-01"]')
    first.focus()
    desk.page.keyboard.press("Space")
    assert first.is_checked()
    desk.page.keyboard.press("Enter")
    desk.page.locator(".banner-in").wait_for()
    desk.reads("放假 1 天")
    desk.open("/office/notices")
    desk.reads("公示到 2027-01-05")
    desk.press("开一期，1 条")
    make.do(show_notices, by=make.staff("admin").caller, shown=True)
    desk.page.context.clear_cookies()
    for width in (390, 800, 1366):
        desk.page.set_viewport_size({"width": width, "height": 844})
        desk.open("/notice/")
    desk.reads("王**", "2026-12-30 至 2027-01-05", "027-84840000")
