"""Baskets of goods (购物篮), and the rules about them, as plain functions.

What is scanned is there: only tapped pictures can be sold out. A scanned piece that the shelf's
book lacks is fetched in the same entry from the store-room's book, else from lost and found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pointsbank.earning import EVER, next_first_day
from pointsbank.inventory import GoodsOnSale, GoodsUnknown, PastBestBefore
from pointsbank.ledger import Transfer
from pointsbank.redemption.errors import (
    BasketUnreadable,
    ItemLimit,
    ItemShare,
    ItemShareForGood,
    PriceChanged,
    RecountFirst,
    SoldOut,
)
from pointsbank.redemption.redemptions import BoughtLine
from pointsbank.redemption.rules import Refusals, next_month
from pointsbank.redemption.usage import Usage

LINES_MOST = 40
QUANTITY_MOST = 99

Shelf = Mapping[str, GoodsOnSale]


@dataclass(frozen=True, slots=True)
class BasketLine:
    """So many pieces of one product, all scanned or all tapped."""

    sku: str
    quantity: int
    scanned: bool


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A basket's line with the price that was promised, as the quote's token keeps it."""

    sku: str
    quantity: int
    scanned: bool
    price_id: int
    price_points: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """What one basket takes of one product, over all its lines."""

    total: int
    scanned: int


Basket = Sequence[BasketLine] | Sequence[QuotedLine]
# What `pieces_of` a basket are, by product: the rules are asked about these.
PiecesBySku = dict[str, Pieces]


def read_basket(lines: Sequence[Mapping[str, Any]]) -> list[BasketLine]:
    """The lines of a request, alike ones put together. Raises BasketUnreadable."""
    together: dict[tuple[str, bool], int] = {}
    for line in lines:
        key = (line["sku"], bool(line.get("scanned", False)))
        quantity = line["quantity"]
        if type(quantity) is not int or quantity < 1:
            raise BasketUnreadable(lines_most=LINES_MOST, quantity_most=QUANTITY_MOST)
        together[key] = together.get(key, 0) + quantity
    if not 0 < len(together) <= LINES_MOST or max(together.values()) > QUANTITY_MOST:
        raise BasketUnreadable(lines_most=LINES_MOST, quantity_most=QUANTITY_MOST)
    return [BasketLine(sku, quantity, scanned) for (sku, scanned), quantity in together.items()]


def pieces_of(basket: Basket) -> PiecesBySku:
    """Pieces by product, in the basket's order."""
    pieces: PiecesBySku = {}
    for line in basket:
        scanned = line.quantity if line.scanned else 0
        known = pieces.get(line.sku)
        if known is None:
            pieces[line.sku] = Pieces(line.quantity, scanned)
        else:
            pieces[line.sku] = Pieces(known.total + line.quantity, known.scanned + scanned)
    return pieces


def not_given(taken: PiecesBySku, shelf: Shelf, today: str) -> Refusals:
    """Goods that this shop does not give, and goods whose day is over."""
    for sku in taken:
        if sku not in shelf:
            yield GoodsUnknown(sku=sku)
    for sku in taken:
        if sku in shelf:
            best_before = shelf[sku].best_before
            if best_before is not None and best_before < today:
                yield PastBestBefore(sku=sku, best_before=best_before)


def not_there(taken: PiecesBySku, shelf: Shelf, usage: Usage) -> Refusals:
    """Tapped goods that are sold out, and scanned ones beyond what the day allows unbooked."""
    for sku, pieces in taken.items():
        goods = shelf.get(sku)
        if goods is None:
            continue
        missing = pieces.total - goods.on_shelf
        allowed = usage.unbooked_pieces_daily - usage.unbooked_today.get(goods.product_id, 0)
        if missing > pieces.scanned:
            yield SoldOut(sku=sku, left=goods.on_shelf)
        elif missing > max(allowed, 0):
            yield RecountFirst(sku=sku, left=goods.on_shelf + max(allowed, 0))


def changed_prices(quoted: Sequence[QuotedLine], shelf: Shelf) -> Refusals:
    """Prices that are others now than they were promised."""
    total = sum(shelf[line.sku].price_points * line.quantity for line in quoted)
    for line in quoted:
        now = shelf[line.sku].price_points
        if now != line.price_points:
            yield PriceChanged(sku=line.sku, was=line.price_points, now=now, total_points=total)


def over_limit(taken: PiecesBySku, shelf: Shelf, usage: Usage, today: str) -> Refusals:
    """Goods of which this wallet has had, or would have, more than a month's share."""
    for sku, pieces in taken.items():
        goods = shelf.get(sku)
        if goods is None or goods.limit_monthly is None:
            continue
        had = usage.pieces_this_month.get(goods.product_id, 0)
        if had + pieces.total > goods.limit_monthly:
            yield ItemLimit(sku=sku, limit=goods.limit_monthly, until=next_month(today))


def over_share(taken: PiecesBySku, shelf: Shelf, usage: Usage, today: str) -> Refusals:
    """Goods of which somebody has had, or would have, more than the rulebook's share (每样几件)."""
    share = usage.redeeming.per_item
    if share is None or usage.rehearses:
        return
    for sku, pieces in taken.items():
        goods = shelf.get(sku)
        if goods is None:
            continue
        if usage.shares_used.get(goods.product_id, 0) + pieces.total <= share.most:
            continue
        if share.per == EVER:
            yield ItemShareForGood(sku=sku, limit=share.most)
        else:
            yield ItemShare(sku=sku, limit=share.most, until=next_first_day(today, share.per))


def bought_lines(
    quoted: Sequence[QuotedLine], shelf: Shelf, *, as_promised: bool = False
) -> list[BoughtLine]:
    """The lines as they are written down, each with the price row in force.

    `as_promised` is for what was taken at the price that was promised: a line whose price has
    changed since names the row of its own price.
    """
    return [
        BoughtLine(
            product_id=shelf[line.sku].product_id,
            sku=line.sku,
            quantity=line.quantity,
            price_points=line.price_points,
            price_id=line.price_id
            if as_promised and shelf[line.sku].price_points != line.price_points
            else shelf[line.sku].price_id,
            scanned=line.scanned,
        )
        for line in quoted
    ]


def goods_moves(taken: PiecesBySku, shelf: Shelf) -> tuple[list[Transfer], dict[int, int]]:
    """The moves that give the pieces out, and by product how many the shelf's book lacked."""
    transfers: list[Transfer] = []
    unbooked: dict[int, int] = {}
    for sku, pieces in taken.items():
        goods = shelf[sku]
        place = goods.place
        missing = max(0, pieces.total - goods.on_shelf)
        stored = min(missing, goods.in_store_room)
        if stored:
            transfers.append(Transfer(place.store_room, place.shelf, stored))
        if missing > stored:
            transfers.append(Transfer(place.lost_found, place.shelf, missing - stored))
        if missing:
            unbooked[goods.product_id] = missing
        transfers.append(Transfer(place.shelf, place.given_out, pieces.total))
    return transfers, unbooked
