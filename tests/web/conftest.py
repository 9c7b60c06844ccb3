"""The doors of a founded bank, knocked at without a network."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pointsbank.foundation import new_key
from pointsbank.people import open_login, open_pairing
from pointsbank.web.access import hash_of_token
from pointsbank.web.api import limits
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import SOMEBODY

API = "/api/v1"


@dataclass
class KioskClient:
    """A paired kiosk, as the API knows it."""

    client: FlaskClient
    token: str
    device_id: int
    language: str = "zh-CN"
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(API + path, headers=self._headers(options), **options)

    def post(self, path: str, body: Any = None, key: str = "", **options: Any) -> TestResponse:
        """Send a body under a key; without one under a fresh key."""
        headers = self._headers(options) | {"Idempotency-Key": key or new_key()}
        if "data" not in options:
            options["json"] = {} if body is None else body
        return self.client.post(API + path, headers=headers, **options)

    def _headers(self, options: dict[str, Any]) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Accept-Language": self.language,
            **self.headers,
            **options.pop("headers", {}),
        }

    def quote(self, card: str | None, *lines: tuple[str, int, bool]) -> dict[str, Any]:
        """Have a basket priced."""
        told = [{"sku": sku, "quantity": many, "scanned": scanned} for sku, many, scanned in lines]
        answer = self.post("/quotes", {"kind": "goods", "card": card, "lines": told})
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    def basket(self, card: str, *lines: tuple[str, int, bool]) -> dict[str, Any]:
        """The body of a checkout, freshly priced."""
        made = self.quote(card, *lines)
        return {
            "kind": "goods",
            "card": card,
            "quote": made["quote"],
            "total_points": made["total_points"],
        }

    def redeem(self, card: str, *lines: tuple[str, int, bool], key: str = "") -> dict[str, Any]:
        """Buy; the redemption that was answered."""
        answer = self.post("/redemptions", self.basket(card, *lines), key)
        assert answer.status_code == 201, answer.text
        redemption: dict[str, Any] = answer.get_json()["redemption"]
        return redemption


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.nightly)])
def bank_url(request: pytest.FixtureRequest) -> str:
    """What pages and doors ask is asked on both databases where its room is tested."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def app(counter: Counter) -> Flask:
    """The doors of a founded bank with a rule of earning."""
    counter.make.rule(10)
    made = create_app_for(counter.bank, secure=False)
    for name in limits.DEFAULTS:
        made.config[name] = 1_000_000
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody whom nobody knows."""
    return app.test_client()


def pair_kiosk(app: Flask, counter: Counter, kind: str = "kiosk") -> KioskClient:
    """One more paired kiosk, or a station."""
    code, _ = open_pairing(
        counter.bank, by=SOMEBODY, key=new_key(), shop="shop-1", name="门口", kind=kind
    )
    client = app.test_client()
    answer = client.post(f"{API}/devices/pair", json={"code": code.replace(" ", "")})
    assert answer.status_code == 201, answer.text
    return KioskClient(client, answer.get_json()["token"], answer.get_json()["device"]["number"])


@pytest.fixture
def kiosk_client(app: Flask, counter: Counter) -> KioskClient:
    """A paired kiosk."""
    return pair_kiosk(app, counter)


def log_in(app: Flask, counter: Counter, *roles: str) -> FlaskClient:
    """A browser in which a member of staff is logged in."""
    staff = counter.make.staff(*roles)
    token = secrets.token_urlsafe(32)
    open_login(counter.bank, staff_id=staff.id, token_hash=hash_of_token(token), key=new_key())
    client = app.test_client()
    client.set_cookie(app.config["LOGIN_COOKIE_NAME"], token)
    return client


def problem(answer: TestResponse) -> dict[str, Any]:
    """The problem details of a refusal, whose form is checked on the way."""
    assert answer.mimetype == "application/problem+json", answer.text
    told: dict[str, Any] = json.loads(answer.data)
    assert {"type", "status", "code", "title", "detail", "facts"} <= set(told)
    assert told["status"] == answer.status_code
    return told
