"""Whose points expire soon (积分快到期): who is to be told, on the screen and on paper."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.earning import (
    end_undated,
    get_ends_of_points,
    list_losing,
    propose_end_undated,
    set_expiry_grace,
    warn_days,
)
from pointsbank.foundation import Outcome, PointsBankError, add_days
from pointsbank.people import get_volunteer_file, show_phone
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.errors import status_of
from pointsbank.web.portals.addresses import address, asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, may_wait, proposer
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    is_one_of,
    office_blueprint,
    office_page,
)

blueprint = office_blueprint("expiry")

ADMINS = ("admin",)
CHOICES = ("7", "30", "90", "365")


@blueprint.get("/expiry")
@allows(*READERS)
def page() -> Any:
    """Who loses points within so many days, whoever loses most first."""
    return _page(Form())


def _page(form: Form, shown: tuple[str, str] | None = None, act: str = "") -> str:
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
        act=act,
        ends=get_ends_of_points(bank, today=today),
        is_admin=is_one_of(current_visitor(), ADMINS),
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


@blueprint.post("/expiry/undated")
@allows(*WRITERS)
def end() -> Any:
    """Give points that have no day one, with somebody beside the screen, or propose it."""
    beside = Beside("earning.end_undated")

    def work(typed: Typed) -> Outcome:
        until = typed.text("expires_on")
        by = None if may_wait(typed) else beside.confirm(typed)
        typed.reading = "expires_on"
        if by is None:
            return book(propose_end_undated, expires_on=until)
        return book(end_undated, by=by, expires_on=until, proposed_by=proposer())

    def done(outcome: Outcome) -> tuple[str, str]:
        said = _("定了：现在没有到期日的积分，到 %(day)s。", day=outcome.answer["expires_on"])
        return url_for("office_expiry.page"), beside.signs(said, outcome)

    return submit(work, again=lambda form: _page(form, act="undated"), done=done)


@blueprint.post("/expiry/grace")
@allows(*ADMINS)
def grace() -> Any:
    """Decide for how many days points live on that come back after their day."""
    return submit(
        lambda typed: book(set_expiry_grace, days=typed.whole("days", 0, 366)),
        again=lambda form: _page(form, act="grace"),
        done=lambda outcome: (
            url_for("office_expiry.page"),
            _("定了：明天起，退回来的过期分再留 %(n)s 天。", n=outcome.answer["days"]),
        ),
    )
