"""What only a demonstration answers: the tray's codes, and a pairing code for its own kiosk."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.demonstration import list_tray, pair_own_machine
from pointsbank.web.access import allows_everybody
from pointsbank.web.api.fields import Body, OneOf, told
from pointsbank.web.api.frame import Answer, Blueprint, answered
from pointsbank.web.api.kiosk import Bilingual
from pointsbank.web.context import current_bank

blueprint = Blueprint("api_demo", __name__, description="只在演示里 Demonstration only")

LABELS = {
    "rich": {"zh": "积分多的卡", "en": "A card with many points"},
    "short": {"zh": "29 分的卡", "en": "A card with 29 points"},
    "blocked": {"zh": "挂失的卡", "en": "A blocked card"},
    "family": {"zh": "一户人家的卡", "en": "A family's card"},
    "large": {"zh": "要大字的卡", "en": "A card in large type"},
}


class TrayCard(Body):
    """A sample card."""

    code = fields.String(required=True, metadata=told("卡码", "RH6V5JZTTEH6XDVEA56O5BMG"))
    kind = fields.String(required=True, metadata=told("它是来演什么的", "rich"))
    label = fields.Nested(Bilingual, required=True)


class TrayGoods(Body):
    """A product with its barcode."""

    barcode = fields.String(required=True, metadata=told("条码", "2000000000015"))
    sku = fields.String(required=True, metadata=told("商品编码", "XIYIYE"))
    label = fields.Nested(Bilingual, required=True)


class Tray(Body):
    """What lies beside the kiosk."""

    cards = fields.List(fields.Nested(TrayCard), required=True)
    goods = fields.List(fields.Nested(TrayGoods), required=True)


class OwnMachine(Body):
    """What the browser wants to be."""

    kind = OneOf("kiosk", "station", load_default="kiosk", metadata=told("自助机或者签到台"))


class PairingCode(Body):
    """A code for once."""

    code = fields.String(required=True, metadata=told("12 位配对码", "407182369051"))


@blueprint.route("/demo/tray")
@blueprint.response(200, Tray)
@allows_everybody
def show_tray() -> Answer:
    """Show the sample cards and barcodes that lie beside the kiosk."""
    tray = list_tray(current_bank())
    cards = [
        {"code": card.code, "kind": card.kind, "label": LABELS[card.kind]} for card in tray.cards
    ]
    goods = [
        {
            "barcode": one.barcode,
            "sku": one.sku,
            "label": {"zh": one.name, "en": one.name_en},
        }
        for one in tray.goods
    ]
    return answered({"cards": cards, "goods": goods})


@blueprint.route("/demo/pairing-code", methods=["POST"])
@blueprint.arguments(OwnMachine)
@blueprint.response(201, PairingCode)
@allows_everybody
def make_pairing_code(body: dict[str, Any]) -> Answer:
    """Make a pairing code for the kiosk or the station in this browser."""
    return answered({"code": "".join(pair_own_machine(current_bank(), body["kind"]).split())}, 201)
