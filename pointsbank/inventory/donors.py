"""Donors (捐赠方): organisations that give goods. A list of goods knows them by name only."""

from __future__ import annotations

import hashlib

from sqlalchemy import bindparam, select

from pointsbank.foundation import Session, statement
from pointsbank.people import Organisation, insert_organisation

_BY_NAME = statement(
    select(Organisation.id)
    .where(Organisation.name == bindparam("of_name"))
    .order_by(Organisation.id)
    .limit(1)
)


def ensure_donor(session: Session, name: str) -> int:
    """The organisation of this name, entered as a merchant when nobody knows it yet.

    It is not thanked in public before somebody has asked it.
    """
    known: int | None = session.value(_BY_NAME, of_name=name)
    if known is not None:
        return known
    code = f"donor-{hashlib.sha256(name.encode()).hexdigest()[:10]}"
    return insert_organisation(session, code=code, name=name, kind="merchant", thanks_public=False)
