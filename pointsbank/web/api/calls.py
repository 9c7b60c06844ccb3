"""What a kiosk tells the workers: a code that nobody knows, and that somebody needs help."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.inventory import note_unknown_code
from pointsbank.redemption import call_help
from pointsbank.web.access import allows
from pointsbank.web.api.fields import Body, Code, Nothing, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, keyed
from pointsbank.web.context import current_bank, current_visitor, request_key

blueprint = Blueprint("api_calls", __name__, description="叫人 Telling the workers")


class UnknownCode(Body):
    """A code that was scanned and belongs to no goods."""

    code = Code(
        "[0-9A-Z-]{6,20}",
        required=True,
        metadata=told("扫到的条码 The scanned code", "6901234567892"),
    )


class Noted(Body):
    """How often the code has been seen; 0 when its kind is not kept, such as a card's."""

    seen = fields.Integer(required=True, metadata=told("见过几次", 2))


class Called(Body):
    """The call that is open for this kiosk."""

    call = fields.Integer(required=True, metadata=told("求助编号", 17))


@blueprint.route("/unknown-codes", methods=["POST"])
@blueprint.arguments(UnknownCode)
@blueprint.response(201, Noted)
@keyed
@allows("kiosk")
def note_code(body: dict[str, Any]) -> Answer:
    """Note a code that nobody knows, for the worker."""
    by = current_visitor().caller
    done = note_unknown_code(current_bank(), by=by, key=request_key(), code=body["code"])
    return answered(done.answer, 201)


@blueprint.route("/help-calls", methods=["POST"])
@blueprint.arguments(Nothing)
@blueprint.response(201, Called)
@keyed
@allows("kiosk", "station")
def call_worker(body: dict[str, Any]) -> Answer:
    """Call a worker to this kiosk.

    While a call is open, another one is the same call.
    """
    done = call_help(current_bank(), by=current_visitor().caller, key=request_key())
    return answered(done.answer, 201)
