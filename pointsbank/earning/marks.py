"""Marks (记号): somebody did not come (爽约), or a complaint about a service was upheld (投诉属实).

Marks are counted and looked at by people. What an upheld complaint costs is the rulebook's
business: where it says so, the hours of that activity count nothing. A mark that was wrong is
lifted and stays to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.orm import Mapped, mapped_column

import pointsbank.earning.record_steps as steps
from pointsbank.earning.errors import MarkStands, MarkUnknown, ObjectionOpen
from pointsbank.earning.objections import objected_among
from pointsbank.earning.reasons import REASON_MOST, required_reason
from pointsbank.earning.record_steps import EFFECTIVE, PENDING, STANDING, stands_at
from pointsbank.earning.reviewing import lock_with_people
from pointsbank.earning.rulebooks import rulebook_on
from pointsbank.earning.service_records import (
    LockedRecord,
    ServiceRecord,
    get_locked,
    read_record_number,
    record_number,
)
from pointsbank.earning.voiding import void_one
from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Session,
    Text,
    operation,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import clean_text
from pointsbank.people import VolunteerRef, require_person, require_second, tell

NO_SHOW, COMPLAINT = "no_show", "complaint"
# What nobody planned is known by its name and day.
_STANDS = text("lifted_at IS NULL AND activity_id IS NULL")
_STANDS_PLANNED = text("lifted_at IS NULL AND activity_id IS NOT NULL")


class ServiceMark(Base):
    """A mark against a volunteer for one activity; of each kind at most one stands."""

    __tablename__ = "service_mark"
    __table_args__ = strict_table(
        CheckConstraint("kind IN ('no_show', 'complaint')", name="kind"),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)"
            " AND (lifted_at IS NULL) = (lifted_for IS NULL)",
            name="lifted",
        ),
        Index(
            "uq_service_mark_standing",
            "volunteer_id",
            "kind",
            "day",
            "activity",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index(
            "uq_service_mark_planned",
            "volunteer_id",
            "kind",
            "activity_id",
            unique=True,
            sqlite_where=_STANDS_PLANNED,
            postgresql_where=_STANDS_PLANNED,
        ),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    activity: Mapped[str] = mapped_column(Text)
    day: Mapped[str] = mapped_column(Text)
    record_id: Mapped[int | None] = mapped_column(Int, ForeignKey("service_record.id"))
    reason: Mapped[str] = mapped_column(Text)
    noted_by: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[str] = mapped_column(Text)
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lifted_at: Mapped[str | None] = mapped_column(Text)
    lifted_for: Mapped[str | None] = mapped_column(Text)
    activity_id: Mapped[int | None] = mapped_column(Int, ForeignKey("activity.id"))


@dataclass(frozen=True)
class MarkRow:
    """A mark as a worker sees it."""

    id: int
    kind: str
    volunteer_id: int
    activity: str
    day: str
    record_id: int | None
    reason: str
    noted_by: str
    noted_at: str
    lifted_by: str | None
    lifted_at: str | None
    lifted_for: str | None
    activity_id: int | None


# The planned activity, which tells two of one name on one day apart (`is_same_activity`).
_PLANNED = bindparam("of_planned", type_=Int)


def _of_same_activity(planned: Any, activity: Any, day: Any) -> Any:
    """`is_same_activity` as a condition on a table's columns."""
    by_name = and_(activity == bindparam("of_activity"), day == bindparam("of_day"))
    return or_(planned == _PLANNED, and_(by_name, or_(planned.is_(None), _PLANNED.is_(None))))


SELECT_MARKS = select(*(getattr(ServiceMark, name) for name in MarkRow.__dataclass_fields__))
_INSERT = statement(insert_or(ServiceMark).on_conflict_do_nothing().returning(ServiceMark.id))
_LIFT = statement(
    update(ServiceMark)
    .where(ServiceMark.id == bindparam("of_id"), ServiceMark.lifted_at.is_(None))
    .values(
        lifted_by=bindparam("new_by"),
        lifted_at=bindparam("new_at"),
        lifted_for=bindparam("new_for"),
    )
    .returning(ServiceMark.volunteer_id)
)
_LIFT_NO_SHOW = statement(
    update(ServiceMark)
    .where(
        ServiceMark.kind == NO_SHOW,
        ServiceMark.volunteer_id == bindparam("of_volunteer"),
        _of_same_activity(ServiceMark.activity_id, ServiceMark.activity, ServiceMark.day),
        ServiceMark.lifted_at.is_(None),
    )
    .values(
        lifted_by=bindparam("new_by"),
        lifted_at=bindparam("new_at"),
        lifted_for=bindparam("new_for"),
    )
)
_COUNT = statement(
    select(ServiceMark.kind, func.count().label("marks"))
    .where(
        ServiceMark.volunteer_id == bindparam("of_volunteer"),
        ServiceMark.lifted_at.is_(None),
        ServiceMark.day >= bindparam("since"),
    )
    .group_by(ServiceMark.kind)
)
_SAME_ACTIVITY = statement(
    select(ServiceRecord.id).where(
        ServiceRecord.volunteer_id == bindparam("of_volunteer"),
        _of_same_activity(
            ServiceRecord.activity_id, ServiceRecord.activity, ServiceRecord.served_on
        ),
        stands_at(*STANDING),
    )
)


def note_no_show(
    act: Act,
    volunteer_id: int,
    *,
    activity: str,
    day: str,
    activity_id: int | None = None,
    reason: str = "",
) -> int | None:
    """Note that somebody who had joined an activity did not come; None when it is noted already.

    For a room above that knows who had joined.
    """
    told = (activity, day, activity_id)
    return _insert(act, NO_SHOW, volunteer_id, *told, None, reason)


def lift_no_show(
    act: Act,
    volunteer_id: int,
    *,
    activity: str,
    day: str,
    activity_id: int | None = None,
    reason: str,
) -> bool:
    """Lift the mark of a no-show that stands, as when whoever is in charge was wrong; else False.

    For the same room above that notes them.
    """
    lifted = act.session.run(
        _LIFT_NO_SHOW,
        of_volunteer=volunteer_id,
        of_activity=activity,
        of_day=day,
        of_planned=activity_id,
        new_by=act.caller.actor,
        new_at=act.now,
        new_for=clean_text(reason, REASON_MOST),
    )
    return lifted > 0


def _insert(
    act: Act,
    kind: str,
    volunteer_id: int,
    activity: str,
    day: str,
    activity_id: int | None,
    record_id: int | None,
    reason: str,
) -> int | None:
    made: int | None = act.session.value(
        _INSERT,
        kind=kind,
        volunteer_id=volunteer_id,
        activity=activity,
        day=day,
        activity_id=activity_id,
        record_id=record_id,
        reason=clean_text(reason, REASON_MOST),
        noted_by=act.caller.actor,
        noted_at=act.now,
        lifted_by=None,
        lifted_at=None,
        lifted_for=None,
    )
    return made


def count_marks(session: Session, volunteer_id: int, *, since: str = "") -> dict[str, int]:
    """How many marks of each kind stand against a volunteer, since a day."""
    rows = session.rows(_COUNT, of_volunteer=volunteer_id, since=since)
    return {row.kind: row.marks for row in rows}


@operation("earning.uphold_complaint")
def uphold_complaint(act: Act, *, record: str, reason: str, proposed_by: str) -> Answer:
    """Uphold a complaint about a service (投诉属实). One proposes, another confirms.

    Where the rulebook of that day says so, everything of the same activity (`is_same_activity`)
    counts nothing: what was effective is voided and its points go back, what was not is rejected.
    Raises RecordUnknown, MarkStands, ObjectionOpen, ReasonMissing, and what `require_second`
    raises.
    """
    record_id = read_record_number(record)
    people, records = lock_with_people(act, [record_id])
    found = get_locked(records, record_id)
    volunteer = people[found.volunteer_id]
    require_second(act, "earning.uphold_complaint", first=proposed_by, volunteers=[volunteer.id])
    said = required_reason(reason)
    same = _same_activity(act, found) if _zeroes(act.session, found.served_on) else []
    told = (found.activity, found.served_on, found.activity_id, record_id, said)
    made = _insert(act, COMPLAINT, volunteer.id, *told)
    if made is None:
        raise MarkStands(kind=COMPLAINT)
    for one in same:
        _zero(act, one, volunteer, said)
    act.for_whom = volunteer.holder
    zeroed = [one.number for one in same]
    return {"record": record, "mark": made, "zeroed": zeroed, "proposed_by": proposed_by}


def _zeroes(session: Session, day: str) -> bool:
    """Whether the rulebook of a day makes the hours of an activity count nothing."""
    book = rulebook_on(session, day)
    return any(one.voids_hours for one in book.deductions)


def _same_activity(act: Act, about: LockedRecord) -> list[LockedRecord]:
    """Everything of the same activity that stands, held. Raises ObjectionOpen."""
    rows = act.session.rows(
        _SAME_ACTIVITY,
        of_volunteer=about.volunteer_id,
        of_day=about.served_on,
        of_activity=about.activity,
        of_planned=about.activity_id,
    )
    _, locked = lock_with_people(act, [row.id for row in rows])
    for record_id in objected_among(act.session, locked):
        raise ObjectionOpen(number=record_number(record_id))
    return [one for one in locked.values() if one.status in STANDING]


def _zero(act: Act, record: LockedRecord, volunteer: VolunteerRef, why: str) -> None:
    """Let a record count nothing: what was issued is taken back, what was not never is."""
    if record.status == EFFECTIVE:
        void_one(act, record, volunteer, why)
        return
    reject = steps.reject if record.status == PENDING else steps.reject_after_all
    reject(act, record.id, why)
    told = {"about": f"record:{record.id}:rejected", "day": record.served_on}
    tell(act, "earning.record_rejected", volunteer.holder, **told)


@operation("earning.lift_mark")
def lift_mark(act: Act, *, mark: int, reason: str) -> Answer:
    """Lift a mark that was wrong, or that an appeal has undone (撤销记号). It stays to be seen.

    Hours that it made count nothing are recorded anew. Raises MarkUnknown, ReasonMissing,
    SecondPersonNeeded, RoleMissing.
    """
    require_person(act, "worker", "witness", "admin")
    said = required_reason(reason)
    whose = act.session.value(
        _LIFT, of_id=mark, new_by=act.caller.actor, new_at=act.now, new_for=said
    )
    if whose is None:
        raise MarkUnknown()
    act.for_whom = f"volunteer:{whose}"
    return {"mark": mark}
