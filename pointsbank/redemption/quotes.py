"""Quotes (报价): a signed token that says what a basket costs. Nothing is written for it.

The token carries everything that a checkout must compare, so that it is verified without a look at
the database: the lines with their prices, the total, who asked where, for whose wallet, until when.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Any

from pointsbank.foundation import Keys, canonical_json, from_instant, to_instant
from pointsbank.redemption.errors import NotOwn, QuoteExpired, QuoteUnreadable

QUOTE_SECONDS = 120
TOKEN_MOST = 16_384
_PURPOSE = b"pointsbank quote 1\0"


@dataclass(frozen=True, slots=True)
class Quote:
    """What was promised. `terms` are the kind's own lines; `wallet_id` None is anybody's basket."""

    id: str
    kind: str
    actor: str
    shop_id: int
    till: str
    wallet_id: int | None
    terms: Sequence[Sequence[Any]]
    total_points: int
    quoted_at: str
    expires_at: str


def new_quote(
    *,
    kind: str,
    actor: str,
    shop_id: int,
    till: str,
    wallet_id: int | None,
    terms: Sequence[Sequence[Any]],
    total_points: int,
    now: str,
) -> Quote:
    """A quote that holds from now for two minutes."""
    moment = from_instant(now)
    return Quote(
        # Milliseconds first, so that later quotes sort later in the index that keeps them apart.
        id=f"{int(moment.timestamp() * 1000):011x}{secrets.token_hex(6)}",
        kind=kind,
        actor=actor,
        shop_id=shop_id,
        till=till,
        wallet_id=wallet_id,
        terms=terms,
        total_points=total_points,
        quoted_at=now,
        expires_at=to_instant(moment + timedelta(seconds=QUOTE_SECONDS)),
    )


def sign_quote(keys: Keys, quote: Quote) -> str:
    """Write a quote as a token that only this bank can have made."""
    told = canonical_json(astuple(quote))
    return f"{_as_text(told)}.{_as_text(_signature(keys, told))}"


def read_quote(keys: Keys, token: str, *, kind: str, actor: str, now: str) -> Quote:
    """What a token promised. Raises QuoteUnreadable for a forged one, or another caller's or
    kind's; QuoteExpired once its time is over."""
    quote = read_old_quote(keys, token, kind=kind, actor=actor)
    if quote.expires_at <= now:
        raise QuoteExpired()
    return quote


def read_old_quote(keys: Keys, token: str, *, kind: str, actor: str) -> Quote:
    """The same where the time does not matter: what stood on the screen. Raises QuoteUnreadable."""
    body, _, signature = token[:TOKEN_MOST].partition(".")
    try:
        told, signed = _as_bytes(body), _as_bytes(signature)
    except (ValueError, binascii.Error) as cause:
        raise QuoteUnreadable() from cause
    if not hmac.compare_digest(signed, _signature(keys, told)):
        raise QuoteUnreadable()
    quote = Quote(*json.loads(told))
    if quote.kind != kind or quote.actor != actor or not quote.terms:
        raise QuoteUnreadable()
    return quote


def refuse_other_wallet(quote: Quote, wallet_id: int) -> None:
    """A basket that was priced for one card is not charged to another. Raises NotOwn."""
    if quote.wallet_id is not None and quote.wallet_id != wallet_id:
        raise NotOwn()


def _signature(keys: Keys, told: bytes) -> bytes:
    return hmac.digest(keys.quote, _PURPOSE + told, hashlib.sha256)


def _as_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _as_bytes(text: str) -> bytes:
    padded = text.encode() + b"=" * (-len(text) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True)
