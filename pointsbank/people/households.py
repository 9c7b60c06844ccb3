"""Households (家庭户): who lives together, said by themselves, so that no two of one decide alike.

Membership is by consent and has a day; it ends and is not rubbed out, because the decisions of its
time rested on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    pack,
    packed_rows,
    query,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import day
from pointsbank.people.errors import HouseholdTaken
from pointsbank.people.names import mask_name
from pointsbank.people.persons import Person
from pointsbank.people.volunteers import Volunteer, VolunteerRef


class Household(Base):
    """A household. It has no name and no address: only its members say which it is."""

    __tablename__ = "household"
    __table_args__ = strict_table()

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    founded_at: Mapped[str] = mapped_column(Text)


class HouseholdMember(Base):
    """One volunteer's time in one household; a volunteer is in one at a time."""

    __tablename__ = "household_member"
    __table_args__ = strict_table(
        CheckConstraint("ended_at IS NULL OR ended_at >= joined_at", name="ended_after"),
        Index(
            "uq_household_member_now",
            "volunteer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "household_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    household_id: Mapped[int] = mapped_column(Int, ForeignKey("household.id"))
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    consented_on: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class MemberRow:
    """A member as a worker sees one."""

    number: str
    masked_name: str | None
    consented_on: str


@dataclass(frozen=True)
class TimeInHousehold:
    """One time that somebody belonged to a household; who else did is not theirs to be told."""

    consented_on: str
    joined_at: str
    ended_at: str | None


[_ID] = packed_rows("ids", int)
_TIMES = statement(
    select(HouseholdMember.consented_on, HouseholdMember.joined_at, HouseholdMember.ended_at)
    .where(HouseholdMember.volunteer_id == bindparam("of_volunteer"))
    .order_by(HouseholdMember.id)
)
_HOUSEHOLDS = statement(
    select(HouseholdMember.volunteer_id, HouseholdMember.household_id).where(
        HouseholdMember.volunteer_id.in_(select(_ID)), HouseholdMember.ended_at.is_(None)
    )
)
_LOCK = statement(
    select(Volunteer.id)
    .where(Volunteer.id.in_(select(_ID)))
    .order_by(Volunteer.id)
    .with_for_update(key_share=True)
)
_FOUND = statement(insert(Household).returning(Household.id))
_JOIN = statement(insert(HouseholdMember))
_END = statement(
    update(HouseholdMember)
    .where(
        HouseholdMember.volunteer_id == bindparam("of_volunteer"),
        HouseholdMember.ended_at.is_(None),
    )
    .values(ended_at=bindparam("new_ended_at"))
)
_MEMBERS = statement(
    select(Volunteer.number, Person.name, HouseholdMember.consented_on)
    .join(Volunteer, Volunteer.id == HouseholdMember.volunteer_id)
    .outerjoin(Person, Person.id == Volunteer.person_id)
    .where(
        HouseholdMember.household_id == bindparam("of_household"),
        HouseholdMember.ended_at.is_(None),
    )
    .order_by(HouseholdMember.id)
)


@query
def list_times_in_households(session: Session, *, volunteer_id: int) -> list[TimeInHousehold]:
    """When somebody joined and left households, the first time first."""
    rows = session.rows(_TIMES, of_volunteer=volunteer_id)
    return [TimeInHousehold(**row._asdict()) for row in rows]


def household_of(session: Session, volunteer_ids: Iterable[int]) -> dict[int, int]:
    """The households of volunteers by their ids; who is in none is left out."""
    rows = session.rows(_HOUSEHOLDS, ids=pack((one,) for one in volunteer_ids))
    return {row.volunteer_id: row.household_id for row in rows}


def same_household(session: Session, one: int, other: int) -> bool:
    """Whether two volunteers live together; everybody lives together with oneself."""
    if one == other:
        return True
    found = household_of(session, (one, other))
    return len(found) > 1 and found[one] == found[other]


def join(act: Act, newcomer: VolunteerRef, member: VolunteerRef, consented_on: str) -> int:
    """Put two volunteers into one household (同住); its id. Raises HouseholdTaken.

    Who is in another household already leaves that first: nobody is moved by another's word.
    """
    session = act.session
    # Both are held, so that of two who join them at once the second sees what the first has done.
    session.rows(_LOCK, ids=pack(((newcomer.id,), (member.id,))))
    there = household_of(session, (newcomer.id, member.id))
    if newcomer.id == member.id or newcomer.id in there:
        raise HouseholdTaken(number=newcomer.number)
    household_id: int | None = there.get(member.id)
    joining = [newcomer.id]
    if household_id is None:
        household_id = session.value(_FOUND, founded_at=act.now)
        joining.append(member.id)
    assert household_id is not None
    consented = day(consented_on)
    for volunteer_id in sorted(joining):
        session.run(
            _JOIN,
            household_id=household_id,
            volunteer_id=volunteer_id,
            consented_on=consented,
            joined_at=act.now,
            ended_at=None,
        )
    return household_id


def leave(act: Act, volunteer_id: int) -> bool:
    """End a volunteer's membership (不再同住); False when there was none."""
    return act.session.run(_END, of_volunteer=volunteer_id, new_ended_at=act.now) == 1


def list_members(session: Session, volunteer_id: int) -> list[MemberRow]:
    """Everybody of a volunteer's household, the volunteer too; nobody when there is none."""
    household_id = household_of(session, [volunteer_id]).get(volunteer_id)
    if household_id is None:
        return []
    return [
        MemberRow(row.number, mask_name(row.name) if row.name else None, row.consented_on)
        for row in session.rows(_MEMBERS, of_household=household_id)
    ]
