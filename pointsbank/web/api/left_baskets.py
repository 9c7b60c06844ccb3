"""A basket that was left (未确认的篮子), as the kiosk asks about it when the card is read again."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.foundation import Session
from pointsbank.inventory import goods_on_slip
from pointsbank.redemption import UnconfirmedRow
from pointsbank.web.api.fields import Body, told


class LeftLine(Body):
    """What was in it."""

    sku = fields.String(required=True, metadata=told("商品编码", "XIANGZAO"))
    name = fields.String(required=True, metadata=told("品名", "香皂"))
    quantity = fields.Integer(required=True, metadata=told("几件", 1))


class LeftBasket(Body):
    """A basket that was filled and not confirmed."""

    number = fields.String(required=True, metadata=told("编号", "U000012-8"))
    left_at = fields.String(
        required=True, metadata=told("什么时候离开的", "2026-11-22T02:26:00.000000Z")
    )
    total_points = fields.Integer(required=True, metadata=told("当时的合计", 30))
    lines = fields.List(fields.Nested(LeftLine), required=True)


def left_body(session: Session, left: UnconfirmedRow | None) -> dict[str, Any] | None:
    """A basket that waits for an answer, as the kiosk asks about it."""
    if left is None:
        return None
    goods = goods_on_slip(session, shop_id=left.shop_id, skus=[sku for sku, _ in left.lines])
    return {
        "number": left.number,
        "left_at": left.left_at,
        "total_points": left.total_points,
        "lines": [
            {"sku": sku, "name": goods[sku].name, "quantity": many} for sku, many in left.lines
        ],
    }
