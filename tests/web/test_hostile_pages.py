"""Whatever is typed into an address or a field of a page, it is answered and never breaks."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from pointsbank.foundation import new_key
from tests.counter import Counter
from tests.web.page_visitor import Visitor

LISTS = {
    "/office/search": "q",
    "/office/service": "who",
    "/office/goods": "words",
    "/office/journal": "of",
    "/office/redemptions": "words",
    "/office/volunteers": "team",
    "/office/cards": "words",
}
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


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-W01-1", "１９００-01-01"])
def test_no_day_in_an_address_breaks_a_page(office: Visitor, counter: Counter, day: str) -> None:
    person = f"/office/volunteers/{counter.make.volunteer().number}"
    for page in ("/office/redemptions", "/office/journal", "/office/service", person):
        for name in ("from", "to"):
            assert office.get(f"{page}?{name}={day}").status_code == 200, (page, name)


def test_a_nul_is_refused_wherever_it_stands(office: Visitor) -> None:
    """PostgreSQL keeps none, so that each of these was a crash there."""
    for page, name in LISTS.items():
        assert office.get(f"{page}?{name}=%00").status_code == 400, page
        assert office.get(f"{page}?{name}=1&{name}=a%00b").status_code == 400, page
    for page in ("/office/volunteers/%00", "/office/cards/4%00"):
        assert office.get(page).status_code in {400, 404}, page
    form = {**office.hidden("/office/service/new"), "who": "a\0b"}
    assert office.press("/office/service/new", form).status_code == 400
