"""Points cards (积分卡): issue, block, unblock, replace; and whose card a scanned code is.

The code is derived from the card key and never stored: the database knows its hash, and finds a
card by that alone. So a lost key kills no card; it only means that new cards need a new key.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, func, select, text, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Bytes,
    Int,
    Session,
    Text,
    insert_ignoring,
    pack,
    packed_rows,
    statement,
    strict_table,
)
from pointsbank.ledger import Account, AccountRef, lock_accounts
from pointsbank.people.card_codes import (
    card_code_hash,
    is_card_code,
    is_short_number,
    make_card_code,
    make_short_number,
    normalise_scan,
)
from pointsbank.people.errors import (
    CardBlocked,
    CardExists,
    CardNotBlocked,
    CardUnknown,
    PinNeeded,
)
from pointsbank.people.households import Household, HouseholdMember

_SHORT_NUMBERS = 9_999_999


class Card(Base):
    """One issue of a wallet's card. At most one of a wallet's cards is not replaced.

    `serial` is the wallet's id and `issue` counts its cards, and the code follows from both.
    """

    __tablename__ = "card"
    __table_args__ = strict_table(
        CheckConstraint("status IN ('active', 'blocked', 'replaced')", name="status"),
        CheckConstraint("(volunteer_id IS NULL) <> (family_id IS NULL)", name="one_holder"),
        CheckConstraint("length(code_hash) = 32", name="code_hash_length"),
        Index(
            "uq_card_in_use",
            "wallet_id",
            unique=True,
            sqlite_where=text("status <> 'replaced'"),
            postgresql_where=text("status <> 'replaced'"),
        ),
        Index("uq_card_serial_issue", "serial", "issue", unique=True),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    wallet_id: Mapped[int] = mapped_column(Int, ForeignKey("account.id"))
    owed_id: Mapped[int | None] = mapped_column(Int, ForeignKey("account.id"))
    volunteer_id: Mapped[int | None] = mapped_column(Int, ForeignKey("volunteer.id"))
    family_id: Mapped[int | None] = mapped_column(Int, ForeignKey("family.id"))
    serial: Mapped[int] = mapped_column(Int)
    issue: Mapped[int] = mapped_column(Int)
    code_hash: Mapped[bytes] = mapped_column(Bytes, unique=True)
    short_number: Mapped[str] = mapped_column(Text, unique=True)
    status: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whose card it is, as a checkout needs it. `owes` is what must be repaid first.

    `by_pin` says that the holder's PIN was typed with it a moment ago.
    """

    card_id: int
    status: str
    short_number: str
    wallet: AccountRef
    balance: int
    owed: AccountRef | None
    owes: int
    volunteer_id: int | None
    family_id: int | None
    holder: str
    household_id: int | None = None
    by_pin: bool = False


_WALLET, _OWED = aliased(Account, name="wallet"), aliased(Account, name="owed")
_HOME = (
    select(Household.id)
    .join(HouseholdMember, HouseholdMember.household_id == Household.id)
    .where(HouseholdMember.volunteer_id == Card.volunteer_id, HouseholdMember.ended_at.is_(None))
)
_HOLDER = (
    select(
        Card.id,
        Card.status,
        Card.short_number,
        Card.volunteer_id,
        Card.family_id,
        _WALLET.id.label("wallet_id"),
        _WALLET.type.label("wallet_type"),
        _WALLET.commodity_id,
        _WALLET.holder,
        _WALLET.balance,
        _OWED.id.label("owed_id"),
        _OWED.balance.label("owed_balance"),
    )
    .join(_WALLET, _WALLET.id == Card.wallet_id)
    .outerjoin(_OWED, _OWED.id == Card.owed_id)
)
_FREE = _HOLDER.add_columns(_HOME.scalar_subquery().label("household_id"))
# The household is held as well, because what one of it takes another of it has not left.
_HELD_HOME = _HOME.with_for_update(key_share=True, of=Household).scalar_subquery()
_LOCKED = _HOLDER.add_columns(_HELD_HOME.label("household_id")).with_for_update(
    key_share=True, of=[Card, _WALLET]
)
_BY_HASH = statement(_FREE.where(Card.code_hash == bindparam("of_hash")))
_BY_HASH_LOCKED = statement(_LOCKED.where(Card.code_hash == bindparam("of_hash")))
_BY_ID = statement(_FREE.where(Card.id == bindparam("of_id")))
_BY_ID_LOCKED = statement(_LOCKED.where(Card.id == bindparam("of_id")))
_BY_SHORT_NUMBER = statement(_FREE.where(Card.short_number == bindparam("of_short")))
_SELECT = select(
    Card.id,
    Card.wallet_id,
    Card.owed_id,
    Card.volunteer_id,
    Card.family_id,
    Card.serial,
    Card.issue,
    Card.code_hash,
    Card.short_number,
    Card.status,
)
_BY_SHORT = statement(
    _SELECT.where(Card.short_number == bindparam("of_short")).with_for_update(key_share=True)
)
[_SHORT] = packed_rows("short_numbers", str)
_BY_SHORTS = statement(
    _SELECT.where(Card.short_number.in_(select(_SHORT)))
    .order_by(Card.id)
    .with_for_update(key_share=True)
)
_IN_USE = statement(
    _SELECT.where(
        Card.wallet_id == bindparam("of_wallet"), Card.status != "replaced"
    ).with_for_update(key_share=True)
)
_HELD = statement(
    select(Card.short_number).where(
        Card.wallet_id == bindparam("of_wallet"), Card.status != "replaced"
    )
)
_LAST_ISSUE = statement(
    select(func.coalesce(func.max(Card.issue), 0)).where(Card.serial == bindparam("of_serial"))
)
_SHORT_TAKEN = statement(select(Card.id).where(Card.short_number == bindparam("of_short")))
_INSERT = statement(insert_ignoring(Card, "code_hash").returning(Card.id))
_SET_STATUS = statement(
    update(Card)
    .where(Card.id == bindparam("of_id"))
    .values(status=bindparam("new_status"), ended_at=bindparam("new_ended_at"))
)


def find_card_by_code(session: Session, code: str, *, lock: bool = False) -> CardHolder | None:
    """Whose card carries this code, or None: one statement, by the code's hash alone.

    With `lock` the card and its wallet stay as they are until the transaction ends, so that whoever
    decides to spend decides on what is there.
    """
    meant = normalise_scan(code)
    if not is_card_code(meant):
        return None
    row = session.row(_BY_HASH_LOCKED if lock else _BY_HASH, of_hash=card_code_hash(meant))
    return None if row is None else _holder(row)


def find_card_by_id(session: Session, card_id: int, *, lock: bool = False) -> CardHolder | None:
    """The card with this id, as whoever has looked it up before finds it again."""
    row = session.row(_BY_ID_LOCKED if lock else _BY_ID, of_id=card_id)
    return None if row is None else _holder(row)


def find_card_by_hand(session: Session, typed: str) -> CardHolder | None:
    """The card of a scanned code or a typed short number, for whoever also asks for the PIN."""
    meant = normalise_scan(typed)
    if not is_short_number(meant):
        return find_card_by_code(session, meant)
    row = session.row(_BY_SHORT_NUMBER, of_short=meant)
    return None if row is None else _holder(row)


def get_card_by_code(session: Session, code: str, *, lock: bool = False) -> CardHolder:
    """The same for whoever wants to use it. Raises CardUnknown, CardBlocked, PinNeeded."""
    card = find_card_by_code(session, code, lock=lock)
    if card is None:
        raise PinNeeded() if is_short_number(normalise_scan(code)) else CardUnknown()
    if card.status != "active":
        raise CardBlocked(status=card.status)
    return card


def _holder(row: Any) -> CardHolder:
    owed = None
    if row.owed_id is not None:
        owed = AccountRef(row.owed_id, "owed", row.commodity_id)
    return CardHolder(
        card_id=row.id,
        status=row.status,
        short_number=row.short_number,
        wallet=AccountRef(row.wallet_id, row.wallet_type, row.commodity_id),
        balance=row.balance,
        owed=owed,
        owes=-(row.owed_balance or 0),
        volunteer_id=row.volunteer_id,
        family_id=row.family_id,
        holder=row.holder,
        household_id=row.household_id,
    )


def find_card_in_use(session: Session, wallet_id: int) -> Any:
    """A wallet's card that is not replaced, locked, or None."""
    return session.row(_IN_USE, of_wallet=wallet_id)


def get_card_by_short_number(session: Session, short_number: str) -> Any:
    """The card with this short number, locked. Raises CardUnknown."""
    row = session.row(_BY_SHORT, of_short=normalise_scan(short_number))
    if row is None:
        raise CardUnknown()
    return row


def cards_by_short_number(session: Session, short_numbers: Iterable[str]) -> list[Any]:
    """The cards with these short numbers, locked, in order of issue. Raises CardUnknown."""
    wanted = {normalise_scan(short_number) for short_number in short_numbers}
    rows = session.rows(_BY_SHORTS, short_numbers=pack((one,) for one in wanted))
    if len(rows) != len(wanted):
        raise CardUnknown()
    return rows


def holder_of_card(card: Any) -> str:
    """Whose card it is, as the books say it (`volunteer:12`)."""
    if card.volunteer_id is not None:
        return f"volunteer:{card.volunteer_id}"
    return f"family:{card.family_id}"


def issue(
    act: Act,
    *,
    wallet_id: int,
    owed_id: int | None,
    volunteer_id: int | None = None,
    family_id: int | None = None,
) -> str:
    """Issue the next card of a wallet (发卡); its short number. Raises CardExists.

    The code itself is told to nobody here: whoever prints derives it again from the card key.
    """
    session = act.session
    # Of two who issue at once the second waits here, and then sees the card. The card itself is
    # not locked: a checkout holds it while it waits for the wallet.
    lock_accounts(session, wallet_id)
    held = session.row(_HELD, of_wallet=wallet_id)
    if held is not None:
        raise CardExists(short_number=held.short_number)
    count = int(session.value(_LAST_ISSUE, of_serial=wallet_id)) + 1
    code = make_card_code(act.keys.card, wallet_id, count)
    short_number = _free_short_number(act, wallet_id, count)
    made = session.value(
        _INSERT,
        wallet_id=wallet_id,
        owed_id=owed_id,
        volunteer_id=volunteer_id,
        family_id=family_id,
        serial=wallet_id,
        issue=count,
        code_hash=card_code_hash(code),
        short_number=short_number,
        status="active",
        issued_at=act.now,
        ended_at=None,
    )
    if made is None:
        raise CardExists(short_number=short_number)
    return short_number


def _free_short_number(act: Act, serial: int, count: int) -> str:
    """The next short number that nobody has; they follow no order, so none tells another."""
    attempt = 0
    while True:
        told = f"short number {serial} {count} {attempt}".encode()
        drawn = int.from_bytes(hmac.digest(act.keys.card, told, "sha256")[:8], "big")
        number = make_short_number(drawn % _SHORT_NUMBERS + 1)
        if act.session.value(_SHORT_TAKEN, of_short=number) is None:
            return number
        attempt += 1


def block(act: Act, card: Any) -> None:
    """Block a card (挂失). Raises CardBlocked when it is not active."""
    if card.status != "active":
        raise CardBlocked(status=card.status)
    act.session.run(_SET_STATUS, of_id=card.id, new_status="blocked", new_ended_at=act.now)


def unblock(act: Act, card: Any) -> None:
    """Let a blocked card live again (解挂). Raises CardNotBlocked."""
    if card.status != "blocked":
        raise CardNotBlocked(status=card.status)
    act.session.run(_SET_STATUS, of_id=card.id, new_status="active", new_ended_at=None)


def replace(act: Act, card: Any) -> str:
    """End a card and issue the wallet's next one (补卡); the new short number.

    Wallet and points stay. Raises CardBlocked when the card has been replaced before.
    """
    if card.status == "replaced":
        raise CardBlocked(status=card.status)
    act.session.run(_SET_STATUS, of_id=card.id, new_status="replaced", new_ended_at=act.now)
    return issue(
        act,
        wallet_id=card.wallet_id,
        owed_id=card.owed_id,
        volunteer_id=card.volunteer_id,
        family_id=card.family_id,
    )
