"""Rest between legs of duty (班间休息): what people do otherwise, and how long they rest around it.

Between two legs of one person lies the longer rest that their two rotas ask for, whichever of them
was generated first. Everything else that somebody has joined is kept free of duty, without rest.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, bindparam, or_, select

from pointsbank.activities.activities import Activity, ActivityRow
from pointsbank.activities.duty_plan import Leg, Span, instant_of, is_free, minute_of
from pointsbank.activities.errors import DutyClash
from pointsbank.activities.participants import Participant
from pointsbank.activities.rotas import REST_MOST, Rota, RotaSlot
from pointsbank.foundation import Session, pack, packed_rows, statement
from pointsbank.people import find_volunteers_by_id

[_ID] = packed_rows("ids", int)
_JOINED = statement(
    select(
        Participant.volunteer_id, Activity.id, Activity.begins_at, Activity.ends_at, Rota.rest_hours
    )
    .join(Activity, Activity.id == Participant.activity_id)
    .outerjoin(RotaSlot, RotaSlot.id == Activity.slot_id)
    .outerjoin(Rota, Rota.id == RotaSlot.rota_id)
    .where(
        Participant.volunteer_id.in_(select(_ID)),
        Participant.status == "joined",
        # Whoever has just come off a leg that is closed by now still rests from it.
        or_(
            Activity.state == "planned",
            Activity.state == "open",
            and_(Activity.state == "closed", Activity.slot_id.is_not(None)),
        ),
        Activity.begins_at < bindparam("until"),
        Activity.ends_at > bindparam("since"),
    )
)
_REST = statement(
    select(Rota.rest_hours)
    .join(RotaSlot, RotaSlot.rota_id == Rota.id)
    .where(RotaSlot.id == bindparam("of_slot"))
)


def find_busy(
    session: Session,
    people: Iterable[int],
    legs: Iterable[Leg],
    *,
    rest: int,
    besides: Iterable[int] = (),
) -> dict[int, list[Span]]:
    """When people cannot take any of these legs, in minutes, with the rest around other legs.

    `rest` minutes are what the legs' own rota asks for; the activities `besides` are left out. The
    caller holds the people.
    """
    legs, left_out = list(legs), set(besides)
    found: dict[int, list[Span]] = {}
    rows = session.rows(
        _JOINED,
        ids=pack((one,) for one in people),
        since=instant_of(min(leg.begins for leg in legs) - REST_MOST * 60),
        until=instant_of(max(leg.ends for leg in legs) + REST_MOST * 60),
    )
    for row in rows:
        if row.id in left_out:
            continue
        around = 0 if row.rest_hours is None else max(rest, row.rest_hours * 60)
        span = (minute_of(row.begins_at) - around, minute_of(row.ends_at) + around)
        found.setdefault(row.volunteer_id, []).append(span)
    return found


def refuse_unrested(
    session: Session, leg: ActivityRow, people: Iterable[int], *, besides: Iterable[int] = ()
) -> None:
    """Raise DutyClash where one of these people cannot take a leg, rested from others.

    What is no leg of a rota asks for nothing. The caller holds the people.
    """
    ids = list(people)
    if leg.slot_id is None or not ids:
        return
    span = Leg((leg.slot_id, leg.begins_at), minute_of(leg.begins_at), minute_of(leg.ends_at))
    rest = int(session.value(_REST, of_slot=leg.slot_id)) * 60
    busy = find_busy(session, ids, [span], rest=rest, besides={leg.id, *besides})
    for one in ids:
        if not is_free(span, busy.get(one, ()), (), 0):
            number = find_volunteers_by_id(session, [one])[one].number
            raise DutyClash(number=number, begins=leg.begins_at)
