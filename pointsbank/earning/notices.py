"""Public notices (公示): what was reviewed hangs on the wall for some days before it counts.

The day on which a notice is hung is not counted; after its last day the records on it take effect,
but for those that somebody has objected to. How long it hangs is said by the rulebooks of its
records, the longest; the day on which it ends is fixed when it is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Index,
    UniqueConstraint,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

import pointsbank.earning.record_steps as steps
from pointsbank.earning.errors import (
    NothingToPublish,
    NoticeBegun,
    NoticeDayWrong,
    NoticeNotHung,
    NoticeUnknown,
    NoticeWithdrawn,
)
from pointsbank.earning.objections import HAS_OBJECTION, objected_among
from pointsbank.earning.reasons import required_reason
from pointsbank.earning.record_steps import EFFECTIVE, PUBLISHED, REVIEWED, VOID
from pointsbank.earning.service_records import ServiceRecord, lock_records, read_record_number
from pointsbank.earning.versions import Rulebooks
from pointsbank.earning.working_days import WorkCalendar, work_calendar
from pointsbank.foundation import (
    SHOP_ZONE,
    Act,
    Answer,
    Base,
    Int,
    Session,
    Statement,
    Text,
    add_days,
    business_day,
    from_instant,
    insert_ignoring,
    operation,
    statement,
    strict_table,
    to_instant,
)
from pointsbank.foundation.cells import day as read_day

WORKING, CALENDAR = "working", "calendar"
# So many records hang on one notice; a wall takes some ten sheets.
RECORDS_MOST = 400
# A notice is opened for today or for one of the next days.
AHEAD_MOST = 30
# Whether everybody may read what hangs, and not only who comes to the wall: `1` or `0`.
SHOWN_SETTING = "notices_shown"
_NUMBER = re.compile(r"([0-9]{4})-([0-9]{1,6})", re.ASCII)


class Notice(Base):
    """A notice. It runs from the day it is to be hung until the end of its last day.

    One that was hung later than it was meant to be ends later; one that was withdrawn never ends,
    and its records wait for another.
    """

    __tablename__ = "notice"
    __table_args__ = strict_table(
        UniqueConstraint("year", "place"),
        CheckConstraint("place > 0", name="place"),
        CheckConstraint("unit IN ('working', 'calendar')", name="unit"),
        CheckConstraint("length > 0", name="length"),
        CheckConstraint("last_day > starts_on", name="last_day"),
        CheckConstraint("(hung_on IS NULL) = (hung_by IS NULL)", name="hung"),
        CheckConstraint("(taken_down_on IS NULL) = (taken_down_by IS NULL)", name="taken_down"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_for IS NULL)",
            name="withdrawn",
        ),
        Index(None, "last_day"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    year: Mapped[int] = mapped_column(Int)
    place: Mapped[int] = mapped_column(Int)
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[str] = mapped_column(Text)
    length: Mapped[int] = mapped_column(Int)
    unit: Mapped[str] = mapped_column(Text)
    last_day: Mapped[str] = mapped_column(Text)
    hung_by: Mapped[str | None] = mapped_column(Text)
    hung_on: Mapped[str | None] = mapped_column(Text)
    taken_down_by: Mapped[str | None] = mapped_column(Text)
    taken_down_on: Mapped[str | None] = mapped_column(Text)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[str | None] = mapped_column(Text)
    withdrawn_for: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class NoticeRow:
    """A notice as others see it. `number` is what people call it: the third of 2026 is 2026-3."""

    id: int
    year: int
    place: int
    opened_by: str
    opened_at: str
    starts_on: str
    length: int
    unit: str
    last_day: str
    hung_by: str | None
    hung_on: str | None
    taken_down_by: str | None
    taken_down_on: str | None
    withdrawn_by: str | None
    withdrawn_at: str | None
    withdrawn_for: str | None

    @property
    def number(self) -> str:
        return f"{self.year}-{self.place}"

    @property
    def begins_on(self) -> str:
        """The day that is not counted: when it was hung, or is to be."""
        return max(self.starts_on, self.hung_on or "")

    def is_over(self, today: str) -> bool:
        """Whether its last day is over, and it was not withdrawn."""
        return self.withdrawn_at is None and self.last_day < today


SELECT_NOTICES = select(*(getattr(Notice, name) for name in NoticeRow.__dataclass_fields__))
_THAT = SELECT_NOTICES.where(
    Notice.year == bindparam("of_year", type_=Int),
    Notice.place == bindparam("of_place", type_=Int),
)
_BY_NUMBER = statement(_THAT)
_SHARED = statement(_THAT.with_for_update(read=True))
_HELD = statement(_THAT.with_for_update())
_LAST = statement(
    select(func.coalesce(func.max(Notice.place), 0)).where(
        Notice.year == bindparam("of_year", type_=Int)
    )
)
_INSERT = statement(insert_ignoring(Notice, "year", "place").returning(Notice.id))
_OLDEST_REVIEWED = statement(
    select(ServiceRecord.id)
    .where(
        ServiceRecord.status == REVIEWED,
        ServiceRecord.decided_at < bindparam("before", type_=Text),
        ~HAS_OBJECTION,
    )
    .order_by(ServiceRecord.id)
    .limit(RECORDS_MOST)
)
_ON_NOTICE = statement(
    select(ServiceRecord.id)
    .where(ServiceRecord.notice_id == bindparam("of_notice", type_=Int))
    .order_by(ServiceRecord.id)
)
_HANG = statement(
    update(Notice)
    .where(Notice.id == bindparam("of_id"))
    .values(
        hung_on=bindparam("new_hung_on"),
        hung_by=bindparam("new_hung_by"),
        last_day=bindparam("new_last_day"),
    )
)
_TAKE_DOWN = statement(
    update(Notice)
    .where(Notice.id == bindparam("of_id"))
    .values(
        taken_down_on=bindparam("new_taken_down_on"), taken_down_by=bindparam("new_taken_down_by")
    )
)
_WITHDRAW = statement(
    update(Notice)
    .where(Notice.id == bindparam("of_id"))
    .values(
        withdrawn_at=bindparam("new_withdrawn_at"),
        withdrawn_by=bindparam("new_withdrawn_by"),
        withdrawn_for=bindparam("new_withdrawn_for"),
    )
)


# -------------------------------------------------------------------------------------- the verbs


@operation("earning.open_notice")
def open_notice(
    act: Act,
    *,
    records: list[str] | None = None,
    until: str | None = None,
    starts_on: str | None = None,
) -> Answer:
    """Hang reviewed records on a notice (公示), from a day on, today when none is named.

    Which: those that are named, or the oldest that were reviewed until a day, at most 400. What
    somebody has objected to stays where it is. Raises NothingToPublish, NoticeDayWrong, and
    NoCalendar where nobody has said which days are holidays.
    """
    begins = read_day(starts_on) if starts_on else act.today
    if not act.today <= begins <= add_days(act.today, AHEAD_MOST):
        raise NoticeDayWrong(least=act.today, most=add_days(act.today, AHEAD_MOST))
    ids = choose_records(act.session, records, read_day(until) if until else act.today)
    locked = lock_records(act.session, ids)
    objected = objected_among(act.session, locked)
    ready = [one for one in locked.values() if one.status == REVIEWED and one.id not in objected]
    if not ready:
        raise NothingToPublish()
    last_day, length, unit = term_of(act.session, begins, (one.served_on for one in ready))
    notice = _insert(act, begins, length, unit, last_day)
    steps.publish(act, [one.id for one in ready], notice.id)
    return {
        "notice": notice.number,
        "records": len(ready),
        "starts_on": begins,
        "last_day": last_day,
    }


def choose_records(session: Session, records: list[str] | None, until: str) -> list[int]:
    """Those that are named, else the oldest that wait and were reviewed until a day."""
    if records is not None:
        return [read_record_number(one) for one in records[:RECORDS_MOST]]
    tomorrow = datetime.fromisoformat(add_days(until, 1)).replace(tzinfo=SHOP_ZONE)
    return [row.id for row in session.rows(_OLDEST_REVIEWED, before=to_instant(tomorrow))]


def term_of(session: Session, begins: str, served: Iterable[str]) -> tuple[str, int, str]:
    """The last day of a notice, and the longest of its records' rules that says so."""
    books = Rulebooks(session)
    rules = [books.on(day).notice for day in sorted(set(served))]
    calendar = work_calendar(session)
    return max(
        (end_of(calendar, begins, one.length, one.unit), one.length, one.unit) for one in rules
    )


def end_of(calendar: WorkCalendar, begins: str, length: int, unit: str) -> str:
    """The last day of a notice of so many days, the day on which it begins not counted."""
    return add_days(begins, length) if unit == CALENDAR else calendar.after(begins, length)


def _insert(act: Act, begins: str, length: int, unit: str, last_day: str) -> NoticeRow:
    year = int(begins[:4])
    row: dict[str, Any] = {
        "opened_by": act.caller.actor,
        "opened_at": act.now,
        "starts_on": begins,
        "length": length,
        "unit": unit,
        "last_day": last_day,
        "hung_by": None,
        "hung_on": None,
        "taken_down_by": None,
        "taken_down_on": None,
        "withdrawn_by": None,
        "withdrawn_at": None,
        "withdrawn_for": None,
    }
    place, made = int(act.session.value(_LAST, of_year=year)), None
    while made is None:
        # Somebody else may be opening one the same moment; then the number after is ours.
        place += 1
        made = act.session.value(_INSERT, year=year, place=place, **row)
    return NoticeRow(id=made, year=year, place=place, **row)


@operation("earning.note_hung")
def note_hung(act: Act, *, notice: str, on: str | None = None) -> Answer:
    """Note on which day a notice was hung (张贴); whoever notes it has hung it.

    Later than it was meant to, it ends later, and its sheet says other days. Raises NoticeUnknown,
    NoticeWithdrawn, NoticeDayWrong, NoticeBegun once anything on it counts, NoCalendar.
    """
    found = hold_notice(act.session, notice)
    day = read_day(on) if on else act.today
    opened = business_day(from_instant(found.opened_at))
    if not opened <= day <= act.today:
        raise NoticeDayWrong(least=opened, most=act.today)
    begins = max(found.starts_on, day)
    last_day = end_of(work_calendar(act.session), begins, found.length, found.unit)
    if last_day != found.last_day:
        _refuse_begun(act.session, found)
    act.session.run(
        _HANG,
        of_id=found.id,
        new_hung_on=day,
        new_hung_by=act.caller.actor,
        new_last_day=last_day,
    )
    return {"notice": notice, "hung_on": day, "last_day": last_day}


@operation("earning.note_taken_down")
def note_taken_down(act: Act, *, notice: str, on: str | None = None) -> Answer:
    """Note on which day a notice was taken down (取下), its last day at the earliest.

    Raises NoticeUnknown, NoticeWithdrawn, NoticeNotHung, NoticeDayWrong.
    """
    found = hold_notice(act.session, notice)
    if found.hung_on is None:
        raise NoticeNotHung(notice=notice)
    day = read_day(on) if on else act.today
    if not found.last_day <= day <= act.today:
        raise NoticeDayWrong(least=found.last_day, most=act.today)
    act.session.run(
        _TAKE_DOWN,
        of_id=found.id,
        new_taken_down_on=day,
        new_taken_down_by=act.caller.actor,
    )
    return {"notice": notice, "taken_down_on": day}


@operation("earning.withdraw_notice")
def withdraw_notice(act: Act, *, notice: str, reason: str) -> Answer:
    """Withdraw a notice that nothing has come of yet (作废公示): its records wait for another.

    Raises NoticeUnknown, NoticeWithdrawn, NoticeBegun, ReasonMissing.
    """
    found = hold_notice(act.session, notice)
    why = required_reason(reason)
    there = _refuse_begun(act.session, found)
    steps.unpublish(act, there)
    act.session.run(
        _WITHDRAW,
        of_id=found.id,
        new_withdrawn_at=act.now,
        new_withdrawn_by=act.caller.actor,
        new_withdrawn_for=why,
    )
    return {"notice": notice, "records": len(there)}


def _refuse_begun(session: Session, notice: NoticeRow) -> list[int]:
    """The records that still hang on a notice, held. Raises NoticeBegun where any counts already.

    An end that has been lived through is not moved.
    """
    rows = session.rows(_ON_NOTICE, of_notice=notice.id)
    locked = lock_records(session, [row.id for row in rows]).values()
    if any(one.status in (EFFECTIVE, VOID) for one in locked):
        raise NoticeBegun(notice=notice.number)
    return [one.id for one in locked if one.status == PUBLISHED]


# ------------------------------------------------------------------------------------- finding one


def read_notice_number(number: str) -> tuple[int, int]:
    """Year and place in `2026-3`. Raises NoticeUnknown."""
    found = _NUMBER.fullmatch(number.strip())
    if found is None:
        raise NoticeUnknown(notice=number[:16])
    return int(found[1]), int(found[2])


def get_notice(session: Session, number: str, *, source: Statement = _BY_NUMBER) -> NoticeRow:
    """The notice of this number. Raises NoticeUnknown."""
    year, place = read_notice_number(number)
    row = session.row(source, of_year=year, of_place=place)
    if row is None:
        raise NoticeUnknown(notice=number[:16])
    return NoticeRow(*row)


def hold_notice(session: Session, number: str, *, shared: bool = False) -> NoticeRow:
    """The same, held so that nobody changes it; `shared` by others who do not change it either.

    Raises NoticeUnknown, NoticeWithdrawn.
    """
    found = get_notice(session, number, source=_SHARED if shared else _HELD)
    if found.withdrawn_at is not None:
        raise NoticeWithdrawn(notice=found.number)
    return found
