"""The clock stops by itself (自动停表): whoever forgot to sign out does not serve on in the night.

An attendance's clock stops after the activity's end and some grace, or when it has run as long as
one may at a stretch. Who forgot is counted to the activity's end at most, and a leader looks at it.
"""

from __future__ import annotations

import logging

from sqlalchemy import bindparam, or_, select

from pointsbank.activities.activities import (
    Activity,
    ActivityRow,
    activity_number,
    find_activities,
    later,
    lock_activity,
    set_state,
)
from pointsbank.activities.attendances import (
    FORGOTTEN,
    Attendance,
    AttendanceRow,
    lock_running,
)
from pointsbank.activities.numbers import numbers_on
from pointsbank.activities.recording import end_attendance
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    PointsBankError,
    Session,
    business_day,
    from_instant,
    operation,
    statement,
)
from pointsbank.people import tell

CLOCK = Caller(actor="system", client="activities")

log = logging.getLogger("pointsbank.activities")

_RUN_OUT = statement(
    select(Attendance.activity_id)
    .where(Attendance.status == "open", Attendance.stops_at <= bindparam("now"))
    .distinct()
)
_STANDING = statement(
    select(Activity.id).where(
        or_(Activity.state == "open", (Activity.state == "planned") & (Activity.opens_itself == 1)),
        Activity.ends_at <= bindparam("ended_before"),
    )
)


def counted_end(activity: ActivityRow, one: AttendanceRow) -> str:
    """Until when a forgotten attendance counts: the activity's end, or when its clock ran out."""
    return max(one.signed_in_at, min(activity.ends_at, one.stops_at))


def stop_one(act: Act, activity: ActivityRow, one: AttendanceRow, *, at: str) -> AttendanceRow:
    """End an attendance that was forgotten, and have its owner told."""
    stopped = end_attendance(act, one, at=at, way=FORGOTTEN)
    tell(
        act,
        "activities.forgot_sign_out",
        f"volunteer:{one.volunteer_id}",
        about=f"attendance:{one.id}",
        day=business_day(from_instant(one.signed_in_at)),
    )
    return stopped


@operation("activities.stop_clocks")
def stop_clocks(act: Act, *, activity: str) -> Answer:
    """Stop the clocks of an activity that have run out; close it when its time is over.

    An activity that stood on a rota and was never opened by a sign-in is closed as well.
    """
    found = lock_activity(act.session, activity)
    numbers = numbers_on(act.session, act.today)
    stopped = [
        stop_one(act, found, one, at=counted_end(found, one)).id
        for one in lock_running(act.session, found.id)
        if one.stops_at <= act.now
    ]
    over = found.stops_at(numbers) <= act.now and found.is_open(numbers, act.now)
    if over:
        set_state(act, found, "closed")
    return {"activity": found.number, "stopped": stopped, "closed": over}


def find_run_out(session: Session, now: str) -> list[str]:
    """Activities in which a clock has run out, or whose time is over."""
    numbers = numbers_on(session, business_day(from_instant(now)))
    before = later(now, -numbers.grace_minutes)
    ids = {row.activity_id for row in session.rows(_RUN_OUT, now=now)}
    ids |= {row.id for row in session.rows(_STANDING, ended_before=before)}
    return [activity_number(one) for one in sorted(find_activities(session, ids))]


def stop_run_out(bank: Bank) -> int:
    """Stop every clock that has run out; how many activities were looked after.

    Each is an operation under a key of its own minute, so that of several servers one does it.
    """
    now = bank.clock.instant()
    done = 0
    for number in bank.database.read(lambda session: find_run_out(session, now)):
        key = f"stop-{number}-{now[:16].replace(':', '')}"
        try:
            done += not stop_clocks(bank, by=CLOCK, key=key, activity=number).repeated
        except PointsBankError:
            log.exception("the clocks of activity %s could not be stopped", number)
    return done
