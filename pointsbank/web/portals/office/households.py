"""Households (家庭户): who lives together, as they said it, so that nobody decides for family."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome
from pointsbank.people import join_household, leave_household
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import Typed, book, submit
from pointsbank.web.portals.office.frame import WRITERS, office_blueprint
from pointsbank.web.portals.office.people_found import one_person
from pointsbank.web.portals.office.volunteers import person_page

blueprint = office_blueprint("households")


@blueprint.post("/volunteers/<number>/household")
@allows(*WRITERS)
def join(number: str) -> Any:
    """Add somebody to this volunteer's household, both having agreed."""

    def work(typed: Typed) -> Outcome:
        who = typed.text("member")
        typed.reading = "member"
        newcomer = one_person(who).number
        typed.reading = None
        typed.confirmed("agreed")
        day = typed.day("consented_on") or current_bank().clock.today()
        return book(join_household, number=newcomer, member=number, consented_on=day)

    return submit(
        work,
        again=lambda form: person_page(number, form=form),
        done=lambda outcome: (_file(number), _("记下了，是一家人。")),
    )


@blueprint.post("/volunteers/<number>/household/leave")
@allows(*WRITERS)
def leave(number: str) -> Any:
    """Take somebody out of a household; the page that asked is shown again."""

    def work(typed: Typed) -> Outcome:
        return book(leave_household, number=typed.text("leaving"))

    return submit(
        work,
        again=lambda form: person_page(number, form=form),
        done=lambda outcome: (_file(number), _("记下了，不再是一户。")),
    )


def _file(number: str) -> str:
    return url_for("office_volunteers.person", number=number)
