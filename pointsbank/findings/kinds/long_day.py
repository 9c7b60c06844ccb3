"""A long day (一天服务太久): more than eight hours of one person on one day."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, func, select

from pointsbank.findings.kinds.form import FindingKind, Found, Window, is_standing, record
from pointsbank.foundation import Session, statement

_MINUTES = func.sum(record.minutes)
_FIND = statement(
    select(
        record.volunteer_id,
        record.served_on,
        _MINUTES.label("minutes"),
        func.count().label("records"),
        func.max(record.id).label("id"),
    )
    .where(
        record.served_on >= bindparam("since"),
        record.served_on <= bindparam("until"),
        is_standing(record),
    )
    .group_by(record.volunteer_id, record.served_on)
    .having(bindparam("most") < _MINUTES)
    .order_by(record.served_on, record.volunteer_id)
)


def find(session: Session, window: Window) -> Iterator[Found]:
    """Days on which somebody served longer than the number in force."""
    most = window.numbers.day_minutes
    for row in session.rows(_FIND, since=window.since, until=window.until, most=most):
        yield Found(
            f"day:{row.volunteer_id}:{row.served_on}",
            row.volunteer_id,
            row.id,
            {"day": row.served_on, "minutes": int(row.minutes), "records": row.records},
        )


LONG_DAY = FindingKind("long_day", find)
