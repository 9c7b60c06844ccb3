"""Service records (服务记录): who served, when, how long, who wrote it down and who approved it.

Minutes are the legal record and stay for good; points come from them once, when a second person
finds the record right. A record is never deleted: it is rejected, or voided with a reason.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning.errors import (
    HoursInvalid,
    RecordDecided,
    RecordUnknown,
    ServiceInFuture,
)
from pointsbank.earning.rules import SOURCES
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    business_day,
    canonical_json,
    from_instant,
    insert_ignoring,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import DAY_MINUTES, clean_text
from pointsbank.foundation.sheet_rows import one_of

_source = one_of({source: source for source in SOURCES})


class ServiceRecord(Base):
    """A service record. `fingerprint` keeps the same service from being recorded twice.

    Pending until one other person decides; effective with an entry unless it earns nothing. Who
    approved is never who recorded, and neither of them is the volunteer.
    """

    __tablename__ = "service_record"
    __table_args__ = strict_table(
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint(
            "source IN ('sign_in', 'app', 'roll_call', 'manual', 'honorary')", name="source"
        ),
        CheckConstraint("status IN ('pending', 'effective', 'rejected', 'void')", name="status"),
        CheckConstraint("(status = 'pending') = (decided_by IS NULL)", name="decided"),
        CheckConstraint(
            "status NOT IN ('effective', 'void') OR decided_by <> recorded_by", name="two_people"
        ),
        CheckConstraint("(entry_id IS NULL) = (coalesce(points, 0) = 0)", name="entry_has_points"),
        Index(None, "status", "id"),
        Index(None, "volunteer_id", "served_on"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    activity: Mapped[str] = mapped_column(Text)
    team: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)
    served_on: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(Int)
    source: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    voided_by: Mapped[str | None] = mapped_column(Text)
    voided_at: Mapped[str | None] = mapped_column(Text)
    entry_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)
    points: Mapped[int | None] = mapped_column(Int)
    counted_minutes: Mapped[int | None] = mapped_column(Int)
    rule_version: Mapped[int | None] = mapped_column(Int, ForeignKey("earning_rule.version"))
    working: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text, unique=True)


@dataclass(frozen=True)
class Service:
    """One service as it is recorded; times may be missing, the day never is."""

    activity: str
    served_on: str
    minutes: int
    source: str
    started_at: str | None = None
    ended_at: str | None = None
    team: str | None = None
    category: str | None = None


_INSERT = statement(insert_ignoring(ServiceRecord, "fingerprint").returning(ServiceRecord.id))
_BY_FINGERPRINT = statement(
    select(ServiceRecord.id).where(ServiceRecord.fingerprint == bindparam("of_fingerprint"))
)
[_ID] = packed_rows("ids", int)
[_PRINT] = packed_rows("prints", str)
_PEOPLE = statement(
    select(ServiceRecord.volunteer_id).where(ServiceRecord.id.in_(select(_ID))).distinct()
)
_LOCKED = statement(
    select(
        ServiceRecord.id,
        ServiceRecord.volunteer_id,
        ServiceRecord.activity,
        ServiceRecord.category,
        ServiceRecord.served_on,
        ServiceRecord.started_at,
        ServiceRecord.ended_at,
        ServiceRecord.minutes,
        ServiceRecord.source,
        ServiceRecord.recorded_by,
        ServiceRecord.status,
        ServiceRecord.entry_id,
        ServiceRecord.points,
    )
    .where(ServiceRecord.id.in_(select(_ID)))
    .order_by(ServiceRecord.id)
    .with_for_update()
)
_EARNED = statement(
    select(ServiceRecord.id).where(ServiceRecord.rule_version.is_not(None)).limit(1)
)
_DECIDE = statement(
    update(ServiceRecord)
    .where(ServiceRecord.id == bindparam("of_id"), ServiceRecord.status == "pending")
    .values(
        status=bindparam("new_status"),
        decided_by=bindparam("new_decided_by"),
        decided_at=bindparam("new_decided_at"),
        reason=bindparam("new_reason"),
        entry_id=bindparam("new_entry_id"),
        points=bindparam("new_points"),
        counted_minutes=bindparam("new_counted"),
        rule_version=bindparam("new_rule_version"),
        working=bindparam("new_working"),
    )
)
_VOID = statement(
    update(ServiceRecord)
    .where(ServiceRecord.id == bindparam("of_id"), ServiceRecord.status == "effective")
    .values(
        status="void",
        voided_by=bindparam("new_voided_by"),
        voided_at=bindparam("new_voided_at"),
        reason=bindparam("new_reason"),
    )
)
_KNOWN = statement(
    select(ServiceRecord.fingerprint, ServiceRecord.id).where(
        ServiceRecord.fingerprint.in_(select(_PRINT))
    )
)


def record_number(record_id: int) -> str:
    """The public number of a record.

    >>> record_number(12)
    'S000012-5'
    """
    return public_id("S", record_id)


def read_record_number(number: str) -> int:
    """The id behind a record's number. Raises PublicIdInvalid."""
    return read_public_id("S", number)


def fingerprint_of(volunteer_id: int, service: Service) -> str:
    """What tells one service from another: who, what, when and how long.

    How it was recorded is left out: the same hours do not count again when somebody types them in.
    """
    when = service.started_at or service.served_on
    told = [volunteer_id, service.activity, when, service.minutes]
    return hashlib.sha256(canonical_json(told)).hexdigest()


def read_service(
    *,
    activity: str,
    minutes: int,
    source: str,
    served_on: str | None = None,
    started_at: str | None = None,
    ended_at: str | None = None,
    team: str | None = None,
    category: str | None = None,
    today: str,
) -> Service:
    """A service as it was typed, in the form that the bank keeps.

    The day follows from the start where there is one. Raises HoursInvalid, ServiceInFuture.
    """
    if started_at is not None:
        served_on = business_day(from_instant(started_at))
    if served_on is None or not 0 < minutes <= DAY_MINUTES:
        raise HoursInvalid(minutes=minutes)
    if served_on > today:
        raise ServiceInFuture(day=served_on)
    if started_at is not None and ended_at is not None:
        span = from_instant(ended_at) - from_instant(started_at)
        if span.total_seconds() < minutes * 60:
            raise HoursInvalid(minutes=minutes)
    return Service(
        activity=clean_text(activity, 100),
        served_on=served_on,
        minutes=minutes,
        source=_source(source),
        started_at=started_at,
        ended_at=ended_at,
        team=clean_text(team, 60) if team else None,
        category=clean_text(category, 40) if category else None,
    )


def insert_record(act: Act, volunteer_id: int, service: Service) -> int | None:
    """The id of a new pending record, or None when the same service is recorded already."""
    made: int | None = act.session.value(
        _INSERT,
        volunteer_id=volunteer_id,
        **vars(service),
        recorded_by=act.caller.actor,
        recorded_at=act.now,
        status="pending",
        decided_by=None,
        decided_at=None,
        reason=None,
        voided_by=None,
        voided_at=None,
        entry_id=None,
        points=None,
        counted_minutes=None,
        rule_version=None,
        working=None,
        fingerprint=fingerprint_of(volunteer_id, service),
    )
    return made


def find_same(session: Session, volunteer_id: int, service: Service) -> int | None:
    """The record of the very same service, or None."""
    found: int | None = session.value(
        _BY_FINGERPRINT, of_fingerprint=fingerprint_of(volunteer_id, service)
    )
    return found


def find_known(session: Session, fingerprints: list[str]) -> dict[str, int]:
    """Which of these services are recorded already, and under which id."""
    rows = session.rows(_KNOWN, prints=pack((one,) for one in fingerprints))
    return {row.fingerprint: row.id for row in rows}


def people_of(session: Session, record_ids: list[int]) -> list[int]:
    """The volunteers of some records."""
    rows = session.rows(_PEOPLE, ids=pack((one,) for one in record_ids))
    return [row.volunteer_id for row in rows]


def anything_earned(session: Session) -> bool:
    """Whether any record was ever decided on by a rule."""
    return session.value(_EARNED) is not None


def lock_records(session: Session, record_ids: list[int]) -> dict[int, Any]:
    """Records by their ids, locked until the transaction ends."""
    return {row.id: row for row in session.rows(_LOCKED, ids=pack((one,) for one in record_ids))}


def get_locked(records: dict[int, Any], record_id: int) -> Any:
    """One of the locked records. Raises RecordUnknown."""
    if record_id not in records:
        raise RecordUnknown(number=record_number(record_id))
    return records[record_id]


def decide(
    act: Act,
    record: Any,
    status: str,
    *,
    reason: str | None = None,
    entry_id: int | None = None,
    points: int | None = None,
    counted: int | None = None,
    rule_version: int | None = None,
    working: str | None = None,
) -> None:
    """Write a decision down, if nobody was faster. Raises RecordDecided."""
    decided = act.session.run(
        _DECIDE,
        of_id=record.id,
        new_status=status,
        new_decided_by=act.caller.actor,
        new_decided_at=act.now,
        new_reason=reason,
        new_entry_id=entry_id,
        new_points=points,
        new_counted=counted,
        new_rule_version=rule_version,
        new_working=working,
    )
    if decided != 1:
        raise RecordDecided(number=record_number(record.id), status=record.status)


def make_void(act: Act, record: Any, reason: str) -> None:
    """Write down that an effective record is void. Raises RecordDecided if it is not effective."""
    voided = act.session.run(
        _VOID,
        of_id=record.id,
        new_voided_by=act.caller.actor,
        new_voided_at=act.now,
        new_reason=reason,
    )
    if voided != 1:
        raise RecordDecided(number=record_number(record.id), status=record.status)
