"""Organisations (机构): the community, units, teams, and the merchants who give or accept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Session,
    Text,
    insert_ignoring,
    operation,
    pack,
    packed_rows,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import clean_text
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.errors import CodeTaken, OrganisationUnknown

KINDS = ("community", "merchant", "unit", "team")
_kind = one_of({kind: kind for kind in KINDS})


class Organisation(Base):
    """An organisation. `thanks_public` says that it agreed to be thanked by name.

    `parent_id` is what it belongs to, as far as a list has said so; nothing belongs to itself.
    """

    __tablename__ = "organisation"
    __table_args__ = strict_table(
        CheckConstraint("kind IN ('community', 'merchant', 'unit', 'team')", name="kind"),
        CheckConstraint("thanks_public IN (0, 1)", name="thanks_public"),
        CheckConstraint("parent_id <> id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    thanks_public: Mapped[int] = mapped_column(Int)
    parent_id: Mapped[int | None] = mapped_column(Int, ForeignKey("organisation.id"), index=True)


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation as others see it."""

    id: int
    code: str
    name: str
    kind: str
    thanks_public: bool
    parent_id: int | None = None


# code, name, code of what it belongs to or ""
OrganisationValues = tuple[str, str, str]

_INSERT = statement(insert_ignoring(Organisation, "code").returning(Organisation.id))
_LAST_ID = statement(select(func.coalesce(func.max(Organisation.id), 0)))
SELECT_ORGANISATIONS = select(
    Organisation.id,
    Organisation.code,
    Organisation.name,
    Organisation.kind,
    Organisation.thanks_public,
    Organisation.parent_id,
)
[_CODE] = packed_rows("codes", str)
_BY_CODES = statement(SELECT_ORGANISATIONS.where(Organisation.code.in_(select(_CODE))))
_BY_CODE = statement(SELECT_ORGANISATIONS.where(Organisation.code == bindparam("of_code")))
_BY_ID = statement(SELECT_ORGANISATIONS.where(Organisation.id == bindparam("of_id")))


def insert_organisation(
    session: Session, *, code: str, name: str, kind: str, thanks_public: bool
) -> int:
    """A new organisation's id. Raises CodeTaken."""
    made = _insert(session, clean_text(code, 40), name, kind, thanks_public)
    if made is None:
        raise CodeTaken(code=code)
    return made


def insert_under_own_code(
    session: Session, *, name: str, kind: str, thanks_public: bool
) -> tuple[int, str]:
    """A new organisation's id, and the code that we have given it: `org-3`."""
    place, made = int(session.value(_LAST_ID)), None
    while made is None:
        place += 1
        code = f"org-{place}"
        made = _insert(session, code, name, kind, thanks_public)
    return made, code


@operation("people.register_organisations")
def register_organisations(act: Act, *, rows: list[OrganisationValues]) -> Answer:
    """Enter a chunk of a list of organisations as units (辖区单位); who is here already stays.

    What one belongs to stands before it. A code that has another name by now is told by its place.
    """
    told = {code for own, _, above in rows for code in (own, above)}
    there = find_organisations(act.session, told)
    ids = {code: one.id for code, one in there.items()}
    answer: dict[str, Any] = {"good": 0, "repeated": 0, "refused": []}
    for place, (code, name, above) in enumerate(rows):
        known = there.get(code)
        if known is not None and known.name == name:
            answer["repeated"] += 1
            continue
        made = _insert(act.session, code, name, "unit", False, ids.get(above))
        if made is None:
            answer["refused"].append(place)
        else:
            ids[code] = made
            answer["good"] += 1
    return answer


def _insert(
    session: Session,
    code: str,
    name: str,
    kind: str,
    thanks_public: bool,
    parent_id: int | None = None,
) -> int | None:
    made: int | None = session.value(
        _INSERT,
        code=code,
        name=clean_text(name, 60),
        kind=_kind(kind),
        thanks_public=int(thanks_public),
        parent_id=parent_id,
    )
    return made


def organisation_row(row: Any) -> OrganisationRow:
    """A row of `SELECT_ORGANISATIONS` as plain data."""
    thanks = bool(row.thanks_public)
    return OrganisationRow(row.id, row.code, row.name, row.kind, thanks, row.parent_id)


def find_organisations(session: Session, codes: Iterable[str]) -> dict[str, OrganisationRow]:
    """Organisations by their codes; a code that none has is left out."""
    rows = session.rows(_BY_CODES, codes=pack((code,) for code in set(codes)))
    return {row.code: organisation_row(row) for row in rows}


def get_organisation(session: Session, code: str) -> OrganisationRow:
    """The organisation with this code. Raises OrganisationUnknown."""
    row = session.row(_BY_CODE, of_code=code)
    if row is None:
        raise OrganisationUnknown(code=code[:40])
    return organisation_row(row)


def get_organisation_by_id(session: Session, organisation_id: int) -> OrganisationRow:
    """The organisation with this id. Raises OrganisationUnknown."""
    row = session.row(_BY_ID, of_id=organisation_id)
    if row is None:
        raise OrganisationUnknown(code=str(organisation_id))
    return organisation_row(row)
