"""All that the bank keeps of one volunteer, and of nobody else, as one document (本人资料).

For the person: at the own page after the PIN, or at the desk, where it is written down who gave it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response

from pointsbank.activities import OwnActivity, activity_number, list_own_activities
from pointsbank.cases import list_cases_of
from pointsbank.earning import (
    RecordRow,
    count_hours,
    get_time_saved,
    list_openings,
    list_records,
    list_time_saved,
)
from pointsbank.foundation import Page, Paging, Session, read_all, read_public_id
from pointsbank.ledger import StatementLine, read_statement
from pointsbank.people import (
    VolunteerFile,
    get_standing,
    list_cards,
    list_sanctions,
    list_times_in_households,
)
from pointsbank.recognition import (
    get_blocks,
    get_certificate,
    get_stars_of,
    list_certificates,
)
from pointsbank.redemption import RedemptionRow, list_redemptions, read_bought
from pointsbank.web.context import current_bank

FILE_NAME = "my-points.json"
ROWS_MOST = 20_000
Row = TypeVar("Row")


def data_file_of(own: VolunteerFile) -> Response:
    """The document as a JSON file to keep."""
    told = json.dumps(data_of(own), ensure_ascii=False, indent=2)
    answer = Response(told, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer


def data_of(own: VolunteerFile) -> dict[str, Any]:
    """What the bank keeps of somebody. Who recorded, approved or served is not theirs."""
    bank = current_bank()
    lines = bank.database.read(
        lambda session: _every(lambda paging: read_statement(session, own.wallet_id, paging=paging))
    )
    records = _every(lambda paging: list_records(bank, volunteer_id=own.id, paging=paging))
    purchases = _every(
        lambda paging: list_redemptions(bank, wallet_id=own.wallet_id, paging=paging)
    )
    hours = count_hours(bank, volunteer_id=own.id)
    return {
        "taken_at": bank.clock.instant(),
        "person": _person(own),
        "consent": _consent(own),
        "points": {"now": own.points, "owed": own.owes},
        "minutes_served": {
            "attended": hours.attended,
            "recorded_afterwards": hours.back_filled,
            "pending": hours.pending,
        },
        "time_saved": _time_saved(own.id),
        "cards": [
            {
                "short_number": one.short_number,
                "status": one.status,
                "issued_at": one.issued_at,
                "ended_at": one.ended_at,
                "handed_over_on": one.handed_on,
            }
            for one in list_cards(bank, wallet_id=own.wallet_id)
        ],
        "statement": [_line(line) for line in lines],
        "activities": _activities(own.id),
        "service_records": [_record(record) for record in records],
        "booklets": _booklets(own.id),
        "stars": _stars(own.id),
        "certificates": _certificates(own.id),
        "corrections": _corrections(own.id),
        "sanctions": _sanctions(own.id),
        "households": [vars(one) for one in list_times_in_households(bank, volunteer_id=own.id)],
        "file": _file(own.id),
        "purchases": bank.database.read(lambda session: _purchases(session, purchases)),
    }


def _every(ask: Callable[[Paging], Page[Row]]) -> list[Row]:
    return read_all(ask, most=ROWS_MOST)


def _person(own: VolunteerFile) -> dict[str, Any]:
    names = ("number", "name", "sex", "phone", "area", "form_of_address", "born", "team")
    switches = ("registered_on", "large_type", "read_aloud", "hide_balance")
    return {name: getattr(own, name) for name in (*names, *switches)}


def _consent(own: VolunteerFile) -> dict[str, Any] | None:
    consent = get_standing(current_bank(), volunteer_id=own.id).consent
    if consent is None:
        return None
    return {"act": consent.act, "version": consent.version, "at": consent.at}


def _line(line: StatementLine) -> dict[str, Any]:
    return {
        "entry": line.number,
        "kind": line.kind,
        "occurred_on": line.occurred_on,
        "posted_at": line.posted_at,
        "memo": line.memo,
        "points": line.amount,
        "balance": line.balance,
        "reverses": line.reverses,
        "reversed": line.reversed,
    }


def _record(record: RecordRow) -> dict[str, Any]:
    names = ("number", "activity", "team", "category", "started_at", "ended_at", "served_on")
    worked = ("minutes", "source", "recorded_at", "status", "decided_at", "voided_at", "reason")
    earned = ("tags", "points", "counted_minutes", "rule_version", "working", "entry")
    planned = activity_number(record.activity_id) if record.activity_id else None
    told = {name: getattr(record, name) for name in (*names, *worked, *earned)}
    return {**told, "planned_activity": planned}


def _booklets(volunteer_id: int) -> list[dict[str, Any]]:
    """What paper booklets of theirs brought in."""
    bank = current_bank()
    rows = _every(lambda paging: list_openings(bank, volunteer_id=volunteer_id, paging=paging))
    names = ("number", "booklet", "points", "minutes", "kept_until", "scan", "words", "status")
    later = ("proposed_at", "decided_at", "taken_back_at", "reason", "entry")
    return [{name: getattr(row, name) for name in (*names, *later)} for row in rows]


def _activities(volunteer_id: int) -> list[dict[str, Any]]:
    """What they joined, also what they left again, and when they were there."""
    bank, now = current_bank(), current_bank().clock.instant()
    told: dict[str, Any] = {"volunteer_id": volunteer_id, "now": now, "with_left": True}
    rows: list[OwnActivity] = _every(
        lambda paging: list_own_activities(bank, **told, paging=paging)
    )
    stayed = ("signed_in_at", "in_way", "signed_out_at", "out_way", "status", "confirmed_minutes")
    return [
        {
            **{name: getattr(one.file.row, name) for name in ("number", "name", "place")},
            "begins_at": one.file.row.begins_at,
            "ends_at": one.file.row.ends_at,
            "status": one.status,
            "no_show": one.no_show,
            "attendances": [
                {name: getattr(stay, name) for name in stayed} for stay in one.attendances
            ],
        }
        for one in rows
    ]


def _time_saved(volunteer_id: int) -> dict[str, Any]:
    bank = current_bank()
    rows = _every(lambda paging: list_time_saved(bank, volunteer_id=volunteer_id, paging=paging))
    now = get_time_saved(bank, volunteer_id=volunteer_id).minutes
    return {"minutes_now": now, "services": [vars(row) for row in rows]}


def _file(volunteer_id: int) -> dict[str, list[dict[str, Any]]]:
    """Trainings, awards and evaluations; what was struck out is theirs to know as well."""
    blocks = get_blocks(current_bank(), volunteer_id=volunteer_id)
    return {
        name: [
            {**one.facts, **one.words, "noted_at": one.noted_at, "struck_at": one.struck_at}
            for one in lines
        ]
        for name, lines in vars(blocks).items()
    }


def _stars(volunteer_id: int) -> dict[str, Any]:
    bank = current_bank()
    stars = get_stars_of(bank, volunteer_id=volunteer_id, today=bank.clock.today())
    names = ("stars", "status", "minutes", "applied_at", "decided_at", "lowered_at", "reason")
    rows = [*stars.held, *stars.past, *([stars.open] if stars.open else [])]
    return {
        "now": stars.stars,
        "given": [{name: getattr(row, name) for name in names} for row in rows],
    }


def _corrections(volunteer_id: int) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "line": one.line,
            "said": one.says,
            "said_at": one.kept.opened_at,
            "due_on": one.kept.due_on,
            "outcome": one.kept.outcome,
            "answer": one.answer,
            "answered_at": one.kept.decided_at,
        }
        for one in list_cases_of(current_bank(), volunteer_id=volunteer_id)
    ]


def _sanctions(volunteer_id: int) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "scopes": one.kept.scopes,
            "starts_on": one.kept.starts_on,
            "ends_on": one.kept.ends_on,
            "reason": one.reason,
            "lifted_at": one.kept.lifted_at,
            "lifted_because": one.lifted,
        }
        for one in list_sanctions(current_bank(), volunteer_id=volunteer_id)
    ]


def _certificates(volunteer_id: int) -> list[dict[str, Any]]:
    bank = current_bank()
    rows = _every(lambda paging: list_certificates(bank, volunteer_id=volunteer_id, paging=paging))
    names = ("number", "check", "status", "since", "until", "minutes", "applied_at", "signed_at")
    return [
        {
            **{name: getattr(row, name) for name in (*names, "ended_at")},
            "words": get_certificate(bank, certificate=row.id_text).words,
        }
        for row in rows
    ]


def _purchases(session: Session, purchases: list[RedemptionRow]) -> list[dict[str, Any]]:
    ids = {one.number: read_public_id("R", one.number) for one in purchases}
    bought = read_bought(session, ids.values())
    return [
        {
            "number": one.number,
            "slip": one.slip,
            "at": one.at,
            "points": one.total_points,
            "undone": one.undone,
            "goods": [
                {"name": goods.name, "quantity": goods.quantity, "points": goods.sum_points}
                for goods in bought.get(ids[one.number], ())
            ],
        }
        for one in purchases
    ]
