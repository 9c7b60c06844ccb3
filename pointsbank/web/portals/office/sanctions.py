"""Sanctions (暂停): what somebody may not do for a while; imposed by two, lifted early by one."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome
from pointsbank.people import (
    SANCTION_LISTS,
    SCOPES,
    count_sanctions,
    find_sanction,
    find_volunteers_by_id,
    get_volunteer_file,
    impose_sanction,
    lift_sanction,
    list_all_sanctions,
    list_sanctions,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked, asked_of, asked_paging, pager_of
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
from pointsbank.web.portals.office.people_found import people_like
from pointsbank.web.portals.office.words import SANCTION_SCOPES, SANCTION_STATES

blueprint = office_blueprint("sanctions")

ORDER = ("running", "ahead", "lifted", "over")


@blueprint.get("/sanctions")
@allows(*READERS)
def every() -> Any:
    """Everybody's sanctions; without a filter those that run, the first to end first."""
    bank = current_bank()
    today = bank.clock.today()
    state, who = asked_of("state", SANCTION_LISTS) or "running", asked("who")
    people = people_like(who) if who else []
    found = list_all_sanctions(
        bank,
        today=today,
        state=state,
        volunteer_id=(people[0].id if people else 0) if who else None,
        paging=asked_paging(),
    )
    return office_page(
        "sanctions_all.html",
        "volunteers",
        found=found,
        state=state,
        who=who or "",
        counts_of=count_sanctions(bank, today=today),
        scopes=SANCTION_SCOPES,
        states=SANCTION_STATES,
        today=today,
        pager=pager_of(found),
    )


@blueprint.get("/volunteers/<number>/sanctions")
@allows(*READERS)
def page(number: str) -> Any:
    """Somebody's sanctions, and the form for one more."""
    return _page(number, Form())


def _page(number: str, form: Form, lifting: str = "") -> str:
    bank = current_bank()
    person, today = get_volunteer_file(bank, number=number), bank.clock.today()
    found = list_sanctions(bank, volunteer_id=person.id)
    holders = [
        who
        for one in found
        for who in (one.kept.proposed_by, one.kept.decided_by, one.kept.lifted_by)
    ]
    return office_page(
        "sanctions.html",
        "volunteers",
        form=form,
        lifting=lifting,
        person_file=person,
        # What holds now is read first, then what is ahead; what has ended is history.
        sanctions=sorted(found, key=lambda one: ORDER.index(one.kept.state(today))),
        scopes=SANCTION_SCOPES,
        states=SANCTION_STATES,
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        today=today,
    )


@blueprint.get("/sanctions/<sanction>")
@allows(*READERS)
def one(sanction: str) -> Any:
    """The same, found by the number of one of them."""
    bank = current_bank()

    def read(session: Any) -> str:
        found = find_sanction(session, sanction)
        people = find_volunteers_by_id(session, [found.volunteer_id])
        return str(people[found.volunteer_id].number)

    return _page(bank.database.read(read), Form())


@blueprint.post("/volunteers/<number>/sanctions")
@allows(*WRITERS)
def impose(number: str) -> Any:
    """Keep somebody from something for a while, with somebody beside the screen."""
    beside = Beside("people.impose_sanction")

    def work(typed: Typed) -> Outcome:
        told: dict[str, Any] = {
            "number": number,
            "scopes": [scope for scope in SCOPES if typed.ticked(scope)],
            "starts_on": typed.day("starts_on"),
        }
        ends_on, reason = typed.text("ends_on"), typed.text("reason")
        return beside.book(
            impose_sanction, typed, **told, ends_on=ends_on, reason=reason, proposed_by=proposer()
        )

    return submit(
        work,
        again=lambda form: _page(number, form),
        done=lambda outcome: (
            url_for("office_sanctions.page", number=number),
            beside.signs(_("记下了，到 %(day)s 自己结束。", day=outcome.answer["ends_on"])),
        ),
    )


@blueprint.post("/volunteers/<number>/sanctions/<sanction>/lift")
@allows(*APPROVERS)
def lift(number: str, sanction: str) -> Any:
    """End a sanction early, saying why."""
    return submit(
        lambda typed: book(lift_sanction, sanction=sanction, reason=typed.text("reason")),
        again=lambda form: _page(number, form, sanction),
        done=lambda outcome: (
            url_for("office_sanctions.page", number=number),
            _("取消了，现在就可以办。"),
        ),
    )
