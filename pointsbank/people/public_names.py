"""What everybody may read of a volunteer (公开的姓名): a number, and a masked name or none.

Whoever may be under fourteen, whoever asked not to be named and whoever was forgotten is a number
alone. A telephone or an address is never public.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update

from pointsbank.foundation import (
    Act,
    Answer,
    Session,
    operation,
    pack,
    packed_rows,
    query,
    statement,
)
from pointsbank.people.ages import may_be_child
from pointsbank.people.names import mask_name
from pointsbank.people.persons import Person
from pointsbank.people.volunteers import Volunteer, get_volunteer

[_ID] = packed_rows("ids", int)
_NAMES = statement(
    select(Volunteer.id, Volunteer.number, Volunteer.unnamed_since, Person.name, Person.born)
    .outerjoin(Person, Person.id == Volunteer.person_id)
    .where(Volunteer.id.in_(select(_ID)))
)
_SET_UNNAMED = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"))
    .values(unnamed_since=bindparam("new_unnamed_since"))
)
_UNNAMED = statement(select(Volunteer.unnamed_since).where(Volunteer.id == bindparam("of_id")))


@dataclass(frozen=True)
class PublicName:
    """A volunteer on a notice: the number, and the masked name where it may be shown."""

    number: str
    masked_name: str | None


@dataclass(frozen=True)
class OwnNaming:
    """What stands on a notice for somebody; `asked` when they want to be a number alone."""

    masked_name: str | None
    asked: bool


def public_names(
    session: Session, volunteer_ids: Iterable[int], *, today: str
) -> dict[int, PublicName]:
    """How volunteers appear in public, by their ids."""
    return {
        row.id: PublicName(row.number, _shown(row, today))
        for row in session.rows(_NAMES, ids=pack((one,) for one in volunteer_ids))
    }


def _shown(row: Any, today: str) -> str | None:
    if not row.name or row.unnamed_since is not None or may_be_child(row.born, today=today):
        return None
    return mask_name(row.name)


@query
def get_public_name(session: Session, *, volunteer_id: int, today: str) -> OwnNaming:
    """How one volunteer appears in public, and whether they asked for it."""
    found = public_names(session, [volunteer_id], today=today)[volunteer_id]
    asked = session.value(_UNNAMED, of_id=volunteer_id) is not None
    return OwnNaming(found.masked_name, asked)


@operation("people.choose_naming")
def choose_naming(act: Act, *, number: str, unnamed: bool) -> Answer:
    """Write down whether a volunteer wants to be only a number in public (公示不写姓名).

    Raises VolunteerUnknown.
    """
    volunteer = get_volunteer(act.session, number)
    since = act.now if unnamed else None
    act.session.run(_SET_UNNAMED, of_id=volunteer.id, new_unnamed_since=since)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number, "unnamed": unnamed}
