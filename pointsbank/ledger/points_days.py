"""The points of a day (积分日报): how many came into people's hands, and how many went back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, literal, select, union_all

from pointsbank.foundation import Int, Session
from pointsbank.ledger.accounts import Account
from pointsbank.ledger.journal import JournalEntry, Move

# Everybody who holds points; what is owed counts below zero.
_HELD = ("wallet", "family_wallet", "pool", "hold", "owed")
# The bank's own sides: points come out of one of these and go back into one of them.
_SIDES = ("issued", "redeemed", "expired", "deducted")


@dataclass(frozen=True)
class PointsFlow:
    """Points of one day that left (`out`) or entered one of the bank's own sides.

    Out of `issued` is an issue, into it an issue taken back; into `redeemed` is a redemption, out
    of it one undone. `entries` is how many entries did it.
    """

    day: str
    side: str
    out: bool
    points: int
    entries: int


def points_outstanding(session: Session) -> int:
    """The points in people's hands now (在外积分), from the balances that accounts keep."""
    total = select(func.coalesce(func.sum(Account.balance), 0)).where(Account.type.in_(_HELD))
    return int(session.value(total))


def list_points_flows(session: Session, *, since: str, until: str) -> list[PointsFlow]:
    """What moved between people and the bank on each day of a period, both ends inclusive."""
    moved = [
        select(
            JournalEntry.occurred_on.label("day"),
            Account.type.label("side"),
            literal(out, Int).label("out"),
            Move.amount,
            Move.entry_id,
        )
        .select_from(Move)
        .join(JournalEntry, JournalEntry.id == Move.entry_id)
        .join(Account, Account.id == own)
        .where(Account.type.in_(_SIDES), JournalEntry.occurred_on.between(since, until))
        for out, own in ((1, Move.source_id), (0, Move.target_id))
    ]
    both = union_all(*moved).subquery("moved")
    rows = session.rows(
        select(
            both.c.day,
            both.c.side,
            both.c.out,
            func.sum(both.c.amount).label("points"),
            func.count(both.c.entry_id.distinct()).label("entries"),
        )
        .group_by(both.c.day, both.c.side, both.c.out)
        .order_by(both.c.day, both.c.side, both.c.out)
    )
    return [
        PointsFlow(row.day, row.side, bool(row.out), int(row.points), row.entries) for row in rows
    ]
