"""Service (服务): record it, and let a second person find it right or send it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.activities import activity_number
from pointsbank.earning import (
    BACK_FILLED,
    RECORDS_MOST,
    NoCalendar,
    RecordRow,
    Served,
    approve_record,
    approve_records,
    count_steps,
    find_doubles,
    find_notice_of,
    find_time_of,
    get_record,
    get_rulebook,
    list_objections_to,
    list_records,
    object_to_record,
    preview_records,
    preview_service,
    propose_void,
    record_service,
    reject_record,
    take_back_review,
    take_up_record,
    uphold_complaint,
    void_record,
)
from pointsbank.foundation import Caller, Outcome, PointsBankError, from_instant
from pointsbank.foundation.cells import minutes as read_minutes
from pointsbank.people import get_staff
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.currency import in_books_words
from pointsbank.web.errors import status_of
from pointsbank.web.i18n import sentence as sentence_of
from pointsbank.web.portals.addresses import asked, asked_day, asked_of, asked_paging, pager_of
from pointsbank.web.portals.filters import clock
from pointsbank.web.portals.forms import Form, Typed, book, book_in_parts, submit
from pointsbank.web.portals.office.activities import read_span
from pointsbank.web.portals.office.beside import Beside, may_wait, proposer
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    READERS,
    WRITERS,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.people_found import one_person, people_like
from pointsbank.web.portals.office.words import (
    OBJECTION_OUTCOMES,
    RECORD_SOURCES,
    RECORD_STEPS,
)
from pointsbank.web.portals.options import ticked_tags, words_of

blueprint = office_blueprint("service")

SHOWN_MOST = 200
STATUSES = (*RECORD_STEPS, "all")


@blueprint.get("/service")
@allows(*READERS)
def page() -> Any:
    """Records of service; without a filter those that wait for a second person."""
    return _list_page(Form())


def _list_page(form: Form) -> str:
    bank = current_bank()
    status = asked_of("status", STATUSES) or "pending"
    who = asked("who")
    people = people_like(who) if who else []
    found = list_records(
        bank,
        status=None if status == "all" else status,
        source=asked_of("source", RECORD_SOURCES),
        volunteer_id=(people[0].id if people else 0) if who else None,
        since=asked_day("from"),
        until=asked_day("to"),
        paging=asked_paging(SHOWN_MOST if asked("shown") == "all" else 25),
    )
    holders = [one.recorded_by for one in found.items]
    names = bank.database.read(lambda session: names_for(session, holders=holders))
    doubles = _doubles(found.items)
    # What was served while somebody could not earn is sent back singly, and never found right;
    # what may be recorded twice is looked at one by one.
    clear = [
        one for one in found.items if one.sanctioned_until is None and one.number not in doubles
    ]
    ready = [one.number for one in clear if may_decide(one)]
    waiting = [one.number for one in clear if one.status == "pending"]
    reviewed = [one.number for one in found.items if one.status == "reviewed"]
    return office_page(
        "service.html",
        "service",
        form=form,
        found=found,
        status=status,
        who=who or "",
        since=asked_day("from") or "",
        until=asked_day("to") or "",
        names=names,
        doubles=doubles,
        ready=ready,
        waiting=waiting,
        reviewed=reviewed,
        step_counts=count_steps(bank),
        own=[one.number for one in found.items if is_own(one)],
        earns=_earns(found.items, clear),
        minutes=sum(one.minutes for one in found.items),
        points=sum(one.points or 0 for one in found.items),
        sources=RECORD_SOURCES,
        steps=RECORD_STEPS,
        pager=pager_of(found),
    )


def _doubles(records: Sequence[RecordRow]) -> dict[str, list[str]]:
    """Which pending records may be the same service as others, and which those are."""
    pending = {one.id: one.number for one in records if one.status == "pending"}
    found = find_doubles(current_bank(), record_ids=list(pending))
    return {pending[record_id]: others for record_id, others in found.items()}


def is_own(record: RecordRow) -> bool:
    """Whether the visitor wrote this record down, or it is about the visitor."""
    visitor = current_visitor()
    if record.recorded_by == f"staff:{visitor.staff_id}":
        return True
    return _volunteer_of_visitor() == record.volunteer_id


def _volunteer_of_visitor() -> int | None:
    login = current_visitor().login or ""
    return current_bank().database.read(lambda session: get_staff(session, login).volunteer_id)


def may_decide(record: RecordRow) -> bool:
    """Whether the visitor may be the second person of this record."""
    return (
        record.status == "pending"
        and bool(current_visitor().roles & set(APPROVERS))
        and not is_own(record)
    )


def _earns(records: Sequence[RecordRow], clear: Sequence[RecordRow]) -> dict[str, str]:
    """How the points of records come about; of pending ones as an approval of all of them goes."""
    waiting = [one for one in clear if one.status == "pending"]
    foreseen = preview_records(current_bank(), records=waiting)
    told = {one.number: earns_of(one) for one in records if one.id not in foreseen}
    return told | {
        one.number: in_books_words(foreseen[one.id].zh) for one in waiting if one.id in foreseen
    }


def earns_of(record: RecordRow) -> str:
    """How the record's points come about, as it was decided or as it would be now."""
    if record.working is not None:
        return in_books_words(record.working)
    foreseen = preview_records(current_bank(), records=[record])
    if foreseen:
        return in_books_words(foreseen[record.id].zh)
    try:
        preview_service(current_bank(), served=Served.of(record))
    except NoCalendar as refusal:
        return sentence_of(refusal.code, "title", **refusal.facts)
    except PointsBankError:
        return ""
    return ""


@blueprint.get("/service/new")
@allows(*WRITERS)
def new() -> Any:
    """The form that records a service."""
    typed = {"who": asked("who") or "", "served_on": current_bank().clock.today()}
    return _form_page(Form(typed=typed))


def _form_page(form: Form, sentence: str = "", minutes: int = 0) -> str:
    who = str(form.value("who"))
    choices = people_like(who) if form.wrong_field == "who" and who else []
    return office_page(
        "service_new.html",
        "service",
        form=form,
        words=words_of(form, "served_on"),
        sentence=sentence,
        minutes=minutes,
        choices=choices,
        today=current_bank().clock.today(),
    )


@blueprint.post("/service/new")
@allows(*WRITERS)
def record_new() -> Any:
    """Show the sentence that will be recorded; pressed again, record it."""
    typed = Typed()
    if typed.maybe("step") == "record":
        return submit(_record, again=_form_page, done=_recorded)
    form = Form(typed=typed.fields)
    try:
        sentence, minutes = _sentence(typed)
    except PointsBankError as refusal:
        return _form_page(Form.of(refusal, typed)), int(status_of(refusal))
    return _form_page(form, sentence, minutes)


def _read(typed: Typed) -> dict[str, Any]:
    who = typed.text("who")
    typed.reading = "who"
    volunteer = one_person(who)
    typed.reading = None
    values: dict[str, Any] = {"number": volunteer.number, "activity": typed.text("activity")}
    values["served_on"] = typed.day("served_on") or current_bank().clock.today()
    values |= _times(typed, values["served_on"])
    source = typed.maybe("source")
    values["source"] = source if source in BACK_FILLED else "manual"
    values["category"] = typed.maybe("category")
    values["tags"] = ticked_tags(typed)
    return values


def _times(typed: Typed, day: str) -> dict[str, Any]:
    """From when to when, and how long: all of that span where no hours are typed."""
    if not (typed.maybe("from") or typed.maybe("to")):
        hours = typed.text("hours")
        typed.reading = "hours"
        minutes = read_minutes(hours)
        typed.reading = None
        return {"minutes": minutes}
    begins_at, ends_at = read_span(typed, day)
    span = (from_instant(ends_at) - from_instant(begins_at)) // timedelta(minutes=1)
    minutes = typed.told("hours", read_minutes) or span
    return {"minutes": minutes, "started_at": begins_at, "ended_at": ends_at}


def _sentence(typed: Typed) -> tuple[str, int]:
    values = _read(typed)
    served = Served(
        values["minutes"],
        values["source"],
        values["served_on"],
        values["activity"],
        values["category"],
        values.get("started_at"),
        values.get("ended_at"),
        frozenset(values["tags"]),
    )
    working = preview_service(
        current_bank(), served=served, volunteer_id=one_person(values["number"]).id
    )
    when = values["served_on"]
    if values.get("started_at"):
        when += f" {clock(values['started_at'])}–{clock(values['ended_at'])}"
    told = {
        "number": values["number"],
        "day": when,
        "activity": values["activity"],
        "working": in_books_words(working.zh),
    }
    sentence = _("给 %(number)s 记 %(day)s %(activity)s；另一个人认定后入账：%(working)s。", **told)
    if _hangs(values["served_on"]):
        sentence = _(
            "给 %(number)s 记 %(day)s %(activity)s；另一个人认定、公示期满后入账：%(working)s。",
            **told,
        )
    return sentence, values["minutes"]


def _record(typed: Typed) -> Outcome:
    return book(record_service, **_read(typed))


def _recorded(outcome: Outcome) -> tuple[str, str]:
    number = outcome.answer["record"]
    return url_for("office_service.record", number=number), _("记下了，等另一个人认定。")


@blueprint.post("/service/approve")
@allows(*APPROVERS)
def approve_shown() -> Any:
    """Approve all records that were shown, at most 200; what may not be is passed over."""
    return submit(
        lambda typed: _approve_all(_records(typed)),
        again=_list_page,
        done=lambda outcome: (url_for("office_service.page"), _approved(outcome)),
    )


@blueprint.post("/service/confirm")
@allows(*APPROVERS)
def confirm_shown() -> Any:
    """The same by whoever stands beside the screen, with badge and PIN, in their own name."""
    beside = Beside("earning.approve_record")
    return submit(
        lambda typed: _approve_all(_records(typed), by=beside.confirm(typed)),
        again=_list_page,
        done=lambda outcome: (
            url_for("office_service.page"),
            beside.signs(_approved(outcome)),
        ),
    )


def _records(typed: Typed) -> list[str]:
    return typed.text("records").split()[:SHOWN_MOST]


def _approve_all(records: list[str], by: Caller | None = None) -> Outcome:
    """Approve a long list part by part, so that kiosks are let at the writer in between."""
    parts = book_in_parts(approve_records, "records", records, RECORDS_MOST, by=by)
    answers = [part.answer for part in parts]
    return Outcome(
        {
            "approved": sum(len(one["approved"]) for one in answers),
            "points": sum(one["points"] for one in answers),
            "waiting": sum(one["waiting"] for one in answers),
            "passed_over": sum(len(one["passed_over"]) for one in answers),
        },
        parts[-1].receipt,
    )


def _approved(outcome: Outcome) -> str:
    answer = outcome.answer
    told = {"n": answer["approved"], "points": answer["points"], "rest": answer["passed_over"]}
    if 0 < answer["waiting"] < answer["approved"]:
        some: str = _(
            "认定了 %(n)s 条，一共 %(points)s 分，其中 %(waits)s 条公示后入账；跳过 %(rest)s 条。",
            waits=answer["waiting"],
            **told,
        )
        return some
    if answer["waiting"]:
        waits: str = _(
            "认定了 %(n)s 条，公示后入账 %(points)s 分；跳过 %(rest)s 条。",
            **told,
        )
        return waits
    said: str = _("认定了 %(n)s 条，入账 %(points)s 分；跳过 %(rest)s 条。", **told)
    return said


@blueprint.get("/service/<number>")
@allows(*READERS)
def record(number: str) -> Any:
    """One record: who, what, how long, what it earns, and who decides."""
    return _record_page(number)


def _record_page(number: str, form: Form | None = None, act: str = "") -> str:
    bank = current_bank()
    found = get_record(bank, record=number)
    notice = find_notice_of(bank, notice_id=found.notice_id)
    objections = list_objections_to(bank, record_id=found.id)
    holders = [found.recorded_by, found.decided_by, found.voided_by, found.taken_up_by]
    holders += [found.effective_by, *(one.decided_by for one in objections)]
    return office_page(
        "record.html",
        "service",
        form=form or Form(),
        act=act,
        record=found,
        planned=activity_number(found.activity_id) if found.activity_id else None,
        doubles=_doubles([found]).get(found.number, []),
        hangs=_hangs(found.served_on),
        notice=notice,
        objections=objections,
        time_saved=find_time_of(bank, record_id=found.id),
        outcomes=OBJECTION_OUTCOMES,
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        earns=earns_of(found),
        own=is_own(found),
        decides=may_decide(found),
        voids=found.status == "effective" and bool(current_visitor().roles & set(APPROVERS)),
        sources=RECORD_SOURCES,
        steps=RECORD_STEPS,
    )


def _hangs(day: str) -> bool:
    """Whether what was served on a day hangs on a notice before it counts."""
    try:
        return bool(get_rulebook(current_bank(), day=day).notice.length)
    except PointsBankError:
        return False


@blueprint.post("/service/<number>/approve")
@allows(*APPROVERS)
def approve(number: str) -> Any:
    """Find one record right; its points are issued."""
    return submit(
        lambda typed: book(approve_record, record=number, is_another=typed.ticked("is_another")),
        again=lambda form: _record_page(number, form),
        done=lambda outcome: (
            _address(number),
            _found_right(outcome),
        ),
    )


@blueprint.post("/service/<number>/confirm")
@allows(*APPROVERS)
def confirm(number: str) -> Any:
    """Whoever stands beside the screen finds one record right, with badge and PIN."""
    beside = Beside("earning.approve_record")
    return submit(
        lambda typed: beside.book(
            approve_record, typed, record=number, is_another=typed.ticked("is_another")
        ),
        again=lambda form: _record_page(number, form),
        done=lambda outcome: (
            _address(number),
            beside.signs(_found_right(outcome)),
        ),
    )


def _found_right(outcome: Outcome) -> str:
    working = in_books_words(outcome.answer["working"])
    if outcome.answer["status"] == "reviewed":
        waits: str = _("认定了，公示后入账：%(working)s。", working=working)
        return waits
    said: str = _("认定了：%(working)s。", working=working)
    return said


@blueprint.post("/service/<number>/reject")
@allows(*APPROVERS)
def reject(number: str) -> Any:
    """Send one record back, with a reason."""
    return submit(
        lambda typed: book(reject_record, record=number, reason=typed.text("reason")),
        again=lambda form: _record_page(number, form, "reject"),
        done=lambda outcome: (_address(number), _("驳回了，没有入账。")),
    )


@blueprint.post("/service/<number>/take-back")
@allows(*APPROVERS)
def take_back(number: str) -> Any:
    """Take a review back that hangs on no notice yet."""
    return submit(
        lambda typed: book(take_back_review, record=number),
        again=lambda form: _record_page(number, form),
        done=lambda outcome: (_address(number), _("收回了认定，这一条又等着认定。")),
    )


@blueprint.post("/service/<number>/take-up")
@allows(*WRITERS)
def take_up(number: str) -> Any:
    """Take a lapsed record up again, with a reason."""
    return submit(
        lambda typed: book(take_up_record, record=number, reason=typed.text("reason")),
        again=lambda form: _record_page(number, form, "take_up"),
        done=lambda outcome: (_address(number), _("重新受理了，等另一个人认定。")),
    )


@blueprint.post("/service/<number>/object")
@allows(*APPROVERS)
def object_to(number: str) -> Any:
    """Write down that somebody says this record is not right."""
    return submit(
        lambda typed: book(object_to_record, record=number, reason=typed.text("reason")),
        again=lambda form: _record_page(number, form, "object"),
        done=lambda outcome: (
            url_for("office_objections.objection", number=outcome.answer["objection"]),
            _("异议记下了，处理完之前这一条不入账。"),
        ),
    )


@blueprint.get("/service/<number>/complaint")
@allows(*APPROVERS)
def complaint(number: str) -> Any:
    """The form that upholds a complaint about a service."""
    return _complaint_page(number, Form())


def _complaint_page(number: str, form: Form) -> str:
    found = get_record(current_bank(), record=number)
    return office_page("record_complaint.html", "service", form=form, record=found)


@blueprint.post("/service/<number>/complaint")
@allows(*APPROVERS)
def uphold(number: str) -> Any:
    """Uphold a complaint, with somebody beside the screen."""
    beside = Beside("earning.uphold_complaint")

    def work(typed: Typed) -> Outcome:
        told = {"record": number, "reason": typed.text("reason"), "proposed_by": proposer()}
        return beside.book(uphold_complaint, typed, **told)

    def done(outcome: Outcome) -> tuple[str, str]:
        zeroed = len(outcome.answer["zeroed"])
        said = (
            _("投诉记下了；这次活动的 %(n)s 条时长不算。", n=zeroed)
            if zeroed
            else _("投诉记下了。")
        )
        return _address(number), beside.signs(said)

    return submit(work, again=lambda form: _complaint_page(number, form), done=done)


@blueprint.post("/service/<number>/void")
@allows(*APPROVERS)
def void(number: str) -> Any:
    """Take an approval back, with somebody beside the screen, or propose it.

    The points go back, or are owed.
    """
    beside = Beside("earning.void_record")

    def work(typed: Typed) -> Outcome:
        told: dict[str, Any] = {"record": number, "reason": typed.text("reason")}
        if may_wait(typed):
            return book(propose_void, **told)
        return beside.book(void_record, typed, **told, proposed_by=proposer())

    def done(outcome: Outcome) -> tuple[str, str]:
        owes = outcome.answer.get("owes")
        said = _("撤回了，积分已冲回；欠 %(n)s 分。", n=owes) if owes else _("撤回了，积分已冲回。")
        return _address(number), beside.signs(said, outcome)

    return submit(work, again=lambda form: _record_page(number, form, "void"), done=done)


def _address(number: str) -> str:
    return url_for("office_service.record", number=number)
