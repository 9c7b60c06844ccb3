"""Persons (个人信息): the only place in the books that holds personal data.

Everything else points here, so that a person can be erased while every balance stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Index, bindparam, delete, insert, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Base, Int, Session, Text, statement, strict_table
from pointsbank.foundation.cells import clean_text, phone
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.names import normalise_name

_sex = one_of({"female": "female", "male": "male"})


class Person(Base):
    """A person's data. It may be deleted; nothing that was booked depends on it."""

    __tablename__ = "person"
    __table_args__ = strict_table(
        CheckConstraint("sex IN ('female', 'male')", name="sex"),
        Index(None, "name"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    sex: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    area: Mapped[str | None] = mapped_column(Text)
    form_of_address: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class PersonalData:
    """What is known of somebody, in the one form that the bank keeps."""

    name: str
    sex: str | None = None
    phone: str | None = None
    area: str | None = None
    form_of_address: str | None = None


_INSERT = statement(insert(Person).returning(Person.id))
_UPDATE = statement(
    update(Person)
    .where(Person.id == bindparam("of_id"))
    .values(
        name=bindparam("name"),
        sex=bindparam("sex"),
        phone=bindparam("phone"),
        area=bindparam("area"),
        form_of_address=bindparam("form_of_address"),
    )
)
_DELETE = statement(delete(Person).where(Person.id == bindparam("of_id")))


def read_personal_data(
    name: str,
    *,
    sex: str | None = None,
    phone_number: str | None = None,
    area: str | None = None,
    form_of_address: str | None = None,
) -> PersonalData:
    """Bring what was typed into the form that the bank keeps. Raises InvalidInput's leaves."""
    return PersonalData(
        name=normalise_name(name),
        sex=_sex(sex) if sex else None,
        phone=phone(phone_number) if phone_number else None,
        area=clean_text(area, 100) if area else None,
        form_of_address=clean_text(form_of_address, 12) if form_of_address else None,
    )


def insert_person(session: Session, data: PersonalData) -> int:
    """A new person's id."""
    made: int = session.value(_INSERT, **vars(data))
    return made


def update_person(session: Session, person_id: int, data: PersonalData) -> None:
    """Replace what is known of a person."""
    session.run(_UPDATE, of_id=person_id, **vars(data))


def delete_person(session: Session, person_id: int) -> None:
    """Erase a person (删除个人信息). Whatever pointed here must have let go of it before."""
    session.run(_DELETE, of_id=person_id)
