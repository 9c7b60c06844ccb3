"""The leader's part (队长): the roll-call, and the list that is confirmed when all is over.

A leader may lower minutes and strike people off, never raise, and never decides about the own row
or the household's. More hours than were measured are entered by a worker, as what they are:
back-filled.
"""

from __future__ import annotations

from collections.abc import Iterable

from pointsbank.activities.activities import ActivityRow, lock_activity, refuse_state
from pointsbank.activities.attendances import (
    AttendanceRow,
    decide,
    insert_ended,
    list_attendances,
    lock_attendances,
    overlaps_another,
)
from pointsbank.activities.charge import WORKERS, own_rows, refuse_own_rows, require_charge
from pointsbank.activities.errors import (
    AttendanceDecided,
    AttendanceUnknown,
    MinutesRaised,
    OwnRow,
    TimesInFuture,
    TimesInvalid,
)
from pointsbank.activities.participants import (
    ParticipantRow,
    find_participant,
    list_participants,
    mark_no_show_row,
)
from pointsbank.activities.planning import LONGEST
from pointsbank.activities.recording import has_record_within, record_attendance
from pointsbank.activities.signing import sign_in_now, sign_out_now
from pointsbank.earning import record_number
from pointsbank.foundation import (
    Act,
    Answer,
    PointsBankError,
    business_day,
    from_instant,
    operation,
)
from pointsbank.people import (
    VolunteerUnknown,
    find_volunteers,
    get_volunteer,
    hold_volunteers,
    refuse_sanctioned,
    require_person,
)

PEOPLE_MOST = 200


@operation("activities.call_roll")
def call_roll(
    act: Act,
    *,
    activity: str,
    present: list[str],
    leaving: bool = False,
    for_leader: str | None = None,
) -> Answer:
    """Sign in, or with `leaving` sign out, everybody who was called and is there (点名).

    At most 200 numbers. Who cannot be signed in or out is passed over, each with its code; nobody
    calls their own name, nor one of their household. Raises NotInCharge, RoleMissing,
    VolunteerUnknown.
    """
    found = lock_activity(act.session, activity)
    charge = require_charge(act, found.team_id, for_leader=for_leader)
    people = find_volunteers(act.session, present[:PEOPLE_MOST])
    missing = next((one for one in present[:PEOPLE_MOST] if one not in people), None)
    if missing is not None:
        raise VolunteerUnknown(number=missing[:20])
    hold_volunteers(act.session, sorted(one.id for one in people.values()))
    own = own_rows(act.session, charge.volunteer_id, [one.id for one in people.values()])
    called, passed_over = [], []
    for number, volunteer in sorted(people.items()):
        try:
            if volunteer.id in own:
                raise OwnRow()
            # Every refusal stands before the first effect, so one that is refused leaves no trace.
            if leaving:
                signed = sign_out_now(act, found, volunteer.id, way="roll_call")
            else:
                signed = sign_in_now(act, found, volunteer.id, way="roll_call", walk_in=True)
        except PointsBankError as refusal:
            passed_over.append({"number": number, "code": refusal.code})
        else:
            called.append(signed.attendance.id)
    return {
        "activity": found.number,
        "leaving": leaving,
        "called": called,
        "passed_over": passed_over,
        "for_leader": for_leader,
    }


@operation("activities.confirm_list")
def confirm_list(
    act: Act,
    *,
    activity: str,
    minutes: dict[str, int],
    struck: list[int] | None = None,
    absent: list[str] | None = None,
    for_leader: str | None = None,
) -> Answer:
    """Confirm who was there and for how long (确认名单); each row becomes a pending record, once.

    `minutes` are by attendance, none above what was measured; `struck` were not there, and `absent`
    are numbers of who had joined and did not come. Raises NotInCharge, RoleMissing, WrongState,
    AttendanceUnknown, AttendanceDecided, MinutesRaised, OwnRow.
    """
    found = lock_activity(act.session, activity)
    charge = require_charge(act, found.team_id, for_leader=for_leader)
    refuse_state(found, "open", "closed")
    kept = {int(one): value for one, value in minutes.items()}
    off = set(struck or ()) - kept.keys()
    rows = _rows(act, found, {*kept, *off})
    refuse_own_rows(act.session, charge, [one.volunteer_id for one in rows.values()])
    for attendance_id, value in kept.items():
        measured = rows[attendance_id].minutes or 0
        if not 1 <= value <= measured:
            raise MinutesRaised(most=measured)
    gone = _absent(act, found, absent or ())
    records = [
        record_number(record_attendance(act, found, rows[one], minutes=kept[one]))
        for one in sorted(kept)
    ]
    for attendance_id in sorted(off):
        decide(act, rows[attendance_id], "struck", minutes=None, record_id=None)
    for one in gone:
        mark_no_show_row(act, found, one, is_one=True)
    return {
        "activity": found.number,
        "records": records,
        "struck": sorted(off),
        "absent": len(gone),
        "for_leader": for_leader,
    }


def _rows(act: Act, activity: ActivityRow, wanted: set[int]) -> dict[int, AttendanceRow]:
    """The wanted rows of one activity, held. Raises AttendanceUnknown, AttendanceDecided."""
    rows = lock_attendances(act.session, wanted)
    for attendance_id in wanted:
        one = rows.get(attendance_id)
        if one is None or one.activity_id != activity.id:
            raise AttendanceUnknown()
        if one.status != "ended":
            raise AttendanceDecided(status=one.status)
    return rows


def _absent(act: Act, activity: ActivityRow, numbers: Iterable[str]) -> list[ParticipantRow]:
    """Participants to be marked; who has come after all is left out."""
    people = find_volunteers(act.session, list(numbers)[:PEOPLE_MOST])
    wanted = {one.id for one in people.values()}
    came = {
        one.volunteer_id
        for one in list_attendances(act.session, activity.id)
        if one.status not in {"undone", "struck"}
    }
    return [
        one
        for one in list_participants(act.session, activity.id)
        if one.status == "joined"
        and one.no_show_at is None
        and one.volunteer_id in wanted
        and one.volunteer_id not in came
    ]


@operation("activities.enter_attendance")
def enter_attendance(
    act: Act, *, activity: str, number: str, signed_in_at: str, signed_out_at: str
) -> Answer:
    """Enter afterwards that somebody was there (补录): by a worker alone, and back-filled.

    Its record waits like any other; by most rules it earns nothing. Raises RoleMissing,
    VolunteerUnknown, OwnRow, TimesInvalid, TimesInFuture, WrongState, Sanctioned.
    """
    require_person(act, *WORKERS)
    found = lock_activity(act.session, activity)
    refuse_state(found, "open", "closed")
    volunteer = get_volunteer(act.session, number)
    charge = require_charge(act, found.team_id)
    refuse_own_rows(act.session, charge, [volunteer.id])
    span = from_instant(signed_out_at) - from_instant(signed_in_at)
    if not 60 <= span.total_seconds() <= LONGEST.total_seconds():
        raise TimesInvalid()
    if signed_out_at > act.now:
        raise TimesInFuture(until=signed_out_at)
    refuse_sanctioned(
        act.session, volunteer.id, "earning", business_day(from_instant(signed_in_at))
    )
    hold_volunteers(act.session, [volunteer.id])
    act.for_whom = volunteer.holder
    return _entered(act, found, volunteer.id, signed_in_at, signed_out_at)


def _entered(
    act: Act, activity: ActivityRow, volunteer_id: int, since: str, until: str
) -> dict[str, object]:
    session = act.session
    collides = overlaps_another(session, volunteer_id, since=since, until=until)
    collides = collides or has_record_within(session, volunteer_id, since=since, until=until)
    ended = insert_ended(
        act,
        activity.id,
        volunteer_id,
        since=since,
        until=until,
        way="manual",
        collides=collides,
    )
    record_id = record_attendance(act, activity, ended, minutes=ended.minutes or 0)
    known = find_participant(act.session, activity.id, volunteer_id)
    if known is not None and known.no_show_at is not None:
        mark_no_show_row(act, activity, known, is_one=False, why="补录了签到")
    return {
        "activity": activity.number,
        "attendance": ended.id,
        "record": record_number(record_id),
        "minutes": ended.minutes,
        "collides": bool(ended.collides),
    }
