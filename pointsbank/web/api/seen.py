"""What a kiosk was told (见过的小票): after a restore it shows what it remembers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from pointsbank.safekeeping import SEEN_MOST, note_seen
from pointsbank.web.access import allows
from pointsbank.web.api.fields import Body, Code, Whole, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, keyed
from pointsbank.web.context import current_bank, current_visitor, request_key

blueprint = Blueprint("api_seen", __name__, description="见过的小票 What a kiosk remembers")

POINTS_MOST = 1_000_000
INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"


class SeenReceipt(Body):
    """One purchase that the bank acknowledged to this kiosk."""

    key = Code(
        "[A-Za-z0-9_-]{16,64}", required=True, metadata=told("幂等键 The key that it was sent with")
    )
    number = Code("R[0-9]{6,18}-[0-9]", required=True, metadata=told("兑换编号", "R000412-6"))
    slip = Code("[A-Z][0-9]{1,3}-[0-9]{4}", required=True, metadata=told("小票号", "A3-0412"))
    total_points = Whole(1, POINTS_MOST, required=True, metadata=told("用了几分", 275))
    card_tail = Code(
        "[0-9]{4}", required=True, allow_none=True, metadata=told("短号后四位", "8239")
    )
    at = Code(INSTANT, required=True, metadata=told("时间", "2026-11-22T02:26:00.000000Z"))
    undone = fields.Boolean(required=True, metadata=told("撤销了没有", False))


class SeenReceipts(Body):
    """What a kiosk remembers, so many at a time."""

    receipts = fields.List(
        fields.Nested(SeenReceipt),
        required=True,
        validate=validate.Length(1, SEEN_MOST, error="length"),
        metadata=told("见过的小票，先旧后新 The oldest first"),
    )


class SeenAnswer(Body):
    """How many of them the books do not have, and how many of these are new on the list."""

    missing = fields.Integer(required=True, metadata=told("账上没有的", 3))
    new = fields.Integer(required=True, metadata=told("清单上新添的", 3))


@blueprint.route("/kiosk/seen", methods=["POST"])
@blueprint.arguments(SeenReceipts)
@blueprint.response(201, SeenAnswer)
@keyed
@allows("kiosk")
def show_seen(body: dict[str, Any]) -> Answer:
    """Show what the bank acknowledged to this kiosk.

    Sent when `life` of `/kiosk` is another one than the kiosk knew. What the books do not have goes
    on a list for the worker; nothing is booked by it.
    """
    visitor = current_visitor()
    receipts = [
        (
            one["number"],
            one["slip"],
            one["key"],
            one["total_points"],
            f"····{one['card_tail']}" if one["card_tail"] else None,
            one["at"],
            one["undone"],
        )
        for one in body["receipts"]
    ]
    done = note_seen(
        current_bank(),
        by=visitor.caller,
        key=request_key(),
        device=visitor.device_id,
        receipts=receipts,
    )
    return answered(done.answer, 201)
