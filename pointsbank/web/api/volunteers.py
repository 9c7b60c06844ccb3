"""Volunteers and their statements (志愿者, 积分明细), names masked, to be read by programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import fields

from pointsbank.foundation import Session
from pointsbank.ledger import StatementLine, read_statement
from pointsbank.people import VolunteerFile, get_volunteer_file, list_volunteers
from pointsbank.web.access import allows
from pointsbank.web.api.fields import Body, CleanText, Day, told
from pointsbank.web.api.frame import (
    Answer,
    Blueprint,
    PageWanted,
    answered,
    answered_page,
    page_of,
    paging_of,
    refuses,
)
from pointsbank.web.context import current_bank

blueprint = Blueprint("api_volunteers", __name__, description="志愿者 Volunteers and their points")

STAFF = ("worker", "admin", "auditor", "witness")


class Search(PageWanted):
    """Part of a name, of a number, or the last digits of a telephone."""

    search = CleanText(
        60,
        least=0,
        load_default="",
        metadata=told("姓名、编号或手机尾号 Name, number or last digits", "V-0386"),
    )


class DaysWanted(PageWanted):
    """Business days, both inclusive."""

    since = Day(
        data_key="from", load_default=None, metadata=told("从哪天 From this day", "2026-10-01")
    )
    until = Day(data_key="to", load_default=None, metadata=told("到哪天 To this day", "2026-11-20"))


class Volunteer(Body):
    """A volunteer, without anything that tells who it is."""

    number = fields.String(required=True, metadata=told("志愿者编号", "V-0386-21"))
    masked_name = fields.String(required=True, metadata=told("隐去后的姓名", "张**"))
    team = fields.String(required=True, allow_none=True, metadata=told("服务队", "晨光巡逻队"))
    registered_on = fields.String(required=True, metadata=told("登记日", "2025-03-01"))
    left_on = fields.String(required=True, allow_none=True)
    points = fields.Integer(required=True, metadata=told("现有积分", 520))
    owed = fields.Integer(required=True, metadata=told("欠分", 0))


class StatementEntry(Body):
    """One line of a statement: signed points, and the balance after them."""

    entry = fields.String(required=True, metadata=told("记账凭证", "J000417-9"))
    kind = fields.String(required=True, metadata=told("种类", "earning.issue"))
    occurred_on = fields.String(required=True, metadata=told("业务日期", "2026-11-20"))
    posted_at = fields.String(
        required=True, metadata=told("记账时间", "2026-11-20T02:28:07.000000Z")
    )
    memo = fields.String(required=True, metadata=told("摘要", "2.0 小时 × 10 = 20"))
    document = fields.String(required=True, allow_none=True, metadata=told("依据", "record:12"))
    amount = fields.Integer(required=True, metadata=told("收为正，支为负", 20))
    balance = fields.Integer(required=True, allow_none=True, metadata=told("结余", 520))
    expires_on = fields.String(required=True, allow_none=True)
    reverses = fields.Boolean(required=True, metadata=told("是冲正", False))
    reversed = fields.Boolean(required=True, metadata=told("已被冲正", False))


VolunteerPage = page_of(Volunteer)
StatementPage = page_of(StatementEntry)


class VolunteerAnswer(Body):
    """One volunteer."""

    volunteer = fields.Nested(Volunteer, required=True)


@blueprint.route("/volunteers")
@blueprint.arguments(Search, location="query")
@blueprint.response(200, VolunteerPage)
@allows(*STAFF)
def search(wanted: dict[str, Any]) -> Answer:
    """Find volunteers."""
    paging = paging_of(wanted)
    found = list_volunteers(current_bank(), search=wanted["search"], paging=paging)
    return answered_page(found.mapped(_volunteer_body))


@blueprint.route("/volunteers/<number>")
@blueprint.response(200, VolunteerAnswer)
@refuses("people.volunteer_unknown")
@allows(*STAFF)
def show(number: str) -> Answer:
    """Show a volunteer."""
    return answered(
        {"volunteer": _volunteer_body(get_volunteer_file(current_bank(), number=number))}
    )


@blueprint.route("/volunteers/<number>/statement")
@blueprint.arguments(DaysWanted, location="query")
@blueprint.response(200, StatementPage)
@refuses("people.volunteer_unknown")
@allows(*STAFF)
def show_statement(wanted: dict[str, Any], number: str) -> Answer:
    """Show a volunteer's statement, the newest line first."""
    bank, paging = current_bank(), paging_of(wanted)
    wallet_id = get_volunteer_file(bank, number=number).wallet_id

    def read(session: Session) -> Any:
        return read_statement(session, wallet_id, paging=paging, **wanted)

    return answered_page(bank.database.read(read).mapped(_line_body))


def _volunteer_body(file: VolunteerFile) -> dict[str, Any]:
    return {
        "number": file.number,
        "masked_name": file.masked_name,
        "team": file.team,
        "registered_on": file.registered_on,
        "left_on": file.left_on,
        "points": file.points,
        "owed": file.owes,
    }


def _line_body(line: StatementLine) -> dict[str, Any]:
    body = asdict(line)
    del body["entry_id"]
    return {"entry": body.pop("number"), **body}
