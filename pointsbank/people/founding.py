"""Founding a bank (建账): the rows that must be there before anything else can happen.

The nature, `bank` or `demonstration`, is written here once and frozen by the database itself. There
are no default passwords: whoever is first has one of their own from the start, or a one-time code.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

import pointsbank.people.enrolments as enrolments
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Setting,
    find_setting,
    keep_setting,
    operation,
    statement,
)
from pointsbank.foundation.cells import clean_text
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.ledger import open_account, points_id
from pointsbank.people.errors import AlreadyFounded, FirstPersonCame, StaffUnknown
from pointsbank.people.organisations import insert_organisation
from pointsbank.people.shops import insert_shop
from pointsbank.people.staff import NO_PASSWORD, Staff, insert_staff
from pointsbank.people.staffing import Invitation, invitation_of

COMMUNITY_CODE = "community"
SHOP_CODE = "shop-1"
SYSTEM_ACCOUNTS = ("issued", "redeemed", "expired")
SYSTEM_HOLDER = "bank"

_nature = one_of({"bank": "bank", "demonstration": "demonstration"})
_INSERT_SETTING = statement(insert(Setting))
_ADMINS = Staff.roles.contains("admin") & Staff.disabled_at.is_(None)
_ADMIN_CAME = statement(select(Staff.id).where(_ADMINS, Staff.password_hash != NO_PASSWORD))
_FIRST_ADMIN = statement(select(Staff.id).where(_ADMINS).order_by(Staff.id).limit(1))


@operation("people.found_bank")
def found_bank(
    act: Act,
    *,
    nature: str,
    community: str,
    shop: str,
    help_phone: str,
    login: str,
    name: str,
    password_hash: str = NO_PASSWORD,
    code_hash: str | None = None,
    settles: list[str] | None = None,
    tagline: str = "",
    opens: str = "07:00",
    closes: str = "21:00",
    currency_name: str = "积分",
    currency_unit: str = "分",
    limit_points_daily: int = 500,
    unbooked_pieces_daily: int = 3,
) -> Answer:
    """Found a bank: settings, community, first shop, first member of staff, the points themselves.

    `code_hash` is of the one-time code of whoever is first, for whom no password is set yet;
    `settles` names the steps of the set-up that are settled by what was told here. Raises
    AlreadyFounded, and what a name, a login or an opening hour is refused for.
    """
    session = act.session
    if find_setting(session, "nature") is not None:
        raise AlreadyFounded()
    community = clean_text(community, 60)
    settings = {
        "nature": _nature(nature),
        "founded_on": act.today,
        "community_name": community,
        "currency_name": clean_text(currency_name, 10),
        "currency_unit": clean_text(currency_unit, 4),
        "limit_points_daily": str(int(limit_points_daily)),
        "unbooked_pieces_daily": str(int(unbooked_pieces_daily)),
        "timezone": "Asia/Shanghai",
    }
    for key, value in settings.items():
        session.run(_INSERT_SETTING, name=key, value=value)
    organisation_id = insert_organisation(
        session, code=COMMUNITY_CODE, name=community, kind="community", thanks_public=True
    )
    insert_shop(
        session,
        organisation_id=organisation_id,
        code=SHOP_CODE,
        name=shop,
        tagline=tagline,
        opens=opens,
        closes=closes,
        help_phone=help_phone,
    )
    staff_id = insert_staff(
        session,
        login=login,
        name=name,
        password_hash=password_hash,
        roles=["admin", "worker"],
        organisation_id=organisation_id,
        volunteer_id=None,
    )
    for what in settles or []:
        keep_setting(session, f"settled_{what}", act.today)
    until = enrolments.offer(act, staff_id, bytes.fromhex(code_hash)) if code_hash else None
    points = points_id(session)
    for account in SYSTEM_ACCOUNTS:
        open_account(session, account, points, SYSTEM_HOLDER, now=act.now)
    return {"nature": nature, "shop": SHOP_CODE, "staff": staff_id, "expires_at": until}


@operation("people.renew_first_code")
def _renew_first_code(act: Act, *, code_hash: str) -> Answer:
    if act.session.row(_ADMIN_CAME) is not None:
        raise FirstPersonCame()
    staff_id: int | None = act.session.value(_FIRST_ADMIN)
    if staff_id is None:
        raise StaffUnknown(login="")
    until = enrolments.offer(act, staff_id, bytes.fromhex(code_hash))
    act.for_whom = f"staff:{staff_id}"
    return {"staff": staff_id, "expires_at": until}


def found_bank_with_code(bank: Bank, *, by: Caller, key: str, **told: Any) -> Invitation:
    """Found a bank whose first person sets a password with a one-time code.

    The same key shows the same code again.
    """
    code = enrolments.make_enrolment_code(bank.keys, by.client, key)
    code_hash = enrolments.enrolment_code_hash(bank.keys, code).hex()
    return invitation_of(bank, code, found_bank(bank, by=by, key=key, code_hash=code_hash, **told))


def renew_first_code(bank: Bank, *, by: Caller, key: str) -> Invitation:
    """Offer whoever is first another code, as when a day has gone by before it was typed.

    Only as long as no admin has a password: afterwards an admin offers codes to others. Raises
    FirstPersonCame.
    """
    code = enrolments.make_enrolment_code(bank.keys, by.client, key)
    told = enrolments.enrolment_code_hash(bank.keys, code).hex()
    return invitation_of(bank, code, _renew_first_code(bank, by=by, key=key, code_hash=told))
