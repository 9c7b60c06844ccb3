"""“This is not right” (这不对): said of a line of the own statement, with what became of it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.cases import get_case_days, list_cases_of, say_wrong, withdraw_case
from pointsbank.people import SanctionRow, SanctionUnknown, list_sanctions
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import Form, book, submit
from pointsbank.web.portals.office.words import CASE_STATES, SANCTION_SCOPES
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, me_page, own_card, own_file
from pointsbank.web.portals.volunteer.told import own_lines

blueprint = me_blueprint("cases")


@blueprint.get("/cases")
@allows(OWN)
def page() -> Any:
    """Everything that one said was not right, and the answers."""
    return _page(Form())


def _page(form: Form) -> str:
    bank, own = current_bank(), own_file()
    return me_page(
        "cases.html",
        "statement",
        own,
        form=form,
        cases=list_cases_of(bank, volunteer_id=own.id),
        states=CASE_STATES,
    )


@blueprint.get("/statement/<number>/wrong")
@allows(OWN)
def new(number: str) -> Any:
    """The form that says what is not right with a line."""
    return _form_page(number, Form())


def _form_page(number: str, form: Form) -> str:
    bank, own, wallet_id = current_bank(), own_file(), own_card().wallet_id
    sanction, told = None, []
    if number.startswith("L"):
        sanction = _sanction_of(number, own.id)
    else:
        told = bank.database.read(lambda session: own_lines(session, wallet_id, number))
    return me_page(
        "case_new.html",
        "statement",
        own,
        form=form,
        number=number,
        told=told,
        sanction=sanction,
        scopes=SANCTION_SCOPES,
        days=get_case_days(bank, today=bank.clock.today()),
    )


def _sanction_of(number: str, volunteer_id: int) -> SanctionRow:
    """One of the own sanctions. Raises SanctionUnknown."""
    for one in list_sanctions(current_bank(), volunteer_id=volunteer_id):
        if one.number == number:
            return one
    raise SanctionUnknown(sanction=number[:24])


@blueprint.post("/statement/<number>/wrong")
@allows(OWN)
def say(number: str) -> Any:
    """Say it; somebody who had no hand in the line looks into it."""
    return submit(
        lambda typed: book(say_wrong, line=number, says=typed.text("says")),
        again=lambda form: _form_page(number, form),
        done=lambda outcome: (
            url_for("me_cases.page"),
            _("记下了，%(day)s 以前答复您。", day=outcome.answer["due_on"]),
        ),
    )


@blueprint.post("/cases/<case>/withdraw")
@allows(OWN)
def withdraw(case: str) -> Any:
    """Take back what one said."""
    return submit(
        lambda typed: book(withdraw_case, case=case),
        again=_page,
        done=lambda outcome: (url_for("me_cases.page"), _("撤回了，不用查了。")),
    )
