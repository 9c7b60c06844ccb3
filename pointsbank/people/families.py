"""Families in need (困难家庭): a wallet and a label, 某户3, and nothing that says who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, bindparam, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    insert_ignoring,
    statement,
    strict_table,
)
from pointsbank.ledger import Account, AccountRef, open_account, points_id
from pointsbank.people.errors import FamilyEnded, FamilyUnknown


class Family(Base):
    """A family. The label is all that anybody is shown; the wallet is filled in after the row."""

    __tablename__ = "family"
    __table_args__ = strict_table()

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    label: Mapped[str] = mapped_column(Text)
    wallet_id: Mapped[int | None] = mapped_column(Int, ForeignKey("account.id"), unique=True)
    ended_on: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class FamilyRef:
    """What other rooms must know of a family."""

    id: int
    number: str
    label: str
    wallet: AccountRef
    ended_on: str | None = None

    @property
    def holder(self) -> str:
        return f"family:{self.id}"


# Counted, not the highest id: on PostgreSQL an insert that gave way has used up an id for ever.
_COUNT = statement(select(func.count(Family.id)))
_INSERT = statement(insert_ignoring(Family, "number").returning(Family.id))
_GIVE_WALLET = statement(
    update(Family).where(Family.id == bindparam("of_id")).values(wallet_id=bindparam("new_wallet"))
)
_END = statement(
    update(Family).where(Family.id == bindparam("of_id")).values(ended_on=bindparam("new_ended_on"))
)
SELECT_FAMILIES = select(
    Family.id,
    Family.number,
    Family.label,
    Family.wallet_id,
    Family.ended_on,
    Account.commodity_id,
    Account.balance,
).join(Account, Account.id == Family.wallet_id)
_BY_NUMBER = statement(SELECT_FAMILIES.where(Family.number == bindparam("of_number")))
_BY_ID = statement(SELECT_FAMILIES.where(Family.id == bindparam("of_id")))


def register(act: Act) -> FamilyRef:
    """Register a family under the next number, with an empty wallet."""
    session = act.session
    place, made = int(session.value(_COUNT)), None
    while made is None:
        # Somebody else may be registering the same moment; then the number after is ours.
        place += 1
        number, label = f"F{place:04d}", f"某户{place}"
        made = session.value(_INSERT, number=number, label=label, wallet_id=None, ended_on=None)
    family_id: int = made
    wallet = open_account(
        session, "family_wallet", points_id(session), f"family:{family_id}", now=act.now
    )
    session.run(_GIVE_WALLET, of_id=family_id, new_wallet=wallet.id)
    return FamilyRef(family_id, number, label, wallet)


def end(act: Act, family_id: int) -> None:
    """Write down that a family's account is closed from today on."""
    act.session.run(_END, of_id=family_id, new_ended_on=act.today)


def refuse_ended(family: FamilyRef) -> None:
    """Raise FamilyEnded for a family whose account has been closed."""
    if family.ended_on is not None:
        raise FamilyEnded(number=family.number, ended_on=family.ended_on)


def get_family(session: Session, number: str) -> FamilyRef:
    """The family with this number. Raises FamilyUnknown."""
    return _ref(session.row(_BY_NUMBER, of_number=number), number)


def get_family_by_id(session: Session, family_id: int) -> FamilyRef:
    """The family with this id. Raises FamilyUnknown."""
    return _ref(session.row(_BY_ID, of_id=family_id), str(family_id))


def _ref(row: Any, asked: str) -> FamilyRef:
    if row is None:
        raise FamilyUnknown(number=asked[:20])
    wallet = AccountRef(row.wallet_id, "family_wallet", row.commodity_id)
    return FamilyRef(row.id, row.number, row.label, wallet, row.ended_on)
