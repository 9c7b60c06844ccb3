"""Drives the kiosk page as a person, a scanner and a reader of the screen would.

The page is found by `data-screen` and `data-role` only, so that a change of looks or words breaks
no story. Waiting is done here by asking again: the page's security policy forbids code from text.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

from playwright.sync_api import CDPSession, Locator, Page

SCANNER_GAP_MS = 5
# The page ignores the second tap of a double tap on what the first one brought; a hand is slower.
AFTER_TAP_MS = 480
MINUS = "\N{MINUS SIGN}"


def key_code(character: str) -> str:
    """The key that a scanner presses for this character on a US keyboard."""
    if character.isascii() and character.isalpha():
        return f"Key{character.upper()}"
    if character.isascii() and character.isdigit():
        return f"Digit{character}"
    return {"-": "Minus", "\\": "Backslash", "]": "BracketRight"}[character]


def key_events(key: str, moment: float) -> list[dict[str, object]]:
    """One key down and up in the browser's own terms."""
    named = {"Enter": ("Enter", 13, "\r"), "Tab": ("Tab", 9, "")}.get(key)
    code, number, text = named or (key_code(key), ord(key.upper()), key)
    common = {"key": key, "code": code, "windowsVirtualKeyCode": number, "timestamp": moment}
    down = {"type": "keyDown" if text else "rawKeyDown", "text": text, **common}
    return [down, {"type": "keyUp", **common}]


def as_number(text: str) -> int:
    """The number in a figure, with the minus sign that the kiosk writes."""
    found = re.search(rf"[{MINUS}-]?\d+", text)
    if found is None:
        raise AssertionError(f"no number in {text!r}")
    return int(found.group().replace(MINUS, "-"))


class KioskDriver:
    """One kiosk on one page of a browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._session: CDPSession | None = None
        self._last_key_at = 0.0

    def open(self, address: str, *, screen: str = "wall") -> KioskDriver:
        """Go to the kiosk's page and wait until it stands on `screen`."""
        self.page.goto(address)
        return self.wait_for_screen(screen)

    def role(self, name: str) -> Locator:
        """Everything on the page that plays this part."""
        return self.page.locator(f'[data-role="{name}"]')

    @property
    def screen(self) -> str:
        """The name of the state that the page is in."""
        return self.page.locator("#k-app").get_attribute("data-screen") or ""

    def wait_until(self, is_so: Callable[[], bool], wish: str, *, seconds: float = 10) -> None:
        """Ask again until it is so; fail in words when it never is."""
        end = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s for {wish}; screen is {self.screen!r}")
            self.page.wait_for_timeout(30)

    def wait_for_screen(self, *names: str, seconds: float = 10) -> KioskDriver:
        """Return when the page stands on one of these screens."""
        self.wait_until(lambda: self.screen in names, " or ".join(names), seconds=seconds)
        return self

    def wait_for_overlay(self, name: str, *, seconds: float = 10) -> KioskDriver:
        """Return when this question stands over the room; "" means that none is open."""
        app = self.page.locator("#k-app")
        self.wait_until(
            lambda: app.get_attribute("data-overlay") == name, f"overlay {name!r}", seconds=seconds
        )
        return self

    def scan(self, code: str, *, end: str = "Enter", gap_ms: int = SCANNER_GAP_MS) -> KioskDriver:
        """Type a code as a scanner does: fast, by physical keys, ended by Enter, Tab or nothing."""
        # Each key carries the time at which a scanner or a hand would have pressed it; on a busy
        # machine the keys of a test arrive later and less evenly.
        at = max(time.time() - len(code) * SCANNER_GAP_MS / 1000, self._last_key_at + 0.1)
        self._press_keys(
            [(key, at + place * gap_ms / 1000) for place, key in enumerate([*code, end]) if key]
        )
        return self

    def press_key_later(self, key: str, *, after_ms: int) -> KioskDriver:
        """One more key, so long after the last one."""
        self._press_keys([(key, self._last_key_at + after_ms / 1000)])
        return self

    def present_card(self, code: str, *, refused: str = "") -> KioskDriver:
        """Scan a card until the kiosk greets it, or refuses it for this reason.

        On a busy day a person scans again.
        """
        for _ in range(4):
            self.scan(code)
            end = time.monotonic() + 4
            while time.monotonic() < end:
                if self.refusal() == refused if refused else "before" in self.sums():
                    return self
                self.page.wait_for_timeout(50)
        raise AssertionError(
            f"no answer to the card; screen is {self.screen!r}, refusal {self.refusal()!r}"
        )

    def _press_keys(self, keys: list[tuple[str, float]]) -> None:
        """Keys down and up, as the system would report them at these moments.

        They are sent off all at once: if each waited for the page to have heard the one before, a
        busy machine would make a pause in the middle of a code, which no scanner makes.
        """
        session = self._session or self.page.context.new_cdp_session(self.page)
        self._session = session

        async def send_all() -> None:
            await asyncio.gather(
                *(
                    session._impl_obj.send("Input.dispatchKeyEvent", event, timeout=None)
                    for key, moment in keys
                    for event in key_events(key, moment)
                )
            )

        session._sync(send_all())
        self._last_key_at = keys[-1][1]

    def tap(self, sku: str) -> KioskDriver:
        """Touch a product's picture, on the wall or in the basket's row."""
        tiles = '[data-role="tile"], [data-role="picture-tile"]'
        self.page.locator(tiles).and_(self.page.locator(f'[data-sku="{sku}"]')).click()
        return self.rest()

    def press(self, role: str, *, sku: str | None = None) -> KioskDriver:
        """Touch a button by its part: confirm, exit, undo, plus, minus, remove, stay, …"""
        button = self.role(role)
        if sku is not None:
            button = button.and_(self.page.locator(f'[data-sku="{sku}"]'))
        button.first.click()
        return self.rest()

    def press_yellow(self) -> KioskDriver:
        """Touch the one yellow button, whatever it says now."""
        self.page.locator(".k-yellow:not([inert] *)").click()
        return self.rest()

    def rest(self) -> KioskDriver:
        """Let a hand's time pass between two touches."""
        self.page.wait_for_timeout(AFTER_TAP_MS)
        return self

    def type_digits(self, digits: str) -> KioskDriver:
        """Touch the digits of the number pad."""
        for digit in digits:
            self.role(f"digit-{digit}").click()
        return self.rest()

    def sums(self) -> dict[str, int]:
        """The sum bar as it stands: before, this, and after or short."""
        found = {}
        for name in ("before", "this", "after", "short"):
            cell = self.role(f"sum-{name}")
            said = cell.first.inner_text() if cell.count() else ""
            # While the bank is being asked, a cell shows dots.
            if any(sign.isdigit() for sign in said):
                found[name] = as_number(said)
        return found

    def lines(self) -> dict[str, int]:
        """The basket's visible lines: pieces by product."""
        return {
            line.get_attribute("data-sku") or "": as_number(
                line.locator('[data-role="quantity"]').inner_text()
            )
            for line in self.role("line").all()
        }

    def slip_number(self) -> str:
        """The short number on the slip that is shown."""
        return self.role("slip-number").inner_text().strip()

    def refusal(self) -> str:
        """The code of the refusal that is shown, or "" where there is none."""
        panel = self.role("refusal")
        return (panel.get_attribute("data-code") or "") if panel.count() else ""

    def controls(self) -> list[str]:
        """Buttons beside tiles, basket lines and the demonstration's tray (at most seven)."""
        beside = (
            'button:visible:not([data-role="tile"]):not([data-role="picture-tile"])'
            ':not([data-role="line"] *):not([data-role="demo"] *):not([data-role="keys"] *)'
            ':not(.k-picture-tile):not([inert] *):not([data-role="line-pager"] *)'
        )
        roles: list[str] = self.page.locator(beside).evaluate_all(
            "(found) => found.map((one) => one.dataset.role ?? '')"
        )
        return roles
