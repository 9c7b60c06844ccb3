"""Passwords (密码): refused when weak, hashed with Argon2id, compared in equal time.

A hash takes a tenth of a second and 64 MiB, so at most two are worked on at once; that also keeps a
flood of logins from eating the machine.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from pointsbank.foundation import TooBusy
from pointsbank.people.errors import PasswordTooCommon, PasswordTooShort

LENGTH_LEAST = 15
LENGTH_MOST = 256
HASHES_AT_ONCE = 2
PATIENCE_SECONDS = 10.0

_HASHER = PasswordHasher()
_ROOM = threading.BoundedSemaphore(HASHES_AT_ONCE)

# Words that long passwords of this house are made of when somebody wants it easy; a password that
# is nothing but these, digits and repetition is guessed first.
_COMMON = sorted(
    (
        "password passwort letmein welcome iloveyou monkey dragon master admin administrator root "
        "guest test user login qwertyuiop qwerty asdfghjkl asdf zxcvbnm qazwsx abcdefghijklmnop "
        "abcdefg abcd abc aaa pointsbank points bank volunteer community kiosk shop "
        "12345678901234567890 1234567890 123456789 12345678 123456 1234 9876543210 654321 4321 "
        "0000 1111 6666 8888 520 1314 "
        "mima guanliyuan jifen yinhang zhiyuanzhe shequ woaini "
        "密码 管理员 积分 银行 志愿者 社区 超市 梅林都汇 我爱你"
    ).split(),
    key=len,
    reverse=True,
)


def refuse_weak_password(password: str, *, login: str = "", name: str = "") -> None:
    """Refuse what is guessed first. Raises PasswordTooShort, PasswordTooCommon.

    Length is what counts; no capitals or signs are asked for, and none is forbidden.
    """
    plain = _normalised(password)
    if not LENGTH_LEAST <= len(plain) <= LENGTH_MOST:
        raise PasswordTooShort(least=LENGTH_LEAST, most=LENGTH_MOST)
    rest = plain.casefold()
    for word in [*(one.casefold() for one in (login, name) if len(one) > 1), *_COMMON]:
        rest = rest.replace(word, "")
    letters = [one for one in rest if one.isalpha()]
    if (len(letters) < 4 and len(set(rest)) < 8) or len(set(plain)) < 5 or _is_run(plain):
        raise PasswordTooCommon()


def hash_password(password: str) -> str:
    """The password as the database keeps it, with a salt of its own."""
    with hashing():
        return _HASHER.hash(_normalised(password))


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; without a hash to compare with it takes as long and is not."""
    if len(password) > LENGTH_MOST:
        password = ""
    with hashing():
        try:
            _HASHER.verify(password_hash or _nobodys_hash(), _normalised(password))
        except (Argon2Error, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with another profile than today's."""
    return _HASHER.check_needs_rehash(password_hash)


@contextmanager
def hashing() -> Iterator[None]:
    """Take one of the few places where a hash may be worked on. Raises TooBusy."""
    if not _ROOM.acquire(timeout=PATIENCE_SECONDS):
        raise TooBusy()
    try:
        yield
    finally:
        _ROOM.release()


def _normalised(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _is_run(plain: str) -> bool:
    """Whether the characters only count up or down: 123456789012345, abcdefgh…"""
    steps = {(ord(b) - ord(a)) % 10 for a, b in pairwise(plain)}
    return len(steps) == 1


_NOBODYS: list[str] = []


def _nobodys_hash() -> str:
    """The hash of a password that nobody has; made once, when first needed."""
    if not _NOBODYS:
        _NOBODYS.append(_HASHER.hash("nobody has this password"))
    return _NOBODYS[0]
