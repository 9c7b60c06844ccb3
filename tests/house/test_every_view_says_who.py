"""Every address says who may come in, and lets in nobody else.

`doors.csv` is the list of all addresses with the roles that each is for, kept by hand: a new
address is not open until somebody has written down for whom it is.
"""

from __future__ import annotations

import csv
import re
import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pointsbank.foundation import Bank, Clock, Keys, new_key, open_database
from pointsbank.people import (
    get_holder,
    give_pin,
    issue_card,
    log_in_by_card,
    open_login,
    open_pairing,
    pair_device,
    register_family,
)
from pointsbank.web.access import EVERYBODY, ROLES, SAFE_METHODS, allowed_roles, hash_of_token
from pointsbank.web.api.describe import api_document
from pointsbank.web.app import create_app_for
from tests.make import SOMEBODY, Make

TABLE = Path(__file__).with_name("doors.csv")
BY_CARD = {"volunteer", "family"}
DEVICES = ("kiosk", "station")
STAFF_ROLES = sorted(ROLES - BY_CARD - set(DEVICES))


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A demonstration, which has every address that a real bank has and some more."""
    home = tmp_path_factory.mktemp("doors")
    path = home / "bank.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    bank = Bank(home, open_database(f"sqlite:///{path}"), Keys.new(), Clock())
    Make(bank).found("demonstration")
    made = create_app_for(bank, secure=False)
    # The form's token is another guard with tests of its own; here it would hide the role's.
    made.config["WTF_CSRF_METHODS"] = []
    made.config["LIMIT_REQUESTS"] = 1_000_000
    yield made
    bank.close()


@cache
def table() -> dict[str, frozenset[str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["endpoint"]: frozenset(row["roles"].split()) for row in csv.DictReader(lines)}


def marks(app: Flask) -> dict[str, frozenset[str]]:
    with app.app_context():
        return {rule.endpoint: allowed_roles(rule.endpoint) for rule in app.url_map.iter_rules()}


def test_every_address_is_marked(app: Flask) -> None:
    assert sorted(endpoint for endpoint, roles in marks(app).items() if not roles) == []


def test_the_table_lists_every_address_with_exactly_its_roles(app: Flask) -> None:
    kept, found = table(), marks(app)
    told = [
        f"{endpoint},{' '.join(sorted(found.get(endpoint, ())))}"
        for endpoint in sorted(kept.keys() | found.keys())
        if kept.get(endpoint) != found.get(endpoint)
    ]
    assert not told, "doors.csv and the views differ; the views say:\n" + "\n".join(told)


def test_every_address_of_the_api_is_in_its_document(app: Flask) -> None:
    with app.test_request_context():
        paths = api_document()["paths"]
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1"):
            described = paths[re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule)]
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert described[method.lower()]["summary"], rule.rule


def test_each_role_comes_in_where_the_table_says_and_nowhere_else(app: Flask) -> None:
    views = dict(app.view_functions)
    for endpoint, roles in marks(app).items():
        app.view_functions[endpoint] = _open_room(roles)
    try:
        visitors = _visitors(app)
        wrong = [
            f"{who}: {method} {rule.rule} answers {status}"
            for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            for who, client in visitors.items()
            for status in [_knock(client, method, _address(rule.rule))]
            if (status == 299) is not _may(who, table()[rule.endpoint])
        ]
    finally:
        app.view_functions.update(views)
    assert not wrong, "\n".join(wrong)


def _open_room(roles: frozenset[str]) -> Any:
    """A view that only says that somebody came in; the guard before it is the real one."""

    def room(**_: Any) -> tuple[str, int]:
        return "in", 299

    room.__allows__ = roles  # type: ignore[attr-defined]  # the mark that the guard reads
    return room


def _may(who: str, roles: frozenset[str]) -> bool:
    return EVERYBODY in roles or who in roles


def _visitors(app: Flask) -> dict[str, FlaskClient]:
    """Nobody, a kiosk, a station, somebody with each role alone, whoever comes with a card."""
    bank: Bank = app.extensions["pointsbank"]
    make = Make(bank)
    visitors = {"nobody": app.test_client()}
    for kind in DEVICES:
        told = {"shop": "shop-1", "name": "门口", "kind": kind}
        code, _ = open_pairing(bank, by=SOMEBODY, key=new_key(), **told)
        token = secrets.token_urlsafe(32)
        pair_device(bank, code=code, token_hash=hash_of_token(token), key=new_key())
        visitors[kind] = app.test_client()
        visitors[kind].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    for role in STAFF_ROLES:
        cookie = secrets.token_urlsafe(32)
        staff = make.staff(role)
        open_login(bank, staff_id=staff.id, token_hash=hash_of_token(cookie), key=new_key())
        visitors[role] = app.test_client()
        visitors[role].set_cookie(app.config["LOGIN_COOKIE_NAME"], cookie)
    for role in sorted(BY_CARD):
        visitors[role] = app.test_client()
        visitors[role].set_cookie(app.config["CARD_COOKIE_NAME"], _come_by_card(bank, make, role))
    return visitors


def _come_by_card(bank: Bank, make: Make, role: str) -> str:
    """The cookie of a volunteer, or of a family, who has come with card and PIN."""
    number = make.do(register_family).answer["number"] if role == "family" else None
    number = number or make.volunteer().number
    short = make.do(issue_card, number=number).answer["short_number"]
    holder = bank.database.read(lambda session: get_holder(session, number))
    pin = give_pin(bank, by=make.staff().caller, key=new_key(), holder=holder)
    cookie = secrets.token_urlsafe(32)
    log_in_by_card(bank, told=short, pin=pin, token_hash=hash_of_token(cookie), key=new_key())
    return cookie


def _address(rule: str) -> str:
    return re.sub(r"<(int:)?[^>]*>", lambda found: "1" if found[1] else "x", rule)


def _knock(client: FlaskClient, method: str, path: str) -> int:
    status = client.open(path, method=method).status_code
    assert status in {299, 302, 401, 403}, (method, path, status)
    assert status != 302 or method in SAFE_METHODS
    return status
