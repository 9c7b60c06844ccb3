"""Places of goods in a shop (货位): shelf, store-room, given out, lost and found.

Here is also the one statement that a checkout asks of the goods, whatever the number of its lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, insert, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from pointsbank.foundation import Base, Int, Session, pack, packed_rows, statement, strict_table
from pointsbank.inventory.errors import GoodsUnknown
from pointsbank.inventory.prices import PRICE_IN_FORCE, ProductPrice
from pointsbank.inventory.products import Product
from pointsbank.ledger import Account, AccountRef, open_account
from pointsbank.people import Shop


class ShelfPlace(Base):
    """Where the pieces of one product are in one shop: four accounts of its commodity."""

    __tablename__ = "shelf_place"
    __table_args__ = strict_table(UniqueConstraint("shop_id", "product_id"))

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    shop_id: Mapped[int] = mapped_column(Int, ForeignKey("shop.id"))
    product_id: Mapped[int] = mapped_column(Int, ForeignKey("product.id"), index=True)
    shelf_id: Mapped[int] = mapped_column(Int, ForeignKey("account.id"), unique=True)
    store_room_id: Mapped[int] = mapped_column(Int, ForeignKey("account.id"), unique=True)
    given_out_id: Mapped[int] = mapped_column(Int, ForeignKey("account.id"), unique=True)
    lost_found_id: Mapped[int] = mapped_column(Int, ForeignKey("account.id"), unique=True)


@dataclass(frozen=True, slots=True)
class Place:
    """The accounts of one product in one shop, ready for a booking."""

    shelf: AccountRef
    store_room: AccountRef
    given_out: AccountRef
    lost_found: AccountRef


@dataclass(frozen=True, slots=True)
class GoodsOnSale:
    """All that a checkout must know of one product in one shop, as of now."""

    product_id: int
    sku: str
    name: str
    commodity_id: int
    best_before: str | None
    withdrawn_on: str | None
    limit_monthly: int | None
    price_id: int
    price_points: int
    shelf_id: int
    on_shelf: int
    store_room_id: int
    in_store_room: int
    given_out_id: int
    lost_found_id: int
    opens: str
    closes: str

    @property
    def place(self) -> Place:
        return Place(
            AccountRef(self.shelf_id, "shelf", self.commodity_id),
            AccountRef(self.store_room_id, "store_room", self.commodity_id),
            AccountRef(self.given_out_id, "given_out", self.commodity_id),
            AccountRef(self.lost_found_id, "lost_found", self.commodity_id),
        )


_shelf, _store_room = aliased(Account), aliased(Account)
(_SKU,) = packed_rows("skus", str)
_ASKED = (
    select(
        Product.id.label("product_id"),
        Product.sku,
        Product.name,
        Product.commodity_id,
        Product.best_before,
        Product.withdrawn_on,
        Product.limit_monthly,
        ProductPrice.id.label("price_id"),
        ProductPrice.points.label("price_points"),
        ShelfPlace.shelf_id,
        _shelf.balance.label("on_shelf"),
        ShelfPlace.store_room_id,
        _store_room.balance.label("in_store_room"),
        ShelfPlace.given_out_id,
        ShelfPlace.lost_found_id,
        Shop.opens,
        Shop.closes,
    )
    .join(ShelfPlace, ShelfPlace.product_id == Product.id)
    .join(ProductPrice, ProductPrice.id == PRICE_IN_FORCE)
    .join(_shelf, _shelf.id == ShelfPlace.shelf_id)
    .join(_store_room, _store_room.id == ShelfPlace.store_room_id)
    .join(Shop, Shop.id == ShelfPlace.shop_id)
    .where(Product.sku.in_(select(_SKU)), ShelfPlace.shop_id == bindparam("of_shop"))
    .order_by(_shelf.id)
)
_ON_SALE = statement(_ASKED)
# Products are locked before wallets, and among themselves in the order of their shelves' ids.
_ON_SALE_LOCKED = statement(_ASKED.with_for_update(of=_shelf, key_share=True))
_INSERT = statement(insert(ShelfPlace))
_PLACE = statement(
    select(
        ShelfPlace.shelf_id,
        ShelfPlace.store_room_id,
        ShelfPlace.given_out_id,
        ShelfPlace.lost_found_id,
        Product.commodity_id,
    )
    .join(Product, Product.id == ShelfPlace.product_id)
    .where(
        ShelfPlace.shop_id == bindparam("of_shop"), ShelfPlace.product_id == bindparam("of_product")
    )
)


def goods_on_sale(
    session: Session, skus: Iterable[str], *, shop_id: int, today: str, lock: bool = False
) -> dict[str, GoodsOnSale]:
    """What a shop gives of these goods, by code; what it does not give is missing.

    One statement. With `lock` the shelves stay as they are until the transaction ends.
    """
    rows = session.rows(
        _ON_SALE_LOCKED if lock else _ON_SALE,
        skus=pack([(sku,) for sku in sorted(set(skus))]),
        of_shop=shop_id,
        today=today,
    )
    return {
        row.sku: GoodsOnSale(*row)
        for row in rows
        if row.withdrawn_on is None or row.withdrawn_on > today
    }


def open_place(
    session: Session, shop_id: int, product_id: int, commodity_id: int, now: str
) -> Place:
    """The product's place in a shop, opened when it is new."""
    place = find_place(session, shop_id, product_id)
    if place is not None:
        return place
    holder = f"shop:{shop_id}"
    # The shelf is opened before its store-room, because accounts are locked in their order and a
    # checkout that must fetch an unbooked piece already holds the shelf.
    place = Place(
        *(
            open_account(session, kind, commodity_id, holder, now=now)
            for kind in ("shelf", "store_room", "given_out", "lost_found")
        )
    )
    session.run(
        _INSERT,
        shop_id=shop_id,
        product_id=product_id,
        shelf_id=place.shelf.id,
        store_room_id=place.store_room.id,
        given_out_id=place.given_out.id,
        lost_found_id=place.lost_found.id,
    )
    return place


def find_place(session: Session, shop_id: int, product_id: int) -> Place | None:
    """The product's place in a shop, or None."""
    row: Any = session.row(_PLACE, of_shop=shop_id, of_product=product_id)
    if row is None:
        return None
    return Place(
        AccountRef(row.shelf_id, "shelf", row.commodity_id),
        AccountRef(row.store_room_id, "store_room", row.commodity_id),
        AccountRef(row.given_out_id, "given_out", row.commodity_id),
        AccountRef(row.lost_found_id, "lost_found", row.commodity_id),
    )


def get_place(session: Session, shop_id: int, product_id: int, sku: str) -> Place:
    """The product's place in a shop. Raises GoodsUnknown."""
    place = find_place(session, shop_id, product_id)
    if place is None:
        raise GoodsUnknown(sku=sku)
    return place
