"""Founding a bank (建账): the rows that must be there before anything else can happen.

The nature, `bank` or `demonstration`, is written here once and frozen by the database itself.
"""

from __future__ import annotations

from sqlalchemy import insert

from pointsbank.foundation import Act, Answer, Setting, find_setting, operation, statement
from pointsbank.foundation.cells import clean_text
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.ledger import open_account, points_id
from pointsbank.people.errors import AlreadyFounded
from pointsbank.people.organisations import insert_organisation
from pointsbank.people.shops import insert_shop
from pointsbank.people.staff import insert_staff

COMMUNITY_CODE = "community"
SHOP_CODE = "shop-1"
SYSTEM_ACCOUNTS = ("issued", "redeemed", "expired")
SYSTEM_HOLDER = "bank"

_nature = one_of({"bank": "bank", "demonstration": "demonstration"})
_INSERT_SETTING = statement(insert(Setting))


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
    password_hash: str,
    tagline: str = "",
    opens: str = "07:00",
    closes: str = "21:00",
    currency_name: str = "积分",
    currency_unit: str = "分",
    limit_points_daily: int = 500,
    unbooked_pieces_daily: int = 3,
) -> Answer:
    """Found a bank: settings, community, first shop, first member of staff, the points themselves.

    Raises AlreadyFounded, and what a name, a login or an opening hour is refused for.
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
    points = points_id(session)
    for account in SYSTEM_ACCOUNTS:
        open_account(session, account, points, SYSTEM_HOLDER, now=act.now)
    return {"nature": nature, "shop": SHOP_CODE, "staff": staff_id}
