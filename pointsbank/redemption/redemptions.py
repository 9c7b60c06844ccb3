"""Redemptions (兑换): what was paid for, once and for ever; and the undoing of one (撤销).

A redemption is known by the number of its receipt, so that entry, lines and slip can name it before
it is written and nothing needs an update.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    cast,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    from_instant,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
    strict_table,
    to_instant,
)
from pointsbank.inventory import ShelfPlace
from pointsbank.ledger import Account, Posted
from pointsbank.people import CardHolder
from pointsbank.redemption.errors import RedemptionUnknown
from pointsbank.redemption.quotes import Quote

_SLIP = re.compile(r"([A-Z][0-9]{1,3})-?([0-9]{4})", re.ASCII)


class Redemption(Base):
    """One purchase. Its entry moved exactly `total_points`, and exactly the lines' pieces."""

    __tablename__ = "redemption"
    __table_args__ = strict_table(
        CheckConstraint("id = receipt_id", name="known_by_receipt"),
        CheckConstraint("total_points > 0", name="total_points"),
        CheckConstraint("points_before - total_points = points_after", name="points"),
        Index(None, "wallet_id", "happened_on"),
        Index(None, "shop_id", "happened_on"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True, autoincrement=False)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    slip: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    wallet_id: Mapped[int] = mapped_column(Int, ForeignKey("account.id"))
    shop_id: Mapped[int] = mapped_column(Int, ForeignKey("shop.id"))
    device_id: Mapped[int | None] = mapped_column(Int, ForeignKey("device.id"))
    entry_id: Mapped[int] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)
    total_points: Mapped[int] = mapped_column(Int)
    points_before: Mapped[int] = mapped_column(Int)
    points_after: Mapped[int] = mapped_column(Int)
    happened_on: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(Text)
    undo_until: Mapped[str] = mapped_column(Text)
    quote_id: Mapped[str] = mapped_column(Text, unique=True)
    quoted_at: Mapped[str] = mapped_column(Text)


class RedemptionLine(Base):
    """One line of a purchase of goods: pieces at the price row that was in force.

    Wallet and day stand here again, because monthly limits are counted from these rows alone.
    """

    __tablename__ = "redemption_line"
    __table_args__ = strict_table(
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("price_points > 0", name="price_points"),
        CheckConstraint("scanned IN (0, 1)", name="scanned"),
        Index(None, "wallet_id", "product_id", "happened_on"),
        Index(None, "redemption_id", "line", unique=True),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    redemption_id: Mapped[int] = mapped_column(Int, ForeignKey("redemption.id"))
    line: Mapped[int] = mapped_column(Int)
    product_id: Mapped[int] = mapped_column(Int, ForeignKey("product.id"))
    quantity: Mapped[int] = mapped_column(Int)
    price_points: Mapped[int] = mapped_column(Int)
    price_id: Mapped[int] = mapped_column(Int, ForeignKey("product_price.id"))
    scanned: Mapped[int] = mapped_column(Int)
    wallet_id: Mapped[int] = mapped_column(Int)
    happened_on: Mapped[str] = mapped_column(Text)


class RedemptionUndo(Base):
    """The undoing of a purchase, at most one. Its entry reverses the purchase's."""

    __tablename__ = "redemption_undo"
    __table_args__ = strict_table()

    redemption_id: Mapped[int] = mapped_column(
        Int, ForeignKey("redemption.id"), primary_key=True, autoincrement=False
    )
    entry_id: Mapped[int] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    at: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """One line of a purchase that is about to be written down."""

    product_id: int
    sku: str
    quantity: int
    price_points: int
    price_id: int
    scanned: bool


_INSERT = statement(insert(Redemption))
_LINES = packed_rows("lines", int, int, int, int, int, int)
_INSERT_LINES = statement(
    insert(RedemptionLine).from_select(
        [
            "redemption_id",
            "wallet_id",
            "happened_on",
            "line",
            "product_id",
            "quantity",
            "price_points",
            "price_id",
            "scanned",
        ],
        select(
            bindparam("of_redemption", type_=Int),
            bindparam("of_wallet", type_=Int),
            bindparam("on_day", type_=Text),
            *_LINES,
        ),
    )
)
_INSERT_UNDO = statement(insert(RedemptionUndo))
_BY_ID = statement(
    select(
        Redemption.id,
        Redemption.kind,
        Redemption.wallet_id,
        Redemption.shop_id,
        Redemption.entry_id,
        Redemption.total_points,
        Redemption.undo_until,
    ).where(Redemption.id == bindparam("of_id"))
)
_UNDONE = statement(
    select(RedemptionUndo.at).where(RedemptionUndo.redemption_id == bindparam("of_id"))
)
_SHELVES = statement(
    select(Account.id)
    .where(
        Account.id.in_(
            select(ShelfPlace.shelf_id)
            .join(RedemptionLine, RedemptionLine.product_id == ShelfPlace.product_id)
            .join(Redemption, Redemption.id == RedemptionLine.redemption_id)
            .where(Redemption.id == bindparam("of_id"), ShelfPlace.shop_id == Redemption.shop_id)
        )
    )
    .order_by(Account.id)
    .with_for_update(key_share=True)
)


def number_of(redemption_id: int) -> str:
    """The public number of a redemption.

    >>> number_of(7)
    'R000007-6'
    """
    return public_id("R", redemption_id)


def slip_number(till: str, redemption_id: int) -> str:
    """What the slip is called at the counter: the till, and four digits that soon come again.

    No counter is kept for it, because a counter would be a row that every sale waits for.

    >>> slip_number("A3", 120412)
    'A3-0412'
    """
    return f"{till}-{redemption_id % 10_000:04d}"


def find_slip_number(text: str) -> str | None:
    """The number of a till's slip in the form that the books have it, or None when it is none.

    >>> find_slip_number("A30412"), find_slip_number("1-3")
    ('A3-0412', None)
    """
    found = _SLIP.fullmatch(text)
    return f"{found[1]}-{found[2]}" if found else None


def record_redemption(
    act: Act,
    *,
    quote: Quote,
    holder: CardHolder,
    device_id: int | None,
    posted: Posted,
    lines: Sequence[BoughtLine],
    undo_minutes: int,
) -> dict[str, Any]:
    """Write down a purchase whose entry has just been posted; the answer that the kiosk shows."""
    moment = from_instant(act.now)
    undo_until = to_instant(moment + timedelta(minutes=undo_minutes))
    slip = slip_number(quote.till, act.receipt_id)
    points_after = posted.balances[holder.wallet.id]
    write_redemption(
        act,
        lines,
        slip=slip,
        kind=quote.kind,
        wallet_id=holder.wallet.id,
        shop_id=quote.shop_id,
        device_id=device_id,
        entry_id=posted.id,
        total_points=quote.total_points,
        points_before=points_after + quote.total_points,
        points_after=points_after,
        happened_on=act.today,
        undo_until=undo_until,
        quote_id=quote.id,
        quoted_at=quote.quoted_at,
    )
    return {
        "number": number_of(act.receipt_id),
        "slip": slip,
        "at": act.now,
        "undo_until": undo_until,
        "total_points": quote.total_points,
        "points_before": points_after + quote.total_points,
        "points_after": points_after,
        "entry": posted.number,
        "undone": False,
        "lines": [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "scanned": line.scanned,
                "price_points": line.price_points,
                "sum_points": line.quantity * line.price_points,
            }
            for line in lines
        ],
    }


def write_redemption(
    act: Act,
    lines: Sequence[BoughtLine],
    *,
    wallet_id: int,
    happened_on: str,
    **columns: str | int | None,
) -> None:
    """Write a purchase and its lines, known by the receipt of this operation."""
    act.session.run(
        _INSERT,
        id=act.receipt_id,
        receipt_id=act.receipt_id,
        wallet_id=wallet_id,
        happened_on=happened_on,
        at=act.now,
        **columns,
    )
    rows = [
        (place, line.product_id, line.quantity, line.price_points, line.price_id, int(line.scanned))
        for place, line in enumerate(lines, start=1)
    ]
    act.session.run(
        _INSERT_LINES,
        of_redemption=act.receipt_id,
        of_wallet=wallet_id,
        on_day=happened_on,
        lines=pack(rows),
    )


def get_redemption_row(session: Session, number: str) -> Any:
    """What never changes of a redemption, by its public number. Raises RedemptionUnknown."""
    try:
        redemption_id = read_public_id("R", number)
    except PublicIdInvalid as cause:
        raise RedemptionUnknown(number=number[:24]) from cause
    row = session.row(_BY_ID, of_id=redemption_id)
    if row is None:
        raise RedemptionUnknown(number=number[:24])
    return row


def lock_shelves_of(session: Session, redemption_id: int) -> None:
    """Lock the shelves that a purchase took from: goods always come before the wallet."""
    if not session.is_sqlite:
        session.rows(_SHELVES, of_id=redemption_id)


def is_undone(session: Session, redemption_id: int) -> bool:
    """Whether a purchase has been undone. Ask after the locks, for a rival may be at it."""
    return session.value(_UNDONE, of_id=redemption_id) is not None


def record_undo(act: Act, redemption_id: int, posted: Posted) -> None:
    """Write down that a purchase was undone by an entry that has just been posted."""
    act.session.run(
        _INSERT_UNDO,
        redemption_id=redemption_id,
        entry_id=posted.id,
        receipt_id=act.receipt_id,
        at=act.now,
    )


def sum_of(column: Any) -> Any:
    """The sum of a column, 0 for no rows, as a whole number on both databases."""
    return cast(func.coalesce(func.sum(column), 0), Int)
