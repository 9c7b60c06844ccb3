"""The books as an accountant reads them (会计口径): what every export writes, read in one place.

The sign changes here and nowhere else. In the ledger plus is the holder's; here points that people
hold are liabilities of the bank, so a plus of theirs is a credit and negative, while goods and
money are assets, so that a delivery is a plus on the store-room.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, select, tuple_, union_all

from pointsbank.audit.exports.names import account_name, commodity_symbol
from pointsbank.foundation import (
    Int,
    Session,
    Text,
    business_day,
    from_instant,
    public_id,
    statement,
)
from pointsbank.ledger import Account, Commodity, JournalEntry, Move

ENTRIES_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class BookAccount:
    """An account in one commodity. `closing` is what it must hold at the end, with our sign.

    It is the kept balance where one is kept, so that wrong books make a file that is refused.
    """

    name: str
    type: str
    holder: str
    code: str
    symbol: str
    sign: int
    decimals: int
    opened_on: str
    closing: int


@dataclass(frozen=True, slots=True)
class BookPosting:
    """One side of a move (分录行): plus is a debit (借), minus a credit (贷)."""

    line: int
    account: BookAccount
    amount: int
    holder_balance: int | None
    expires_on: str | None


@dataclass(slots=True)
class BookEntry:
    """A journal entry with two postings for each of its moves."""

    number: str
    receipt: str
    kind: str
    occurred_on: str
    posted_at: str
    memo: str
    document: str | None
    rule: str | None
    reverses: str | None
    postings: list[BookPosting] = field(default_factory=list)

    def tags(self) -> Iterator[tuple[str, str]]:
        """What else is known of it, by name."""
        yield "id", self.number
        yield "receipt", self.receipt
        yield "kind", self.kind
        yield "posted_at", self.posted_at
        for name, value in (
            ("document", self.document),
            ("rule", self.rule),
            ("reverses", self.reverses),
        ):
            if value is not None:
                yield name, value


TAGS = ("id", "receipt", "kind", "posted_at", "document", "rule", "reverses")

_FLOWS = union_all(
    select(Move.target_id.label("account_id"), Move.amount.label("amount"), Move.entry_id),
    select(Move.source_id, -Move.amount, Move.entry_id),
).subquery("flows")
_SUMS = (
    select(
        _FLOWS.c.account_id,
        func.sum(_FLOWS.c.amount).label("total"),
        func.min(JournalEntry.occurred_on).label("first_on"),
    )
    .join(JournalEntry, JournalEntry.id == _FLOWS.c.entry_id)
    .group_by(_FLOWS.c.account_id)
    .subquery("sums")
)
_ACCOUNTS = statement(
    select(
        Account.id,
        Account.type,
        Account.holder,
        Account.opened_at,
        Account.balance,
        Commodity.code,
        Commodity.kind,
        Commodity.decimals,
        _SUMS.c.total,
        _SUMS.c.first_on,
    )
    .join(Commodity, Commodity.id == Account.commodity_id)
    .outerjoin(_SUMS, _SUMS.c.account_id == Account.id)
    .order_by(Account.id)
)
_COMMODITIES = statement(select(Commodity.code).order_by(Commodity.id))
_SOME_ENTRIES = (
    select(
        JournalEntry.id,
        JournalEntry.receipt_id,
        JournalEntry.kind,
        JournalEntry.occurred_on,
        JournalEntry.posted_at,
        JournalEntry.memo,
        JournalEntry.document,
        JournalEntry.rule,
        JournalEntry.reverses_id,
    )
    .where(
        tuple_(JournalEntry.occurred_on, JournalEntry.id)
        > tuple_(bindparam("day", type_=Text), bindparam("entry_id", type_=Int))
    )
    .order_by(JournalEntry.occurred_on, JournalEntry.id)
    .limit(bindparam("most", type_=Int))
    .subquery("entries")
)
_ENTRIES = statement(
    select(
        *_SOME_ENTRIES.c,
        Move.line,
        Move.source_id,
        Move.target_id,
        Move.amount,
        Move.source_balance,
        Move.target_balance,
        Move.expires_on,
    )
    # An entry without moves is wrong, and an export that left it out would hide it.
    .outerjoin_from(_SOME_ENTRIES, Move, Move.entry_id == _SOME_ENTRIES.c.id)
    .order_by(_SOME_ENTRIES.c.occurred_on, _SOME_ENTRIES.c.id, Move.line)
)


def read_commodities(session: Session) -> list[str]:
    """The codes of all commodities, oldest first."""
    return [row.code for row in session.rows(_COMMODITIES)]


def read_accounts(session: Session) -> dict[int, BookAccount]:
    """All accounts by their row's number, with what each must hold at the end."""
    return {row.id: _account_of(row) for row in session.rows(_ACCOUNTS)}


def _account_of(row: Any) -> BookAccount:
    # Time that people have saved up is owed to them as their points are.
    sign = -1 if row.kind in {"points", "time"} else 1
    opened_on = business_day(from_instant(row.opened_at))
    return BookAccount(
        name=account_name(row.type, row.holder),
        type=row.type,
        holder=row.holder,
        code=row.code,
        symbol=commodity_symbol(row.code),
        sign=sign,
        decimals=row.decimals,
        # A clock may have run back between the two; no tool takes a posting before the opening.
        opened_on=min(opened_on, row.first_on or opened_on),
        closing=sign * int(row.total or 0 if row.balance is None else row.balance),
    )


def read_entries(session: Session, accounts: dict[int, BookAccount]) -> Iterator[list[BookEntry]]:
    """All entries by business day, within a day as they were posted, some thousands at once."""
    day, entry_id = "", 0
    while rows := session.rows(_ENTRIES, day=day, entry_id=entry_id, most=ENTRIES_AT_ONCE):
        found: list[BookEntry] = []
        entry_id = 0
        for row in rows:
            if row.id != entry_id:
                entry_id, day = row.id, row.occurred_on
                found.append(_entry_of(row))
            if row.line is not None:
                found[-1].postings += _postings_of(row, accounts)
        yield found


def _entry_of(row: Any) -> BookEntry:
    return BookEntry(
        number=public_id("J", row.id),
        receipt=public_id("Q", row.receipt_id),
        kind=row.kind,
        occurred_on=row.occurred_on,
        posted_at=row.posted_at,
        memo=row.memo,
        document=row.document,
        rule=row.rule,
        reverses=None if row.reverses_id is None else public_id("J", row.reverses_id),
    )


def _postings_of(row: Any, accounts: dict[int, BookAccount]) -> tuple[BookPosting, BookPosting]:
    source, target = accounts[row.source_id], accounts[row.target_id]
    return (
        BookPosting(row.line, target, target.sign * row.amount, row.target_balance, row.expires_on),
        BookPosting(row.line, source, source.sign * -row.amount, row.source_balance, None),
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """A name that is opened once, for all commodities that it holds."""

    name: str
    holder: str
    opened_on: str
    symbols: tuple[str, ...]


def openings(accounts: dict[int, BookAccount]) -> list[Opening]:
    """The accounts' names, each with its earliest day and its commodities, by name."""
    by_name: dict[str, list[BookAccount]] = {}
    for account in accounts.values():
        by_name.setdefault(account.name, []).append(account)
    return [
        Opening(
            name,
            same[0].holder,
            min(account.opened_on for account in same),
            tuple(account.symbol for account in same),
        )
        for name, same in sorted(by_name.items())
    ]


def closings(accounts: dict[int, BookAccount]) -> list[BookAccount]:
    """The accounts in the order in which their closing balances are asserted."""
    return sorted(accounts.values(), key=lambda account: (account.name, account.symbol))


def closing_day(accounts: dict[int, BookAccount], last_entry_on: str) -> str:
    """The last day that anything in the file stands on."""
    return max([last_entry_on, *(account.opened_on for account in accounts.values())])


def amount_text(amount: int, decimals: int) -> str:
    """A whole number of smallest units as people write it.

    >>> amount_text(-2850, 2), amount_text(-5, 2), amount_text(12, 0)
    ('-28.50', '-0.05', '12')
    """
    if not decimals:
        return str(amount)
    whole, part = divmod(abs(amount), 10**decimals)
    return f"{'-' if amount < 0 else ''}{whole}.{part:0{decimals}d}"


def one_line(text: str) -> str:
    """A text that stays on its line, whatever somebody typed into it.

    >>> one_line("退兑\\n  2026-01-01 * \\x00 x")
    '退兑 2026-01-01 * x'
    """
    shown = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())
