"""Points that expire, as pages and the slip tell them."""

from __future__ import annotations

import pytest
from flask import Flask

from pointsbank.earning import warn_all
from pointsbank.foundation import NIGHT
from tests.counter import Counter
from tests.ledger.verbs import issue_test_points, plain
from tests.web.conftest import KioskClient, log_in

pytestmark = pytest.mark.parametrize("bank_url", ["sqlite"], indirect=True)


def issue(counter: Counter, volunteer: object, amount: int, until: str) -> None:
    """Points with a day, for whoever has none but these."""
    make = counter.make
    accounts = {"issued": plain(make.account("issued", holder="bank"))}
    accounts |= {name: plain(getattr(volunteer, name)) for name in ("wallet", "owed")}
    make.do(issue_test_points, **accounts, amount=amount, expires_on=until)


def test_the_office_lists_who_loses_points_and_who_knows(app: Flask, counter: Counter) -> None:
    volunteer = counter.make.volunteer(phone="13800001234")
    issue(counter, volunteer, 12, "2026-12-01")
    issue(counter, volunteer, 30, "2027-12-31")
    client = log_in(app, counter, "worker")
    page = client.get("/office/expiry").get_data(as_text=True)
    assert volunteer.number in page
    assert "2026-12-01" in page
    assert "还没告诉" in page
    assert "13800001234" not in page
    assert volunteer.number not in client.get("/office/expiry?days=7").get_data(as_text=True)
    warn_all(counter.make.bank, by=NIGHT)
    file = client.get(f"/office/volunteers/{volunteer.number}").get_data(as_text=True)
    assert "用到 2026-12-01" in file
    assert "用到 2027-12-31" in file


def test_the_slip_tells_what_expires_soon(kiosk_client: KioskClient, counter: Counter) -> None:
    counter.goods("SOAP", 30, shelf=4)
    volunteer = counter.make.volunteer()
    card = counter.make.card(volunteer).code
    issue(counter, volunteer, 50, "2026-12-01")
    issue(counter, volunteer, 30, "2027-12-31")
    slip = kiosk_client.redeem(card, ("SOAP", 1, True))
    # Thirty were paid with the oldest; twenty of them are left.
    assert slip["expiring"] == [{"day": "2026-12-01", "points": 20}]
    assert kiosk_client.get(f"/redemptions/{slip['number']}").get_json()["redemption"] == slip
    undone = kiosk_client.post(f"/redemptions/{slip['number']}/undo", {"card": card}).get_json()
    assert undone["redemption"]["expiring"] == [{"day": "2026-12-01", "points": 50}]
