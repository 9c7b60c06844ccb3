"""Stock-takes (盘点): what was counted against the books, and the difference booked.

What is missing goes to lost and found (盘亏), what is too much comes from there (盘盈). The
difference is what counts, not the number: while two people count, a kiosk may go on selling.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, update

from pointsbank.foundation import Act, Answer, operation, statement
from pointsbank.inventory.errors import PiecesInvalid
from pointsbank.inventory.places import Place, get_place
from pointsbank.inventory.products import get_product
from pointsbank.inventory.recounts import Recount
from pointsbank.ledger import (
    Posted,
    Transfer,
    declare_kind,
    kept_balances,
    lock_accounts,
    post_entry,
)
from pointsbank.people import (
    propose,
    require_person,
    require_second,
    take_proposal,
    take_signed_count,
)

TAKE_STOCK = declare_kind(
    "inventory.take_stock",
    [
        ("lost_found", "shelf"),
        ("lost_found", "store_room"),
        ("shelf", "lost_found"),
        ("store_room", "lost_found"),
    ],
)
ADJUST = "inventory.adjust_stock"
PIECES_MOST = 1_000_000

_SETTLE = statement(
    update(Recount)
    .where(
        Recount.shop_id == bindparam("of_shop"),
        Recount.product_id == bindparam("of_product"),
        Recount.settled_at.is_(None),
    )
    .values(settled_at=bindparam("now"))
)


@dataclass(frozen=True)
class Counted:
    """So many pieces stood in the books, and so many were counted, on the shelf and behind it."""

    shelf_book: int
    shelf: int
    store_book: int
    store: int

    def told(self, shop_id: int, sku: str) -> dict[str, int | str | None]:
        """The same as the plain values of a proposal."""
        return {"shop_id": shop_id, "sku": sku, **vars(self)}


@operation(ADJUST)
def adjust_stock(
    act: Act,
    *,
    shop_id: int,
    sku: str,
    shelf_book: int,
    shelf: int,
    store_book: int,
    store: int,
    proposed_by: str,
    proposal: str | None = None,
) -> Answer:
    """Book what was counted otherwise than it stood in the books (盘点调整), and settle findings.

    Two have counted: one proposes, in whose `proposal` it may have waited, the second person
    confirms. Raises GoodsUnknown, PiecesInvalid, InsufficientStock, and what `require_second`
    and `take_proposal` raise.
    """
    require_second(act, ADJUST, first=proposed_by)
    counted = _counted(shelf_book, shelf, store_book, store)
    product = get_product(act.session, sku)
    place = get_place(act.session, shop_id, product.id, sku)
    told = counted.told(shop_id, sku)
    take_proposal(act, proposal, ADJUST, proposed_by=proposed_by, told=told)
    on_shelf, stored = counted.shelf - counted.shelf_book, counted.store - counted.store_book
    posted = _post(act, place, product.name, on_shelf, stored, f"product:{product.id}")
    settled = act.session.run(_SETTLE, of_shop=shop_id, of_product=product.id, now=act.now)
    return {
        "sku": sku,
        "entry": posted.number if posted else None,
        "shelf": on_shelf,
        "store_room": stored,
        "settled": settled,
        "proposed_by": proposed_by,
    }


@operation("inventory.propose_stock")
def propose_stock(
    act: Act,
    *,
    shop_id: int,
    sku: str,
    shelf_book: int,
    shelf: int,
    store_book: int,
    store: int,
) -> Answer:
    """Have what was counted wait for a second person.

    Raises GoodsUnknown, PiecesInvalid, and what `propose` raises.
    """
    counted = _counted(shelf_book, shelf, store_book, store)
    product = get_product(act.session, sku)
    get_place(act.session, shop_id, product.id, sku)
    told = counted.told(shop_id, sku)
    return {"proposal": propose(act, ADJUST, about=f"goods:{product.sku}", told=told), "sku": sku}


@operation("inventory.book_handover")
def book_handover(act: Act, *, shop_id: int, handover: int) -> Answer:
    """Book what two people counted and signed when one handed over to the other (交接差数入账).

    They counted shelf and store-room together: what is too much stands in the store-room, what is
    missing is missing there first, then on the shelf. Raises RoleMissing, GoodsUnknown,
    InsufficientStock, and what `take_signed_count` raises.
    """
    require_person(act, "worker", "admin")
    signed = take_signed_count(act, handover)
    goods = [get_product(act.session, sku) for sku in sorted(signed.differs)]
    places = {one.sku: get_place(act.session, shop_id, one.id, one.sku) for one in goods}
    held = [ref.id for place in places.values() for ref in (place.shelf, place.store_room)]
    if held:
        lock_accounts(act.session, *sorted(held))
    kept = kept_balances(act.session, *held) if held else {}
    entries = []
    for one in goods:
        place, pieces = places[one.sku], signed.differs[one.sku]
        stored = max(pieces, -kept[place.store_room.id]) if pieces < 0 else pieces
        posted = _post(act, place, one.name, pieces - stored, stored, f"handover:{handover}")
        entries.append(posted.number if posted else None)
    return {"handover": handover, "entries": entries, "signed_by": list(signed.signed_by)}


def _counted(shelf_book: int, shelf: int, store_book: int, store: int) -> Counted:
    counted = Counted(shelf_book, shelf, store_book, store)
    if not all(0 <= pieces <= PIECES_MOST for pieces in vars(counted).values()):
        raise PiecesInvalid(least=0, most=PIECES_MOST)
    return counted


def _post(
    act: Act, place: Place, name: str, shelf: int, store_room: int, document: str
) -> Posted | None:
    """One entry for all that differs, or None. Raises InsufficientStock where less is left."""
    transfers = [
        Transfer(place.lost_found, account, difference)
        if difference > 0
        else Transfer(account, place.lost_found, -difference)
        for account, difference in ((place.shelf, shelf), (place.store_room, store_room))
        if difference
    ]
    if not transfers:
        return None
    pieces = shelf + store_room
    word = "盘盈" if pieces > 0 else "盘亏" if pieces < 0 else "盘点"
    memo = f"{name} {word} {abs(pieces)} 件"
    return post_entry(act, TAKE_STOCK, transfers, memo=memo, document=document)
