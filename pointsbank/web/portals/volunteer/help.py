"""Help (帮忙): whom to call, a lost card, how things are shown, and what only the desk can do."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext as _

from pointsbank.foundation import PointsBankError
from pointsbank.people import block_card, choose_reading
from pointsbank.web.access import allows
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form, book, submit
from pointsbank.web.portals.volunteer.frame import (
    ANY_CARD,
    OWN,
    me_blueprint,
    me_page,
    own_card,
    own_file,
)
from pointsbank.web.portals.volunteer.login import go_out

blueprint = me_blueprint("help")

_PAGES = {
    "statement": "me_statement.page",
    "activities": "me_activities.page",
    "help": "me_help.page",
}


@blueprint.get("/help")
@allows(*ANY_CARD)
def page() -> Any:
    """Everything that helps, on one page."""
    return help_page(Form())


def help_page(form: Form) -> str:
    """The page of help, with a form that came back, if one did."""
    own = own_file() if own_card().is_volunteer else None
    return me_page("help.html", "help", own, form=form)


@blueprint.post("/reading")
@allows(OWN)
def read_so() -> Any:
    """Choose 大字, 朗读 and hidden points; it holds at the kiosk as well."""
    return submit(
        lambda typed: book(
            choose_reading,
            large_type=typed.ticked("large_type"),
            read_aloud=typed.ticked("read_aloud"),
            hide_balance=typed.ticked("hide_balance"),
        ),
        again=help_page,
        done=lambda outcome: (url_for("me_help.page"), _("记下了，自助机上也一样。")),
    )


@blueprint.post("/large")
@allows(OWN)
def turn_large() -> Any:
    """Turn 大字 on or off, from whatever page one is on."""
    return submit(
        lambda typed: book(choose_reading, large_type=typed.maybe("large") == "1"),
        again=help_page,
        done=lambda outcome: (
            url_for(_PAGES.get(request.form.get("here", ""), "me_home.page")),
            _("记下了，自助机上也一样。"),
        ),
    )


@blueprint.post("/block")
@allows(*ANY_CARD)
def block() -> Any:
    """Block the own card at once; with it this login ends."""
    try:
        book(block_card, short_number=own_card().short_number, told_how="me")
    except PointsBankError as refusal:
        return help_page(Form.of(refusal)), int(status_of(refusal))
    answer = go_out()
    flash(_("挂失好了，这张卡从现在起不能用，积分都在。请打电话或到服务台补一张新卡。"), "blocked")
    return answer
