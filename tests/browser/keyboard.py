"""Somebody without a mouse: Tab, Enter, the arrows, and the link that jumps over the menus."""

from __future__ import annotations

import re

from playwright.sync_api import Page

TABS = 140
# From the top of a page to what is in its main part, people with a keyboard jump.
_AT_TOP_AND_WANTS_MAIN = """wanted => document.activeElement === document.body
  && Boolean(document.querySelector(".skip"))
  && [...document.querySelectorAll(wanted)].some(one => one.closest("#main"))"""


def reach(page: Page, selector: str) -> None:
    """Press Tab until what is meant has the focus."""
    if page.evaluate(_AT_TOP_AND_WANTS_MAIN, selector):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('.skip')"):
            page.keyboard.press("Enter")
    for _ in range(TABS):
        if has_focus(page, selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def has_focus(page: Page, selector: str) -> bool:
    """Whether it is there that a key would go."""
    asked = "selector => document.activeElement?.matches(selector) ?? false"
    found: bool = page.evaluate(asked, selector)
    return found


def press(page: Page, words: str | re.Pattern[str], *, key: str = "Enter") -> None:
    """Press Tab until a link, button or heading of this text has the focus, and then the key."""
    asked = """() => document.activeElement === document.body
      ? null : document.activeElement?.textContent ?? ''"""
    for _ in range(TABS):
        text = page.evaluate(asked)
        if text is not None and re.search(words, text):
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {words} on {page.url}")
