"""Bonuses and deductions (奖励和扣减): given and taken by two, appealed against, answered."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.earning import (
    BONUS,
    DEDUCTION,
    NoRule,
    appeal,
    decide_appeal,
    deduct,
    get_extra,
    get_rulebook,
    give_bonus,
    list_extras,
)
from pointsbank.foundation import InvalidInput, Outcome, Session
from pointsbank.people import get_volunteer_file
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, proposer
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    READERS,
    WRITERS,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for

blueprint = office_blueprint("extras")


class ExtraUnchosen(InvalidInput):
    """Nothing was chosen that the rulebook gives or takes points for (没有选是哪一条)."""

    code = "web.extra_unchosen"


@blueprint.get("/volunteers/<number>/extras")
@allows(*READERS)
def page(number: str) -> Any:
    """Somebody's bonuses and deductions, and the form for one more."""
    return _page(number, Form())


def _page(number: str, form: Form) -> str:
    bank = current_bank()
    person = get_volunteer_file(bank, number=number)
    extras = list_extras(bank, volunteer_id=person.id)
    return office_page(
        "extras.html",
        "volunteers",
        form=form,
        person_file=person,
        extras=extras,
        choices=_choices(),
        names=_names_of([one.decided_by for one in extras]),
    )


def _choices() -> list[tuple[str, str]]:
    """What the rulebook in force gives and takes points for."""
    bank = current_bank()
    try:
        rules = get_rulebook(bank, day=bank.clock.today())
    except NoRule:
        return []
    given = [
        (f"{BONUS}:{one.code}", _("%(name)s，加 %(n)s 分", name=one.name, n=one.points))
        for one in rules.bonuses
    ]
    taken = [
        (f"{DEDUCTION}:{one.code}", _("%(name)s，扣 %(n)s 分", name=one.name, n=one.points))
        for one in rules.deductions
        if one.points
    ]
    return given + taken


def _names_of(actors: list[str | None]) -> Any:
    def ask(session: Session) -> Any:
        return names_for(session, holders=actors)

    return current_bank().database.read(ask)


@blueprint.post("/volunteers/<number>/extras")
@allows(*WRITERS)
def decide(number: str) -> Any:
    """Give or take what the rulebook says, with somebody beside the screen."""
    sides = {BONUS: Beside("earning.give_bonus"), DEDUCTION: Beside("earning.deduct")}
    beside = sides[BONUS]

    def work(typed: Typed) -> Outcome:
        nonlocal beside
        chosen = typed.text("rule")
        typed.reading = "rule"
        kind, _colon, code = chosen.partition(":")
        if kind not in sides:
            raise ExtraUnchosen()
        beside, verb = sides[kind], give_bonus if kind == BONUS else deduct
        reason = typed.text("reason")
        return beside.book(
            verb, typed, number=number, code=code, reason=reason, proposed_by=proposer()
        )

    def done(outcome: Outcome) -> tuple[str, str]:
        points = outcome.answer["points"]
        said = _("扣了 %(n)s 分。", n=points)
        if beside is sides[BONUS]:
            said = _("加了 %(n)s 分。", n=points)
        return url_for("office_extras.page", number=number), beside.signs(said)

    return submit(work, again=lambda form: _page(number, form), done=done)


@blueprint.get("/extras/<extra>")
@allows(*READERS)
def one(extra: str) -> Any:
    """One bonus or deduction: why, by whom, and what was said against it."""
    return _one(extra, Form())


def _one(extra: str, form: Form) -> str:
    bank = current_bank()
    shown = get_extra(bank, extra=extra)
    mine = current_visitor().caller.actor
    return office_page(
        "extra.html",
        "volunteers",
        form=form,
        shown=shown.row,
        volunteer_number=shown.volunteer_number,
        masked_name=shown.masked_name,
        names=_names_of(
            [
                shown.row.proposed_by,
                shown.row.decided_by,
                shown.row.appealed_by,
                shown.row.answered_by,
            ]
        ),
        today=bank.clock.today(),
        may_answer=mine not in (shown.row.proposed_by, shown.row.decided_by),
    )


@blueprint.post("/extras/<extra>/appeal")
@allows(*APPROVERS)
def note_appeal(extra: str) -> Any:
    """Write down what somebody says against a deduction."""
    return submit(
        lambda typed: book(appeal, extra=extra, reason=typed.text("reason")),
        again=lambda form: _one(extra, form),
        done=lambda outcome: (
            url_for("office_extras.one", extra=extra),
            _("申诉记下了，要由第三个人处理。"),
        ),
    )


@blueprint.post("/extras/<extra>/answer")
@allows(*APPROVERS)
def answer(extra: str) -> Any:
    """Decide on an appeal."""

    def work(typed: Typed) -> Outcome:
        outcome = "upheld" if typed.text("outcome") == "upheld" else "dismissed"
        return book(decide_appeal, extra=extra, outcome=outcome, answer=typed.text("answer"))

    return submit(
        work,
        again=lambda form: _one(extra, form),
        done=lambda outcome: (
            url_for("office_extras.one", extra=extra),
            _("申诉成立，分退回了。") if outcome.answer["entry"] else _("记下了，扣减不变。"),
        ),
    )
