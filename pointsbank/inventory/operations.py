"""What workers do with goods: list them, price them, take them in, put them on the shelf."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from pointsbank.foundation import Act, Answer, operation
from pointsbank.foundation.cells import clean_text, day
from pointsbank.inventory.barcodes import ensure_barcode, put_barcode
from pointsbank.inventory.deliveries import SHELVE, UNSHELVE, refuse_past, take_delivery
from pointsbank.inventory.places import get_place, open_place
from pointsbank.inventory.prices import decide_price, refuse_price
from pointsbank.inventory.products import (
    NAME_MOST,
    SENTENCE_MOST,
    Product,
    create_product,
    get_product,
    require_limit,
    set_best_before_of,
)
from pointsbank.inventory.unknown_codes import count_unknown
from pointsbank.ledger import EntryKind, Posted, Transfer, post_entry
from pointsbank.people import propose, require_second, take_proposal

SET_PRICE = "inventory.set_price"


@operation("inventory.add_product")
def add_product(
    act: Act,
    *,
    shop_id: int,
    sku: str,
    name: str,
    price_points: int,
    barcode: str | None = None,
    name_en: str | None = None,
    spec: str | None = None,
    picture: str | None = None,
    market_price_fen: int | None = None,
    limit_monthly: int | None = None,
    wanted: int = 0,
) -> Answer:
    """List new goods in a shop, with a barcode and a price from today on (商品建档)."""
    session = act.session
    product = create_product(
        session,
        code=sku,
        name=name,
        name_en=name_en,
        spec=spec,
        picture=picture,
        market_price_fen=market_price_fen,
        limit_monthly=limit_monthly,
        wanted=wanted,
    )
    open_place(session, shop_id, product.id, product.commodity_id, act.now)
    code = ensure_barcode(session, product.id, barcode)
    price_id = decide_price(act, product.id, price_points)
    return {"sku": product.sku, "barcode": code, "price_id": price_id}


@operation("inventory.describe_product")
def describe_product(act: Act, *, sku: str, changes: dict[str, Any]) -> Answer:
    """Change how goods are shown and sorted, or their monthly limit; what is not named stays.

    Names to change: name, name_en, picture, restock_zh, restock_en, wanted, limit_monthly,
    withdrawn_on.
    """
    product = get_product(act.session, sku)
    values = {name: _DESCRIBE[name](value) for name, value in changes.items() if name in _DESCRIBE}
    if values:
        act.session.run(update(Product).where(Product.id == product.id).values(**values))
    return {"sku": sku, "changed": sorted(values)}


def _sentence(text: str | None) -> str | None:
    return clean_text(text, SENTENCE_MOST) if text else None


_DESCRIBE: dict[str, Callable[[Any], Any]] = {
    "name": lambda text: clean_text(text, NAME_MOST),
    "name_en": _sentence,
    "picture": _sentence,
    "restock_zh": _sentence,
    "restock_en": _sentence,
    "wanted": int,
    "limit_monthly": require_limit,
    "withdrawn_on": lambda text: day(text) if text else None,
}


@operation(SET_PRICE)
def set_price(
    act: Act,
    *,
    sku: str,
    points: int,
    proposed_by: str,
    starts_on: str | None = None,
    proposal: str | None = None,
) -> Answer:
    """Decide what one piece costs from today or a later day on (改价).

    One proposes it, and the second person, in whose name it is booked, confirms it. A `proposal`
    that has waited beyond its day begins today. Raises what `require_second` and `take_proposal`
    raise, PriceInvalid, PriceDayPast.
    """
    require_second(act, SET_PRICE, first=proposed_by)
    product = get_product(act.session, sku)
    begins = day(starts_on) if starts_on else act.today
    told = {"sku": sku, "points": points, "starts_on": begins}
    if proposal is not None:
        begins = max(begins, act.today)
    refuse_price(points, begins, act.today)
    take_proposal(act, proposal, SET_PRICE, proposed_by=proposed_by, told=told)
    price_id = decide_price(act, product.id, points, begins)
    return {"sku": sku, "price_id": price_id, "points": points, "proposed_by": proposed_by}


@operation("inventory.propose_price")
def propose_price(act: Act, *, sku: str, points: int, starts_on: str | None = None) -> Answer:
    """Have a price wait for a second person (提出改价).

    Raises GoodsUnknown, PriceInvalid, PriceDayPast, and what `propose` raises.
    """
    product = get_product(act.session, sku)
    begins = day(starts_on) if starts_on else act.today
    refuse_price(points, begins, act.today)
    told = {"sku": sku, "points": points, "starts_on": begins}
    return {"proposal": propose(act, SET_PRICE, about=f"goods:{product.sku}", told=told)}


@operation("inventory.add_barcode")
def add_barcode(act: Act, *, sku: str, barcode: str) -> Answer:
    """Give goods one more barcode (绑定条码)."""
    product = get_product(act.session, sku)
    return {"sku": sku, "barcode": put_barcode(act.session, product.id, barcode)}


@operation("inventory.set_best_before")
def set_best_before(act: Act, *, sku: str, best_before: str | None) -> Answer:
    """Say which earliest best-before day stands in the shop, after somebody has looked."""
    product = get_product(act.session, sku)
    read = day(best_before) if best_before else None
    set_best_before_of(act.session, product.id, read)
    return {"sku": sku, "best_before": read}


@operation("inventory.deliver")
def deliver(
    act: Act,
    *,
    shop_id: int,
    sku: str,
    donor_id: int,
    quantity: int,
    unit_value_fen: int | None = None,
    made_on: str | None = None,
    best_before: str | None = None,
) -> Answer:
    """Take goods from a donor into the store-room (入库)."""
    number, posted = take_delivery(
        act,
        get_product(act.session, sku),
        shop_id=shop_id,
        donor_id=donor_id,
        quantity=quantity,
        unit_value_fen=unit_value_fen,
        made_on=made_on and day(made_on),
        best_before=best_before and day(best_before),
    )
    return {"delivery": number, "entry": posted.number, "quantity": quantity}


@operation("inventory.shelve")
def shelve(act: Act, *, shop_id: int, sku: str, quantity: int) -> Answer:
    """Bring pieces from the store-room to the shelf (上架). Refuses goods past their day."""
    posted, balance = _carry(act, SHELVE, shop_id, sku, quantity)
    return {"sku": sku, "entry": posted.number, "on_shelf": balance}


@operation("inventory.unshelve")
def unshelve(act: Act, *, shop_id: int, sku: str, quantity: int) -> Answer:
    """Take pieces from the shelf back to the store-room (下架)."""
    posted, balance = _carry(act, UNSHELVE, shop_id, sku, quantity)
    return {"sku": sku, "entry": posted.number, "on_shelf": balance}


def _carry(act: Act, kind: EntryKind, shop_id: int, sku: str, quantity: int) -> tuple[Posted, int]:
    product = get_product(act.session, sku)
    place = get_place(act.session, shop_id, product.id, sku)
    if kind is SHELVE:
        refuse_past(sku, product.best_before, act.today)
        transfer = Transfer(place.store_room, place.shelf, quantity)
        memo = f"{product.name} 上架"
    else:
        transfer = Transfer(place.shelf, place.store_room, quantity)
        memo = f"{product.name} 下架"
    posted = post_entry(act, kind, [transfer], memo=memo, document=f"product:{product.id}")
    return posted, posted.balances[place.shelf.id]


@operation("inventory.note_unknown_code")
def note_unknown_code(act: Act, *, code: str) -> Answer:
    """Count a scanned code that belongs to no goods (记下未登记的条码). No card's code is kept."""
    return {"seen": count_unknown(act, code)}
