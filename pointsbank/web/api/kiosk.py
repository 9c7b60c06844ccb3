"""What a kiosk must know of its place: shop, hours, the name of points, what they buy."""

from __future__ import annotations

from dataclasses import asdict

from marshmallow import fields

from pointsbank.activities import read_open_here
from pointsbank.earning import rulebook_on
from pointsbank.foundation import Session, list_settings
from pointsbank.people import ShopRow, get_shop_by_id
from pointsbank.redemption import KINDS
from pointsbank.safekeeping import find_life
from pointsbank.web.access import allows
from pointsbank.web.api.activity_bodies import OpenActivity, activity_body
from pointsbank.web.api.fields import Body, told
from pointsbank.web.api.frame import Answer, Blueprint, answered
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.currency import read_currency

blueprint = Blueprint("api_kiosk", __name__, description="自助机 The kiosk and its shop")


class Bilingual(Body):
    """A word in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class Shop(Body):
    """A shop without staff."""

    name = fields.String(required=True, metadata=told("店名", "晨光社区公益超市"))
    tagline = fields.String(required=True)
    opens = fields.String(required=True, metadata=told("开门 When it opens", "07:00"))
    open_until = fields.String(required=True, metadata=told("关门 When it closes", "21:00"))
    help_phone = fields.String(required=True, metadata=told("求助电话", "8651 2030"))


class Device(Body):
    """A paired device of a shop."""

    number = fields.Integer(required=True, metadata=told("几号机 Its number in the shop", 3))
    name = fields.String(required=True)


class Currency(Body):
    """What points are called here."""

    name = fields.String(required=True, metadata=told("积分的叫法", "积分"))
    unit = fields.String(required=True, metadata=told("单位", "分"))
    name_en = fields.String(required=True, metadata=told("英文叫法", "points"))


class OfferedKind(Body):
    """A way of spending points that this place offers."""

    code = fields.String(required=True, metadata=told("兑换方式", "goods"))
    title = fields.Nested(Bilingual, required=True)


class Place(Body):
    """Everything that a kiosk shows of its place."""

    shop = fields.Nested(Shop, required=True)
    device = fields.Nested(Device, required=True)
    currency = fields.Nested(Currency, required=True)
    demonstration = fields.Boolean(required=True, metadata=told("是否演示", False))
    points_per_hour = fields.Integer(required=True, metadata=told("每小时几分", 10))
    kinds = fields.List(fields.Nested(OfferedKind), required=True)
    activities = fields.List(
        fields.Nested(OpenActivity),
        required=True,
        metadata=told("现在可以签到的活动 What is open here now"),
    )
    now = fields.String(
        required=True, metadata=told("服务器时间 The server's clock", "2026-11-22T02:26:00.000000Z")
    )
    life = fields.String(
        required=True,
        metadata=told(
            "账册的一世 Another one than last time: send `/kiosk/seen` what was acknowledged", ""
        ),
    )
    clock_is_right = fields.Boolean(
        required=True,
        metadata=told("时钟对不对 While it is not, every kiosk is closed (停办)", True),
    )


@blueprint.route("/kiosk")
@blueprint.response(200, Place)
@allows("kiosk")
def show_place() -> Answer:
    """Say where this kiosk stands.

    Asked when the page starts and now and then afterwards. `now` is the clock that decides; a
    kiosk's own may drift.
    """
    bank, visitor = current_bank(), current_visitor()

    def read(session: Session) -> dict[str, object]:
        settings = list_settings(session)
        return {
            "shop": shop_body(get_shop_by_id(session, visitor.shop_id or 0)),
            "device": {"number": visitor.device_number, "name": visitor.name},
            "currency": asdict(read_currency(session)),
            "demonstration": settings.get("nature") == "demonstration",
            "life": find_life(session),
            "points_per_hour": int(rulebook_on(session, bank.clock.known_day()).hourly or 0),
            "activities": [
                activity_body(one)
                for one in read_open_here(
                    session, shop_id=visitor.shop_id or 0, now=bank.clock.instant()
                )
            ],
        }

    kinds = [
        {"code": kind.code, "title": {"zh": kind.title_zh, "en": kind.title_en}} for kind in KINDS
    ]
    clock = {"now": bank.clock.instant(), "clock_is_right": bank.clock.doubt is None}
    return answered({**bank.database.read(read), "kinds": kinds, **clock})


def shop_body(shop: ShopRow) -> dict[str, str]:
    """A shop as a kiosk sees it."""
    return {
        "name": shop.name,
        "tagline": shop.tagline,
        "opens": shop.opens,
        "open_until": shop.closes,
        "help_phone": shop.help_phone,
    }
