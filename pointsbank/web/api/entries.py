"""Journal entries (记账凭证), for reading by programs: an auditor's own, or a neighbour bank's."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from pointsbank.foundation import read_public_id
from pointsbank.ledger import EntryMove, EntryRow, get_entry, list_entries
from pointsbank.web.access import allows
from pointsbank.web.api.fields import Body, Code, told
from pointsbank.web.api.frame import (
    Answer,
    Blueprint,
    answered,
    answered_page,
    page_of,
    paging_of,
    refuses,
)
from pointsbank.web.api.volunteers import STAFF, DaysWanted
from pointsbank.web.context import current_bank

blueprint = Blueprint("api_entries", __name__, description="记账凭证 The journal")


class EntriesWanted(DaysWanted):
    """Days, and what an entry moved."""

    kind = Code(
        r"[a-z_]{1,40}\.[a-z_]{1,40}",
        load_default=None,
        metadata=told("种类 Kind of entry", "redemption.goods"),
    )
    account_type = Code("[a-z_]{1,40}", load_default=None, metadata=told("账户类型", "wallet"))
    commodity = Code(
        "[A-Za-z0-9:_-]{1,40}", load_default=None, metadata=told("计量单位 Commodity", "PTS")
    )


class Entry(Body):
    """A journal entry as a line of a list."""

    number = fields.String(required=True, metadata=told("凭证号", "J000417-9"))
    kind = fields.String(required=True, metadata=told("种类", "redemption.goods"))
    occurred_on = fields.String(required=True, metadata=told("业务日期", "2026-11-20"))
    posted_at = fields.String(
        required=True, metadata=told("记账时间", "2026-11-20T02:28:07.000000Z")
    )
    memo = fields.String(required=True, metadata=told("摘要", "兑换 洗衣液×1"))
    document = fields.String(required=True, allow_none=True, metadata=told("依据", "redemption:12"))
    rule = fields.String(required=True, allow_none=True)


class Side(Body):
    """One end of a move: an account, and its balance after it where it keeps one."""

    type = fields.String(required=True, metadata=told("账户类型", "wallet"))
    holder = fields.String(required=True, metadata=told("谁的 A pseudonym", "volunteer:12"))
    balance = fields.Integer(required=True, allow_none=True, metadata=told("之后的余额", 245))


class Move(Body):
    """So many units from one account to another."""

    line = fields.Integer(required=True, metadata=told("行号", 1))
    commodity = fields.String(required=True, metadata=told("计量单位", "PTS"))
    amount = fields.Integer(required=True, metadata=told("数量", 275))
    source = fields.Nested(Side, required=True)
    target = fields.Nested(Side, required=True)
    expires_on = fields.String(required=True, allow_none=True)


class EntryPaper(Entry):
    """A journal entry with its moves, and what it reversed or was reversed by."""

    moves = fields.List(fields.Nested(Move), required=True)
    reverses = fields.String(required=True, allow_none=True, metadata=told("冲正了哪张"))
    reversed_by = fields.String(required=True, allow_none=True, metadata=told("被哪张冲正"))


EntryPage = page_of(Entry)


class EntryAnswer(Body):
    """One entry."""

    entry = fields.Nested(EntryPaper, required=True)


@blueprint.route("/entries")
@blueprint.arguments(EntriesWanted, location="query")
@blueprint.response(200, EntryPage)
@allows(*STAFF)
def search(wanted: dict[str, Any]) -> Answer:
    """List the journal, the newest entry first."""
    paging = paging_of(wanted)
    return answered_page(list_entries(current_bank(), paging=paging, **wanted).mapped(_entry_body))


@blueprint.route("/entries/<number>")
@blueprint.response(200, EntryAnswer)
@refuses("foundation.public_id_invalid", "ledger.entry_not_found")
@allows(*STAFF)
def show(number: str) -> Answer:
    """Show a journal entry."""
    paper = get_entry(current_bank(), entry_id=read_public_id("J", number))
    body = {
        **_entry_body(paper.entry),
        "moves": [_move_body(move) for move in paper.moves],
        "reverses": paper.reverses,
        "reversed_by": paper.reversed_by,
    }
    return answered({"entry": body})


def _entry_body(entry: EntryRow) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind": entry.kind,
        "occurred_on": entry.occurred_on,
        "posted_at": entry.posted_at,
        "memo": entry.memo,
        "document": entry.document,
        "rule": entry.rule,
    }


def _move_body(move: EntryMove) -> dict[str, Any]:
    return {
        "line": move.line,
        "commodity": move.commodity,
        "amount": move.amount,
        "source": {
            "type": move.source_type,
            "holder": move.source_holder,
            "balance": move.source_balance,
        },
        "target": {
            "type": move.target_type,
            "holder": move.target_holder,
            "balance": move.target_balance,
        },
        "expires_on": move.expires_on,
    }
