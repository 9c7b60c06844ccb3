"""Badges (工作证): one's own badge and PIN, and for an admin everybody's badges."""

from __future__ import annotations

import io
from typing import Any

from flask import send_file, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome, PointsBankError
from pointsbank.people import (
    CAPACITIES,
    StaffRow,
    block_badge,
    check_password,
    find_pin,
    give_pin,
    issue_badge,
    list_badges,
    list_staff,
    print_badge,
    replace_badge,
    sheet_pdf,
)
from pointsbank.web.access import allows
from pointsbank.web.api.limits import counting_wrong_logins
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    WRITERS,
    is_one_of,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.pins import pin_slip
from pointsbank.web.portals.office.words import CARD_STATES, STANDS_BY_AS

blueprint = office_blueprint("badges")

ADMIN = ("admin",)


@blueprint.get("/badges")
@allows(*APPROVERS)
def page() -> Any:
    """One's own badge and PIN; for an admin everybody's."""
    return _page(Form())


def _page(form: Form) -> str:
    bank, visitor = current_bank(), current_visitor()
    staff = [one for one in list_staff(bank) if _capacities_of(one) and not one.disabled_at]
    own = next(one for one in staff if one.id == visitor.staff_id)
    return office_page(
        "badges.html",
        "staff",
        form=form,
        staff=staff,
        badges=list_badges(bank),
        own=own,
        pins={one.id: find_pin(bank, holder=one.actor) for one in staff},
        capacities={one.id: _capacities_of(one) for one in staff},
        words=STANDS_BY_AS,
        states=CARD_STATES,
        issues=is_one_of(visitor, ADMIN),
        blocks=is_one_of(visitor, WRITERS),
    )


def _capacities_of(staff: StaffRow) -> list[str]:
    """As what somebody may stand beside a screen."""
    return [
        capacity
        for capacity, roles in CAPACITIES.items()
        if set(roles) & set(staff.roles)
        and (capacity != "volunteers" or staff.volunteer_id is not None)
    ]


@blueprint.post("/badges/pin")
@allows(*APPROVERS)
def draw_own_pin() -> Any:
    """Draw an own PIN. The password is asked for once more: the screen may have been left open."""
    typed, visitor = Typed(), current_visitor()
    holder = visitor.caller.actor
    try:
        password = typed.secret("password")
        typed.reading = "password"
        with counting_wrong_logins():
            check_password(current_bank(), visitor.login or "", password)
        typed.reading = None
        pin = give_pin(current_bank(), by=visitor.caller, key=request_key(), holder=holder)
    except PointsBankError as refusal:
        return _page(Form.of(refusal, typed)), int(status_of(refusal))
    back = url_for("office_badges.page")
    return pin_slip(pin, whose=visitor.name or "", back=back, title=_("我的新密码"), own=True)


@blueprint.post("/badges/<login>/issue")
@allows(*ADMIN)
def issue(login: str) -> Any:
    """Issue a badge to somebody who has none."""
    return _change(
        lambda typed: book(issue_badge, login=login, capacity=typed.text("capacity")),
        _("工作证发了，请打印。密码由本人登录后自己领。"),
    )


@blueprint.post("/badges/<login>/block")
@allows(*WRITERS)
def block(login: str) -> Any:
    """Block a lost badge."""
    return _change(
        lambda typed: book(block_badge, login=login),
        _("挂失了，这张工作证从现在起不能确认。"),
    )


@blueprint.post("/badges/<login>/replace")
@allows(*ADMIN)
def replace(login: str) -> Any:
    """Give a new badge; the old one ends."""
    return _change(
        lambda typed: book(replace_badge, login=login, capacity=typed.maybe("capacity")),
        _("换了新证，请打印；旧证不能再用。"),
    )


def _change(work: Any, said: str) -> Any:
    def done(outcome: Outcome) -> tuple[str, str]:
        return url_for("office_badges.page"), said

    return submit(work, again=_page, done=done)


@blueprint.post("/badges/<login>/print")
@allows(*ADMIN)
def print_it(login: str) -> Any:
    """Print somebody's badge on a sheet at full size; who printed it is written down."""
    try:
        face = print_badge(
            current_bank(), by=current_visitor().caller, key=request_key(), login=login
        )
    except PointsBankError as refusal:
        return _page(Form.of(refusal)), int(status_of(refusal))
    return send_file(
        io.BytesIO(sheet_pdf([face])),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"badge-{login}.pdf",
        conditional=False,
        etag=False,
    )
