"""The journal (序时账): entries and their moves, posted once and never rubbed out.

A move is balanced by its very shape: so many units from one account to another, in one commodity.
An entry is one event with one or more moves. Posting is the only thing that changes a balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    insert_ignoring,
    pack,
    packed_rows,
    public_id,
    statement,
    strict_table,
)
from pointsbank.ledger.accounts import ACCOUNT_TYPES, Account, AccountRef
from pointsbank.ledger.errors import (
    AlreadyReversed,
    AmountInvalid,
    EntryNotFound,
    InsufficientBalance,
    InsufficientStock,
    MoveNotAllowed,
    ReversalNotReversible,
)
from pointsbank.ledger.kinds import EntryKind

AMOUNT_MOST = 10**15


class JournalEntry(Base):
    """A journal entry (记账凭证). Append-only; reversed at most once, a reversal never."""

    __tablename__ = "journal_entry"
    __table_args__ = strict_table(Index(None, "occurred_on"), Index(None, "document"))

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    occurred_on: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[str] = mapped_column(Text)
    memo: Mapped[str] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(Text)
    rule: Mapped[str | None] = mapped_column(Text)
    reverses_id: Mapped[int | None] = mapped_column(
        Int, ForeignKey("journal_entry.id"), unique=True
    )


class Move(Base):
    """A move (划转): `amount` units leave the source and enter the target. Append-only.

    The commodity is tied to both accounts, so nothing unbalanced can be said, in SQL either. The
    balances after the move stand on the row for accounts that keep one.
    """

    __tablename__ = "move"
    __table_args__ = strict_table(
        UniqueConstraint("entry_id", "line"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("source_id <> target_id", name="two_accounts"),
        ForeignKeyConstraint(["source_id", "commodity_id"], ["account.id", "account.commodity_id"]),
        ForeignKeyConstraint(["target_id", "commodity_id"], ["account.id", "account.commodity_id"]),
        Index(None, "source_id", "entry_id"),
        Index(None, "target_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    entry_id: Mapped[int] = mapped_column(Int, ForeignKey("journal_entry.id"))
    line: Mapped[int] = mapped_column(Int)
    source_id: Mapped[int] = mapped_column(Int)
    target_id: Mapped[int] = mapped_column(Int)
    commodity_id: Mapped[int] = mapped_column(Int)
    amount: Mapped[int] = mapped_column(Int)
    source_balance: Mapped[int | None] = mapped_column(Int)
    target_balance: Mapped[int | None] = mapped_column(Int)
    expires_on: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line of an entry that is about to be posted."""

    source: AccountRef
    target: AccountRef
    amount: int
    expires_on: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry that now stands in the books, with the balances that it left behind."""

    id: int
    number: str
    balances: dict[int, int]


_ID, _DELTA = packed_rows("changes", int, int)
_LOCK = statement(
    select(Account.id)
    .where(Account.id.in_(select(_ID)), Account.balance.is_not(None))
    .order_by(Account.id)
    .with_for_update(key_share=True)
)
_APPLY = statement(
    update(Account)
    .where(
        Account.id == _ID,
        Account.balance + _DELTA >= func.coalesce(Account.least, Account.balance + _DELTA),
        Account.balance + _DELTA <= func.coalesce(Account.most, Account.balance + _DELTA),
    )
    .values(balance=Account.balance + _DELTA)
    .returning(Account.id, Account.balance)
)
_BALANCES = statement(select(Account.id, Account.balance).where(Account.id.in_(select(_ID))))
_INSERT_ENTRY = statement(insert(JournalEntry).returning(JournalEntry.id))
_INSERT_REVERSAL = statement(
    insert_ignoring(JournalEntry, "reverses_id").returning(JournalEntry.id)
)
MOVE_COLUMNS = (
    "line",
    "source_id",
    "target_id",
    "commodity_id",
    "amount",
    "source_balance",
    "target_balance",
    "expires_on",
)
_INSERT_MOVES = statement(
    insert(Move).from_select(
        ["entry_id", *MOVE_COLUMNS],
        select(
            bindparam("of_entry", type_=Int),
            *packed_rows("moves", int, int, int, int, int, int, int, str),
        ),
    )
)
_ENTRY = statement(
    select(JournalEntry.id, JournalEntry.kind, JournalEntry.memo, JournalEntry.reverses_id).where(
        JournalEntry.id == bindparam("id")
    )
)
_REVERSAL_OF = statement(select(JournalEntry.id).where(JournalEntry.reverses_id == bindparam("id")))
_MOVES_OF = statement(
    select(Move.source_id, Move.target_id, Move.commodity_id, Move.amount)
    .where(Move.entry_id == bindparam("id"))
    .order_by(Move.line)
)


def post_entry(
    act: Act,
    kind: EntryKind,
    transfers: Sequence[Transfer],
    *,
    memo: str,
    document: str | None = None,
    rule: str | None = None,
    reverses_id: int | None = None,
    locked: bool = False,
) -> Posted:
    """Post one event (过账): all its moves or none.

    `memo` carries no name. With `locked` the caller has already locked the accounts, by
    `lock_accounts` or `mirror_of`. Raises MoveNotAllowed, AmountInvalid, InsufficientBalance,
    InsufficientStock or AlreadyReversed, and then nothing has changed.
    """
    refuse_undeclared(kind, transfers, reversing=reverses_id is not None)
    balances = apply_changes(act.session, transfers, locked)
    entry_id: int | None = act.session.value(
        _INSERT_ENTRY if reverses_id is None else _INSERT_REVERSAL,
        receipt_id=act.receipt_id,
        kind=kind.code,
        occurred_on=act.today,
        posted_at=act.now,
        memo=memo,
        document=document,
        rule=rule,
        reverses_id=reverses_id,
    )
    if entry_id is None:
        # A rival was faster, and no kept balance made us wait for it before we looked.
        raise AlreadyReversed(number=public_id("J", reverses_id or 0))
    lines = _with_balances(transfers, balances)
    act.session.run(_INSERT_MOVES, of_entry=entry_id, moves=pack(lines))
    return Posted(entry_id, public_id("J", entry_id), balances)


def reverse_entry(
    act: Act, kind: EntryKind, entry_id: int, *, memo: str, document: str | None = None
) -> Posted:
    """Post the mirror of an entry (冲正): every move back, last one first.

    `kind` is the kind that the entry was posted under. Raises EntryNotFound, AlreadyReversed,
    ReversalNotReversible, and InsufficientBalance or InsufficientStock where what came has gone.
    """
    transfers = mirror_of(act.session, entry_id)
    return post_entry(
        act, kind, transfers, memo=memo, document=document, reverses_id=entry_id, locked=True
    )


def mirror_of(
    session: Session, entry_id: int, *, also_lock: Sequence[AccountRef] = ()
) -> list[Transfer]:
    """The moves that would undo an entry. Refuses what may not be reversed.

    The entry's accounts, and those in `also_lock`, are locked from here on: of two who undo the
    same entry at once the second waits, and then sees that it has been done.
    """
    entry = session.row(_ENTRY, id=entry_id)
    if entry is None:
        raise EntryNotFound(number=public_id("J", entry_id))
    if entry.reverses_id is not None:
        raise ReversalNotReversible(number=public_id("J", entry_id))
    types = _types_of(session, entry_id)
    lock_accounts(session, *types, *(account.id for account in also_lock))
    if session.value(_REVERSAL_OF, id=entry_id) is not None:
        raise AlreadyReversed(number=public_id("J", entry_id))
    return [
        Transfer(
            AccountRef(move.target_id, types[move.target_id], move.commodity_id),
            AccountRef(move.source_id, types[move.source_id], move.commodity_id),
            move.amount,
        )
        for move in reversed(session.rows(_MOVES_OF, id=entry_id))
    ]


_TYPES_OF = statement(
    select(Account.id, Account.type)
    .join(Move, (Move.source_id == Account.id) | (Move.target_id == Account.id))
    .where(Move.entry_id == bindparam("id"))
)


def _types_of(session: Session, entry_id: int) -> dict[int, str]:
    return {row.id: row.type for row in session.rows(_TYPES_OF, id=entry_id)}


def refuse_undeclared(kind: EntryKind, transfers: Sequence[Transfer], *, reversing: bool) -> None:
    """Refuse what the kind does not declare. Raises MoveNotAllowed, AmountInvalid."""
    if not transfers:
        raise MoveNotAllowed(kind=kind.code, source="", target="")
    for transfer in transfers:
        amount = transfer.amount
        if type(amount) is not int or not 0 < amount <= AMOUNT_MOST:
            raise AmountInvalid(amount=str(amount)[:24])
        route = (transfer.source.type, transfer.target.type)
        if not kind.allows(*(reversed(route) if reversing else route)):
            raise MoveNotAllowed(kind=kind.code, source=route[0], target=route[1])
        same_account = transfer.source.id == transfer.target.id
        if same_account or transfer.source.commodity_id != transfer.target.commodity_id:
            raise MoveNotAllowed(kind=kind.code, source=route[0], target=route[1])


def apply_changes(session: Session, transfers: Sequence[Transfer], locked: bool) -> dict[int, int]:
    """Change every kept balance in one statement; the new balances by account."""
    changes: dict[int, int] = {}
    for transfer in transfers:
        for account, delta in (
            (transfer.source, -transfer.amount),
            (transfer.target, transfer.amount),
        ):
            if ACCOUNT_TYPES[account.type].keeps_balance:
                changes[account.id] = changes.get(account.id, 0) + delta
    if not changes:
        return {}
    packed = pack(sorted(changes.items()))
    if not locked and len(changes) > 1:
        lock_accounts(session, *changes)
    balances = {row.id: row.balance for row in session.rows(_APPLY, changes=packed)}
    if len(balances) < len(changes):
        _refuse_shortage(session, transfers, changes, balances)
    return balances


def lock_accounts(session: Session, *account_ids: int) -> None:
    """Lock those of these accounts that keep a balance, in the one order that everybody uses.

    Whoever decides on a balance before posting locks first. SQLite's one writer needs no lock.
    """
    if not session.is_sqlite:
        session.rows(_LOCK, changes=pack([(account_id, 0) for account_id in account_ids]))


def _refuse_shortage(
    session: Session,
    transfers: Sequence[Transfer],
    changes: dict[int, int],
    applied: dict[int, int],
) -> None:
    """Name the first account that would have passed its floor or ceiling."""
    held = {
        row.id: row.balance
        for row in session.rows(_BALANCES, changes=pack(sorted(changes.items())))
    }
    accounts = {
        account.id: account
        for transfer in transfers
        for account in (transfer.source, transfer.target)
    }
    account_id = next(number for number in changes if number not in applied)
    available, needed = held[account_id], abs(changes[account_id])
    holds = ACCOUNT_TYPES[accounts[account_id].type].holds
    refusal = InsufficientBalance if holds == "points" else InsufficientStock
    raise refusal(
        account_id, available=available, needed=needed, short=max(needed - abs(available), 1)
    )


def _with_balances(
    transfers: Sequence[Transfer], final: dict[int, int]
) -> list[tuple[int | str | None, ...]]:
    """The moves' rows; running balances are found by walking back from the final ones."""
    running: dict[int, int] = dict(final)
    lines: list[tuple[int | str | None, ...]] = []
    for line in range(len(transfers), 0, -1):
        transfer = transfers[line - 1]
        source, target = transfer.source.id, transfer.target.id
        lines.append(
            (
                line,
                source,
                target,
                transfer.source.commodity_id,
                transfer.amount,
                running.get(source),
                running.get(target),
                transfer.expires_on,
            )
        )
        if source in running:
            running[source] += transfer.amount
        if target in running:
            running[target] -= transfer.amount
    lines.reverse()
    return lines


def kept_balances(session: Session, *account_ids: int) -> dict[int, int]:
    """The balances of accounts that keep one, by account."""
    packed = pack([(account_id, 0) for account_id in account_ids])
    return {row.id: row.balance for row in session.rows(_BALANCES, changes=packed)}
