"""What the doors may ask about notices and objections; plain data comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, exists, func, select

from pointsbank.earning.errors import NothingToPublish, ObjectionUnknown
from pointsbank.earning.notices import (
    SELECT_NOTICES,
    SHOWN_SETTING,
    Notice,
    NoticeRow,
    choose_records,
    get_notice,
    term_of,
)
from pointsbank.earning.objections import (
    HAS_OBJECTION,
    SELECT_OBJECTIONS,
    Objection,
    ObjectionRow,
    objected_among,
    read_objection_number,
)
from pointsbank.earning.record_steps import PUBLISHED, REJECTED, REVIEWED
from pointsbank.earning.service_records import ServiceRecord, record_number
from pointsbank.earning.working_days import (
    WorkCalendar,
    YearCalendar,
    read_calendars,
    work_calendar,
)
from pointsbank.foundation import (
    Int,
    Page,
    Paging,
    Session,
    Text,
    find_setting,
    pack,
    packed_rows,
    query,
    read_page,
    statement,
)
from pointsbank.people import PublicName, public_names


@dataclass(frozen=True)
class NoticeCounts:
    """How many records of a notice stand where, and what they come to."""

    records: int
    minutes: int
    points: int
    waiting: int
    rejected: int


@dataclass(frozen=True)
class NoticeLine:
    """A record as it hangs on the wall; `record` is its number for the desk."""

    record: str
    who: PublicName
    activity: str
    served_on: str
    minutes: int
    points: int
    status: str
    is_objected: bool


@dataclass(frozen=True)
class NoticePaper:
    """A notice with everything that hangs on it; its sums leave out what was rejected."""

    notice: NoticeRow
    lines: Sequence[NoticeLine]

    @property
    def standing(self) -> list[NoticeLine]:
        return [line for line in self.lines if line.status != REJECTED]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.standing)

    @property
    def points(self) -> int:
        return sum(line.points for line in self.standing)

    @property
    def people(self) -> int:
        return len({line.who.number for line in self.standing})


@dataclass(frozen=True)
class NoticeForeseen:
    """What a notice would be that is opened now."""

    records: int
    starts_on: str
    last_day: str
    length: int
    unit: str


[_ID] = packed_rows("ids", int)
_SERVED = statement(
    select(ServiceRecord.served_on).where(ServiceRecord.id.in_(select(_ID))).distinct()
)
_LINES = statement(
    select(
        ServiceRecord.id,
        ServiceRecord.volunteer_id,
        ServiceRecord.activity,
        ServiceRecord.served_on,
        ServiceRecord.minutes,
        func.coalesce(ServiceRecord.points, 0).label("points"),
        ServiceRecord.status,
    )
    .where(ServiceRecord.notice_id == bindparam("of_notice", type_=Int))
    .order_by(ServiceRecord.served_on, ServiceRecord.id)
)
[_NOTICE] = packed_rows("notices", int)
_COUNTS = statement(
    select(
        ServiceRecord.notice_id,
        ServiceRecord.status,
        func.count().label("records"),
        func.sum(ServiceRecord.minutes).label("minutes"),
        func.coalesce(func.sum(ServiceRecord.points), 0).label("points"),
    )
    .where(ServiceRecord.notice_id.in_(select(_NOTICE)))
    .group_by(ServiceRecord.notice_id, ServiceRecord.status)
)
_TO_PUBLISH = statement(
    select(func.count())
    .select_from(ServiceRecord)
    .where(ServiceRecord.status == REVIEWED, ~HAS_OBJECTION)
)
_HANGS = (ServiceRecord.notice_id == Notice.id, ServiceRecord.status == PUBLISHED)
_STANDING = SELECT_NOTICES.where(Notice.withdrawn_at.is_(None)).order_by(Notice.id)
_RUNNING = statement(
    _STANDING.where(Notice.last_day >= bindparam("today", type_=Text), exists().where(*_HANGS))
)
_OVER = statement(
    _STANDING.where(
        Notice.last_day < bindparam("today", type_=Text), exists().where(*_HANGS, ~HAS_OBJECTION)
    )
)
_BY_ID = statement(SELECT_NOTICES.where(Notice.id == bindparam("of_id", type_=Int)))
_OPEN_OBJECTIONS = statement(
    select(func.count()).select_from(Objection).where(Objection.decided_at.is_(None))
)
_OF_RECORD = statement(
    SELECT_OBJECTIONS.where(Objection.record_id == bindparam("of_record", type_=Int)).order_by(
        Objection.id
    )
)


# ----------------------------------------------------------------------------------------- notices


@query
def list_notices(
    session: Session, *, paging: Paging | None = None
) -> Page[tuple[NoticeRow, NoticeCounts]]:
    """All notices, the newest first, with what hangs on each."""
    paging = paging or Paging()
    total = int(session.value(select(func.count()).select_from(Notice)))
    newest = SELECT_NOTICES.order_by(Notice.id.desc())
    rows = session.rows(newest.limit(paging.per_page).offset(paging.offset))
    notices = [NoticeRow(*row) for row in rows]
    counts = _counts(session, notices)
    items = [(one, counts[one.id]) for one in notices]
    return Page(items, total, paging.page, paging.per_page)


def _counts(session: Session, notices: Sequence[NoticeRow]) -> dict[int, NoticeCounts]:
    rows = session.rows(_COUNTS, notices=pack((one.id,) for one in notices))
    found = {}
    for one in notices:
        own = [row for row in rows if row.notice_id == one.id]
        by_status = {row.status: int(row.records) for row in own}
        found[one.id] = NoticeCounts(
            records=sum(by_status.values()),
            minutes=sum(int(row.minutes) for row in own),
            points=sum(int(row.points) for row in own),
            waiting=by_status.get(PUBLISHED, 0),
            rejected=by_status.get(REJECTED, 0),
        )
    return found


@query
def list_notices_over(session: Session, *, today: str) -> list[NoticeRow]:
    """Notices that are over and on which something is ready to take effect, the oldest first."""
    return [NoticeRow(*row) for row in session.rows(_OVER, today=today)]


@query
def list_notices_running(session: Session, *, today: str) -> list[NoticeRow]:
    """Notices that hang now, the oldest first."""
    return [NoticeRow(*row) for row in session.rows(_RUNNING, today=today)]


@query
def get_notice_paper(session: Session, *, notice: str, today: str) -> NoticePaper:
    """A notice with its lines, in the order of service. Raises NoticeUnknown."""
    return read_paper(session, get_notice(session, notice), today=today)


def read_paper(session: Session, notice: NoticeRow, *, today: str) -> NoticePaper:
    """The same as a step, for a notice that is there."""
    rows = session.rows(_LINES, of_notice=notice.id)
    names = public_names(session, {row.volunteer_id for row in rows}, today=today)
    objected = objected_among(session, [row.id for row in rows])
    lines = [
        NoticeLine(
            record=record_number(row.id),
            who=names[row.volunteer_id],
            activity=row.activity,
            served_on=row.served_on,
            minutes=row.minutes,
            points=row.points,
            status=row.status,
            is_objected=row.id in objected,
        )
        for row in rows
    ]
    return NoticePaper(notice, lines)


@query
def foresee_notice(session: Session, *, today: str) -> NoticeForeseen:
    """What a notice of all that waits would be today. Raises NothingToPublish, NoCalendar."""
    ids = choose_records(session, None, today)
    if not ids:
        raise NothingToPublish()
    rows = session.rows(_SERVED, ids=pack((one,) for one in ids))
    last_day, length, unit = term_of(session, today, (row.served_on for row in rows))
    return NoticeForeseen(len(ids), today, last_day, length, unit)


@query
def shows_notices(session: Session) -> bool:
    """Whether everybody may read the running notices on the public page."""
    return find_setting(session, SHOWN_SETTING) == "1"


@query
def list_public_papers(session: Session, *, today: str) -> list[NoticePaper]:
    """Every notice that hangs now, as everybody may read it."""
    notices = [NoticeRow(*row) for row in session.rows(_RUNNING, today=today)]
    return [read_paper(session, one, today=today) for one in notices]


@query
def find_notice_of(session: Session, *, notice_id: int | None) -> NoticeRow | None:
    """The notice on which a record hangs or has hung, if any."""
    row = session.row(_BY_ID, of_id=notice_id) if notice_id is not None else None
    return None if row is None else NoticeRow(*row)


# -------------------------------------------------------------------------------------- objections


@query
def list_objections(
    session: Session, *, is_open: bool | None = None, paging: Paging | None = None
) -> Page[ObjectionRow]:
    """Objections, the open ones the oldest first, all others the newest first."""
    paging = paging or Paging()
    found = SELECT_OBJECTIONS
    if is_open is not None:
        decided = Objection.decided_at
        found = found.where(decided.is_(None) if is_open else decided.is_not(None))
    order = Objection.id if is_open else Objection.id.desc()
    return read_page(session, found.order_by(order), paging).mapped(lambda row: ObjectionRow(*row))


@query
def get_objection(session: Session, *, objection: str) -> ObjectionRow:
    """One objection by its number. Raises ObjectionUnknown."""
    row = session.row(SELECT_OBJECTIONS.where(Objection.id == read_objection_number(objection)))
    if row is None:
        raise ObjectionUnknown(objection=objection[:24])
    return ObjectionRow(*row)


@query
def count_objections(session: Session) -> int:
    """How many objections wait for a decision."""
    return int(session.value(_OPEN_OBJECTIONS))


@query
def list_objections_to(session: Session, *, record_id: int) -> list[ObjectionRow]:
    """Every objection to one record, the oldest first."""
    return [ObjectionRow(*row) for row in session.rows(_OF_RECORD, of_record=record_id)]


# --------------------------------------------------------------------------------------- holidays


@query
def list_calendars(session: Session) -> list[YearCalendar]:
    """The list of holidays in force of every year that has one."""
    return read_calendars(session)


@query
def get_work_calendar(session: Session) -> WorkCalendar:
    """What is known of working days and holidays, year by year."""
    return work_calendar(session)


@query
def count_to_publish(session: Session) -> int:
    """How many reviewed records wait for a notice, without those somebody has objected to."""
    return int(session.value(_TO_PUBLISH))
