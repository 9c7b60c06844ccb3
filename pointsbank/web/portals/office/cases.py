"""Corrections (更正): what people say is not right, with a clock, and the answers."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.cases import (
    STATES,
    CaseRow,
    answer_case,
    count_cases,
    get_case,
    get_case_days,
    list_cases,
    propose_reverse,
    reverse_case,
    say_wrong_for,
    withdraw_case,
)
from pointsbank.earning import RecordRow, read_record
from pointsbank.foundation import Outcome, Session
from pointsbank.ledger import EntryPaper, read_entry
from pointsbank.people import change_settings, get_volunteer_file
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import asked, asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, may_wait, proposer
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    READERS,
    is_one_of,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.people_found import people_like
from pointsbank.web.portals.office.service import is_own
from pointsbank.web.portals.office.words import CASE_STATES, RECORD_STEPS

blueprint = office_blueprint("cases")

ADMIN = ("admin",)
DAYS_MOST = 60


@blueprint.get("/cases")
@allows(*READERS)
def page() -> Any:
    """Cases; without a filter those that wait for an answer, the first due first."""
    return _list_page(Form())


def _list_page(form: Form) -> str:
    bank = current_bank()
    today = bank.clock.today()
    state, who = asked_of("state", STATES) or "open", asked("who")
    people = people_like(who) if who else []
    waiting, late = count_cases(bank, today=today)
    found = list_cases(
        bank,
        today=today,
        state=state,
        volunteer_id=(people[0].id if people else 0) if who else None,
        paging=asked_paging(),
    )
    return office_page(
        "cases.html",
        "volunteers",
        form=form,
        found=found,
        state=state,
        who=who or "",
        waiting=waiting,
        late=late,
        states=CASE_STATES,
        today=today,
        days=get_case_days(bank, today=today),
        may_set=is_one_of(current_visitor(), ADMIN),
        pager=pager_of(found),
    )


@blueprint.post("/cases/days")
@allows(*ADMIN)
def set_days() -> Any:
    """Change how many days there are for an answer; open cases keep theirs."""
    return submit(
        lambda typed: book(
            change_settings, changes={"case_days": typed.whole("days", 1, DAYS_MOST)}
        ),
        again=_list_page,
        done=lambda outcome: (url_for("office_cases.page"), _("记下了，从今天起的更正照这个办。")),
    )


@blueprint.get("/cases/<number>")
@allows(*READERS)
def case(number: str) -> Any:
    """One case: what was said of which line, and the forms for whoever may answer."""
    return _case_page(number, Form(), asked_of("act", ("reverse",)) or "")


def _case_page(number: str, form: Form, act: str) -> str:
    bank = current_bank()
    found = get_case(bank, case=number)
    kept = found.kept

    def read(session: Session) -> Any:
        entry = None if kept.entry_id is None else read_entry(session, kept.entry_id)
        record = None if kept.record_id is None else read_record(session, kept.record_id)
        holders = [
            kept.opened_by,
            kept.proposed_by,
            kept.decided_by,
            f"volunteer:{kept.volunteer_id}",
        ]
        if record is not None:
            holders += [record.recorded_by, record.decided_by]
        moves = entry.moves if entry is not None else []
        return entry, record, names_for(session, holders=holders, moves=moves)

    entry, record, names = bank.database.read(read)
    return office_page(
        "case.html",
        "volunteers",
        form=form,
        act=act,
        case=found,
        entry=entry,
        record=record,
        names=names,
        own=_has_had_a_hand(record),
        points=_points_of(found, entry),
        states=CASE_STATES,
        steps=RECORD_STEPS,
        today=bank.clock.today(),
    )


def _has_had_a_hand(record: RecordRow | None) -> bool:
    """Whether the visitor recorded, approved or voided the record, or it is about the visitor."""
    mine = current_visitor().caller.actor
    return record is not None and (is_own(record) or mine in (record.decided_by, record.voided_by))


def _points_of(found: CaseRow, entry: EntryPaper | None) -> int | None:
    """What the entry did to the person's wallet."""
    if entry is None:
        return None
    holder = f"volunteer:{found.kept.volunteer_id}"
    came = sum(
        one.amount
        for one in entry.moves
        if (one.target_holder, one.target_type) == (holder, "wallet")
    )
    went = sum(
        one.amount
        for one in entry.moves
        if (one.source_holder, one.source_type) == (holder, "wallet")
    )
    return came - went


@blueprint.post("/cases/<number>/answer")
@allows(*APPROVERS)
def answer(number: str) -> Any:
    """Answer in the name of whoever is logged in; nothing is voided."""
    return submit(
        lambda typed: book(answer_case, case=number, **_answer(typed)),
        again=lambda form: _case_page(number, form, "answer"),
        done=lambda outcome: (_address(number), _said(outcome)),
    )


@blueprint.post("/cases/<number>/confirm")
@allows(*APPROVERS)
def confirm(number: str) -> Any:
    """Whoever stands beside the screen answers, with badge and PIN."""
    beside = Beside("cases.reverse")
    return submit(
        lambda typed: beside.book(answer_case, typed, case=number, **_answer(typed)),
        again=lambda form: _case_page(number, form, "answer"),
        done=lambda outcome: (_address(number), beside.signs(_said(outcome))),
    )


@blueprint.post("/cases/<number>/reverse")
@allows(*APPROVERS)
def reverse(number: str) -> Any:
    """Void the record behind it and answer, with somebody beside the screen, or propose it."""
    beside = Beside("cases.reverse")

    def work(typed: Typed) -> Outcome:
        told: dict[str, Any] = {"case": number, "answer": typed.text("answer")}
        if may_wait(typed):
            return book(propose_reverse, **told)
        return beside.book(reverse_case, typed, **told, proposed_by=proposer())

    return submit(
        work,
        again=lambda form: _case_page(number, form, "reverse"),
        done=lambda outcome: (
            _address(number),
            beside.signs(_("撤回了，积分已冲回；本人会看到答复。"), outcome),
        ),
    )


@blueprint.post("/cases/<number>/withdraw")
@allows(*APPROVERS)
def withdraw(number: str) -> Any:
    """The person says at the desk that there is nothing to look into."""
    return submit(
        lambda typed: book(withdraw_case, case=number),
        again=lambda form: _case_page(number, form, "withdraw"),
        done=lambda outcome: (_address(number), _("记下了，本人撤回了。")),
    )


def _answer(typed: Typed) -> dict[str, Any]:
    return {"outcome": typed.text("outcome"), "answer": typed.text("answer")}


def _said(outcome: Outcome) -> str:
    if outcome.answer["outcome"] == "put_right":
        return str(_("答复了：改好了。本人会看到。"))
    return str(_("答复了：没有错。本人会看到。"))


def _address(number: str) -> str:
    return url_for("office_cases.case", number=number)


# ------------------------------------------------------------------------- told to a worker


@blueprint.get("/volunteers/<number>/cases/new")
@allows(*APPROVERS)
def new(number: str) -> Any:
    """The form for what somebody says at the desk is not right."""
    return _new_page(number, Form(typed={"line": asked("line") or ""}))


def _new_page(number: str, form: Form) -> str:
    bank = current_bank()
    return office_page(
        "case_new.html",
        "volunteers",
        form=form,
        person_file=get_volunteer_file(bank, number=number),
        days=get_case_days(bank, today=bank.clock.today()),
        line=form.value("line"),
        href=_href_of(str(form.value("line"))),
    )


def _href_of(line: str) -> str | None:
    """The page of the line that is meant, if it is a number at all."""
    pages = {"J": "office_entries.page", "S": "office_service.record"}
    if line.startswith("L"):
        return url_for("office_sanctions.one", sanction=line)
    return url_for(pages[line[:1]], number=line) if line[:1] in pages else None


@blueprint.post("/volunteers/<number>/cases/new")
@allows(*APPROVERS)
def say(number: str) -> Any:
    """Write it down for the person; both are on the receipt."""

    def work(typed: Typed) -> Outcome:
        line, says = typed.text("line").upper(), typed.text("says")
        typed.reading = "line"
        return book(say_wrong_for, number=number, line=line, says=says)

    return submit(
        work,
        again=lambda form: _new_page(number, form),
        done=lambda outcome: (
            url_for("office_cases.case", number=outcome.answer["case"]),
            _("记下了，%(day)s 以前要答复。", day=outcome.answer["due_on"]),
        ),
    )
