"""Prices in points (积分价): dated rows, never changed. The newest that has begun is in force.

A price corrected on its own day is a further row of that day, and the later row holds; so a
redemption can name for ever the row that it was charged by.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Base, Int, Session, Text, statement, strict_table
from pointsbank.inventory.errors import PriceDayPast, PriceInvalid
from pointsbank.inventory.goods_rows import PRICE_POINTS_MOST
from pointsbank.inventory.products import Product


class ProductPrice(Base):
    """What one piece costs from a day on. Append-only by habit: nothing here is ever changed."""

    __tablename__ = "product_price"
    __table_args__ = strict_table(
        CheckConstraint("points > 0", name="points"),
        Index(None, "product_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    product_id: Mapped[int] = mapped_column(Int, ForeignKey("product.id"))
    starts_on: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(Int)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[str] = mapped_column(Text)


# The price in force on `today`, for a statement that already names the product.
PRICE_IN_FORCE = (
    select(ProductPrice.id)
    .where(
        ProductPrice.product_id == Product.id,
        ProductPrice.starts_on <= bindparam("today"),
    )
    .order_by(ProductPrice.starts_on.desc(), ProductPrice.id.desc())
    .limit(1)
    .correlate(Product)
    .scalar_subquery()
)

_INSERT = statement(insert(ProductPrice).returning(ProductPrice.id))
_POINTS = statement(
    select(ProductPrice.points)
    .join(Product, Product.id == ProductPrice.product_id)
    .where(ProductPrice.id == PRICE_IN_FORCE, Product.id == bindparam("of_product"))
)


def decide_price(act: Act, product_id: int, points: int, starts_on: str | None = None) -> int:
    """Set what one piece costs from today or a later day on; the new row's id.

    Raises PriceInvalid and PriceDayPast.
    """
    starts_on = starts_on or act.today
    refuse_price(points, starts_on, act.today)
    row: int = act.session.value(
        _INSERT,
        product_id=product_id,
        starts_on=starts_on,
        points=points,
        decided_by=act.caller.actor,
        decided_at=act.now,
    )
    return row


def refuse_price(points: int, starts_on: str, today: str) -> None:
    """Raise PriceInvalid or PriceDayPast for what cannot become a price."""
    if not 1 <= points <= PRICE_POINTS_MOST:
        raise PriceInvalid(least=1, most=PRICE_POINTS_MOST)
    if starts_on < today:
        raise PriceDayPast(starts_on=starts_on, today=today)


def find_price(session: Session, product_id: int, today: str) -> int | None:
    """What one piece costs today, or None when it has no price yet."""
    found: int | None = session.value(_POINTS, of_product=product_id, today=today)
    return found
