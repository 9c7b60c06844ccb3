"""What the doors may ask about grants; plain data comes back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pointsbank.charity.grants import Grant
from pointsbank.foundation import Session, public_id, query


@dataclass(frozen=True)
class GrantRow:
    """A grant that waits for a second person."""

    number: str
    family_id: int
    points: int
    proposed_by: str
    proposed_at: str


@query
def list_proposed_grants(session: Session, *, proposed_by: str | None = None) -> list[GrantRow]:
    """Grants that nobody has decided on (待批拨付), of everybody or of one, the oldest first."""
    found = select(
        Grant.id, Grant.family_id, Grant.points, Grant.proposed_by, Grant.proposed_at
    ).where(Grant.status == "proposed")
    if proposed_by is not None:
        found = found.where(Grant.proposed_by == proposed_by)
    return [
        GrantRow(
            public_id("G", row.id), row.family_id, row.points, row.proposed_by, row.proposed_at
        )
        for row in session.rows(found.order_by(Grant.id))
    ]
