"""The fields of a volunteer's form (登记表), read once for registering and for changing."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from pointsbank.foundation.cells import phone as read_phone
from pointsbank.people import (
    RELATIONS,
    Standing,
    VolunteerFile,
    form_of_address,
    normalise_name,
    read_born,
)
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import FieldMissing, Form, Typed

SEXES = {"female": _("女"), "male": _("男")}
# How the kiosk greets somebody, after the surname; whoever wants another one types it whole.
TITLES = ("阿姨", "叔叔", "奶奶", "爷爷", "大姐", "大哥", "女士", "先生", "老师", "同学")
RELATION_WORDS = {
    "parent": _("父亲、母亲"),
    "grandparent": _("祖辈"),
    "spouse": _("爱人"),
    "child": _("子女"),
    "relative": _("亲戚"),
    "neighbour": _("邻居"),
    "other": _("其他人"),
}
assert set(RELATION_WORDS) == set(RELATIONS)
SWITCHES = ("large_type", "read_aloud", "hide_balance")
# Where a refusal of the books belongs on the form.
_FIELD_OF = {
    "people.number_reserved": "number",
    "people.number_taken": "number",
    "people.guardian_needed": "guardian_name",
    "people.guardian_incomplete": "guardian_name",
    "people.own_helper": "helper_number",
    "people.volunteer_unknown": "helper_number",
    "people.consent_text_changed": "consent",
}


def read_fields(typed: Typed) -> dict[str, Any]:
    """What a form tells of a volunteer, without the number."""
    name = typed.text("name")
    typed.reading = "name"
    name = normalise_name(name)
    typed.reading = None
    sex = typed.maybe("sex")
    today = current_bank().clock.today()
    return {
        "name": name,
        "sex": sex if sex in SEXES else None,
        "phone": typed.told("phone", read_phone),
        "area": typed.maybe("area"),
        "form_of_address": _address(typed, name),
        "born": typed.told("born", lambda text: read_born(text, today=today)),
        "team": typed.maybe("team"),
        **{switch: typed.ticked(switch) for switch in SWITCHES},
        "guardian": _representative(typed, "guardian"),
        "helper": read_helper(typed),
    }


def read_helper(typed: Typed) -> dict[str, Any] | None:
    """Who came to the desk for somebody else, if anybody did."""
    number = typed.maybe("helper_number")
    if number:
        return {"number": number, "relation": _relation(typed, "helper")}
    return _representative(typed, "helper")


def _representative(typed: Typed, role: str) -> dict[str, Any] | None:
    if not typed.maybe(f"{role}_name") and not typed.maybe(f"{role}_phone"):
        return None
    return {
        "name": normalise_name(typed.text(f"{role}_name")),
        "phone": typed.told(f"{role}_phone", read_phone),
        "relation": _relation(typed, role),
    }


def _relation(typed: Typed, role: str) -> str:
    relation = typed.maybe(f"{role}_relation")
    return relation if relation in RELATIONS else "other"


def _address(typed: Typed, name: str) -> str | None:
    """The form of address: as it was typed whole, or the surname with the title that was chosen."""
    title = typed.maybe("title")
    if whole := typed.maybe("called"):
        return whole
    return form_of_address(name, title) if title in TITLES else None


def read_consent(typed: Typed) -> dict[str, Any]:
    """The consent that was given, to the text that stood on this very form."""
    if not typed.ticked("consent"):
        typed.reading = "consent"
        raise FieldMissing()
    by = "guardian" if typed.maybe("consent_by") == "guardian" else "self"
    return {"version": typed.whole("consent_version"), "by": by}


def placed(form: Form) -> Form:
    """The form, its refusal at the field that it is about."""
    if form.problem is not None and form.wrong_field is None:
        form.wrong_field = _FIELD_OF.get(str(form.problem["code"]))
    return form


def filled(volunteer: VolunteerFile, standing: Standing) -> dict[str, str]:
    """What is known of somebody, as the fields of the form."""
    guardian = standing.guardian
    typed = {
        "name": volunteer.name,
        "sex": volunteer.sex,
        "phone": volunteer.phone,
        "area": volunteer.area,
        "called": volunteer.form_of_address,
        "born": volunteer.born,
        "team": volunteer.team,
        **{switch: "1" if getattr(volunteer, switch) else None for switch in SWITCHES},
        "guardian_name": guardian and guardian.name,
        "guardian_phone": guardian and guardian.phone,
        "guardian_relation": guardian and guardian.relation,
    }
    return {name: value for name, value in typed.items() if value}
