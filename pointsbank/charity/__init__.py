"""Floor 3: points given away and received. See README.md at this door."""

from pointsbank.charity.errors import GrantDecided, GrantUnknown, OwnGrant
from pointsbank.charity.grants import Grant
from pointsbank.charity.operations import approve_grant, donate_points, propose_grant
from pointsbank.charity.queries import GrantRow, list_proposed_grants

__all__ = [
    "Grant",
    "GrantDecided",
    "GrantRow",
    "GrantUnknown",
    "OwnGrant",
    "approve_grant",
    "donate_points",
    "list_proposed_grants",
    "propose_grant",
]
