"""An entry as bytes, version 1: what the seals will be computed over.

Every field is length-prefixed, so that no two different entries have the same bytes; accounts are
named by type, commodity and holder, so that the bytes are the same on both databases. The form is
fixed from the first day by a test vector; a later version gets another opening word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

VERSION_1 = "pointsbank-entry-v1"


@dataclass(frozen=True)
class CanonicalMove:
    """A move with its accounts spelled out as `type/commodity/holder`."""

    source: str
    target: str
    amount: int
    expires_on: str | None = None


@dataclass(frozen=True)
class CanonicalEntry:
    """An entry with everything that may never change."""

    id: int
    receipt_fingerprint: bytes
    kind: str
    occurred_on: str
    posted_at: str
    memo: str
    document: str | None
    rule: str | None
    reverses_id: int | None
    moves: Sequence[CanonicalMove]


def canonical_bytes(entry: CanonicalEntry) -> bytes:
    """The version 1 bytes of an entry: numbers as 8 bytes big-endian, text as NFC UTF-8."""
    fields: list[bytes] = [
        _text(VERSION_1),
        _number(entry.id),
        entry.receipt_fingerprint,
        _text(entry.kind),
        _text(entry.occurred_on),
        _text(entry.posted_at),
        _text(entry.memo),
        _text(entry.document),
        _text(entry.rule),
        _number(entry.reverses_id or 0),
        _number(len(entry.moves)),
    ]
    for move in entry.moves:
        fields += [
            _text(move.source),
            _text(move.target),
            _number(move.amount),
            _text(move.expires_on),
        ]
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def _text(value: str | None) -> bytes:
    # What is absent is told apart from what is empty by a leading mark.
    return b"" if value is None else b"=" + unicodedata.normalize("NFC", value).encode()


def _number(value: int) -> bytes:
    return value.to_bytes(8, "big")
