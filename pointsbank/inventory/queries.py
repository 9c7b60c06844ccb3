"""Questions about goods: the kiosk's shelf, and the worker's lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from pointsbank.foundation import (
    Page,
    Paging,
    Session,
    pack,
    packed_rows,
    public_id,
    query,
    read_page,
    statement,
)
from pointsbank.foundation.cells import barcode as read_barcode
from pointsbank.inventory.barcodes import ProductBarcode, find_owner
from pointsbank.inventory.deliveries import Delivery
from pointsbank.inventory.errors import BarcodeUnknown, RecountUnknown
from pointsbank.inventory.places import ShelfPlace
from pointsbank.inventory.prices import PRICE_IN_FORCE, ProductPrice
from pointsbank.inventory.products import Product
from pointsbank.inventory.recounts import Recount
from pointsbank.inventory.unknown_codes import UnknownCode
from pointsbank.ledger import Account
from pointsbank.people import Organisation


@dataclass(frozen=True)
class ShelfItem:
    """One tile of the goods wall. `left` 0 means sold out for whoever taps the picture."""

    sku: str
    name: str
    name_en: str
    spec: str | None
    price_points: int
    price_id: int
    left: int
    barcodes: list[str]
    picture: str | None
    limit_monthly: int | None
    best_before: str | None
    restock_zh: str | None
    restock_en: str | None
    wanted: int


@dataclass(frozen=True)
class GoodsOnSlip:
    """What goods are called, and their newest donor in this shop who may be thanked in public."""

    name: str
    donor: str | None


@dataclass(frozen=True)
class ProductRow:
    """One line of the worker's list of goods; the price may not have begun yet."""

    sku: str
    name: str
    spec: str | None
    price_points: int | None
    market_price_fen: int | None
    on_shelf: int
    in_store_room: int
    limit_monthly: int | None
    best_before: str | None
    withdrawn_on: str | None
    barcodes: list[str]


@dataclass(frozen=True)
class PriceRow:
    """One dated price of a product."""

    id: int
    starts_on: str
    points: int
    decided_by: str
    decided_at: str


@dataclass(frozen=True)
class DeliveryRow:
    """One delivery as a line of a list."""

    number: str
    sku: str
    name: str
    donor: str
    donor_id: int
    quantity: int
    unit_value_fen: int | None
    made_on: str | None
    best_before: str | None
    received_on: str
    received_by: str
    entry: str


@dataclass(frozen=True)
class RecountRow:
    """One finding that asks for a recount."""

    id: int
    sku: str
    name: str
    quantity: int
    entry: str
    raised_on: str
    settled_at: str | None


@dataclass(frozen=True)
class UnknownCodeRow:
    """A code that was scanned and belongs to no goods."""

    code: str
    seen: int
    first_at: str
    last_at: str


_store_room = aliased(Account)
_SHELF = statement(
    select(
        Product.id,
        Product.sku,
        Product.name,
        func.coalesce(Product.name_en, Product.name).label("name_en"),
        Product.spec,
        ProductPrice.points.label("price_points"),
        ProductPrice.id.label("price_id"),
        Account.balance.label("left"),
        Product.picture,
        Product.limit_monthly,
        Product.best_before,
        Product.restock_zh,
        Product.restock_en,
        Product.wanted,
    )
    .join(ShelfPlace, ShelfPlace.product_id == Product.id)
    .join(ProductPrice, ProductPrice.id == PRICE_IN_FORCE)
    .join(Account, Account.id == ShelfPlace.shelf_id)
    .where(
        ShelfPlace.shop_id == bindparam("of_shop"),
        func.coalesce(Product.withdrawn_on, "9999") > bindparam("today"),
    )
    .order_by(Product.wanted.desc(), Product.sku)
)
_BARCODES = statement(
    select(ProductBarcode.product_id, ProductBarcode.barcode).order_by(ProductBarcode.id)
)
_latest_donor = (
    select(Organisation.name)
    .join(Delivery, Delivery.donor_id == Organisation.id)
    .where(
        Delivery.shop_id == bindparam("of_shop"),
        Delivery.product_id == Product.id,
        Organisation.thanks_public == 1,
    )
    .order_by(Delivery.id.desc())
    .limit(1)
    .correlate(Product)
    .scalar_subquery()
)
(_SKU,) = packed_rows("skus", str)
_ON_SLIP = statement(
    select(Product.sku, Product.name, _latest_donor.label("donor")).where(
        Product.sku.in_(select(_SKU))
    )
)


def _barcodes_by_product(session: Session) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.rows(_BARCODES):
        found[row.product_id].append(row.barcode)
    return found


@query
def list_shelf(session: Session, *, shop_id: int, today: str) -> list[ShelfItem]:
    """Everything that a shop gives today, the most wanted first; two statements."""
    barcodes = _barcodes_by_product(session)
    items = []
    for row in session.rows(_SHELF, of_shop=shop_id, today=today):
        values = row._asdict()
        items.append(ShelfItem(barcodes=barcodes[values.pop("id")], **values))
    return items


@query
def get_goods_by_barcode(session: Session, *, barcode: str) -> str:
    """The code of the goods that carry a barcode. Raises BarcodeUnknown."""
    digits = read_barcode(barcode)
    found = find_owner(session, digits)
    if found is None:
        raise BarcodeUnknown(barcode=digits)
    return found


@query
def list_products(
    session: Session, *, shop_id: int, today: str, search: str = "", paging: Paging | None = None
) -> Page[ProductRow]:
    """A shop's goods with what stands where, by code, withdrawn ones too."""
    paging = paging or Paging()
    found = (
        select(
            Product.id,
            Product.sku,
            Product.name,
            Product.spec,
            ProductPrice.points.label("price_points"),
            Product.market_price_fen,
            Account.balance.label("on_shelf"),
            _store_room.balance.label("in_store_room"),
            Product.limit_monthly,
            Product.best_before,
            Product.withdrawn_on,
        )
        .join(ShelfPlace, ShelfPlace.product_id == Product.id)
        .join(Account, Account.id == ShelfPlace.shelf_id)
        .join(_store_room, _store_room.id == ShelfPlace.store_room_id)
        .outerjoin(ProductPrice, ProductPrice.id == PRICE_IN_FORCE)
        .where(ShelfPlace.shop_id == shop_id)
    )
    if search:
        found = found.where(
            or_(
                Product.name.contains(search, autoescape=True),
                Product.sku.startswith(search.upper(), autoescape=True),
            )
        )
    page = read_page(session, found.order_by(Product.sku), paging, today=today)
    barcodes = _barcodes_by_product(session)
    items = []
    for row in page.items:
        values = row._asdict()
        items.append(ProductRow(barcodes=barcodes[values.pop("id")], **values))
    return page.holding(items)


@query
def list_prices(session: Session, *, sku: str) -> list[PriceRow]:
    """All prices of a product, the newest first."""
    rows = session.rows(
        select(
            ProductPrice.id,
            ProductPrice.starts_on,
            ProductPrice.points,
            ProductPrice.decided_by,
            ProductPrice.decided_at,
        )
        .join(Product, Product.id == ProductPrice.product_id)
        .where(Product.sku == sku)
        .order_by(ProductPrice.starts_on.desc(), ProductPrice.id.desc())
    )
    return [PriceRow(*row) for row in rows]


@query
def list_deliveries(
    session: Session,
    *,
    shop_id: int | None = None,
    organisation_id: int | None = None,
    sku: str | None = None,
    paging: Paging | None = None,
) -> Page[DeliveryRow]:
    """Deliveries (入库单), the newest first."""
    paging = paging or Paging()
    found = (
        select(
            Delivery.id,
            Product.sku,
            Product.name,
            Organisation.name.label("donor"),
            Delivery.donor_id,
            Delivery.quantity,
            Delivery.unit_value_fen,
            Delivery.made_on,
            Delivery.best_before,
            Delivery.received_on,
            Delivery.received_by,
            Delivery.entry_id,
        )
        .join(Product, Product.id == Delivery.product_id)
        .join(Organisation, Organisation.id == Delivery.donor_id)
    )
    if shop_id is not None:
        found = found.where(Delivery.shop_id == shop_id)
    if organisation_id is not None:
        found = found.where(Delivery.donor_id == organisation_id)
    if sku:
        found = found.where(Product.sku == sku)
    page = read_page(session, found.order_by(Delivery.id.desc()), paging)
    items = []
    for row in page.items:
        values = row._asdict()
        number = public_id("D", values.pop("id"))
        entry = public_id("J", values.pop("entry_id"))
        items.append(DeliveryRow(number=number, entry=entry, **values))
    return page.holding(items)


@query
def list_recounts(
    session: Session, *, shop_id: int, open_only: bool = True, paging: Paging | None = None
) -> Page[RecountRow]:
    """Findings that ask for a recount, the newest first."""
    paging = paging or Paging()
    found = _RECOUNTS.where(Recount.shop_id == shop_id)
    if open_only:
        found = found.where(Recount.settled_at.is_(None))
    return read_page(session, found.order_by(Recount.id.desc()), paging).mapped(_recount)


@query
def get_recount(session: Session, *, recount: int) -> RecountRow:
    """One finding, settled or not. Raises RecountUnknown."""
    row = session.row(_RECOUNTS.where(Recount.id == recount))
    if row is None:
        raise RecountUnknown()
    return _recount(row)


_RECOUNTS = select(
    Recount.id,
    Product.sku,
    Product.name,
    Recount.quantity,
    Recount.entry_id,
    Recount.raised_on,
    Recount.settled_at,
).join(Product, Product.id == Recount.product_id)


def _recount(row: Any) -> RecountRow:
    values = row._asdict()
    return RecountRow(entry=public_id("J", values.pop("entry_id")), **values)


@query
def list_unknown_codes(session: Session, *, paging: Paging | None = None) -> Page[UnknownCodeRow]:
    """Scanned codes that still belong to no goods, the most often seen first."""
    paging = paging or Paging()
    found = (
        select(UnknownCode.code, UnknownCode.seen, UnknownCode.first_at, UnknownCode.last_at)
        .outerjoin(ProductBarcode, ProductBarcode.barcode == UnknownCode.code)
        .where(ProductBarcode.id.is_(None))
    )
    most_seen = found.order_by(UnknownCode.seen.desc(), UnknownCode.code)
    return read_page(session, most_seen, paging).mapped(lambda row: UnknownCodeRow(*row))


def goods_on_slip(session: Session, *, shop_id: int, skus: Iterable[str]) -> dict[str, GoodsOnSlip]:
    """What a slip says of these goods, by code; a step of one statement."""
    packed = pack([(sku,) for sku in skus])
    return {
        row.sku: GoodsOnSlip(row.name, row.donor)
        for row in session.rows(_ON_SLIP, skus=packed, of_shop=shop_id)
    }
