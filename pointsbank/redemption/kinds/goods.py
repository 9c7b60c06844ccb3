"""Goods from the shelf (兑换商品): points for pieces, both in one entry.

A checkout is at most eleven statements whatever its number of lines. Everything that decides is
locked first, the shelves before the wallet, then all refusals are looked at, and only then is
something written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from itertools import chain, islice
from typing import Any

from marshmallow import Schema, fields, validate

from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    PointsBankError,
    Session,
    new_key,
    query,
)
from pointsbank.inventory import (
    add_product,
    deliver,
    goods_on_sale,
    raise_recounts,
    shelve,
)
from pointsbank.ledger import (
    AccountRef,
    Transfer,
    declare_kind,
    open_account,
    post_entry,
    reverse_entry,
)
from pointsbank.people import CardHolder, Presenting, get_presented_card, get_shop_by_id
from pointsbank.redemption import baskets, rules
from pointsbank.redemption.baskets import LINES_MOST, QUANTITY_MOST, QuotedLine, read_basket
from pointsbank.redemption.callers import require_till
from pointsbank.redemption.errors import PriceChanged, QuoteUsed
from pointsbank.redemption.kinds.kind import (
    Asking,
    Kind,
    Priced,
    QuotationLine,
    Request,
    TrueOrFalse,
)
from pointsbank.redemption.quotes import Quote, refuse_other_wallet
from pointsbank.redemption.redemptions import (
    lock_shelves_of,
    number_of,
    record_redemption,
    record_undo,
)
from pointsbank.redemption.undoing import get_card_for_undo, refuse_undo
from pointsbank.redemption.usage import Usage, read_usage

REDEEM_GOODS = declare_kind(
    "redemption.goods",
    [
        ("wallet", "redeemed"),
        ("family_wallet", "redeemed"),
        ("shelf", "given_out"),
        ("store_room", "shelf"),
        ("lost_found", "shelf"),
    ],
)
MEMO_LINES = 4


class GoodsLine(Schema):
    """One line of a basket as a kiosk sends it."""

    sku = fields.String(required=True, validate=validate.Length(1, 20))
    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(1, QUANTITY_MOST))
    scanned = TrueOrFalse(load_default=False)


def price_goods(session: Session, asking: Asking, request: Request) -> Priced:
    """What a basket costs now, and everything against it. Unknown goods cost nothing."""
    basket = read_basket(request["lines"])
    shelf = goods_on_sale(
        session, {line.sku for line in basket}, shop_id=asking.shop_id, today=asking.today
    )
    known = [line for line in basket if line.sku in shelf]
    quoted = [
        QuotedLine(
            line.sku,
            line.quantity,
            line.scanned,
            shelf[line.sku].price_id,
            shelf[line.sku].price_points,
        )
        for line in known
    ]
    usage = read_usage(
        session,
        [goods.product_id for goods in shelf.values()],
        holder=asking.holder,
        shop_id=asking.shop_id,
        today=asking.today,
    )
    total = sum(line.quantity * line.price_points for line in quoted)
    taken = baskets.pieces_of(basket)
    refusals = list(
        chain(
            rules.sanctions(usage),
            rules.debts(asking.holder) if asking.holder else (),
            _closing_time(shelf, asking.now),
            rules.closing_day(usage, asking.today),
            rules.beginning(asking.holder, usage) if asking.holder else (),
            rules.times(usage, asking.today) if asking.holder else (),
            baskets.not_given(taken, shelf, asking.today),
            baskets.not_there(taken, shelf, usage),
            baskets.over_limit(taken, shelf, usage, asking.today) if asking.holder else (),
            baskets.over_share(taken, shelf, usage, asking.today) if asking.holder else (),
            rules.points(asking.holder, usage, total, asking.today) if asking.holder else (),
            rules.pin(asking.holder, usage, total) if asking.holder else (),
        )
    )
    return Priced(
        lines=[
            QuotationLine(
                sku=line.sku,
                name=shelf[line.sku].name,
                quantity=line.quantity,
                scanned=line.scanned,
                price_points=line.price_points,
                sum_points=line.quantity * line.price_points,
            )
            for line in quoted
        ],
        terms=[astuple(line) for line in quoted],
        total_points=total,
        refusals=refusals,
    )


def check_out_taken(act: Act, quote: Quote, card: str) -> Answer:
    """The same for what somebody has taken already: it is there no more, at the price of then."""
    terms = [astuple(replace(QuotedLine(*one), scanned=True)) for one in quote.terms]
    return check_out_goods(act, replace(quote, terms=terms), card, is_taken=True)


def check_out_goods(act: Act, quote: Quote, card: str, is_taken: bool = False) -> Answer:
    """Take the points and give the pieces out, all or nothing. Raises the first refusal."""
    session = act.session
    quoted = [QuotedLine(*terms) for terms in quote.terms]
    shelf = goods_on_sale(
        session,
        {line.sku for line in quoted},
        shop_id=quote.shop_id,
        today=act.today,
        lock=True,
    )
    holder = get_presented_card(session, card, Presenting.of(act), lock=True)
    usage = read_usage(
        session,
        [goods.product_id for goods in shelf.values()],
        holder=holder,
        shop_id=quote.shop_id,
        today=act.today,
        quote_id=quote.id,
    )
    act.for_whom = holder.holder
    refuse_other_wallet(quote, holder.wallet.id)
    if usage.quote_used_by is not None:
        raise QuoteUsed(number=number_of(usage.quote_used_by))
    taken = baskets.pieces_of(quoted)
    against = _against(act, quote, quoted, taken, shelf, holder, usage)
    _refuse_first(one for one in against if not (is_taken and isinstance(one, PriceChanged)))
    given, unbooked = baskets.goods_moves(taken, shelf)
    posted = post_entry(
        act,
        REDEEM_GOODS,
        [Transfer(holder.wallet, _redeemed(act, holder, usage), quote.total_points), *given],
        memo=_memo(taken, shelf),
        document=f"redemption:{act.receipt_id}",
        locked=True,
    )
    answer = record_redemption(
        act,
        quote=quote,
        holder=holder,
        device_id=require_till(act.caller),
        posted=posted,
        lines=baskets.bought_lines(quoted, shelf, as_promised=is_taken),
        undo_minutes=usage.redeeming.undo_minutes,
    )
    if unbooked:
        raise_recounts(act, sorted(unbooked.items()), shop_id=quote.shop_id, entry_id=posted.id)
    return {"redemption": answer}


def undo_goods(act: Act, redemption: Any, card: str) -> Answer:
    """Bring points and pieces back by the entry's mirror (撤销).

    Pieces that the entry itself had fetched for the shelf go back to where it fetched them from. No
    limit is asked. Raises CardUnknown, CardBlocked, NotOwn, AlreadyUndone, UndoTooLate.
    """
    session = act.session
    lock_shelves_of(session, redemption.id)
    holder = get_card_for_undo(act, card)
    act.for_whom = holder.holder
    refuse_undo(act, redemption, holder)
    posted = reverse_entry(
        act,
        REDEEM_GOODS,
        redemption.entry_id,
        memo="撤销兑换",
        document=f"redemption:{redemption.id}",
    )
    record_undo(act, redemption.id, posted)
    return {
        "redemption": {
            "number": number_of(redemption.id),
            "undone": True,
            "total_points": redemption.total_points,
            "points_after": posted.balances[holder.wallet.id],
            "entry": posted.number,
        }
    }


def example_goods(bank: Bank, by: Caller, shop_id: int) -> dict[str, Any]:
    """Put five pieces of example goods on a shop's shelf; the request for one of them."""
    donor_id = _community_of(bank, shop_id=shop_id)
    sku = "EXAMPLE"
    add_product(bank, by=by, key=new_key(), shop_id=shop_id, sku=sku, name="样品", price_points=10)
    deliver(bank, by=by, key=new_key(), shop_id=shop_id, sku=sku, donor_id=donor_id, quantity=5)
    shelve(bank, by=by, key=new_key(), shop_id=shop_id, sku=sku, quantity=5)
    return {"lines": [{"sku": sku, "quantity": 1, "scanned": False}]}


GOODS = Kind(
    code="goods",
    title_zh="兑换商品",
    title_en="Goods",
    entry_kind=REDEEM_GOODS,
    fields={
        "lines": fields.List(
            fields.Nested(GoodsLine), required=True, validate=validate.Length(1, LINES_MOST)
        )
    },
    price=price_goods,
    check_out=check_out_goods,
    undo=undo_goods,
    example=example_goods,
)


def _against(
    act: Act,
    quote: Quote,
    quoted: Sequence[QuotedLine],
    taken: baskets.PiecesBySku,
    shelf: baskets.Shelf,
    holder: CardHolder,
    usage: Usage,
) -> Iterable[PointsBankError]:
    """Everything against this checkout, what the person must know first coming first."""
    yield from rules.sanctions(usage)
    yield from rules.debts(holder)
    yield from _closing_time(shelf, act.now)
    yield from rules.closing_day(usage, act.today)
    yield from rules.beginning(holder, usage)
    yield from rules.times(usage, act.today)
    yield from baskets.not_given(taken, shelf, act.today)
    yield from baskets.not_there(taken, shelf, usage)
    yield from baskets.changed_prices(quoted, shelf)
    yield from baskets.over_limit(taken, shelf, usage, act.today)
    yield from baskets.over_share(taken, shelf, usage, act.today)
    yield from rules.points(holder, usage, quote.total_points, act.today)
    yield from rules.pin(holder, usage, quote.total_points)


def _refuse_first(refusals: Iterable[PointsBankError]) -> None:
    for refusal in refusals:
        raise refusal


def _closing_time(shelf: baskets.Shelf, now: str) -> rules.Refusals:
    for goods in shelf.values():
        # All stand in the same shop.
        yield from rules.closing_time(goods.opens, goods.closes, now)
        return


def _redeemed(act: Act, holder: CardHolder, usage: Usage) -> AccountRef:
    commodity_id = holder.wallet.commodity_id
    if usage.redeemed_id is None:
        return open_account(act.session, "redeemed", commodity_id, "bank", now=act.now)
    return AccountRef(usage.redeemed_id, "redeemed", commodity_id)


def _memo(taken: baskets.PiecesBySku, shelf: baskets.Shelf) -> str:
    told = [f"{shelf[sku].name}×{many.total}" for sku, many in islice(taken.items(), MEMO_LINES)]
    more = f" 等{len(taken)}样" if len(taken) > MEMO_LINES else ""
    return f"兑换 {'、'.join(told)}{more}"


@query
def _community_of(session: Session, *, shop_id: int) -> int:
    return get_shop_by_id(session, shop_id).organisation_id
