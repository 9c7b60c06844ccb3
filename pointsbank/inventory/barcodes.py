"""Barcodes (条码): what a scanner reads on a piece, or on the label that the shop put there."""

from __future__ import annotations

from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column
from stdnum import ean

from pointsbank.foundation import Base, Int, Session, Text, insert_ignoring, statement, strict_table
from pointsbank.foundation.cells import barcode as read_barcode
from pointsbank.inventory.errors import BarcodeTaken, OwnBarcodesUsedUp
from pointsbank.inventory.products import Product

# GS1 leaves 20 to 29 to the shop itself; 20 is what lists from elsewhere mostly use.
OWN_PREFIXES = range(21, 30)


class ProductBarcode(Base):
    """A barcode of 13 digits, and whose it is. One product may have several, never the reverse."""

    __tablename__ = "product_barcode"
    __table_args__ = strict_table()

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    barcode: Mapped[str] = mapped_column(Text, unique=True)
    product_id: Mapped[int] = mapped_column(Int, ForeignKey("product.id"), index=True)


_CLAIM = statement(insert_ignoring(ProductBarcode, "barcode").returning(ProductBarcode.id))
_OWNER = statement(
    select(Product.id, Product.sku)
    .join(ProductBarcode, ProductBarcode.product_id == Product.id)
    .where(ProductBarcode.barcode == bindparam("of_barcode"))
)
_FIRST = statement(
    select(ProductBarcode.barcode)
    .where(ProductBarcode.product_id == bindparam("of_product"))
    .order_by(ProductBarcode.id)
    .limit(1)
)


def find_owner(session: Session, barcode: str) -> str | None:
    """The code of the goods that carry a barcode, as 13 digits."""
    row = session.row(_OWNER, of_barcode=barcode)
    return None if row is None else str(row.sku)


def put_barcode(session: Session, product_id: int, text: str) -> str:
    """Give goods a barcode; twice is once. Raises BarcodeTaken and what is unreadable."""
    barcode = read_barcode(text)
    if session.value(_CLAIM, barcode=barcode, product_id=product_id) is None:
        owner = session.row(_OWNER, of_barcode=barcode)
        if owner.id != product_id:
            raise BarcodeTaken(barcode=barcode, sku=owner.sku)
    return barcode


def ensure_barcode(session: Session, product_id: int, text: str | None) -> str:
    """The barcode from a list, or one of the shop's own (店内码) for goods that have none."""
    if text:
        return put_barcode(session, product_id, text)
    known = session.value(_FIRST, of_product=product_id)
    if known is not None:
        return str(known)
    for prefix in OWN_PREFIXES:
        barcode = own_barcode(prefix, product_id)
        if session.value(_CLAIM, barcode=barcode, product_id=product_id) is not None:
            return barcode
    raise OwnBarcodesUsedUp()


def own_barcode(prefix: int, product_id: int) -> str:
    """An in-store barcode made from the product's own number.

    >>> own_barcode(21, 2)
    '2100000000029'
    """
    digits = f"{prefix}{product_id:010d}"
    return digits + str(ean.calc_check_digit(digits))
