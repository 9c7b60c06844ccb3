"""Numbers that people read, type and quote: a letter, the number, a check digit.

The check digit is Damm's, which catches every single wrong digit and every swap of neighbours.
"""

from __future__ import annotations

import re
import secrets

from stdnum import damm

from pointsbank.foundation.errors import KeyInvalid, PublicIdInvalid

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_PUBLIC_ID = re.compile(r"([A-Z])([0-9]{1,18})-([0-9])", re.ASCII)


def public_id(letter: str, number: int) -> str:
    """The public form of a row's number.

    >>> public_id("J", 123)
    'J000123-4'
    """
    digits = f"{number:06d}"
    return f"{letter}{digits}-{damm.calc_check_digit(digits)}"


def read_public_id(letter: str, text: str) -> int:
    """The number behind a public id. Raises PublicIdInvalid for another letter or a misread.

    >>> read_public_id("J", "J000123-4")
    123
    """
    found = _PUBLIC_ID.fullmatch(text.strip().upper())
    if not found or found[1] != letter or damm.calc_check_digit(found[2]) != found[3]:
        raise PublicIdInvalid(given=text[:24])
    return int(found[2])


def require_key(key: str | None) -> str:
    """Return an idempotency key (幂等键) that is well formed. Raises KeyInvalid."""
    if key is None or not _KEY.fullmatch(key):
        raise KeyInvalid()
    return key


def new_key() -> str:
    """A fresh idempotency key for a caller that has none of its own."""
    return secrets.token_urlsafe(24)
