"""Staffing (用人): who works here is entered by an admin, and sets a password of their own.

The admin hands over a one-time code on paper; no e-mail, no text message, no password that somebody
else has ever known. Workers, witnesses, auditors and merchants all come in by the same form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict, Unpack

import pointsbank.people.enrolments as enrolments
import pointsbank.people.logins as logins
from pointsbank.foundation import Act, Answer, Bank, Caller, Outcome, Session, operation
from pointsbank.people.errors import (
    BenefitsOneself,
    MerchantAlone,
    RolesMissing,
    StaffDisabled,
)
from pointsbank.people.organisations import get_organisation
from pointsbank.people.passwords import hash_password, refuse_weak_password
from pointsbank.people.staff import (
    NO_PASSWORD,
    StaffRow,
    change,
    enable,
    get_staff,
    get_staff_by_id,
    insert_staff,
    refuse_last_admin,
    require_person,
    set_password_hash,
)
from pointsbank.people.volunteers import get_volunteer

AT_THE_DOOR = Caller(actor="system", client="login")


class StaffFields(TypedDict, total=False):
    """What a form tells of somebody who works here."""

    name: str
    roles: list[str]
    organisation: str | None
    volunteer_number: str | None


@dataclass(frozen=True)
class Invitation:
    """What stands on the paper that somebody new is handed. The code is kept nowhere."""

    login: str
    name: str
    code: str
    until: str
    receipt: str


def invite_staff(
    bank: Bank, *, by: Caller, key: str, login: str, **told: Unpack[StaffFields]
) -> Invitation:
    """Enter somebody who works here, with a code instead of a password.

    The same key shows the same code again. Raises LoginTaken, LoginUnreadable, RolesMissing,
    MerchantAlone, OrganisationUnknown, VolunteerUnknown, RoleMissing, SecondPersonNeeded.
    """
    code = enrolments.make_enrolment_code(bank.keys, by.client, key)
    told_hash = enrolments.enrolment_code_hash(bank.keys, code).hex()
    done = _invite_staff(bank, by=by, key=key, login=login, code_hash=told_hash, **told)
    return invitation_of(bank, code, done)


def offer_code(bank: Bank, *, by: Caller, key: str, login: str) -> Invitation:
    """Offer somebody a new code, as when the paper or the password was lost.

    The password of before holds until the code is used. Raises StaffUnknown, StaffDisabled.
    """
    code = enrolments.make_enrolment_code(bank.keys, by.client, key)
    told_hash = enrolments.enrolment_code_hash(bank.keys, code).hex()
    return invitation_of(
        bank, code, _offer_code(bank, by=by, key=key, login=login, code_hash=told_hash)
    )


def invitation_of(bank: Bank, code: str, done: Outcome) -> Invitation:
    """What stands on the paper, once the code has been offered."""
    staff = bank.database.read(lambda session: get_staff_by_id(session, done.answer["staff"]))
    until = str(done.answer["expires_at"])
    return Invitation(staff.login, staff.name, code, until, done.receipt)


@operation("people.invite_staff")
def _invite_staff(act: Act, *, login: str, code_hash: str, **told: Unpack[StaffFields]) -> Answer:
    require_person(act, "admin")
    session = act.session
    organisation_id, volunteer_id = _read_links(session, told)
    staff_id = insert_staff(
        session,
        login=login,
        name=told["name"],
        password_hash=NO_PASSWORD,
        roles=told["roles"],
        organisation_id=organisation_id,
        volunteer_id=volunteer_id,
    )
    until = enrolments.offer(act, staff_id, bytes.fromhex(code_hash))
    act.for_whom = f"staff:{staff_id}"
    return {"staff": staff_id, "expires_at": until}


@operation("people.offer_code")
def _offer_code(act: Act, *, login: str, code_hash: str) -> Answer:
    require_person(act, "admin")
    staff = get_staff(act.session, login)
    if staff.disabled_at:
        raise StaffDisabled(login=staff.login)
    until = enrolments.offer(act, staff.id, bytes.fromhex(code_hash))
    act.for_whom = staff.actor
    return {"staff": staff.id, "expires_at": until}


@operation("people.change_staff")
def change_staff(act: Act, *, login: str, **told: Unpack[StaffFields]) -> Answer:
    """Change name, roles, organisation or the volunteer that somebody is; it holds at once.

    Which volunteer somebody is keeps them from deciding on their own, so nobody takes that off
    themselves. Raises StaffUnknown, LastAdmin, RolesMissing, MerchantAlone, BenefitsOneself,
    RoleMissing, SecondPersonNeeded.
    """
    admin = require_person(act, "admin")
    staff = get_staff(act.session, login)
    organisation_id, volunteer_id = _read_links(act.session, told)
    if staff.id == admin.id and staff.volunteer_id not in {None, volunteer_id}:
        raise BenefitsOneself()
    if "admin" not in told["roles"]:
        refuse_last_admin(act.session, staff.id)
    change(
        act.session,
        staff.id,
        name=told["name"],
        roles=told["roles"],
        organisation_id=organisation_id,
        volunteer_id=volunteer_id,
    )
    act.for_whom = staff.actor
    return {"staff": staff.id, "roles": sorted(set(told["roles"]))}


@operation("people.enable_staff")
def enable_staff(act: Act, *, login: str) -> Answer:
    """Let somebody who was shut out be offered a code again; the password of then is gone.

    Raises StaffUnknown, RoleMissing, SecondPersonNeeded.
    """
    require_person(act, "admin")
    staff = get_staff(act.session, login)
    enable(act.session, staff.id)
    act.for_whom = staff.actor
    return {"staff": staff.id}


def _read_links(session: Session, told: StaffFields) -> tuple[int | None, int | None]:
    """Organisation and volunteer by their ids, once the roles make sense."""
    code, number, roles = told.get("organisation"), told.get("volunteer_number"), told["roles"]
    if not roles:
        raise RolesMissing()
    if "merchant" in roles and (len(set(roles)) > 1 or not code):
        raise MerchantAlone()
    organisation = get_organisation(session, code) if code else None
    volunteer = get_volunteer(session, number) if number else None
    return organisation.id if organisation else None, volunteer.id if volunteer else None


def enrol(bank: Bank, *, code: str, password: str, key: str) -> StaffRow:
    """Set the password of whom a code was handed to, and use the code up.

    Raises EnrolmentUnknown for a code that is mistyped, used, replaced or over; PasswordTooShort
    and PasswordTooCommon leave it as it was.
    """
    code_hash = enrolments.enrolment_code_hash(bank.keys, code)
    now = bank.clock.instant()
    offered = bank.database.read(
        lambda session: enrolments.find_offered(session, code_hash, now=now)
    )
    refuse_weak_password(password, login=offered.login, name=offered.name)
    hashed = hash_password(password)
    _enrol(bank, by=AT_THE_DOOR, key=key, code_hash=code_hash.hex(), password_hash=hashed)
    return bank.database.read(lambda session: get_staff(session, offered.login))


@operation("people.enrol")
def _enrol(act: Act, *, code_hash: str, password_hash: str) -> Answer:
    staff_id = enrolments.use(act, bytes.fromhex(code_hash))
    set_password_hash(act.session, staff_id, password_hash)
    act.for_whom = f"staff:{staff_id}"
    return {"staff": staff_id, "ended": logins.end_all(act, staff_id)}
