"""The bank's secrets (密钥): a file beside the database, never in it.

Whoever holds only the database can neither make a card, nor forge a quote, nor learn from a receipt
what was asked. The file is written once, readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from pointsbank.foundation.errors import DatabaseUnfit

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical_json(value: Any) -> bytes:
    """The one way to write plain values as bytes: sorted, tight, ASCII."""
    return _encode(value).encode()


@dataclass(frozen=True)
class Keys:
    """Five keys of 32 bytes, each for one purpose."""

    fingerprint: bytes
    card: bytes
    quote: bytes
    session: bytes
    pepper: bytes

    @classmethod
    def new(cls) -> Keys:
        return cls(**{field.name: secrets.token_bytes(32) for field in fields(cls)})

    @classmethod
    def load(cls, path: Path) -> Keys:
        """Read the file. Raises DatabaseUnfit when it is missing or not whole."""
        try:
            stored = json.loads(path.read_text())
            return cls(**{field.name: bytes.fromhex(stored[field.name]) for field in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise DatabaseUnfit(reason="keys_unreadable", path=str(path)) from cause

    def save(self, path: Path) -> None:
        """Write the file anew, for the owner alone; it never overwrites one."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            json.dump({name: value.hex() for name, value in asdict(self).items()}, out)
            out.flush()
            os.fsync(out.fileno())

    def fingerprint_of(self, operation: str, values: dict[str, Any]) -> bytes:
        """HMAC of a request's canonical bytes: tells two requests apart, tells nothing else."""
        told = canonical_json([operation, values])
        return hmac.new(self.fingerprint, told, hashlib.sha256).digest()
