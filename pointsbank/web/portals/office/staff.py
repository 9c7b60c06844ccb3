"""Staff and organisations (人员与机构): an admin lets people in, by a code on paper."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome, PointsBankError, Session
from pointsbank.people import (
    ROLES,
    Invitation,
    StaffRow,
    add_organisation,
    change_staff,
    disable_staff,
    enable_staff,
    find_volunteers_by_id,
    get_staff,
    invite_staff,
    list_organisations,
    list_staff,
    offer_code,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import office_blueprint, office_page
from pointsbank.web.portals.office.people_found import one_person
from pointsbank.web.portals.office.words import ORGANISATION_KINDS, ROLE_WORDS

blueprint = office_blueprint("staff")

ADMIN = ("admin",)


@blueprint.get("/staff")
@allows(*ADMIN)
def page() -> Any:
    """Everybody who has, or had, a login, and every organisation."""
    return _list_page(Form())


def _list_page(form: Form) -> str:
    bank = current_bank()
    staff, organisations = list_staff(bank), list_organisations(bank)
    return office_page(
        "staff.html",
        "staff",
        form=form,
        staff=staff,
        organisations=organisations,
        of_organisation={one.id: one.name for one in organisations},
        of_volunteer=_numbers_of(staff),
        roles=ROLE_WORDS,
        kinds=ORGANISATION_KINDS,
    )


def _numbers_of(staff: list[StaffRow]) -> dict[int, str]:
    """The numbers of those who are volunteers as well, by the volunteers' ids."""
    ids = [one.volunteer_id for one in staff if one.volunteer_id is not None]

    def read(session: Session) -> dict[int, str]:
        found = find_volunteers_by_id(session, ids)
        return {volunteer_id: volunteer.number for volunteer_id, volunteer in found.items()}

    return current_bank().database.read(read)


@blueprint.post("/organisations")
@allows(*ADMIN)
def add() -> Any:
    """Enter an organisation."""

    def work(typed: Typed) -> Outcome:
        return book(
            add_organisation,
            name=typed.text("organisation_name"),
            kind=typed.text("kind"),
            code=typed.maybe("code"),
            thanks_public=typed.ticked("thanks_public"),
        )

    return submit(
        work,
        again=_list_page,
        done=lambda outcome: (
            url_for("office_staff.page"),
            _("记下了，代码 %(code)s。", code=outcome.answer["code"]),
        ),
    )


# Any word may be a login, so this is no address below /staff/.
@blueprint.get("/invite")
@allows(*ADMIN)
def new() -> Any:
    """The form that enters somebody who works here."""
    return _form_page(Form())


@blueprint.post("/invite")
@allows(*ADMIN)
def invite() -> Any:
    """Enter somebody, and show the paper with the one-time code."""
    typed = Typed()
    try:
        fields = _read(typed)
        invitation = invite_staff(
            current_bank(),
            by=current_visitor().caller,
            key=request_key(),
            login=typed.text("login"),
            **fields,
        )
    except PointsBankError as refusal:
        return _form_page(Form.of(refusal, typed)), int(status_of(refusal))
    return _paper(invitation)


def _read(typed: Typed) -> dict[str, Any]:
    number = None
    if who := typed.maybe("volunteer"):
        typed.reading = "volunteer"
        number = one_person(who).number
        typed.reading = None
    return {
        "name": typed.text("name"),
        "roles": [role for role in ROLES if typed.ticked(f"role_{role}")],
        "organisation": typed.maybe("organisation"),
        "volunteer_number": number,
    }


_FIELD_OF = {
    "people.login_taken": "login",
    "people.login_unreadable": "login",
    "people.name_unreadable": "name",
    "people.roles_missing": "roles",
    "people.merchant_alone": "organisation",
}


def _form_page(form: Form, member: StaffRow | None = None) -> str:
    if form.problem is not None and form.wrong_field is None:
        form.wrong_field = _FIELD_OF.get(str(form.problem["code"]))
    organisations = list_organisations(current_bank())
    return office_page(
        "staff_form.html",
        "staff",
        form=form,
        member=member,
        roles=ROLE_WORDS,
        organisations=[("", "—"), *((one.code, one.name) for one in organisations)],
        own=member is not None and member.login == current_visitor().login,
    )


def _paper(invitation: Invitation) -> str:
    return office_page("staff_paper.html", "staff", invitation=invitation)


@blueprint.get("/staff/<login>")
@allows(*ADMIN)
def member(login: str) -> Any:
    """One who works here: what they may do, and the acts on their login."""
    return _member_page(login)


def _member_page(login: str, form: Form | None = None) -> str:
    bank = current_bank()
    found = bank.database.read(lambda session: get_staff(session, login))
    if form is None or not form.typed:
        codes = {one.id: one.code for one in list_organisations(bank)}
        known = {
            "name": found.name,
            "organisation": codes.get(found.organisation_id or 0, ""),
            "volunteer": _numbers_of([found]).get(found.volunteer_id or 0, ""),
            **{f"role_{role}": "1" for role in found.roles},
        }
        form = form or Form()
        form.typed = known
    return _form_page(form, found)


@blueprint.post("/staff/<login>")
@allows(*ADMIN)
def change(login: str) -> Any:
    """Change what somebody may do; it holds from the next click."""
    return submit(
        lambda typed: book(change_staff, login=login, **_read(typed)),
        again=lambda form: _member_page(login, form),
        done=lambda outcome: (url_for("office_staff.page"), _("改好了，马上生效。")),
    )


@blueprint.post("/staff/<login>/code")
@allows(*ADMIN)
def new_code(login: str) -> Any:
    """A new one-time code, as when the paper or the password was lost."""
    try:
        invitation = offer_code(
            current_bank(), by=current_visitor().caller, key=request_key(), login=login
        )
    except PointsBankError as refusal:
        return _member_page(login, Form.of(refusal)), int(status_of(refusal))
    return _paper(invitation)


@blueprint.post("/staff/<login>/disable")
@allows(*ADMIN)
def disable(login: str) -> Any:
    """Shut somebody out from this moment on."""

    def work(typed: Typed) -> Outcome:
        typed.confirmed("ends")
        return book(disable_staff, login=login)

    return submit(
        work,
        again=lambda form: _member_page(login, form),
        done=lambda outcome: (
            url_for("office_staff.page"),
            _("停用了，从现在起不能登录；办过的事都还记在名下。"),
        ),
    )


@blueprint.post("/staff/<login>/enable")
@allows(*ADMIN)
def enable(login: str) -> Any:
    """Let somebody in again; they need a new code."""
    return submit(
        lambda typed: book(enable_staff, login=login),
        again=lambda form: _member_page(login, form),
        done=lambda outcome: (
            url_for("office_staff.member", login=login),
            _("重新启用了。以前的密码作废，请再开一个一次性代码。"),
        ),
    )
