"""The same books with a guard taken away: what the twins of the race tests run on.

A race test that would also pass without the guard proves nothing, so every scene is played once
more here and must go wrong. Nothing of this is reachable from the product.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy import bindparam, insert, make_url, select, update

from pointsbank.foundation import (
    Database,
    Receipt,
    Session,
    connect_sqlite,
    statement,
)
from pointsbank.foundation import operations as front_step
from pointsbank.ledger import (
    Account,
    InsufficientBalance,
    InsufficientStock,
    Transfer,
    journal,
    kept_balances,
)

T = TypeVar("T")


class ManyWriters(Database):
    """SQLite as it is mostly used: everybody writes over a connection of their own."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def write(self, work: Callable[[Session], T]) -> T:
        connection = connect_sqlite(self.path)
        try:
            # Plain BEGIN, and a look at the books before the first change, as a page would take.
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM account").fetchall()
            answer = work(Session(connection, "sqlite"))
            connection.execute("COMMIT")
            return answer
        finally:
            connection.close()

    def read(self, work: Callable[[Session], T]) -> T:
        return self.write(work)

    def close(self) -> None:
        """Nothing stays open."""


class NoTransactions(ManyWriters):
    """Not even a transaction: each statement by itself, and no CHECK in the tables."""

    def write(self, work: Callable[[Session], T]) -> T:
        connection = connect_sqlite(self.path)
        connection.execute("PRAGMA ignore_check_constraints=1")
        try:
            return work(Session(connection, "sqlite"))
        finally:
            connection.close()


def read_then_write(
    session: Session, transfers: Sequence[Transfer], locked: bool
) -> dict[int, int]:
    """Look at the balance, decide, and write the new one: the oldest mistake there is."""
    changes: dict[int, int] = {}
    for transfer in transfers:
        for account, delta in (
            (transfer.source, -transfer.amount),
            (transfer.target, transfer.amount),
        ):
            if journal.ACCOUNT_TYPES[account.type].keeps_balance:
                changes[account.id] = changes.get(account.id, 0) + delta
    held = kept_balances(session, *changes)
    time.sleep(0.001)
    for account_id, delta in changes.items():
        if held[account_id] + delta < 0:
            goods = any(line.source.type == "shelf" for line in transfers)
            raise (InsufficientStock if goods else InsufficientBalance)(account_id)
        session.run(
            update(Account).where(Account.id == account_id).values(balance=held[account_id] + delta)
        )
    return {account_id: held[account_id] + delta for account_id, delta in changes.items()}


def in_the_order_given(
    session: Session, transfers: Sequence[Transfer], locked: bool
) -> dict[int, int]:
    """Change one account after the other, as the entry happens to name them."""
    balances: dict[int, int] = {}
    for transfer in transfers:
        for account, delta in (
            (transfer.source, -transfer.amount),
            (transfer.target, transfer.amount),
        ):
            if journal.ACCOUNT_TYPES[account.type].keeps_balance:
                balances[account.id] = session.value(
                    update(Account)
                    .where(Account.id == account.id)
                    .values(balance=Account.balance + delta)
                    .returning(Account.balance)
                )
                time.sleep(0.001)
    return balances


_TAKEN = statement(
    select(Receipt.id).where(Receipt.client == bindparam("client"), Receipt.key == bindparam("key"))
)
_CLAIM = statement(insert(Receipt).returning(Receipt.id))


def look_then_claim(session: Session, **facts: Any) -> int | None:
    """Look whether the key is taken, then take it."""
    if session.value(_TAKEN, client=facts["client"], key=facts["key"]) is not None:
        return None
    time.sleep(0.001)
    claimed: int = session.value(_CLAIM, **facts)
    return claimed


def without_guards(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every guard off a scratch PostgreSQL bank: constraints, locks, conditions, retries."""
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for table, constraint in (
            ("account", "ck_account_floor"),
            ("account", "ck_account_ceiling"),
            ("receipt", "uq_receipt_client_key"),
            ("journal_entry", "uq_journal_entry_reverses_id"),
        ):
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        name = make_url(url).database
        connection.execute(f"ALTER DATABASE \"{name}\" SET deadlock_timeout = '20ms'")
    monkeypatch.setattr(journal, "apply_changes", read_then_write)
    monkeypatch.setattr(journal, "lock_accounts", lambda session, *account_ids: None)
    monkeypatch.setattr(journal, "_INSERT_REVERSAL", journal._INSERT_ENTRY)
    monkeypatch.setattr(front_step, "claim_receipt", look_then_claim)
    monkeypatch.setattr("pointsbank.foundation.database.RETRIES_MOST", 1)
