"""Numbers that people read, type and quote: a letter, the number, a check digit.

The check digit is Damm's, which catches every single wrong digit and every swap of neighbours.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from stdnum import damm

from pointsbank.foundation.errors import KeyInvalid, PublicIdInvalid

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_PARTS_KEY = 47
Row = TypeVar("Row")
_PUBLIC_ID = re.compile(r"([A-Z])([0-9]{1,18})-([0-9])", re.ASCII)


def public_id(letter: str, number: int) -> str:
    """The public form of a row's number.

    >>> public_id("J", 123)
    'J000123-4'
    """
    digits = f"{number:06d}"
    return f"{letter}{digits}-{_check_digit(digits)}"


@lru_cache(maxsize=1024)
def _check_digit(digits: str) -> str:
    # A purchase, its receipt and its slip bear one number; so do the rows of a list on every page.
    return str(damm.calc_check_digit(digits))


def read_public_id(letter: str, text: str) -> int:
    """The number behind a public id. Raises PublicIdInvalid for another letter or a misread.

    >>> read_public_id("J", "J000123-4")
    123
    """
    found = _PUBLIC_ID.fullmatch(text.strip().upper())
    if not found or found[1] != letter or _check_digit(found[2]) != found[3]:
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


def part_key(key: str, part: Sequence[str]) -> str:
    """The key of one part of a long list that was asked for under one key.

    The same part under the same key is the same request, so whoever asks again goes on behind what
    is booked; another part is another request.

    >>> part_key("0123456789abcdef", ["S1", "S2"])
    '0123456789abcdef_af8efd41af0da8a5'
    """
    told = hashlib.sha256("\0".join(part).encode()).hexdigest()[:16]
    return f"{require_key(key)[:_PARTS_KEY]}_{told}"


def in_parts(rows: Sequence[Row], most: int) -> Iterator[Sequence[Row]]:
    """A long list in parts that do not hold the writer for long.

    >>> [list(part) for part in in_parts("abcde", 2)]
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    return (rows[start : start + most] for start in range(0, len(rows), most))
