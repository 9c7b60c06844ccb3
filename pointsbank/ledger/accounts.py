"""Accounts (账户): one holder, one account type, one commodity.

The balance is the holder's own view: plus is theirs. Only accounts with a floor or a ceiling keep a
balance that a booking updates; sources and sinks are everybody's other side and are summed, so that
no row is hot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Base,
    Int,
    Session,
    Text,
    insert_ignoring,
    pack,
    packed_rows,
    statement,
    strict_table,
)
from pointsbank.ledger.errors import AccountNotFound


@dataclass(frozen=True)
class AccountType:
    """An account type (账户类型): what it holds, which way its balance may go, where it is shown.

    `least` is a floor, `most` a ceiling. `heading` is its place among an accountant's accounts.
    """

    code: str
    holds: str
    heading: str
    least: int | None = None
    most: int | None = None

    @property
    def keeps_balance(self) -> bool:
        return self.least is not None or self.most is not None


_TYPES = (
    # points
    AccountType("wallet", "points", "Liabilities:Wallets", least=0),
    AccountType("family_wallet", "points", "Liabilities:Families", least=0),
    AccountType("pool", "points", "Liabilities:CharityPool", least=0),
    AccountType("hold", "points", "Liabilities:Holds", least=0),
    AccountType("owed", "points", "Assets:Owed", most=0),
    AccountType("issued", "points", "Equity:Issued"),
    AccountType("redeemed", "points", "Equity:Redeemed"),
    AccountType("expired", "points", "Equity:Expired"),
    AccountType("deducted", "points", "Equity:Deducted"),
    # time credit
    AccountType("time_wallet", "time", "Liabilities:TimeCredit", least=0),
    AccountType("time_issued", "time", "Equity:TimeIssued"),
    # goods
    AccountType("supply", "goods", "Equity:Supply"),
    AccountType("store_room", "goods", "Assets:StoreRoom", least=0),
    AccountType("shelf", "goods", "Assets:Shelf", least=0),
    AccountType("quarantine", "goods", "Assets:Quarantine", least=0),
    AccountType("given_out", "goods", "Equity:GivenOut"),
    AccountType("lost_found", "goods", "Equity:LostAndFound"),
    AccountType("written_off", "goods", "Equity:WrittenOff"),
)
ACCOUNT_TYPES = {kind.code: kind for kind in _TYPES}


class Account(Base):
    """A holder's account. A kept balance always equals the sum of its moves and stays in bounds."""

    __tablename__ = "account"
    __table_args__ = strict_table(
        UniqueConstraint("type", "commodity_id", "holder"),
        UniqueConstraint("id", "commodity_id"),
        CheckConstraint(
            "(balance IS NULL) = (least IS NULL AND most IS NULL)", name="keeps_balance"
        ),
        CheckConstraint("least IS NULL OR balance >= least", name="floor"),
        CheckConstraint("most IS NULL OR balance <= most", name="ceiling"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    type: Mapped[str] = mapped_column(Text)
    commodity_id: Mapped[int] = mapped_column(Int, ForeignKey("commodity.id"))
    holder: Mapped[str] = mapped_column(Text)
    least: Mapped[int | None] = mapped_column(Int)
    most: Mapped[int | None] = mapped_column(Int)
    balance: Mapped[int | None] = mapped_column(Int)
    opened_at: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class AccountRef:
    """What a booking must know of an account."""

    id: int
    type: str
    commodity_id: int


_INSERT = statement(
    insert_ignoring(Account, "type", "commodity_id", "holder").returning(Account.id)
)
_FIND = statement(
    select(Account.id).where(
        Account.type == bindparam("type"),
        Account.commodity_id == bindparam("commodity_id"),
        Account.holder == bindparam("holder"),
    )
)
[_HOLDER] = packed_rows("holders", str)
_FIND_MANY = statement(
    select(Account.id, Account.holder).where(
        Account.type == bindparam("type"),
        Account.commodity_id == bindparam("commodity_id"),
        Account.holder.in_(select(_HOLDER)),
    )
)


def open_account(
    session: Session, type_code: str, commodity_id: int, holder: str, *, now: str
) -> AccountRef:
    """The holder's account of this type, opened when it is new (开户)."""
    kind = ACCOUNT_TYPES[type_code]
    made = session.value(
        _INSERT,
        type=type_code,
        commodity_id=commodity_id,
        holder=holder,
        least=kind.least,
        most=kind.most,
        balance=0 if kind.keeps_balance else None,
        opened_at=now,
    )
    if made is None:
        return get_account(session, type_code, commodity_id, holder)
    return AccountRef(made, type_code, commodity_id)


def find_account(
    session: Session, type_code: str, commodity_id: int, holder: str
) -> AccountRef | None:
    """The holder's account of this type, or None."""
    found: Any = session.value(_FIND, type=type_code, commodity_id=commodity_id, holder=holder)
    return None if found is None else AccountRef(found, type_code, commodity_id)


def find_accounts(
    session: Session, type_code: str, commodity_id: int, holders: Iterable[str]
) -> dict[str, AccountRef]:
    """The accounts of this type of some holders; those who have none are left out."""
    told = pack((one,) for one in sorted(set(holders)))
    rows = session.rows(_FIND_MANY, type=type_code, commodity_id=commodity_id, holders=told)
    return {row.holder: AccountRef(row.id, type_code, commodity_id) for row in rows}


def get_account(session: Session, type_code: str, commodity_id: int, holder: str) -> AccountRef:
    """The holder's account of this type. Raises AccountNotFound."""
    found = find_account(session, type_code, commodity_id, holder)
    if found is None:
        raise AccountNotFound(type=type_code, holder=holder)
    return found
