"""From attendance to record (签到变成服务记录): once, pending, with what was measured or less."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select

from pointsbank.activities.activities import ActivityRow
from pointsbank.activities.attendances import (
    FORGOTTEN,
    AttendanceRow,
    decide,
    end,
    lock_attendances,
    minutes_between,
    overlaps_another,
)
from pointsbank.earning import STANDING, Service, ServiceRecord, put_record
from pointsbank.foundation import Act, Session, business_day, from_instant, statement
from pointsbank.people import find_teams, find_volunteers_by_id

# What a record says of a leader's word.
ROLL_CALL = "roll_call"

_RECORDED_THEN = statement(
    select(ServiceRecord.id)
    .where(
        ServiceRecord.volunteer_id == bindparam("of_volunteer"),
        or_(*(ServiceRecord.status == step for step in STANDING)),
        ServiceRecord.started_at < bindparam("until"),
        ServiceRecord.ended_at > bindparam("since"),
    )
    .limit(1)
)


def source_of(one: AttendanceRow) -> str:
    """How a record says that it came about.

    Whoever signed in and out by card or code did so themselves. Where a leader's word stands for
    one of both, or for an end that was forgotten, it is a roll-call; what a worker typed in
    afterwards is a back-filled record.
    """
    ways = {one.in_way, one.out_way}
    if "manual" in ways:
        return "manual"
    if ways & {"roll_call", FORGOTTEN}:
        return ROLL_CALL
    return "sign_in"


def end_attendance(act: Act, one: AttendanceRow, *, at: str, way: str) -> AttendanceRow:
    """End an open attendance at an instant, and look whether another service lies within it."""
    until = max(at, one.signed_in_at)
    end(act, one, at=at, way=way, collides=lies_within(act.session, one, until))
    return lock_attendances(act.session, [one.id])[one.id]


def lies_within(session: Session, one: AttendanceRow, until: str) -> bool:
    """Whether the same person has another service in this time, here or in the records."""
    since, who = one.signed_in_at, one.volunteer_id
    if overlaps_another(session, who, since=since, until=until, besides=one.id):
        return True
    return has_record_within(session, who, since=since, until=until)


def has_record_within(session: Session, volunteer_id: int, *, since: str, until: str) -> bool:
    """Whether a record of somebody lies within this time."""
    found = session.value(_RECORDED_THEN, of_volunteer=volunteer_id, since=since, until=until)
    return found is not None


def minutes_within(activity: ActivityRow, one: AttendanceRow) -> int:
    """How long an ended attendance lies within the activity's own time.

    Where no leader looks, coming early and waiting at the machine after the end are no service;
    more than the plan is a leader's word, or a worker's as back-filled.
    """
    since = max(one.signed_in_at, activity.begins_at)
    return minutes_between(since, min(one.signed_out_at or since, activity.ends_at))


def record_attendance(act: Act, activity: ActivityRow, one: AttendanceRow, *, minutes: int) -> int:
    """Make the pending record of an ended attendance; its id. Raises AttendanceDecided."""
    person = find_volunteers_by_id(act.session, [one.volunteer_id])[one.volunteer_id]
    team = person.team
    if activity.team_id is not None:
        team = find_teams(act.session, [activity.team_id])[activity.team_id].name
    service = Service(
        activity=activity.name,
        served_on=business_day(from_instant(one.signed_in_at)),
        minutes=minutes,
        source=source_of(one),
        started_at=one.signed_in_at,
        ended_at=one.signed_out_at,
        team=team,
        category=activity.category,
        tags=activity.tags,
        activity_id=activity.id,
    )
    record_id = put_record(act, one.volunteer_id, service)
    decide(act, one, "recorded", minutes=minutes, record_id=record_id)
    return record_id
