"""Whose points expire soon (积分快到期): who is to be told, on the screen and on paper."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from pointsbank.earning import list_losing, warn_days
from pointsbank.foundation import PointsBankError, add_days
from pointsbank.people import get_volunteer_file, show_phone
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.errors import status_of
from pointsbank.web.portals.addresses import address, asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, book
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page

blueprint = office_blueprint("expiry")

CHOICES = ("7", "30", "90", "365")


@blueprint.get("/expiry")
@allows(*READERS)
def page() -> Any:
    """Who loses points within so many days, whoever loses most first."""
    return _page(Form())


def _page(form: Form, shown: tuple[str, str] | None = None) -> str:
    """The list; `shown` is the one telephone that somebody has just asked for."""
    bank = current_bank()
    today = bank.clock.today()
    usual = str(bank.database.read(lambda session: warn_days(session, today)))
    days = asked_of("days", CHOICES) or usual
    choices = sorted({usual, *CHOICES}, key=int)
    until = add_days(today, int(days))
    found = list_losing(bank, today=today, until=until, paging=asked_paging())
    return office_page(
        "expiry.html",
        "volunteers",
        form=form,
        found=found,
        until=until,
        today=today,
        days=days,
        choices=[
            (_("%(n)s 天内", n=one), address("/office/expiry", days=one), one == days)
            for one in choices
        ],
        shown=shown,
        pager=pager_of(found),
    )


@blueprint.post("/expiry/<number>/phone")
@allows(*WRITERS)
def reveal(number: str) -> Any:
    """Show one telephone, once it is written down who looked."""
    try:
        book(show_phone, number=number)
    except PointsBankError as refusal:
        return _page(Form.of(refusal)), int(status_of(refusal))
    phone = get_volunteer_file(current_bank(), number=number).phone or ""
    return _page(Form(), (number, phone))
