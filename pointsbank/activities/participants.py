"""Participants (报名): who comes to an activity, who waits for a place, who did not come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.activities.activities import ActivityRow
from pointsbank.activities.errors import (
    ActivityFull,
    AgeUnknown,
    AlreadyJoined,
    MinorInDanger,
    TooYoung,
)
from pointsbank.earning import lift_no_show, note_no_show
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    business_day,
    from_instant,
    statement,
    strict_table,
)
from pointsbank.people import births_of, is_at_least

# 志愿服务条例 and its provincial rules: no minor in dangerous service.
ADULT_FROM = 18


class Participant(Base):
    """One volunteer at one activity: joined, waiting for a place, or gone again.

    A no-show (失约) is a mark on who had joined; it may be taken back.
    """

    __tablename__ = "participant"
    __table_args__ = strict_table(
        UniqueConstraint("activity_id", "volunteer_id"),
        CheckConstraint("status IN ('joined', 'waiting', 'left')", name="status"),
        CheckConstraint("(no_show_at IS NULL) = (no_show_by IS NULL)", name="no_show"),
        Index(None, "volunteer_id", "status"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    activity_id: Mapped[int] = mapped_column(Int, ForeignKey("activity.id"))
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    status: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Text)
    no_show_at: Mapped[str | None] = mapped_column(Text)
    no_show_by: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """A participant as it stands in the books."""

    id: int
    activity_id: int
    volunteer_id: int
    status: str
    changed_at: str
    changed_by: str
    no_show_at: str | None
    no_show_by: str | None


SELECT_PARTICIPANTS = select(
    *(getattr(Participant, name) for name in ParticipantRow.__dataclass_fields__)
)
_OF_BOTH = statement(
    SELECT_PARTICIPANTS.where(
        Participant.activity_id == bindparam("of_activity"),
        Participant.volunteer_id == bindparam("of_volunteer"),
    )
)
_OF_ACTIVITY = statement(
    SELECT_PARTICIPANTS.where(Participant.activity_id == bindparam("of_activity")).order_by(
        Participant.changed_at, Participant.id
    )
)
_COUNT = statement(
    select(func.count())
    .select_from(Participant)
    .where(
        Participant.activity_id == bindparam("of_activity"),
        Participant.status == bindparam("of_status"),
    )
)
_INSERT = statement(insert(Participant).returning(Participant.id))
_SET_STATUS = statement(
    update(Participant)
    .where(Participant.id == bindparam("of_id"))
    .values(
        status=bindparam("new_status"),
        changed_at=bindparam("new_changed_at"),
        changed_by=bindparam("new_changed_by"),
    )
)
_MARK = statement(
    update(Participant)
    .where(Participant.id == bindparam("of_id"))
    .values(no_show_at=bindparam("new_at"), no_show_by=bindparam("new_by"))
)
_FIRST_WAITING = statement(
    SELECT_PARTICIPANTS.where(
        Participant.activity_id == bindparam("of_activity"), Participant.status == "waiting"
    )
    .order_by(Participant.changed_at, Participant.id)
    .limit(1)
)


def find_participant(
    session: Session, activity_id: int, volunteer_id: int
) -> ParticipantRow | None:
    """Somebody at an activity, or None for who never joined."""
    row = session.row(_OF_BOTH, of_activity=activity_id, of_volunteer=volunteer_id)
    return None if row is None else participant_row(row)


def list_participants(session: Session, activity_id: int) -> list[ParticipantRow]:
    """Everybody who joined an activity, waits or has gone again, in order."""
    return [participant_row(row) for row in session.rows(_OF_ACTIVITY, of_activity=activity_id)]


def participant_row(row: Any) -> ParticipantRow:
    """A row of `SELECT_PARTICIPANTS` as plain data."""
    return ParticipantRow(*row)


def count_joined(session: Session, activity_id: int) -> int:
    """How many have a place at an activity."""
    return int(session.value(_COUNT, of_activity=activity_id, of_status="joined"))


def has_room(session: Session, activity: ActivityRow) -> bool:
    """Whether one more may join an activity that the caller has locked."""
    most = activity.people_most
    return most is None or count_joined(session, activity.id) < most


def join(
    act: Act,
    activity: ActivityRow,
    volunteer_id: int,
    *,
    may_wait: bool = False,
    from_queue: bool = False,
) -> str:
    """Give somebody a place at a locked activity, or one in the queue; `joined` or `waiting`.

    `from_queue` is for who waits and has come. Raises AlreadyJoined, ActivityFull, and what
    `refuse_age` raises.
    """
    session = act.session
    known = find_participant(session, activity.id, volunteer_id)
    gone = {"left", "waiting"} if from_queue else {"left"}
    if known is not None and known.status not in gone:
        raise AlreadyJoined()
    refuse_age(act, activity, volunteer_id)
    status = "joined"
    if not has_room(session, activity):
        if not (may_wait and activity.waiting):
            raise ActivityFull(most=activity.people_most or 0)
        status = "waiting"
    put(act, activity.id, volunteer_id, known, status)
    return status


def put(
    act: Act, activity_id: int, volunteer_id: int, known: ParticipantRow | None, status: str
) -> None:
    """Write down what somebody is at an activity from now on."""
    if known is not None:
        set_status(act, known.id, status)
        return
    act.session.run(
        _INSERT,
        activity_id=activity_id,
        volunteer_id=volunteer_id,
        status=status,
        changed_at=act.now,
        changed_by=act.caller.actor,
        no_show_at=None,
        no_show_by=None,
    )


def set_status(act: Act, participant_id: int, status: str) -> None:
    """Change what somebody is at an activity."""
    act.session.run(
        _SET_STATUS,
        of_id=participant_id,
        new_status=status,
        new_changed_at=act.now,
        new_changed_by=act.caller.actor,
    )


def first_waiting(session: Session, activity_id: int) -> ParticipantRow | None:
    """Who has waited longest for a place, or None."""
    row = session.row(_FIRST_WAITING, of_activity=activity_id)
    return None if row is None else participant_row(row)


def mark_no_show_row(
    act: Act, activity: ActivityRow, one: ParticipantRow, *, is_one: bool, why: str = ""
) -> None:
    """Mark somebody who did not come, here and among the marks of service; or take it back."""
    act.session.run(
        _MARK,
        of_id=one.id,
        new_at=act.now if is_one else None,
        new_by=act.caller.actor if is_one else None,
    )
    day = business_day(from_instant(activity.begins_at))
    told: dict[str, Any] = {"activity": activity.name, "day": day, "activity_id": activity.id}
    if is_one:
        note_no_show(act, one.volunteer_id, **told)
    else:
        lift_no_show(act, one.volunteer_id, **told, reason=why)


def refuse_age(act: Act, activity: ActivityRow, volunteer_id: int) -> None:
    """Keep the young from what is not for them; where an age matters it must be known.

    Raises MinorInDanger, TooYoung, AgeUnknown.
    """
    least = max(activity.age_least or 0, ADULT_FROM if activity.dangerous else 0)
    if not least:
        return
    born = births_of(act.session, [volunteer_id]).get(volunteer_id)
    if is_at_least(born, least, today=act.today):
        return
    if born is None:
        raise AgeUnknown(age=least)
    if activity.dangerous and not is_at_least(born, ADULT_FROM, today=act.today):
        raise MinorInDanger()
    raise TooYoung(age=least)
