"""Rehearsals (演练): a purchase from beginning to end before the first neighbour comes, and back.

A stand-in is lent the points of one piece of goods, buys it at the kiosk or at the desk through the
very doors that everybody uses, and at the end the purchase is undone and the points are taken back.
All of it stays in the books, marked, and comes to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from pointsbank.foundation import Act, Answer, Session, operation, public_id, query, statement
from pointsbank.inventory import GoodsUnknown, goods_on_sale
from pointsbank.ledger import (
    JournalEntry,
    Move,
    declare_kind,
    issue_points,
    lock_accounts,
    open_account,
    points_id,
    reverse_entry,
    take_back_issue,
)
from pointsbank.people import (
    SYSTEM_HOLDER,
    RoleMissing,
    Shop,
    VolunteerRef,
    find_actor,
    find_stand_in,
    let_in_stand_in,
    see_off_stand_in,
)
from pointsbank.redemption.errors import NoRehearsal, RehearsalOpen, SoldOut
from pointsbank.redemption.kinds import get_kind
from pointsbank.redemption.redemptions import (
    Redemption,
    RedemptionUndo,
    lock_shelves_of,
    number_of,
    record_undo,
)

REHEARSE = declare_kind("redemption.rehearse", [("issued", "wallet"), ("issued", "owed")])
REHEARSERS = ("worker", "admin")
# Who ends, by night, what nobody has ended.
THE_BANK_ITSELF = "system"

_LOCK_SHOP = statement(
    select(Shop.id).where(Shop.id == bindparam("of_shop")).with_for_update(key_share=True)
)
_LENT = statement(
    select(JournalEntry.id, JournalEntry.posted_at, JournalEntry.document, Move.amount)
    .join(Move, Move.entry_id == JournalEntry.id)
    .where(JournalEntry.document == bindparam("of_document"), JournalEntry.reverses_id.is_(None))
)
_TAKEN_BACK = statement(
    select(JournalEntry.id).where(JournalEntry.reverses_id == bindparam("of_entry"))
)
_BOUGHT = statement(
    select(
        Redemption.id,
        Redemption.kind,
        Redemption.slip,
        Redemption.at,
        Redemption.entry_id,
        Redemption.device_id,
        Redemption.total_points,
        RedemptionUndo.entry_id.label("undo_entry_id"),
    )
    .outerjoin(RedemptionUndo, RedemptionUndo.redemption_id == Redemption.id)
    .where(Redemption.wallet_id == bindparam("of_wallet"))
    .order_by(Redemption.id)
)


@dataclass(frozen=True)
class RehearsedPurchase:
    """One purchase of a rehearsal: its slip, and the entries that made and unmade it."""

    number: str
    slip: str
    at: str
    points: int
    at_kiosk: bool
    entry: str
    undo_entry: str | None


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal, as far as it has come. `taken_back` is the entry that ended it."""

    number: str
    points: int
    began_at: str
    lent: str
    purchases: list[RehearsedPurchase]
    taken_back: str | None


@operation("redemption.begin_rehearsal")
def begin_rehearsal(act: Act, *, shop_id: int, sku: str) -> Answer:
    """Let in a stand-in with a card and lend it the points of one piece of these goods (开始演练).

    Raises RehearsalOpen while another one goes on, GoodsUnknown, SoldOut, RoleMissing.
    """
    _require_rehearser(act)
    act.session.rows(_LOCK_SHOP, of_shop=shop_id)
    _refuse_open(act.session)
    goods = goods_on_sale(act.session, [sku], shop_id=shop_id, today=act.today).get(sku)
    if goods is None:
        raise GoodsUnknown(sku=sku[:40])
    if goods.on_shelf < 1:
        raise SoldOut(sku=sku, left=0)
    stand_in, short_number = let_in_stand_in(act)
    act.for_whom = stand_in.holder
    points = points_id(act.session)
    posted = issue_points(
        act,
        REHEARSE,
        issued=open_account(act.session, "issued", points, SYSTEM_HOLDER, now=act.now),
        wallet=stand_in.wallet,
        owed=stand_in.owed,
        amount=goods.price_points,
        memo=f"演练：借给 {goods.price_points} 分，收场时收回",
        document=_document(stand_in),
    )
    return {
        "number": stand_in.number,
        "short_number": short_number,
        "points": goods.price_points,
        "entry": posted.number,
    }


@operation("redemption.end_rehearsal")
def end_rehearsal(act: Act) -> Answer:
    """Undo what the stand-in bought, take the points back, end its card (演练收场).

    The five minutes of an undo do not bind it, and what nobody has ended by night the bank ends
    itself. Raises NoRehearsal, RoleMissing.
    """
    if act.caller.actor != THE_BANK_ITSELF:
        _require_rehearser(act)
    session = act.session
    stand_in = find_stand_in(session)
    if stand_in is None:
        raise NoRehearsal()
    act.for_whom = stand_in.holder
    for row in session.rows(_BOUGHT, of_wallet=stand_in.wallet.id):
        lock_shelves_of(session, row.id)
    # A kiosk may be buying this very moment: once the wallet is ours, all that was bought is there.
    lock_accounts(session, stand_in.wallet.id, stand_in.owed.id)
    bought = session.rows(_BOUGHT, of_wallet=stand_in.wallet.id)
    still = [row for row in bought if row.undo_entry_id is None]
    for row in still:
        _undo(act, row)
    lent = session.row(_LENT, of_document=_document(stand_in))
    # Whatever became of them: what is not there any more is owed, and the check tells of it.
    posted = take_back_issue(
        act,
        REHEARSE,
        lent.id,
        owed=stand_in.owed,
        memo="演练收场：收回借出的积分",
        document=lent.document,
    )
    see_off_stand_in(act, stand_in, rehearsed=bool(bought))
    return {
        "number": stand_in.number,
        "purchases": len(bought),
        "undone": len(still),
        "entry": posted.number,
    }


@query
def find_rehearsal(session: Session, *, ended: bool = False) -> Rehearsal | None:
    """The rehearsal that goes on, or the last one that came to its end; None when there is none."""
    stand_in = find_stand_in(session, ended=ended)
    return None if stand_in is None else _rehearsal(session, stand_in)


def _rehearsal(session: Session, stand_in: VolunteerRef) -> Rehearsal:
    lent = session.row(_LENT, of_document=_document(stand_in))
    bought = session.rows(_BOUGHT, of_wallet=stand_in.wallet.id)
    taken_back: int | None = session.value(_TAKEN_BACK, of_entry=lent.id)
    return Rehearsal(
        number=stand_in.number,
        points=lent.amount,
        began_at=lent.posted_at,
        lent=public_id("J", lent.id),
        purchases=[_purchase(row) for row in bought],
        taken_back=None if taken_back is None else public_id("J", taken_back),
    )


def _purchase(row: Any) -> RehearsedPurchase:
    undone = row.undo_entry_id
    return RehearsedPurchase(
        number=number_of(row.id),
        slip=row.slip,
        at=row.at,
        points=row.total_points,
        at_kiosk=row.device_id is not None,
        entry=public_id("J", row.entry_id),
        undo_entry=None if undone is None else public_id("J", undone),
    )


def _undo(act: Act, row: Any) -> None:
    posted = reverse_entry(
        act,
        get_kind(row.kind).entry_kind,
        row.entry_id,
        memo="演练收场：撤销兑换",
        document=f"redemption:{row.id}",
    )
    record_undo(act, row.id, posted)


def _refuse_open(session: Session) -> None:
    stand_in = find_stand_in(session)
    if stand_in is not None:
        raise RehearsalOpen(number=stand_in.number)


def _require_rehearser(act: Act) -> None:
    staff = find_actor(act.session, act.caller.actor)
    if staff is None or staff.disabled_at or not set(REHEARSERS) & set(staff.roles):
        raise RoleMissing(needed=" ".join(REHEARSERS))


def _document(stand_in: VolunteerRef) -> str:
    return f"rehearsal:{stand_in.id}"
