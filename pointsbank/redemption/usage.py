"""What a wallet has used up already (已兑换量), and what a checkout must know besides.

One statement, asked after the shelves and the wallet are locked, so that nothing changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, cast, literal, select

from pointsbank.foundation import Int, Session, pack, packed_rows, setting_in_force, statement
from pointsbank.inventory import Product, Recount
from pointsbank.ledger import Account
from pointsbank.redemption.redemptions import Redemption, RedemptionLine, RedemptionUndo, sum_of

LIMIT_POINTS_DAILY = 500
UNBOOKED_PIECES_DAILY = 3
# By default a card alone redeems; a place may ask for the PIN from so many points a day on.
PIN_FROM_POINTS = 0
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What was redeemed and not undone: pieces this month by product, points today.

    `unbooked_today` counts by product the scanned pieces that the books lacked, whoever took them.
    """

    pieces_this_month: dict[int, int]
    unbooked_today: dict[int, int]
    points_today: int = 0
    limit_points_daily: int = LIMIT_POINTS_DAILY
    unbooked_pieces_daily: int = UNBOOKED_PIECES_DAILY
    pin_from_points: int = PIN_FROM_POINTS
    redeemed_id: int | None = None
    quote_used_by: int | None = None


# One row is there even for a kind that asks about no goods at all.
_ONE = select(literal(1)).subquery("one")
(_PRODUCT_ID,) = packed_rows("products", int)
_month = (
    select(sum_of(RedemptionLine.quantity))
    .outerjoin(RedemptionUndo, RedemptionUndo.redemption_id == RedemptionLine.redemption_id)
    .where(
        RedemptionLine.wallet_id == bindparam("of_wallet"),
        RedemptionLine.product_id == Product.id,
        RedemptionLine.happened_on >= bindparam("month_starts"),
        RedemptionUndo.redemption_id.is_(None),
    )
    .correlate(Product)
    .scalar_subquery()
)
_unbooked = (
    select(sum_of(Recount.quantity))
    .where(
        Recount.shop_id == bindparam("of_shop"),
        Recount.product_id == Product.id,
        Recount.raised_on == bindparam("today"),
    )
    .correlate(Product)
    .scalar_subquery()
)
_points = (
    select(sum_of(Redemption.total_points))
    .outerjoin(RedemptionUndo, RedemptionUndo.redemption_id == Redemption.id)
    .where(
        Redemption.wallet_id == bindparam("of_wallet"),
        Redemption.happened_on == bindparam("today"),
        RedemptionUndo.redemption_id.is_(None),
    )
    .scalar_subquery()
)
_USAGE = statement(
    select(
        Product.id.label("product_id"),
        _month.label("pieces_this_month"),
        _unbooked.label("unbooked_today"),
        _points.label("points_today"),
        *(
            cast(setting_in_force(name), Int).label(name)
            for name in ("limit_points_daily", "unbooked_pieces_daily", "pin_from_points")
        ),
        # There is one account of this type; every redemption of points flows into it.
        select(Account.id)
        .where(Account.type == "redeemed", Account.holder == "bank")
        .scalar_subquery()
        .label("redeemed_id"),
        select(Redemption.id)
        .where(Redemption.quote_id == bindparam("quote_id"))
        .scalar_subquery()
        .label("quote_used_by"),
    ).select_from(_ONE.outerjoin(Product, Product.id.in_(select(_PRODUCT_ID))))
)


def read_usage(
    session: Session,
    product_ids: Iterable[int],
    *,
    wallet_id: int | None,
    shop_id: int,
    today: str,
    quote_id: str = "",
) -> Usage:
    """What was used up so far; without a wallet only what concerns the shop."""
    rows = session.rows(
        _USAGE,
        products=pack([(product_id,) for product_id in product_ids]),
        of_wallet=wallet_id or NOBODY,
        of_shop=shop_id,
        today=today,
        month_starts=f"{today[:7]}-01",
        quote_id=quote_id,
    )
    first = rows[0]
    goods = [row for row in rows if row.product_id is not None]
    return Usage(
        pieces_this_month={row.product_id: row.pieces_this_month for row in goods},
        unbooked_today={row.product_id: row.unbooked_today for row in goods},
        points_today=first.points_today,
        limit_points_daily=_or(first.limit_points_daily, LIMIT_POINTS_DAILY),
        unbooked_pieces_daily=_or(first.unbooked_pieces_daily, UNBOOKED_PIECES_DAILY),
        pin_from_points=_or(first.pin_from_points, PIN_FROM_POINTS),
        redeemed_id=first.redeemed_id,
        quote_used_by=first.quote_used_by,
    )


def _or(value: int | None, default: int) -> int:
    return default if value is None else value
