"""The way through the set-up: the check list, and the steps that lead to other pages and back."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from pointsbank.foundation import PointsBankError, confirm_clock, look_at_clock
from pointsbank.people import (
    SHOP_CODE,
    list_devices,
    list_organisations,
    list_staff,
    open_pairing,
)
from pointsbank.web.access import allows
from pointsbank.web.api.frame import answered
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form, Typed
from pointsbank.web.portals.office.frame import office_page, role_word_of
from pointsbank.web.portals.setup.frame import (
    CHANGERS,
    VIEWERS,
    blueprint,
    change,
    setup_page,
    steps_of,
)
from pointsbank.web.portals.setup.left import FINISHED, list_marks, note_step
from pointsbank.web.portals.setup.state import read_state
from pointsbank.web.portals.setup.steps import first_open

DONOR_KINDS = frozenset({"merchant", "unit"})


@blueprint.get("/")
@allows(*VIEWERS)
def page() -> Any:
    """What is done, what is left, and where to go on."""
    note_step("overview")
    state = read_state(current_bank())
    marks = list_marks(state)
    following = first_open(state)
    return office_page(
        "setup/overview.html",
        "settings",
        state=state,
        marks=marks,
        left=sum(1 for mark in marks if not mark.done),
        steps=steps_of(state),
        following=following,
        finished=FINISHED in state.ready.settled,
        may_change=bool(current_visitor().roles & set(CHANGERS)),
    )


@blueprint.get("/staff")
@allows(*VIEWERS)
def staff() -> Any:
    """Who works here; a bank of one can confirm nothing."""
    people = [one for one in list_staff(current_bank()) if not one.disabled_at]
    return setup_page("staff", people=[(one, role_word_of(frozenset(one.roles))) for one in people])


@blueprint.get("/goods")
@allows(*VIEWERS)
def goods() -> Any:
    """Who gives, and what stands on the shelf."""
    organisations = list_organisations(current_bank())
    donors = [one.name for one in organisations if one.kind in DONOR_KINDS]
    return setup_page("goods", donors=donors)


@blueprint.get("/cards")
@allows(*VIEWERS)
def cards() -> Any:
    """The first volunteer and the first card."""
    return setup_page("cards")


@blueprint.get("/safe")
@allows(*VIEWERS)
def safe() -> Any:
    """What the bank needs to outlive its computer: a backup, and the envelope that opens it."""
    return setup_page("safe")


@blueprint.get("/kiosk")
@allows(*VIEWERS)
def kiosk() -> Any:
    """The kiosks that are paired, and the form that pairs one more."""
    return _kiosk_page(Form())


def _kiosk_page(form: Form, code: str | None = None, until: str | None = None) -> str:
    devices = [
        one
        for one in list_devices(current_bank())
        if one.revoked_at is None and one.kind == "kiosk"
    ]
    return setup_page("kiosk", form, devices=devices, code=code, until=until)


@blueprint.post("/kiosk")
@allows(*VIEWERS)
def pair() -> Any:
    """Open a pairing and show its code, once."""
    typed = Typed()
    try:
        code, until = open_pairing(
            current_bank(),
            by=current_visitor().caller,
            key=request_key(),
            shop=SHOP_CODE,
            name=typed.text("name"),
        )
    except PointsBankError as refusal:
        return _kiosk_page(Form.of(refusal, typed)), int(status_of(refusal))
    return _kiosk_page(Form(), code, until)


@blueprint.get("/clock")
@allows(*VIEWERS)
def clock() -> Any:
    """What the server's clock shows, beside the browser's, for a look at a telephone."""
    return _clock_page(Form())


def _clock_page(form: Form) -> str:
    return setup_page("clock", form, now=current_bank().clock.instant())


@blueprint.get("/clock/now")
@allows(*VIEWERS)
def now() -> Any:
    """The server's clock this very moment, for the page's script."""
    return answered({"now": current_bank().clock.instant()})


@blueprint.post("/clock")
@allows(*VIEWERS)
def confirm() -> Any:
    """Somebody has looked at a telephone: the clock is right."""
    done = change(
        "clock",
        confirm_clock,
        lambda typed: {"seen": typed.text("seen")},
        _("记下了，时钟是对的。"),
        page=_clock_page,
    )
    look_at_clock(current_bank())
    return done
