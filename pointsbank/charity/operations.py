"""Second-round charity (二次公益): a volunteer gives points away, a family receives them."""

from __future__ import annotations

from pointsbank.charity.errors import OwnGrant
from pointsbank.charity.grants import insert_grant, lock_proposed_grant, mark_approved
from pointsbank.charity.pool import DONATE, GRANT, open_pool
from pointsbank.foundation import Act, Answer, operation, public_id, read_public_id
from pointsbank.ledger import Transfer, lock_accounts, post_entry, stand_until
from pointsbank.people import (
    get_family,
    get_family_by_id,
    get_volunteer,
    refuse_ended,
    require_second,
    tell,
)


@operation("charity.donate_points")
def donate_points(act: Act, *, volunteer: str, points: int) -> Answer:
    """Move a volunteer's points into the pool (捐积分).

    Raises VolunteerUnknown and InsufficientBalance; then nothing has changed.
    """
    giver = get_volunteer(act.session, volunteer)
    act.for_whom = f"volunteer:{giver.id}"
    posted = post_entry(
        act, DONATE, [Transfer(giver.wallet, open_pool(act), points)], memo=f"捐出 {points} 分"
    )
    return {"entry": posted.number, "points_after": posted.balances[giver.wallet.id]}


@operation("charity.propose_grant")
def propose_grant(act: Act, *, family: str, points: int) -> Answer:
    """Propose that a family receives points from the pool (提出拨付).

    Raises FamilyUnknown, FamilyEnded.
    """
    found = get_family(act.session, family)
    refuse_ended(found)
    grant_id = insert_grant(
        act.session, family_id=found.id, points=points, by=act.caller.actor, now=act.now
    )
    return {"grant": public_id("G", grant_id)}


@operation("charity.approve_grant")
def approve_grant(act: Act, *, grant: str, expires_on: str | None = None) -> Answer:
    """Pay a proposed grant out of the pool (批准拨付).

    Its points are earned today: a door tells until when the rulebook lets them stand, because the
    rulebook is kept in a room beside this one. They never expire before what the family has.

    The one who approves is another than the one who proposed, and came by a door of their own.
    Raises GrantUnknown, GrantDecided, OwnGrant, FamilyEnded, InsufficientBalance, and what
    `require_second` raises.
    """
    grant_id = read_public_id("G", grant)
    found = lock_proposed_grant(act.session, grant_id)
    if act.caller.actor == found.proposed_by and act.caller.client == act.caller.actor:
        raise OwnGrant(number=grant)
    require_second(act, "charity.approve_grant", first=found.proposed_by)
    family = get_family_by_id(act.session, found.family_id)
    refuse_ended(family)
    act.for_whom = f"family:{family.id}"
    pool = open_pool(act)
    lock_accounts(act.session, pool.id, family.wallet.id)
    until = stand_until(act.session, family.wallet, expires_on, today=act.today)
    posted = post_entry(
        act,
        GRANT,
        [Transfer(pool, family.wallet, found.points, until)],
        memo=f"公益池拨付 {found.points} 分",
        document=f"grant:{grant_id}",
        locked=True,
    )
    tell(
        act,
        "charity.points_received",
        family.holder,
        about=f"grant:{grant_id}",
        points=found.points,
    )
    mark_approved(act.session, grant_id, by=act.caller.actor, now=act.now, entry=posted.id)
    return {"entry": posted.number, "grant": grant}
