"""Sealed files (密封): what leaves the folder is encrypted, and whoever alters it is found out.

The format is age's (age-encryption.org/v1), so that its own program opens a backup without us. The
key is X25519, made from the sixteen bytes that stand in the envelope as forty-eight digits.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pyrage

from pointsbank.foundation import create_durably
from pointsbank.safekeeping.errors import BackupAltered, NotABackup, PassphraseWrong
from pointsbank.safekeeping.spelling import read_secret

SECRET_BYTES = 16
_PURPOSE = b"pointsbank backup identity 1"
_PREFIX = "age-secret-key-"
_MAGIC = b"age-encryption.org/v1\n"
_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# What the library says when no key of ours is in the header; it has no class of its own for it.
_NO_KEY = "No matching keys"


class Sealer:
    """Seals files and opens them with the one key of a bank."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self._identity = pyrage.x25519.Identity.from_str(identity)

    @classmethod
    def of(cls, secret: bytes) -> Sealer:
        """By the secret in the envelope."""
        scalar = hmac.new(secret, _PURPOSE, hashlib.sha256).digest()
        return cls(_bech32(scalar).upper())

    @classmethod
    def typed(cls, text: str) -> Sealer:
        """By what somebody typed or scanned: the digits, or age's own `AGE-SECRET-KEY-1…`.

        Raises SecretUnreadable, PassphraseWrong.
        """
        plain = unicodedata.normalize("NFKC", text).strip()
        if not plain.upper().startswith(_PREFIX.upper()):
            return cls.of(read_secret(plain, SECRET_BYTES))
        try:
            return cls(plain.upper())
        except pyrage.IdentityError as cause:
            raise PassphraseWrong() from cause

    def seal(self, plain: Path, sealed: Path) -> None:
        """Write `sealed`, which must not be there, and have it on the disk."""
        create_durably(sealed, b"")
        with plain.open("rb") as source, sealed.open("r+b") as target:
            try:
                pyrage.encrypt_io(source, target, [self._identity.to_public()])
            except pyrage.EncryptError as cause:
                # The library makes this of a full disk, and of nothing else that we could meet.
                raise OSError(errno.EIO, str(cause)) from cause
        sync_file(sealed)

    def open(self, sealed: Path, plain: Path) -> None:
        """Write what a sealed file holds, nothing of which counts before all of it was read.

        Raises NotABackup, PassphraseWrong, BackupAltered.
        """
        with sealed.open("rb") as source:
            if source.read(len(_MAGIC)) != _MAGIC:
                raise NotABackup()
            source.seek(0)
            create_durably(plain, b"")
            try:
                with plain.open("r+b") as target:
                    pyrage.decrypt_io(source, target, [self._identity])
            except (pyrage.DecryptError, OSError) as cause:
                plain.unlink()
                if getattr(cause, "errno", None):
                    raise  # the disk's trouble and not the file's
                if _NO_KEY in str(cause):
                    raise PassphraseWrong() from cause
                raise BackupAltered() from cause


def sync_file(path: Path) -> None:
    """Have a file's content on the disk."""
    with path.open("rb") as written:
        os.fsync(written.fileno())


def forget_cached(path: Path) -> None:
    """Have the next reading come from the disk itself where the system allows it."""
    with path.open("rb") as written, contextlib.suppress(OSError, AttributeError):
        os.posix_fadvise(written.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def hash_of_file(path: Path) -> str:
    """A file's SHA-256, in hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _bech32(scalar: bytes) -> str:
    """Thirty-two bytes as age writes a secret key (BIP 173)."""
    words = list(_five_bits(scalar))
    told = [ord(letter) >> 5 for letter in _PREFIX] + [0]
    told += [ord(letter) & 31 for letter in _PREFIX]
    check = _polymod([*told, *words, 0, 0, 0, 0, 0, 0]) ^ 1
    words += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{_PREFIX}1{''.join(_CHARSET[word] for word in words)}"


def _five_bits(scalar: bytes) -> Iterator[int]:
    bits = "".join(f"{byte:08b}" for byte in scalar)
    for place in range(0, len(bits), 5):
        yield int(bits[place : place + 5].ljust(5, "0"), 2)


def _polymod(words: list[int]) -> int:
    check = 1
    for word in words:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ word
        for place, value in enumerate(_GENERATOR):
            check ^= value if top >> place & 1 else 0
    return check
