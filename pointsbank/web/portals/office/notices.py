"""Notices (公示): what was reviewed, on a sheet for the wall; when it was hung; what came of it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.earning import (
    NoCalendar,
    NothingToPublish,
    NoticeForeseen,
    NoticeRow,
    count_objections,
    foresee_notice,
    get_notice_paper,
    list_notices,
    make_all_effective,
    make_effective,
    note_hung,
    note_taken_down,
    open_notice,
    show_notices,
    shows_notices,
    withdraw_notice,
)
from pointsbank.foundation import Outcome
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    current_shop,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.words import NOTICE_UNITS, RECORD_STEPS

blueprint = office_blueprint("notices")

ADMIN = ("admin",)


@blueprint.get("/notices")
@allows(*READERS)
def page() -> Any:
    """What would hang on the next notice, and all there were."""
    return _list_page(Form())


def _list_page(form: Form) -> str:
    bank = current_bank()
    today = bank.clock.today()
    found = list_notices(bank, paging=asked_paging())
    foreseen, missing = _foresee(today)
    return office_page(
        "notices.html",
        "notices",
        form=form,
        found=found,
        foreseen=foreseen,
        missing=missing,
        states={one.number: state_of(one, counts.waiting, today) for one, counts in found.items},
        units=NOTICE_UNITS,
        today=today,
        objections=count_objections(bank),
        is_shown=shows_notices(bank),
        may_show=bool(current_visitor().roles & set(ADMIN)),
        pager=pager_of(found),
    )


def _foresee(today: str) -> tuple[NoticeForeseen | None, int | None]:
    """What a notice of today would be, or the year whose holidays nobody has settled."""
    try:
        return foresee_notice(current_bank(), today=today), None
    except NothingToPublish:
        return None, None
    except NoCalendar as refusal:
        return None, int(str(refusal.facts["year"]))


def state_of(notice: NoticeRow, waiting: int, today: str) -> tuple[str, str]:
    """Where a notice stands, as a chip: its word and its kind."""
    if notice.withdrawn_at is not None:
        return _("已作废"), "muted"
    if notice.last_day == today and waiting:
        return _("今天最后一天"), "stop"
    if notice.last_day >= today:
        return _("公示中"), "wait"
    return (_("到期了，等入账"), "stop") if waiting else (_("公示完了"), "in")


@blueprint.post("/notices")
@allows(*WRITERS)
def open_new() -> Any:
    """Open a notice of what was reviewed until a day, or of the records that are named."""

    def work(typed: Typed) -> Outcome:
        named = typed.maybe("records")
        return book(
            open_notice,
            records=named.split() if named else None,
            until=typed.day("until"),
            starts_on=typed.day("starts_on"),
        )

    def done(outcome: Outcome) -> tuple[str, str]:
        answer = outcome.answer
        said = _(
            "开了第 %(notice)s 期，%(n)s 条，公示到 %(day)s。打印出来贴上墙，再记张贴。",
            notice=answer["notice"],
            n=answer["records"],
            day=answer["last_day"],
        )
        return _address(answer["notice"]), said

    return submit(work, again=_list_page, done=done)


@blueprint.post("/notices/shown")
@allows(*ADMIN)
def show() -> Any:
    """Show notices to everybody on the public page, or only on the wall."""
    return submit(
        lambda typed: book(show_notices, shown=typed.ticked("shown")),
        again=_list_page,
        done=lambda outcome: (
            url_for("office_notices.page"),
            _("公示上网了，谁都能看到。") if outcome.answer["shown"] else _("公示只贴在墙上了。"),
        ),
    )


@blueprint.get("/notices/<number>")
@allows(*READERS)
def notice(number: str) -> Any:
    """One notice: the sheet for the wall, and what has become of it."""
    return _notice_page(number)


def _notice_page(number: str, form: Form | None = None, act: str = "") -> str:
    bank = current_bank()
    today = bank.clock.today()
    paper = get_notice_paper(bank, notice=number, today=today)
    row = paper.notice
    waiting = sum(line.status == "published" for line in paper.lines)
    holders = [row.opened_by, row.hung_by, row.taken_down_by, row.withdrawn_by]
    return office_page(
        "notice.html",
        "notices",
        form=form or Form(),
        act=act,
        paper=paper,
        notice=row,
        waiting=waiting,
        is_over=row.is_over(today),
        state=state_of(row, waiting, today),
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        units=NOTICE_UNITS,
        steps=RECORD_STEPS,
        shop=current_shop(),
        today=today,
    )


@blueprint.post("/notices/<number>/hung")
@allows(*WRITERS)
def hung(number: str) -> Any:
    """Note on which day it was hung."""

    def said(outcome: Outcome) -> str:
        day = outcome.answer["last_day"]
        return str(_("记下了张贴。公示到 %(day)s。", day=day))

    return _change(number, "hung", note_hung, said)


@blueprint.post("/notices/<number>/taken-down")
@allows(*WRITERS)
def taken_down(number: str) -> Any:
    """Note on which day it was taken down."""
    return _change(number, "taken_down", note_taken_down, lambda outcome: _("记下了取下。"))


def _change(number: str, act: str, verb: Any, said: Any) -> Any:
    return submit(
        lambda typed: book(verb, notice=number, on=typed.day("on")),
        again=lambda form: _notice_page(number, form, act),
        done=lambda outcome: (_address(number), said(outcome)),
    )


@blueprint.post("/notices/<number>/withdraw")
@allows(*WRITERS)
def withdraw(number: str) -> Any:
    """Withdraw a notice that nothing has come of yet."""
    return submit(
        lambda typed: book(withdraw_notice, notice=number, reason=typed.text("reason")),
        again=lambda form: _notice_page(number, form, "withdraw"),
        done=lambda outcome: (
            url_for("office_notices.page"),
            _(
                "作废了第 %(notice)s 期，%(n)s 条等下一期。",
                notice=number,
                n=outcome.answer["records"],
            ),
        ),
    )


@blueprint.post("/notices/<number>/effective")
@allows(*WRITERS)
def effective(number: str) -> Any:
    """Let what waits on a notice that is over take effect now, as the night would."""

    def work(typed: Typed) -> Outcome:
        first = book(make_effective, notice=number)
        rest = make_all_effective(current_bank(), by=current_visitor().caller, notice=number)
        answer = first.answer
        told = {
            "records": answer["records"] + rest.records,
            "points": answer["points"] + rest.points,
        }
        return Outcome({**told, "waiting": rest.waiting}, first.receipt)

    def done(outcome: Outcome) -> tuple[str, str]:
        answer = outcome.answer
        said = _(
            "%(n)s 条生效了，入账 %(points)s 分。", n=answer["records"], points=answer["points"]
        )
        if answer["waiting"]:
            said += _("%(n)s 条有异议，等处理。", n=answer["waiting"])
        return _address(number), said

    return submit(work, again=lambda form: _notice_page(number, form), done=done)


def _address(number: str) -> str:
    return url_for("office_notices.notice", number=number)
