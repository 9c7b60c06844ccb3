"""Duty (值班): a rota is begun, a month of it is generated, two people swap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, func, select

from pointsbank.activities.activities import (
    Activity,
    ActivityRow,
    insert_activity,
    lock_activities,
    read_activity_number,
)
from pointsbank.activities.charge import require_charge
from pointsbank.activities.duty_plan import Leg, assign, instant_of, minute_of
from pointsbank.activities.errors import (
    ActivityUnknown,
    DaysInvalid,
    DutyClash,
    NameEmpty,
    NotJoined,
    PeopleInvalid,
    RotaTooFew,
    SameDuty,
    WrongState,
)
from pointsbank.activities.participants import (
    Participant,
    find_participant,
    put,
)
from pointsbank.activities.planning import NAME_MOST, PLACE_MOST
from pointsbank.activities.projects import category_of
from pointsbank.activities.resting import find_busy, refuse_unrested
from pointsbank.activities.rotas import (
    REST_MOST,
    RotaRow,
    Slot,
    end_rota_row,
    get_rota_row,
    insert_rota,
    members_of,
    read_slots,
    set_members,
    slots_of,
)
from pointsbank.earning import join_tags, refuse_unknown_tags
from pointsbank.foundation import (
    Act,
    Answer,
    Session,
    add_days,
    operation,
    pack,
    packed_rows,
    public_id,
    statement,
)
from pointsbank.foundation.cells import clean_text, instant_local
from pointsbank.people import (
    VolunteerRef,
    VolunteerUnknown,
    find_volunteers,
    get_shop,
    get_team,
    get_volunteer,
    has_leader,
    hold_volunteers,
    refuse_ended_team,
    refuse_left,
)

DAYS_MOST, LEGS_MOST = 31, 200
EACH_MOST = 20
[_ID] = packed_rows("ids", int)
_GENERATED = statement(
    select(Activity.slot_id, Activity.begins_at).where(
        Activity.slot_id.in_(select(_ID)),
        Activity.begins_at >= bindparam("since"),
        Activity.begins_at < bindparam("until"),
    )
)
_LAST_LEGS = statement(
    select(Participant.volunteer_id, func.max(Activity.begins_at).label("begins_at"))
    .join(Activity, Activity.id == Participant.activity_id)
    .where(Activity.slot_id.in_(select(_ID)), Participant.status == "joined")
    .group_by(Participant.volunteer_id)
)


# ------------------------------------------------------------------------------------ the rota


@operation("activities.begin_rota")
def begin_rota(
    act: Act,
    *,
    name: str,
    category: str,
    place: str,
    slots: list[tuple[str, str, int]],
    members: list[str],
    team: str | None = None,
    shop: str | None = None,
    tags: list[str] | None = None,
    people_each: int = 3,
    rest_hours: int = 8,
    around_clock: bool = False,
) -> Answer:
    """Begin a rota (建排班): slots as name, time and minutes; members by number, in their order.

    Raises NotInCharge, RoleMissing, NameEmpty, PeopleInvalid, SlotsInvalid, RotaGap, RotaTooFew,
    CategoryUnknown, TagUnknown, VolunteerUnknown, VolunteerLeft, TeamUnknown, TeamEnded,
    ShopUnknown.
    """
    found = get_team(act.session, team) if team else None
    if found is not None:
        refuse_ended_team(found)
    require_charge(act, found.id if found else None)
    read = read_slots(slots, around_clock=around_clock)
    people = _members(act.session, members)
    for number, least, most in ((people_each, 1, EACH_MOST), (rest_hours, 0, REST_MOST)):
        if not least <= number <= most:
            raise PeopleInvalid(least=least, most=most)
    if len(people) < people_each:
        raise RotaTooFew(wanted=people_each, free=len(people), begins=read[0].begins)
    refuse_unknown_tags(act.session, act.today, tags or ())
    words, where = clean_text(name, NAME_MOST), clean_text(place, PLACE_MOST)
    if not words or not where:
        raise NameEmpty()
    values = {
        "name": words,
        "team_id": found.id if found else None,
        "shop_id": get_shop(act.session, shop).id if shop else None,
        "category": category_of(act.session, category, act.today),
        "tags": join_tags(tags or ()),
        "place": where,
        "people_each": people_each,
        "rest_hours": rest_hours,
        "around_clock": int(around_clock),
    }
    made = insert_rota(act, values, read, people)
    return {"rota": public_id("B", made)}


def _members(session: Session, numbers: Iterable[str]) -> list[int]:
    wanted = list(dict.fromkeys(numbers))
    people = find_volunteers(session, wanted)
    for number in wanted:
        if number not in people:
            raise VolunteerUnknown(number=number[:20])
        refuse_left(people[number])
    return [people[number].id for number in wanted]


@operation("activities.change_rota_members")
def change_rota_members(act: Act, *, rota: str, members: list[str]) -> Answer:
    """Write anew who is on a rota, in their order (改值班的人); what is generated stays.

    Raises NotInCharge, RoleMissing, RotaUnknown, RotaTooFew, VolunteerUnknown, VolunteerLeft.
    """
    found = get_rota_row(act.session, rota, lock=True)
    require_charge(act, found.team_id)
    people = _members(act.session, members)
    if len(people) < found.people_each:
        first = slots_of(act.session, found.id)[0]
        raise RotaTooFew(wanted=found.people_each, free=len(people), begins=first.begins)
    set_members(act, found.id, people)
    return {"rota": found.number, "members": len(people)}


@operation("activities.end_rota")
def end_rota(act: Act, *, rota: str) -> Answer:
    """End a rota (停排班); legs that are generated stay. Raises NotInCharge, RotaUnknown."""
    found = get_rota_row(act.session, rota, lock=True)
    require_charge(act, found.team_id)
    end_rota_row(act, found.id)
    return {"rota": found.number}


# ---------------------------------------------------------------------------------- generating


@operation("activities.generate_duties")
def generate_duties(act: Act, *, rota: str, first: str, last: str) -> Answer:
    """Generate the legs of some days, at most a month (生成班次); what is there stays as it is.

    Every leg has as many people as the rota wants, none of whom does anything else then or has
    rested too little; where that cannot be, nothing is generated. Raises NotInCharge, RoleMissing,
    RotaUnknown, WrongState, DaysInvalid, RotaTooFew.
    """
    found = get_rota_row(act.session, rota, lock=True)
    require_charge(act, found.team_id)
    if found.ended_at is not None:
        raise WrongState(state="ended")
    slots = slots_of(act.session, found.id)
    legs = _wanted_legs(act, slots, first, last)
    people = _queue(act.session, slots, members_of(act.session, found.id))
    hold_volunteers(act.session, people)
    chosen, too_few = _assigned(act.session, found, legs, people)
    if too_few is not None:
        raise RotaTooFew(
            wanted=found.people_each, free=len(people), begins=instant_of(too_few.begins)
        )
    leads = found.team_id is not None and has_leader(act.session, found.team_id)
    slot_of = {slot.id: slot for slot in slots}
    for leg in legs:
        made = _insert_leg(act, found, slot_of[leg.key[0]], leg, leads=leads)
        for volunteer_id in chosen[leg.key]:
            put(act, made, volunteer_id, None, "joined")
    return {"rota": found.number, "first": first, "last": last, "legs": len(legs)}


def _wanted_legs(act: Act, slots: list[Slot], first: str, last: str) -> list[Leg]:
    """The legs of these days that are not there yet and have not begun."""
    if not first <= last <= add_days(first, DAYS_MOST - 1):
        raise DaysInvalid(most=DAYS_MOST)
    there = {
        (row.slot_id, row.begins_at)
        for row in act.session.rows(
            _GENERATED,
            ids=pack((one.id,) for one in slots),
            since=instant_local(f"{first} 00:00"),
            until=instant_local(f"{add_days(last, 1)} 00:00"),
        )
    }
    legs, day = [], first
    while day <= last:
        for slot in slots:
            begins = instant_local(f"{day} {slot.begins}")
            if (slot.id, begins) not in there and begins > act.now:
                at = minute_of(begins)
                legs.append(Leg((slot.id, begins), at, at + slot.minutes))
        day = add_days(day, 1)
    if len(legs) > LEGS_MOST:
        raise DaysInvalid(most=DAYS_MOST)
    return legs


def _queue(session: Session, slots: list[Slot], people: list[int]) -> list[int]:
    """Members as they queue: who has had no leg yet, then whose last one is longest ago."""
    rows = session.rows(_LAST_LEGS, ids=pack((one.id,) for one in slots))
    last = {row.volunteer_id: row.begins_at for row in rows}
    return sorted(people, key=lambda one: last.get(one, ""))


def _assigned(
    session: Session, rota: RotaRow, legs: list[Leg], people: list[int]
) -> tuple[dict[tuple[int, str], list[int]], Leg | None]:
    if not legs:
        return {}, None
    rest = rota.rest_hours * 60
    busy = find_busy(session, people, legs, rest=rest)
    return assign(legs, people, busy, each=rota.people_each, rest=rest)


def _insert_leg(act: Act, rota: RotaRow, slot: Slot, leg: Leg, *, leads: bool) -> int:
    values: dict[str, Any] = {
        "project_id": None,
        "team_id": rota.team_id,
        "shop_id": rota.shop_id,
        "slot_id": slot.id,
        "name": clean_text(f"{rota.name} · {slot.name}", NAME_MOST),
        "category": rota.category,
        "tags": rota.tags,
        "place": rota.place,
        "begins_at": leg.key[1],
        "ends_at": instant_of(leg.ends),
        "people_most": rota.people_each,
        "age_least": None,
        "risk_note": "",
        "dangerous": 0,
        "insurance_ref": None,
        "walk_ins": 0,
        "waiting": 0,
        "leader_confirms": int(leads),
        "sheet_code": 0,
        "opens_itself": 1,
    }
    return insert_activity(act, values).id


# ------------------------------------------------------------------------------------- swapping


@operation("activities.swap_duty")
def swap_duty(
    act: Act, *, activity: str, number: str, with_activity: str, with_number: str
) -> Answer:
    """Two people swap their legs (换班): each takes the other's, if free then and rested.

    With one leg alone, and somebody who is not on it, that one takes the place. Raises NotInCharge,
    RoleMissing, ActivityUnknown, WrongState, NotJoined, SameDuty, DutyClash, VolunteerUnknown.
    """
    one, other = read_activity_number(activity), read_activity_number(with_activity)
    found = lock_activities(act.session, {one, other})
    for wanted, told in ((one, activity), (other, with_activity)):
        if wanted not in found:
            raise ActivityUnknown(activity=told[:24])
    for leg in found.values():
        require_charge(act, leg.team_id)
        if leg.slot_id is None or leg.state != "planned" or leg.begins_at <= act.now:
            raise WrongState(state=leg.state)
    giver, taker = get_volunteer(act.session, number), get_volunteer(act.session, with_number)
    refuse_left(taker)
    refuse_left(giver)
    hold_volunteers(act.session, sorted({giver.id, taker.id}))
    if giver.id == taker.id or (one == other and _is_on(act.session, one, taker.id)):
        raise SameDuty()
    moves = [(found[one], giver, taker)]
    if one != other:
        moves.append((found[other], taker, giver))
    for leg, who, whom in moves:
        _refuse_move(act.session, leg, who, whom, given_up=(one, other))
    for leg, who, whom in moves:
        for person, status in ((who, "left"), (whom, "joined")):
            known = find_participant(act.session, leg.id, person.id)
            put(act, leg.id, person.id, known, status)
    return {"activity": activity, "with_activity": with_activity}


def _is_on(session: Session, activity_id: int, volunteer_id: int) -> bool:
    known = find_participant(session, activity_id, volunteer_id)
    return known is not None and known.status == "joined"


def _refuse_move(
    session: Session,
    leg: ActivityRow,
    who: VolunteerRef,
    whom: VolunteerRef,
    *,
    given_up: Iterable[int],
) -> None:
    """Raise NotJoined or DutyClash where somebody cannot take another's place on a leg."""
    if not _is_on(session, leg.id, who.id):
        raise NotJoined()
    if _is_on(session, leg.id, whom.id):
        raise DutyClash(number=whom.number, begins=leg.begins_at)
    refuse_unrested(session, leg, [whom.id], besides=given_up)
