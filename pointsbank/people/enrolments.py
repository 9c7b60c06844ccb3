"""One-time codes on paper (一次性代码): how somebody new of the staff comes to an own password.

Twelve signs, 60 bits, one day, once. Nobody else ever knows the password: the code opens nothing
but the page on which its bearer sets one.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Bytes,
    Int,
    Keys,
    Session,
    Text,
    from_instant,
    statement,
    strict_table,
    to_instant,
)
from pointsbank.people.card_codes import normalise_scan
from pointsbank.people.errors import EnrolmentUnknown
from pointsbank.people.staff import Staff

# A paper is carried home and typed the next morning; ten minutes, as for a code on a screen, would
# send people back to the office. Twenty bits more than asked make up for it.
LASTS = timedelta(hours=24)
CODE_SIGNS, GROUP = 12, 4
# 32 signs, so that each carries five bits; none of them is read for another.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OILU", "011V")


class Enrolment(Base):
    """One offer to one member of staff. It is used at most once; the code itself is not kept."""

    __tablename__ = "enrolment"
    __table_args__ = strict_table(
        CheckConstraint("length(code_hash) = 32", name="code_hash_length"),
        CheckConstraint("used_at IS NULL OR ended_at IS NULL", name="used_or_ended"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(Bytes, unique=True)
    staff_id: Mapped[int] = mapped_column(Int, ForeignKey("staff.id"), index=True)
    offered_by: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[str] = mapped_column(Text)
    used_at: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)


_INSERT = statement(insert(Enrolment))
_OPEN = (
    Enrolment.code_hash == bindparam("of_hash"),
    Enrolment.used_at.is_(None),
    Enrolment.ended_at.is_(None),
    Enrolment.expires_at > bindparam("now"),
)
_FIND = statement(
    select(Staff.login, Staff.name)
    .join(Enrolment, Enrolment.staff_id == Staff.id)
    .where(*_OPEN, Staff.disabled_at.is_(None))
)
_USE = statement(
    update(Enrolment)
    .where(*_OPEN)
    .values(used_at=bindparam("new_used_at"))
    .returning(Enrolment.staff_id)
)
_END_ALL = statement(
    update(Enrolment)
    .where(
        Enrolment.staff_id == bindparam("of_staff"),
        Enrolment.used_at.is_(None),
        Enrolment.ended_at.is_(None),
    )
    .values(ended_at=bindparam("new_ended_at"))
)


def make_enrolment_code(keys: Keys, client: str, key: str) -> str:
    """The code for one request, so that the same request asked again shows the same code.

    It is written in three groups, K7QF 2M9X 4TBW.
    """
    drawn = int.from_bytes(
        hmac.digest(keys.session, f"enrolment code {client} {key}".encode(), "sha256")
    )
    signs = "".join(SIGNS[drawn >> 5 * place & 31] for place in range(CODE_SIGNS))
    return " ".join(signs[place : place + GROUP] for place in range(0, CODE_SIGNS, GROUP))


def enrolment_code_hash(keys: Keys, code: str) -> bytes:
    """How the database knows a code, however it was typed: O is read as 0, I and L as 1."""
    plain = normalise_scan(code).upper().translate(_READ_AS)
    meant = "".join(sign for sign in plain if sign in SIGNS)
    return hmac.digest(keys.session, f"enrolment {meant}".encode(), "sha256")


def offer(act: Act, staff_id: int, code_hash: bytes) -> str:
    """Offer a code to somebody, who then has no other; the instant at which it is over."""
    end_all(act, staff_id)
    until = to_instant(from_instant(act.now) + LASTS)
    act.session.run(
        _INSERT,
        code_hash=code_hash,
        staff_id=staff_id,
        offered_by=act.caller.actor,
        expires_at=until,
        used_at=None,
        ended_at=None,
    )
    return until


def end_all(act: Act, staff_id: int) -> None:
    """End what was offered to somebody and not used."""
    act.session.run(_END_ALL, of_staff=staff_id, new_ended_at=act.now)


def find_offered(session: Session, code_hash: bytes, *, now: str) -> Any:
    """Login and name of whom an open code was offered to. Raises EnrolmentUnknown."""
    row = session.row(_FIND, of_hash=code_hash, now=now)
    if row is None:
        raise EnrolmentUnknown()
    return row


def use(act: Act, code_hash: bytes) -> int:
    """Use up a code: the id of whom it was offered to. Raises EnrolmentUnknown."""
    staff_id: int | None = act.session.value(
        _USE, of_hash=code_hash, now=act.now, new_used_at=act.now
    )
    if staff_id is None:
        raise EnrolmentUnknown()
    return staff_id
