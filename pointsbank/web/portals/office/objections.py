"""Objections (异议): what somebody says is not right, and the decision of a third person."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.earning import (
    CORRECTED,
    RecordRow,
    decide_objection,
    get_objection,
    get_record,
    list_objections,
    read_records,
)
from pointsbank.foundation import Outcome
from pointsbank.foundation.cells import minutes as read_minutes
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside
from pointsbank.web.portals.office.frame import APPROVERS, READERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.service import is_own
from pointsbank.web.portals.office.words import OBJECTION_OUTCOMES, RECORD_SOURCES, RECORD_STEPS

blueprint = office_blueprint("objections")

SHOWN = ("open", "decided")


@blueprint.get("/objections")
@allows(*READERS)
def page() -> Any:
    """Objections; without a filter those that wait for a decision."""
    bank = current_bank()
    shown = asked_of("shown", SHOWN) or "open"
    found = list_objections(bank, is_open=shown == "open", paging=asked_paging())
    ids = {one.record_id for one in found.items}
    holders = [one.raised_by for one in found.items]
    records, names = bank.database.read(
        lambda session: (read_records(session, ids), names_for(session, holders=holders))
    )
    return office_page(
        "objections.html",
        "notices",
        found=found,
        shown=shown,
        records=records,
        names=names,
        outcomes=OBJECTION_OUTCOMES,
        pager=pager_of(found),
    )


@blueprint.get("/objections/<number>")
@allows(*READERS)
def objection(number: str) -> Any:
    """One objection: what it is about, and the form for whoever may decide."""
    return _objection_page(number)


def _objection_page(number: str, form: Form | None = None) -> str:
    bank = current_bank()
    found = get_objection(bank, objection=number)
    record = get_record(bank, record=found.record)
    new = found.new_record_id
    holders = [found.raised_by, found.decided_by, record.recorded_by, record.decided_by]
    return office_page(
        "objection.html",
        "notices",
        form=form or Form(),
        objection=found,
        record=record,
        new=bank.database.read(lambda session: read_records(session, [new])[new]) if new else None,
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        own=_has_had_a_hand(record),
        outcomes=OBJECTION_OUTCOMES,
        sources=RECORD_SOURCES,
        steps=RECORD_STEPS,
    )


def _has_had_a_hand(record: RecordRow) -> bool:
    """Whether the visitor recorded or reviewed it, or it is about the visitor."""
    return is_own(record) or record.decided_by == f"staff:{current_visitor().staff_id}"


@blueprint.post("/objections/<number>/decide")
@allows(*APPROVERS)
def decide(number: str) -> Any:
    """Decide in the name of whoever is logged in."""
    return submit(
        lambda typed: book(decide_objection, objection=number, **_decision(typed)),
        again=lambda form: _objection_page(number, form),
        done=lambda outcome: (_address(outcome, number), _said(outcome)),
    )


@blueprint.post("/objections/<number>/confirm")
@allows(*APPROVERS)
def confirm(number: str) -> Any:
    """Whoever stands beside the screen decides, with badge and PIN."""
    beside = Beside("earning.decide_objection")

    def work(typed: Typed) -> Outcome:
        told = _decision(typed)
        return beside.book(decide_objection, typed, objection=number, **told)

    return submit(
        work,
        again=lambda form: _objection_page(number, form),
        done=lambda outcome: (_address(outcome, number), beside.signs(_said(outcome))),
    )


def _decision(typed: Typed) -> dict[str, Any]:
    told: dict[str, Any] = {"outcome": typed.text("outcome"), "answer": typed.text("answer")}
    if told["outcome"] == CORRECTED:
        hours = typed.text("hours")
        typed.reading = "hours"
        told["minutes"] = read_minutes(hours)
        typed.reading = None
    return told


def _said(outcome: Outcome) -> str:
    said = {
        "upheld": _("记下了，异议成立，这一条驳回了，不入账。"),
        "corrected": _("记下了。改过的时长另记了一条，等另一个人认定。"),
        "dismissed": _("记下了，异议不成立，公示期满照常入账。"),
    }
    return str(said[outcome.answer["outcome"]])


def _address(outcome: Outcome, number: str) -> str:
    new = outcome.answer["new_record"]
    if new is not None:
        return url_for("office_service.record", number=new)
    return url_for("office_objections.objection", number=number)
