"""Persons (个人信息): the only place in the books that holds personal data.

Everything else points here, so that a person can be erased while every balance stands. Guardians
and helpers are persons as well. No number of an identity card is kept, and never a picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import CheckConstraint, Index, bindparam, delete, insert, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Base, Int, Session, Text, statement, strict_table
from pointsbank.foundation.cells import clean_text, phone
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.ages import read_born
from pointsbank.people.names import normalise_name

_sex = one_of({"female": "female", "male": "male"})


class Person(Base):
    """A person's data. It may be deleted; nothing that was booked depends on it.

    `born` is a year or a day, and only there when somebody told it.
    """

    __tablename__ = "person"
    __table_args__ = strict_table(
        CheckConstraint("sex IN ('female', 'male')", name="sex"),
        Index(None, "name"),
        Index(None, "phone"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    sex: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    area: Mapped[str | None] = mapped_column(Text)
    form_of_address: Mapped[str | None] = mapped_column(Text)
    born: Mapped[str | None] = mapped_column(Text)


class OptionalFields(TypedDict, total=False):
    """What may be told of somebody beside the name, as it was typed: the one list of it."""

    sex: str | None
    phone: str | None
    area: str | None
    form_of_address: str | None
    born: str | None


class PersonalFields(OptionalFields):
    """The same with the name."""

    name: str


@dataclass(frozen=True)
class PersonalData:
    """What is known of somebody, in the one form that the bank keeps."""

    name: str
    sex: str | None = None
    phone: str | None = None
    area: str | None = None
    form_of_address: str | None = None
    born: str | None = None


_FAR_OFF = "9999-12-31"
_COLUMNS = tuple(PersonalData.__dataclass_fields__)
_INSERT = statement(insert(Person).returning(Person.id))
_UPDATE = statement(
    update(Person)
    .where(Person.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in _COLUMNS})
)
_DELETE = statement(delete(Person).where(Person.id == bindparam("of_id")))


def read_personal_data(
    name: str, *, today: str = _FAR_OFF, **told: Unpack[OptionalFields]
) -> PersonalData:
    """Bring what was typed into the form that the bank keeps. Raises InvalidInput's leaves."""
    sex, number, area = told.get("sex"), told.get("phone"), told.get("area")
    address, born = told.get("form_of_address"), told.get("born")
    return PersonalData(
        name=normalise_name(name),
        sex=_sex(sex) if sex else None,
        phone=phone(number) if number else None,
        area=clean_text(area, 100) if area else None,
        form_of_address=clean_text(address, 12) if address else None,
        born=read_born(born, today=today) if born else None,
    )


def personal_fields(told: Mapping[str, Any]) -> dict[str, Any]:
    """Of everything that a form told, what is personal."""
    return {name: told[name] for name in _COLUMNS if name in told}


def kept_data(row: Any) -> PersonalData:
    """The personal data of a row that has all of a person's columns."""
    return PersonalData(**{name: getattr(row, name) for name in _COLUMNS})


def mask_phone(number: str) -> str:
    """A telephone as colleagues may see it (脱敏电话).

    >>> mask_phone("19900002877"), mask_phone("027-84841234")
    ('199****2877', '027-****1234')
    """
    head = number[: number.index("-") + 1] if "-" in number else number[:3]
    return f"{head}****{number[-4:]}"


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
