"""Signing in and out (签到、签退): one way in, one way out, whatever shows that somebody is there.

`sign_in_now` and `sign_out_now` are what card, code and roll-call share. The same card within a
minute is the same scan. A sign-in by mistake can be taken back for five minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.activities.activities import (
    ActivityRow,
    activity_number,
    find_activities,
    later,
    lock_activity,
    refuse_closed_doors,
    set_state,
)
from pointsbank.activities.attendances import (
    AttendanceRow,
    find_last,
    find_open,
    insert_attendance,
    lock_attendances,
    read_attendance_number,
    undo,
)
from pointsbank.activities.errors import (
    AlreadySignedIn,
    AttendanceDecided,
    AttendanceUnknown,
    CallerNotAllowed,
    ClockStopped,
    Elsewhere,
    JustSignedIn,
    NotJoined,
    NotOwnAttendance,
    NotSignedIn,
    SignedInElsewhere,
    TakeBackTooLate,
    VolunteersOnly,
)
from pointsbank.activities.numbers import numbers_on
from pointsbank.activities.participants import find_participant, join, refuse_age
from pointsbank.activities.recording import end_attendance, minutes_within, record_attendance
from pointsbank.activities.stopping import counted_end, stop_one
from pointsbank.earning import record_number
from pointsbank.foundation import Act, Answer, operation
from pointsbank.people import (
    CardHolder,
    DeviceRow,
    Presenting,
    find_volunteers_by_id,
    get_device,
    get_presented_card,
    hold_volunteers,
    is_stand_in,
    refuse_left,
    refuse_sanctioned,
)

SAME_SCAN_MINUTES = 1
UNDO_MINUTES = 5
# So long after a clock stopped by itself, whoever comes to sign out is told so.
TOLD_MINUTES = 720


@dataclass(frozen=True, slots=True)
class Signed:
    """What a sign-in or a sign-out came to; `again` says that the same scan had been there."""

    attendance: AttendanceRow
    again: bool = False
    record: str | None = None


def sign_in_now(
    act: Act, activity: ActivityRow, volunteer_id: int, *, way: str, walk_in: bool = False
) -> Signed:
    """Sign a held volunteer in to a locked activity. `walk_in`: whoever is in charge lets them in.

    Raises what `refuse_closed_doors` and `refuse_age` raise, AlreadySignedIn, SignedInElsewhere,
    NotJoined, ActivityFull, and AskAtDesk for who may not join for a while.
    """
    session = act.session
    numbers = numbers_on(session, act.today)
    running = _running(act, volunteer_id)
    if running is not None and running.activity_id == activity.id:
        if _is_fresh(act, running.signed_in_at):
            return Signed(running, again=True)
        raise AlreadySignedIn(since=running.signed_in_at)
    refuse_closed_doors(activity, numbers, act.now)
    if running is not None:
        raise _elsewhere(running)
    refuse_left(find_volunteers_by_id(session, [volunteer_id])[volunteer_id])
    refuse_sanctioned(session, volunteer_id, "joining", act.today, others_look_on=True)
    known = find_participant(session, activity.id, volunteer_id)
    if known is not None and known.status == "joined":
        refuse_age(act, activity, volunteer_id)
    elif activity.walk_ins or walk_in:
        join(act, activity, volunteer_id, from_queue=True)
    else:
        raise NotJoined()
    if activity.opens_itself and activity.state == "planned":
        set_state(act, activity, "open")
    stops_at = min(later(act.now, numbers.cap_minutes), activity.stops_at(numbers))
    made = insert_attendance(act, activity.id, volunteer_id, at=act.now, way=way, stops_at=stops_at)
    return Signed(made)


def _running(act: Act, volunteer_id: int) -> AttendanceRow | None:
    """Where somebody is signed in now; a clock that has run out is stopped first."""
    running = find_open(act.session, volunteer_id)
    if running is None or running.stops_at > act.now:
        return running
    [activity] = find_activities(act.session, [running.activity_id]).values()
    stop_one(act, activity, running, at=counted_end(activity, running))
    return None


def _elsewhere(running: AttendanceRow) -> SignedInElsewhere:
    return SignedInElsewhere(
        activity=activity_number(running.activity_id), since=running.signed_in_at
    )


def sign_out_now(act: Act, activity: ActivityRow, volunteer_id: int, *, way: str) -> Signed:
    """Sign a held volunteer out of a locked activity; without a leader its record is made at once.

    Raises NotSignedIn, JustSignedIn, ClockStopped, SignedInElsewhere.
    """
    running = find_open(act.session, volunteer_id)
    if running is None or running.activity_id != activity.id:
        return _sign_out_again(act, activity, volunteer_id, running)
    if _is_fresh(act, running.signed_in_at):
        raise JustSignedIn(since=running.signed_in_at)
    if running.stops_at <= act.now:
        return Signed(stop_one(act, activity, running, at=counted_end(activity, running)))
    ended = end_attendance(act, running, at=act.now, way=way)
    if activity.leader_confirms:
        return Signed(ended)
    minutes = minutes_within(activity, ended)
    if not minutes:
        # Gone before it began: nothing was served, and a worker sees the row.
        return Signed(ended)
    record_id = record_attendance(act, activity, ended, minutes=minutes)
    found = lock_attendances(act.session, [ended.id])[ended.id]
    return Signed(found, record=record_number(record_id))


def sign_next(act: Act, activity: ActivityRow, volunteer_id: int, *, way: str) -> Signed:
    """Sign a held volunteer in to a locked activity, or out who is in: whichever is next.

    Within a minute it is the same scan, whichever it was. Raises what both raise.
    """
    running = find_open(act.session, volunteer_id)
    last = find_last(act.session, activity.id, volunteer_id)
    here = running is not None and running.activity_id == activity.id
    is_fresh = running is not None and _is_fresh(act, running.signed_in_at)
    is_gone = last is not None and _is_fresh(act, last.signed_out_at)
    if is_gone if not here else not is_fresh:
        return sign_out_now(act, activity, volunteer_id, way=way)
    return sign_in_now(act, activity, volunteer_id, way=way)


def _is_fresh(act: Act, instant: str | None) -> bool:
    return instant is not None and act.now < later(instant, SAME_SCAN_MINUTES)


def _sign_out_again(
    act: Act, activity: ActivityRow, volunteer_id: int, running: AttendanceRow | None
) -> Signed:
    """Whoever is not signed in here: the same scan once more, a stopped clock, or a mistake."""
    last = find_last(act.session, activity.id, volunteer_id)
    out_at = last.signed_out_at if last else None
    if last is None or out_at is None:
        if running is not None:
            raise _elsewhere(running)
        raise NotSignedIn()
    if last.is_forgotten and act.now < later(out_at, TOLD_MINUTES):
        raise ClockStopped(at=out_at, minutes=last.minutes or 0)
    if _is_fresh(act, out_at):
        return Signed(last, again=True)
    raise NotSignedIn()


# ---------------------------------------------------------------------------------- by the card


@operation("activities.sign_in")
def sign_in(act: Act, *, activity: str, card: str) -> Answer:
    """Sign in whoever holds this card (刷卡签到), at a shop's machine or a station.

    Raises CallerNotAllowed, Elsewhere, CardUnknown, CardBlocked, PinNeeded, ProofExpired,
    VolunteersOnly, and what `sign_in_now` raises.
    """
    found, holder = _at_a_machine(act, activity, card)
    return told(found, sign_in_now(act, found, holder, way="card"))


@operation("activities.sign_out")
def sign_out(act: Act, *, activity: str, card: str) -> Answer:
    """Sign out whoever holds this card (刷卡签退); raises the same, and as `sign_out_now`."""
    found, holder = _at_a_machine(act, activity, card)
    return told(found, sign_out_now(act, found, holder, way="card"))


@operation("activities.scan_card")
def scan_card(act: Act, *, activity: str, card: str) -> Answer:
    """Sign in or out, whichever is next (扫卡): for a station, where nothing is pressed."""
    found, holder = _at_a_machine(act, activity, card)
    return told(found, sign_next(act, found, holder, way="card"))


@operation("activities.take_back_sign_in")
def take_back_sign_in(act: Act, *, attendance: str, card: str) -> Answer:
    """Take a sign-in back that was a mistake (撤销签到), within five minutes, by the same card.

    Raises AttendanceUnknown, NotOwnAttendance, AttendanceDecided, TakeBackTooLate, and what reading
    the card raises.
    """
    machine(act)
    holder = own_card(act, card)
    hold_volunteers(act.session, [holder])
    attendance_id = read_attendance_number(attendance)
    one = lock_attendances(act.session, [attendance_id]).get(attendance_id)
    if one is None:
        raise AttendanceUnknown()
    if one.volunteer_id != holder:
        raise NotOwnAttendance()
    if one.status != "open":
        raise AttendanceDecided(status=one.status)
    until = later(one.signed_in_at, UNDO_MINUTES)
    if act.now >= until:
        raise TakeBackTooLate(until=until)
    undo(act, one)
    return {
        "attendance": one.number,
        "activity": activity_number(one.activity_id),
        "status": "undone",
    }


def _at_a_machine(act: Act, activity: str, card: str) -> tuple[ActivityRow, int]:
    """The activity, locked, and the card's volunteer, held: in this order for everybody."""
    device = machine(act)
    found = lock_activity(act.session, activity)
    volunteer_id = own_card(act, card)
    hold_volunteers(act.session, [volunteer_id])
    refuse_elsewhere(found, device)
    return found, volunteer_id


def refuse_elsewhere(activity: ActivityRow, device: DeviceRow) -> None:
    """A kiosk signs in to what is at its shop; a station also to what is at no shop at all.

    Raises Elsewhere.
    """
    at_no_shop = activity.shop_id is None and device.kind == "station"
    if activity.shop_id != device.shop_id and not at_no_shop:
        raise Elsewhere(activity=activity.number)


def machine(act: Act) -> DeviceRow:
    """The device that reads the card. Raises CallerNotAllowed."""
    if act.caller.device is None:
        raise CallerNotAllowed()
    return get_device(act.session, act.caller.device)


def own_card(act: Act, card: str) -> int:
    """The volunteer of a presented card. Raises VolunteersOnly for a family's or a rehearsal's."""
    holder: CardHolder = get_presented_card(act.session, card, Presenting.of(act))
    act.for_whom = holder.holder
    if holder.volunteer_id is None:
        raise VolunteersOnly()
    [volunteer] = find_volunteers_by_id(act.session, [holder.volunteer_id]).values()
    if is_stand_in(volunteer.number):
        raise VolunteersOnly()
    return holder.volunteer_id


def told(activity: ActivityRow, signed: Signed) -> dict[str, Any]:
    """What a machine shows of it; nothing in it says who."""
    one = signed.attendance
    return {
        "attendance": one.number,
        "activity": activity.number,
        "status": "in" if one.status == "open" else "out",
        "signed_in_at": one.signed_in_at,
        "signed_out_at": one.signed_out_at,
        "minutes": one.minutes if one.confirmed_minutes is None else one.confirmed_minutes,
        "forgotten": one.is_forgotten,
        "undo_until": later(one.signed_in_at, UNDO_MINUTES) if one.status == "open" else None,
        "leader_confirms": bool(activity.leader_confirms),
        "record": signed.record,
        "again": signed.again,
    }
