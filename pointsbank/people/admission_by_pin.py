"""Letting in by PIN (凭密码准入): drawn, hashed and compared at the door; only hashes are booked.

A volunteer's or a family's PIN is given in person by a worker, on paper. Somebody of the staff
draws an own one, under an own login: whoever knows a colleague's PIN could be two people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pointsbank.people.pins as pins
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    PointsBankError,
    Session,
    new_key,
    operation,
)
from pointsbank.people.card_proofs import Presenting, sign_proof
from pointsbank.people.cards import CardHolder, find_card_by_hand
from pointsbank.people.errors import (
    CardBlocked,
    CardUnknown,
    PinBlocked,
    PinLocked,
    PinOwnOnly,
    PinWrong,
    VolunteerUnknown,
)
from pointsbank.people.families import get_family, get_family_by_id
from pointsbank.people.staff import require_person
from pointsbank.people.volunteers import find_volunteer, find_volunteers_by_id, get_volunteer

GIVERS = ("worker", "admin")


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """A card whose PIN was right: whose it is, and the proof that stands for both until then."""

    holder: CardHolder
    proof: str
    until: str


def get_holder(session: Session, number: str) -> str:
    """The holder with this number, of a volunteer or of a family (F0003).

    Raises VolunteerUnknown, FamilyUnknown.
    """
    volunteer = find_volunteer(session, number)
    if volunteer is not None:
        return volunteer.holder
    if not number.startswith("F"):
        return get_volunteer(session, number).holder
    return get_family(session, number).holder


def give_pin(bank: Bank, *, by: Caller, key: str, holder: str) -> str:
    """Give a holder (`volunteer:12`) a new PIN and return it, for once: it is kept nowhere.

    Whatever blocked the old one is over. The same key shows the same PIN again, for a while.
    Raises VolunteerUnknown, FamilyUnknown, PinOwnOnly, SecondPersonNeeded, RoleMissing.
    """
    pin = pins.draw_pin(by.client, key)
    hashed = pins.hash_pin(bank.keys, holder, pin, client=by.client, key=key)
    assign_pin(bank, by=by, key=key, holder=holder, pin_hash=hashed)
    return pin


@operation("people.assign_pin")
def assign_pin(act: Act, *, holder: str, pin_hash: str) -> Answer:
    """Keep the hash of a holder's new PIN (换密码). The door has drawn and hashed it."""
    _require_giver(act, holder)
    act.for_whom = holder
    return {"holder": holder, "version": pins.keep_pin(act, holder, pin_hash)}


def _require_giver(act: Act, holder: str) -> None:
    kind, _, number = holder.partition(":")
    person_id = int(number) if number.isascii() and number.isdigit() else 0
    if kind == "staff":
        if act.caller.actor != holder:
            raise PinOwnOnly()
        require_person(act, "worker", "admin", "witness")
        return
    require_person(act, *GIVERS)
    if kind == "volunteer":
        if person_id not in find_volunteers_by_id(act.session, [person_id]):
            raise VolunteerUnknown(number=number[:20])
    else:
        get_family_by_id(act.session, person_id if kind == "family" else 0)


def find_pin(bank: Bank, *, holder: str) -> pins.PinState | None:
    """How a holder's PIN stands now, or None without one."""
    now = bank.clock.instant()
    return bank.database.read(lambda session: pins.find_pin_state(session, holder, now=now))


def check_pin(bank: Bank, *, by: Caller, holder: str, pin: str) -> int:
    """Compare a PIN; its version. Raises PinMissing, PinWrong, PinLocked, PinBlocked, or TooBusy.

    The try is counted, and that is on the disk, before anything is compared: whoever pulls the plug
    between guess and answer gains nothing, nor does whoever guesses at many kiosks at once. A try
    is counted once; a right one begins the count anew.
    """
    counted = _count_pin_try(bank, by=by, key=new_key(), holder=holder).answer
    version = int(counted["version"])
    kept = bank.database.read(lambda session: pins.find_pin_hash(session, holder, version))
    if pins.is_pin(bank.keys, holder, kept, pin):
        done = _forget_pin_tries(bank, by=by, key=new_key(), holder=holder, version=version)
        if done.answer["cleared"]:
            return version
    raise _refusal(counted, bank.clock.instant())


def _refusal(counted: dict[str, Any], now: str) -> PointsBankError:
    failures, until = counted["failures"], counted["waits_until"]
    if failures >= pins.BLOCKED_AFTER:
        return PinBlocked()
    if until is not None:
        return PinLocked(until=until, seconds=pins.seconds_until(until, now))
    stop = pins.WAITS_AFTER if failures < pins.WAITS_AFTER else pins.BLOCKED_AFTER
    return PinWrong(left=stop - failures)


@operation("people.count_pin_try")
def _count_pin_try(act: Act, *, holder: str) -> Answer:
    act.for_whom = holder
    return pins.count_try(act, holder)


@operation("people.forget_pin_tries")
def _forget_pin_tries(act: Act, *, holder: str, version: int) -> Answer:
    act.for_whom = holder
    return {"cleared": pins.forget_tries(act, holder, version)}


def open_card(bank: Bank, *, by: Caller, told: str, pin: str) -> OpenedCard:
    """Open a card by its short number or code, and its PIN.

    Raises CardUnknown, CardBlocked, and what `check_pin` raises.
    """
    card = bank.database.read(lambda session: find_card_by_hand(session, told))
    if card is None:
        raise CardUnknown()
    if card.status != "active":
        raise CardBlocked(status=card.status)
    check_pin(bank, by=by, holder=card.holder, pin=pin)
    presenting = Presenting(bank.keys, by.actor, bank.clock.instant())
    proof, until = sign_proof(presenting, card.card_id)
    return OpenedCard(card, proof, until)
