"""Service records (服务记录): who served, when, how long, who wrote it down and who approved it.

Minutes are the legal record and stay for good; points come from them once, when the record takes
effect. A record is never deleted: it is rejected, lapses, or is voided with a reason. Which step
follows which is in `record_steps.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning.errors import (
    HoursInvalid,
    RecordUnknown,
    ServiceInFuture,
    ServiceNotOver,
)
from pointsbank.earning.rules import SOURCES, join_tags
from pointsbank.foundation import (
    SHOP_ZONE,
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

    `decided_by` is who reviewed it, or rejected it before that; never who recorded it. What it
    earns is worked out then and stays. Effective it has an entry, unless it earns nothing.
    """

    __tablename__ = "service_record"
    __table_args__ = strict_table(
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint(
            "source IN ('sign_in', 'app', 'roll_call', 'manual', 'honorary')", name="source"
        ),
        CheckConstraint(
            "status IN ('pending', 'reviewed', 'published', 'effective', 'rejected', 'lapsed',"
            " 'void')",
            name="status",
        ),
        CheckConstraint("(status IN ('pending', 'lapsed')) = (decided_by IS NULL)", name="decided"),
        CheckConstraint(
            "status IN ('pending', 'lapsed', 'rejected') OR decided_by <> recorded_by",
            name="two_people",
        ),
        CheckConstraint("status <> 'published' OR notice_id IS NOT NULL", name="published"),
        CheckConstraint(
            "(status IN ('effective', 'void')) = (effective_on IS NOT NULL)", name="effective"
        ),
        CheckConstraint(
            "(entry_id IS NOT NULL)"
            " = (status IN ('effective', 'void') AND coalesce(points, 0) > 0)",
            name="entry_has_points",
        ),
        Index(None, "status", "id"),
        Index(None, "volunteer_id", "served_on"),
        Index(None, "notice_id", "status"),
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
    lapsed_at: Mapped[str | None] = mapped_column(Text)
    taken_up_by: Mapped[str | None] = mapped_column(Text)
    taken_up_at: Mapped[str | None] = mapped_column(Text)
    taken_up_for: Mapped[str | None] = mapped_column(Text)
    notice_id: Mapped[int | None] = mapped_column(Int, ForeignKey("notice.id"))
    effective_by: Mapped[str | None] = mapped_column(Text)
    effective_at: Mapped[str | None] = mapped_column(Text)
    effective_on: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[str | None] = mapped_column(Text)
    activity_id: Mapped[int | None] = mapped_column(Int, ForeignKey("activity.id"))


@dataclass(frozen=True)
class Service:
    """One service as it is recorded; times may be missing, the day never is.

    `activity_id` is the planned activity (活动) behind it, whose name may be another's too.
    """

    activity: str
    served_on: str
    minutes: int
    source: str
    started_at: str | None = None
    ended_at: str | None = None
    team: str | None = None
    category: str | None = None
    tags: str | None = None
    activity_id: int | None = None

    @classmethod
    def of(cls, record: LockedRecord) -> Service:
        """The service that a record is about."""
        return cls(**{name: getattr(record, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class LockedRecord:
    """A record that whoever decides on it has locked."""

    id: int
    volunteer_id: int
    activity: str
    team: str | None
    category: str | None
    started_at: str | None
    ended_at: str | None
    served_on: str
    minutes: int
    source: str
    recorded_by: str
    status: str
    decided_by: str | None
    notice_id: int | None
    entry_id: int | None
    points: int | None
    working: str | None
    tags: str | None
    activity_id: int | None

    @property
    def number(self) -> str:
        return record_number(self.id)


_INSERT = statement(insert_ignoring(ServiceRecord, "fingerprint").returning(ServiceRecord.id))
_GIVEN = (
    "volunteer_id",
    "activity",
    "team",
    "category",
    "started_at",
    "ended_at",
    "served_on",
    "minutes",
    "source",
    "tags",
    "fingerprint",
)
_ROW = packed_rows("rows", int, str, str, str, str, str, str, int, str, str, str)
_INSERT_MANY = statement(
    insert_ignoring(ServiceRecord, "fingerprint").from_select(
        [*_GIVEN, "recorded_by", "recorded_at", "status"],
        select(
            *_ROW,
            bindparam("recorded_by", type_=Text),
            bindparam("recorded_at", type_=Text),
            literal("pending"),
            # Without a condition SQLite would read ON CONFLICT as the ON of a join.
        ).where(literal(1) == literal(1)),
    )
)
_BY_FINGERPRINT = statement(
    select(ServiceRecord.id).where(ServiceRecord.fingerprint == bindparam("of_fingerprint"))
)
[_ID] = packed_rows("ids", int)
[_PRINT] = packed_rows("prints", str)
_PEOPLE = statement(
    select(ServiceRecord.volunteer_id).where(ServiceRecord.id.in_(select(_ID))).distinct()
)
_LOCKED = statement(
    select(*(getattr(ServiceRecord, name) for name in LockedRecord.__dataclass_fields__))
    .where(ServiceRecord.id.in_(select(_ID)))
    .order_by(ServiceRecord.id)
    .with_for_update()
)
_EARNED = statement(
    select(ServiceRecord.id).where(ServiceRecord.rule_version.is_not(None)).limit(1)
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
    tags: Iterable[str] = (),
    now: str,
) -> Service:
    """A service as it was typed, in the form that the bank keeps.

    The day follows from the start where there is one. Raises HoursInvalid, ServiceInFuture,
    ServiceNotOver.
    """
    if started_at is not None:
        served_on = business_day(from_instant(started_at))
    if served_on is None or not 0 < minutes <= DAY_MINUTES:
        raise HoursInvalid(minutes=minutes)
    refuse_unserved(served_on, minutes, started_at=started_at, ended_at=ended_at, now=now)
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
        tags=join_tags(tags),
    )


def refuse_unserved(
    served_on: str, minutes: int, *, started_at: str | None, ended_at: str | None, now: str
) -> None:
    """Refuse what nobody can have served yet: a day to come, or an end that is still to come.

    Without a start it may have begun at midnight, and no sooner. Raises ServiceInFuture,
    ServiceNotOver.
    """
    moment = from_instant(now).astimezone(SHOP_ZONE)
    if served_on > business_day(moment):
        raise ServiceInFuture(day=served_on)
    begun = datetime.fromisoformat(served_on).replace(tzinfo=SHOP_ZONE)
    if started_at is not None:
        begun = from_instant(started_at)
    ended = begun + timedelta(minutes=minutes)
    if ended_at is not None:
        ended = max(ended, from_instant(ended_at))
    if ended > moment:
        raise ServiceNotOver(now=moment.strftime("%H:%M"))


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
        lapsed_at=None,
        taken_up_by=None,
        taken_up_at=None,
        taken_up_for=None,
        notice_id=None,
        effective_by=None,
        effective_at=None,
        effective_on=None,
        fingerprint=fingerprint_of(volunteer_id, service),
    )
    return made


def insert_records(act: Act, services: Iterable[tuple[int, Service]]) -> int:
    """How many of these services of volunteers are new; each waits now. One statement for all."""
    rows = []
    for volunteer_id, one in services:
        told = vars(one) | {"volunteer_id": volunteer_id}
        told["fingerprint"] = fingerprint_of(volunteer_id, one)
        rows.append([told[name] for name in _GIVEN])
    if not rows:
        return 0
    return act.session.run(
        _INSERT_MANY, rows=pack(rows), recorded_by=act.caller.actor, recorded_at=act.now
    )


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


def people_of(session: Session, record_ids: Iterable[int]) -> list[int]:
    """The volunteers of some records."""
    rows = session.rows(_PEOPLE, ids=pack((one,) for one in record_ids))
    return [row.volunteer_id for row in rows]


def anything_earned(session: Session) -> bool:
    """Whether any record was ever decided on by a rule."""
    return session.value(_EARNED) is not None


def lock_records(session: Session, record_ids: Iterable[int]) -> dict[int, LockedRecord]:
    """Records by their ids, locked until the transaction ends."""
    rows = session.rows(_LOCKED, ids=pack((one,) for one in record_ids))
    return {row.id: LockedRecord(*row) for row in rows}


def get_locked(records: dict[int, LockedRecord], record_id: int) -> LockedRecord:
    """One of the locked records. Raises RecordUnknown."""
    if record_id not in records:
        raise RecordUnknown(number=record_number(record_id))
    return records[record_id]


def put_record(act: Act, volunteer_id: int, service: Service) -> int:
    """The id of a pending record of this service, whether it is new or was there before.

    For a room above that has seen somebody serve; whoever types one in uses `record_service`.
    """
    made = insert_record(act, volunteer_id, service)
    if made is None:
        made = find_same(act.session, volunteer_id, service)
    assert made is not None
    return made
