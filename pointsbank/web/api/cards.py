"""Reading a card (读卡): whose it is, as far as a screen in a shop may show it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.foundation import Session
from pointsbank.people import Greeting, get_card_by_code, greeting_of
from pointsbank.web.access import allows
from pointsbank.web.api.fields import Body, Code, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, refuses
from pointsbank.web.api.kiosk import Bilingual
from pointsbank.web.api.limits import counting_unknown_cards
from pointsbank.web.context import current_bank

blueprint = Blueprint("api_cards", __name__, description="积分卡 Points cards")

# 24 characters from the QR code, or the 8 digits under it.
CARD = r"(?:[A-Z2-7]{24}|[0-9]{8})"
CARD_TOLD = told(
    "卡上的 24 位码 The code that the QR carries; the 8 digits under it are refused until they "
    "come with a PIN",
    "RH6V5JZTTEH6XDVEA56O5BMG",
)


class CardRead(Body):
    """What was scanned."""

    code = Code(CARD, required=True, metadata=CARD_TOLD)


class Card(Body):
    """A card as the kiosk meets it."""

    greeting = fields.Nested(Bilingual, required=True)
    points = fields.Integer(required=True, metadata=told("现有积分", 520))
    owed = fields.Integer(required=True, metadata=told("欠分 Repaid before anything else", 0))
    hide_balance = fields.Boolean(required=True)
    large_type = fields.Boolean(required=True)
    read_aloud = fields.Boolean(required=True)
    masked_name = fields.String(required=True, metadata=told("隐去后的姓名", "张**"))


class News(Body):
    """Something that this person has not been told yet."""

    id = fields.String(required=True)
    text = fields.Nested(Bilingual, required=True)
    tone = fields.String(required=True, metadata=told("`in` or `stop`", "in"))


class CardAnswer(Body):
    """The card and its news."""

    card = fields.Nested(Card, required=True)
    news = fields.List(fields.Nested(News), required=True)


@blueprint.route("/cards/read", methods=["POST"])
@blueprint.arguments(CardRead)
@blueprint.response(200, CardAnswer)
@refuses("people.card_unknown", "people.card_blocked", "people.pin_needed")
@allows("kiosk")
def read_card(body: dict[str, Any]) -> Answer:
    """Read a card.

    Nothing is written. A kiosk may try twenty unknown codes a minute.
    """

    def read(session: Session) -> Greeting:
        return greeting_of(session, get_card_by_code(session, body["code"]))

    with counting_unknown_cards():
        met = current_bank().database.read(read)
    return answered({"card": _card_body(met), "news": []})


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
    }
