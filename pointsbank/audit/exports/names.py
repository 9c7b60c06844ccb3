"""Names that every accountant's tool takes: ASCII accounts and upper-case commodities.

Holders are pseudonyms already (`volunteer:12`); here they become `V000012`. What does not fit a
pattern is spelled out between marks, so that every name can be read back and no two meet.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pointsbank.ledger import ACCOUNT_TYPES

# None of these letters is the X that opens a spelled-out name.
_LETTERS = {"volunteer": "V", "family": "F", "shop": "S", "donor": "D"}
_HOLDERS = {letter: word for word, letter in _LETTERS.items()}
_BANK = ("bank", "Bank")
_NUMBERED = re.compile(r"([a-z]+):([1-9][0-9]{0,17})", re.ASCII)
_SHORT = re.compile(r"([A-Z])([0-9]{6,18})", re.ASCII)

_SYMBOL = re.compile(r"(?!X-)[A-Z][A-Z0-9]*(?:[-._][A-Z0-9]+)*", re.ASCII)
# beancount reads these three as values, wherever they stand.
_RESERVED = frozenset({"TRUE", "FALSE", "NULL"})


def account_name(type_code: str, holder: str) -> str:
    """An account among an accountant's accounts; its commodity stands beside each amount.

    >>> account_name("wallet", "volunteer:12"), account_name("store_room", "shop:1")
    ('Liabilities:Wallets:V000012', 'Assets:StoreRoom:S000001')
    """
    return f"{ACCOUNT_TYPES[type_code].heading}:{holder_name(holder)}"


def holder_name(holder: str) -> str:
    """A holder as the last part of an account's name.

    >>> [holder_name(one) for one in ("volunteer:12", "bank", "hold:a-7")]
    ['V000012', 'Bank', 'X-hold-3A-a-2D-7-X']
    """
    if holder == _BANK[0]:
        return _BANK[1]
    found = _NUMBERED.fullmatch(holder)
    if found and found[1] in _LETTERS:
        return f"{_LETTERS[found[1]]}{int(found[2]):06d}"
    return _spell(holder, lambda one: one.isascii() and one.isalnum())


def read_holder_name(name: str) -> str:
    """The holder behind the last part of an account's name.

    >>> read_holder_name("V000012"), read_holder_name("X-hold-3A-a-2D-7-X")
    ('volunteer:12', 'hold:a-7')
    """
    if name == _BANK[1]:
        return _BANK[0]
    if found := _SHORT.fullmatch(name):
        return f"{_HOLDERS[found[1]]}:{int(found[2])}"
    return _unspell(name)


def commodity_symbol(code: str) -> str:
    """A commodity's code as beancount, hledger and ledger take it.

    >>> commodity_symbol("TOWEL-03"), commodity_symbol("soap 2kg"), commodity_symbol("TRUE")
    ('TOWEL-03', 'X--736F617020-2-6B67--X', 'X-TRUE-X')
    """
    if _SYMBOL.fullmatch(code) and code not in _RESERVED:
        return code
    return _spell(code, lambda one: one.isascii() and (one.isdigit() or one.isupper()))


def read_commodity_symbol(symbol: str) -> str:
    """The code behind a symbol.

    >>> read_commodity_symbol("X--736F617020-2-6B67--X")
    'soap 2kg'
    """
    return _unspell(symbol) if symbol.startswith("X-") else symbol


def _spell(text: str, is_plain: Callable[[str], bool]) -> str:
    """Plain runs and hexadecimal UTF-8 in turn, a plain one (it may be empty) first and last."""
    parts, other = [""], ""
    for one in text:
        if not is_plain(one):
            other += one
            continue
        if other:
            parts += [_hexadecimal(other), ""]
            other = ""
        parts[-1] += one
    if other:
        parts += [_hexadecimal(other), ""]
    return f"X-{'-'.join(parts)}-X"


def _hexadecimal(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").hex().upper()


def _unspell(name: str) -> str:
    parts = name.removeprefix("X-").removesuffix("-X").split("-")
    return "".join(
        bytes.fromhex(part).decode("utf-8", "surrogatepass") if place % 2 else part
        for place, part in enumerate(parts)
    )
