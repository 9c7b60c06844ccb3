"""The PIN (密码, 6 位): drawn at random, kept as a peppered hash, its wrong tries counted.

A million PINs are soon tried, so what counts is the counter: it stands on the holder, whatever
machine is used, and it is on the disk before anything is compared.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, pairwise
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import CheckConstraint, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Keys,
    Session,
    Text,
    from_instant,
    insert_ignoring,
    statement,
    strict_table,
    to_instant,
)
from pointsbank.people.errors import PinBlocked, PinLocked, PinMissing
from pointsbank.people.passwords import hashing

PIN_DIGITS = 6
WAITS_AFTER, BLOCKED_AFTER = 5, 10
WAIT = timedelta(minutes=15)

# A card's PIN is asked for with people waiting behind; 19 MiB and two rounds take some 25 ms.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_PURPOSE = "pointsbank pin 1"
# Chosen PINs that everybody tries first; what can be told by a rule stands in `is_easy`.
_EASY = {"112233", "147258", "159357", "168168", "520131", "521314", "789456", "456789", "246810"}
# PINs are drawn under a secret that no disk ever sees, so that neither books nor keys tell them;
# within one process the same form gives the same PIN, and a double click is one PIN.
_DRAW = secrets.token_bytes(32)


class Pin(Base):
    """The PIN of one holder (`volunteer:12`, `family:3`, `staff:2`), and its tries in a row.

    `version` counts the PINs that the holder has had. Ten tries in a row without a right one block
    it, and only a new version ends that.
    """

    __tablename__ = "pin"
    __table_args__ = strict_table(
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("failures BETWEEN 0 AND 10", name="failures"),
        CheckConstraint("(failures = 10) = (blocked_at IS NOT NULL)", name="blocked"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    holder: Mapped[str] = mapped_column(Text, unique=True)
    pin_hash: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Int)
    set_at: Mapped[str] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(Int)
    waits_until: Mapped[str | None] = mapped_column(Text)
    blocked_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class PinState:
    """How a PIN stands: since when, blocked by ten wrong tries or not, until when one must wait."""

    set_at: str
    is_blocked: bool
    waits_until: str | None


_FIRST = statement(insert_ignoring(Pin, "holder").returning(Pin.version))
_RENEW = statement(
    update(Pin)
    .where(Pin.holder == bindparam("of_holder"))
    .values(
        pin_hash=bindparam("new_hash"),
        version=Pin.version + 1,
        set_at=bindparam("new_set_at"),
        failures=0,
        waits_until=None,
        blocked_at=None,
    )
    .returning(Pin.version)
)
_LOCKED = statement(
    select(Pin.version, Pin.failures, Pin.waits_until, Pin.blocked_at)
    .where(Pin.holder == bindparam("of_holder"))
    .with_for_update()
)
_COUNT = statement(
    update(Pin)
    .where(Pin.holder == bindparam("of_holder"))
    .values(
        failures=bindparam("new_failures"),
        waits_until=bindparam("new_waits_until"),
        blocked_at=bindparam("new_blocked_at"),
    )
)
_FORGET = statement(
    update(Pin)
    .where(Pin.holder == bindparam("of_holder"), Pin.version == bindparam("of_version"))
    .values(failures=0, waits_until=None, blocked_at=None)
)
_HASH = statement(
    select(Pin.pin_hash).where(
        Pin.holder == bindparam("of_holder"), Pin.version == bindparam("of_version")
    )
)
_DROP = statement(delete(Pin).where(Pin.holder == bindparam("of_holder")))
_STATE = statement(
    select(Pin.set_at, Pin.waits_until, Pin.blocked_at).where(Pin.holder == bindparam("of_holder"))
)


def draw_pin(client: str, key: str) -> str:
    """The PIN that this client's key draws: at random, and never one that everybody tries first."""
    for attempt in count():
        drawn = _drawn(f"pin {client} {key} {attempt}")
        pin = f"{int.from_bytes(drawn[:8], 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}d}"
        if not is_easy(pin):
            return pin
    raise AssertionError("unreachable")


def is_easy(pin: str) -> bool:
    """Whether a PIN is guessed first: one or two digits only, counting up or down, a repetition.

    >>> [is_easy(pin) for pin in ("000000", "345678", "987654", "121212", "385385", "407182")]
    [True, True, True, True, True, False]
    """
    steps = {(ord(b) - ord(a)) % 10 for a, b in pairwise(pin)}
    repeats = pin[:3] == pin[3:] or pin[:2] * 3 == pin
    return len(set(pin)) <= 2 or steps in ({1}, {9}) or repeats or pin in _EASY


def hash_pin(keys: Keys, holder: str, pin: str, *, client: str, key: str) -> str:
    """The PIN as the database keeps it; the same form gives the same hash in this process."""
    salt = _drawn(f"salt {client} {key}")[:16]
    with hashing():
        return _HASHER.hash(_peppered(keys, holder, pin), salt=salt)


def is_pin(keys: Keys, holder: str, pin_hash: str | None, pin: str) -> bool:
    """Whether this is the holder's PIN; without a hash to compare with it takes as long and is not.

    Raises TooBusy.
    """
    peppered = _peppered(keys, holder, pin)
    with hashing():
        if pin_hash is None:
            _HASHER.hash(peppered)
            return False
        try:
            return _HASHER.verify(pin_hash, peppered)
        except (Argon2Error, InvalidHashError):
            return False


def _peppered(keys: Keys, holder: str, pin: str) -> bytes:
    # The holder belongs to it, so that a hash that is copied to another row opens nothing there.
    told = f"{_PURPOSE}\0{holder}\0{pin}".encode()
    return hmac.digest(keys.pepper, told, "sha256")


def _drawn(told: str) -> bytes:
    return hmac.digest(_DRAW, told.encode(), "sha256")


def keep_pin(act: Act, holder: str, pin_hash: str) -> int:
    """Keep a holder's new PIN; its version. Whatever was counted against the old one is over."""
    made: int | None = act.session.value(
        _FIRST,
        holder=holder,
        pin_hash=pin_hash,
        version=1,
        set_at=act.now,
        failures=0,
        waits_until=None,
        blocked_at=None,
    )
    if made is None:
        made = act.session.value(_RENEW, of_holder=holder, new_hash=pin_hash, new_set_at=act.now)
    return int(made or 0)


def count_try(act: Act, holder: str) -> dict[str, Any]:
    """Count a try as wrong before anything is compared: failures, version, waits_until.

    Raises PinMissing, PinLocked, PinBlocked; then nothing may be compared.
    """
    session, moment = act.session, from_instant(act.now)
    row = session.row(_LOCKED, of_holder=holder)
    if row is None:
        raise PinMissing()
    if row.blocked_at is not None:
        raise PinBlocked()
    if row.waits_until is not None and act.now < row.waits_until:
        raise PinLocked(until=row.waits_until, seconds=seconds_until(row.waits_until, act.now))
    failures = row.failures + 1
    waits_until = to_instant(moment + WAIT) if failures == WAITS_AFTER else None
    session.run(
        _COUNT,
        of_holder=holder,
        new_failures=failures,
        new_waits_until=waits_until,
        new_blocked_at=act.now if failures == BLOCKED_AFTER else None,
    )
    return {"failures": failures, "version": row.version, "waits_until": waits_until}


def forget_tries(act: Act, holder: str, version: int) -> bool:
    """The PIN was right: the count begins anew. False when it is another PIN meanwhile."""
    return act.session.run(_FORGET, of_holder=holder, of_version=version) == 1


def drop_pin(session: Session, holder: str) -> None:
    """Forget a holder's PIN; whoever comes back draws another."""
    session.run(_DROP, of_holder=holder)


def find_pin_hash(session: Session, holder: str, version: int) -> str | None:
    """The hash of this version of a holder's PIN."""
    found: str | None = session.value(_HASH, of_holder=holder, of_version=version)
    return found


def find_pin_state(session: Session, holder: str, *, now: str) -> PinState | None:
    """How a holder's PIN stands, or None without one."""
    row = session.row(_STATE, of_holder=holder)
    if row is None:
        return None
    waits = row.waits_until is not None and now < row.waits_until
    return PinState(row.set_at, row.blocked_at is not None, row.waits_until if waits else None)


def seconds_until(until: str, now: str) -> int:
    """Whole seconds from one instant to a later one, rounded up."""
    left = from_instant(until) - from_instant(now)
    return -(-left // timedelta(seconds=1))
