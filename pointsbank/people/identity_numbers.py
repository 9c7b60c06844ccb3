"""Resident identity numbers (公民身份号码, GB 11643): recognised, so that nobody keeps one.

The consent says that none is kept; somebody who has the card before them types it all the same.
"""

from __future__ import annotations

import re
from datetime import date

_FORM = re.compile(r"[1-9][0-9]{5}([0-9]{4})([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def is_identity_number(text: str) -> bool:
    """Whether this is a resident's identity number: form, day of birth and check are right.

    >>> is_identity_number("11010519491231002X"), is_identity_number("360426199101010072")
    (True, False)
    """
    number = text.upper()
    found = _FORM.fullmatch(number)
    if found is None:
        return False
    try:
        date(*(int(part) for part in found.groups()))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[17]
