"""What the doors may ask about grants; plain data comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from pointsbank.charity.errors import GrantUnknown
from pointsbank.charity.grants import Grant, grant_number, read_grant_number
from pointsbank.foundation import Page, Paging, Session, public_id, query, read_page
from pointsbank.ledger import Account, Move
from pointsbank.people import Family


@dataclass(frozen=True)
class GrantRow:
    """A grant that was paid, and what became of it; `expires_on` None is for good."""

    number: str
    family: str
    label: str
    points: int
    expires_on: str | None
    proposed_by: str
    decided_by: str
    decided_at: str
    entry: str
    returned_points: int | None
    returned_why: str | None
    return_proposed_by: str | None
    returned_by: str | None
    returned_at: str | None
    return_entry: str | None


_GRANTS = (
    select(
        *Grant.__table__.columns,
        Family.number.label("family_number"),
        Family.label,
        Move.expires_on,
    )
    .join(Family, Family.id == Grant.family_id)
    .join(Move, (Move.entry_id == Grant.entry_id) & (Move.line == 1))
    .where(Grant.status == "approved")
)


@query
def list_grants(session: Session, *, paging: Paging | None = None) -> Page[GrantRow]:
    """What families were granted (拨付), the newest first."""
    found = _GRANTS.order_by(Grant.id.desc())
    return read_page(session, found, paging or Paging()).mapped(_row)


@query
def get_grant(session: Session, *, number: str) -> GrantRow:
    """One grant. Raises GrantUnknown."""
    row = session.row(_GRANTS.where(Grant.id == read_grant_number(number)))
    if row is None:
        raise GrantUnknown(number=number[:24])
    return _row(row)


@query
def count_pool(session: Session) -> int:
    """How many points lie in the pool."""
    pools = select(func.sum(Account.balance)).where(Account.type == "pool")
    return int(session.value(pools) or 0)


def _row(row: Any) -> GrantRow:
    return GrantRow(
        number=grant_number(row.id),
        family=row.family_number,
        label=row.label,
        points=row.points,
        expires_on=row.expires_on,
        proposed_by=row.proposed_by,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        entry=public_id("J", row.entry_id),
        returned_points=row.returned_points,
        returned_why=row.returned_why,
        return_proposed_by=row.return_proposed_by,
        returned_by=row.returned_by,
        returned_at=row.returned_at,
        return_entry=public_id("J", row.return_entry_id) if row.return_entry_id else None,
    )
