"""Baskets that were left (未确认的篮子): kept when time ran out, asked about at the next scan."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.redemption import answer_unconfirmed, keep_unconfirmed
from pointsbank.web.access import allows
from pointsbank.web.api.cards import CARD, CARD_TOLD
from pointsbank.web.api.fields import Body, Code, OneOf, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, keyed, refuses
from pointsbank.web.api.limits import counting_unknown_cards
from pointsbank.web.api.redemptions import QUOTE
from pointsbank.web.context import current_bank, current_visitor, request_key

blueprint = Blueprint("api_unconfirmed", __name__, description="未确认的篮子 Baskets left behind")

TAKEN, NOT_TAKEN = "taken", "not_taken"


class Leaving(Body):
    """What stood on the screen when time ran out."""

    card = Code(CARD, required=True, metadata=CARD_TOLD)
    quote = Code(
        QUOTE, required=True, metadata=told("报价令牌 From /quotes; it may have expired meanwhile")
    )


class Kept(Body):
    """Whether it will be asked about; not when it was bought after all."""

    kept = fields.Boolean(required=True, metadata=told("记下了没有", True))


class Answering(Body):
    """Whether the things were taken."""

    card = Code(CARD, required=True, metadata=CARD_TOLD)
    answer = OneOf(TAKEN, NOT_TAKEN, required=True, metadata=told("拿走了没有 What was said"))


class BookedLate(Body):
    """What was booked because the things had been taken."""

    number = fields.String(required=True, metadata=told("兑换编号", "R000412-6"))
    slip = fields.String(required=True, metadata=told("小票号", "A3-0412"))
    total_points = fields.Integer(required=True, metadata=told("用了几分", 30))
    points_after = fields.Integer(required=True, metadata=told("现在还有", 245))


class LeftAnswer(Body):
    """The basket is closed; what was booked for it, if anything."""

    number = fields.String(required=True, metadata=told("编号", "U000012-8"))
    redemption = fields.Nested(BookedLate, required=True, allow_none=True)


@blueprint.route("/unconfirmed", methods=["POST"])
@blueprint.arguments(Leaving)
@blueprint.response(201, Kept)
@refuses(
    "people.card_unknown",
    "people.card_blocked",
    "people.pin_needed",
    "people.proof_expired",
    "redemption.quote_unreadable",
    "redemption.not_own",
)
@keyed
@allows("kiosk")
def keep(body: dict[str, Any]) -> Answer:
    """Keep a basket that somebody left without confirming.

    Nothing is charged. At the card's next scan `/cards/read` asks about it.
    """
    with counting_unknown_cards():
        done = keep_unconfirmed(
            current_bank(), by=current_visitor().caller, key=request_key(), **body
        )
    return answered(done.answer, 201)


@blueprint.route("/unconfirmed/<number>/answer", methods=["POST"])
@blueprint.arguments(Answering)
@blueprint.response(200, LeftAnswer)
@refuses(
    "people.card_unknown",
    "people.card_blocked",
    "people.pin_needed",
    "people.proof_expired",
    "ledger.insufficient_balance",
    "redemption.not_own",
    "redemption.other_shop",
    "redemption.pin_for_sum",
    "redemption.unconfirmed_unknown",
    "redemption.unconfirmed_ended",
)
@keyed
@allows("kiosk")
def settle(body: dict[str, Any], number: str) -> Answer:
    """Say whether what was left unconfirmed was taken.

    Taken: it is booked now, at the price that was shown then. Not taken: it is closed. After a
    refusal it stays open, and the workers see it.
    """
    visitor = current_visitor()
    with counting_unknown_cards():
        done = answer_unconfirmed(
            current_bank(),
            by=visitor.caller,
            key=request_key(),
            number=number,
            card=body["card"],
            shop_id=visitor.shop_id or 0,
            is_taken=body["answer"] == TAKEN,
        )
    booked = done.answer["redemption"]
    shown = ("number", "slip", "total_points", "points_after")
    told_of = booked and {name: booked[name] for name in shown}
    return answered({"number": number, "redemption": told_of})
