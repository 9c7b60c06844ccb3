"""Pairing (配对): a new kiosk trades the office's code for a token of its own."""

from __future__ import annotations

import secrets
from typing import Any

from marshmallow import fields

from pointsbank.foundation import Session, new_key
from pointsbank.people import find_device, get_shop_by_id, pair_device
from pointsbank.web.access import allows_everybody, hash_of_token
from pointsbank.web.api.fields import Body, Code, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, refuses
from pointsbank.web.api.kiosk import Device, Shop, shop_body
from pointsbank.web.api.limits import counting_wrong_pairings
from pointsbank.web.context import current_bank

blueprint = Blueprint("api_devices", __name__, description="配对 Pairing a kiosk")


class Pairing(Body):
    """The code that the office shows."""

    code = Code(
        "[0-9]{12}", required=True, metadata=told("12 位配对码 Twelve digits", "407182369051")
    )


class Paired(Body):
    """The device's token, told once, and where it stands now."""

    token = fields.String(
        required=True,
        metadata=told("设备令牌 To be sent as `Authorization: Bearer`", "vN3u…"),
    )
    device = fields.Nested(Device, required=True)
    shop = fields.Nested(Shop, required=True)


@blueprint.route("/devices/pair", methods=["POST"])
@blueprint.arguments(Pairing)
@blueprint.response(201, Paired)
@refuses("people.pairing_unknown")
@allows_everybody
def pair(body: dict[str, Any]) -> Answer:
    """Pair a kiosk with its shop.

    The code is used once and lasts ten minutes. Only the token's hash is kept, so it cannot be told
    again; whoever loses it pairs anew.
    """
    bank = current_bank()
    token = secrets.token_urlsafe(32)
    with counting_wrong_pairings():
        paired = pair_device(
            bank, code=body["code"], token_hash=hash_of_token(token), key=new_key()
        )

    def read(session: Session) -> dict[str, Any]:
        shop = shop_body(get_shop_by_id(session, paired.answer["shop"]))
        device = find_device(session, hash_of_token(token))
        name = device.name if device else ""
        return {"device": {"number": paired.answer["number"], "name": name}, "shop": shop}

    return answered({"token": token, **bank.database.read(read)}, 201)
