"""Findings that call for a recount (待清点): the books and the shelf were seen to differ."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, literal, null, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Base, Int, Text, pack, packed_rows, statement, strict_table

UNBOOKED_PIECE = "unbooked_piece"


class Recount(Base):
    """A finding, and the entry that made it: pieces were scanned that the shelf's book lacked.

    It stands until somebody has counted; undoing the purchase does not settle it, because the
    piece was seen where the book says that none is.
    """

    __tablename__ = "recount"
    __table_args__ = strict_table(
        CheckConstraint("kind IN ('unbooked_piece')", name="kind"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index(None, "shop_id", "product_id", "raised_on"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    shop_id: Mapped[int] = mapped_column(Int, ForeignKey("shop.id"))
    product_id: Mapped[int] = mapped_column(Int, ForeignKey("product.id"))
    kind: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Int)
    entry_id: Mapped[int] = mapped_column(Int, ForeignKey("journal_entry.id"))
    raised_on: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[str | None] = mapped_column(Text)


_PRODUCT, _QUANTITY = packed_rows("findings", int, int)
_RAISE = statement(
    insert(Recount).from_select(
        ["shop_id", "product_id", "kind", "quantity", "entry_id", "raised_on", "settled_at"],
        select(
            bindparam("at_shop", type_=Int),
            _PRODUCT,
            literal(UNBOOKED_PIECE, Text),
            _QUANTITY,
            bindparam("by_entry", type_=Int),
            bindparam("on_day", type_=Text),
            null(),
        ),
    )
)


def raise_recounts(
    act: Act, findings: Sequence[tuple[int, int]], *, shop_id: int, entry_id: int
) -> None:
    """Note for each product how many pieces were there that the shelf's book did not have."""
    act.session.run(
        _RAISE, findings=pack(findings), at_shop=shop_id, by_entry=entry_id, on_day=act.today
    )
