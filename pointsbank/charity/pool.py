"""The charity pool (公益池): points that volunteers gave away, until a family receives them."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from pointsbank.foundation import Act, Session, statement
from pointsbank.ledger import (
    AccountRef,
    JournalEntry,
    Move,
    declare_kind,
    open_account,
    points_id,
)

DONATE = declare_kind("charity.donate", [("wallet", "pool")])
GRANT = declare_kind("charity.grant", [("pool", "family_wallet"), ("family_wallet", "pool")])
HOLDER = "bank"
_GIVEN = statement(
    select(func.coalesce(func.sum(Move.amount), 0))
    .join(JournalEntry, JournalEntry.id == Move.entry_id)
    .where(
        Move.source_id == bindparam("of_wallet"),
        JournalEntry.kind == DONATE.code,
        JournalEntry.occurred_on == bindparam("of_day"),
    )
)


def open_pool(act: Act) -> AccountRef:
    """The one pool of this bank, opened with its first gift."""
    return open_account(act.session, "pool", points_id(act.session), HOLDER, now=act.now)


def given_on(session: Session, wallet: AccountRef, day: str) -> int:
    """How many points somebody has given away on a day."""
    return int(session.value(_GIVEN, of_wallet=wallet.id, of_day=day))
