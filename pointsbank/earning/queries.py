"""What the doors may ask about service records and rules; plain data comes back."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, func, select

from pointsbank.earning.booklets import CONFIRMED, WAITING
from pointsbank.earning.errors import NoCalendar, NoRule, RecordUnknown
from pointsbank.earning.opening_pages import sum_booklets
from pointsbank.earning.record_steps import (
    EFFECTIVE,
    LAPSED,
    PENDING,
    PUBLISHED,
    REVIEWED,
    STANDING,
    stands_at,
)
from pointsbank.earning.rulebooks import is_decided, read_rulebooks, rulebook_on
from pointsbank.earning.rules import BACK_FILLED, Rulebook, Served, Working, work_out
from pointsbank.earning.service_records import (
    ServiceRecord,
    anything_earned,
    read_record_number,
    record_number,
)
from pointsbank.earning.so_far import SoFarOf, so_far
from pointsbank.earning.versions import Rulebooks
from pointsbank.earning.working_days import work_calendar
from pointsbank.foundation import (
    Page,
    Paging,
    Session,
    pack,
    packed_rows,
    public_id,
    query,
    read_page,
    statement,
)
from pointsbank.people import (
    SanctionsOf,
    VolunteerRef,
    find_volunteers_by_id,
    find_volunteers_by_name,
    mask_name,
)

SOMEBODY_GONE = "已注销"


@dataclass(frozen=True)
class RecordRow:
    """A service record as a worker sees it. `entry` is the entry that issued its points."""

    id: int
    number: str
    volunteer_id: int
    volunteer_number: str
    name: str | None
    masked_name: str
    activity: str
    team: str | None
    category: str | None
    started_at: str | None
    ended_at: str | None
    served_on: str
    minutes: int
    source: str
    recorded_by: str
    recorded_at: str
    status: str
    decided_by: str | None
    decided_at: str | None
    voided_by: str | None
    voided_at: str | None
    reason: str | None
    points: int | None
    counted_minutes: int | None
    rule_version: int | None
    working: str | None
    entry: str | None
    lapsed_at: str | None
    taken_up_by: str | None
    taken_up_at: str | None
    taken_up_for: str | None
    notice_id: int | None
    effective_by: str | None
    effective_at: str | None
    effective_on: str | None
    tags: str | None
    activity_id: int | None
    # Until when its volunteer could not earn on the day of service: nobody finds it right.
    sanctioned_until: str | None = None


@dataclass(frozen=True)
class HoursServed:
    """A volunteer's effective minutes: attended, and recorded afterwards (信用时数, 荣誉时数).

    `pending` are those that are still on their way.
    """

    attended: int
    back_filled: int
    pending: int

    @property
    def total(self) -> int:
        return self.attended + self.back_filled


_COLUMNS = (
    ServiceRecord.id,
    ServiceRecord.volunteer_id,
    ServiceRecord.activity,
    ServiceRecord.team,
    ServiceRecord.category,
    ServiceRecord.started_at,
    ServiceRecord.ended_at,
    ServiceRecord.served_on,
    ServiceRecord.minutes,
    ServiceRecord.source,
    ServiceRecord.recorded_by,
    ServiceRecord.recorded_at,
    ServiceRecord.status,
    ServiceRecord.decided_by,
    ServiceRecord.decided_at,
    ServiceRecord.voided_by,
    ServiceRecord.voided_at,
    ServiceRecord.reason,
    ServiceRecord.points,
    ServiceRecord.counted_minutes,
    ServiceRecord.rule_version,
    ServiceRecord.working,
    ServiceRecord.entry_id,
    ServiceRecord.lapsed_at,
    ServiceRecord.taken_up_by,
    ServiceRecord.taken_up_at,
    ServiceRecord.taken_up_for,
    ServiceRecord.notice_id,
    ServiceRecord.effective_by,
    ServiceRecord.effective_at,
    ServiceRecord.effective_on,
    ServiceRecord.tags,
    ServiceRecord.activity_id,
)
[_ID] = packed_rows("ids", int)
_BY_IDS = statement(select(*_COLUMNS).where(ServiceRecord.id.in_(select(_ID))))


@query
def list_records(
    session: Session,
    *,
    status: str | None = None,
    volunteer_id: int | None = None,
    name: str | None = None,
    team: str | None = None,
    source: str | None = None,
    recorded_by: str | None = None,
    notice_id: int | None = None,
    since: str | None = None,
    until: str | None = None,
    paging: Paging | None = None,
) -> Page[RecordRow]:
    """Service records, newest first; `since` and `until` are days of service, both inclusive."""
    paging = paging or Paging()
    found: Select[*tuple[Any, ...]] = select(*_COLUMNS)
    wanted = {
        ServiceRecord.status: status,
        ServiceRecord.volunteer_id: volunteer_id,
        ServiceRecord.team: team,
        ServiceRecord.source: source,
        ServiceRecord.recorded_by: recorded_by,
        ServiceRecord.notice_id: notice_id,
    }
    for column, value in wanted.items():
        if value is not None:
            found = found.where(column == value)
    if name:
        same = find_volunteers_by_name(session, [name]).get(name, [])
        found = found.where(ServiceRecord.volunteer_id.in_([one.id for one in same]))
    if since:
        found = found.where(ServiceRecord.served_on >= since)
    if until:
        found = found.where(ServiceRecord.served_on <= until)
    newest = found.order_by(ServiceRecord.served_on.desc(), ServiceRecord.id.desc())
    page = read_page(session, newest, paging)
    people = find_volunteers_by_id(session, {row.volunteer_id for row in page.items})
    sanctions = _sanctions_of(session, page.items)
    return page.mapped(lambda row: _row(row, people[row.volunteer_id], sanctions))


def _sanctions_of(session: Session, rows: Iterable[Any]) -> SanctionsOf:
    """What keeps from earning the people of those records that are still to be decided on."""
    waiting = {row.volunteer_id for row in rows if row.status in (PENDING, LAPSED)}
    return SanctionsOf(session, waiting, "earning")


def _row(row: Any, volunteer: VolunteerRef, sanctions: SanctionsOf) -> RecordRow:
    told: dict[str, Any] = row._asdict()
    entry_id = told.pop("entry_id")
    waits = row.status in (PENDING, LAPSED)
    return RecordRow(
        **told,
        number=record_number(row.id),
        volunteer_number=volunteer.number,
        name=volunteer.name,
        masked_name=mask_name(volunteer.name) if volunteer.name else SOMEBODY_GONE,
        entry=None if entry_id is None else public_id("J", entry_id),
        sanctioned_until=sanctions.until(row.volunteer_id, row.served_on) if waits else None,
    )


@query
def get_record(session: Session, *, record: str) -> RecordRow:
    """One service record by its number. Raises RecordUnknown."""
    return read_record(session, read_record_number(record))


def read_record(session: Session, record_id: int) -> RecordRow:
    """The same as a step, by the id that an entry's document names."""
    row = session.row(select(*_COLUMNS).where(ServiceRecord.id == record_id))
    if row is None:
        raise RecordUnknown(number=record_number(record_id))
    [volunteer] = find_volunteers_by_id(session, [row.volunteer_id]).values()
    return _row(row, volunteer, _sanctions_of(session, [row]))


def read_records(session: Session, record_ids: Iterable[int]) -> dict[int, RecordRow]:
    """Several records by their ids, in two statements; ids that none has are left out."""
    packed = pack((record_id,) for record_id in record_ids)
    rows = session.rows(_BY_IDS, ids=packed)
    people = find_volunteers_by_id(session, {row.volunteer_id for row in rows})
    sanctions = _sanctions_of(session, rows)
    return {row.id: _row(row, people[row.volunteer_id], sanctions) for row in rows}


@query
def count_pending(session: Session) -> int:
    """How many records wait for a second person."""
    return int(
        session.value(
            select(func.count()).select_from(ServiceRecord).where(ServiceRecord.status == "pending")
        )
    )


@query
def count_steps(session: Session) -> dict[str, int]:
    """How many records wait at each step; steps where none does are left out."""
    waiting = (PENDING, REVIEWED, PUBLISHED, LAPSED)
    rows = session.rows(
        select(ServiceRecord.status, func.count().label("records"))
        .where(stands_at(*waiting))
        .group_by(ServiceRecord.status)
    )
    return {row.status: row.records for row in rows}


@query
def list_recorders(session: Session) -> list[tuple[str, str, int]]:
    """Who recorded how many pending records by which way: manual ones are looked at twice."""
    rows = session.rows(
        select(ServiceRecord.recorded_by, ServiceRecord.source, func.count().label("records"))
        .where(ServiceRecord.status == "pending")
        .group_by(ServiceRecord.recorded_by, ServiceRecord.source)
        .order_by(func.count().desc(), ServiceRecord.recorded_by, ServiceRecord.source)
    )
    return [(row.recorded_by, row.source, row.records) for row in rows]


@query
def count_hours(session: Session, *, volunteer_id: int) -> HoursServed:
    """How long a volunteer has served, in booklets too; spent points take none of it away."""
    rows = session.rows(
        select(
            ServiceRecord.status,
            ServiceRecord.source,
            func.sum(ServiceRecord.minutes).label("minutes"),
        )
        .where(
            ServiceRecord.volunteer_id == volunteer_id,
            stands_at(*STANDING),
        )
        .group_by(ServiceRecord.status, ServiceRecord.source)
    )
    booklets = sum_booklets(session, volunteer_id)
    sums = {
        "attended": 0,
        "back_filled": booklets.get(CONFIRMED, 0),
        "pending": booklets.get(WAITING, 0),
    }
    for row in rows:
        attended = row.source not in BACK_FILLED
        kind = "attended" if attended else "back_filled"
        kind = kind if row.status == EFFECTIVE else "pending"
        sums[kind] += int(row.minutes)
    return HoursServed(**sums)


@query
def list_rulebooks(session: Session) -> list[Rulebook]:
    """Every version of the rulebook, the newest first."""
    return read_rulebooks(session)


@query
def get_rulebook(session: Session, *, day: str) -> Rulebook:
    """The rulebook in force on a day. Raises NoRule."""
    return rulebook_on(session, day)


@query
def may_start_in_past(session: Session) -> bool:
    """Whether the next rulebook may start in the past: nobody has decided, nothing was earned."""
    return not is_decided(session) and not anything_earned(session)


@query
def is_anything_earned(session: Session) -> bool:
    """Whether any record was decided on by a rulebook; from then on two people set the next."""
    return anything_earned(session)


@query
def preview_service(
    session: Session, *, served: Served, volunteer_id: int | None = None
) -> Working:
    """What a service would earn by the rulebook of its day, after what counts for somebody already.

    Raises NoRule, NoCalendar.
    """
    book = rulebook_on(session, served.served_on)
    if book.multipliers.asks_calendar:
        kind = work_calendar(session).kind_of(served.served_on)
        served = replace(served, day_kind=kind)
    if volunteer_id is None:
        return work_out(book, served)
    return work_out(book, served, so_far(session, book, volunteer_id, served))


@query
def preview_records(session: Session, *, records: Iterable[RecordRow]) -> dict[int, Working]:
    """What pending records would earn now, each after the ones before it, as a review goes on.

    Those on whose day no rulebook was in force, or that ask a calendar nobody wrote, are left out.
    """
    books, looked_at = Rulebooks(session), []
    for one in sorted(records, key=lambda one: one.id):
        with suppress(NoRule, NoCalendar):
            looked_at.append((books.on(one.served_on), one, books.served(one)))
    counted = SoFarOf(session, [(book, one) for book, one, _ in looked_at])
    found: dict[int, Working] = {}
    for book, one, served in looked_at:
        found[one.id] = work_out(book, served, counted.of(one, book))
        counted.add(one, found[one.id])
    return found
