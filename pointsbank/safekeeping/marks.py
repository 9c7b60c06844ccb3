"""The high-water mark (最高水位): outside the database, the last receipt that its books had.

Whoever puts an older database back, by a copied file or a disk's snapshot, comes below the mark,
and the books refuse to open until somebody says so. An honest restore begins a new life.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import bindparam, select

from pointsbank.foundation import Bank, Receipt, Session, public_id, statement, write_durably
from pointsbank.safekeeping.errors import OlderCopy

FILE = "high-water.json"


@dataclass(frozen=True)
class Mark:
    """One receipt, by its number and what nobody can make again without the keys."""

    receipt: int
    fingerprint: str
    at: str


_LAST = statement(
    select(Receipt.id, Receipt.fingerprint, Receipt.at).order_by(Receipt.id.desc()).limit(1)
)
_FINGERPRINT = statement(select(Receipt.fingerprint).where(Receipt.id == bindparam("of_id")))


def keep_mark(bank: Bank) -> Mark | None:
    """Write down how far the books have come. To be done every minute or so.

    A demonstration is thrown away and made anew as one likes; it keeps none.
    """
    if bank.is_demonstration:
        return None
    last = bank.database.read(last_mark)
    known = find_mark(bank.home)
    if last is None or last == known or (known is not None and last.receipt < known.receipt):
        return known
    _write(bank.home, last)
    return last


def set_mark(bank: Bank) -> None:
    """Take the books as they are now for the newest, whatever was seen before."""
    last = bank.database.read(last_mark)
    if last is not None:
        _write(bank.home, last)


def find_mark(home: Path) -> Mark | None:
    """The mark that was kept, or None when there is none or it cannot be read."""
    try:
        return Mark(**json.loads((home / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def refuse_older_copy(bank: Bank) -> None:
    """Raise OlderCopy when these books lack the last receipt that they are known to have had."""
    mark = find_mark(bank.home)
    if mark is None:
        return
    found = bank.database.read(lambda session: session.value(_FINGERPRINT, of_id=mark.receipt))
    if found is None or found.hex() != mark.fingerprint:
        raise OlderCopy(seen=public_id("Q", mark.receipt), at=mark.at)


def last_mark(session: Session) -> Mark | None:
    """The newest receipt of the books."""
    row = session.row(_LAST)
    return None if row is None else Mark(row.id, row.fingerprint.hex(), row.at)


def _write(home: Path, mark: Mark) -> None:
    write_durably(home / FILE, json.dumps(asdict(mark)).encode())
