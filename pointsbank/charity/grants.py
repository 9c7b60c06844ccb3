"""A grant (公益拨付): points from the pool to a family, until a day, by two people.

One that was wrong is taken back (收回) as far as the family has not spent it: a family cannot owe.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.charity.errors import GrantTakenBack, GrantUnknown
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    public_id,
    read_public_id,
    statement,
    strict_table,
)

# The wrong family; the wrong number of points; something else.
WHYS = ("family", "points", "other")


class Grant(Base):
    """A grant that was paid. Neither it nor its taking back is ever decided by who proposed it.

    `status` is `proposed` in old rows alone, which paid nothing: what waits is a proposal now.
    """

    __tablename__ = "charity_grant"
    __table_args__ = strict_table(
        CheckConstraint("points > 0", name="points"),
        CheckConstraint("status IN ('proposed', 'approved')", name="status"),
        CheckConstraint("(status = 'proposed') = (entry_id IS NULL)", name="entry"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "returned_by IS NULL OR returned_by <> return_proposed_by", name="two_to_return"
        ),
        CheckConstraint("returned_why IN ('family', 'points', 'other')", name="returned_why"),
        CheckConstraint("(returned_at IS NULL) = (return_entry_id IS NULL)", name="returned"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True, autoincrement=False)
    family_id: Mapped[int] = mapped_column(Int, ForeignKey("family.id"))
    points: Mapped[int] = mapped_column(Int)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[str | None] = mapped_column(Text)
    entry_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"))
    returned_points: Mapped[int | None] = mapped_column(Int)
    returned_why: Mapped[str | None] = mapped_column(Text)
    return_proposed_by: Mapped[str | None] = mapped_column(Text)
    returned_by: Mapped[str | None] = mapped_column(Text)
    returned_at: Mapped[str | None] = mapped_column(Text)
    return_entry_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"))


_INSERT = statement(insert(Grant))
_FIND = statement(
    select(Grant.id, Grant.family_id, Grant.points, Grant.entry_id, Grant.returned_at)
    .where(Grant.id == bindparam("of_id"), Grant.status == "approved")
    .with_for_update()
)
_RETURN = statement(
    update(Grant)
    .where(Grant.id == bindparam("of_id"))
    .values(
        returned_points=bindparam("new_points"),
        returned_why=bindparam("new_why"),
        return_proposed_by=bindparam("new_proposed_by"),
        returned_by=bindparam("new_by"),
        returned_at=bindparam("new_at"),
        return_entry_id=bindparam("new_entry"),
    )
)


def grant_number(grant_id: int) -> str:
    """The public number of a grant, which is known by the receipt that paid it.

    >>> grant_number(7)
    'G000007-6'
    """
    return public_id("G", grant_id)


def read_grant_number(number: str) -> int:
    """A grant's id. Raises GrantUnknown."""
    try:
        return read_public_id("G", number)
    except PublicIdInvalid as cause:
        raise GrantUnknown(number=number[:24]) from cause


def insert_grant(
    act: Act, grant_id: int, *, family_id: int, points: int, proposed_by: str, entry: int
) -> None:
    """Write down a grant that has just been paid."""
    act.session.run(
        _INSERT,
        id=grant_id,
        family_id=family_id,
        points=points,
        proposed_by=proposed_by,
        proposed_at=act.now,
        status="approved",
        decided_by=act.caller.actor,
        decided_at=act.now,
        entry_id=entry,
        returned_points=None,
        returned_why=None,
        return_proposed_by=None,
        returned_by=None,
        returned_at=None,
        return_entry_id=None,
    )


def lock_grant(session: Session, number: str) -> Any:
    """A grant that stands, held until the transaction ends. Raises GrantUnknown, GrantTakenBack."""
    grant = session.row(_FIND, of_id=read_grant_number(number))
    if grant is None:
        raise GrantUnknown(number=number[:24])
    if grant.returned_at is not None:
        raise GrantTakenBack(number=number)
    return grant


def mark_returned(
    act: Act, grant_id: int, *, points: int, why: str, proposed_by: str, entry: int
) -> None:
    """Write down that it was taken back: how much, why, by which two, under which entry."""
    act.session.run(
        _RETURN,
        of_id=grant_id,
        new_points=points,
        new_why=why,
        new_proposed_by=proposed_by,
        new_by=act.caller.actor,
        new_at=act.now,
        new_entry=entry,
    )
