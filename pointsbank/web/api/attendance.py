"""Attendance (签到): a card signs its holder in and out of what is open at this machine."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.activities import (
    list_open_here,
    scan_card,
    sign_in,
    sign_out,
    take_back_sign_in,
)
from pointsbank.foundation import Operation, Session
from pointsbank.people import Presenting, get_presented_card, greeting_of
from pointsbank.web.access import allows
from pointsbank.web.api.activity_bodies import OpenActivity, activity_body
from pointsbank.web.api.cards import CARD, CARD_TOLD
from pointsbank.web.api.fields import Body, Code, told
from pointsbank.web.api.frame import Answer, Blueprint, answered, keyed, refuses
from pointsbank.web.api.kiosk import Bilingual
from pointsbank.web.api.limits import counting_unknown_cards
from pointsbank.web.context import current_bank, current_visitor, request_key

blueprint = Blueprint("api_attendance", __name__, description="活动签到 Signing in and out")

CARD_REFUSALS = (
    "people.card_unknown",
    "people.card_blocked",
    "people.pin_needed",
    "people.proof_expired",
    "activities.volunteers_only",
)
_SIGN_REFUSALS = (
    *CARD_REFUSALS,
    "activities.activity_unknown",
    "activities.elsewhere",
    "activities.signed_in_elsewhere",
)
_IN_REFUSALS = (
    "activities.cancelled",
    "activities.over",
    "activities.not_open",
    "activities.not_begun",
    "activities.already_signed_in",
    "activities.not_joined",
    "activities.full",
    "activities.too_young",
    "activities.age_unknown",
    "activities.minor_in_danger",
)
_OUT_REFUSALS = (
    "activities.not_signed_in",
    "activities.just_signed_in",
    "activities.clock_stopped",
)


class OpenHere(Body):
    """What is open at this machine now."""

    activities = fields.List(fields.Nested(OpenActivity), required=True)


class Signing(Body):
    """Whose card it is."""

    card = Code(CARD, required=True, metadata=CARD_TOLD)


class Attended(Body):
    """A stay at an activity, as it stands now."""

    attendance = fields.String(required=True, metadata=told("签到记录", "K000041-5"))
    activity = fields.String(required=True, metadata=told("活动编号", "A000012-5"))
    status = fields.String(required=True, metadata=told("in 在, out 走了", "in"))
    signed_in_at = fields.String(
        required=True, metadata=told("签到时间", "2026-11-20T00:58:00.000000Z")
    )
    signed_out_at = fields.String(required=True, allow_none=True, metadata=told("签退时间"))
    minutes = fields.Integer(required=True, allow_none=True, metadata=told("几分钟 While out", 118))
    forgotten = fields.Boolean(
        required=True, metadata=told("忘了签退，自动停表 The clock had stopped", False)
    )
    undo_until = fields.String(
        required=True, allow_none=True, metadata=told("签到可以撤销到 May be taken back until")
    )
    leader_confirms = fields.Boolean(
        required=True, metadata=told("队长还要确认 A leader looks at it first", True)
    )
    record = fields.String(
        required=True, allow_none=True, metadata=told("服务记录 Its pending record, if made")
    )
    again = fields.Boolean(required=True, metadata=told("同一次刷卡 The same scan again", False))


class AttendedAnswer(Body):
    """The stay, and how to greet whoever it is."""

    attendance = fields.Nested(Attended, required=True)
    greeting = fields.Nested(Bilingual, required=True)


class TakenBack(Body):
    """A sign-in that is no more."""

    attendance = fields.String(required=True, metadata=told("签到记录", "K000041-5"))
    activity = fields.String(required=True, metadata=told("活动编号", "A000012-5"))
    status = fields.String(required=True, metadata=told("状态", "undone"))


@blueprint.route("/activities/open")
@blueprint.response(200, OpenHere)
@allows("kiosk", "station")
def list_open() -> Answer:
    """List what is open at this machine now.

    A kiosk is told the activities of its shop, a station those at no shop as well.
    """
    bank, visitor = current_bank(), current_visitor()
    found = list_open_here(
        bank,
        shop_id=visitor.shop_id or 0,
        now=bank.clock.instant(),
        station="station" in visitor.roles,
    )
    return answered({"activities": [activity_body(one) for one in found]})


@blueprint.route("/activities/<number>/sign-in", methods=["POST"])
@blueprint.arguments(Signing)
@blueprint.response(201, AttendedAnswer)
@refuses(*_SIGN_REFUSALS, *_IN_REFUSALS)
@keyed
@allows("kiosk")
def come(body: dict[str, Any], number: str) -> Answer:
    """Sign somebody in.

    The same card within a minute is the same sign-in.
    """
    return _signed(sign_in, number, body["card"])


@blueprint.route("/activities/<number>/sign-out", methods=["POST"])
@blueprint.arguments(Signing)
@blueprint.response(201, AttendedAnswer)
@refuses(*_SIGN_REFUSALS, *_OUT_REFUSALS)
@keyed
@allows("kiosk")
def go(body: dict[str, Any], number: str) -> Answer:
    """Sign somebody out.

    What it is worth is decided later: a leader may confirm it, a second person approves the record.
    """
    return _signed(sign_out, number, body["card"])


@blueprint.route("/activities/<number>/scan", methods=["POST"])
@blueprint.arguments(Signing)
@blueprint.response(201, AttendedAnswer)
@refuses(*_SIGN_REFUSALS, *_IN_REFUSALS, *_OUT_REFUSALS)
@keyed
@allows("kiosk", "station")
def scan(body: dict[str, Any], number: str) -> Answer:
    """Sign somebody in, or out who is in.

    For a machine at which nothing is pressed.
    """
    return _signed(scan_card, number, body["card"])


def _signed(verb: Operation[Any], number: str, card: str) -> Answer:
    bank, caller = current_bank(), current_visitor().caller
    with counting_unknown_cards():
        done = verb(bank, by=caller, key=request_key(), activity=number, card=card)
    # Answers are kept without names; the form of address is looked up for the screen.
    presenting = Presenting(bank.keys, caller.actor, bank.clock.instant())

    def greet(session: Session) -> str:
        met = greeting_of(session, get_presented_card(session, card, presenting))
        return met.address or met.masked_name

    name = bank.database.read(greet)
    return answered({"attendance": done.answer, "greeting": {"zh": name, "en": name}}, 201)


@blueprint.route("/attendances/<number>/undo", methods=["POST"])
@blueprint.arguments(Signing)
@blueprint.response(200, TakenBack)
@refuses(
    *CARD_REFUSALS,
    "activities.attendance_unknown",
    "activities.not_own_attendance",
    "activities.attendance_decided",
    "activities.take_back_too_late",
)
@keyed
@allows("kiosk", "station")
def take_back(body: dict[str, Any], number: str) -> Answer:
    """Take a sign-in back.

    Within five minutes, with the same card.
    """
    with counting_unknown_cards():
        done = take_back_sign_in(
            current_bank(),
            by=current_visitor().caller,
            key=request_key(),
            attendance=number,
            card=body["card"],
        )
    return answered(done.answer)
