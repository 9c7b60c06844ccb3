"""Whatever is typed into an address or a field of a page, it is answered and never breaks."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from pointsbank.foundation import new_key
from tests.counter import Counter
from tests.web.page_visitor import Visitor

# Longer than any row's number, as large as no column holds, more digits than Python reads.
NUMBERS = ["9" * 18, "9" * 20, "9" * 4400, "１２", "-1"]


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """What a page makes of an address does not depend on the database."""
    return sqlite_url


@pytest.fixture
def office(app: Flask, counter: Counter) -> Visitor:
    """Somebody who may do everything in the office."""
    return Visitor(app, counter.bank, counter.make.staff("admin", "worker"))


def test_no_number_in_an_address_breaks_a_page(app: Flask, office: Visitor) -> None:
    key = {**office.hidden("/office/devices"), "key": new_key()}
    numbered = [rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert len(numbered) > 5
    for rule in numbered:
        for number in NUMBERS:
            address = re.sub("<int:[a-z_]+>", number, rule.rule)
            send = office.client.get if "GET" in (rule.methods or ()) else office.client.post
            answer = send(address, data=key)
            assert 400 <= answer.status_code < 500, (rule.endpoint, number[:24])


def test_no_number_of_a_piece_of_news_breaks_the_list(office: Visitor, counter: Counter) -> None:
    volunteer = counter.make.volunteer()
    hidden = office.hidden("/office/devices")
    for number in NUMBERS:
        fields = {"news": f"1 {number}", "how": "desk", "key": new_key()}
        told = office.press(f"/office/tell/{volunteer.number}", hidden | fields)
        assert told.status_code == 302, number[:24]
