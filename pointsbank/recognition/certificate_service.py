"""What a certificate says of somebody's service: effective hours of a period, by activity."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, cast, func, select

from pointsbank.earning import ServiceRecord
from pointsbank.foundation import Int, Session, statement

LINES_MOST = 10


@dataclass(frozen=True)
class ServiceLine:
    """One activity: how often, and how long in all."""

    activity: str
    times: int
    minutes: int


@dataclass(frozen=True)
class ServiceOfPeriod:
    """Everything effective in a period, the longest first; beyond ten activities only sums."""

    minutes: int
    times: int
    lines: list[ServiceLine]
    more: int
    more_minutes: int


_IN_PERIOD = (
    ServiceRecord.volunteer_id == bindparam("of_volunteer"),
    ServiceRecord.status == "effective",
    ServiceRecord.served_on >= bindparam("since"),
    ServiceRecord.served_on <= bindparam("until"),
)
_minutes = cast(func.sum(ServiceRecord.minutes), Int)
_BY_ACTIVITY = statement(
    select(
        ServiceRecord.activity,
        func.count().label("times"),
        _minutes.label("minutes"),
    )
    .where(*_IN_PERIOD)
    .group_by(ServiceRecord.activity)
    .order_by(_minutes.desc(), ServiceRecord.activity)
)
_SUM = statement(select(func.coalesce(_minutes, 0)).where(*_IN_PERIOD))
_FIRST = statement(
    select(func.min(ServiceRecord.served_on)).where(
        ServiceRecord.volunteer_id == bindparam("of_volunteer"),
        ServiceRecord.status == "effective",
    )
)


def service_of_period(
    session: Session, volunteer_id: int, since: str, until: str
) -> ServiceOfPeriod:
    """What somebody has served from one day to another, both included."""
    rows = session.rows(_BY_ACTIVITY, of_volunteer=volunteer_id, since=since, until=until)
    lines = [ServiceLine(row.activity, row.times, int(row.minutes)) for row in rows]
    rest = lines[LINES_MOST:]
    return ServiceOfPeriod(
        minutes=sum(line.minutes for line in lines),
        times=sum(line.times for line in lines),
        lines=lines[:LINES_MOST],
        more=len(rest),
        more_minutes=sum(line.minutes for line in rest),
    )


def minutes_of_period(session: Session, volunteer_id: int, since: str, until: str) -> int:
    """The same as one number."""
    return int(session.value(_SUM, of_volunteer=volunteer_id, since=since, until=until))


def first_day_of_service(session: Session, volunteer_id: int) -> str | None:
    """The day of the first service that stands, None when there is none."""
    found: str | None = session.value(_FIRST, of_volunteer=volunteer_id)
    return found
