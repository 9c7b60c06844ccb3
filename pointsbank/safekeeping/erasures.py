"""The list of the forgotten (注销名单): kept outside backups, so that a restore forgets them again.

A line names a holder by number alone. It carries a code made with a key of the bank, so that nobody
can have a person forgotten by adding a line.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import bindparam, or_, select

from pointsbank.foundation import (
    Keys,
    Receipt,
    ReceiptOutcome,
    Session,
    canonical_json,
    statement,
    write_durably,
)

FILE = "erasures.jsonl"
ERASING = ("people.erase_volunteer",)
# PostgreSQL's numbers may be committed a little out of their order.
_OVERLAP = 1_000


@dataclass(frozen=True)
class Erasure:
    """Somebody was forgotten by this receipt."""

    receipt: int
    holder: str
    at: str


_SINCE = statement(
    select(Receipt.id, ReceiptOutcome.for_whom, Receipt.at)
    .join(ReceiptOutcome)
    .where(Receipt.id > bindparam("after"), or_(*(Receipt.operation == name for name in ERASING)))
    .order_by(Receipt.id)
)


def list_erasures(session: Session, *, after: int = 0) -> list[Erasure]:
    """Who was forgotten since a receipt, and a little before it."""
    rows = session.rows(_SINCE, after=max(0, after - _OVERLAP))
    return [Erasure(row.id, row.for_whom, row.at) for row in rows if row.for_whom]


def read_erasures(path: Path, keys: Keys) -> list[Erasure]:
    """The lines of a list that this bank wrote; others are passed over."""
    try:
        # A stick that is worn out must not keep anybody from restoring what lies beside the list.
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            told = json.loads(line)
            code = str(told.pop("code")).encode()
            erasure = Erasure(**told)
            is_ours = hmac.compare_digest(code, _code(erasure, keys).encode())
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        if is_ours:
            found.append(erasure)
    return found


def add_erasures(path: Path, keys: Keys, erasures: Iterable[Erasure]) -> bool:
    """Bring a list up to date; whether anything was new."""
    before = {one.receipt: one for one in read_erasures(path, keys)}
    after = before | {one.receipt: one for one in erasures}
    if after == before and path.exists():
        return False
    lines = [
        json.dumps({**asdict(one), "code": _code(one, keys)}) for _, one in sorted(after.items())
    ]
    write_durably(path, "".join(f"{line}\n" for line in lines).encode())
    return True


def _code(erasure: Erasure, keys: Keys) -> str:
    told = canonical_json(["erasure", asdict(erasure)])
    return hmac.new(keys.fingerprint, told, hashlib.sha256).hexdigest()
