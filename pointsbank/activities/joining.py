"""Joining and leaving (报名、退出): by oneself on the own page, or by whoever is in charge.

A limit holds whoever asks first and at the same moment: the activity is held while its people are
counted. A place that gets free goes to who has waited longest.
"""

from __future__ import annotations

from pointsbank.activities.activities import ActivityRow, lock_activity, refuse_state
from pointsbank.activities.attendances import find_last, find_open
from pointsbank.activities.charge import require_charge
from pointsbank.activities.errors import (
    ActivityOver,
    AlreadySignedIn,
    NotJoined,
    WrongState,
)
from pointsbank.activities.participants import (
    ParticipantRow,
    find_participant,
    first_waiting,
    has_room,
    join,
    mark_no_show_row,
    set_status,
)
from pointsbank.activities.resting import refuse_unrested
from pointsbank.foundation import Act, Answer, business_day, from_instant, operation
from pointsbank.people import (
    find_own_volunteer,
    find_volunteers_by_id,
    get_volunteer,
    hold_volunteers,
    refuse_left,
    refuse_sanctioned,
    tell,
)


@operation("activities.join_activity")
def join_activity(act: Act, *, activity: str, number: str | None = None) -> Answer:
    """Join an activity (报名), or wait for a place where there is a queue.

    On the own page nobody is named; whoever is in charge names a volunteer. Raises NotInCharge,
    RoleMissing, VolunteerUnknown, VolunteerLeft, ActivityOver, WrongState, AlreadyJoined,
    ActivityFull, MinorInDanger, TooYoung, AgeUnknown, Sanctioned, DutyClash.
    """
    found = lock_activity(act.session, activity)
    volunteer_id = _who(act, found, number)
    refuse_state(found, "planned", "open")
    if act.now >= found.ends_at:
        raise ActivityOver(ended=found.ends_at)
    day = business_day(from_instant(found.begins_at))
    refuse_sanctioned(act.session, volunteer_id, "joining", day)
    refuse_unrested(act.session, found, [volunteer_id])
    status = join(act, found, volunteer_id, may_wait=True)
    return {"activity": found.number, "status": status}


@operation("activities.leave_activity")
def leave_activity(act: Act, *, activity: str, number: str | None = None) -> Answer:
    """Give a place back (退出活动); nobody loses anything by it before the activity begins.

    Raises NotInCharge, RoleMissing, VolunteerUnknown, NotJoined, AlreadySignedIn, WrongState.
    """
    found = lock_activity(act.session, activity)
    volunteer_id = _who(act, found, number)
    refuse_state(found, "planned", "open")
    known = find_participant(act.session, found.id, volunteer_id)
    if known is None or known.status == "left":
        raise NotJoined()
    running = find_open(act.session, volunteer_id)
    if running is not None and running.activity_id == found.id:
        raise AlreadySignedIn(since=running.signed_in_at)
    set_status(act, known.id, "left")
    moved_up = _fill_from_queue(act, found)
    return {"activity": found.number, "status": "left", "moved_up": moved_up}


def _who(act: Act, activity: ActivityRow, number: str | None) -> int:
    """Whom it is about: oneself, or whom somebody in charge names; held until the end."""
    own = find_own_volunteer(act.caller)
    if own is not None and number is None:
        act.for_whom = act.caller.actor
        volunteer_id = own
    else:
        require_charge(act, activity.team_id)
        named = get_volunteer(act.session, number or "")
        act.for_whom, volunteer_id = named.holder, named.id
    hold_volunteers(act.session, [volunteer_id])
    refuse_left(find_volunteers_by_id(act.session, [volunteer_id])[volunteer_id])
    return volunteer_id


def _fill_from_queue(act: Act, activity: ActivityRow) -> int:
    """Give free places to who waits, the longest first; they are told."""
    moved = 0
    while has_room(act.session, activity):
        following = first_waiting(act.session, activity.id)
        if following is None:
            break
        set_status(act, following.id, "joined")
        tell(
            act,
            "activities.place_free",
            f"volunteer:{following.volunteer_id}",
            about=f"participant:{following.id}:{act.receipt_id}",
            day=business_day(from_instant(activity.begins_at)),
        )
        moved += 1
    return moved


@operation("activities.mark_no_show")
def mark_no_show(act: Act, *, activity: str, number: str, for_leader: str | None = None) -> Answer:
    """Mark somebody who had joined and did not come (失约), once the activity has begun.

    Raises NotInCharge, RoleMissing, VolunteerUnknown, NotJoined, AlreadySignedIn, WrongState.
    """
    found, known = _joined(act, activity, number, for_leader)
    if act.now < found.begins_at or found.state == "cancelled":
        raise WrongState(state=found.state)
    came = find_last(act.session, found.id, known.volunteer_id)
    if came is not None and came.status != "struck":
        raise AlreadySignedIn(since=came.signed_in_at)
    if known.no_show_at is None:
        mark_no_show_row(act, found, known, is_one=True)
    return {"activity": found.number, "number": number, "no_show": True}


@operation("activities.take_back_no_show")
def take_back_no_show(
    act: Act, *, activity: str, number: str, for_leader: str | None = None
) -> Answer:
    """Take the mark of a no-show back, as for who was ill. Raises as `mark_no_show` does."""
    found, known = _joined(act, activity, number, for_leader)
    if known.no_show_at is not None:
        mark_no_show_row(act, found, known, is_one=False, why="负责人撤销")
    return {"activity": found.number, "number": number, "no_show": False}


def _joined(
    act: Act, activity: str, number: str, for_leader: str | None
) -> tuple[ActivityRow, ParticipantRow]:
    found = lock_activity(act.session, activity)
    require_charge(act, found.team_id, for_leader=for_leader)
    volunteer = get_volunteer(act.session, number)
    known = find_participant(act.session, found.id, volunteer.id)
    if known is None or known.status != "joined":
        raise NotJoined()
    act.for_whom = volunteer.holder
    return found, known
