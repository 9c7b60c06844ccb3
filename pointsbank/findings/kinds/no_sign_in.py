"""No sign-in (没有签到): entered by hand for an activity at which others signed in that day."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, exists, or_, select

from pointsbank.earning import BACK_FILLED, record_number
from pointsbank.findings.kinds.form import FindingKind, Found, Window, is_standing, other, record
from pointsbank.foundation import Session, statement

_FIND = statement(
    select(record.id, record.volunteer_id, record.activity, record.served_on, record.recorded_by)
    .where(
        or_(*(record.source == source for source in sorted(BACK_FILLED))),
        record.served_on >= bindparam("since"),
        record.served_on <= bindparam("until"),
        is_standing(record),
        exists().where(
            other.activity == record.activity,
            other.served_on == record.served_on,
            other.source == "sign_in",
            other.volunteer_id != record.volunteer_id,
            is_standing(other),
        ),
    )
    .order_by(record.id)
)


def find(session: Session, window: Window) -> Iterator[Found]:
    """Everybody who was written down where the others had signed in."""
    for row in session.rows(_FIND, since=window.since, until=window.until):
        yield Found(
            f"record:{row.id}",
            row.volunteer_id,
            row.id,
            {
                "record": record_number(row.id),
                "activity": row.activity,
                "day": row.served_on,
                "recorded_by": row.recorded_by,
            },
        )


NO_SIGN_IN = FindingKind("no_sign_in", find)
