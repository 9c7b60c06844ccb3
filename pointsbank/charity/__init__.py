"""Floor 3: points given away and received. See README.md at this door."""

from pointsbank.charity.errors import GrantDecided, GrantUnknown, OwnGrant
from pointsbank.charity.grants import Grant
from pointsbank.charity.operations import approve_grant, donate_points, propose_grant

__all__ = [
    "Grant",
    "GrantDecided",
    "GrantUnknown",
    "OwnGrant",
    "approve_grant",
    "donate_points",
    "propose_grant",
]
