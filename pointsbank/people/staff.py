"""Staff (工作人员): who may log in, and as what.

Roles are worker, witness (监督员), auditor, merchant and admin. Whoever is a volunteer as well says
so here, so that nobody decides on hours of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Caller,
    Int,
    Session,
    Text,
    insert_ignoring,
    statement,
    strict_table,
)
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.errors import (
    LastAdmin,
    LoginTaken,
    LoginUnreadable,
    RoleMissing,
    SecondPersonNeeded,
    StaffUnknown,
)
from pointsbank.people.names import normalise_name

ROLES = ("worker", "witness", "auditor", "merchant", "admin")
# Stands where a hash would, as long as nobody has set a password: it opens nothing.
NO_PASSWORD = "-"
_role = one_of({role: role for role in ROLES})
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}", re.ASCII)
_ACTOR = re.compile(r"staff:([0-9]{1,18})", re.ASCII)


class Staff(Base):
    """A member of staff. Never deleted, only disabled: receipts name them for ever."""

    __tablename__ = "staff"
    __table_args__ = strict_table()

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    roles: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[int | None] = mapped_column(Int, ForeignKey("organisation.id"))
    volunteer_id: Mapped[int | None] = mapped_column(Int, ForeignKey("volunteer.id"))
    disabled_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class StaffRow:
    """A member of staff as others see them; without the password's hash."""

    id: int
    login: str
    name: str
    roles: tuple[str, ...]
    organisation_id: int | None
    volunteer_id: int | None
    disabled_at: str | None
    has_password: bool = True

    @property
    def actor(self) -> str:
        return f"staff:{self.id}"

    @property
    def caller(self) -> Caller:
        """As somebody who logged in at their own door; commands are not made by this."""
        return Caller(actor=self.actor, client=self.actor)

    def is_same_person(self, other: StaffRow) -> bool:
        """Whether two logins are one person's: the same login, or the same volunteer's."""
        if self.id == other.id:
            return True
        return self.volunteer_id is not None and self.volunteer_id == other.volunteer_id


_INSERT = statement(insert_ignoring(Staff, "login").returning(Staff.id))
SELECT_STAFF = select(
    Staff.id,
    Staff.login,
    Staff.name,
    Staff.roles,
    Staff.organisation_id,
    Staff.volunteer_id,
    Staff.disabled_at,
    (Staff.password_hash != NO_PASSWORD).label("has_password"),
)
_BY_ID = statement(SELECT_STAFF.where(Staff.id == bindparam("of_id")))
_BY_LOGIN = statement(SELECT_STAFF.where(Staff.login == bindparam("of_login")))
_HASH = statement(
    select(Staff.password_hash).where(
        Staff.login == bindparam("of_login"),
        Staff.disabled_at.is_(None),
        Staff.password_hash != NO_PASSWORD,
    )
)
_SET_HASH = statement(
    update(Staff).where(Staff.id == bindparam("of_id")).values(password_hash=bindparam("new_hash"))
)
_DISABLE = statement(
    update(Staff)
    .where(Staff.id == bindparam("of_id"), Staff.disabled_at.is_(None))
    .values(disabled_at=bindparam("new_disabled_at"))
)
_ENABLE = statement(
    update(Staff)
    .where(Staff.id == bindparam("of_id"), Staff.disabled_at.is_not(None))
    .values(disabled_at=None, password_hash=NO_PASSWORD)
)
_CHANGE = statement(
    update(Staff)
    .where(Staff.id == bindparam("of_id"))
    .values(
        name=bindparam("new_name"),
        roles=bindparam("new_roles"),
        organisation_id=bindparam("new_organisation"),
        volunteer_id=bindparam("new_volunteer"),
    )
)
_ADMINS = statement(
    select(Staff.id, Staff.roles)
    .where(Staff.roles.contains("admin"), Staff.disabled_at.is_(None))
    .order_by(Staff.id)
    .with_for_update()
)


def normalise_login(text: str) -> str:
    """A login as it is compared: trimmed, in small letters.

    >>> normalise_login(" Li.Na ")
    'li.na'
    """
    return text.strip().lower()


def insert_staff(
    session: Session,
    *,
    login: str,
    name: str,
    password_hash: str,
    roles: list[str],
    organisation_id: int | None,
    volunteer_id: int | None,
) -> int:
    """A new member of staff's id. Raises LoginUnreadable, LoginTaken."""
    login = normalise_login(login)
    if not _LOGIN.fullmatch(login):
        raise LoginUnreadable()
    made: int | None = session.value(
        _INSERT,
        login=login,
        name=normalise_name(name),
        password_hash=password_hash,
        roles=_written(roles),
        organisation_id=organisation_id,
        volunteer_id=volunteer_id,
        disabled_at=None,
    )
    if made is None:
        raise LoginTaken(login=login)
    return made


def _written(roles: list[str]) -> str:
    return " ".join(sorted({_role(role) for role in roles}))


def change(
    session: Session,
    staff_id: int,
    *,
    name: str,
    roles: list[str],
    organisation_id: int | None,
    volunteer_id: int | None,
) -> None:
    """Write down what somebody is from now on; who is in feels it at the next click."""
    session.run(
        _CHANGE,
        of_id=staff_id,
        new_name=normalise_name(name),
        new_roles=_written(roles),
        new_organisation=organisation_id,
        new_volunteer=volunteer_id,
    )


def refuse_last_admin(session: Session, staff_id: int) -> None:
    """Raise LastAdmin when nobody but this one can let others in.

    All admins are held, so that of two who shut each other out only the first succeeds.
    """
    admins = [row.id for row in session.rows(_ADMINS) if "admin" in row.roles.split()]
    if admins == [staff_id]:
        raise LastAdmin()


def staff_row(row: Any) -> StaffRow:
    """A row of `SELECT_STAFF` as plain data."""
    return StaffRow(
        row.id,
        row.login,
        row.name,
        tuple(row.roles.split()),
        row.organisation_id,
        row.volunteer_id,
        row.disabled_at,
        bool(row.has_password),
    )


def get_staff(session: Session, login: str) -> StaffRow:
    """The member of staff with this login. Raises StaffUnknown."""
    row = session.row(_BY_LOGIN, of_login=normalise_login(login))
    if row is None:
        raise StaffUnknown(login=login[:32])
    return staff_row(row)


def get_staff_by_id(session: Session, staff_id: int) -> StaffRow:
    """The member of staff with this id. Raises StaffUnknown."""
    row = session.row(_BY_ID, of_id=staff_id)
    if row is None:
        raise StaffUnknown(login=str(staff_id))
    return staff_row(row)


def find_actor(session: Session, actor: str) -> StaffRow | None:
    """Who is behind an actor's text (`staff:3`); None for devices and the system itself."""
    found = _ACTOR.fullmatch(actor)
    row = session.row(_BY_ID, of_id=int(found[1])) if found else None
    return None if row is None else staff_row(row)


def find_password_hash(session: Session, login: str) -> str | None:
    """The hash to compare with, or None for a login that nobody has or that is disabled."""
    found: str | None = session.value(_HASH, of_login=normalise_login(login))
    return found


def set_password_hash(session: Session, staff_id: int, password_hash: str) -> None:
    """Keep a new hash."""
    session.run(_SET_HASH, of_id=staff_id, new_hash=password_hash)


def disable(act: Act, staff_id: int) -> None:
    """Shut somebody out from now on."""
    act.session.run(_DISABLE, of_id=staff_id, new_disabled_at=act.now)


def enable(session: Session, staff_id: int) -> None:
    """Let somebody in again who was shut out, without the password of then."""
    session.run(_ENABLE, of_id=staff_id)


def require_person(act: Act, *roles: str) -> StaffRow:
    """Who decides: a member of staff with one of the roles, come by their own login.

    Two people are two logins, so a command, whose caller is nobody's own client, can never be one
    of them, whoever types it. Raises SecondPersonNeeded, RoleMissing.
    """
    staff = find_actor(act.session, act.caller.actor)
    if staff is None or staff.disabled_at or act.caller.client != staff.actor:
        raise SecondPersonNeeded()
    if not set(roles) & set(staff.roles):
        raise RoleMissing(needed=" ".join(roles))
    return staff
