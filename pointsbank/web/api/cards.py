"""Reading a card (读卡): whose it is, as far as a screen in a shop may show it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.activities import read_standing
from pointsbank.foundation import Session
from pointsbank.people import (
    CardHolder,
    Greeting,
    get_card_by_code,
    greeting_of,
    list_untold,
    open_card,
)
from pointsbank.redemption import find_unconfirmed
from pointsbank.web.access import allows
from pointsbank.web.api.activity_bodies import StandingNow, standing_body
from pointsbank.web.api.fields import Body, Code, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, refuses
from pointsbank.web.api.kiosk import Bilingual
from pointsbank.web.api.left_baskets import LeftBasket, left_body
from pointsbank.web.api.limits import counting_unknown_cards, counting_wrong_pins
from pointsbank.web.api.news_lines import News, news_body
from pointsbank.web.context import current_bank, current_visitor

blueprint = Blueprint("api_cards", __name__, description="积分卡 Points cards")

# 24 characters from the QR code, or the 8 digits under it.
_READ = r"[A-Z2-7]{24}|[0-9]{8}"
# The same, or the proof that came with a card's PIN.
CARD = rf"(?:{_READ}|[A-Za-z0-9_-]{{16,200}}\.[A-Za-z0-9_-]{{43}})"
CARD_TOLD = told(
    "卡上的 24 位码，或者读卡时凭密码得到的 proof The code that the QR carries, or the `proof` "
    "that /cards/read gave for a PIN; the 8 digits alone are refused",
    "RH6V5JZTTEH6XDVEA56O5BMG",
)


class CardRead(Body):
    """What was scanned, or typed with its PIN."""

    code = Code(
        f"(?:{_READ})",
        required=True,
        metadata=told(
            "卡上的 24 位码，或者码下面的 8 位号码 The code that the QR carries, or the 8 digits "
            "under it, which need the PIN",
            "RH6V5JZTTEH6XDVEA56O5BMG",
        ),
    )
    pin = Code(
        "[0-9]{6}",
        load_default=None,
        allow_none=True,
        metadata=told("6 位密码 The holder's PIN; wrong tries count over all kiosks"),
    )


class Card(Body):
    """A card as the kiosk meets it."""

    greeting = fields.Nested(Bilingual, required=True)
    points = fields.Integer(required=True, metadata=told("现有积分", 520))
    owed = fields.Integer(required=True, metadata=told("欠分 Repaid before anything else", 0))
    hide_balance = fields.Boolean(required=True)
    large_type = fields.Boolean(required=True)
    read_aloud = fields.Boolean(required=True)
    masked_name = fields.String(required=True, metadata=told("隐去后的姓名", "张**"))
    card_tail = fields.String(
        required=True, metadata=told("短号后四位 The end of the number on the card", "8239")
    )


class Proof(Body):
    """What stands for the card while the PIN is fresh: said as `card`, at this device."""

    card = fields.String(required=True, metadata=told("凭条 Say it where a card is asked for"))
    until = fields.String(
        required=True, metadata=told("有效到 It holds until", "2026-11-22T02:29:00.000000Z")
    )


class CardAnswer(Body):
    """The card and its news; `proof` where a PIN was typed."""

    card = fields.Nested(Card, required=True)
    news = fields.List(fields.Nested(News), required=True)
    news_more = fields.Integer(
        required=True, metadata=told("后面还有几条 How many lines wait behind these", 0)
    )
    proof = fields.Nested(Proof, required=True, allow_none=True)
    attendance = fields.Nested(StandingNow, required=True)
    unconfirmed = fields.Nested(
        LeftBasket,
        required=True,
        allow_none=True,
        metadata=told("上次没有按确认的 A basket that was left: ask whether it was taken"),
    )


@blueprint.route("/cards/read", methods=["POST"])
@blueprint.arguments(CardRead)
@blueprint.response(200, CardAnswer)
@refuses(
    "people.card_unknown",
    "people.card_blocked",
    "people.pin_needed",
    "people.pin_missing",
    "people.pin_wrong",
    "people.pin_locked",
    "people.pin_blocked",
)
@allows("kiosk")
def read_card(body: dict[str, Any]) -> Answer:
    """Read a card.

    Without a PIN nothing is written. A try of a PIN is counted before it is compared, on the card's
    holder, over all kiosks: after five one waits, after ten only a new PIN helps. A kiosk may try
    twenty unknown codes and twenty wrong PINs a minute.
    """
    bank, proof = current_bank(), None
    with counting_unknown_cards(), counting_wrong_pins():
        if body["pin"] is None:
            met = bank.database.read(
                lambda session: _meet(session, get_card_by_code(session, body["code"]))
            )
        else:
            opened = open_card(
                bank, by=current_visitor().caller, told=body["code"], pin=body["pin"]
            )
            met = bank.database.read(lambda session: _meet(session, opened.holder))
            proof = {"card": opened.proof, "until": opened.until}
    return answered({**met, "proof": proof})


def _meet(session: Session, holder: CardHolder) -> dict[str, Any]:
    """How to greet whoever holds a card, what they have not been told yet, where they serve, and
    what they left here the last time."""
    now, shop_id = current_bank().clock.instant(), current_visitor().shop_id or 0
    greeting = greeting_of(session, holder)
    lines = list_untold(session, holder.holder)
    standing = read_standing(session, holder.volunteer_id, shop_id=shop_id, now=now)
    return {
        "card": _card_body(greeting),
        **news_body(lines, quiet=greeting.hide_balance),
        "attendance": standing_body(standing),
        "unconfirmed": left_body(session, find_unconfirmed(session, holder.wallet.id, shop_id)),
    }


def _card_body(met: Greeting) -> dict[str, Any]:
    name = met.address or met.masked_name
    return {
        "greeting": {"zh": f"{name}，您好", "en": f"Hello, {name}"},
        "points": met.points,
        "owed": met.owes,
        "hide_balance": met.hide_balance,
        "large_type": met.large_type,
        "read_aloud": met.read_aloud,
        "masked_name": met.masked_name,
        "card_tail": met.card_tail,
    }
