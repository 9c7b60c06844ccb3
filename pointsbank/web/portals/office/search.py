"""The one search box (全处搜索): a number opens what it names, a word finds people and goods."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from pointsbank.foundation import Paging, PointsBankError, read_public_id
from pointsbank.foundation.cells import narrow
from pointsbank.inventory import get_goods_by_barcode, list_products
from pointsbank.redemption import find_slip, find_slip_number
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked
from pointsbank.web.portals.office.frame import (
    READERS,
    current_shop,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.people_found import people_like

blueprint = office_blueprint("search")

# The letter of a public number, and the page that it opens.
PAGES = {
    "J": "office_entries.page",
    "R": "office_redemptions.page",
    "S": "office_service.record",
    "Q": "office_journal.receipt",
    "C": "office_cases.case",
    "W": "office_findings.finding",
}


@blueprint.get("/search")
@allows(*READERS)
def page() -> Any:
    """Open what was meant, or show everything that fits."""
    text = asked("q") or ""
    straight = _numbered(text) or _barcode(text) or _slip(text) if text else None
    if straight is not None:
        return straight
    bank = current_bank()
    people = people_like(text) if text else []
    goods = []
    if text:
        goods = list(
            list_products(
                bank,
                shop_id=current_shop().id,
                today=bank.clock.today(),
                search=text,
                paging=Paging(1, 20),
            ).items
        )
    if len(people) == 1 and not goods:
        return redirect(url_for("office_volunteers.person", number=people[0].number))
    if len(goods) == 1 and not people:
        return redirect(url_for("office_goods.page", sku=goods[0].sku))
    return office_page("search.html", "", search=text, people=people, goods=goods)


def _numbered(text: str) -> Response | None:
    """The page of an entry, a redemption, a record, a receipt or a case."""
    letter = text[:1].upper()
    if letter not in PAGES:
        return None
    try:
        read_public_id(letter, text)
    except PointsBankError:
        return None
    return redirect(url_for(PAGES[letter], number=text.strip().upper()))


def _slip(text: str) -> Response | None:
    """The purchase whose slip has this number, however it was typed."""
    slip = find_slip_number("".join(narrow(text[:40]).upper().split()))
    if slip is None:
        return None
    number = find_slip(current_bank(), shop_id=current_shop().id, slip=slip)
    return None if number is None else redirect(url_for("office_redemptions.page", number=number))


def _barcode(text: str) -> Response | None:
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) in {8, 12, 13}):
        return None
    try:
        sku = get_goods_by_barcode(current_bank(), barcode=digits)
    except PointsBankError:
        return None
    return redirect(url_for("office_goods.page", sku=sku))
