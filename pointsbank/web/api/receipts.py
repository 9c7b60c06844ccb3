"""Receipts (回执): what became of a request whose answer was lost, and giving a key up."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.foundation import VOIDED, KeptReceipt, get_receipt, require_key, void_key
from pointsbank.web.access import allows
from pointsbank.web.api.fields import Body, Nothing, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, keyed, refuses
from pointsbank.web.context import current_bank, current_visitor, request_key

blueprint = Blueprint("api_receipts", __name__, description="回执 What became of a request")


class Receipt(Body):
    """What stands under a key: `done` with the operation's own answer, or `void`."""

    state = fields.String(required=True, metadata=told("`done` 已办, `void` 已作废", "done"))
    operation = fields.String(
        required=True, allow_none=True, metadata=told("办了什么", "redemption.check_out")
    )
    at = fields.String(
        required=True, allow_none=True, metadata=told("何时", "2026-11-22T02:26:00.000000Z")
    )
    answer = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata=told("当时的答复 Codes, numbers and public ids only, never a name"),
    )


@blueprint.route("/receipts/<key>")
@blueprint.response(200, Receipt)
@refuses("foundation.key_invalid", "foundation.receipt_unknown")
@allows("kiosk", "worker", "admin")
def show(key: str) -> Answer:
    """Ask what became of a request.

    Everybody sees the receipts of their own keys only. 404 means that nothing was booked, though a
    request that is still on its way may yet book; void the key to be sure.
    """
    client = current_visitor().caller.client
    return answered(_receipt_body(get_receipt(current_bank(), client=client, key=require_key(key))))


@blueprint.route("/receipts/<key>/void", methods=["POST"])
@blueprint.arguments(Nothing)
@blueprint.response(200, Receipt)
@refuses("foundation.key_invalid")
@keyed
@allows("kiosk")
def give_up(body: dict[str, Any], key: str) -> Answer:
    """Give a key up.

    From now on it can never book. If it had booked already, the receipt is answered instead; asking
    again gives the same.
    """
    request_key()
    booked = void_key(current_bank(), by=current_visitor().caller, key=require_key(key))
    if booked is None:
        return answered({"state": "void", "operation": None, "at": None, "answer": None})
    return answered(_receipt_body(booked))


def _receipt_body(kept: KeptReceipt) -> dict[str, Any]:
    if kept.operation == VOIDED:
        return {"state": "void", "operation": None, "at": kept.at, "answer": None}
    return {"state": "done", "operation": kept.operation, "at": kept.at, "answer": kept.answer}
