"""What a worker sees of one product (商品档案): its places, their accounts, what ends soon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import aliased

from pointsbank.foundation import Act, Answer, Session, operation, public_id, statement
from pointsbank.inventory.deliveries import Delivery
from pointsbank.inventory.errors import GoodsUnknown, RecountUnknown
from pointsbank.inventory.places import ShelfPlace
from pointsbank.inventory.prices import PRICE_IN_FORCE, ProductPrice
from pointsbank.inventory.products import Product
from pointsbank.inventory.recounts import Recount
from pointsbank.ledger import Account, Commodity
from pointsbank.people import Organisation, propose, require_second, take_proposal

SETTLE = "inventory.settle_recount"


@dataclass(frozen=True)
class GoodsFile:
    """One product in one shop, with the accounts behind its figures."""

    sku: str
    name: str
    name_en: str | None
    spec: str | None
    picture: str | None
    price_points: int | None
    market_price_fen: int | None
    limit_monthly: int | None
    best_before: str | None
    withdrawn_on: str | None
    shelf_id: int
    on_shelf: int
    store_room_id: int
    in_store_room: int
    given_out_id: int
    lost_found_id: int


_shelf, _store_room = aliased(Account), aliased(Account)
_FILE = (
    select(
        Product.sku,
        Product.name,
        Product.name_en,
        Product.spec,
        Product.picture,
        ProductPrice.points.label("price_points"),
        Product.market_price_fen,
        Product.limit_monthly,
        Product.best_before,
        Product.withdrawn_on,
        ShelfPlace.shelf_id,
        _shelf.balance.label("on_shelf"),
        ShelfPlace.store_room_id,
        _store_room.balance.label("in_store_room"),
        ShelfPlace.given_out_id,
        ShelfPlace.lost_found_id,
    )
    .select_from(Product)
    .join(ShelfPlace, ShelfPlace.product_id == Product.id)
    .join(_shelf, _shelf.id == ShelfPlace.shelf_id)
    .join(_store_room, _store_room.id == ShelfPlace.store_room_id)
    .outerjoin(ProductPrice, ProductPrice.id == PRICE_IN_FORCE)
    .where(ShelfPlace.shop_id == bindparam("of_shop"))
)
_BY_SKU = statement(_FILE.where(Product.sku == bindparam("of_sku")))
_ENDING = statement(
    _FILE.where(
        Product.best_before <= bindparam("until"), _shelf.balance + _store_room.balance > 0
    ).order_by(Product.best_before, Product.sku)
)
_EMPTY = statement(
    _FILE.where(_shelf.balance == 0, Product.withdrawn_on.is_(None)).order_by(
        _store_room.balance.desc(), Product.wanted.desc(), Product.sku
    )
)
_WAITS = statement(
    select(Recount.id).where(Recount.id == bindparam("of_id"), Recount.settled_at.is_(None))
)
_SKUS = select(Commodity.code, Product.name, Product.sku).join(
    Product, Product.commodity_id == Commodity.id
)


def get_goods_file(session: Session, sku: str, *, shop_id: int, today: str) -> GoodsFile:
    """A product in a shop. Raises GoodsUnknown."""
    row: Any = session.row(_BY_SKU, of_sku=sku, of_shop=shop_id, today=today)
    if row is None:
        raise GoodsUnknown(sku=sku[:24])
    return GoodsFile(*row)


def list_goods_ending(session: Session, *, shop_id: int, today: str, until: str) -> list[GoodsFile]:
    """What still stands in a shop and passes its best-before day soon, or has (快过期)."""
    rows = session.rows(_ENDING, of_shop=shop_id, today=today, until=until)
    return [GoodsFile(*row) for row in rows]


def list_empty_shelves(session: Session, *, shop_id: int, today: str) -> list[GoodsFile]:
    """What has run out on the shelf; first what the store-room still has (空架)."""
    return [GoodsFile(*row) for row in session.rows(_EMPTY, of_shop=shop_id, today=today)]


def name_commodities(session: Session, codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name and code of the goods behind some of the ledger's commodities."""
    wanted = list(codes)
    if not wanted:
        return {}
    rows = session.rows(_SKUS.where(Commodity.code.in_(wanted)))
    return {row.code: (row.name, row.sku) for row in rows}


def name_products(session: Session, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Code and name of some products, by their rows' numbers."""
    rows = session.rows(
        select(Product.id, Product.sku, Product.name).where(Product.id.in_(list(ids)))
    )
    return {row.id: (row.sku, row.name) for row in rows}


def find_delivery_of(session: Session, entry_id: int) -> tuple[str, str, str] | None:
    """The delivery that an entry took in: its number, its donor, its day; or None."""
    row = session.row(
        select(Delivery.id, Organisation.name, Delivery.received_on)
        .join(Organisation, Organisation.id == Delivery.donor_id)
        .where(Delivery.entry_id == entry_id)
    )
    return None if row is None else (public_id("D", row.id), row.name, row.received_on)


@operation(SETTLE)
def settle_recount(
    act: Act, *, recount: int, proposed_by: str, proposal: str | None = None
) -> Answer:
    """Say that the shelf was counted and agrees with the book again (清点相符).

    Two have looked: one says so, the second person confirms. Raises RecountUnknown, and what
    `require_second` and `take_proposal` raise.
    """
    require_second(act, SETTLE, first=proposed_by)
    _refuse_settled(act, recount)
    take_proposal(act, proposal, SETTLE, proposed_by=proposed_by, told={"recount": recount})
    done = act.session.run(
        update(Recount)
        .where(Recount.id == recount, Recount.settled_at.is_(None))
        .values(settled_at=act.now)
    )
    if not done:
        raise RecountUnknown()
    return {"recount": recount, "proposed_by": proposed_by}


@operation("inventory.propose_recount")
def propose_recount(act: Act, *, recount: int) -> Answer:
    """Have a count that agrees wait for a second person (提出清点相符).

    Raises RecountUnknown, and what `propose` raises.
    """
    _refuse_settled(act, recount)
    told = {"recount": recount}
    return {"proposal": propose(act, SETTLE, about=f"recount:{recount}", told=told)}


def _refuse_settled(act: Act, recount: int) -> None:
    if act.session.value(_WAITS, of_id=recount) is None:
        raise RecountUnknown()
