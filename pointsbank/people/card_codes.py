"""What a points card (积分卡) carries: the 24-character code in its QR, the 8-digit short number.

The code is derived, not stored: the same card key, serial and issue number always give the same
card, so a sheet can be printed again, and the database needs only the code's hash.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

from stdnum import damm, luhn

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CODE_LENGTH = 24
SHORT_NUMBER_LENGTH = 8

_BODY_LENGTH = 18  # 18 × 5 bits = 90 bits: nobody guesses a card
_MAC_LENGTH = 5  # 25 bits: an invented code is turned away without a look at the database
_KEY_BYTES = 32
_SHORT_NUMBERS = 10 ** (SHORT_NUMBER_LENGTH - 1)
# What a code is derived for, as the beginning of its key's name.
_CARD, _BADGE = b"", b"badge "

_CODE = re.compile(rf"[A-Z2-7]{{{CODE_LENGTH}}}", re.ASCII)
_SHORT_NUMBER = re.compile(rf"[0-9]{{{SHORT_NUMBER_LENGTH}}}", re.ASCII)
# Scanners may say which symbology they saw (AIM: "]Q1") and which character set the code declares
# (ECI: "\000026" is UTF-8). Neither belongs to the code.
_SCANNER_NOTE = re.compile(r"\\[0-9]{6}|\][A-Z][0-9A-Z]", re.ASCII)
# The same text over and over is one code read several times, if it is long enough for a code.
_REPEATED = re.compile(r"(.{8,}?)\1+")
_REPEATED_LENGTH_MOST = 256


def make_card_code(card_key: bytes, serial: int, issue: int) -> str:
    """The code of one issue of one card: 18 derived characters, 5 of MAC, 1 public check character.

    A replaced card keeps its serial and gets the next issue number, hence another code. Raises
    ValueError for a key under 32 bytes and for a serial or issue number below 1.

    >>> make_card_code(bytes(range(32)), serial=386, issue=1)
    'RH6V5JZTTEH6XDVEA56O5BMG'
    """
    return _sealed(card_key, _CARD, serial, issue)


def make_badge_code(card_key: bytes, serial: int, issue: int) -> str:
    """The code of one issue of a badge (工作证): a card's form, derived for another purpose.

    So no badge is ever a card's code, nor the other way round, whatever their numbers are.

    >>> make_badge_code(bytes(range(32)), serial=386, issue=1)
    'GH6GRRE6Y6FH6YE5AUXXVSB5'
    """
    return _sealed(card_key, _BADGE, serial, issue)


def _sealed(card_key: bytes, purpose: bytes, serial: int, issue: int) -> str:
    if serial < 1 or issue < 1:
        raise ValueError("serial and issue number start at 1")
    told = serial.to_bytes(8, "big") + issue.to_bytes(8, "big")
    body = _derived(card_key, purpose + b"identity", told)[:_BODY_LENGTH]
    sealed = body + _mac(card_key, purpose, body)
    return sealed + luhn.calc_check_digit(sealed, ALPHABET)


# A card is looked at a dozen times while somebody stands at a kiosk.
@lru_cache(maxsize=1024)
def is_card_code(text: str) -> bool:
    """Whether a normalised text has a card code's form; needs no key, so a kiosk can ask it.

    The check character is Luhn's, modulo 32. It catches every single wrong character; every swap
    of two unlike neighbours except `A7` for `7A`, one pair of 496; a double read as another
    double (`BB` as `CC`) except for 11 pairs of 496; of other garbling 31 in 32. A swap across
    one character (`ABC` as `CBA`) it never sees. The rest is for the MAC and the database.
    """
    return _CODE.fullmatch(text) is not None and luhn.is_valid(text, ALPHABET)


def is_genuine(card_key: bytes, code: str) -> bool:
    """Whether whoever made this code held the card key. It says nothing about blocked or lost."""
    if not is_card_code(code):
        return False
    body, rest = code[:_BODY_LENGTH], code[_BODY_LENGTH:]
    return hmac.compare_digest(_mac(card_key, _CARD, body), rest[:_MAC_LENGTH])


def card_code_hash(code: str) -> bytes:
    """What the database keeps instead of the code: SHA-256 of it.

    90 random bits cannot be tried one by one, so no slow hash and no pepper is needed here.
    """
    return hashlib.sha256(code.encode()).digest()


def normalise_scan(text: str) -> str:
    """What a camera, a scanner or a hand has typed, as the code that was meant.

    Full width becomes ASCII, small letters capitals; scanners' notes, spaces, control and
    invisible characters go; a code read twice in a row becomes one. What comes out need not be
    a card's code: goods pass here too.

    >>> normalise_scan("\\\\000026ｂ２c3 d4\\r\\n")
    'B2C3D4'
    """
    if is_card_code(text):
        return text
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text)
        if unicodedata.category(letter)[0] not in "CZ"
    )
    meant = _SCANNER_NOTE.sub("", plain.upper())
    if is_card_code(meant) or len(meant) > _REPEATED_LENGTH_MOST:
        return meant
    repeated = _REPEATED.fullmatch(meant)
    return repeated[1] if repeated else meant


def make_short_number(n: int) -> str:
    """The number for a hand to type (短号): seven digits and Damm's check digit.

    Damm's digit catches every single wrong digit and every swap of neighbours. Raises ValueError
    outside 1 to 9,999,999; 0 is left out because 00000000 is what a playing finger types.

    >>> make_short_number(4071823)
    '40718239'
    """
    if not 0 < n < _SHORT_NUMBERS:
        raise ValueError("short numbers run from 1 to 9999999")
    digits = f"{n:0{SHORT_NUMBER_LENGTH - 1}d}"
    return digits + damm.calc_check_digit(digits)


def is_short_number(text: str) -> bool:
    """Whether a normalised text can be a short number."""
    return _SHORT_NUMBER.fullmatch(text) is not None and damm.is_valid(text)


def _mac(card_key: bytes, purpose: bytes, body: str) -> str:
    return _derived(card_key, purpose + b"mac", body.encode())[:_MAC_LENGTH]


def _derived(card_key: bytes, purpose: bytes, message: bytes) -> str:
    """HMAC-SHA-256 in the card's alphabet, under a key of its own for each purpose."""
    if len(card_key) < _KEY_BYTES:
        raise ValueError("a card key has at least 32 bytes")
    own_key = hmac.digest(card_key, b"pointsbank card " + purpose + b" 1", "sha256")
    return base64.b32encode(hmac.digest(own_key, message, "sha256")).decode()
