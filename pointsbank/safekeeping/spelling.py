"""Secrets as digits that a hand can type from paper (写成数字): groups of six, the last a check.

Digits only, because no input method stands in their way and none is taken for another. The check
digit is Damm's over the group's place and its five digits, so that a wrong digit, two swapped ones
and two swapped groups are found, and the group can be named.
"""

from __future__ import annotations

import unicodedata

from stdnum import damm

from pointsbank.safekeeping.errors import SecretUnreadable

_FIVE, _SIX = 5, 6
# 16 bytes are at most 39 decimal digits, 32 bytes at most 78.
_GROUPS = {16: 8, 32: 16}


def spell_secret(secret: bytes) -> list[str]:
    """The groups that stand on the paper: 8 for 16 bytes, 16 for 32.

    >>> spell_secret(bytes(15) + b"*")[-1]
    '000429'
    """
    count = _GROUPS[len(secret)]
    digits = f"{int.from_bytes(secret):0{count * _FIVE}d}"
    return [
        _with_check(place, digits[place * _FIVE : (place + 1) * _FIVE]) for place in range(count)
    ]


def read_secret(text: str, length: int) -> bytes:
    """A secret of so many bytes as it was typed or scanned; blanks and hyphens do not matter.

    Raises SecretUnreadable with the first group that cannot be right.
    """
    plain = unicodedata.normalize("NFKC", text)
    typed = "".join(letter for letter in plain if letter.isalnum())
    if not (typed.isascii() and typed.isdigit()) or len(typed) != _GROUPS[length] * _SIX:
        raise SecretUnreadable(group=0)
    digits = ""
    for place in range(_GROUPS[length]):
        group = typed[place * _SIX : (place + 1) * _SIX]
        if _with_check(place, group[:_FIVE]) != group:
            raise SecretUnreadable(group=place + 1)
        digits += group[:_FIVE]
    try:
        return int(digits).to_bytes(length)
    except OverflowError as cause:
        raise SecretUnreadable(group=1) from cause


def _with_check(place: int, five: str) -> str:
    return five + damm.calc_check_digit(f"{place}{five}")
