"""Attendances (签到记录): from when to when somebody was there, and how that is known.

Each begins with a sign-in and ends with a sign-out, or when its clock stops by itself. What it is
worth is decided later: a leader confirms it, and a record of service follows from it once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.activities.errors import AttendanceDecided, AttendanceUnknown
from pointsbank.earning import record_number
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    from_instant,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
    strict_table,
)

WAYS = ("card", "code", "sheet", "roll_call", "manual")
FORGOTTEN = "forgotten"


class Attendance(Base):
    """One stay of one volunteer at one activity; nobody is signed in twice at a time.

    `stops_at` is when its clock stops at the latest. It is open (未签退), ended (等确认), recorded
    (记成服务记录), struck (划去) or undone (撤销). What was confirmed is never more than what was
    measured.
    """

    __tablename__ = "attendance"
    __table_args__ = strict_table(
        CheckConstraint(
            "status IN ('open', 'ended', 'recorded', 'struck', 'undone')", name="status"
        ),
        CheckConstraint(
            "in_way IN ('card', 'code', 'sheet', 'roll_call', 'manual')", name="in_way"
        ),
        CheckConstraint(
            "out_way IN ('card', 'code', 'sheet', 'roll_call', 'manual', 'forgotten')",
            name="out_way",
        ),
        CheckConstraint(
            "(status IN ('open', 'undone')) = (signed_out_at IS NULL)", name="signed_out"
        ),
        CheckConstraint(
            "(signed_out_at IS NULL) = (out_way IS NULL)"
            " AND (signed_out_at IS NULL) = (minutes IS NULL)",
            name="out_whole",
        ),
        CheckConstraint("signed_out_at >= signed_in_at", name="out_after_in"),
        CheckConstraint("minutes BETWEEN 0 AND 1440", name="minutes"),
        CheckConstraint("confirmed_minutes <= minutes", name="never_raised"),
        CheckConstraint("(status = 'recorded') = (record_id IS NOT NULL)", name="record"),
        CheckConstraint("collides IN (0, 1)", name="collides"),
        Index(
            "uq_attendance_open",
            "volunteer_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index(None, "activity_id", "volunteer_id"),
        Index(None, "volunteer_id", "signed_in_at"),
        Index(
            "ix_attendance_running",
            "stops_at",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    activity_id: Mapped[int] = mapped_column(Int, ForeignKey("activity.id"))
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    status: Mapped[str] = mapped_column(Text)
    signed_in_at: Mapped[str] = mapped_column(Text)
    signed_in_by: Mapped[str] = mapped_column(Text)
    in_way: Mapped[str] = mapped_column(Text)
    stops_at: Mapped[str] = mapped_column(Text)
    signed_out_at: Mapped[str | None] = mapped_column(Text)
    signed_out_by: Mapped[str | None] = mapped_column(Text)
    out_way: Mapped[str | None] = mapped_column(Text)
    minutes: Mapped[int | None] = mapped_column(Int)
    collides: Mapped[int] = mapped_column(Int)
    confirmed_minutes: Mapped[int | None] = mapped_column(Int)
    decided_at: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    record_id: Mapped[int | None] = mapped_column(Int, ForeignKey("service_record.id"), unique=True)


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """An attendance as it stands in the books."""

    id: int
    activity_id: int
    volunteer_id: int
    status: str
    signed_in_at: str
    signed_in_by: str
    in_way: str
    stops_at: str
    signed_out_at: str | None
    signed_out_by: str | None
    out_way: str | None
    minutes: int | None
    collides: int
    confirmed_minutes: int | None
    decided_at: str | None
    decided_by: str | None
    record_id: int | None

    @property
    def number(self) -> str:
        return public_id("K", self.id)

    @property
    def is_forgotten(self) -> bool:
        return self.out_way == FORGOTTEN

    @property
    def record_number(self) -> str | None:
        """The number of the record that followed from it."""
        return record_number(self.record_id) if self.record_id else None


SELECT_ATTENDANCES = select(
    *(getattr(Attendance, name) for name in AttendanceRow.__dataclass_fields__)
)
[_ID] = packed_rows("ids", int)
_OPEN = statement(
    SELECT_ATTENDANCES.where(
        Attendance.volunteer_id == bindparam("of_volunteer"), Attendance.status == "open"
    )
)
_LAST = statement(
    SELECT_ATTENDANCES.where(
        Attendance.activity_id == bindparam("of_activity"),
        Attendance.volunteer_id == bindparam("of_volunteer"),
        Attendance.status != "undone",
    )
    .order_by(Attendance.id.desc())
    .limit(1)
)
_OF_ACTIVITY = statement(
    SELECT_ATTENDANCES.where(Attendance.activity_id == bindparam("of_activity")).order_by(
        Attendance.signed_in_at, Attendance.id
    )
)
_LOCKED = statement(
    SELECT_ATTENDANCES.where(Attendance.id.in_(select(_ID)))
    .order_by(Attendance.id)
    .with_for_update()
)
_RUNNING = statement(
    SELECT_ATTENDANCES.where(
        Attendance.activity_id == bindparam("of_activity"), Attendance.status == "open"
    )
    .order_by(Attendance.id)
    .with_for_update()
)
_INSERT = statement(insert(Attendance).returning(Attendance.id))
_END = statement(
    update(Attendance)
    .where(Attendance.id == bindparam("of_id"), Attendance.status == "open")
    .values(
        status="ended",
        signed_out_at=bindparam("new_out_at"),
        signed_out_by=bindparam("new_out_by"),
        out_way=bindparam("new_out_way"),
        minutes=bindparam("new_minutes"),
        collides=bindparam("new_collides"),
    )
)
_UNDO = statement(
    update(Attendance)
    .where(Attendance.id == bindparam("of_id"), Attendance.status == "open")
    .values(
        status="undone",
        decided_at=bindparam("new_decided_at"),
        decided_by=bindparam("new_decided_by"),
    )
)
_DECIDE = statement(
    update(Attendance)
    .where(Attendance.id == bindparam("of_id"), Attendance.status == "ended")
    .values(
        status=bindparam("new_status"),
        confirmed_minutes=bindparam("new_minutes"),
        decided_at=bindparam("new_decided_at"),
        decided_by=bindparam("new_decided_by"),
        record_id=bindparam("new_record"),
    )
)
_OVERLAPPING = statement(
    select(Attendance.id)
    .where(
        Attendance.volunteer_id == bindparam("of_volunteer"),
        Attendance.id != bindparam("not_id"),
        or_(Attendance.status == "ended", Attendance.status == "recorded"),
        Attendance.signed_in_at < bindparam("until"),
        Attendance.signed_out_at > bindparam("since"),
    )
    .limit(1)
)


def read_attendance_number(number: str) -> int:
    """The id behind an attendance's number (K000041-5). Raises AttendanceUnknown."""
    try:
        return read_public_id("K", number)
    except PublicIdInvalid as cause:
        raise AttendanceUnknown() from cause


def minutes_between(since: str, until: str) -> int:
    """Whole minutes from one instant to another, none when it goes back."""
    return max(0, int((from_instant(until) - from_instant(since)).total_seconds() // 60))


def insert_attendance(
    act: Act, activity_id: int, volunteer_id: int, *, at: str, way: str, stops_at: str
) -> AttendanceRow:
    """A new open attendance. The caller holds the volunteer and knows that none is open."""
    row: dict[str, Any] = {
        "activity_id": activity_id,
        "volunteer_id": volunteer_id,
        "status": "open",
        "signed_in_at": at,
        "signed_in_by": act.caller.actor,
        "in_way": way,
        "stops_at": stops_at,
        "collides": 0,
    }
    row |= dict.fromkeys(("signed_out_at", "signed_out_by", "out_way", "minutes", "record_id"))
    row |= dict.fromkeys(("confirmed_minutes", "decided_at", "decided_by"))
    made: int = act.session.value(_INSERT, **row)
    return AttendanceRow(id=made, **row)


def insert_ended(
    act: Act,
    activity_id: int,
    volunteer_id: int,
    *,
    since: str,
    until: str,
    way: str,
    collides: bool,
) -> AttendanceRow:
    """A new attendance that is over already, as it is entered afterwards."""
    row: dict[str, Any] = {
        "activity_id": activity_id,
        "volunteer_id": volunteer_id,
        "status": "ended",
        "signed_in_at": since,
        "signed_in_by": act.caller.actor,
        "in_way": way,
        "stops_at": until,
        "signed_out_at": until,
        "signed_out_by": act.caller.actor,
        "out_way": way,
        "minutes": minutes_between(since, until),
        "collides": int(collides),
    }
    row |= dict.fromkeys(("confirmed_minutes", "decided_at", "decided_by", "record_id"))
    made: int = act.session.value(_INSERT, **row)
    return AttendanceRow(id=made, **row)


def find_open(session: Session, volunteer_id: int) -> AttendanceRow | None:
    """Where somebody is signed in now, or None."""
    row = session.row(_OPEN, of_volunteer=volunteer_id)
    return None if row is None else attendance_row(row)


def find_last(session: Session, activity_id: int, volunteer_id: int) -> AttendanceRow | None:
    """Somebody's newest attendance at an activity that was not undone, or None."""
    row = session.row(_LAST, of_activity=activity_id, of_volunteer=volunteer_id)
    return None if row is None else attendance_row(row)


def list_attendances(session: Session, activity_id: int) -> list[AttendanceRow]:
    """Every attendance of an activity, the first to come first."""
    return [attendance_row(row) for row in session.rows(_OF_ACTIVITY, of_activity=activity_id)]


def lock_attendances(session: Session, ids: Iterable[int]) -> dict[int, AttendanceRow]:
    """Attendances by their ids, held until the transaction ends."""
    rows = session.rows(_LOCKED, ids=pack((one,) for one in ids))
    return {row.id: attendance_row(row) for row in rows}


def lock_running(session: Session, activity_id: int) -> list[AttendanceRow]:
    """Who is signed in at an activity now, held until the transaction ends."""
    return [attendance_row(row) for row in session.rows(_RUNNING, of_activity=activity_id)]


def attendance_row(row: Any) -> AttendanceRow:
    """A row of `SELECT_ATTENDANCES` as plain data."""
    return AttendanceRow(*row)


def end(act: Act, one: AttendanceRow, *, at: str, way: str, collides: bool) -> bool:
    """End an open attendance; False when somebody was faster."""
    ended = act.session.run(
        _END,
        of_id=one.id,
        new_out_at=max(at, one.signed_in_at),
        new_out_by=act.caller.actor,
        new_out_way=way,
        new_minutes=minutes_between(one.signed_in_at, at),
        new_collides=int(collides),
    )
    return ended == 1


def undo(act: Act, one: AttendanceRow) -> bool:
    """Take an open attendance back; False when it is open no more."""
    undone = act.session.run(
        _UNDO, of_id=one.id, new_decided_at=act.now, new_decided_by=act.caller.actor
    )
    return undone == 1


def decide(
    act: Act, one: AttendanceRow, status: str, *, minutes: int | None, record_id: int | None
) -> None:
    """Write down what an ended attendance came to. Raises AttendanceDecided."""
    decided = act.session.run(
        _DECIDE,
        of_id=one.id,
        new_status=status,
        new_minutes=minutes,
        new_decided_at=act.now,
        new_decided_by=act.caller.actor,
        new_record=record_id,
    )
    if decided != 1:
        raise AttendanceDecided(status=one.status)


def overlaps_another(
    session: Session, volunteer_id: int, *, since: str, until: str, besides: int = 0
) -> bool:
    """Whether somebody has another attendance within this time."""
    found = session.value(
        _OVERLAPPING, of_volunteer=volunteer_id, not_id=besides, since=since, until=until
    )
    return found is not None
