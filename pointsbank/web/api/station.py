"""A station (签到台): a tablet that signs people in and out where an activity is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import fields

from pointsbank.activities import (
    Standing,
    VolunteersOnly,
    read_code_here,
    read_day_here,
    read_standing,
)
from pointsbank.foundation import Session, list_settings
from pointsbank.people import Presenting, get_presented_card, get_shop_by_id, open_card
from pointsbank.web.access import allows
from pointsbank.web.api.activity_bodies import (
    OpenActivity,
    StandingNow,
    activity_body,
    standing_body,
)
from pointsbank.web.api.attendance import CARD_REFUSALS, Signing
from pointsbank.web.api.cards import Proof
from pointsbank.web.api.fields import Body, Code, Drawing, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, refuses
from pointsbank.web.api.kiosk import Device, Shop, shop_body
from pointsbank.web.api.limits import counting_unknown_cards, counting_wrong_pins
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.qr import draw_qr, phone_address, sign_address

blueprint = Blueprint("api_station", __name__, description="签到台 A station for signing in")


class StationActivity(OpenActivity):
    """An activity of today, whether or not one may sign in to it already."""

    is_open = fields.Boolean(required=True, metadata=told("现在能不能签到", True))
    opens_at = fields.String(
        required=True, metadata=told("几点起可以签到", "2026-11-20T00:30:00.000000Z")
    )


class StationPlace(Body):
    """Everything that a station shows of its place."""

    shop = fields.Nested(Shop, required=True)
    device = fields.Nested(Device, required=True)
    demonstration = fields.Boolean(required=True, metadata=told("是否演示", False))
    activities = fields.List(
        fields.Nested(StationActivity),
        required=True,
        metadata=told("今天的活动 Today's at this shop, and those at none, by beginning"),
    )
    now = fields.String(
        required=True, metadata=told("服务器时间 The server's clock", "2026-11-22T02:26:00.000000Z")
    )
    clock_is_right = fields.Boolean(
        required=True, metadata=told("时钟对不对 While it is not, nobody is signed in", True)
    )


class ShownCode(Body):
    """The code of this half minute."""

    code = fields.String(required=True, metadata=told("6 位签到码", "407182"))
    until = fields.String(
        required=True,
        metadata=told("换码时间 The next one comes at", "2026-11-22T02:26:30.000000Z"),
    )
    qr = fields.Nested(
        Drawing,
        required=True,
        allow_none=True,
        metadata=told("手机扫的码 None where telephones cannot come"),
    )


class TypedCard(Body):
    """A card that could not be scanned."""

    code = Code(
        "[0-9]{8}", required=True, metadata=told("码下面的 8 位号码 The digits under its code")
    )
    pin = Code("[0-9]{6}", required=True, metadata=told("6 位密码 The holder's PIN"))


@blueprint.route("/station")
@blueprint.response(200, StationPlace)
@allows("station")
def show_station() -> Answer:
    """Say where this station stands and what is open at it.

    Asked when the page starts and now and then afterwards.
    """
    bank, visitor = current_bank(), current_visitor()
    now, shop_id = bank.clock.instant(), visitor.shop_id or 0

    def read(session: Session) -> dict[str, object]:
        return {
            "shop": shop_body(get_shop_by_id(session, shop_id)),
            "device": {"number": visitor.device_number, "name": visitor.name},
            "demonstration": list_settings(session).get("nature") == "demonstration",
            "activities": [
                {
                    **activity_body(one),
                    "is_open": one.takes_in(now),
                    "opens_at": one.opens_at,
                }
                for one in read_day_here(session, shop_id=shop_id, now=now)
            ],
        }

    clock = {"now": now, "clock_is_right": bank.clock.doubt is None}
    return answered({**bank.database.read(read), **clock})


@blueprint.route("/station/card", methods=["POST"])
@blueprint.arguments(Signing)
@blueprint.response(200, StandingNow)
@refuses(*CARD_REFUSALS)
@allows("station")
def show_standing(body: dict[str, Any]) -> Answer:
    """Say what the holder of a card may do here now.

    Where several activities are open, whoever stands there may have to choose one. It tells
    nothing of whose card it is.
    """
    bank, visitor = current_bank(), current_visitor()
    now = bank.clock.instant()
    presenting = Presenting(bank.keys, visitor.caller.actor, now)

    def read(session: Session) -> Standing:
        holder = get_presented_card(session, body["card"], presenting)
        if holder.volunteer_id is None:
            raise VolunteersOnly()
        shop_id = visitor.shop_id or 0
        return read_standing(session, holder.volunteer_id, shop_id=shop_id, now=now, station=True)

    with counting_unknown_cards():
        return answered(standing_body(bank.database.read(read)))


@blueprint.route("/activities/<number>/code")
@blueprint.response(200, ShownCode)
@refuses("activities.activity_unknown", "activities.elsewhere")
@allows("station")
def show_code(number: str) -> Answer:
    """Show the code by which telephones sign in.

    Whoever stands before the station types it on the own page, or scans it. It is another one
    every half minute.
    """
    bank, visitor = current_bank(), current_visitor()
    code, until = read_code_here(
        bank,
        keys=bank.keys,
        activity=number,
        shop_id=visitor.shop_id or 0,
        now=bank.clock.instant(),
    )
    address = phone_address()
    drawing = asdict(draw_qr(sign_address(address, number, code))) if address else None
    return answered({"code": code, "until": until, "qr": drawing})


@blueprint.route("/cards/prove", methods=["POST"])
@blueprint.arguments(TypedCard)
@blueprint.response(200, Proof)
@refuses(
    "people.card_unknown",
    "people.card_blocked",
    "people.pin_missing",
    "people.pin_wrong",
    "people.pin_locked",
    "people.pin_blocked",
)
@allows("station")
def prove_card(body: dict[str, Any]) -> Answer:
    """Take a card's number and PIN where it cannot be scanned.

    The answer stands for the card at this device for a few minutes. It tells nothing of whose
    card it is; tries are counted as on every other machine.
    """
    with counting_unknown_cards(), counting_wrong_pins():
        opened = open_card(
            current_bank(), by=current_visitor().caller, told=body["code"], pin=body["pin"]
        )
    return answered({"card": opened.proof, "until": opened.until})
