"""Logins (登录): who is in, for how long, and how often a wrong password was tried.

The token is 32 random bytes that only the browser holds; here stands its SHA-256. Staff fall out
after a quarter of an hour without a click, merchants after half an hour, everybody at day's end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Bytes,
    Int,
    Session,
    Text,
    from_instant,
    insert_ignoring,
    statement,
    strict_table,
    to_instant,
)
from pointsbank.people.errors import LoginLocked
from pointsbank.people.staff import Staff

IDLE = timedelta(minutes=15)
MERCHANTS_IDLE = timedelta(minutes=30)
LASTS = timedelta(hours=8)
MERCHANTS_LAST = timedelta(hours=12)
# A click is written down only when the last one was this long ago.
RENEWED_AFTER = timedelta(minutes=2)

DELAYED_FROM, LOCKED_FROM = 5, 10
LOCKED = timedelta(minutes=15)


class StaffLogin(Base):
    """One login of one member of staff; it ends once and never begins again."""

    __tablename__ = "staff_login"
    __table_args__ = strict_table(
        CheckConstraint("length(token_hash) = 32", name="token_hash_length")
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(Bytes, unique=True)
    staff_id: Mapped[int] = mapped_column(Int, ForeignKey("staff.id"), index=True)
    opened_at: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)


class FailedLogin(Base):
    """How often in a row a login was tried in vain, and until when it must wait.

    `login` is a keyed hash of what was typed, known or not: people type passwords into that field.
    """

    __tablename__ = "failed_login"
    __table_args__ = strict_table(CheckConstraint("failures >= 0", name="failures"))

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    failures: Mapped[int] = mapped_column(Int)
    locked_until: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class OpenLogin:
    """Somebody who is in."""

    id: int
    staff_id: int
    login: str
    name: str
    roles: tuple[str, ...]
    organisation_id: int | None
    opened_at: str
    seen_at: str

    def needs_renewal(self, now: str) -> bool:
        """Whether `renew_login` is worth a write."""
        return from_instant(now) - from_instant(self.seen_at) >= RENEWED_AFTER


_INSERT = statement(insert(StaffLogin).returning(StaffLogin.id))
_BY_TOKEN = statement(
    select(
        StaffLogin.id,
        StaffLogin.staff_id,
        StaffLogin.opened_at,
        StaffLogin.seen_at,
        Staff.login,
        Staff.name,
        Staff.roles,
        Staff.organisation_id,
    )
    .join(Staff, Staff.id == StaffLogin.staff_id)
    .where(
        StaffLogin.token_hash == bindparam("of_hash"),
        StaffLogin.ended_at.is_(None),
        Staff.disabled_at.is_(None),
    )
)
_SEEN = statement(
    update(StaffLogin)
    .where(StaffLogin.token_hash == bindparam("of_hash"), StaffLogin.ended_at.is_(None))
    .values(seen_at=bindparam("new_seen_at"))
)
_END = statement(
    update(StaffLogin)
    .where(StaffLogin.token_hash == bindparam("of_hash"), StaffLogin.ended_at.is_(None))
    .values(ended_at=bindparam("new_ended_at"))
)
_END_ALL = statement(
    update(StaffLogin)
    .where(StaffLogin.staff_id == bindparam("of_staff"), StaffLogin.ended_at.is_(None))
    .values(ended_at=bindparam("new_ended_at"))
)
_FIRST_FAILURE = statement(insert_ignoring(FailedLogin, "login"))
_FAILURES = statement(
    select(FailedLogin.failures, FailedLogin.locked_until)
    .where(FailedLogin.login == bindparam("of_login"))
    .with_for_update()
)
_COUNT = statement(
    update(FailedLogin)
    .where(FailedLogin.login == bindparam("of_login"))
    .values(failures=bindparam("new_failures"), locked_until=bindparam("new_locked_until"))
)
_FORGET = statement(delete(FailedLogin).where(FailedLogin.login == bindparam("of_login")))


def start(act: Act, staff_id: int, token_hash: bytes) -> int:
    """Begin a login; its id."""
    made: int = act.session.value(
        _INSERT,
        token_hash=token_hash,
        staff_id=staff_id,
        opened_at=act.now,
        seen_at=act.now,
        ended_at=None,
    )
    return made


def find_login(session: Session, token_hash: bytes, *, now: str) -> OpenLogin | None:
    """Who holds this token, or None when the login has ended, slept too long or lasted too long."""
    row: Any = session.row(_BY_TOKEN, of_hash=token_hash)
    if row is None:
        return None
    roles = tuple(row.roles.split())
    merchant = roles == ("merchant",)
    idle, lasts = (MERCHANTS_IDLE, MERCHANTS_LAST) if merchant else (IDLE, LASTS)
    moment = from_instant(now)
    asleep = moment - from_instant(row.seen_at) > idle
    if asleep or moment - from_instant(row.opened_at) > lasts:
        return None
    return OpenLogin(
        row.id,
        row.staff_id,
        row.login,
        row.name,
        roles,
        row.organisation_id,
        row.opened_at,
        row.seen_at,
    )


def mark_seen(act: Act, token_hash: bytes) -> bool:
    """Write down that somebody has just clicked; False when the login has ended."""
    return act.session.run(_SEEN, of_hash=token_hash, new_seen_at=act.now) == 1


def end(act: Act, token_hash: bytes) -> bool:
    """End a login; False when it had ended."""
    return act.session.run(_END, of_hash=token_hash, new_ended_at=act.now) == 1


def end_all(act: Act, staff_id: int) -> int:
    """End every login of somebody, as after a new password; how many there were."""
    return act.session.run(_END_ALL, of_staff=staff_id, new_ended_at=act.now)


def count_attempt(act: Act, login_hash: str) -> int:
    """Count a try as failed before anything is compared; how many in a row. Raises LoginLocked.

    From the fifth on everybody waits, one minute and twice as long each time; from the tenth on a
    quarter of an hour. A right password forgets them all.
    """
    session, moment = act.session, from_instant(act.now)
    session.run(_FIRST_FAILURE, login=login_hash, failures=0, locked_until=None)
    row = session.row(_FAILURES, of_login=login_hash)
    if row.locked_until is not None and act.now < row.locked_until:
        left = from_instant(row.locked_until) - moment
        raise LoginLocked(until=row.locked_until, seconds=-(-left // timedelta(seconds=1)))
    failures = row.failures + 1
    wait = _wait_after(failures)
    until = to_instant(moment + wait) if wait else None
    session.run(_COUNT, of_login=login_hash, new_failures=failures, new_locked_until=until)
    return int(failures)


def forget_failures(act: Act, login_hash: str) -> None:
    """The password was right: what was counted is forgotten."""
    act.session.run(_FORGET, of_login=login_hash)


def _wait_after(failures: int) -> timedelta:
    if failures < DELAYED_FROM:
        return timedelta()
    if failures >= LOCKED_FROM:
        return LOCKED
    return min(LOCKED, timedelta(minutes=2 ** (failures - DELAYED_FROM)))
