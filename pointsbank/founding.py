"""Founding a community's bank (建账): what must be there before the first hour is recorded.

Several rooms have their part in it, so it stands above them; `init` and the demonstration call it.
"""

from __future__ import annotations

from typing import Any

from pointsbank.earning import plain_document, set_rulebook
from pointsbank.foundation import Bank, Caller, new_key
from pointsbank.people import (
    SETTLED,
    Invitation,
    found_bank,
    found_bank_with_code,
    hash_password,
    refuse_weak_password,
)

# What stands on the door until somebody has said in the set-up what it is called.
COMMUNITY_UNNAMED, SHOP_UNNAMED = "本社区", "积分超市"


def found_community(
    bank: Bank,
    *,
    nature: str,
    community: str | None,
    shop: str | None,
    points_per_hour: int,
    help_phone: str,
    tagline: str = "",
    opens: str = "07:00",
    closes: str = "21:00",
    login: str,
    name: str,
    password: str | None,
    by: Caller,
    key: str,
) -> Invitation | None:
    """Found a bank of this nature, `bank` or `demonstration`; it can never become the other.

    What is not told yet is asked in the browser. Without a password the first person gets a
    one-time code, which is the answer. Raises what people and earning refuse: a weak password, a
    name that cannot be read, a bank that has been founded before.
    """
    told: dict[str, Any] = {
        "nature": nature,
        "community": community or COMMUNITY_UNNAMED,
        "shop": shop or SHOP_UNNAMED,
        "settles": _settled(nature, community=community, shop=shop),
        "help_phone": help_phone,
        "tagline": tagline,
        "opens": opens,
        "closes": closes,
        "login": login,
        "name": name,
    }
    invitation = None
    if password is None:
        invitation = found_bank_with_code(bank, by=by, key=key, **told)
    else:
        if nature == "bank":
            refuse_weak_password(password, login=login, name=name)
        found_bank(bank, by=by, key=key, password_hash=hash_password(password), **told)
    set_rulebook(
        bank,
        by=by,
        key=new_key(),
        starts_on="2000-01-01",
        document=plain_document(points_per_hour),
    )
    return invitation


def _settled(nature: str, **told: str | None) -> list[str]:
    """Which steps of the set-up need not be asked any more; of a demonstration none."""
    if nature == "demonstration":
        return list(SETTLED)
    return [what for what, name in told.items() if name]
