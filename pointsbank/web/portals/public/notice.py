"""The public notice (公示): what hangs on the wall of the shop, where everybody may read it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from pointsbank.earning import list_public_papers, shows_notices
from pointsbank.people import list_shops
from pointsbank.web.access import allows_everybody
from pointsbank.web.context import current_bank
from pointsbank.web.portals.office.words import NOTICE_UNITS

blueprint = Blueprint("public_notice", __name__)


@blueprint.get("/notice/")
@allows_everybody
def page() -> Any:
    """Running notices with masked names and how to object; or where they hang, if only there."""
    bank = current_bank()
    today = bank.clock.known_day()
    shops = list_shops(bank)
    return render_template(
        "public/notice.html",
        papers=list_public_papers(bank, today=today) if shows_notices(bank) else None,
        shop=shops[0] if shops else None,
        shop_name=shops[0].name if shops else "",
        units=NOTICE_UNITS,
        today=today,
        here="notice",
    )
