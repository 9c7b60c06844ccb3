"""Planning (安排活动): plan, change, open, close, call off, by whoever is in charge of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypedDict, Unpack

from pointsbank.activities.activities import (
    ActivityRow,
    change_activity_row,
    insert_activity,
    lock_activity,
    refuse_state,
    refuse_uninsured,
    set_state,
)
from pointsbank.activities.attendances import lock_running
from pointsbank.activities.charge import require_charge
from pointsbank.activities.errors import (
    NameEmpty,
    PeopleInvalid,
    ReasonMissing,
    TimesInvalid,
)
from pointsbank.activities.participants import list_participants
from pointsbank.activities.projects import category_of, get_project
from pointsbank.activities.resting import refuse_unrested
from pointsbank.activities.stopping import counted_end, stop_one
from pointsbank.earning import join_tags, refuse_unknown_tags
from pointsbank.foundation import (
    Act,
    Answer,
    Session,
    business_day,
    from_instant,
    operation,
)
from pointsbank.foundation.cells import clean_text, required_text
from pointsbank.people import (
    get_shop,
    get_team,
    has_leader,
    hold_volunteers,
    refuse_ended_team,
    tell_all,
)

NAME_MOST, PLACE_MOST, NOTE_MOST = 60, 60, 300
PEOPLE_MOST, AGE_MOST = 10_000, 100
LONGEST = timedelta(hours=24)


class Plan(TypedDict, total=False):
    """What is told of an activity; whatever is left out is as usual."""

    project: str | None
    team: str | None
    shop: str | None
    category: str | None
    tags: list[str]
    place: str
    people_most: int | None
    age_least: int | None
    risk_note: str
    dangerous: bool
    insurance_ref: str | None
    walk_ins: bool
    waiting: bool
    leader_confirms: bool | None
    sheet_code: bool


@operation("activities.plan_activity")
def plan_activity(
    act: Act, *, name: str, begins_at: str, ends_at: str, **told: Unpack[Plan]
) -> Answer:
    """Plan an activity (安排活动). A leader plans for a team that they lead.

    `tags` are what else is true of the service (专业, 应急 …), as the rulebook of its day calls it.
    Without a word about it, a leader confirms the list where the team has one. Raises NotInCharge,
    RoleMissing, NameEmpty, TimesInvalid, CategoryUnknown, TagUnknown, PeopleInvalid,
    ProjectUnknown, TeamUnknown, TeamEnded, ShopUnknown.
    """
    values = read_plan(act.session, name=name, begins_at=begins_at, ends_at=ends_at, **told)
    require_charge(act, values["team_id"])
    made = insert_activity(act, values)
    return {"activity": made.number, "state": made.state}


@operation("activities.change_activity")
def change_activity(
    act: Act, *, activity: str, name: str, begins_at: str, ends_at: str, **told: Unpack[Plan]
) -> Answer:
    """Change an activity that has not ended (改活动); everything is told anew.

    A team's leader keeps it with a team of theirs. An open one keeps its beginning, because people
    may have signed in; a leg keeps its people rested. Raises WrongState, InsuranceMissing,
    DutyClash, and what `plan_activity` raises.
    """
    found = lock_activity(act.session, activity)
    charge = require_charge(act, found.team_id)
    refuse_state(found, "planned", "open")
    values = read_plan(act.session, name=name, begins_at=begins_at, ends_at=ends_at, **told)
    if charge.is_leader:
        require_charge(act, values["team_id"])
    values |= {"opens_itself": found.opens_itself, "slot_id": found.slot_id}
    if found.state == "open":
        values["begins_at"] = found.begins_at
        if values["dangerous"] and not values["insurance_ref"]:
            refuse_uninsured(_changed(found, values))
        if values["ends_at"] <= act.now:
            raise TimesInvalid()
    _refuse_unrested_leg(act.session, _changed(found, values))
    change_activity_row(act.session, found.id, values)
    return {"activity": found.number, "state": found.state}


def _refuse_unrested_leg(session: Session, leg: ActivityRow) -> None:
    """A leg at other times: none of its people is on two, or without rest."""
    if leg.slot_id is None:
        return
    people = [
        one.volunteer_id for one in list_participants(session, leg.id) if one.status == "joined"
    ]
    hold_volunteers(session, people)
    refuse_unrested(session, leg, people)


def _changed(activity: ActivityRow, values: dict[str, Any]) -> ActivityRow:
    kept = {name: getattr(activity, name) for name in ActivityRow.__dataclass_fields__}
    return ActivityRow(**{**kept, **values})


def read_plan(
    session: Session, *, name: str, begins_at: str, ends_at: str, **told: Unpack[Plan]
) -> dict[str, Any]:
    """An activity as it was typed, in the form that the bank keeps; raises as `plan_activity`."""
    words, place = clean_text(name, NAME_MOST), clean_text(told.get("place") or "", PLACE_MOST)
    if not words or not place:
        raise NameEmpty()
    span = from_instant(ends_at) - from_instant(begins_at)
    if not timedelta() < span <= LONGEST:
        raise TimesInvalid()
    in_project, of_team, at_shop = told.get("project"), told.get("team"), told.get("shop")
    project = get_project(session, in_project) if in_project else None
    team = get_team(session, of_team) if of_team else None
    if team is not None:
        refuse_ended_team(team)
    day, tags = business_day(from_instant(begins_at)), told.get("tags") or ()
    refuse_unknown_tags(session, day, tags)
    category = told.get("category") or (project.category if project else "")
    insurance = clean_text(told.get("insurance_ref") or "", PLACE_MOST)
    confirms = told.get("leader_confirms")
    if confirms is None:
        confirms = team is not None and has_leader(session, team.id)
    return {
        "project_id": project.id if project else None,
        "team_id": team.id if team else None,
        "shop_id": get_shop(session, at_shop).id if at_shop else None,
        "name": words,
        "category": category_of(session, category, day),
        "tags": join_tags(tags),
        "place": place,
        "begins_at": begins_at,
        "ends_at": ends_at,
        "people_most": _number(told.get("people_most"), PEOPLE_MOST),
        "age_least": _number(told.get("age_least"), AGE_MOST),
        "risk_note": clean_text(told.get("risk_note") or "", NOTE_MOST),
        "dangerous": int(told.get("dangerous", False)),
        "insurance_ref": insurance or None,
        "walk_ins": int(told.get("walk_ins", True)),
        "waiting": int(told.get("waiting", False)),
        "leader_confirms": int(confirms),
        "sheet_code": int(told.get("sheet_code", False)),
        "slot_id": None,
        "opens_itself": 0,
    }


def _number(value: int | None, most: int) -> int | None:
    if value is not None and not 1 <= value <= most:
        raise PeopleInvalid(least=1, most=most)
    return value


@operation("activities.open_activity")
def open_activity(act: Act, *, activity: str, for_leader: str | None = None) -> Answer:
    """Open an activity for signing in (开放签到).

    Raises NotInCharge, RoleMissing, WrongState, InsuranceMissing.
    """
    found = lock_activity(act.session, activity)
    require_charge(act, found.team_id, for_leader=for_leader)
    refuse_state(found, "planned")
    refuse_uninsured(found)
    set_state(act, found, "open")
    return {"activity": found.number, "state": "open", "for_leader": for_leader}


@operation("activities.close_activity")
def close_activity(act: Act, *, activity: str, for_leader: str | None = None) -> Answer:
    """Close an activity (结束活动). Whoever is still signed in is counted to this moment at most,
    as somebody who forgot to sign out.

    Raises NotInCharge, RoleMissing, WrongState.
    """
    found = lock_activity(act.session, activity)
    require_charge(act, found.team_id, for_leader=for_leader)
    if not (found.opens_itself and found.state == "planned"):
        refuse_state(found, "open")
    running = lock_running(act.session, found.id)
    for one in running:
        stop_one(act, found, one, at=min(act.now, counted_end(found, one)))
    set_state(act, found, "closed")
    return {
        "activity": found.number,
        "state": "closed",
        "stopped": [one.id for one in running],
        "for_leader": for_leader,
    }


@operation("activities.cancel_activity")
def cancel_activity(
    act: Act, *, activity: str, reason: str, for_leader: str | None = None
) -> Answer:
    """Call an activity off (取消活动), with a reason; who had joined is told.

    An open one in which nobody is signed in may be called off as well. Raises NotInCharge,
    RoleMissing, WrongState, ReasonMissing.
    """
    found = lock_activity(act.session, activity)
    require_charge(act, found.team_id, for_leader=for_leader)
    refuse_state(found, "planned", "open")
    if lock_running(act.session, found.id):
        refuse_state(found, "planned")
    why = required_text(reason, NOTE_MOST, ReasonMissing)
    set_state(act, found, "cancelled", reason=why)
    day = business_day(from_instant(found.begins_at))
    told = [
        (f"volunteer:{one.volunteer_id}", f"activity:{found.id}:cancelled", _facts(day))
        for one in list_participants(act.session, found.id)
        if one.status != "left"
    ]
    tell_all(act, "activities.cancelled", told)
    return {"activity": found.number, "state": "cancelled", "told": len(told)}


def _facts(day: str) -> dict[str, int | str]:
    return {"day": day}
