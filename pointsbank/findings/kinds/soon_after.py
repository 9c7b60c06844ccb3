"""Entered minutes after applying (报名后几分钟就录入): sooner than the service can have lasted."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select

from pointsbank.activities import Activity, Participant
from pointsbank.earning import record_number
from pointsbank.findings.kinds.form import FindingKind, Found, Window, is_standing, record
from pointsbank.foundation import Session, business_day, from_instant, statement

_FIND = statement(
    select(
        record.id,
        record.volunteer_id,
        record.activity,
        record.served_on,
        record.minutes,
        record.recorded_at,
        record.recorded_by,
        Participant.changed_at,
        Activity.begins_at,
    )
    .join(Participant, Participant.volunteer_id == record.volunteer_id)
    .join(Activity, (Activity.id == Participant.activity_id) & (Activity.name == record.activity))
    .where(
        record.served_on >= bindparam("since"),
        record.served_on <= bindparam("until"),
        record.recorded_at >= Participant.changed_at,
        Participant.status == "joined",
        is_standing(record),
    )
    .order_by(record.id)
)


def find(session: Session, window: Window) -> Iterator[Found]:
    """Records of an activity that stood there before whoever joined it can have served so long."""
    for row in session.rows(_FIND, since=window.since, until=window.until):
        if business_day(from_instant(row.begins_at)) != row.served_on:
            continue
        passed = from_instant(row.recorded_at) - from_instant(row.changed_at)
        minutes = int(passed.total_seconds()) // 60
        if minutes > window.numbers.soon_minutes or minutes >= row.minutes:
            continue
        yield Found(
            f"record:{row.id}",
            row.volunteer_id,
            row.id,
            {
                "record": record_number(row.id),
                "activity": row.activity,
                "day": row.served_on,
                "after": minutes,
                "minutes": row.minutes,
                "recorded_by": row.recorded_by,
            },
        )


SOON_AFTER = FindingKind("soon_after", find)
