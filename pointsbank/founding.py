"""Founding a community's bank (建账): what must be there before the first hour is recorded.

Several rooms have their part in it, so it stands above them; `init` and the demonstration call it.
"""

from __future__ import annotations

from pointsbank.earning import set_rule
from pointsbank.foundation import Bank, Caller, new_key
from pointsbank.people import found_bank, hash_password, refuse_weak_password


def found_community(
    bank: Bank,
    *,
    nature: str,
    community: str,
    shop: str,
    points_per_hour: int,
    help_phone: str,
    tagline: str = "",
    opens: str = "07:00",
    closes: str = "21:00",
    login: str,
    name: str,
    password: str,
    by: Caller,
    key: str,
) -> None:
    """Found a bank of this nature, `bank` or `demonstration`; it can never become the other.

    Raises what people and earning refuse: a weak password, a name that cannot be read, a bank that
    has been founded before.
    """
    if nature == "bank":
        refuse_weak_password(password, login=login, name=name)
    found_bank(
        bank,
        by=by,
        key=key,
        nature=nature,
        community=community,
        shop=shop,
        help_phone=help_phone,
        tagline=tagline,
        opens=opens,
        closes=closes,
        login=login,
        name=name,
        password_hash=hash_password(password),
    )
    set_rule(
        bank,
        by=by,
        key=new_key(),
        starts_on="2000-01-01",
        points_per_hour=points_per_hour,
        minutes_unit=1,
        counts_manual=0,
        cap_minutes_per_activity=None,
    )
