"""The bank's secrets (密钥): a file beside the database, never in it.

Whoever holds only the database can neither make a card, nor forge a quote, nor learn from a receipt
what was asked. The file is written once, readable by its owner alone; one of an older program is
completed when it is next read, and never loses a key.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from pointsbank.foundation.durable_files import create_durably, write_durably
from pointsbank.foundation.errors import DatabaseUnfit
from pointsbank.foundation.json_text import json_writer

_write = json_writer(sort_keys=True)


def canonical_json(value: Any) -> bytes:
    """The one way to write plain values as bytes: sorted, tight, ASCII."""
    return _write(value).encode()


def _later(length: int) -> Any:
    """A key that the first key files did not have; of 16 bytes when people type it from paper."""
    return field(default_factory=lambda: secrets.token_bytes(length))


@dataclass(frozen=True)
class Keys:
    """Eight keys, each for one purpose.

    `signing` is the seed of an Ed25519 key for seals; `backup` opens backups; `recovery` lets in
    somebody when nobody else can log in. These three and `card` stand in the envelope (信封).
    """

    fingerprint: bytes
    card: bytes
    quote: bytes
    session: bytes
    pepper: bytes
    signing: bytes = _later(32)
    backup: bytes = _later(16)
    recovery: bytes = _later(16)

    @classmethod
    def new(cls) -> Keys:
        return cls(*(secrets.token_bytes(32) for _ in range(5)))

    @classmethod
    def load(cls, path: Path) -> Keys:
        """Read the file. Raises DatabaseUnfit when it is missing or not whole."""
        try:
            stored = _stored(path)
            if not stored.keys() >= _LATER:
                stored = _complete(path)
            return cls(**stored)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as cause:
            raise DatabaseUnfit(reason="keys_unreadable", path=str(path)) from cause

    def save(self, path: Path) -> None:
        """Write the file anew, for the owner alone; it never overwrites one."""
        create_durably(path, self.as_bytes())

    def as_bytes(self) -> bytes:
        """The file's content."""
        return json.dumps({name: value.hex() for name, value in asdict(self).items()}).encode()

    def fingerprint_of(self, operation: str, values: dict[str, Any]) -> bytes:
        """HMAC of a request's canonical bytes: tells two requests apart, tells nothing else."""
        told = canonical_json([operation, values])
        return hmac.new(self.fingerprint, told, hashlib.sha256).digest()


_LATER = {"signing", "backup", "recovery"}
_NAMES = {known.name for known in fields(Keys)}


def _stored(path: Path) -> dict[str, bytes]:
    return {
        name: bytes.fromhex(value)
        for name, value in json.loads(path.read_text()).items()
        if name in _NAMES
    }


def _complete(path: Path) -> dict[str, bytes]:
    """Add the keys that an older program did not know; whoever comes second finds them there."""
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        stored = _stored(path)
        if not stored.keys() >= _LATER:
            write_durably(path, Keys(**stored).as_bytes())
            stored = _stored(path)
    return stored
