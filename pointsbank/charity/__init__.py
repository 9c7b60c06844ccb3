"""Floor 4: points given away and received. See README.md at this door."""

from pointsbank.charity.errors import (
    GiftTooLarge,
    GivingClosed,
    GrantDayPast,
    GrantTakenBack,
    GrantUnknown,
    GrantUsedUp,
)
from pointsbank.charity.grants import Grant
from pointsbank.charity.operations import (
    approve_grant,
    donate_points,
    propose_grant,
    propose_return,
    take_back_grant,
)
from pointsbank.charity.queries import GrantRow, count_pool, get_grant, list_grants

__all__ = [
    "GiftTooLarge",
    "GivingClosed",
    "Grant",
    "GrantDayPast",
    "GrantRow",
    "GrantTakenBack",
    "GrantUnknown",
    "GrantUsedUp",
    "approve_grant",
    "count_pool",
    "donate_points",
    "get_grant",
    "list_grants",
    "propose_grant",
    "propose_return",
    "take_back_grant",
]
