"""The kiosk reads aloud where a machine has no voice: phrases and numbers become clips."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from scripts import voice


@pytest.fixture(scope="module")
def page(browser: Browser, kiosk_files: str) -> Any:
    """An empty document beside the kiosk's files, in a browser that may sound."""
    page = browser.new_page()
    page.goto(f"{kiosk_files}/bare")
    yield page
    page.close()


def phrases_in(page: Page, sentence: str, language: str) -> list[str]:
    """What of a sentence is said."""
    script = """async ([sentence, language, known]) => {
      const { phrasesIn } = await import("/kiosk/static/speech.js");
      return phrasesIn(sentence, known, language);
    }"""
    found: list[str] = page.evaluate(script, [sentence, language, voice.index()[language]])
    return found


@pytest.mark.parametrize(
    ("language", "sentence", "said"),
    [
        ("zh", "您好，您有 230 分。", "您好 您有 二 百 三 十 分"),
        ("zh", "百合香皂 30 分, 这次 1,005 分", "三 十 分 这次 一 千 零 五 分"),
        ("zh", "没有扣分。18:05 以后再试", "没有扣分 十 八 点 五 分 以后再试"),
        ("zh", "还差 2.5 小时。", "还差 二 点 五 小时"),
        ("zh", "密码错了 5 次，先锁一会儿", "密码错了 5 次|先锁一会儿"),
        ("zh", "还欠 100200 分，先补上才能换", "还欠 十 万 零 二 百 分 先补上才能换"),
        (
            "en",
            "Hello. You have 1,213 points.",
            "Hello|You have|one|thousand|two|hundred|thirteen|points",
        ),
        (
            "en",
            "Onions 30 points, This time 45 points",
            "thirty|points|This time|forty|five|points",
        ),
    ],
)
def test_a_sentence_becomes_phrases(page: Page, language: str, sentence: str, said: str) -> None:
    assert phrases_in(page, sentence, language) == said.split("|" if "|" in said else " ")


def test_points_of_another_name_are_heard_as_points(page: Page) -> None:
    script = """async (text) => {
      const { usual } = await import("/kiosk/static/speech.js");
      return usual(text, { name: "志愿币", unit: "枚", name_en: "coins" });
    }"""
    told = page.evaluate(script, "没有扣志愿币。您的志愿币都在，还差 30 枚。")
    assert told == "没有扣分。您的积分都在，还差 30 分。"


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh-CN", "还差 30 分。没有扣分。"), ("en", "30 points short.")]
)
def test_clips_are_heard_and_stop_at_once(page: Page, language: str, sentence: str) -> None:
    script = """async ([sentence, language]) => {
      const { speak, hush } = await import("/kiosk/static/speech.js");
      const { wakeSounds } = await import("/kiosk/static/sounds.js");
      wakeSounds();
      await new Promise((go) => setTimeout(go, 50));
      const seconds = await speak(sentence, language);
      hush();
      return seconds;
    }"""
    page.mouse.click(5, 5)
    assert 0.8 < page.evaluate(script, [sentence, language]) < 6
