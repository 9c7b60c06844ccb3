"""The own file (我的档案): what is known of one's service beyond the points."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.earning import count_hours
from pointsbank.people import list_sanctions
from pointsbank.recognition import apply_for_star, get_blocks, get_stars_of
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import Form, book, submit
from pointsbank.web.portals.office.words import DEGREES, MARK_WORDS, SANCTION_SCOPES
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, me_page, own_file

blueprint = me_blueprint("file")


@blueprint.get("/file")
@allows(OWN)
def page() -> Any:
    """Hours, stars, trainings, awards and evaluations, as they stand."""
    return _page(Form())


def _page(form: Form) -> str:
    bank, own = current_bank(), own_file()
    return me_page(
        "file.html",
        "file",
        own,
        form=form,
        stars=get_stars_of(bank, volunteer_id=own.id, today=bank.clock.today()),
        hours=count_hours(bank, volunteer_id=own.id),
        blocks=get_blocks(bank, volunteer_id=own.id).standing(),
        sanctions=list_sanctions(bank, volunteer_id=own.id),
        scopes=SANCTION_SCOPES,
        mark_words=MARK_WORDS,
        degrees=DEGREES,
    )


@blueprint.post("/star")
@allows(OWN)
def ask_for_star() -> Any:
    """Ask for the next star; a worker looks at it, another person decides."""
    return submit(
        lambda typed: book(apply_for_star),
        again=_page,
        done=lambda outcome: (
            url_for("me_file.page"),
            _("申请好了，评定以后会告诉您。"),
        ),
    )
