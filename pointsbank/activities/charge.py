"""Who is in charge of an activity (负责人): leaders of its team or of one above it, and workers.

Leaders come by card and PIN on their own page; a worker may do all of it for a leader, and then
both are kept (代办).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pointsbank.activities.errors import NotInCharge, OwnRow
from pointsbank.foundation import Act, Session
from pointsbank.people import (
    find_own_volunteer,
    get_volunteer,
    household_of,
    leads_team,
    refuse_sanctioned,
    require_person,
)

WORKERS = ("worker", "admin")


@dataclass(frozen=True, slots=True)
class Charge:
    """Who decides about an activity: as a worker or as a leader, and which volunteer they are."""

    is_leader: bool
    volunteer_id: int | None


def require_charge(act: Act, team_id: int | None, *, for_leader: str | None = None) -> Charge:
    """Whoever asks must be in charge of a team's activity. Raises NotInCharge, RoleMissing,
    and Sanctioned for a leader who may not lead for a while.

    `for_leader` is the number of the leader for whom a worker does it.
    """
    volunteer_id = find_own_volunteer(act.caller)
    if volunteer_id is not None:
        if team_id is None or not leads_team(act.session, volunteer_id, team_id):
            raise NotInCharge()
        refuse_sanctioned(act.session, volunteer_id, "leading", act.today)
        act.for_whom = act.caller.actor
        return Charge(True, volunteer_id)
    staff = require_person(act, *WORKERS)
    if for_leader:
        leader = get_volunteer(act.session, for_leader)
        if team_id is None or not leads_team(act.session, leader.id, team_id):
            raise NotInCharge()
        refuse_sanctioned(act.session, leader.id, "leading", act.today)
        act.for_whom = leader.holder
    return Charge(False, staff.volunteer_id)


def refuse_own_rows(session: Session, charge: Charge, volunteers: Iterable[int]) -> None:
    """Raise OwnRow for hours of one's own or of one's household."""
    if own_rows(session, charge.volunteer_id, volunteers):
        raise OwnRow()


def own_rows(session: Session, volunteer_id: int | None, volunteers: Iterable[int]) -> set[int]:
    """Which of these volunteers are oneself, or live with one; none for who is no volunteer."""
    asked = set(volunteers)
    if volunteer_id is None:
        return set()
    homes = household_of(session, {volunteer_id, *asked})
    home = homes.get(volunteer_id)
    return {
        one for one in asked if one == volunteer_id or (home is not None and homes.get(one) == home)
    }
