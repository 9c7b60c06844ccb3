"""Questions to the books: a statement, a balance as of a day, the trial balance, the journal.

All of them read; none decides anything. Times and names are for the doors to dress.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, or_, select, union_all

from pointsbank.foundation import Page, Paging, Session, public_id, query, read_page
from pointsbank.ledger.accounts import Account
from pointsbank.ledger.commodities import Commodity
from pointsbank.ledger.errors import AccountNotFound, EntryNotFound
from pointsbank.ledger.journal import JournalEntry, Move


@dataclass(frozen=True)
class StatementLine:
    """One line of an account's statement (明细): `amount` is signed, in the holder's view."""

    entry_id: int
    number: str
    kind: str
    occurred_on: str
    posted_at: str
    memo: str
    document: str | None
    amount: int
    balance: int | None
    expires_on: str | None
    reverses: bool
    reversed: bool


@dataclass(frozen=True)
class TrialBalanceRow:
    """All accounts of one type in one commodity, added up in the holders' view."""

    type: str
    commodity: str
    accounts: int
    balance: int
    received: int
    sent: int


@dataclass(frozen=True)
class EntryMove:
    """A move of an entry, with both its accounts in words a program can use."""

    line: int
    commodity: str
    amount: int
    source_id: int
    source_type: str
    source_holder: str
    source_balance: int | None
    target_id: int
    target_type: str
    target_holder: str
    target_balance: int | None
    expires_on: str | None


@dataclass(frozen=True)
class EntryRow:
    """A journal entry as a line of a list."""

    id: int
    number: str
    kind: str
    occurred_on: str
    posted_at: str
    memo: str
    document: str | None
    rule: str | None
    receipt_id: int
    reverses_id: int | None


@dataclass(frozen=True)
class EntryPaper:
    """A journal entry with its moves, and the entry that reversed it."""

    entry: EntryRow
    moves: list[EntryMove]
    reversed_by: str | None
    reverses: str | None


def read_statement(
    session: Session,
    account_id: int,
    *,
    since: str | None = None,
    until: str | None = None,
    only: str | None = None,
    words: str | None = None,
    paging: Paging | None = None,
) -> Page[StatementLine]:
    """An account's moves, newest first, each with the balance after it.

    `since` and `until` are business days, both inclusive; `only` is `in`, `out` or `reversal`, and
    `words` is looked for in the memo.
    """
    paging = paging or Paging()
    lines = statement_lines(account_id, since, until)
    amount = lines.selected_columns.amount
    if only in {"in", "out"}:
        lines = lines.where(amount > 0 if only == "in" else amount < 0)
    elif only == "reversal":
        lines = lines.where(JournalEntry.reverses_id.is_not(None))
    if words:
        lines = lines.where(JournalEntry.memo.contains(words, autoescape=True))
    columns = lines.selected_columns
    newest = lines.order_by(columns.entry_id.desc(), columns.line.desc())
    return read_page(session, newest, paging).mapped(line_of)


def statement_lines(
    account_id: int, since: str | None = None, until: str | None = None
) -> Select[Any]:
    """An account's moves as a select that others may narrow and sort."""
    leaving = (Move.source_id == account_id, -Move.amount, Move.source_balance)
    arriving = (Move.target_id == account_id, Move.amount, Move.target_balance)
    both = union_all(
        *(
            select(
                Move.entry_id,
                Move.line,
                amount.label("amount"),
                balance.label("balance"),
                Move.expires_on,
            ).where(side)
            for side, amount, balance in (leaving, arriving)
        )
    ).subquery("lines")
    reversal = select(JournalEntry.reverses_id, JournalEntry.id).subquery("reversal")
    found = (
        select(
            both.c.entry_id,
            both.c.line,
            JournalEntry.kind,
            JournalEntry.occurred_on,
            JournalEntry.posted_at,
            JournalEntry.memo,
            JournalEntry.document,
            JournalEntry.reverses_id,
            reversal.c.id.label("reversed_by"),
            both.c.amount,
            both.c.balance,
            both.c.expires_on,
        )
        .join(JournalEntry, JournalEntry.id == both.c.entry_id)
        .outerjoin(reversal, reversal.c.reverses_id == both.c.entry_id)
    )
    if since:
        found = found.where(JournalEntry.occurred_on >= since)
    if until:
        found = found.where(JournalEntry.occurred_on <= until)
    return found


def line_of(row: Any) -> StatementLine:
    """A row of `statement_lines` as plain data."""
    return StatementLine(
        entry_id=row.entry_id,
        number=public_id("J", row.entry_id),
        kind=row.kind,
        occurred_on=row.occurred_on,
        posted_at=row.posted_at,
        memo=row.memo,
        document=row.document,
        amount=row.amount,
        balance=row.balance,
        expires_on=row.expires_on,
        reverses=row.reverses_id is not None,
        reversed=row.reversed_by is not None,
    )


def balance_as_of(session: Session, account_id: int, day: str | None = None) -> int:
    """An account's balance at the end of a business day, or now: the sum of its moves."""
    arriving = case((Move.target_id == account_id, Move.amount), else_=-Move.amount)
    total = select(func.coalesce(func.sum(arriving), 0)).where(
        or_(Move.source_id == account_id, Move.target_id == account_id)
    )
    if day is not None:
        total = total.join(JournalEntry).where(JournalEntry.occurred_on <= day)
    return int(session.value(total))


def current_balance(session: Session, account_id: int) -> int:
    """An account's balance now: kept where it keeps one, else summed. Raises AccountNotFound."""
    row = session.row(select(Account.id, Account.balance).where(Account.id == account_id))
    if row is None:
        raise AccountNotFound(id=account_id)
    return balance_as_of(session, account_id) if row.balance is None else int(row.balance)


def has_entries_until(session: Session, day: str) -> bool:
    """Whether anything was booked up to the end of a day."""
    found = select(JournalEntry.id).where(JournalEntry.occurred_on <= day).limit(1)
    return session.row(found) is not None


@query
def trial_balance(session: Session, *, day: str | None = None) -> list[TrialBalanceRow]:
    """The trial balance (试算平衡表) at the end of a day, or now. Each commodity sums to zero."""
    return read_trial_balance(session, day=day)


def read_trial_balance(session: Session, *, day: str | None = None) -> list[TrialBalanceRow]:
    """The same as a step, for a page that reads more on the same snapshot."""
    sides = []
    for account, received, sent in (
        (Move.target_id, Move.amount, 0 * Move.amount),
        (Move.source_id, 0 * Move.amount, Move.amount),
    ):
        side = select(
            account.label("account_id"),
            func.sum(received).label("received"),
            func.sum(sent).label("sent"),
        ).group_by(account)
        if day is not None:
            side = side.join(JournalEntry).where(JournalEntry.occurred_on <= day)
        sides.append(side)
    flows = union_all(*sides).subquery("flows")
    rows = session.rows(
        select(
            Account.type,
            Commodity.code.label("commodity"),
            func.count(Account.id.distinct()).label("accounts"),
            func.coalesce(func.sum(flows.c.received), 0).label("received"),
            func.coalesce(func.sum(flows.c.sent), 0).label("sent"),
        )
        .join(Commodity)
        .join(flows, flows.c.account_id == Account.id)
        .group_by(Account.type, Commodity.id, Commodity.code)
        .order_by(Commodity.id, Account.type)
    )
    return [
        TrialBalanceRow(
            row.type,
            row.commodity,
            row.accounts,
            int(row.received) - int(row.sent),
            int(row.received),
            int(row.sent),
        )
        for row in rows
    ]


_ENTRY_COLUMNS: tuple[Any, ...] = (
    JournalEntry.id,
    JournalEntry.kind,
    JournalEntry.occurred_on,
    JournalEntry.posted_at,
    JournalEntry.memo,
    JournalEntry.document,
    JournalEntry.rule,
    JournalEntry.receipt_id,
    JournalEntry.reverses_id,
)


def _entry_row(row: Any) -> EntryRow:
    return EntryRow(number=public_id("J", row.id), **row._asdict())


def entries_found(
    *,
    kind: str | None = None,
    since: str | None = None,
    until: str | None = None,
    account_id: int | None = None,
    account_type: str | None = None,
    commodity: str | None = None,
    reversals: bool | None = None,
    receipt_id: int | None = None,
    document: str | None = None,
    words: str | None = None,
) -> Select[Any]:
    """The entries of the journal that match, as a select that others may sort and add up."""
    found = select(*_ENTRY_COLUMNS)
    if kind:
        found = found.where(JournalEntry.kind == kind)
    if since:
        found = found.where(JournalEntry.occurred_on >= since)
    if until:
        found = found.where(JournalEntry.occurred_on <= until)
    if reversals is not None:
        found = found.where(
            JournalEntry.reverses_id.is_not(None)
            if reversals
            else JournalEntry.reverses_id.is_(None)
        )
    if receipt_id is not None:
        found = found.where(JournalEntry.receipt_id == receipt_id)
    if document:
        found = found.where(JournalEntry.document == document)
    if words:
        found = found.where(JournalEntry.memo.contains(words, autoescape=True))
    if account_id is not None or account_type or commodity:
        touched = select(Move.entry_id).join(
            Account, or_(Account.id == Move.source_id, Account.id == Move.target_id)
        )
        if account_id is not None:
            touched = touched.where(Account.id == account_id)
        if account_type:
            touched = touched.where(Account.type == account_type)
        if commodity:
            touched = touched.join(Commodity, Commodity.id == Move.commodity_id).where(
                Commodity.code == commodity
            )
        found = found.where(JournalEntry.id.in_(touched))
    return found


@query
def list_entries(
    session: Session, /, *, paging: Paging | None = None, **narrowing: Any
) -> Page[EntryRow]:
    """The journal (序时账), newest first, narrowed as `entries_found` says."""
    return read_entries(session, paging=paging, **narrowing)


def read_entries(
    session: Session, *, paging: Paging | None = None, **narrowing: Any
) -> Page[EntryRow]:
    """The same as a step."""
    paging = paging or Paging()
    found = entries_found(**narrowing)
    return read_page(session, found.order_by(JournalEntry.id.desc()), paging).mapped(_entry_row)


@query
def get_entry(session: Session, *, entry_id: int) -> EntryPaper:
    """One entry with its moves (记账凭证). Raises EntryNotFound."""
    return read_entry(session, entry_id)


def read_entry(session: Session, entry_id: int) -> EntryPaper:
    """The same as a step."""
    row = session.row(select(*_ENTRY_COLUMNS).where(JournalEntry.id == entry_id))
    if row is None:
        raise EntryNotFound(number=public_id("J", entry_id))
    moves = read_moves(session, [entry_id])[entry_id]
    reversal = session.value(select(JournalEntry.id).where(JournalEntry.reverses_id == entry_id))
    return EntryPaper(
        entry=_entry_row(row),
        moves=moves,
        reversed_by=None if reversal is None else public_id("J", reversal),
        reverses=None if row.reverses_id is None else public_id("J", row.reverses_id),
    )


def read_moves(session: Session, entry_ids: Sequence[int]) -> dict[int, list[EntryMove]]:
    """The moves of some entries, by entry."""
    source, target = Account.__table__.alias("source"), Account.__table__.alias("target")
    rows = session.rows(
        select(
            Move.entry_id,
            Move.line,
            Commodity.code.label("commodity"),
            Move.amount,
            source.c.id.label("source_id"),
            source.c.type.label("source_type"),
            source.c.holder.label("source_holder"),
            Move.source_balance,
            target.c.id.label("target_id"),
            target.c.type.label("target_type"),
            target.c.holder.label("target_holder"),
            Move.target_balance,
            Move.expires_on,
        )
        .join(Commodity, Commodity.id == Move.commodity_id)
        .join(source, source.c.id == Move.source_id)
        .join(target, target.c.id == Move.target_id)
        .where(Move.entry_id.in_(entry_ids))
        .order_by(Move.entry_id, Move.line)
    )
    moves: dict[int, list[EntryMove]] = {entry_id: [] for entry_id in entry_ids}
    for row in rows:
        moves[row.entry_id].append(EntryMove(*row[1:]))
    return moves
