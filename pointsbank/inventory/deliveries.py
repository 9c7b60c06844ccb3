"""Deliveries (捐赠批次入库): what a donor gave, and the movements between store-room and shelf."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, insert
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Base, Int, Text, public_id, statement, strict_table
from pointsbank.inventory.errors import PastBestBefore
from pointsbank.inventory.places import Place, open_place
from pointsbank.inventory.products import set_best_before_of
from pointsbank.ledger import (
    Posted,
    Transfer,
    declare_kind,
    kept_balances,
    open_account,
    post_entry,
)

DELIVER = declare_kind("inventory.deliver", [("supply", "store_room")])
SHELVE = declare_kind("inventory.shelve", [("store_room", "shelf")])
UNSHELVE = declare_kind("inventory.unshelve", [("shelf", "store_room")])


class Delivery(Base):
    """One lot of one product from one donor. Its entry moved exactly `quantity` pieces."""

    __tablename__ = "delivery"
    __table_args__ = strict_table(
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_value_fen IS NULL OR unit_value_fen >= 0", name="unit_value"),
        Index(None, "product_id", "shop_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    donor_id: Mapped[int] = mapped_column(Int, ForeignKey("organisation.id"), index=True)
    product_id: Mapped[int] = mapped_column(Int, ForeignKey("product.id"))
    shop_id: Mapped[int] = mapped_column(Int, ForeignKey("shop.id"))
    quantity: Mapped[int] = mapped_column(Int)
    unit_value_fen: Mapped[int | None] = mapped_column(Int)
    made_on: Mapped[str | None] = mapped_column(Text)
    best_before: Mapped[str | None] = mapped_column(Text)
    received_on: Mapped[str] = mapped_column(Text)
    received_by: Mapped[str] = mapped_column(Text)
    entry_id: Mapped[int] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)


_INSERT = statement(insert(Delivery).returning(Delivery.id))


def take_delivery(
    act: Act,
    product: Any,
    *,
    shop_id: int,
    donor_id: int,
    quantity: int,
    unit_value_fen: int | None = None,
    made_on: str | None = None,
    best_before: str | None = None,
) -> tuple[str, Posted]:
    """Take a donor's goods into the store-room (入库): the delivery's number and its entry.

    Raises PastBestBefore for goods whose day is over, and what posting refuses.
    """
    refuse_past(product.sku, best_before, act.today)
    session = act.session
    place = open_place(session, shop_id, product.id, product.commodity_id, act.now)
    supply = open_account(session, "supply", product.commodity_id, f"donor:{donor_id}", now=act.now)
    _keep_earliest(act, product, place, best_before)
    posted = post_entry(
        act,
        DELIVER,
        [Transfer(supply, place.store_room, quantity)],
        memo=f"{product.name} 入库",
        document=f"product:{product.id}",
    )
    delivery_id = session.value(
        _INSERT,
        donor_id=donor_id,
        product_id=product.id,
        shop_id=shop_id,
        quantity=quantity,
        unit_value_fen=unit_value_fen,
        made_on=made_on,
        best_before=best_before,
        received_on=act.today,
        received_by=act.caller.actor,
        entry_id=posted.id,
    )
    return public_id("D", delivery_id), posted


def refuse_past(code: str, best_before: str | None, today: str) -> None:
    """Raise PastBestBefore once the day is over."""
    if best_before is not None and best_before < today:
        raise PastBestBefore(sku=code, best_before=best_before)


def _keep_earliest(act: Act, product: Any, place: Place, best_before: str | None) -> None:
    """A fresh lot replaces the day of goods that are all gone; otherwise the earlier day stays."""
    known: str | None = product.best_before
    if known is not None:
        left = sum(kept_balances(act.session, place.shelf.id, place.store_room.id).values())
        if left == 0:
            known = None
    earliest = min((day for day in (known, best_before) if day is not None), default=None)
    if earliest != product.best_before:
        set_best_before_of(act.session, product.id, earliest)
