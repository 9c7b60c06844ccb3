"""Proofs of a PIN (密码凭条): a signed token for a card whose PIN was right a moment ago.

It says which card, at which device, until when, so that neither PIN nor short number travels with a
quote or a checkout, and a copy is worth nothing elsewhere or later. Nothing is written for it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass, replace
from datetime import timedelta

from pointsbank.foundation import Act, Keys, Session, canonical_json, from_instant, to_instant
from pointsbank.people.cards import CardHolder, find_card_by_id, get_card_by_code
from pointsbank.people.errors import CardBlocked, CardUnknown, ProofExpired

PROOF_SECONDS = 180
PROOF_MOST = 300
# What stands under `quote` in the keys signs promises of a few minutes; each says which one it is.
_PURPOSE = b"pointsbank card proof 1\0"


@dataclass(frozen=True, slots=True)
class Presenting:
    """How a card is presented: who reads it, under which keys, at what time."""

    keys: Keys
    actor: str
    now: str

    @classmethod
    def of(cls, act: Act) -> Presenting:
        """As whoever runs this operation presents it."""
        return cls(act.keys, act.caller.actor, act.now)


def sign_proof(presenting: Presenting, card_id: int) -> tuple[str, str]:
    """A proof for this card at this device, and until when it holds."""
    until = to_instant(from_instant(presenting.now) + timedelta(seconds=PROOF_SECONDS))
    told = canonical_json([card_id, presenting.actor, until])
    return f"{_as_text(told)}.{_as_text(_signature(presenting.keys, told))}", until


def is_proof(told: str) -> bool:
    """Whether this is meant as a proof; neither codes nor short numbers have a dot."""
    return "." in told


def read_proof(presenting: Presenting, proof: str) -> int:
    """The card that a proof stands for.

    Raises CardUnknown for one that is forged or another device's, ProofExpired once it is over.
    """
    body, _, signature = proof[:PROOF_MOST].partition(".")
    try:
        told, signed = _as_bytes(body), _as_bytes(signature)
    except (ValueError, binascii.Error) as cause:
        raise CardUnknown() from cause
    if not hmac.compare_digest(signed, _signature(presenting.keys, told)):
        raise CardUnknown()
    card_id, actor, until = json.loads(told)
    if actor != presenting.actor:
        raise CardUnknown()
    if until <= presenting.now:
        raise ProofExpired()
    return int(card_id)


def find_presented_card(
    session: Session, told: str, presenting: Presenting, *, lock: bool = False
) -> CardHolder:
    """The card of a proof, whatever its status; `by_pin` says that the PIN was right.

    Raises CardUnknown, ProofExpired.
    """
    card = find_card_by_id(session, read_proof(presenting, told), lock=lock)
    if card is None:
        raise CardUnknown()
    return replace(card, by_pin=True)


def get_presented_card(
    session: Session, told: str, presenting: Presenting, *, lock: bool = False
) -> CardHolder:
    """Whose card was presented, by its code or by a proof.

    Raises CardUnknown, CardBlocked, PinNeeded for a bare short number, ProofExpired.
    """
    if not is_proof(told):
        return get_card_by_code(session, told, lock=lock)
    card = find_presented_card(session, told, presenting, lock=lock)
    if card.status != "active":
        raise CardBlocked(status=card.status)
    return card


def _signature(keys: Keys, told: bytes) -> bytes:
    return hmac.digest(keys.quote, _PURPOSE + told, "sha256")


def _as_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _as_bytes(text: str) -> bytes:
    padded = text.encode() + b"=" * (-len(text) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True)
