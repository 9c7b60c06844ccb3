"""The pages served from the test's own process, so that a test may move the clock."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page
from werkzeug.serving import make_server

from pointsbank.foundation import Bank, new_key
from pointsbank.people import StaffRow, open_login
from pointsbank.web.access import hash_of_token
from pointsbank.web.app import create_app_for
from tests.browser.measuring import ask_axe, sideways_px


@contextmanager
def served_here(bank: Bank) -> Iterator[str]:
    """The address at which this very process answers, as long as the block lasts."""
    server = make_server("127.0.0.1", 0, create_app_for(bank, secure=False), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@dataclass
class Desk:
    """An office that is open, and whoever sits down at its screen."""

    address: str
    bank: Bank
    page: Page

    def sit_down(self, staff: StaffRow) -> None:
        """Log somebody in, as their cookie would."""
        token = secrets.token_urlsafe(32)
        open_login(self.bank, staff_id=staff.id, token_hash=hash_of_token(token), key=new_key())
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": "pb", "value": token, "url": self.address}])

    def open(self, path: str) -> None:
        """Go to a page; it fits the screen, and axe-core finds nothing."""
        self.go(path)
        self.is_sound()

    def go(self, path: str) -> None:
        """Go to a page that has been looked at before."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        assert (answer.status, answer.url) == (200, f"{self.address}{path}")

    def is_sound(self) -> None:
        """What stands there now fits the screen, and axe-core finds nothing."""
        assert (ask_axe(self.page), sideways_px(self.page)) == ([], 0)

    def press(self, name: str) -> None:
        """Press the button of this name and wait for where it leads."""
        self.page.get_by_role("button", name=name).click()
        self.page.locator(".banner-in").wait_for()

    def reads(self, *words: str) -> None:
        """The page says so."""
        said = self.page.locator("main").inner_text()
        for word in words:
            assert word in said, word
