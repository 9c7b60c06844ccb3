"""The journal as a page to read (序时账): entries with their moves, and what they moved in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from pointsbank.foundation import Page, Paging, Session
from pointsbank.ledger.accounts import Account
from pointsbank.ledger.commodities import Commodity
from pointsbank.ledger.journal import Move
from pointsbank.ledger.queries import EntryMove, EntryRow, entries_found, read_entries, read_moves


@dataclass(frozen=True)
class JournalPage:
    """Entries with their moves. The sums are of all pages, of moves that touch what was asked.

    `received` and `sent` are what the accounts of the type asked for took in and gave out.
    """

    entries: Page[EntryRow]
    moves: dict[int, list[EntryMove]]
    points: int
    pieces: int
    received: int
    sent: int


def read_journal_page(session: Session, *, paging: Paging, **narrowing: Any) -> JournalPage:
    """One page of the journal, narrowed as `entries_found` says."""
    entries = read_entries(session, paging=paging, **narrowing)
    sums = _sum_moves(session, narrowing)
    return JournalPage(
        entries,
        read_moves(session, [entry.id for entry in entries.items]),
        points=sums.get("points", 0),
        pieces=sums.get("goods", 0),
        received=_sum_side(session, narrowing, Move.target_id),
        sent=_sum_side(session, narrowing, Move.source_id),
    )


def _sum_side(session: Session, narrowing: dict[str, Any], side: Any) -> int:
    wanted = narrowing.get("account_type")
    if not wanted:
        return 0
    found = entries_found(**narrowing).subquery("found")
    moved = (
        select(func.coalesce(func.sum(Move.amount), 0))
        .select_from(Move)
        .join(found, found.c.id == Move.entry_id)
        .join(Account, Account.id == side)
        .where(Account.type == wanted)
    )
    if narrowing.get("commodity"):
        moved = moved.join(Commodity, Commodity.id == Move.commodity_id)
        moved = moved.where(Commodity.code == narrowing["commodity"])
    return int(session.value(moved))


def _sum_moves(session: Session, narrowing: dict[str, Any]) -> dict[str, int]:
    found = entries_found(**narrowing).subquery("found")
    moved = (
        select(Commodity.kind, func.sum(Move.amount).label("amount"))
        .select_from(Move)
        .join(found, found.c.id == Move.entry_id)
        .join(Commodity, Commodity.id == Move.commodity_id)
        .group_by(Commodity.kind)
    )
    if narrowing.get("commodity"):
        moved = moved.where(Commodity.code == narrowing["commodity"])
    if narrowing.get("account_id") is not None:
        account_id = narrowing["account_id"]
        moved = moved.where(or_(Move.source_id == account_id, Move.target_id == account_id))
    if narrowing.get("account_type"):
        source, target, wanted = aliased(Account), aliased(Account), narrowing["account_type"]
        moved = moved.join(source, source.id == Move.source_id)
        moved = moved.join(target, target.id == Move.target_id)
        moved = moved.where(or_(source.type == wanted, target.type == wanted))
    return {row.kind: int(row.amount) for row in session.rows(moved)}
