"""Late entries that wait for a second person (补记等第二个人): the same checks, nothing booked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsbank.foundation import Act, Answer, operation
from pointsbank.people import propose
from pointsbank.redemption.late import (
    ENTERING,
    TAKING_BACK,
    Late,
    Taken,
    check_late,
    check_purchase,
)
from pointsbank.redemption.redemptions import number_of


@operation("redemption.propose_late")
def propose_late(
    act: Act,
    *,
    shop_id: int,
    why: str,
    day: str,
    slip: str,
    whose: str,
    taken: Taken,
    total_points: int,
) -> Answer:
    """Have a late entry wait for a second person (提出补记).

    Raises what `check_purchase` and `propose` raise.
    """
    late = Late(shop_id, why, day, slip, whose, taken, total_points)
    return propose_purchase(act, late, ENTERING)


def propose_purchase(
    act: Act, told: Late, name: str, *, about: str = "", extra: Mapping[str, Any] | None = None
) -> Answer:
    """The same as a step, for whoever has it entered under another `name` with something more."""
    checked = check_purchase(act, told)
    late = checked.late
    # A family that has less is told so when it is booked; until then it may be granted some.
    number = propose(
        act,
        name,
        about=about or f"slip:{late.shop_id}:{late.day}:{late.slip}",
        told={**late.told(), **(extra or {})},
        volunteers=checked.payer.volunteers,
    )
    return {"proposal": number, "slip": late.slip}


@operation("redemption.propose_take_back")
def propose_take_back(act: Act, *, number: str) -> Answer:
    """Have the taking back of a late entry wait for a second person (提出撤销补记).

    Raises what `check_late` and `propose` raise.
    """
    found, payer = check_late(act, number)
    waits = propose(
        act,
        TAKING_BACK,
        about=f"redemption:{number_of(found.id)}",
        told={"number": number},
        volunteers=payer.volunteers,
    )
    return {"proposal": waits, "number": number}
