"""Posting many entries at once (成批过账): a handful of statements, however many there are.

What comes of it is what posting each after the other would have left: entries of their own, with
running balances in the order of their numbers, and no account out of its bounds after any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

import pointsbank.ledger.journal as journal
from pointsbank.foundation import Act, Int, Text, pack, packed_rows, public_id, statement
from pointsbank.ledger.accounts import ACCOUNT_TYPES, AccountRef
from pointsbank.ledger.errors import InsufficientBalance, InsufficientStock
from pointsbank.ledger.journal import MOVE_COLUMNS, JournalEntry, Move, Posted, Transfer
from pointsbank.ledger.kinds import EntryKind


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that is about to be posted beside others; no two of them name one document."""

    document: str
    transfers: Sequence[Transfer]
    memo: str
    rule: str | None = None


_Line = tuple[int | str | None, ...]

_DOCUMENT, _MEMO, _RULE = packed_rows("entries", str, str, str)
_INSERT_ENTRIES = statement(
    insert(JournalEntry)
    .from_select(
        ["receipt_id", "kind", "occurred_on", "posted_at", "document", "memo", "rule"],
        select(
            bindparam("receipt_id", type_=Int),
            bindparam("kind", type_=Text),
            bindparam("occurred_on", type_=Text),
            bindparam("posted_at", type_=Text),
            _DOCUMENT,
            _MEMO,
            _RULE,
        ),
    )
    .returning(JournalEntry.id, JournalEntry.document)
)
_INSERT_MOVES = statement(
    insert(Move).from_select(
        ["entry_id", *MOVE_COLUMNS],
        select(*packed_rows("moves", int, int, int, int, int, int, int, int, str)),
    )
)


def post_entries(
    act: Act, kind: EntryKind, drafts: Sequence[Draft], *, locked: bool = False
) -> dict[str, Posted]:
    """Post many events of one kind: all of them or none. What was posted, by document.

    With `locked` the caller has already locked the accounts. Raises what `post_entry` raises.
    """
    for draft in drafts:
        journal.refuse_undeclared(kind, draft.transfers, reversing=False)
    every = [transfer for draft in drafts for transfer in draft.transfers]
    final = journal.apply_changes(act.session, every, locked)
    rows = act.session.rows(
        _INSERT_ENTRIES,
        receipt_id=act.receipt_id,
        kind=kind.code,
        occurred_on=act.today,
        posted_at=act.now,
        entries=pack((draft.document, draft.memo, draft.rule) for draft in drafts),
    )
    ids = {row.document: row.id for row in rows}
    if len(ids) < len(drafts):
        raise ValueError("two drafts name one document")
    running = _before(every, final)
    lines: list[_Line] = []
    posted = {}
    # The books are read by the entries' numbers, so the balances run in their order.
    for draft in sorted(drafts, key=lambda draft: ids[draft.document]):
        number = ids[draft.document]
        lines += [(number, *line) for line in _forward(draft.transfers, running)]
        balances = {one: running[one] for one in _kept_by(draft.transfers, running)}
        posted[draft.document] = Posted(number, public_id("J", number), balances)
    act.session.run(_INSERT_MOVES, moves=pack(lines))
    return posted


def _kept_by(transfers: Sequence[Transfer], running: dict[int, int]) -> list[int]:
    """Those accounts of some transfers that keep a balance."""
    told = {account.id for one in transfers for account in (one.source, one.target)}
    return [one for one in sorted(told) if one in running]


def _before(transfers: Sequence[Transfer], final: dict[int, int]) -> dict[int, int]:
    """The kept balances as they were before these transfers."""
    before = dict(final)
    for transfer in transfers:
        if transfer.source.id in before:
            before[transfer.source.id] += transfer.amount
        if transfer.target.id in before:
            before[transfer.target.id] -= transfer.amount
    return before


def _forward(transfers: Sequence[Transfer], running: dict[int, int]) -> list[_Line]:
    """The moves' rows of one entry; `running` is carried on. Raises BelowFloor's leaves."""
    lines: list[_Line] = []
    for line, transfer in enumerate(transfers, 1):
        source, target = transfer.source, transfer.target
        if source.id in running:
            running[source.id] -= transfer.amount
        if target.id in running:
            running[target.id] += transfer.amount
        lines.append(
            (
                line,
                source.id,
                target.id,
                source.commodity_id,
                transfer.amount,
                running.get(source.id),
                running.get(target.id),
                transfer.expires_on,
            )
        )
    for transfer in transfers:
        for account in (transfer.source, transfer.target):
            if account.id in running:
                _refuse_out_of_bounds(account, running[account.id])
    return lines


def _refuse_out_of_bounds(account: AccountRef, balance: int) -> None:
    """What only a later entry of the same lot would make good is refused like anything else."""
    kind = ACCOUNT_TYPES[account.type]
    floor = kind.least if kind.least is not None else balance
    ceiling = kind.most if kind.most is not None else balance
    beyond = max(floor - balance, balance - ceiling)
    if beyond > 0:
        refusal = InsufficientBalance if kind.holds == "points" else InsufficientStock
        raise refusal(account.id, available=balance + beyond, needed=beyond, short=beyond)
