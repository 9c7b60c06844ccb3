"""Overlap (时间重叠): one person at two services at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select

from pointsbank.earning import record_number
from pointsbank.findings.kinds.form import FindingKind, Found, Window, is_standing, other, record
from pointsbank.foundation import Session, statement

_FIND = statement(
    select(
        record.id,
        record.volunteer_id,
        record.activity,
        record.served_on,
        record.recorded_by,
        other.id.label("other_id"),
        other.activity.label("other_activity"),
    )
    .join(other, (other.volunteer_id == record.volunteer_id) & (other.id < record.id))
    .where(
        record.served_on >= bindparam("since"),
        record.served_on <= bindparam("until"),
        is_standing(record),
        is_standing(other),
        other.started_at < record.ended_at,
        record.started_at < other.ended_at,
    )
    .order_by(record.id, other.id)
)


def find(session: Session, window: Window) -> Iterator[Found]:
    """Two records whose times run into each other; those without times are not compared."""
    for row in session.rows(_FIND, since=window.since, until=window.until):
        yield Found(
            f"record:{row.other_id}:{row.id}",
            row.volunteer_id,
            row.id,
            {
                "record": record_number(row.id),
                "activity": row.activity,
                "other": record_number(row.other_id),
                "other_activity": row.other_activity,
                "day": row.served_on,
                "recorded_by": row.recorded_by,
            },
        )


OVERLAP = FindingKind("overlap", find)
