"""Products (商品): what a shop may give for points. Each is a commodity of the ledger's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Base, Int, Session, Text, statement, strict_table
from pointsbank.foundation.cells import clean_text
from pointsbank.inventory.errors import GoodsUnknown, LimitInvalid, SkuTaken
from pointsbank.inventory.goods_rows import LIMIT_MONTHLY_MOST, sku
from pointsbank.ledger import open_commodity

NAME_MOST = 60
SPEC_MOST = 40
SENTENCE_MOST = 60


class Product(Base):
    """Goods with a code of their own (商品编码). `best_before` is the earliest that still stands.

    `wanted` sorts the goods wall; `withdrawn_on` is the first day on which it is no longer given.
    """

    __tablename__ = "product"
    __table_args__ = strict_table(
        CheckConstraint("limit_monthly IS NULL OR limit_monthly > 0", name="limit_monthly"),
        CheckConstraint("market_price_fen IS NULL OR market_price_fen >= 0", name="market_price"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    sku: Mapped[str] = mapped_column(Text, unique=True)
    commodity_id: Mapped[int] = mapped_column(Int, ForeignKey("commodity.id"), unique=True)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    spec: Mapped[str | None] = mapped_column(Text)
    picture: Mapped[str | None] = mapped_column(Text)
    market_price_fen: Mapped[int | None] = mapped_column(Int)
    limit_monthly: Mapped[int | None] = mapped_column(Int)
    wanted: Mapped[int] = mapped_column(Int)
    withdrawn_on: Mapped[str | None] = mapped_column(Text)
    best_before: Mapped[str | None] = mapped_column(Text)
    restock_zh: Mapped[str | None] = mapped_column(Text)
    restock_en: Mapped[str | None] = mapped_column(Text)


_INSERT = statement(insert(Product).returning(Product.id))
_BY_SKU = statement(
    select(
        Product.id,
        Product.sku,
        Product.commodity_id,
        Product.name,
        Product.spec,
        Product.limit_monthly,
        Product.best_before,
    ).where(Product.sku == bindparam("of_sku"))
)
_SET_BEST_BEFORE = statement(
    update(Product)
    .where(Product.id == bindparam("of_product"))
    .values(best_before=bindparam("best_before"))
)


def find_product(session: Session, code: str) -> Any:
    """The product under a code, as a row, or None."""
    return session.row(_BY_SKU, of_sku=code)


def get_product(session: Session, code: str) -> Any:
    """The product under a code, as a row. Raises GoodsUnknown."""
    found = find_product(session, code)
    if found is None:
        raise GoodsUnknown(sku=code)
    return found


def create_product(
    session: Session,
    *,
    code: str,
    name: str,
    name_en: str | None = None,
    spec: str | None = None,
    picture: str | None = None,
    market_price_fen: int | None = None,
    limit_monthly: int | None = None,
    wanted: int = 0,
) -> Any:
    """List new goods, with their commodity in the ledger. Raises SkuTaken and unreadable input."""
    code = sku(code)
    if find_product(session, code) is not None:
        raise SkuTaken(sku=code)
    session.run(
        _INSERT,
        sku=code,
        # The prefix keeps goods apart from the ledger's own units, whatever somebody calls them.
        commodity_id=open_commodity(session, f"SKU-{code}", "goods"),
        name=clean_text(name, NAME_MOST),
        name_en=clean_text(name_en, NAME_MOST) if name_en else None,
        spec=clean_text(spec, SPEC_MOST) if spec else None,
        picture=clean_text(picture, SPEC_MOST) if picture else None,
        market_price_fen=market_price_fen,
        limit_monthly=require_limit(limit_monthly),
        wanted=wanted,
        withdrawn_on=None,
        best_before=None,
        restock_zh=None,
        restock_en=None,
    )
    return get_product(session, code)


def require_limit(limit: int | None) -> int | None:
    """A limit per person and calendar month (每人每月限量), or None. Raises LimitInvalid."""
    if limit is not None and not 1 <= limit <= LIMIT_MONTHLY_MOST:
        raise LimitInvalid(least=1, most=LIMIT_MONTHLY_MOST)
    return limit


def set_best_before_of(session: Session, product_id: int, best_before: str | None) -> None:
    """Keep the earliest best-before day of what stands in the shop."""
    session.run(_SET_BEST_BEFORE, of_product=product_id, best_before=best_before)
