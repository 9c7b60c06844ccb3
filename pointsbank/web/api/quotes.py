"""Quotes (报价): what a basket costs now, and everything that stands against it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Request, request
from marshmallow import Schema, fields

from pointsbank.redemption import KINDS, Quotation, Refused, get_kind, quote
from pointsbank.web.access import allows
from pointsbank.web.api.cards import CARD, CARD_TOLD
from pointsbank.web.api.fields import Body, Code, OneOf, told
from pointsbank.web.api.frame import PARSER, Answer, Blueprint, answered, refuses
from pointsbank.web.api.limits import counting_unknown_cards
from pointsbank.web.api.strict_json import load_body
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.i18n import sentence

blueprint = Blueprint("api_quotes", __name__, description="报价 What a basket costs")

KIND_TOLD = told("兑换方式 A code from `kinds` of /kiosk", "goods")


def _wanted_by(code: str) -> Schema:
    """What must be said to have one kind priced: the kind itself tells what it asks for."""
    asked = {
        "kind": OneOf(code, required=True, metadata=KIND_TOLD),
        "card": Code(CARD, load_default=None, allow_none=True, metadata=CARD_TOLD),
        **get_kind(code).fields,
    }
    return Body.from_dict(asked, name=f"{code.title()}Wanted")()


WANTED = {kind.code: _wanted_by(kind.code) for kind in KINDS}


class QuotedLine(Body):
    """One line of the basket at its price."""

    sku = fields.String(required=True, metadata=told("商品编码", "XIYIYE"))
    name = fields.String(required=True, metadata=told("品名", "洗衣液"))
    quantity = fields.Integer(required=True, metadata=told("几件", 1))
    scanned = fields.Boolean(required=True, metadata=told("扫码的，不是点图的", True))
    price_points = fields.Integer(required=True, metadata=told("单价", 230))
    sum_points = fields.Integer(required=True, metadata=told("小计", 230))


class QuoteRefusal(Body):
    """Something that stands against the basket, in words and for programs."""

    code = fields.String(required=True, metadata=told("拒绝的代码", "redemption.item_limit"))
    facts = fields.Dict(keys=fields.String(), required=True)
    title = fields.String(required=True)
    detail = fields.String(required=True)
    sku = fields.String(required=True, allow_none=True)


class QuoteAnswer(Body):
    """What the basket costs. Nothing has been written for it."""

    quote = fields.String(
        required=True, metadata=told("报价令牌 Sent with the checkout; it holds for two minutes")
    )
    lines = fields.List(fields.Nested(QuotedLine), required=True)
    total_points = fields.Integer(required=True, metadata=told("合计", 275))
    points_before = fields.Integer(required=True, allow_none=True, metadata=told("换之前", 520))
    points_after = fields.Integer(required=True, allow_none=True, metadata=told("换之后", 245))
    short_points = fields.Integer(required=True, metadata=told("还差几分", 0))
    expires_at = fields.String(
        required=True, metadata=told("报价有效到", "2026-11-22T02:28:00.000000Z")
    )
    refusals = fields.List(fields.Nested(QuoteRefusal), required=True)


@blueprint.route("/quotes", methods=["POST"])
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {"application/json": {"schema": {"oneOf": list(WANTED.values())}}},
    }
)
@blueprint.response(200, QuoteAnswer)
@refuses(
    "people.card_unknown",
    "people.card_blocked",
    "people.pin_needed",
    "people.proof_expired",
    "redemption.kind_unknown",
    "redemption.basket_unreadable",
)
@allows("kiosk")
def make_quote() -> Answer:
    """Price a basket.

    Lists everything that stands against it at once; a checkout would stop at the first. The card
    may be missing while goods are scanned before it.
    """
    asked = PARSER.parse(_schema_of, request, location="json")
    visitor = current_visitor()
    kind, card = asked.pop("kind"), asked.pop("card")
    with counting_unknown_cards():
        made = quote(
            current_bank(),
            by=visitor.caller,
            kind=kind,
            shop_id=visitor.shop_id or 0,
            device_number=visitor.device_number,
            card=card,
            request=asked,
        )
    return answered(_quote_body(made))


def _schema_of(asking: Request) -> Schema:
    body = load_body(asking)
    kind = body.get("kind") if isinstance(body, dict) else None
    # Without a kind that we know, the first one's schema says what is missing or wrong.
    return WANTED.get(kind if isinstance(kind, str) else "", next(iter(WANTED.values())))


def _quote_body(made: Quotation) -> dict[str, Any]:
    return {
        "quote": made.quote,
        "lines": [asdict(line) for line in made.lines],
        "total_points": made.total_points,
        "points_before": made.points_before,
        "points_after": made.points_after,
        "short_points": made.short_points,
        "expires_at": made.expires_at,
        "refusals": [_refusal_body(refusal) for refusal in made.refusals],
    }


def _refusal_body(refused: Refused) -> dict[str, Any]:
    return {
        "code": refused.code,
        "facts": dict(refused.facts),
        "title": sentence(refused.code, "title", **refused.facts),
        "detail": sentence(refused.code, "detail", **refused.facts),
        "sku": refused.sku,
    }
