"""News on scan (刷卡时告诉): a kiosk says what it has shown to a card's holder."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from pointsbank.people import tell_at_kiosk
from pointsbank.web.access import allows
from pointsbank.web.api.cards import CARD, CARD_TOLD
from pointsbank.web.api.fields import Body, Code, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, keyed, refuses
from pointsbank.web.api.limits import counting_unknown_cards
from pointsbank.web.api.news_lines import LINES_MOST
from pointsbank.web.context import current_bank, current_visitor, request_key

blueprint = Blueprint("api_news", __name__, description="要告诉的事 News for a card's holder")

_ID = r"N[0-9]{1,18}(?:\.[0-9]{1,18}){0,199}"


class NewsTold(Body):
    """What was shown, to whoever holds this card."""

    card = Code(CARD, required=True, metadata=CARD_TOLD)
    news = fields.List(
        Code(_ID, metadata=told("这几条的 id From the card's news", "N412.413")),
        required=True,
        validate=validate.Length(1, LINES_MOST, error="length"),
    )


class Marked(Body):
    """How many things were news to this person; none the second time."""

    told = fields.Integer(required=True, metadata=told("几件事 How many", 2))


@blueprint.route("/news/told", methods=["POST"])
@blueprint.arguments(NewsTold)
@blueprint.response(200, Marked)
@refuses("people.card_unknown", "people.card_blocked", "people.pin_needed", "people.proof_expired")
@keyed
@allows("kiosk")
def mark_told(body: dict[str, Any]) -> Answer:
    """Say that news were shown.

    They are not shown again, at any kiosk. What belongs to another card is left alone.
    """
    ids = sorted({int(one) for line in body["news"] for one in line[1:].split(".")})
    with counting_unknown_cards():
        done = tell_at_kiosk(
            current_bank(),
            by=current_visitor().caller,
            key=request_key(),
            card=body["card"],
            news=ids,
        )
    return answered(done.answer)
