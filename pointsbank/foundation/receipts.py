"""Receipts (回执): one row for each operation, kept for ever, in the same transaction.

The receipt is claimed before anything else happens and its outcome is written last, so that an
entry can point at it and nothing is ever updated. A refusal rolls both back and leaves no trace.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import Insert

from pointsbank.foundation.base import Base, strict_table
from pointsbank.foundation.ids import public_id
from pointsbank.foundation.keys import canonical_json
from pointsbank.foundation.session import Session, statement
from pointsbank.foundation.types import Bytes, Int, Text

VOIDED = "foundation.void_key"


class Receipt(Base):
    """Who did what, from which device, under which key. Append-only; one per client and key."""

    __tablename__ = "receipt"
    __table_args__ = strict_table(
        UniqueConstraint("client", "key"),
        CheckConstraint("length(key) BETWEEN 16 AND 64", name="key_length"),
        CheckConstraint("length(fingerprint) = 32", name="fingerprint_length"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    client: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    operation: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    device: Mapped[str | None] = mapped_column(Text)
    at: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[bytes] = mapped_column(Bytes)


class ReceiptOutcome(Base):
    """What the operation answered, and for whom it was. Append-only; exactly one per receipt."""

    __tablename__ = "receipt_outcome"
    __table_args__ = strict_table()

    receipt_id: Mapped[int] = mapped_column(
        Int, ForeignKey("receipt.id"), primary_key=True, autoincrement=False
    )
    for_whom: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)


class Setting(Base):
    """What this bank is called and how it is set. The row `nature` can never change."""

    __tablename__ = "setting"
    __table_args__ = strict_table()

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class KeptReceipt:
    """A receipt as it stands in the books."""

    id: int
    number: str
    client: str
    key: str
    operation: str
    actor: str
    device: str | None
    for_whom: str | None
    at: str
    answer: dict[str, Any]


def insert_ignoring(table: type[Base], *columns: str) -> Insert:
    """`INSERT … ON CONFLICT DO NOTHING`: the atomic way to be first, alike on both databases.

    Built with PostgreSQL's construct, because SQLite's compiler reads it and not the other way.
    """
    return insert(table).on_conflict_do_nothing(index_elements=list(columns))


_CLAIM = statement(insert_ignoring(Receipt, "client", "key").returning(Receipt.id))
_OUTCOME = statement(insert(ReceiptOutcome))
_KEPT = select(
    Receipt.id,
    Receipt.client,
    Receipt.key,
    Receipt.operation,
    Receipt.actor,
    Receipt.device,
    Receipt.at,
    Receipt.fingerprint,
    ReceiptOutcome.for_whom,
    ReceiptOutcome.answer,
).join(ReceiptOutcome)
_BY_KEY = statement(
    _KEPT.where(Receipt.client == bindparam("client"), Receipt.key == bindparam("key"))
)
_BY_ID = statement(_KEPT.where(Receipt.id == bindparam("id")))


def claim_receipt(session: Session, **facts: Any) -> int | None:
    """Be the first under this client and key: the new receipt's id, or None when it is taken.

    On PostgreSQL a rival's uncommitted claim is waited for, so that None means "it stands".
    """
    return session.value(_CLAIM, **facts)  # type: ignore[no-any-return]


def record_outcome(
    session: Session, receipt_id: int, for_whom: str | None, answer: dict[str, Any]
) -> None:
    """Write what the operation answered, as the last row of its transaction."""
    session.run(
        _OUTCOME,
        receipt_id=receipt_id,
        for_whom=for_whom,
        answer=canonical_json(answer).decode(),
    )


def find_receipt(session: Session, client: str, key: str) -> KeptReceipt | None:
    """The receipt under a client's key."""
    return _kept(session.row(_BY_KEY, client=client, key=key))


def find_receipt_by_id(session: Session, receipt_id: int) -> KeptReceipt | None:
    """The receipt that an entry names."""
    return _kept(session.row(_BY_ID, id=receipt_id))


def is_same_request(session: Session, receipt_id: int, fingerprint: bytes) -> bool:
    """Whether the receipt was written for exactly this request."""
    kept: bytes = session.row(_BY_ID, id=receipt_id).fingerprint
    return hmac.compare_digest(kept, fingerprint)


def _kept(row: Any) -> KeptReceipt | None:
    if row is None:
        return None
    return KeptReceipt(
        id=row.id,
        number=public_id("Q", row.id),
        client=row.client,
        key=row.key,
        operation=row.operation,
        actor=row.actor,
        device=row.device,
        for_whom=row.for_whom,
        at=row.at,
        answer=json.loads(row.answer),
    )
