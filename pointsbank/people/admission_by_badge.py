"""Badges at the door (工作证): issue, print, block, replace. A badge never logs anybody in."""

from __future__ import annotations

import pointsbank.people.badges as badges
from pointsbank.foundation import Act, Answer, Bank, Caller, operation
from pointsbank.people.badge_faces import get_badge_face
from pointsbank.people.card_sheet import BadgeFace
from pointsbank.people.errors import BadgeBlocked, BadgeUnknown
from pointsbank.people.staff import get_staff


@operation("people.issue_badge")
def issue_badge(act: Act, *, login: str, capacity: str) -> Answer:
    """Issue a badge (发工作证) to a member of staff who stands by as `capacity`.

    Raises StaffUnknown, BadgeExists, RoleMissing, BadgeNeedsVolunteer.
    """
    staff = get_staff(act.session, login)
    act.for_whom = staff.actor
    return {"staff": staff.id, "issue": badges.issue(act, staff, capacity)}


@operation("people.block_badge", whatever_the_time=True)
def block_badge(act: Act, *, login: str) -> Answer:
    """Block a lost badge at once. Raises StaffUnknown, BadgeUnknown, BadgeBlocked."""
    staff = get_staff(act.session, login)
    act.for_whom = staff.actor
    badge = badges.end(act, staff.id, "blocked")
    return {"staff": staff.id, "issue": badge.issue, "status": "blocked"}


@operation("people.replace_badge")
def replace_badge(act: Act, *, login: str, capacity: str | None = None) -> Answer:
    """Give a new badge, in the same capacity or another; the old one never works again.

    Raises StaffUnknown, BadgeUnknown, RoleMissing, BadgeNeedsVolunteer.
    """
    staff = get_staff(act.session, login)
    act.for_whom = staff.actor
    ended = badges.end(act, staff.id, "replaced")
    issued = badges.issue(act, staff, capacity or ended.capacity)
    return {"staff": staff.id, "issue": issued, "replaced": ended.issue}


def print_badge(bank: Bank, *, by: Caller, key: str, login: str) -> BadgeFace:
    """What is printed on somebody's badge, once it is written down who prints it (打印工作证).

    Raises StaffUnknown, BadgeUnknown, BadgeBlocked, CardKeyOther.
    """
    face = get_badge_face(bank, login=login)
    _print_badge(bank, by=by, key=key, login=login)
    return face


@operation("people.print_badge")
def _print_badge(act: Act, *, login: str) -> Answer:
    staff = get_staff(act.session, login)
    badge = badges.find_badge_in_use(act.session, staff.id)
    if badge is None:
        raise BadgeUnknown()
    if badge.status != "active":
        raise BadgeBlocked(status=badge.status)
    act.for_whom = staff.actor
    return {"staff": staff.id, "issue": badge.issue}
