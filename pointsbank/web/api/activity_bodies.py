"""Activities on the wire (活动): what a machine shows of them, and where a card's holder stands."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.activities import ActivityFile, Standing
from pointsbank.web.api.fields import Body, told

ACTIVITY = r"A[0-9]{6,18}-[0-9]"


class OpenActivity(Body):
    """An activity that is open now."""

    number = fields.String(required=True, metadata=told("活动编号", "A000012-5"))
    name = fields.String(required=True, metadata=told("活动名称", "治安巡逻"))
    place = fields.String(required=True, metadata=told("地点", "四新路"))
    begins_at = fields.String(required=True, metadata=told("开始", "2026-11-20T01:00:00.000000Z"))
    ends_at = fields.String(required=True, metadata=told("结束", "2026-11-20T03:00:00.000000Z"))
    signed_in = fields.Integer(required=True, metadata=told("现在几个人在 Signed in now", 3))


class SignedInNow(Body):
    """Where somebody is signed in; `here` says whether this machine can sign them out."""

    attendance = fields.String(required=True, metadata=told("签到记录", "K000041-5"))
    since = fields.String(required=True, metadata=told("签到时间", "2026-11-20T00:58:00.000000Z"))
    here = fields.Boolean(required=True, metadata=told("能不能在这里签退", True))
    activity = fields.Nested(OpenActivity, required=True, allow_none=True)


class Choice(OpenActivity):
    """An activity that one may sign in to here."""

    joined = fields.Boolean(required=True, metadata=told("报过名 Whether one has joined", True))


class StandingNow(Body):
    """What a card's holder may do with the activities that are open here."""

    signed_in = fields.Nested(SignedInNow, required=True, allow_none=True)
    choices = fields.List(
        fields.Nested(Choice),
        required=True,
        metadata=told("可以签到的活动 What one may sign in to, the own ones first"),
    )


def activity_body(one: ActivityFile) -> dict[str, Any]:
    """An open activity as a machine shows it."""
    return {
        "number": one.number,
        "name": one.row.name,
        "place": one.row.place,
        "begins_at": one.row.begins_at,
        "ends_at": one.row.ends_at,
        "signed_in": one.counts.signed_in,
    }


def standing_body(standing: Standing) -> dict[str, Any]:
    """Where somebody stands, as a machine shows it."""
    now, signed_in = standing.signed_in, None
    if standing.attendance is not None:
        signed_in = {
            "attendance": standing.attendance.number,
            "since": standing.attendance.signed_in_at,
            "here": now is not None,
            "activity": activity_body(now) if now else None,
        }
    choices = [
        {**activity_body(one), "joined": one.row.id in standing.joined} for one in standing.choices
    ]
    return {"signed_in": signed_in, "choices": choices}
