"""An account read as a passbook (存折): what came in and went out, an entry's neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from pointsbank.foundation import Session, add_days
from pointsbank.ledger.accounts import Account
from pointsbank.ledger.commodities import Commodity
from pointsbank.ledger.errors import AccountNotFound
from pointsbank.ledger.journal import JournalEntry, Move
from pointsbank.ledger.queries import StatementLine, balance_as_of, line_of, statement_lines


@dataclass(frozen=True)
class PassbookSums:
    """Opening + in − out = closing, each found on its own, so that the eye can check it."""

    opening: int
    came_in: int
    went_out: int
    closing: int


@dataclass(frozen=True)
class AccountCard:
    """What an account is, without its balance."""

    id: int
    type: str
    commodity: str
    holder: str
    opened_at: str


def read_account(session: Session, account_id: int) -> AccountCard:
    """An account by its row's number. Raises AccountNotFound."""
    row = session.row(
        select(
            Account.id,
            Account.type,
            Commodity.code.label("commodity"),
            Account.holder,
            Account.opened_at,
        )
        .join(Commodity, Commodity.id == Account.commodity_id)
        .where(Account.id == account_id)
    )
    if row is None:
        raise AccountNotFound(id=account_id)
    return AccountCard(*row)


def sum_passbook(
    session: Session, account_id: int, *, since: str | None = None, until: str | None = None
) -> PassbookSums:
    """The sums of an account between two business days, both inclusive."""
    arriving = case((Move.target_id == account_id, Move.amount), else_=0)
    leaving = case((Move.source_id == account_id, Move.amount), else_=0)
    flows = (
        select(
            func.coalesce(func.sum(arriving), 0).label("came_in"),
            func.coalesce(func.sum(leaving), 0).label("went_out"),
        )
        .join(JournalEntry, JournalEntry.id == Move.entry_id)
        .where(or_(Move.source_id == account_id, Move.target_id == account_id))
    )
    if since:
        flows = flows.where(JournalEntry.occurred_on >= since)
    if until:
        flows = flows.where(JournalEntry.occurred_on <= until)
    row: Any = session.row(flows)
    return PassbookSums(
        opening=balance_as_of(session, account_id, add_days(since, -1)) if since else 0,
        came_in=int(row.came_in),
        went_out=int(row.went_out),
        closing=balance_as_of(session, account_id, until),
    )


def read_neighbours(
    session: Session, account_id: int, entry_id: int
) -> tuple[StatementLine | None, list[StatementLine], StatementLine | None]:
    """An entry's own lines in an account's passbook, with the line before and the one after."""
    lines = statement_lines(account_id)
    entry, line = lines.selected_columns.entry_id, lines.selected_columns.line

    def first(found: Select[Any]) -> StatementLine | None:
        row = session.row(found.limit(1))
        return None if row is None else line_of(row)

    before = first(lines.where(entry < entry_id).order_by(entry.desc(), line.desc()))
    after = first(lines.where(entry > entry_id).order_by(entry, line))
    own = [line_of(row) for row in session.rows(lines.where(entry == entry_id).order_by(line))]
    return before, own, after
