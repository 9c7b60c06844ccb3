"""Rotas (排班): who is on duty when, early and late rounds or a gate day and night.

A rota has slots of the day (早巡 06:00, two hours) and people in an order. A month of it becomes
activities that open by themselves, one for each leg (班次), with people who have joined; from there
on a leg is signed in and out like any activity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.activities.errors import RotaGap, RotaUnknown, SlotsInvalid
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    public_id,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import clean_text

DAY = 24 * 60
NAME_MOST, SLOT_NAME_MOST, SLOTS_MOST = 60, 20, 12
REST_MOST = 24
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


class Rota(Base):
    """A rota of one team at one place. `around_clock`: its slots fill day and night."""

    __tablename__ = "rota"
    __table_args__ = strict_table(
        CheckConstraint("people_each BETWEEN 1 AND 20", name="people_each"),
        CheckConstraint("rest_hours BETWEEN 0 AND 24", name="rest_hours"),
        CheckConstraint("around_clock IN (0, 1)", name="around_clock"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    team_id: Mapped[int | None] = mapped_column(Int, ForeignKey("team.id"))
    shop_id: Mapped[int | None] = mapped_column(Int, ForeignKey("shop.id"))
    category: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    people_each: Mapped[int] = mapped_column(Int)
    rest_hours: Mapped[int] = mapped_column(Int)
    around_clock: Mapped[int] = mapped_column(Int)
    begun_at: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[str | None] = mapped_column(Text)


class RotaSlot(Base):
    """A slot of the day: from when, and how many minutes; it may run past midnight."""

    __tablename__ = "rota_slot"
    __table_args__ = strict_table(
        UniqueConstraint("rota_id", "begins"),
        CheckConstraint("minutes BETWEEN 10 AND 1440", name="minutes"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    rota_id: Mapped[int] = mapped_column(Int, ForeignKey("rota.id"))
    name: Mapped[str] = mapped_column(Text)
    begins: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(Int)


class RotaMember(Base):
    """Somebody of a rota, at a place in its order; whoever has gone has an end."""

    __tablename__ = "rota_member"
    __table_args__ = strict_table(
        Index(
            "uq_rota_member_now",
            "rota_id",
            "volunteer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    rota_id: Mapped[int] = mapped_column(Int, ForeignKey("rota.id"))
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    place: Mapped[int] = mapped_column(Int)
    ended_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of the day as others see it."""

    id: int
    name: str
    begins: str
    minutes: int

    @property
    def ends(self) -> str:
        """The time at which it ends, on its own day or the next."""
        return as_time((as_minutes(self.begins) + self.minutes) % DAY)


@dataclass(frozen=True, slots=True)
class RotaRow:
    """A rota as others see it."""

    id: int
    name: str
    team_id: int | None
    shop_id: int | None
    category: str
    place: str
    people_each: int
    rest_hours: int
    around_clock: int
    begun_at: str
    ended_at: str | None
    tags: str | None

    @property
    def number(self) -> str:
        return public_id("B", self.id)


SELECT_ROTAS = select(*(getattr(Rota, name) for name in RotaRow.__dataclass_fields__))
_BY_ID = statement(SELECT_ROTAS.where(Rota.id == bindparam("of_id")))
_LOCKED = statement(SELECT_ROTAS.where(Rota.id == bindparam("of_id")).with_for_update())
_INSERT = statement(insert(Rota).returning(Rota.id))
_INSERT_SLOT = statement(insert(RotaSlot))
_INSERT_MEMBER = statement(insert(RotaMember))
_SLOTS = statement(
    select(RotaSlot.id, RotaSlot.name, RotaSlot.begins, RotaSlot.minutes)
    .where(RotaSlot.rota_id == bindparam("of_rota"))
    .order_by(RotaSlot.begins)
)
_MEMBERS = statement(
    select(RotaMember.volunteer_id)
    .where(RotaMember.rota_id == bindparam("of_rota"), RotaMember.ended_at.is_(None))
    .order_by(RotaMember.place, RotaMember.id)
)
_END_MEMBERS = statement(
    update(RotaMember)
    .where(RotaMember.rota_id == bindparam("of_rota"), RotaMember.ended_at.is_(None))
    .values(ended_at=bindparam("new_ended_at"))
)
_END = statement(
    update(Rota)
    .where(Rota.id == bindparam("of_id"), Rota.ended_at.is_(None))
    .values(ended_at=bindparam("new_ended_at"))
)


def as_minutes(told: str) -> int:
    """A time of the day as minutes after midnight. Raises SlotsInvalid.

    >>> as_minutes("06:30")
    390
    """
    found = _TIME.fullmatch(told)
    if found is None:
        raise SlotsInvalid()
    return int(found[1]) * 60 + int(found[2])


def as_time(minutes: int) -> str:
    """Minutes after midnight as a time of the day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def read_slots(slots: Iterable[tuple[str, str, int]], *, around_clock: bool) -> list[Slot]:
    """Slots as they were typed, by their beginning: name, time, minutes.

    Those of a rota around the clock fill the day exactly. Raises SlotsInvalid, RotaGap.
    """
    read = []
    for name, begins, minutes in slots:
        if not 10 <= minutes <= DAY:
            raise SlotsInvalid()
        words = clean_text(name, SLOT_NAME_MOST) or as_time(as_minutes(begins))
        read.append(Slot(0, words, as_time(as_minutes(begins)), minutes))
    read.sort(key=lambda one: one.begins)
    if not 0 < len(read) <= SLOTS_MOST or len({one.begins for one in read}) < len(read):
        raise SlotsInvalid()
    if around_clock:
        _refuse_gap(read)
    return read


def _refuse_gap(slots: list[Slot]) -> None:
    """Each slot ends where the next begins, all day and all night. Raises RotaGap."""
    for one, following in zip(slots, [*slots[1:], slots[0]], strict=True):
        if one.ends != following.begins:
            raise RotaGap(ends=one.ends, begins=following.begins)
    if sum(one.minutes for one in slots) != DAY:
        raise RotaGap(ends=slots[0].ends, begins=slots[0].begins)


def insert_rota(act: Act, values: dict[str, Any], slots: list[Slot], members: list[int]) -> int:
    """A new rota's id."""
    made: int = act.session.value(_INSERT, **values, begun_at=act.now, ended_at=None)
    for slot in slots:
        told = {"name": slot.name, "begins": slot.begins, "minutes": slot.minutes}
        act.session.run(_INSERT_SLOT, rota_id=made, **told)
    set_members(act, made, members)
    return made


def set_members(act: Act, rota_id: int, members: list[int]) -> None:
    """Write anew who is on a rota, in their order."""
    act.session.run(_END_MEMBERS, of_rota=rota_id, new_ended_at=act.now)
    for place, volunteer_id in enumerate(members):
        told = {"rota_id": rota_id, "volunteer_id": volunteer_id, "place": place}
        act.session.run(_INSERT_MEMBER, **told, ended_at=None)


def end_rota_row(act: Act, rota_id: int) -> None:
    """End a rota; what it has generated stays."""
    act.session.run(_END, of_id=rota_id, new_ended_at=act.now)


def get_rota_row(session: Session, number: str, *, lock: bool = False) -> RotaRow:
    """The rota with this number (B000002-3). Raises RotaUnknown."""
    try:
        rota_id = read_public_id("B", number)
    except PublicIdInvalid as cause:
        raise RotaUnknown(rota=number[:24]) from cause
    row = session.row(_LOCKED if lock else _BY_ID, of_id=rota_id)
    if row is None:
        raise RotaUnknown(rota=number[:24])
    return RotaRow(*row)


def slots_of(session: Session, rota_id: int) -> list[Slot]:
    """The slots of a rota, through the day."""
    return [Slot(*row) for row in session.rows(_SLOTS, of_rota=rota_id)]


def members_of(session: Session, rota_id: int) -> list[int]:
    """Who is on a rota now, in order."""
    return [row.volunteer_id for row in session.rows(_MEMBERS, of_rota=rota_id)]
