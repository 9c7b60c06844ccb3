"""Registering and changing (登记、改资料): one form for both, which asks when somebody is known."""

from __future__ import annotations

from typing import Any

from flask import jsonify, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome, PointsBankError
from pointsbank.people import (
    SimilarRow,
    change_volunteer,
    get_standing,
    get_volunteer_file,
    get_wording,
    list_similar,
    list_teams,
    register_volunteer,
    show_name,
)
from pointsbank.web.access import allows
from pointsbank.web.api.limits import refuse_often
from pointsbank.web.context import current_bank
from pointsbank.web.errors import status_of
from pointsbank.web.portals.addresses import asked
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.volunteer_forms import (
    RELATION_WORDS,
    SEXES,
    TITLES,
    filled,
    placed,
    read_consent,
    read_fields,
)
from pointsbank.web.portals.office.volunteers import person_page

blueprint = office_blueprint("registering")


def form_words() -> dict[str, Any]:
    """What every form about a volunteer needs to be drawn."""
    bank = current_bank()
    return {
        "sexes": SEXES,
        "titles": [(title, title) for title in TITLES],
        "relations": RELATION_WORDS,
        "wording": get_wording(bank),
        "teams": [name for name, _count in list_teams(bank)],
    }


@blueprint.get("/volunteers/new")
@allows(*WRITERS)
def new() -> Any:
    """The form that registers a volunteer."""
    return _new_page(Form())


def _new_page(form: Form) -> str:
    return office_page("volunteer_new.html", "volunteers", form=placed(form), **form_words())


@blueprint.post("/volunteers/new")
@allows(*WRITERS)
def register() -> Any:
    """Register a volunteer; who shares name and telephone with somebody is asked about once."""

    def work(typed: Typed) -> Outcome:
        return book(
            register_volunteer,
            number=typed.maybe("number"),
            **read_fields(typed),
            consent=read_consent(typed),
            even_so=typed.ticked("even_so"),
        )

    return submit(
        work,
        again=_new_page,
        done=lambda outcome: (
            url_for("office_volunteers.person", number=outcome.answer["number"]),
            _("登记好了，编号 %(number)s，可以发卡。", number=outcome.answer["number"]),
        ),
    )


@blueprint.get("/volunteers/similar")
@allows(*WRITERS)
def similar() -> Any:
    """Who shares something with what is being typed; the form's script asks, and blocks nothing."""
    refuse_often("LIMIT_SIMILAR")
    found = list_similar(
        current_bank(),
        name=asked("name") or "",
        number=asked("number") or "",
        phone=asked("phone") or "",
    )
    return jsonify(people=[_told(one) for one in found if one.number != asked("but")])


def _told(one: SimilarRow) -> dict[str, str]:
    words = {"name": _("姓名一样"), "number": _("编号一样"), "phone": _("电话一样")}
    facts = [one.masked_name or _("已注销"), one.masked_phone, one.team]
    if one.left_on:
        facts.append(_("%(day)s 退出", day=one.left_on))
    return {
        "number": one.number,
        "says": " · ".join(fact for fact in facts if fact),
        "why": _("、").join(words[share] for share in one.shares),
        "href": url_for("office_volunteers.person", number=one.number),
    }


@blueprint.post("/volunteers/<number>/edit")
@allows(*WRITERS)
def edit(number: str) -> Any:
    """Open a volunteer's form; it shows everything, so it is written down who looked."""
    try:
        book(show_name, number=number)
    except PointsBankError as refusal:
        return person_page(number, form=Form.of(refusal)), int(status_of(refusal))
    bank = current_bank()
    volunteer = get_volunteer_file(bank, number=number)
    standing = get_standing(bank, volunteer_id=volunteer.id)
    return _change_page(number, Form(typed=filled(volunteer, standing)))


def _change_page(number: str, form: Form) -> str:
    return office_page(
        "volunteer_change.html",
        "volunteers",
        form=placed(form),
        person_file=get_volunteer_file(current_bank(), number=number),
        **form_words(),
    )


@blueprint.post("/volunteers/<number>/change")
@allows(*WRITERS)
def change(number: str) -> Any:
    """Replace what is known of a volunteer."""

    def work(typed: Typed) -> Outcome:
        fields = read_fields(typed)
        # A box that is left alone asks for nothing: the consent of before stands.
        if typed.ticked("consent"):
            fields["consent"] = read_consent(typed)
        return book(change_volunteer, number=number, **fields)

    return submit(
        work,
        again=lambda form: _change_page(number, form),
        done=lambda outcome: (
            url_for("office_volunteers.person", number=number),
            _("改好了。"),
        ),
    )
