"""Second-round charity (二次公益): a volunteer gives points away, a family receives them."""

from __future__ import annotations

from pointsbank.charity.errors import GiftTooLarge, GivingClosed, GrantDayPast, GrantUsedUp
from pointsbank.charity.grants import (
    WHYS,
    grant_number,
    insert_grant,
    lock_grant,
    mark_returned,
)
from pointsbank.charity.pool import DONATE, GRANT, given_on, open_pool
from pointsbank.earning import NoRule, rulebook_on
from pointsbank.foundation import Act, Answer, operation
from pointsbank.foundation.cells import day as read_day
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.ledger import (
    AccountRef,
    Transfer,
    kept_balances,
    lock_accounts,
    mirror_of,
    post_entry,
    stand_until,
)
from pointsbank.people import (
    get_family,
    get_family_by_id,
    get_volunteer,
    propose,
    refuse_ended,
    require_second,
    take_proposal,
    tell,
)

GRANTING, TAKING_BACK = "charity.approve_grant", "charity.take_back_grant"
_why = one_of({why: why for why in WHYS})


@operation("charity.donate_points")
def donate_points(act: Act, *, volunteer: str, points: int) -> Answer:
    """Move a volunteer's points into the pool (捐积分).

    Raises VolunteerUnknown, InsufficientBalance, and where the rulebook of today says so
    GivingClosed and GiftTooLarge; then nothing has changed.
    """
    giver = get_volunteer(act.session, volunteer)
    act.for_whom = f"volunteer:{giver.id}"
    pool = open_pool(act)
    # Two gifts at once would each find the day's room.
    lock_accounts(act.session, giver.wallet.id, pool.id)
    _refuse_gift(act, giver.wallet, points)
    posted = post_entry(
        act,
        DONATE,
        [Transfer(giver.wallet, pool, points)],
        memo=f"捐出 {points} 分",
        locked=True,
    )
    return {"entry": posted.number, "points_after": posted.balances[giver.wallet.id]}


def _refuse_gift(act: Act, wallet: AccountRef, points: int) -> None:
    try:
        giving = rulebook_on(act.session, act.today).giving
    except NoRule:
        return
    if giving.closed:
        raise GivingClosed()
    left = giving.left(given_on(act.session, wallet, act.today))
    if left is not None and points > left:
        raise GiftTooLarge(most=giving.daily_most or 0, left=left)


@operation("charity.propose_grant")
def propose_grant(act: Act, *, family: str, points: int, expires_on: str | None = None) -> Answer:
    """Have a grant wait for a second person (提出拨付); of one family one waits at a time.

    The pool need not hold so much yet. Raises FamilyUnknown, FamilyEnded, GrantDayPast, and what
    `propose` raises.
    """
    found = get_family(act.session, family)
    refuse_ended(found)
    until = _asked_day(act, expires_on)
    told = {"family": found.number, "points": points, "expires_on": until}
    return {"proposal": propose(act, GRANTING, about=f"family:{found.number}", told=told)}


@operation(GRANTING)
def approve_grant(
    act: Act,
    *,
    family: str,
    points: int,
    expires_on: str | None = None,
    proposed_by: str,
    proposal: str | None = None,
) -> Answer:
    """Pay a grant out of the pool (批准拨付). One proposes, another approves.

    Its points are earned today: they stand as long as the rulebook in force lets points of today
    stand, or until the day that was asked for, and never end before what the family has. Raises
    FamilyUnknown, FamilyEnded, GrantDayPast, InsufficientBalance, and what `require_second` and
    `take_proposal` raise.
    """
    found = get_family(act.session, family)
    refuse_ended(found)
    until = _asked_day(act, expires_on)
    require_second(act, GRANTING, first=proposed_by)
    act.for_whom = found.holder
    pool = open_pool(act)
    lock_accounts(act.session, pool.id, found.wallet.id)
    told = {"family": found.number, "points": points, "expires_on": until}
    take_proposal(act, proposal, GRANTING, proposed_by=proposed_by, told=told)
    stands = stand_until(act.session, found.wallet, until or _last_day(act), today=act.today)
    grant_id = act.receipt_id
    posted = post_entry(
        act,
        GRANT,
        [Transfer(pool, found.wallet, points, stands)],
        memo=f"公益池拨付 {points} 分",
        document=f"grant:{grant_id}",
        locked=True,
    )
    insert_grant(
        *(act, grant_id),
        family_id=found.id,
        points=points,
        proposed_by=proposed_by,
        entry=posted.id,
    )
    about = f"grant:{grant_id}"
    tell(act, "charity.points_received", found.holder, about=about, points=points)
    return {"entry": posted.number, "grant": grant_number(grant_id), "expires_on": stands}


@operation("charity.propose_return")
def propose_return(act: Act, *, grant: str, why: str) -> Answer:
    """Have the taking back of a grant wait for a second person (提出收回拨付).

    Raises GrantUnknown, GrantTakenBack, and what `propose` raises.
    """
    found = lock_grant(act.session, grant)
    number = grant_number(found.id)
    told = {"grant": number, "why": _why(why)}
    return {"proposal": propose(act, TAKING_BACK, about=f"grant:{number}", told=told)}


@operation(TAKING_BACK)
def take_back_grant(
    act: Act, *, grant: str, why: str, proposed_by: str, proposal: str | None = None
) -> Answer:
    """Take a grant back that was wrong (收回拨付), as far as the family has not spent it.

    A family cannot owe, so what is spent stays spent. Raises GrantUnknown, GrantTakenBack,
    GrantUsedUp where nothing is left, and what `require_second` and `take_proposal` raise.
    """
    session, found = act.session, lock_grant(act.session, grant)
    number = grant_number(found.id)
    family = get_family_by_id(session, found.family_id)
    require_second(act, TAKING_BACK, first=proposed_by)
    act.for_whom = family.holder
    # The whole of it is reversed and leaves no trace in what expires when; less is given back.
    mirror = mirror_of(session, found.entry_id)
    there = kept_balances(session, family.wallet.id)[family.wallet.id]
    if not there:
        raise GrantUsedUp(number=number)
    told = {"grant": number, "why": _why(why)}
    take_proposal(act, proposal, TAKING_BACK, proposed_by=proposed_by, told=told)
    is_whole = there >= found.points
    points = found.points if is_whole else there
    posted = post_entry(
        act,
        GRANT,
        mirror if is_whole else [Transfer(family.wallet, open_pool(act), points)],
        memo=f"收回拨付 {points} 分",
        document=f"grant:{found.id}",
        reverses_id=found.entry_id if is_whole else None,
        locked=True,
    )
    mark_returned(
        *(act, found.id),
        points=points,
        why=told["why"],
        proposed_by=proposed_by,
        entry=posted.id,
    )
    about = f"grant:{found.id}:returned"
    tell(act, "charity.points_taken_back", family.holder, about=about, points=points)
    return {"entry": posted.number, "grant": number, "points": points}


def _asked_day(act: Act, expires_on: str | None) -> str | None:
    """The last day that was asked for, or None for the rulebook's. Raises GrantDayPast."""
    if expires_on is None:
        return None
    day = read_day(expires_on)
    if day < act.today:
        raise GrantDayPast(day=day, today=act.today)
    return day


def _last_day(act: Act) -> str | None:
    """Until when the rulebook lets points of today stand; for good where there is none."""
    try:
        return rulebook_on(act.session, act.today).expires_on(act.today)
    except NoRule:
        return None
