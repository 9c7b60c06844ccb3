"""No page gives away a card to whoever only looks; a worker's form that prints is written down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask, Response

from pointsbank.foundation import Bank
from pointsbank.people.card_faces import list_card_faces
from pointsbank.people.card_sheet import sheet_pdf
from pointsbank.web.access import allows
from pointsbank.web.app import create_app_for
from tests.counter import Counter
from tests.make import Make
from tests.people.test_card_prints import traces
from tests.web.page_visitor import Visitor

PAPER = {"application/pdf", "image/png"}
_PART = re.compile(r"<(?:int:)?([^>]+)>")


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make) -> Flask:
    """The doors of a bank that is open for business, of our own: one test adds a page to them."""
    make.rule()
    return create_app_for(bank, secure=False)


def leaks(app: Flask, bank: Bank, make: Make, below: str = "/office") -> list[str]:
    """Every address that gives away a card's code or a piece of paper to whoever only looks."""
    owner = make.volunteer()
    held = make.card(owner)
    values = {"number": owner.number, "short_number": held.short_number, "receipt": "Q000001-7"}
    visitor = Visitor(app, bank, make.staff("worker", "admin", "witness", "auditor"))
    before, found = traces(bank), []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or not rule.rule.startswith(below):
            continue
        address = _PART.sub(lambda one: values.get(one[1], "1"), rule.rule)
        answer = visitor.get(address)
        if answer.mimetype in PAPER or held.code.encode() in answer.data:
            found.append(rule.rule)
    assert traces(bank) == before
    return found


def test_no_page_prints_a_card_for_whoever_only_looks(app: Flask, bank: Bank, make: Make) -> None:
    assert leaks(app, bank, make) == []


def test_a_page_that_would_is_found(app: Flask, bank: Bank, make: Make) -> None:
    """The twin: the address that printed anybody's card by a link."""

    @allows("worker", "admin")
    def old(number: str) -> Any:
        faces = list_card_faces(bank, card_key=bank.keys.card, numbers=[number])
        return Response(sheet_pdf(faces), mimetype="application/pdf")

    app.add_url_rule("/office/volunteers/<number>/card.pdf", "old_print", old)
    found = leaks(app, bank, make, below="/office/volunteers")
    assert found == ["/office/volunteers/<number>/card.pdf"]


def test_a_worker_prints_by_a_form_and_fetches_what_is_written_down(
    app: Flask, bank: Bank, make: Make
) -> None:
    held, worker = make.card(make.volunteer()), make.staff("worker")
    visitor = Visitor(app, bank, worker)
    page = f"/office/cards/{held.short_number}"
    done = visitor.send(page, "/office/cards/print", card=held.short_number, why="first")
    assert (done.status_code, traces(bank)) == (302, [("first", worker.actor)])
    assert visitor.get(f"{done.location}.pdf").data.startswith(b"%PDF")
    assert visitor.get(f"{done.location}.png").data.startswith(b"\x89PNG")
    other = Visitor(app, bank, make.staff("admin"))
    assert other.get(f"{done.location}.pdf").status_code == 409
    assert len(traces(bank)) == 1
