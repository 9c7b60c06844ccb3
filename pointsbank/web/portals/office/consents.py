"""Consents (知情同意): the text, its versions, and who gives or takes back a consent."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.people import get_wording, give_consent, withdraw_consent, write_consent_text
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    is_one_of,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.volunteer_forms import read_consent
from pointsbank.web.portals.office.volunteers import person_page

blueprint = office_blueprint("consents")
ADMIN = ("admin",)


@blueprint.get("/consent")
@allows(*READERS)
def page() -> Any:
    """The text of today, to be read, printed and signed; an admin may write the next version."""
    return _page(Form())


def _page(form: Form) -> str:
    return office_page(
        "consent.html",
        "volunteers",
        form=form,
        wording=get_wording(current_bank()),
        may_rewrite=is_one_of(current_visitor(), ADMIN),
    )


@blueprint.post("/consent")
@allows(*ADMIN)
def write() -> Any:
    """Write the next version; who agreed to an older one is shown as such."""
    return submit(
        lambda typed: book(
            write_consent_text,
            text=typed.text("text"),
            text_en=typed.maybe("text_en") or "",
            after=typed.whole("after"),
        ),
        again=_page,
        done=lambda outcome: (
            url_for("office_consents.page"),
            _("第 %(n)s 版从现在起用。", n=outcome.answer["version"]),
        ),
    )


@blueprint.post("/volunteers/<number>/consent")
@allows(*WRITERS)
def give(number: str) -> Any:
    """Note that somebody has consented to the text of today."""

    def work(typed: Typed) -> Any:
        told = read_consent(typed)
        return book(give_consent, number=number, version=told["version"], given_by=told["by"])

    return submit(
        work,
        again=lambda form: person_page(number, form=form),
        done=lambda outcome: (_file(number), _("同意记下了。")),
    )


@blueprint.post("/volunteers/<number>/consent/withdraw")
@allows(*WRITERS)
def withdraw(number: str) -> Any:
    """Note that somebody has taken the consent back; what follows is told on the next page."""
    return submit(
        lambda typed: book(withdraw_consent, number=number),
        again=lambda form: person_page(number, form=form),
        done=lambda outcome: (
            url_for("office_leaving.page", number=number),
            _("撤回记下了。不再同意的，请接着办退出或注销。"),
        ),
    )


def _file(number: str) -> str:
    return url_for("office_volunteers.person", number=number)
