"""When a purchase may be undone (撤销): once, soon, at the same shop, by whoever made it."""

from __future__ import annotations

from typing import Any

from pointsbank.foundation import Act, Session
from pointsbank.people import CardHolder, find_card_by_code, get_card_by_code
from pointsbank.redemption.errors import AlreadyUndone, NotOwn, UndoTooLate
from pointsbank.redemption.redemptions import is_undone, number_of

# A card that was replaced a minute ago still names its holder, and to him alone points come back.
MAY_UNDO = ("active", "replaced")


def get_card_for_undo(session: Session, code: str) -> CardHolder:
    """The holder of a card, with the wallet locked. Raises CardUnknown, CardBlocked, PinNeeded."""
    holder = find_card_by_code(session, code, lock=True)
    if holder is not None and holder.status in MAY_UNDO:
        return holder
    return get_card_by_code(session, code)


def refuse_undo(act: Act, redemption: Any, holder: CardHolder) -> None:
    """Raise NotOwn, AlreadyUndone or UndoTooLate. The locks must have been taken before."""
    if redemption.wallet_id != holder.wallet.id:
        raise NotOwn()
    if is_undone(act.session, redemption.id):
        raise AlreadyUndone(number=number_of(redemption.id))
    # The server's clock decides, because kiosks' clocks drift.
    if act.now > redemption.undo_until:
        raise UndoTooLate(until=redemption.undo_until)
