"""Letting in by card and PIN (凭卡和密码登录): a cardholder comes to the own page, `/me/`.

That door stands open to the whole internet, so it says less than a kiosk does: whether a number is
somebody's is not told, and takes no other time to find out.
"""

from __future__ import annotations

import pointsbank.people.card_logins as card_logins
import pointsbank.people.pins as pins
from pointsbank.foundation import Act, Answer, Bank, Caller, Outcome, operation
from pointsbank.people.admission_by_pin import check_pin
from pointsbank.people.cards import CardHolder, find_card_by_hand
from pointsbank.people.errors import CardBlocked, CardLoginWrong, PinMissing, PinWrong

AT_THE_DOOR = Caller(actor="system", client="me")


def log_in_by_card(bank: Bank, *, told: str, pin: str, token_hash: bytes, key: str) -> CardHolder:
    """Begin a login for whoever knows a card's short number or code, and its PIN.

    Raises CardLoginWrong for a card that nobody has, for a holder without a PIN and for a wrong PIN
    alike; with the right PIN CardBlocked; and PinLocked, PinBlocked, TooBusy. Tries count together
    with those at the kiosks.
    """
    card = bank.database.read(lambda session: find_card_by_hand(session, told))
    if card is None:
        pins.is_pin(bank.keys, "nobody", None, pin)
        raise CardLoginWrong()
    try:
        version = check_pin(bank, by=AT_THE_DOOR, holder=card.holder, pin=pin)
    except PinMissing as cause:
        pins.is_pin(bank.keys, card.holder, None, pin)
        raise CardLoginWrong() from cause
    except PinWrong as cause:
        raise CardLoginWrong() from cause
    if card.status != "active":
        raise CardBlocked(status=card.status)
    _open_card_login(
        bank,
        by=Caller(actor=card.holder, client="me"),
        key=key,
        card_id=card.card_id,
        pin_version=version,
        token=token_hash.hex(),
    )
    return card


@operation("people.open_card_login")
def _open_card_login(act: Act, *, card_id: int, pin_version: int, token: str) -> Answer:
    act.for_whom = act.caller.actor
    return {"login": card_logins.start(act, card_id, pin_version, bytes.fromhex(token))}


def renew_card_login(bank: Bank, *, token_hash: bytes, key: str) -> bool:
    """Write down that a cardholder is still there; False when the login has ended."""
    done = _renew_card_login(bank, by=AT_THE_DOOR, key=key, token=token_hash.hex())
    return bool(done.answer["open"])


@operation("people.renew_card_login", whatever_the_time=True)
def _renew_card_login(act: Act, *, token: str) -> Answer:
    return {"open": card_logins.mark_seen(act, bytes.fromhex(token))}


def end_card_login(bank: Bank, *, token_hash: bytes, key: str) -> Outcome:
    """End a login by card; ending it again changes nothing."""
    return _end_card_login(bank, by=AT_THE_DOOR, key=key, token=token_hash.hex())


@operation("people.end_card_login", whatever_the_time=True)
def _end_card_login(act: Act, *, token: str) -> Answer:
    return {"ended": card_logins.end(act, bytes.fromhex(token))}
