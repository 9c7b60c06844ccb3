"""The merchant's page: its own gifts, in figures, and nobody else's."""

from __future__ import annotations

import pytest
from flask import Flask

from pointsbank.foundation import Bank
from pointsbank.inventory import deliver, shelve
from pointsbank.people import add_organisation, add_staff, get_staff
from tests.counter import Counter, scanned
from tests.doors import create_app_for
from tests.make import Make
from tests.web.page_visitor import Visitor


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter) -> Flask:
    """The pages over a bank that is open for business."""
    return create_app_for(bank, secure=False)


def merchant(app: Flask, make: Make, code: str, roles: tuple[str, ...] = ("merchant",)) -> Visitor:
    """Somebody of a new organisation, logged in."""
    make.do(add_organisation, code=code, name=f"商户{code}", kind="merchant")
    login = code.lower()
    make.do(
        add_staff,
        login=login,
        name="店主",
        password_hash="-",
        roles=list(roles),
        organisation=code,
    )
    return Visitor(app, make.bank, make.bank.database.read(lambda s: get_staff(s, login)))


def give(make: Make, who: Visitor, sku: str, quantity: int) -> None:
    """Hand in pieces of known goods."""
    donor = who.staff.organisation_id
    make.do(deliver, shop_id=1, sku=sku, donor_id=donor, quantity=quantity)


def test_a_merchant_sees_what_became_of_its_gifts(app: Flask, make: Make, counter: Counter) -> None:
    counter.goods("SOAP")
    shop = merchant(app, make, "TONGXIN")
    give(make, shop, "SOAP", 10)
    make.do(shelve, shop_id=1, sku="SOAP", quantity=6)
    counter.check_out(counter.buyer(points=100), scanned("SOAP", 2))
    text = shop.read("/merchant/")
    assert "您捐的 10 件，已有 2 件到了 不到 5 户邻居手里。" in text
    assert "合计 10 2 4 4" in text


def test_a_merchant_sees_nothing_of_another(app: Flask, make: Make, counter: Counter) -> None:
    counter.goods("SOAP")
    counter.goods("RICE")
    ours, theirs = merchant(app, make, "OURS"), merchant(app, make, "THEIRS")
    give(make, ours, "SOAP", 10)
    give(make, theirs, "RICE", 7)
    text = ours.read("/merchant/")
    assert "商品SOAP" in text
    assert "商品RICE" not in text
    assert ours.read("/merchant/?organisation_id=2&donor=2") == text


def test_a_merchant_without_gifts_is_told_what_to_do(app: Flask, make: Make) -> None:
    assert "还没有收到您的捐赠" in merchant(app, make, "NEW").read("/merchant/")


def test_whoever_has_no_organisation_sees_nobodys(app: Flask, make: Make) -> None:
    assert Visitor(app, make.bank, make.staff("merchant")).get("/merchant/").status_code == 404


@pytest.mark.parametrize("role", ["worker", "witness", "auditor", "admin"])
def test_staff_do_not_come_in_as_merchants(app: Flask, make: Make, role: str) -> None:
    assert Visitor(app, make.bank, make.staff(role)).get("/merchant/").status_code == 403
