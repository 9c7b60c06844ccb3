"""What volunteers do on their own page (本人办理): choose how they are shown things, hear the news.

A verb here finds whom it is for in the caller alone, so that nobody can ask it for another.
Blocking the own card is `block_card`, as at the desk.
"""

from __future__ import annotations

import re

from sqlalchemy import bindparam, func, update

from pointsbank.foundation import Act, Answer, Caller, Int, operation, statement
from pointsbank.people.errors import RoleMissing
from pointsbank.people.news import mark_told
from pointsbank.people.volunteers import Volunteer

_VOLUNTEER = re.compile(r"volunteer:([0-9]{1,18})", re.ASCII)


def _kept_unless(name: str) -> object:
    return func.coalesce(bindparam(f"new_{name}", type_=Int), getattr(Volunteer, name))


_CHOOSE = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"))
    .values({name: _kept_unless(name) for name in ("large_type", "read_aloud", "hide_balance")})
)


@operation("people.choose_reading")
def choose_reading(
    act: Act,
    *,
    large_type: bool | None = None,
    read_aloud: bool | None = None,
    hide_balance: bool | None = None,
) -> Answer:
    """Choose 大字, 朗读, and whether the points are hidden; what is not told stays.

    It holds for the card everywhere. Raises RoleMissing for whoever is no volunteer on their page.
    """
    volunteer_id = require_oneself(act)
    chosen = {"large_type": large_type, "read_aloud": read_aloud, "hide_balance": hide_balance}
    told = {name: int(value) for name, value in chosen.items() if value is not None}
    act.session.run(
        _CHOOSE, of_id=volunteer_id, **{f"new_{name}": told.get(name) for name in chosen}
    )
    return {"chosen": told}


@operation("people.tell_on_own_page")
def tell_on_own_page(act: Act, *, news: list[int]) -> Answer:
    """Note which news a volunteer has been shown on the own page. Raises RoleMissing."""
    require_oneself(act)
    return {"told": mark_told(act, act.caller.actor, news, "me")}


def find_own_volunteer(caller: Caller) -> int | None:
    """The volunteer who asks, having come by card and PIN; None for anybody else.

    >>> find_own_volunteer(Caller("volunteer:7", "volunteer:7"))
    7
    """
    found = _VOLUNTEER.fullmatch(caller.actor)
    return int(found[1]) if found and caller.client == caller.actor else None


def require_oneself(act: Act) -> int:
    """The volunteer who asks, having come by card and PIN. Raises RoleMissing."""
    found = find_own_volunteer(act.caller)
    if found is None:
        raise RoleMissing(needed="volunteer")
    act.for_whom = act.caller.actor
    return found
