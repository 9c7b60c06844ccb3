"""Who is behind the texts of the books (`volunteer:12`, `staff:3`), as others may see them.

The books name nobody; a door that shows somebody looks them up here, and a person only masked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from pointsbank.foundation import Act, Answer, Session, operation, statement
from pointsbank.people.card_faces import CARDHOLDER
from pointsbank.people.cards import Card
from pointsbank.people.devices import Device
from pointsbank.people.errors import VolunteerUnknown
from pointsbank.people.families import Family
from pointsbank.people.names import mask_name
from pointsbank.people.organisations import Organisation
from pointsbank.people.persons import Person, mask_phone
from pointsbank.people.shops import Shop
from pointsbank.people.staff import Staff, require_person
from pointsbank.people.volunteers import Volunteer, get_volunteer

_SAID: dict[str, tuple[Any, Any]] = {
    "volunteer": (
        Volunteer.id,
        select(Volunteer.id, Volunteer.number.label("word"), Person.name).outerjoin(
            Person, Person.id == Volunteer.person_id
        ),
    ),
    "family": (Family.id, select(Family.id, Family.label.label("word"))),
    "shop": (Shop.id, select(Shop.id, Shop.name.label("word"))),
    "donor": (Organisation.id, select(Organisation.id, Organisation.name.label("word"))),
    "staff": (Staff.id, select(Staff.id, Staff.name.label("word"))),
    "device": (Device.id, select(Device.id, Device.name.label("word"))),
}
_NUMBER_OF_WALLET = statement(
    select(Volunteer.number).where(Volunteer.wallet_id == bindparam("of_wallet"))
)
_NUMBER_OF_CARD = statement(
    select(Volunteer.number)
    .join(Card, Card.volunteer_id == Volunteer.id)
    .where(Card.short_number == bindparam("of_short"))
)


def name_holders(session: Session, holders: Iterable[str]) -> dict[str, str]:
    """How each of these is called; what names nobody is left out. Volunteers are masked."""
    wanted: dict[str, list[int]] = {}
    for holder in holders:
        kind, _, number = holder.partition(":")
        if kind in _SAID and number.isdigit():
            wanted.setdefault(kind, []).append(int(number))
    said = {}
    for kind, ids in wanted.items():
        key, rows = _SAID[kind]
        for row in session.rows(rows.where(key.in_(ids))):
            name = getattr(row, "name", None)
            said[f"{kind}:{row.id}"] = f"{row.word} {mask_name(name)}" if name else row.word
    return said


@dataclass(frozen=True)
class Contact:
    """How a holder of points is found: the number, and what is shown of name and telephone."""

    number: str
    masked_name: str
    masked_phone: str | None
    is_family: bool
    left_on: str | None


_VOLUNTEERS = select(
    Volunteer.id, Volunteer.number, Volunteer.left_on, Person.name, Person.phone
).outerjoin(Person, Person.id == Volunteer.person_id)
_FAMILIES = select(Family.id, Family.number, Family.label, Family.ended_on)


def contacts_of(session: Session, holders: Iterable[str]) -> dict[str, Contact]:
    """How volunteers and families among these holders are found; others are left out."""
    wanted: dict[str, list[int]] = {"volunteer": [], "family": []}
    for holder in holders:
        kind, _, number = holder.partition(":")
        if kind in wanted and number.isdigit():
            wanted[kind].append(int(number))
    found = {}
    for row in session.rows(_VOLUNTEERS.where(Volunteer.id.in_(wanted["volunteer"]))):
        name = mask_name(row.name) if row.name else CARDHOLDER
        phone = mask_phone(row.phone) if row.phone else None
        found[f"volunteer:{row.id}"] = Contact(row.number, name, phone, False, row.left_on)
    for row in session.rows(_FAMILIES.where(Family.id.in_(wanted["family"]))):
        found[f"family:{row.id}"] = Contact(row.number, row.label, None, True, row.ended_on)
    return found


def find_number_of_wallet(session: Session, wallet_id: int) -> str | None:
    """The number of the volunteer whose wallet this is."""
    found: str | None = session.value(_NUMBER_OF_WALLET, of_wallet=wallet_id)
    return found


def find_number_of_card(session: Session, short_number: str) -> str | None:
    """The number of the volunteer whose card, in use or not, has this short number."""
    found: str | None = session.value(_NUMBER_OF_CARD, of_short=short_number)
    return found


@operation("people.show_name")
def show_name(act: Act, *, number: str) -> Answer:
    """Note that somebody of the staff is shown a volunteer's full name (查看全名).

    The name itself is read by the door afterwards; the receipt says who looked at whose file.
    Raises VolunteerUnknown, and RoleMissing for whoever is not a worker.
    """
    return _looked(act, number)


@operation("people.give_data")
def give_data(act: Act, *, number: str) -> Answer:
    """Note that somebody of the staff takes all that is kept of a volunteer, for them (代取资料).

    The data themselves are read by the door afterwards. Raises what `show_name` raises.
    """
    return _looked(act, number)


def _looked(act: Act, number: str) -> Answer:
    require_person(act, "worker", "admin")
    volunteer = get_volunteer(act.session, number)
    if volunteer.name is None:
        raise VolunteerUnknown(number=number)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number}
