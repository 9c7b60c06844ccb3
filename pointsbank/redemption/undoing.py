"""When a purchase may be undone (撤销): once, soon, at the same shop, by whoever made it."""

from __future__ import annotations

from typing import Any

from pointsbank.foundation import Act
from pointsbank.people import (
    CardBlocked,
    CardHolder,
    Presenting,
    find_card_by_code,
    find_presented_card,
    get_card_by_code,
    is_proof,
)
from pointsbank.redemption.errors import AlreadyUndone, NotOwn, UndoTooLate
from pointsbank.redemption.redemptions import is_undone, number_of

# A card that was replaced a minute ago still names its holder, and to him alone points come back.
MAY_UNDO = ("active", "replaced")


def get_card_for_undo(act: Act, told: str) -> CardHolder:
    """The holder of a card or of its proof, with the wallet locked.

    Raises CardUnknown, CardBlocked, PinNeeded, ProofExpired.
    """
    session = act.session
    if is_proof(told):
        holder = find_presented_card(session, told, Presenting.of(act), lock=True)
        if holder.status not in MAY_UNDO:
            raise CardBlocked(status=holder.status)
        return holder
    found = find_card_by_code(session, told, lock=True)
    if found is not None and found.status in MAY_UNDO:
        return found
    return get_card_by_code(session, told)


def refuse_undo(act: Act, redemption: Any, holder: CardHolder) -> None:
    """Raise NotOwn, AlreadyUndone or UndoTooLate. The locks must have been taken before."""
    if redemption.wallet_id != holder.wallet.id:
        raise NotOwn()
    if is_undone(act.session, redemption.id):
        raise AlreadyUndone(number=number_of(redemption.id))
    # The server's clock decides, because kiosks' clocks drift.
    if act.now > redemption.undo_until:
        raise UndoTooLate(until=redemption.undo_until)
