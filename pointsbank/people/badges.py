"""Badges (工作证, 监督员证): the card by which a second person is known at somebody else's screen.

A badge looks and reads like a points card and opens no wallet; without its PIN it opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Bytes,
    Int,
    Session,
    Text,
    insert_ignoring,
    statement,
    strict_table,
)
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.card_codes import (
    card_code_hash,
    is_card_code,
    make_badge_code,
    normalise_scan,
)
from pointsbank.people.errors import (
    BadgeBlocked,
    BadgeExists,
    BadgeNeedsVolunteer,
    BadgeUnknown,
    RoleMissing,
)
from pointsbank.people.staff import SELECT_STAFF, Staff, StaffRow, staff_row

# As what somebody stands by: on the staff, of the residents' supervisory committee, or elected by
# the volunteers; and the roles that each of them needs.
CAPACITIES: dict[str, tuple[str, ...]] = {
    "worker": ("worker", "admin"),
    "committee": ("witness",),
    "volunteers": ("witness",),
}
_capacity = one_of({capacity: capacity for capacity in CAPACITIES})


class Badge(Base):
    """One issue of somebody's badge. At most one of a person's badges is not replaced."""

    __tablename__ = "badge"
    __table_args__ = strict_table(
        CheckConstraint("status IN ('active', 'blocked', 'replaced')", name="status"),
        CheckConstraint("capacity IN ('worker', 'committee', 'volunteers')", name="capacity"),
        CheckConstraint("length(code_hash) = 32", name="code_hash_length"),
        Index(
            "uq_badge_in_use",
            "staff_id",
            unique=True,
            sqlite_where=text("status <> 'replaced'"),
            postgresql_where=text("status <> 'replaced'"),
        ),
        Index("uq_badge_staff_issue", "staff_id", "issue", unique=True),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    staff_id: Mapped[int] = mapped_column(Int, ForeignKey("staff.id"))
    issue: Mapped[int] = mapped_column(Int)
    capacity: Mapped[str] = mapped_column(Text)
    code_hash: Mapped[bytes] = mapped_column(Bytes, unique=True)
    status: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class BadgeRow:
    """A badge as others see it; its code is told to nobody."""

    staff_id: int
    issue: int
    capacity: str
    status: str
    issued_at: str
    ended_at: str | None

    @property
    def number(self) -> str:
        """What stands on it and is said at the desk: whose, and which issue."""
        return f"{self.staff_id}-{self.issue}"


SELECT_BADGES = select(
    Badge.staff_id, Badge.issue, Badge.capacity, Badge.status, Badge.issued_at, Badge.ended_at
)
_IN_USE = statement(
    SELECT_BADGES.add_columns(Badge.id)
    .where(Badge.staff_id == bindparam("of_staff"), Badge.status != "replaced")
    .with_for_update(key_share=True)
)
_LAST_ISSUE = statement(
    select(func.coalesce(func.max(Badge.issue), 0)).where(Badge.staff_id == bindparam("of_staff"))
)
_INSERT = statement(insert_ignoring(Badge, "code_hash").returning(Badge.id))
_SET_STATUS = statement(
    update(Badge)
    .where(Badge.id == bindparam("of_id"))
    .values(status=bindparam("new_status"), ended_at=bindparam("new_ended_at"))
)
_LOCK_STAFF = statement(select(Staff.id).where(Staff.id == bindparam("of_staff")).with_for_update())
_BY_HASH = statement(
    SELECT_STAFF.add_columns(Badge.status, Badge.capacity)
    .join(Badge, Badge.staff_id == Staff.id)
    .where(Badge.code_hash == bindparam("of_hash"))
)


def issue(act: Act, staff: StaffRow, capacity: str) -> int:
    """Issue a badge; which one it is. Raises BadgeExists, RoleMissing, BadgeNeedsVolunteer."""
    capacity = _capacity(capacity)
    needed = CAPACITIES[capacity]
    if staff.disabled_at or not set(needed) & set(staff.roles):
        raise RoleMissing(needed=" ".join(needed))
    # Whoever is elected by the volunteers is one, and must never confirm what is done for them.
    if capacity == "volunteers" and staff.volunteer_id is None:
        raise BadgeNeedsVolunteer()
    # Of two who issue at once the second waits here, and then sees the badge.
    act.session.value(_LOCK_STAFF, of_staff=staff.id)
    if find_badge_in_use(act.session, staff.id) is not None:
        raise BadgeExists()
    count = int(act.session.value(_LAST_ISSUE, of_staff=staff.id)) + 1
    made = act.session.value(
        _INSERT,
        staff_id=staff.id,
        issue=count,
        capacity=capacity,
        code_hash=card_code_hash(make_badge_code(act.keys.card, staff.id, count)),
        status="active",
        issued_at=act.now,
        ended_at=None,
    )
    if made is None:
        raise BadgeExists()
    return count


def end(act: Act, staff_id: int, status: str) -> Any:
    """Block or replace the badge in use (`blocked`, `replaced`); the row as it was.

    Raises BadgeUnknown when there is none, BadgeBlocked when it is blocked already.
    """
    badge = find_badge_in_use(act.session, staff_id)
    if badge is None:
        raise BadgeUnknown()
    if badge.status == status:
        raise BadgeBlocked(status=status)
    act.session.run(_SET_STATUS, of_id=badge.id, new_status=status, new_ended_at=act.now)
    return badge


def end_with_login(act: Act, staff_id: int) -> None:
    """Block the badge of somebody who is shut out, so that it is no use when they come back."""
    badge = find_badge_in_use(act.session, staff_id)
    if badge is not None and badge.status == "active":
        act.session.run(_SET_STATUS, of_id=badge.id, new_status="blocked", new_ended_at=act.now)


def find_badge_in_use(session: Session, staff_id: int) -> Any:
    """Somebody's badge that is not replaced, or None."""
    return session.row(_IN_USE, of_staff=staff_id)


def get_badge_holder(session: Session, scanned: str) -> StaffRow:
    """Whose badge was scanned. Raises BadgeUnknown, BadgeBlocked; a points card is unknown here."""
    code = normalise_scan(scanned)
    row = session.row(_BY_HASH, of_hash=card_code_hash(code)) if is_card_code(code) else None
    if row is None or row.disabled_at is not None:
        raise BadgeUnknown()
    if row.status != "active":
        raise BadgeBlocked(status=row.status)
    return staff_row(row)
