"""Likely the same person (疑似重复): who shares a name, a number or a telephone with what is typed.

It only asks. Two people of one name, and a couple with one telephone, are as usual as can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, or_, select

from pointsbank.foundation import InvalidInput, Session, query, statement
from pointsbank.foundation.cells import phone as read_phone
from pointsbank.foundation.cells import volunteer_number
from pointsbank.people.names import mask_name, normalise_name
from pointsbank.people.persons import Person, PersonalData, mask_phone
from pointsbank.people.volunteers import Volunteer

SHOWN_MOST = 8


@dataclass(frozen=True)
class SimilarRow:
    """Somebody who may be meant. `shares` holds name, number or phone."""

    number: str
    masked_name: str | None
    masked_phone: str | None
    team: str | None
    left_on: str | None
    shares: tuple[str, ...]


_ROWS = select(
    Volunteer.number, Person.name, Person.phone, Volunteer.team, Volunteer.left_on
).outerjoin(Person, Person.id == Volunteer.person_id)
_BY_NUMBER = statement(_ROWS.where(Volunteer.number == bindparam("of_number")))
# Persons first, by their own two indexes: the other way round every volunteer would be looked at.
_BY_PERSON = statement(
    _ROWS.where(
        Volunteer.person_id.in_(
            select(Person.id).where(
                or_(Person.name == bindparam("of_name"), Person.phone == bindparam("of_phone"))
            )
        )
    )
    .order_by(Volunteer.number)
    .limit(SHOWN_MOST)
)
_LIKELY = statement(
    select(Volunteer.number)
    .join(Person, Person.id == Volunteer.person_id)
    .where(Person.name == bindparam("of_name"), Person.phone == bindparam("of_phone"))
    .order_by(Volunteer.number)
    .limit(1)
)


@query
def list_similar(
    session: Session, *, name: str = "", number: str = "", phone: str = ""
) -> list[SimilarRow]:
    """Everybody who shares something with what was typed so far; those who share most come first.

    What cannot be read yet, because it is still being typed, is not looked for.
    """
    wanted = {
        "number": _read(volunteer_number, number),
        "name": _read(normalise_name, name),
        "phone": _read(read_phone, phone),
    }
    rows = session.rows(_BY_NUMBER, of_number=wanted["number"]) if wanted["number"] else []
    if wanted["name"] or wanted["phone"]:
        rows += session.rows(_BY_PERSON, of_name=wanted["name"], of_phone=wanted["phone"])
    found = {row.number: _similar(row, wanted) for row in rows}
    return sorted(found.values(), key=lambda one: (-len(one.shares), one.number))[:SHOWN_MOST]


def find_likely(session: Session, data: PersonalData) -> str | None:
    """The number of somebody with the same name and the same telephone, or None."""
    if data.phone is None:
        return None
    found: str | None = session.value(_LIKELY, of_name=data.name, of_phone=data.phone)
    return found


def _read(reader: Any, typed: str) -> str | None:
    try:
        return str(reader(typed)) if typed.strip() else None
    except InvalidInput:
        return None


def _similar(row: Any, wanted: dict[str, str | None]) -> SimilarRow:
    shares = (one for one, meant in wanted.items() if meant and getattr(row, one) == meant)
    return SimilarRow(
        number=row.number,
        masked_name=mask_name(row.name) if row.name else None,
        masked_phone=mask_phone(row.phone) if row.phone else None,
        team=row.team,
        left_on=row.left_on,
        shares=tuple(shares),
    )
