"""The charity pool (公益池): points that volunteers gave away, until a family receives them."""

from __future__ import annotations

from pointsbank.foundation import Act
from pointsbank.ledger import AccountRef, declare_kind, open_account, points_id

DONATE = declare_kind("charity.donate", [("wallet", "pool")])
GRANT = declare_kind("charity.grant", [("pool", "family_wallet"), ("family_wallet", "pool")])
HOLDER = "bank"


def open_pool(act: Act) -> AccountRef:
    """The one pool of this bank, opened with its first gift."""
    return open_account(act.session, "pool", points_id(act.session), HOLDER, now=act.now)
