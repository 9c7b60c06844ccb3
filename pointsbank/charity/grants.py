"""Grants (拨付): points from the pool to one family, proposed by one, approved by another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.charity.errors import GrantDecided, GrantUnknown
from pointsbank.foundation import Base, Int, Session, Text, public_id, statement, strict_table


class Grant(Base):
    """A grant. Decided at most once, never by the one who proposed it."""

    __tablename__ = "charity_grant"
    __table_args__ = strict_table(
        CheckConstraint("points > 0", name="points"),
        CheckConstraint("status IN ('proposed', 'approved')", name="status"),
        CheckConstraint("(status = 'proposed') = (entry_id IS NULL)", name="entry"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    family_id: Mapped[int] = mapped_column(Int, ForeignKey("family.id"))
    points: Mapped[int] = mapped_column(Int)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[str | None] = mapped_column(Text)
    entry_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"))


_INSERT = statement(insert(Grant).returning(Grant.id))
_FIND = statement(
    select(Grant.id, Grant.family_id, Grant.points, Grant.proposed_by, Grant.status)
    .where(Grant.id == bindparam("grant_id"))
    .with_for_update()
)
_DECIDE = statement(
    update(Grant)
    .where(Grant.id == bindparam("grant_id"), Grant.status == "proposed")
    .values(
        status="approved",
        decided_by=bindparam("by"),
        decided_at=bindparam("now"),
        entry_id=bindparam("entry"),
    )
)


def insert_grant(session: Session, *, family_id: int, points: int, by: str, now: str) -> int:
    """A new proposal's id."""
    made: int = session.value(
        _INSERT,
        family_id=family_id,
        points=points,
        proposed_by=by,
        proposed_at=now,
        status="proposed",
        decided_by=None,
        decided_at=None,
        entry_id=None,
    )
    return made


def lock_proposed_grant(session: Session, grant_id: int) -> Any:
    """The proposal, held until the transaction ends. Raises GrantUnknown, GrantDecided."""
    grant = session.row(_FIND, grant_id=grant_id)
    if grant is None:
        raise GrantUnknown(number=public_id("G", grant_id))
    if grant.status != "proposed":
        raise GrantDecided(number=public_id("G", grant_id))
    return grant


def mark_approved(session: Session, grant_id: int, *, by: str, now: str, entry: int) -> None:
    """Write who approved it and the entry that paid it out."""
    session.run(_DECIDE, grant_id=grant_id, by=by, now=now, entry=entry)
