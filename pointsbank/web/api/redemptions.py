"""Redemptions (兑换): the confirming press, the slip, and taking it back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from pointsbank.foundation import SHOP_ZONE, Bank, find_setting, from_instant
from pointsbank.people import get_shop_by_id
from pointsbank.redemption import (
    RedemptionPaper,
    RedemptionUnknown,
    check_out,
    get_redemption,
    read_wallet_of,
    undo,
)
from pointsbank.web.access import allows
from pointsbank.web.api.cards import CARD, CARD_TOLD
from pointsbank.web.api.expiring import Expiring, expiring_body
from pointsbank.web.api.fields import Body, Code, Drawing, Whole, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, keyed, refuses
from pointsbank.web.api.limits import counting_unknown_cards
from pointsbank.web.api.quotes import KIND_TOLD
from pointsbank.web.api.slip_goods import slip_goods
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.qr import draw_qr

blueprint = Blueprint("api_redemptions", __name__, description="兑换 Redeeming points")

QUOTE = r"[A-Za-z0-9_-]{1,16000}\.[A-Za-z0-9_-]{43}"
POINTS_MOST = 1_000_000
_STAFF = ("worker", "admin", "auditor", "witness")


class CheckOut(Body):
    """The basket that the person has seen, at the sum that was shown."""

    kind = Code("[a-z_]{1,24}", required=True, metadata=KIND_TOLD)
    card = Code(CARD, required=True, metadata=CARD_TOLD)
    quote = Code(QUOTE, required=True, metadata=told("报价令牌 From /quotes"))
    total_points = Whole(
        1, POINTS_MOST, required=True, metadata=told("屏幕上的合计 The sum on the screen", 275)
    )


class Undoing(Body):
    """Whose purchase it is."""

    card = Code(CARD, required=True, metadata=CARD_TOLD)


class SlipLine(Body):
    """One line of the slip."""

    sku = fields.String(required=True, metadata=told("商品编码", "XIYIYE"))
    name = fields.String(required=True, metadata=told("品名", "洗衣液"))
    quantity = fields.Integer(required=True, metadata=told("几件", 1))
    scanned = fields.Boolean(required=True)
    price_points = fields.Integer(required=True, metadata=told("单价", 230))
    sum_points = fields.Integer(required=True, metadata=told("小计", 230))
    donor = fields.String(
        required=True, allow_none=True, metadata=told("感谢谁 A donor to be thanked", "同心日化")
    )


class Redemption(Body):
    """A purchase as its slip shows it."""

    number = fields.String(required=True, metadata=told("兑换编号", "R000412-6"))
    slip = fields.String(required=True, metadata=told("小票号", "A3-0412"))
    at = fields.String(required=True, metadata=told("时间", "2026-11-22T02:26:00.000000Z"))
    undo_until = fields.String(
        required=True, metadata=told("可以撤到", "2026-11-22T02:31:00.000000Z")
    )
    total_points = fields.Integer(required=True, metadata=told("用了几分", 275))
    points_before = fields.Integer(required=True, metadata=told("换之前", 520))
    points_after = fields.Integer(required=True, metadata=told("现在还有", 245))
    lines = fields.List(fields.Nested(SlipLine), required=True)
    entry = fields.String(required=True, metadata=told("记账凭证", "J000417-9"))
    undone = fields.Boolean(required=True, metadata=told("撤销了没有", False))
    expiring = fields.List(
        fields.Nested(Expiring),
        required=True,
        metadata=told("快到期的积分 Of the points that are left, what expires soon"),
    )


class RedemptionAnswer(Body):
    """One purchase."""

    redemption = fields.Nested(Redemption, required=True)


@blueprint.route("/redemptions", methods=["POST"])
@blueprint.arguments(CheckOut)
@blueprint.response(201, RedemptionAnswer)
@refuses(
    "people.card_unknown",
    "people.card_blocked",
    "people.pin_needed",
    "people.proof_expired",
    "ledger.owed_first",
    "ledger.insufficient_balance",
    "inventory.goods_unknown",
    "inventory.past_best_before",
    "redemption.kind_unknown",
    "redemption.quote_unreadable",
    "redemption.quote_expired",
    "redemption.quote_used",
    "redemption.total_differs",
    "redemption.not_own",
    "redemption.out_of_hours",
    "redemption.sold_out",
    "redemption.recount_first",
    "redemption.price_changed",
    "redemption.item_limit",
    "redemption.daily_limit",
    "redemption.pin_for_sum",
)
@keyed
@allows("kiosk")
def confirm(body: dict[str, Any]) -> Answer:
    """Redeem what a quote promised.

    All of it or nothing. After a refusal nothing has changed and the key is free again. When no
    answer came, ask `/receipts/{key}` or send the very same request again: it books once.
    """
    bank = current_bank()
    with counting_unknown_cards():
        done = check_out(bank, by=current_visitor().caller, key=request_key(), **body)
    booked = done.answer["redemption"]
    # Answers are kept without names; those are looked up for whoever is shown them.
    skus = {line["sku"] for line in booked["lines"]}
    goods = slip_goods().read(bank, current_visitor().shop_id or 0, skus)
    lines = [
        {**line, "name": goods[line["sku"]].name, "donor": goods[line["sku"]].donor}
        for line in booked["lines"]
    ]
    expiring = expiring_body(bank, lambda session: read_wallet_of(session, booked["number"]))
    return answered({"redemption": {**booked, "lines": lines, "expiring": expiring}}, 201)


@blueprint.route("/redemptions/<number>")
@blueprint.response(200, RedemptionAnswer)
@refuses("redemption.redemption_unknown")
@allows("kiosk", *_STAFF)
def show(number: str) -> Answer:
    """Show a purchase.

    A kiosk is shown only what was redeemed at it.
    """
    paper = get_redemption(current_bank(), number=number)
    _refuse_other_device(paper)
    return answered({"redemption": redemption_body(paper, _expiring(paper))})


@blueprint.route("/redemptions/<number>/code")
@blueprint.response(200, Drawing)
@refuses("redemption.redemption_unknown")
@allows("kiosk")
def draw_code(number: str) -> Answer:
    """Draw a purchase's slip as a QR code, to take home on a telephone.

    It holds text: shop, slip, goods, sum and the telephone of the shop; no name and no balance. The
    address of one's own page is in it where the bank has a public one. A kiosk is shown its own.
    """
    bank = current_bank()
    paper = get_redemption(bank, number=number)
    _refuse_other_device(paper)
    return answered(asdict(draw_qr(slip_text(bank, paper), glass=True)))


@blueprint.route("/redemptions/<number>/undo", methods=["POST"])
@blueprint.arguments(Undoing)
@blueprint.response(200, RedemptionAnswer)
@refuses(
    "people.card_unknown",
    "people.card_blocked",
    "people.pin_needed",
    "people.proof_expired",
    "redemption.redemption_unknown",
    "redemption.not_own",
    "redemption.other_shop",
    "redemption.already_undone",
    "redemption.undo_too_late",
)
@keyed
@allows("kiosk")
def take_back(body: dict[str, Any], number: str) -> Answer:
    """Take a purchase back.

    Once, within five minutes, in the same shop, with the same card: points and goods both return.
    """
    bank, visitor = current_bank(), current_visitor()
    with counting_unknown_cards():
        done = undo(
            bank,
            by=visitor.caller,
            key=request_key(),
            number=number,
            card=body["card"],
            shop_id=visitor.shop_id or 0,
        )
    taken_back = done.answer["redemption"]
    paper = get_redemption(bank, number=taken_back["number"])
    after = {"undone": True, "points_after": taken_back["points_after"]}
    return answered({"redemption": {**redemption_body(paper, _expiring(paper)), **after}})


def _refuse_other_device(paper: RedemptionPaper) -> None:
    visitor = current_visitor()
    if visitor.device_id is not None and paper.device_id != visitor.device_id:
        raise RedemptionUnknown(number=paper.number)


def _expiring(paper: RedemptionPaper) -> list[dict[str, Any]]:
    return expiring_body(current_bank(), lambda _: paper.wallet_id)


def slip_text(bank: Bank, paper: RedemptionPaper) -> str:
    """What stands on a slip, in lines, without anything personal."""
    shop, address = bank.database.read(
        lambda session: (
            get_shop_by_id(session, current_visitor().shop_id or 0),
            find_setting(session, "public_address"),
        )
    )
    lines = [
        shop.name,
        f"{_('小票')} {paper.slip} {from_instant(paper.at).astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}",
        *(f"{line.name} × {line.quantity}  {line.sum_points}" for line in paper.lines),
        f"{_('合计')} {paper.total_points}",
        f"{_('电话')} {shop.help_phone}",
    ]
    return "\n".join([*lines, f"{address}/me/"] if address else lines)


def redemption_body(paper: RedemptionPaper, expiring: list[dict[str, Any]]) -> dict[str, Any]:
    """A purchase as the API shows it."""
    return {
        "number": paper.number,
        "slip": paper.slip,
        "at": paper.at,
        "undo_until": paper.undo_until,
        "total_points": paper.total_points,
        "points_before": paper.points_before,
        "points_after": paper.points_after,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "scanned": line.scanned,
                "price_points": line.price_points,
                "sum_points": line.sum_points,
                "donor": line.donor,
            }
            for line in paper.lines
        ],
        "entry": paper.entry,
        "undone": paper.undone,
        "expiring": expiring,
    }
