"""Objections (异议): somebody says that a record is not right, and a third person decides.

Whoever objects need not say who they are, and nothing of them is kept. While an objection is open
its record waits; who decides neither recorded nor reviewed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    exists,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

import pointsbank.earning.record_steps as steps
from pointsbank.earning.errors import (
    HoursInvalid,
    ObjectionDecided,
    ObjectionOpen,
    ObjectionUnknown,
    RecordRepeated,
    RecordUnknown,
)
from pointsbank.earning.hands import APPROVERS, Hands
from pointsbank.earning.reasons import required_reason
from pointsbank.earning.record_steps import PUBLISHED, REVIEWED, require_step
from pointsbank.earning.service_records import (
    LockedRecord,
    Service,
    ServiceRecord,
    find_same,
    get_locked,
    insert_record,
    lock_records,
    read_record_number,
    record_number,
)
from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Session,
    Text,
    from_instant,
    operation,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import DAY_MINUTES
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people import require_oneself, require_person, tell

UPHELD, CORRECTED, DISMISSED = "upheld", "corrected", "dismissed"
OUTCOMES = (UPHELD, CORRECTED, DISMISSED)
_outcome = one_of({outcome: outcome for outcome in OUTCOMES})


class Objection(Base):
    """One objection to one record. Decided once, with an answer.

    Upheld, the record is rejected; corrected, another record with other minutes takes its place;
    dismissed, the record goes on as if nobody had objected.
    """

    __tablename__ = "objection"
    __table_args__ = strict_table(
        CheckConstraint("outcome IN ('upheld', 'corrected', 'dismissed')", name="outcome"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)"
            " AND (outcome IS NULL) = (answer IS NULL)",
            name="decided",
        ),
        CheckConstraint("new_record_id IS NULL OR outcome = 'corrected'", name="new_record"),
        Index(None, "record_id"),
        Index(
            "ix_objection_open",
            "id",
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    record_id: Mapped[int] = mapped_column(Int, ForeignKey("service_record.id"))
    raised_by: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    new_record_id: Mapped[int | None] = mapped_column(Int, ForeignKey("service_record.id"))


@dataclass(frozen=True)
class ObjectionRow:
    """An objection as a worker sees it."""

    id: int
    record_id: int
    raised_by: str
    raised_at: str
    reason: str
    decided_by: str | None
    decided_at: str | None
    outcome: str | None
    answer: str | None
    new_record_id: int | None

    @property
    def number(self) -> str:
        return objection_number(self.id)

    @property
    def record(self) -> str:
        return record_number(self.record_id)


SELECT_OBJECTIONS = select(
    *(getattr(Objection, name) for name in ObjectionRow.__dataclass_fields__)
)
# Of a record: somebody has objected to it and has no answer yet.
HAS_OBJECTION = exists().where(
    Objection.record_id == ServiceRecord.id, Objection.decided_at.is_(None)
)
[_RECORD] = packed_rows("records", int)
_OPEN_OF = statement(
    select(Objection.record_id)
    .where(Objection.record_id.in_(select(_RECORD)), Objection.decided_at.is_(None))
    .distinct()
)
_BY_ID = statement(SELECT_OBJECTIONS.where(Objection.id == bindparam("of_id")))
_HELD = statement(SELECT_OBJECTIONS.where(Objection.id == bindparam("of_id")).with_for_update())
_INSERT = statement(insert(Objection).returning(Objection.id))
_DECIDE = (
    update(Objection)
    .where(Objection.decided_at.is_(None))
    .values(
        decided_by=bindparam("new_by"),
        decided_at=bindparam("new_at"),
        outcome=bindparam("new_outcome"),
        answer=bindparam("new_answer"),
        new_record_id=bindparam("new_record"),
    )
)
_DECIDE_ONE = statement(_DECIDE.where(Objection.id == bindparam("of_id")))
_DECIDE_ALL = statement(_DECIDE.where(Objection.record_id == bindparam("of_record")))


def objection_number(objection_id: int) -> str:
    """The public number of an objection.

    >>> objection_number(12)
    'Y000012-5'
    """
    return public_id("Y", objection_id)


def read_objection_number(number: str) -> int:
    """The id behind an objection's number. Raises PublicIdInvalid."""
    return read_public_id("Y", number)


def objected_among(session: Session, record_ids: Iterable[int]) -> set[int]:
    """Which of these records somebody has objected to, without an answer yet."""
    rows = session.rows(_OPEN_OF, records=pack((one,) for one in record_ids))
    return {row.record_id for row in rows}


@operation("earning.object_to_record")
def object_to_record(act: Act, *, record: str, reason: str) -> Answer:
    """Write down that somebody says a record is not right (异议); who says so is not kept.

    It can be said from the review until the record takes effect. Raises RecordUnknown,
    RecordDecided, ReasonMissing.
    """
    record_id = read_record_number(record)
    return _object(act, get_locked(lock_records(act.session, [record_id]), record_id), reason)


@operation("earning.object_to_own_record")
def object_to_own_record(act: Act, *, record: str, reason: str) -> Answer:
    """Say on the own page that a record of one's own is not right, before it counts (本人异议).

    Of one record one objection of one's own is open at a time. Raises RoleMissing, RecordUnknown
    for another's, RecordDecided, ObjectionOpen, ReasonMissing.
    """
    record_id, own = read_record_number(record), require_oneself(act)
    found = get_locked(lock_records(act.session, [record_id]), record_id)
    if found.volunteer_id != own:
        raise RecordUnknown(number=record)
    if objected_among(act.session, [record_id]):
        raise ObjectionOpen(number=record)
    return _object(act, found, reason)


def _object(act: Act, found: LockedRecord, reason: str) -> Answer:
    require_step(found, REVIEWED, PUBLISHED)
    made = act.session.value(
        _INSERT,
        record_id=found.id,
        raised_by=act.caller.actor,
        raised_at=act.now,
        reason=required_reason(reason),
        decided_by=None,
        decided_at=None,
        outcome=None,
        answer=None,
        new_record_id=None,
    )
    act.for_whom = f"volunteer:{found.volunteer_id}"
    return {"objection": objection_number(made), "record": found.number}


@operation("earning.decide_objection")
def decide_objection(
    act: Act, *, objection: str, outcome: str, answer: str, minutes: int | None = None
) -> Answer:
    """Decide on an objection (处理异议): upheld, dismissed, or corrected to other minutes.

    Upheld and corrected reject the record; corrected writes down another one that waits for its own
    review. Whoever decides neither recorded nor reviewed it, and is not of their household. Raises
    ObjectionUnknown, ObjectionDecided, ReasonMissing, HoursInvalid, RecordRepeated,
    SecondPersonNeeded, RoleMissing, SamePersonTwice, OwnRecord, SameHousehold.
    """
    decider = require_person(act, *APPROVERS)
    outcome, said = _outcome(outcome), required_reason(answer)
    objection_id = read_objection_number(objection)
    row = act.session.row(_BY_ID, of_id=objection_id)
    if row is None:
        raise ObjectionUnknown(objection=objection[:24])
    # The record first, as everybody does; then the objection, which a rival may have decided.
    found = lock_records(act.session, [row.record_id])[row.record_id]
    held = ObjectionRow(*act.session.row(_HELD, of_id=objection_id))
    if held.decided_at is not None:
        raise ObjectionDecided(objection=objection, outcome=str(held.outcome))
    require_step(found, REVIEWED, PUBLISHED)
    Hands(act.session, decider, [found]).refuse(found, reviewed=True)
    act.for_whom = f"volunteer:{found.volunteer_id}"
    new_record = _corrected(act, found, minutes) if outcome == CORRECTED else None
    told = {
        "new_by": act.caller.actor,
        "new_at": act.now,
        "new_outcome": outcome,
        "new_answer": said,
        "new_record": new_record,
    }
    if outcome == DISMISSED:
        act.session.run(_DECIDE_ONE, of_id=objection_id, **told)
    else:
        # What others have said about the same record is answered by this as well.
        act.session.run(_DECIDE_ALL, of_record=found.id, **told)
        steps.reject_after_all(act, found.id, said)
        about = f"record:{found.id}:rejected"
        tell(act, "earning.record_rejected", act.for_whom, about=about, day=found.served_on)
    return {
        "objection": objection,
        "record": found.number,
        "outcome": outcome,
        "new_record": None if new_record is None else record_number(new_record),
    }


def _corrected(act: Act, record: LockedRecord, minutes: int | None) -> int:
    """Another record of the same service with other minutes, pending. Raises HoursInvalid."""
    if minutes is None or minutes == record.minutes or not 0 < minutes <= DAY_MINUTES:
        raise HoursInvalid(minutes=minutes or 0)
    if record.started_at and record.ended_at:
        span = from_instant(record.ended_at) - from_instant(record.started_at)
        if span.total_seconds() < minutes * 60:
            raise HoursInvalid(minutes=minutes)
    service = replace(Service.of(record), minutes=minutes)
    made = insert_record(act, record.volunteer_id, service)
    if made is None:
        same = find_same(act.session, record.volunteer_id, service) or 0
        raise RecordRepeated(number=record_number(same))
    return made
