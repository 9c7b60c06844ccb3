"""Baskets that were left without the button (未确认的篮子): asked about at the card's next scan.

Time ran out, or a person believed that leaving is paying. Nothing was charged; whoever comes back
says whether the things were taken. Taken: booked at once, at the price that stood on the screen
then. Not taken: closed. What nobody has said stays open, where the worker sees it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Page,
    Paging,
    PublicIdInvalid,
    Session,
    Text,
    canonical_json,
    insert_ignoring,
    operation,
    public_id,
    query,
    read_page,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.people import Presenting, get_presented_card, require_person
from pointsbank.redemption.baskets import QuotedLine
from pointsbank.redemption.callers import require_kiosk
from pointsbank.redemption.errors import (
    NotOwn,
    OtherShop,
    QuoteUnreadable,
    UnconfirmedEnded,
    UnconfirmedUnknown,
)
from pointsbank.redemption.kinds.goods import GOODS, check_out_taken
from pointsbank.redemption.quotes import Quote, read_old_quote, refuse_other_wallet
from pointsbank.redemption.redemptions import Redemption

OPEN = "open"


class UnconfirmedBasket(Base):
    """One basket that somebody left. It is open until it is answered, and is answered once."""

    __tablename__ = "unconfirmed_basket"
    __table_args__ = strict_table(
        CheckConstraint("status IN ('open', 'taken', 'not_taken', 'put_back')", name="status"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(status = 'taken') = (redemption_id IS NOT NULL)", name="taken"),
        CheckConstraint("total_points > 0", name="total_points"),
        Index(
            "ix_unconfirmed_basket_open",
            "wallet_id",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    quote_id: Mapped[str] = mapped_column(Text, unique=True)
    wallet_id: Mapped[int] = mapped_column(Int, ForeignKey("account.id"))
    shop_id: Mapped[int] = mapped_column(Int, ForeignKey("shop.id"))
    device_id: Mapped[int] = mapped_column(Int, ForeignKey("device.id"))
    till: Mapped[str] = mapped_column(Text)
    terms: Mapped[str] = mapped_column(Text)
    total_points: Mapped[int] = mapped_column(Int)
    quoted_at: Mapped[str] = mapped_column(Text)
    left_at: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)
    ended_by: Mapped[str | None] = mapped_column(Text)
    redemption_id: Mapped[int | None] = mapped_column(Int, ForeignKey("redemption.id"))


@dataclass(frozen=True)
class UnconfirmedRow:
    """A basket that waits for an answer: whose, since when, and what was in it."""

    number: str
    wallet_id: int
    shop_id: int
    device_id: int
    left_at: str
    total_points: int
    lines: tuple[tuple[str, int], ...]


_SELECT = select(
    UnconfirmedBasket.id,
    UnconfirmedBasket.wallet_id,
    UnconfirmedBasket.shop_id,
    UnconfirmedBasket.device_id,
    UnconfirmedBasket.left_at,
    UnconfirmedBasket.total_points,
    UnconfirmedBasket.terms,
).where(
    UnconfirmedBasket.status == OPEN,
    # The button's request may arrive after the time ran out: such a basket is paid, not open.
    ~select(Redemption.id).where(Redemption.quote_id == UnconfirmedBasket.quote_id).exists(),
)
_OLDEST = statement(
    _SELECT.where(
        UnconfirmedBasket.wallet_id == bindparam("of_wallet"),
        UnconfirmedBasket.shop_id == bindparam("of_shop"),
    )
    .order_by(UnconfirmedBasket.id)
    .limit(1)
)
_BY_ID = select(*UnconfirmedBasket.__table__.columns).where(
    UnconfirmedBasket.id == bindparam("of_id")
)
_LOCKED = statement(_BY_ID.with_for_update())
_USED = statement(select(Redemption.id).where(Redemption.quote_id == bindparam("of_quote")))
_INSERT = statement(insert_ignoring(UnconfirmedBasket, "quote_id").returning(UnconfirmedBasket.id))
_END = statement(
    update(UnconfirmedBasket)
    .where(UnconfirmedBasket.id == bindparam("of_id"))
    .values(
        status=bindparam("new_status"),
        ended_at=bindparam("now"),
        ended_by=bindparam("by"),
        redemption_id=bindparam("new_redemption"),
    )
)


@operation("redemption.keep_unconfirmed")
def keep_unconfirmed(act: Act, *, card: str, quote: str) -> Answer:
    """Keep what somebody left in the basket, charging nothing (记未确认的篮子).

    The quote may be over: it says what stood on the screen. A basket that was bought after all is
    not kept, nor one twice. Raises QuoteUnreadable, NotOwn, and what the card's reading raises.
    """
    device = require_kiosk(act.caller)
    seen = read_old_quote(act.keys, quote, kind=GOODS.code, actor=act.caller.actor)
    if not seen.total_points:
        raise QuoteUnreadable()
    holder = get_presented_card(act.session, card, Presenting.of(act))
    act.for_whom = holder.holder
    refuse_other_wallet(seen, holder.wallet.id)
    if act.session.value(_USED, of_quote=seen.id) is not None:
        return {"kept": False}
    made = act.session.value(
        _INSERT,
        quote_id=seen.id,
        wallet_id=holder.wallet.id,
        shop_id=seen.shop_id,
        device_id=device,
        till=seen.till,
        terms=canonical_json(seen.terms).decode(),
        total_points=seen.total_points,
        quoted_at=seen.quoted_at,
        left_at=act.now,
        status=OPEN,
        ended_at=None,
        ended_by=None,
        redemption_id=None,
    )
    return {"kept": made is not None}


@operation("redemption.answer_unconfirmed")
def answer_unconfirmed(act: Act, *, number: str, card: str, shop_id: int, is_taken: bool) -> Answer:
    """Say whether the things were taken: then they are booked now, for what they cost then.

    `shop_id` is the kiosk's own. Raises UnconfirmedUnknown, UnconfirmedEnded, OtherShop, NotOwn,
    and what a checkout raises; then the basket stays open for the worker.
    """
    require_kiosk(act.caller)
    row = _locked(act, number)
    if row.shop_id != shop_id:
        raise OtherShop()
    holder = get_presented_card(act.session, card, Presenting.of(act))
    act.for_whom = holder.holder
    if holder.wallet.id != row.wallet_id:
        raise NotOwn()
    if not is_taken:
        _end(act, row.id, "not_taken")
        return {"number": number, "redemption": None}
    booked = check_out_taken(act, _quote_of(act, row), card)
    _end(act, row.id, "taken", redemption_id=act.receipt_id)
    return {"number": number, **booked}


@operation("redemption.put_back_unconfirmed")
def put_back_unconfirmed(act: Act, *, number: str) -> Answer:
    """A worker has seen that the things stand on the shelf (东西在架上): closed, nothing booked.

    Raises UnconfirmedUnknown, UnconfirmedEnded, RoleMissing, SecondPersonNeeded.
    """
    require_person(act, "worker", "admin")
    _end(act, _locked(act, number).id, "put_back")
    return {"number": number}


def find_unconfirmed(session: Session, wallet_id: int, shop_id: int) -> UnconfirmedRow | None:
    """The oldest open basket of a wallet in this shop, for the question at the kiosk."""
    row = session.row(_OLDEST, of_wallet=wallet_id, of_shop=shop_id)
    return None if row is None else _row(row)


@query
def list_unconfirmed(session: Session, *, paging: Paging | None = None) -> Page[UnconfirmedRow]:
    """The open ones, the oldest first."""
    page = read_page(session, _SELECT.order_by(UnconfirmedBasket.id), paging or Paging())
    return page.mapped(_row)


def _row(row: Any) -> UnconfirmedRow:
    pieces: dict[str, int] = {}
    for line in _lines(row.terms):
        pieces[line.sku] = pieces.get(line.sku, 0) + line.quantity
    return UnconfirmedRow(
        number=public_id("U", row.id),
        wallet_id=row.wallet_id,
        shop_id=row.shop_id,
        device_id=row.device_id,
        left_at=row.left_at,
        total_points=row.total_points,
        lines=tuple(pieces.items()),
    )


def _lines(terms: str) -> Sequence[QuotedLine]:
    return [QuotedLine(*one) for one in json.loads(terms)]


def _quote_of(act: Act, row: Any) -> Quote:
    """What was promised then, as the kiosk that asks now redeems it."""
    return Quote(
        id=row.quote_id,
        kind=GOODS.code,
        actor=act.caller.actor,
        shop_id=row.shop_id,
        till=row.till,
        wallet_id=row.wallet_id,
        terms=json.loads(row.terms),
        total_points=row.total_points,
        quoted_at=row.quoted_at,
        expires_at=act.now,
    )


def _locked(act: Act, number: str) -> Any:
    """The open basket, held for this transaction."""
    try:
        basket_id = read_public_id("U", number)
    except PublicIdInvalid as cause:
        raise UnconfirmedUnknown(number=number[:24]) from cause
    row = act.session.row(_LOCKED, of_id=basket_id)
    if row is None:
        raise UnconfirmedUnknown(number=number[:24])
    if row.status != OPEN:
        raise UnconfirmedEnded(number=number)
    return row


def _end(act: Act, basket_id: int, status: str, redemption_id: int | None = None) -> None:
    act.session.run(
        _END,
        of_id=basket_id,
        new_status=status,
        now=act.now,
        by=act.caller.actor,
        new_redemption=redemption_id,
    )
