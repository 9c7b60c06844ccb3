"""What has counted already (已计入), as far as a rulebook's caps ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import and_, bindparam, func, or_, select

from pointsbank.earning.record_steps import FOUND_RIGHT, stands_at
from pointsbank.earning.rules import NOTHING_SO_FAR, Counted, Rulebook, Served, SoFar, Working
from pointsbank.earning.service_records import ServiceRecord
from pointsbank.foundation import Session, pack, packed_rows, statement

_COLUMNS = (
    ServiceRecord.volunteer_id,
    ServiceRecord.served_on,
    ServiceRecord.activity,
    ServiceRecord.category,
    func.coalesce(ServiceRecord.counted_minutes, 0).label("minutes"),
    func.coalesce(ServiceRecord.points, 0).label("points"),
    ServiceRecord.activity_id,
)
# What was found right uses up what a cap leaves, also while it hangs on its notice; what earned
# nothing has used up nothing.
[_ACTIVITY] = packed_rows("activities", int)
_COUNTS = (
    or_(
        and_(
            ServiceRecord.served_on >= bindparam("since"),
            ServiceRecord.served_on < bindparam("until"),
        ),
        # An activity may have begun on another day than the caps' periods.
        ServiceRecord.activity_id.in_(select(_ACTIVITY)),
    ),
    stands_at(*FOUND_RIGHT),
    (ServiceRecord.counted_minutes > 0) | (ServiceRecord.points > 0),
)
_COUNTED = statement(
    select(*_COLUMNS)
    .where(
        ServiceRecord.volunteer_id == bindparam("of_volunteer"),
        *_COUNTS,
    )
    .order_by(ServiceRecord.id)
)
[_PERSON] = packed_rows("people", int)
_COUNTED_OF_MANY = statement(
    select(*_COLUMNS)
    .where(ServiceRecord.volunteer_id.in_(select(_PERSON)), *_COUNTS)
    .order_by(ServiceRecord.id)
)


class Record(Protocol):
    """What is asked of a record here, whether it is locked or only looked at."""

    @property
    def volunteer_id(self) -> int: ...
    @property
    def served_on(self) -> str: ...
    @property
    def activity(self) -> str: ...
    @property
    def category(self) -> str | None: ...
    @property
    def activity_id(self) -> int | None: ...


def so_far(session: Session, book: Rulebook, volunteer_id: int, served: Served) -> SoFar:
    """What has counted for a volunteer when a service comes; only caps ask for it.

    To decide by it, ask after the accounts are locked: a rival may be at another record.
    """
    if not book.caps:
        return NOTHING_SO_FAR
    since, until = _span(book, served.served_on)
    rows = session.rows(
        _COUNTED,
        of_volunteer=volunteer_id,
        since=since,
        until=until,
        activities=_activities([served]),
    )
    return SoFar(tuple(Counted(*row[1:]) for row in rows))


class SoFarOf:
    """The same for the people of many records: read once, and added to as one goes on."""

    def __init__(self, session: Session, looked_at: Sequence[tuple[Rulebook, Record]]) -> None:
        self._counted: dict[int, list[Counted]] = {}
        asking = [(book, one) for book, one in looked_at if book.caps]
        if not asking:
            return
        spans = [_span(book, one.served_on) for book, one in asking]
        rows = session.rows(
            _COUNTED_OF_MANY,
            people=pack((one,) for one in sorted({one.volunteer_id for _, one in asking})),
            since=min(since for since, _ in spans),
            until=max(until for _, until in spans),
            activities=_activities(one for _, one in asking),
        )
        for volunteer_id, *counted in rows:
            self._counted.setdefault(volunteer_id, []).append(Counted(*counted))

    def of(self, record: Record, book: Rulebook) -> SoFar:
        """What has counted for a record's volunteer, with what was added."""
        there = self._counted.get(record.volunteer_id)
        if not book.caps or not there:
            return NOTHING_SO_FAR
        since, until = _span(book, record.served_on)
        planned = record.activity_id
        return SoFar(
            tuple(
                one
                for one in there
                if since <= one.served_on < until
                or (planned is not None and one.activity_id == planned)
            )
        )

    def add(self, record: Record, working: Working) -> None:
        """A record was found right: from now on it counts for the next ones."""
        if working.counted_minutes or working.points:
            told = (record.served_on, record.activity, record.category)
            counted = Counted(*told, working.counted_minutes, working.points, record.activity_id)
            self._counted.setdefault(record.volunteer_id, []).append(counted)


def _activities(looked_at: Iterable[Record | Served]) -> str:
    """The planned activities of what is looked at."""
    return pack((one,) for one in sorted({one.activity_id or 0 for one in looked_at} - {0}))


def _span(book: Rulebook, day: str) -> tuple[str, str]:
    """From which day until before which the caps of a rulebook ask."""
    return min(cap.since(day) for cap in book.caps), max(cap.until(day) for cap in book.caps)
