"""Who stands beside somebody (监护人、代办人): a child's guardian, a helper who came to the desk.

Each row hangs on the receipt of the act at which it was told, so that the books say for ever who
asked and for whom. What is personal stands in `person` and goes when the volunteer is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Receipt,
    Session,
    Text,
    public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.errors import GuardianIncomplete, OwnHelper
from pointsbank.people.persons import Person, delete_person, insert_person, read_personal_data
from pointsbank.people.volunteers import Volunteer, get_volunteer

RELATIONS = ("parent", "grandparent", "spouse", "child", "relative", "neighbour", "other")
_relation = one_of({relation: relation for relation in RELATIONS})


class Representative(Base):
    """A guardian or a helper of one volunteer. At most one guardian of a volunteer has not ended.

    A helper is a volunteer as well, or a person of their own, or, once forgotten, neither.
    """

    __tablename__ = "representative"
    __table_args__ = strict_table(
        CheckConstraint("role IN ('guardian', 'helper')", name="role"),
        CheckConstraint(
            "relation IN ('parent', 'grandparent', 'spouse', 'child', 'relative',"
            " 'neighbour', 'other')",
            name="relation",
        ),
        CheckConstraint("person_id IS NULL OR helper_id IS NULL", name="one_of_both"),
        Index(
            "uq_representative_guardian",
            "volunteer_id",
            unique=True,
            sqlite_where=text("role = 'guardian' AND ended_at IS NULL"),
            postgresql_where=text("role = 'guardian' AND ended_at IS NULL"),
        ),
        Index(None, "volunteer_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    role: Mapped[str] = mapped_column(Text)
    relation: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(Int, ForeignKey("person.id"), unique=True)
    helper_id: Mapped[int | None] = mapped_column(Int, ForeignKey("volunteer.id"))
    ended_at: Mapped[str | None] = mapped_column(Text)


class RepresentativeFields(TypedDict, total=False):
    """A guardian or a helper as told: a volunteer's number, or a name and a telephone."""

    number: str | None
    name: str | None
    phone: str | None
    relation: str | None


@dataclass(frozen=True)
class RepresentativeRow:
    """Somebody who stands beside a volunteer. Name and telephone are None once forgotten."""

    role: str
    relation: str
    name: str | None
    phone: str | None
    number: str | None
    operation: str
    actor: str
    at: str
    receipt: str


_INSERT = statement(insert(Representative))
_OF = statement(
    select(
        Representative.role,
        Representative.relation,
        Person.name,
        Person.phone,
        Volunteer.number,
        Receipt.operation,
        Receipt.actor,
        Receipt.at,
        Representative.receipt_id,
    )
    .join(Receipt, Receipt.id == Representative.receipt_id)
    .outerjoin(Person, Person.id == Representative.person_id)
    .outerjoin(Volunteer, Volunteer.id == Representative.helper_id)
    .where(
        Representative.volunteer_id == bindparam("of_volunteer"),
        Representative.ended_at.is_(None),
    )
    .order_by(Representative.id.desc())
)
_PERSONS = statement(
    select(Representative.person_id).where(
        Representative.volunteer_id == bindparam("of_volunteer"),
        Representative.role == bindparam("of_role"),
        Representative.person_id.is_not(None),
    )
)
_LET_GO = statement(
    update(Representative)
    .where(
        Representative.volunteer_id == bindparam("of_volunteer"),
        Representative.role == bindparam("of_role"),
    )
    .values(person_id=None)
)
_END_GUARDIAN = statement(
    update(Representative)
    .where(
        Representative.volunteer_id == bindparam("of_volunteer"),
        Representative.role == "guardian",
        Representative.ended_at.is_(None),
    )
    .values(ended_at=bindparam("new_ended_at"))
)


def set_guardian(act: Act, volunteer_id: int, told: RepresentativeFields) -> None:
    """Note who a volunteer's guardian is (监护人); the one before is forgotten.

    Raises GuardianIncomplete without a name or a telephone.
    """
    if not told.get("name") or not told.get("phone"):
        raise GuardianIncomplete()
    drop_guardian(act, volunteer_id)
    _note(act, volunteer_id, "guardian", told, helper_id=None)


def drop_guardian(act: Act, volunteer_id: int) -> None:
    """Forget a volunteer's guardian, if there is one."""
    _forget(act.session, volunteer_id, "guardian")
    act.session.run(_END_GUARDIAN, of_volunteer=volunteer_id, new_ended_at=act.now)


def note_helper(act: Act, volunteer_id: int, told: RepresentativeFields) -> None:
    """Note who came to the desk for somebody else (代办人): a volunteer, or a name.

    Raises VolunteerUnknown, OwnHelper, NameUnreadable.
    """
    helper_id = None
    if number := told.get("number"):
        helper_id = get_volunteer(act.session, number).id
        if helper_id == volunteer_id:
            raise OwnHelper()
    _note(act, volunteer_id, "helper", told, helper_id=helper_id)


def forget_representatives(session: Session, volunteer_id: int) -> None:
    """Erase what is personal of a volunteer's guardian and helpers; that there were some stays."""
    for role in ("guardian", "helper"):
        _forget(session, volunteer_id, role)


def list_representatives(session: Session, volunteer_id: int) -> list[RepresentativeRow]:
    """Who stands or once came for a volunteer, the newest first; guardians that ended left out."""
    return [
        RepresentativeRow(
            role=row.role,
            relation=row.relation,
            name=row.name,
            phone=row.phone,
            number=row.number,
            operation=row.operation,
            actor=row.actor,
            at=row.at,
            receipt=public_id("Q", row.receipt_id),
        )
        for row in session.rows(_OF, of_volunteer=volunteer_id)
    ]


def has_guardian(session: Session, volunteer_id: int) -> bool:
    """Whether somebody stands beside a volunteer as guardian."""
    there = list_representatives(session, volunteer_id)
    return any(row.role == "guardian" and row.name is not None for row in there)


def _note(
    act: Act, volunteer_id: int, role: str, told: RepresentativeFields, *, helper_id: int | None
) -> None:
    person_id = None
    if helper_id is None:
        data = read_personal_data(told.get("name") or "", phone=told.get("phone"))
        person_id = insert_person(act.session, data)
    act.session.run(
        _INSERT,
        receipt_id=act.receipt_id,
        volunteer_id=volunteer_id,
        role=role,
        relation=_relation(told.get("relation") or "other"),
        person_id=person_id,
        helper_id=helper_id,
        ended_at=None,
    )


def _forget(session: Session, volunteer_id: int, role: str) -> None:
    rows = session.rows(_PERSONS, of_volunteer=volunteer_id, of_role=role)
    session.run(_LET_GO, of_volunteer=volunteer_id, of_role=role)
    for row in rows:
        delete_person(session, row.person_id)
