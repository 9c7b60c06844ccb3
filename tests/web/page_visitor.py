"""Somebody at a browser: logged in, reading pages, filling in their forms."""

from __future__ import annotations

import re
import secrets
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pointsbank.foundation import Bank, new_key
from pointsbank.people import StaffRow, open_login
from pointsbank.web.access import hash_of_token

_HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|key)" value="([^"]+)"')


class Visitor:
    """A member of staff with a browser of their own."""

    def __init__(self, app: Flask, bank: Bank, staff: StaffRow) -> None:
        self.client: FlaskClient = app.test_client()
        self.staff = staff
        token = secrets.token_urlsafe(32)
        open_login(bank, staff_id=staff.id, token_hash=hash_of_token(token), key=new_key())
        self.client.set_cookie("pb", token)

    def get(self, address: str) -> TestResponse:
        """Open a page."""
        return self.client.get(address)

    def read(self, address: str) -> str:
        """The words of a page that must be there."""
        answer = self.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))

    def hidden(self, address: str) -> dict[str, str]:
        """The token and the key that a page's first form carries."""
        return dict(_HIDDEN.findall(self.get(address).text))

    def send(self, page: str, address: str, **fields: str) -> TestResponse:
        """Fill in a form of a page and press its button."""
        return self.press(address, self.hidden(page), **fields)

    def press(self, address: str, hidden: dict[str, str], **fields: str) -> TestResponse:
        """Press the button of a form that was rendered before; twice is a double click."""
        return self.client.post(address, data={**hidden, **fields})
