"""The shelf (货架): everything that stands in this kiosk's shop today."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.earning import Rulebook, rulebook_on
from pointsbank.inventory import ShelfItem, list_shelf
from pointsbank.web.access import allows
from pointsbank.web.api.fields import Body, told
from pointsbank.web.api.frame import Answer, Blueprint, answered
from pointsbank.web.api.kiosk import Bilingual
from pointsbank.web.context import current_bank, current_visitor

blueprint = Blueprint("api_shelf", __name__, description="货架 The shelf")


class Item(Body):
    """One tile of the goods wall. `left` 0 is sold out."""

    sku = fields.String(required=True, metadata=told("商品编码", "XIYIYE"))
    name = fields.String(required=True, metadata=told("品名", "洗衣液"))
    name_en = fields.String(required=True, metadata=told("英文名", "Detergent"))
    spec = fields.String(required=True, allow_none=True, metadata=told("规格", "2 kg / 瓶"))
    price_points = fields.Integer(required=True, metadata=told("积分价", 230))
    price_id = fields.Integer(required=True)
    hours_tenths = fields.Integer(
        required=True,
        metadata=told("约合服务时长 The price in tenths of an hour", 230),
    )
    left = fields.Integer(required=True, metadata=told("还剩几件", 18))
    barcodes = fields.List(fields.String(), required=True)
    picture = fields.String(required=True, allow_none=True, metadata=told("图名", "detergent"))
    limit_monthly = fields.Integer(required=True, allow_none=True, metadata=told("每月限量", 5))
    best_before = fields.String(required=True, allow_none=True)
    restock = fields.Nested(Bilingual, required=True, allow_none=True)
    wanted = fields.Integer(required=True, metadata=told("排序，大的在手边", 90))


class Shelf(Body):
    """All items, the most wanted first."""

    items = fields.List(fields.Nested(Item), required=True)


@blueprint.route("/shelf")
@blueprint.response(200, Shelf)
@allows("kiosk")
def show_shelf() -> Answer:
    """List the shelf of this kiosk's shop."""
    bank, shop_id = current_bank(), current_visitor().shop_id or 0
    today = bank.clock.known_day()
    book = bank.database.read(lambda session: rulebook_on(session, today))
    items = list_shelf(bank, shop_id=shop_id, today=today)
    return answered({"items": [_item_body(item, book) for item in items]})


def _item_body(item: ShelfItem, book: Rulebook) -> dict[str, Any]:
    restock = None
    if item.restock_zh or item.restock_en:
        restock = {
            "zh": item.restock_zh or item.restock_en,
            "en": item.restock_en or item.restock_zh,
        }
    return {
        "sku": item.sku,
        "name": item.name,
        "name_en": item.name_en,
        "spec": item.spec,
        "price_points": item.price_points,
        "price_id": item.price_id,
        "hours_tenths": book.tenths_of_hours(item.price_points),
        "left": max(0, item.left),
        "barcodes": item.barcodes,
        "picture": item.picture,
        "limit_monthly": item.limit_monthly,
        "best_before": item.best_before,
        "restock": restock,
        "wanted": item.wanted,
    }
