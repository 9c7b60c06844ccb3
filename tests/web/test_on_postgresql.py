"""Every page is read once on PostgreSQL as well, by whoever follows every link.

What pages promise is tried on SQLite before every merge and on both databases every night; here it
is enough that PostgreSQL takes every statement behind them.
"""

from __future__ import annotations

import re
from collections import Counter as Tally

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from pointsbank.charity import donate_points, propose_grant
from pointsbank.earning import approve_records
from pointsbank.inventory import note_unknown_code
from pointsbank.ledger import list_entries
from pointsbank.people import print_cards, register_family
from pointsbank.redemption import call_help, list_redemptions
from tests.counter import Counter, tapped
from tests.web.conftest import API, KioskClient, log_in, pair_kiosk
from tests.web.test_me import Holder
from tests.web.test_merchant import merchant

_LINK = re.compile(r'href="(/[^"#]*)"')
# Of one kind of page so many are read.
ALIKE = 2
# Pages about one thing that the links of this bank must have led to.
ABOUT_ONE = {
    "me_statement.entry",
    "office_cards.card",
    "office_entries.page",
    "office_goods.goods",
    "office_journal.account",
    "office_journal.receipt",
    "office_redemptions.redemptions",
    "office_service.record",
    "office_staff.member",
    "office_volunteers.person",
}
# What a kiosk or another program asks for.
API_QUESTIONS = (
    "/kiosk",
    "/station",
    "/shelf",
    "/activities/open",
    "/volunteers/{volunteer}",
    "/volunteers/{volunteer}/statement",
    "/entries/{entry}",
    "/redemptions/{redemption}",
)


@pytest.fixture
def bank_url(postgres_url: str) -> str:
    """This is about PostgreSQL."""
    return postgres_url


@pytest.fixture
def holder(app: Flask, counter: Counter, kiosk_client: KioskClient) -> Holder:
    """A bank in which something of everything has happened; somebody who was there all the time."""
    make = counter.make
    counter.goods("SOAP", 30, shelf=4)
    counter.goods("RICE", 320, shelf=0)
    buyer = counter.buyer(points=500)
    kiosk_client.redeem(buyer.card, tapped("SOAP"))
    undone = kiosk_client.redeem(buyer.card, tapped("SOAP"))
    kiosk_client.post(f"/redemptions/{undone['number']}/undo", {"card": buyer.card})
    records = [make.record(counter.volunteer(buyer), activity=f"巡逻{n}") for n in range(3)]
    make.do(approve_records, by=make.staff().caller, records=records[:2])
    make.do(donate_points, by=make.staff().caller, volunteer=buyer.number, points=20)
    family = make.do(register_family).answer["number"]
    make.do(propose_grant, by=make.staff().caller, family=family, points=10)
    make.do(print_cards, short_numbers=[buyer.short_number], why="list")
    make.do(note_unknown_code, by=counter.kiosk, code="6901234567892")
    make.do(call_help, by=counter.kiosk)
    return Holder(app, counter, buyer)


def follow(app: Flask, client: FlaskClient, *first: str) -> Tally[str]:
    """Open these pages and all that they lead to; how many of each kind were read."""
    read: Tally[str] = Tally()
    waiting, known = list(first), set(first)
    adapter = app.url_map.bind("localhost")
    while waiting:
        address = waiting.pop(0)
        try:
            endpoint, _ = adapter.match(address.partition("?")[0], method="GET")
        except (HTTPException, RequestRedirect):
            continue  # a form's address, or a door to somewhere else
        if read[endpoint] >= ALIKE:
            continue
        answer = client.get(address)
        if answer.status_code == 403:
            continue  # somebody else reads it
        assert answer.status_code < 400, (address, answer.status_code, answer.text[:300])
        read[endpoint] += 1
        if answer.mimetype == "text/html":
            found = [one.replace("&amp;", "&") for one in _LINK.findall(answer.text)]
            waiting += [one for one in dict.fromkeys(found) if one not in known]
            known.update(found)
    return read


def test_every_page_can_be_read_on_postgresql(
    app: Flask, counter: Counter, kiosk_client: KioskClient, holder: Holder
) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    plain = [rule.rule for rule in rules if not rule.arguments]
    holder.come()
    office = log_in(app, counter, "worker", "admin")
    read = follow(app, office, *plain)
    read += follow(app, log_in(app, counter, "witness", "auditor"), *plain)
    read += follow(app, merchant(app, counter.make, "SIXIN").client, "/merchant/")
    read += follow(app, holder.client, "/me/")

    adapter = app.url_map.bind("localhost")
    station = pair_kiosk(app, counter, "station")
    numbers = {
        "volunteer": holder.buyer.number,
        "entry": list_entries(counter.bank).items[0].number,
        "redemption": list_redemptions(counter.bank).items[0].number,
    }
    for question in API_QUESTIONS:
        path = question.format(**numbers)
        answers = [kiosk_client.get(path), station.get(path), office.get(API + path)]
        assert 200 in [answer.status_code for answer in answers], path
        read[adapter.match(API + path, method="GET")[0]] += 1
    plain_ones = {rule.endpoint for rule in rules if not rule.arguments}
    assert (plain_ones | ABOUT_ONE) - read.keys() == set()
