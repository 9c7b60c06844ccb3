"""What became of a donor's goods (捐赠去向), from the books alone and without a name.

Pieces of one product are alike, so they are taken to leave in the order in which they came: first
in, first out by delivery. A purchase that was undone has taken nothing. Pieces that were found
without ever having been delivered are nobody's gift and come last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased

from pointsbank.foundation import Session, query, statement
from pointsbank.inventory.deliveries import Delivery
from pointsbank.inventory.places import ShelfPlace
from pointsbank.inventory.products import Product
from pointsbank.ledger import Account, JournalEntry, Move

# Fewer households than this could be guessed by neighbours (少于5户不列数).
HOUSEHOLDS_LEAST = 5


@dataclass
class GivenGoods:
    """One product of a donor: pieces given, and where they are now."""

    sku: str
    name: str
    given: int = 0
    taken: int = 0
    on_shelf: int = 0
    in_store_room: int = 0
    months: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DonorReport:
    """A donor's whole gift. `households` is a number as text, or "<5" when there were only few."""

    goods: list[GivenGoods]
    given: int
    taken: int
    on_shelf: int
    in_store_room: int
    months: dict[str, int]
    households: str


@dataclass(frozen=True, slots=True)
class Taking:
    """Pieces of one product that one wallet took on one day."""

    wallet_id: int
    day: str
    quantity: int


_points_move, _reversal, _wallet = aliased(Move), aliased(JournalEntry), aliased(Account)
_PLACES = statement(
    select(
        ShelfPlace.shop_id,
        ShelfPlace.product_id,
        ShelfPlace.shelf_id,
        ShelfPlace.given_out_id,
        Product.sku,
        Product.name,
        Account.balance.label("on_shelf"),
    )
    .join(Product, Product.id == ShelfPlace.product_id)
    .join(Account, Account.id == ShelfPlace.shelf_id)
    .where(
        select(Delivery.id)
        .where(
            Delivery.donor_id == bindparam("of_donor"),
            Delivery.product_id == ShelfPlace.product_id,
            Delivery.shop_id == ShelfPlace.shop_id,
        )
        .exists()
    )
    .order_by(Product.sku, ShelfPlace.shop_id)
)
_LOTS = statement(
    select(Delivery.donor_id, Delivery.quantity)
    .where(
        Delivery.product_id == bindparam("of_product"),
        Delivery.shop_id == bindparam("of_shop"),
    )
    .order_by(Delivery.id)
)
_TAKINGS = statement(
    select(
        _points_move.source_id.label("wallet_id"),
        JournalEntry.occurred_on.label("day"),
        Move.amount.label("quantity"),
    )
    .select_from(Move)
    .join(JournalEntry, JournalEntry.id == Move.entry_id)
    .join(_points_move, _points_move.entry_id == Move.entry_id)
    .join(_wallet, _wallet.id == _points_move.source_id)
    .outerjoin(_reversal, _reversal.reverses_id == Move.entry_id)
    .where(
        Move.target_id == bindparam("given_out"),
        or_(_wallet.type == "wallet", _wallet.type == "family_wallet"),
        _reversal.id.is_(None),
    )
    .order_by(Move.entry_id, Move.line)
)


@query
def donor_report(session: Session, *, organisation_id: int) -> DonorReport:
    """What an organisation gave, what stands in store-room and shelf, and what was taken when."""
    by_sku: dict[str, GivenGoods] = {}
    wallets: set[int] = set()
    for place in session.rows(_PLACES, of_donor=organisation_id):
        goods = by_sku.setdefault(place.sku, GivenGoods(place.sku, place.name))
        wallets |= _add_place(session, goods, place, organisation_id)
    rows = list(by_sku.values())
    return DonorReport(
        goods=rows,
        given=sum(goods.given for goods in rows),
        taken=sum(goods.taken for goods in rows),
        on_shelf=sum(goods.on_shelf for goods in rows),
        in_store_room=sum(goods.in_store_room for goods in rows),
        months=_sum_months(goods.months for goods in rows),
        households=told_households(len(wallets)),
    )


def told_households(count: int) -> str:
    """A number of households as it may be published.

    >>> told_households(4), told_households(5), told_households(0)
    ('<5', '5', '0')
    """
    return f"<{HOUSEHOLDS_LEAST}" if 0 < count < HOUSEHOLDS_LEAST else str(count)


def _add_place(session: Session, goods: GivenGoods, place: Any, donor_id: int) -> set[int]:
    """Add what one shop has of a donor's product; the wallets that took some of it."""
    lots = [
        (lot.donor_id == donor_id, lot.quantity)
        for lot in session.rows(_LOTS, of_product=place.product_id, of_shop=place.shop_id)
    ]
    takings = [Taking(*row) for row in session.rows(_TAKINGS, given_out=place.given_out_id)]
    wallets = set()
    start = 0
    for taking in takings:
        ours = own_pieces(lots, start, taking.quantity)
        start += taking.quantity
        if ours:
            goods.taken += ours
            goods.months[taking.day[:7]] = goods.months.get(taking.day[:7], 0) + ours
            wallets.add(taking.wallet_id)
    given = sum(quantity for is_ours, quantity in lots if is_ours)
    shelf = own_pieces(lots, start, place.on_shelf)
    goods.given += given
    goods.on_shelf += shelf
    goods.in_store_room += own_pieces(lots, start + place.on_shelf, sum(q for _, q in lots))
    return wallets


def own_pieces(lots: Sequence[tuple[bool, int]], start: int, count: int) -> int:
    """How many of `count` pieces from place `start` in the row of deliveries are the donor's.

    >>> own_pieces([(True, 10), (False, 5), (True, 10)], 8, 9)
    4
    """
    return sum(overlap for is_ours, overlap in _overlaps(lots, start, start + count) if is_ours)


def _overlaps(lots: Sequence[tuple[bool, int]], start: int, end: int) -> Iterator[tuple[bool, int]]:
    first = 0
    for is_ours, quantity in lots:
        yield is_ours, max(0, min(end, first + quantity) - max(start, first))
        first += quantity


def _sum_months(all_months: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for months in all_months:
        for month, count in months.items():
            total[month] += count
    return dict(sorted(total.items()))
