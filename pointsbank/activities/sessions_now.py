"""Who is signed in now (未签退), at whatever activity or leg, and what waits for a leader."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from pointsbank.activities.activities import Activity, activity_number
from pointsbank.activities.attendances import Attendance, minutes_between
from pointsbank.foundation import Page, Paging, Session, query, read_page
from pointsbank.people import find_volunteers_by_id, mask_name


@dataclass(frozen=True)
class OpenSession:
    """Somebody who is signed in: where, since when and for how long, until when at the latest."""

    number: str
    masked_name: str
    activity: str
    activity_name: str
    place: str
    in_way: str
    signed_in_at: str
    minutes: int
    ends_at: str
    stops_at: str


@query
def count_open_sessions(session: Session) -> int:
    """How many people are signed in somewhere now."""
    found = select(func.count()).select_from(Attendance).where(Attendance.status == "open")
    return int(session.value(found))


@query
def list_open_sessions(
    session: Session, *, now: str, paging: Paging | None = None
) -> Page[OpenSession]:
    """Everybody who is signed in somewhere now, the longest first."""
    found = (
        select(
            Attendance.volunteer_id,
            Attendance.activity_id,
            Attendance.in_way,
            Attendance.signed_in_at,
            Attendance.stops_at,
            Activity.name,
            Activity.place,
            Activity.ends_at,
        )
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(Attendance.status == "open")
        .order_by(Attendance.signed_in_at, Attendance.id)
    )
    page = read_page(session, found, paging or Paging())
    people = find_volunteers_by_id(session, {row.volunteer_id for row in page.items})
    return page.mapped(
        lambda row: OpenSession(
            number=people[row.volunteer_id].number,
            masked_name=mask_name(people[row.volunteer_id].name or ""),
            activity=activity_number(row.activity_id),
            activity_name=row.name,
            place=row.place,
            in_way=row.in_way,
            signed_in_at=row.signed_in_at,
            minutes=minutes_between(row.signed_in_at, now),
            ends_at=row.ends_at,
            stops_at=row.stops_at,
        )
    )


@dataclass(frozen=True)
class ToConfirm:
    """Rows that wait for whoever is in charge: how many, of how many activities, forgotten ones."""

    rows: int
    activities: int
    forgotten: int


@query
def count_to_confirm(session: Session) -> ToConfirm:
    """How many rows nobody has confirmed yet."""
    rows = session.rows(
        select(Attendance.activity_id, Attendance.out_way, func.count().label("people"))
        .where(Attendance.status == "ended")
        .group_by(Attendance.activity_id, Attendance.out_way)
    )
    return ToConfirm(
        rows=sum(int(row.people) for row in rows),
        activities=len({row.activity_id for row in rows}),
        forgotten=sum(int(row.people) for row in rows if row.out_way == "forgotten"),
    )
