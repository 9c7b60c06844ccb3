"""Pairing codes (配对码): how a new kiosk learns which shop it stands in.

A worker has one made and types it into the device: twelve digits, ten minutes, once.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, insert, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Bytes,
    Int,
    Keys,
    Text,
    from_instant,
    statement,
    strict_table,
    to_instant,
)
from pointsbank.people.card_codes import normalise_scan
from pointsbank.people.errors import PairingUnknown

LASTS = timedelta(minutes=10)
CODE_DIGITS = 12


class Pairing(Base):
    """One offer to pair one device. It is used at most once; the code itself is not kept."""

    __tablename__ = "pairing"
    __table_args__ = strict_table(
        CheckConstraint("length(code_hash) = 32", name="code_hash_length"),
        CheckConstraint("kind IN ('kiosk', 'station')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(Bytes, unique=True)
    shop_id: Mapped[int] = mapped_column(Int, ForeignKey("shop.id"))
    name: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[str] = mapped_column(Text)
    used_at: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)


_INSERT = statement(insert(Pairing))
_USE = statement(
    update(Pairing)
    .where(
        Pairing.code_hash == bindparam("of_hash"),
        Pairing.used_at.is_(None),
        Pairing.expires_at > bindparam("new_used_at"),
    )
    .values(used_at=bindparam("new_used_at"))
    .returning(Pairing.shop_id, Pairing.name, Pairing.kind)
)


def make_pairing_code(keys: Keys, client: str, key: str) -> str:
    """The code for one request, so that the same request asked again shows the same code.

    It is typed in three groups, 1234 5678 9012.
    """
    drawn = hmac.digest(keys.session, f"pairing code {client} {key}".encode(), "sha256")
    digits = f"{int.from_bytes(drawn) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
    return " ".join(digits[place : place + 4] for place in range(0, CODE_DIGITS, 4))


def pairing_code_hash(keys: Keys, code: str) -> bytes:
    """How the database knows a code. Keyed, because twelve digits can be tried one by one."""
    meant = "".join(sign for sign in normalise_scan(code) if sign.isdigit())
    return hmac.digest(keys.session, f"pairing {meant}".encode(), "sha256")


def offer(act: Act, *, shop_id: int, name: str, kind: str, code_hash: bytes) -> str:
    """Open a pairing; the instant at which it is over."""
    until = to_instant(from_instant(act.now) + LASTS)
    act.session.run(
        _INSERT,
        code_hash=code_hash,
        shop_id=shop_id,
        name=name,
        expires_at=until,
        used_at=None,
        kind=kind,
    )
    return until


def use(act: Act, code_hash: bytes) -> Any:
    """Use up a pairing: its shop, the device's name and kind. Raises PairingUnknown."""
    row = act.session.row(_USE, of_hash=code_hash, new_used_at=act.now)
    if row is None:
        raise PairingUnknown()
    return row
