"""What a wallet has used up already (已兑换量), and what a checkout must know besides.

One statement, asked after the shelves and the wallet are locked, so that nothing changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, case, cast, func, literal, select, true, union

from pointsbank.earning import (
    EarningRule,
    Redeeming,
    ServiceRecord,
    first_day,
    kept_rulebook,
    minutes_of_booklets,
)
from pointsbank.foundation import (
    Int,
    Session,
    Text,
    pack,
    packed_rows,
    setting_in_force,
    statement,
)
from pointsbank.inventory import Product, Recount
from pointsbank.ledger import Account
from pointsbank.people import CardHolder, HouseholdMember, Volunteer, is_stand_in, sanctioned_until
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
    `redeeming` is what the rulebook in force says; times and shares are counted in its periods, and
    a share is a household's where the rulebook says so. A rehearsal is bound by none of that.
    """

    pieces_this_month: dict[int, int]
    unbooked_today: dict[int, int]
    points_today: int = 0
    limit_points_daily: int = LIMIT_POINTS_DAILY
    unbooked_pieces_daily: int = UNBOOKED_PIECES_DAILY
    pin_from_points: int = PIN_FROM_POINTS
    redeemed_id: int | None = None
    quote_used_by: int | None = None
    redeeming: Redeeming = field(default_factory=Redeeming)
    times_used: int = 0
    shares_used: dict[int, int] = field(default_factory=dict)
    minutes_served: int = 0
    sanctioned_until: str | None = None
    rehearses: bool = False


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
# Since when a period of the rulebook counts; `ever` is since the beginning.
_PERIODS: dict[str, Any] = {
    per: bindparam(f"{per}_starts") for per in ("day", "week", "month", "quarter", "year")
}
_book = (
    select(
        EarningRule.document,
        case(_PERIODS, value=EarningRule.times_per).label("times_since"),
        case({**_PERIODS, "ever": ""}, value=EarningRule.item_per).label("item_since"),
        EarningRule.item_whose,
        EarningRule.min_minutes,
    )
    .where(EarningRule.starts_on <= bindparam("today"))
    .order_by(EarningRule.starts_on.desc(), EarningRule.version.desc())
    .limit(1)
    .subquery("book")
)
_times = (
    select(func.count())
    .select_from(Redemption)
    .outerjoin(RedemptionUndo, RedemptionUndo.redemption_id == Redemption.id)
    .where(
        Redemption.wallet_id == bindparam("of_wallet"),
        Redemption.happened_on >= _book.c.times_since,
        RedemptionUndo.redemption_id.is_(None),
    )
    .correlate(_book)
    .scalar_subquery()
)
_home = (
    select(Volunteer.wallet_id)
    .join(HouseholdMember, HouseholdMember.volunteer_id == Volunteer.id)
    .where(
        HouseholdMember.household_id == bindparam("of_household"),
        HouseholdMember.ended_at.is_(None),
        _book.c.item_whose == "household",
    )
    .correlate(_book)
)
_share = (
    select(sum_of(RedemptionLine.quantity))
    .outerjoin(RedemptionUndo, RedemptionUndo.redemption_id == RedemptionLine.redemption_id)
    .where(
        RedemptionLine.wallet_id.in_(union(select(bindparam("of_wallet", type_=Int)), _home)),
        RedemptionLine.product_id == Product.id,
        RedemptionLine.happened_on >= _book.c.item_since,
        RedemptionUndo.redemption_id.is_(None),
    )
    .correlate(Product, _book)
    .scalar_subquery()
)
_of_booklets = minutes_of_booklets().subquery("booklets")
_minutes = (
    select(sum_of(ServiceRecord.minutes))
    .join(Volunteer, Volunteer.id == ServiceRecord.volunteer_id)
    .where(
        Volunteer.wallet_id == bindparam("of_wallet"),
        ServiceRecord.status == "effective",
    )
    .scalar_subquery()
) + (
    select(sum_of(_of_booklets.c.minutes))
    .join(Volunteer, Volunteer.id == _of_booklets.c.volunteer_id)
    .where(Volunteer.wallet_id == bindparam("of_wallet"))
    .scalar_subquery()
)
_sanctioned = sanctioned_until(
    "redeeming", bindparam("of_person", type_=Int), bindparam("today", type_=Text)
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
        _book.c.document,
        _times.label("times_used"),
        _share.label("share_used"),
        # Nobody's hours are summed up where no rule asks for them.
        case((_book.c.min_minutes > 0, _minutes), else_=0).label("minutes_served"),
        _sanctioned.label("sanctioned_until"),
        select(Volunteer.number)
        .where(Volunteer.wallet_id == bindparam("of_wallet"))
        .scalar_subquery()
        .label("holder_number"),
    ).select_from(
        _ONE.outerjoin(_book, true()).outerjoin(Product, Product.id.in_(select(_PRODUCT_ID)))
    )
)


def read_usage(
    session: Session,
    product_ids: Iterable[int],
    *,
    holder: CardHolder | None,
    shop_id: int,
    today: str,
    quote_id: str = "",
) -> Usage:
    """What was used up so far; without a holder only what concerns the shop."""
    rows = session.rows(
        _USAGE,
        products=pack([(product_id,) for product_id in product_ids]),
        of_wallet=holder.wallet.id if holder else NOBODY,
        of_person=(holder.volunteer_id if holder else None) or NOBODY,
        of_household=(holder.household_id if holder else None) or NOBODY,
        of_shop=shop_id,
        today=today,
        **{f"{per}_starts": first_day(today, per) for per in _PERIODS},
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
        redeeming=kept_rulebook(first.document).redeeming if first.document else Redeeming(),
        times_used=first.times_used,
        shares_used={row.product_id: row.share_used for row in goods},
        minutes_served=first.minutes_served,
        sanctioned_until=first.sanctioned_until,
        rehearses=is_stand_in(first.holder_number or ""),
    )


def _or(value: int | None, default: int) -> int:
    return default if value is None else value
