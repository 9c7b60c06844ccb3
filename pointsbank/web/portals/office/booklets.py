"""Paper booklets (存折旧账): write down what one says, and have another compare with the scan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.earning import (
    OPENING_STEPS,
    OPENINGS_MOST,
    OpeningRow,
    confirm_opening_balance,
    confirm_opening_balances,
    count_openings,
    decline_opening_balance,
    get_opening,
    list_openings,
    propose_opening_balance,
    read_booklet_number,
    read_hours,
    take_back_opening_balance,
)
from pointsbank.foundation import Caller, Outcome, PointsBankError, Session
from pointsbank.foundation.cells import whole_number
from pointsbank.people import get_staff
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import asked, asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import WHOLE_MOST, Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, proposer
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    READERS,
    WRITERS,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.people_found import one_person, people_like
from pointsbank.web.portals.office.words import OPENING_WORDS

blueprint = office_blueprint("booklets")

CONFIRMING = "earning.confirm_opening_balance"


@blueprint.get("/booklets")
@allows(*READERS)
def page() -> Any:
    """Booklets; without a filter those that wait for a second person."""
    return _list_page(Form())


def _list_page(form: Form) -> str:
    bank = current_bank()
    status = asked_of("status", (*OPENING_STEPS, "all")) or "waiting"
    words = asked("words")
    booklet, people = _looked_for(words) if words else (None, [])
    found = list_openings(
        bank,
        status=None if status == "all" else status,
        booklet=booklet,
        volunteer_id=(people[0].id if people else 0) if words and not booklet else None,
        paging=asked_paging(),
    )
    return office_page(
        "booklets.html",
        "service",
        form=form,
        found=found,
        status=status,
        words=words or "",
        waiting=count_openings(bank),
        ready=[one.number for one in to_decide_among(found.items)],
        shown=[one.number for one in found.items if one.status == "waiting"],
        names=_names_of([one.proposed_by for one in found.items]),
        steps=OPENING_WORDS,
        pager=pager_of(found),
    )


def _looked_for(words: str) -> tuple[str | None, Any]:
    """What was typed means a person, or else the number of a booklet."""
    people = people_like(words)
    if people:
        return None, people
    try:
        return read_booklet_number(words), []
    except PointsBankError:
        return None, []


def _names_of(actors: list[str | None]) -> Any:
    def ask(session: Session) -> Any:
        return names_for(session, holders=actors)

    return current_bank().database.read(ask)


def own_among(rows: Sequence[OpeningRow]) -> set[int]:
    """Which of these booklets the visitor wrote down, or are the visitor's own."""
    visitor = current_visitor()
    login = visitor.login or ""
    staff = current_bank().database.read(lambda session: get_staff(session, login))
    mine = {row.id for row in rows if row.proposed_by == visitor.caller.actor}
    return mine | {row.id for row in rows if row.volunteer_id == staff.volunteer_id}


def to_decide_among(rows: Sequence[OpeningRow]) -> list[OpeningRow]:
    """Of which of these booklets the visitor may be the second person."""
    if not current_visitor().roles & set(APPROVERS):
        return []
    own = own_among(rows)
    return [row for row in rows if row.status == "waiting" and row.id not in own]


# ------------------------------------------------------------------------------------ writing down


@blueprint.get("/booklets/new")
@allows(*WRITERS)
def new() -> Any:
    """The form that brings in a booklet."""
    return _form_page(Form(typed={"who": asked("who") or ""}))


def _form_page(form: Form) -> str:
    who = str(form.value("who"))
    return office_page(
        "booklet_new.html",
        "service",
        form=form,
        choices=people_like(who) if form.wrong_field == "who" and who else [],
        today=current_bank().clock.today(),
    )


@blueprint.post("/booklets/new")
@allows(*WRITERS)
def bring() -> Any:
    """Write down what a booklet says; it waits for a second person."""
    return submit(
        lambda typed: book(propose_opening_balance, **_read(typed)),
        again=_form_page,
        done=lambda outcome: (
            _address(outcome.answer["opening"]),
            _("登记好了，等另一个人对着扫描件核对。"),
        ),
    )


def _read(typed: Typed) -> dict[str, Any]:
    who = typed.text("who")
    typed.reading = "who"
    volunteer = one_person(who)
    booklet = typed.text("booklet")
    points = typed.told("points", lambda text: whole_number(text, 0, WHOLE_MOST)) or 0
    minutes = typed.told("hours", read_hours) or 0
    until = typed.text("kept_until")
    scan = typed.text("scan")
    typed.reading = "points" if not points + minutes else None
    return {
        "number": volunteer.number,
        "booklet": booklet,
        "points": points,
        "minutes": minutes,
        "kept_until": until,
        "scan": scan,
        "words": typed.maybe("words") or "",
    }


# -------------------------------------------------------------------------------------- confirming


@blueprint.post("/booklets/confirm")
@allows(*APPROVERS)
def confirm_shown() -> Any:
    """Confirm the booklets of the page; what may not be is passed over."""
    return submit(
        _confirm_all,
        again=_list_page,
        done=lambda outcome: (url_for("office_booklets.page"), _confirmed(outcome)),
    )


@blueprint.post("/booklets/beside")
@allows(*APPROVERS)
def confirm_shown_beside() -> Any:
    """The same by whoever stands beside the screen, with badge and PIN."""
    beside = Beside(CONFIRMING)
    return submit(
        lambda typed: _confirm_all(typed, by=beside.confirm(typed)),
        again=_list_page,
        done=lambda outcome: (
            url_for("office_booklets.page"),
            beside.signs(_confirmed(outcome)),
        ),
    )


def _confirm_all(typed: Typed, by: Caller | None = None) -> Outcome:
    openings = typed.text("openings").split()[:OPENINGS_MOST]
    return book(confirm_opening_balances, by=by, openings=openings)


def _confirmed(outcome: Outcome) -> str:
    answer = outcome.answer
    said: str = _(
        "核对了 %(n)s 本，入账 %(points)s 分；跳过 %(rest)s 本。",
        n=len(answer["confirmed"]),
        points=answer["points"],
        rest=len(answer["passed_over"]),
    )
    return said


@blueprint.get("/booklets/<number>")
@allows(*READERS)
def one(number: str) -> Any:
    """One booklet: what it says, who wrote it down, what became of it."""
    return _page(number)


def _page(number: str, form: Form | None = None, act: str = "") -> str:
    row = get_opening(current_bank(), opening=number)
    holders = [row.proposed_by, row.decided_by, row.taken_back_by, row.taken_back_proposed_by]
    return office_page(
        "booklet.html",
        "service",
        form=form or Form(),
        act=act,
        row=row,
        own=bool(own_among([row])),
        decides=bool(to_decide_among([row])),
        names=_names_of(holders),
        steps=OPENING_WORDS,
    )


@blueprint.post("/booklets/<number>/confirm")
@allows(*APPROVERS)
def confirm(number: str) -> Any:
    """Confirm one booklet, in the name of whoever is logged in."""
    return submit(
        lambda typed: book(confirm_opening_balance, opening=number),
        again=lambda form: _page(number, form),
        done=lambda outcome: (_address(number), _confirmed_one(outcome)),
    )


@blueprint.post("/booklets/<number>/beside")
@allows(*APPROVERS)
def confirm_beside(number: str) -> Any:
    """The same by whoever stands beside the screen, with badge and PIN."""
    beside = Beside(CONFIRMING)
    return submit(
        lambda typed: beside.book(confirm_opening_balance, typed, opening=number),
        again=lambda form: _page(number, form),
        done=lambda outcome: (_address(number), beside.signs(_confirmed_one(outcome))),
    )


def _confirmed_one(outcome: Outcome) -> str:
    if not outcome.answer["points"]:
        return str(_("核对了，时长算进去了。"))
    said: str = _("核对了，入账 %(n)s 分。", n=outcome.answer["points"])
    return said


@blueprint.post("/booklets/<number>/decline")
@allows(*APPROVERS)
def decline(number: str) -> Any:
    """Send a booklet back, with a reason."""
    return submit(
        lambda typed: book(decline_opening_balance, opening=number, reason=typed.text("reason")),
        again=lambda form: _page(number, form, "decline"),
        done=lambda outcome: (_address(number), _("退回了，没有入账；改好可以再登记。")),
    )


@blueprint.post("/booklets/<number>/take-back")
@allows(*APPROVERS)
def take_back(number: str) -> Any:
    """Take a confirmed booklet back, with somebody beside the screen."""
    beside = Beside("earning.take_back_opening_balance")

    def work(typed: Typed) -> Outcome:
        told = {"opening": number, "reason": typed.text("reason"), "proposed_by": proposer()}
        return beside.book(take_back_opening_balance, typed, **told)

    def done(outcome: Outcome) -> tuple[str, str]:
        owes = outcome.answer["owes"]
        said = _("撤回了，积分已冲回；欠 %(n)s 分。", n=owes) if owes else _("撤回了，积分已冲回。")
        return _address(number), beside.signs(said)

    return submit(work, again=lambda form: _page(number, form, "take_back"), done=done)


def _address(number: str) -> str:
    return url_for("office_booklets.one", number=number)
