"""What has counted already (已计入), as far as a rulebook's caps ask for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from pointsbank.earning.rules import NOTHING_SO_FAR, Counted, Rulebook, SoFar
from pointsbank.earning.service_records import ServiceRecord
from pointsbank.foundation import Session, statement

_COUNTED = statement(
    select(
        ServiceRecord.served_on,
        ServiceRecord.activity,
        ServiceRecord.category,
        func.coalesce(ServiceRecord.counted_minutes, 0).label("minutes"),
        func.coalesce(ServiceRecord.points, 0).label("points"),
    )
    .where(
        ServiceRecord.volunteer_id == bindparam("of_volunteer"),
        ServiceRecord.served_on >= bindparam("since"),
        ServiceRecord.served_on < bindparam("until"),
        ServiceRecord.status == "effective",
        ServiceRecord.id != bindparam("of_id"),
        # What earned nothing has used up nothing.
        (ServiceRecord.counted_minutes > 0) | (ServiceRecord.points > 0),
    )
    .order_by(ServiceRecord.id)
)


def so_far(session: Session, book: Rulebook, record: Any) -> SoFar:
    """What has counted for a record's volunteer besides it; a book without caps asks nothing.

    Ask after the volunteer's accounts are locked, for a rival may be at another record.
    """
    if not book.caps:
        return NOTHING_SO_FAR
    day = record.served_on
    rows = session.rows(
        _COUNTED,
        of_volunteer=record.volunteer_id,
        since=min(cap.since(day) for cap in book.caps),
        until=max(cap.until(day) for cap in book.caps),
        of_id=record.id,
    )
    return SoFar(tuple(Counted(*row) for row in rows))
