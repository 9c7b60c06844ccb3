"""Stars (星级): who may have the next one, who waits for a decision, and the table itself."""

from __future__ import annotations

import re
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import InvalidInput, Outcome
from pointsbank.foundation.cells import narrow
from pointsbank.people import ANYBODY, get_staff, get_volunteer_file
from pointsbank.recognition import (
    SECONDS,
    STARS_MOST,
    StarTable,
    approve_star,
    count_open_stars,
    count_shrunk_stars,
    get_star_rule,
    get_stars_of,
    keep_stars,
    list_shrunk_stars,
    list_star_candidates,
    list_star_rules,
    list_stars,
    lower_stars,
    propose_star,
    refuse_star,
    set_star_rule,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, proposer
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    READERS,
    WRITERS,
    is_one_of,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.words import ROLE_WORDS, STAR_SECONDS, STAR_STEPS

blueprint = office_blueprint("stars")

ADMIN = ("admin",)
SHOWN = ("candidates", "open", "held", "look")
_TENTHS = re.compile(r"([1-5])(?:\.([0-9]))?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
assert set(STAR_SECONDS) == set(SECONDS)


class StarNumberUnreadable(InvalidInput):
    """A number in the table of stars cannot be read (看不懂的数)."""

    code = "web.star_number_unreadable"


@blueprint.get("/stars")
@allows(*READERS)
def page() -> Any:
    """Candidates, what waits, who has how many, and what is to be looked at."""
    bank = current_bank()
    today = bank.clock.today()
    waiting, shrunk = count_open_stars(bank), count_shrunk_stars(bank)
    shown = asked_of("show", SHOWN) or ("open" if waiting else "look" if shrunk else "candidates")
    stars = asked_of("stars", {str(n) for n in range(1, STARS_MOST + 1)})
    found: Any = None
    if shown == "candidates":
        found = list_star_candidates(bank, today=today, paging=asked_paging())
    elif shown in {"open", "held"}:
        status = "open" if shown == "open" else "approved"
        wanted = int(stars) if stars and shown == "held" else None
        found = list_stars(bank, status=status, stars=wanted, paging=asked_paging())
    return office_page(
        "stars.html",
        "volunteers",
        shown=shown,
        found=found,
        shrunk=list_shrunk_stars(bank) if shown == "look" else [],
        waiting=waiting,
        to_look=shrunk,
        pager=pager_of(found) if found else None,
        rule=get_star_rule(bank, day=today),
        steps=STAR_STEPS,
    )


@blueprint.get("/stars/of/<number>")
@allows(*READERS)
def person(number: str) -> Any:
    """One volunteer's stars, and what can be done with them now."""
    return _person_page(number, Form())


def _person_page(number: str, form: Form) -> str:
    bank, visitor = current_bank(), current_visitor()
    file = get_volunteer_file(bank, number=number)
    stars = get_stars_of(bank, volunteer_id=file.id, today=bank.clock.today())
    rows = [*stars.held, *stars.past, *([stars.open] if stars.open else [])]
    holders = [one for row in rows for one in (row.applied_by, row.proposed_by, row.decided_by)]
    own = _volunteer_of_visitor() == file.id
    open_one = stars.open
    decides = (
        open_one is not None
        and open_one.status == "proposed"
        and is_one_of(visitor, APPROVERS)
        and not own
        and open_one.proposed_by != visitor.caller.actor
    )
    return office_page(
        "stars_person.html",
        "volunteers",
        form=form,
        person_file=file,
        stars=stars,
        shrunk=next(iter(list_shrunk_stars(bank, volunteer_id=file.id)), None),
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        own=own,
        decides=decides,
        steps=STAR_STEPS,
        seconds=STAR_SECONDS,
    )


def _volunteer_of_visitor() -> int | None:
    login = current_visitor().login or ""
    return current_bank().database.read(lambda session: get_staff(session, login).volunteer_id)


@blueprint.post("/stars/of/<number>/propose")
@allows(*WRITERS)
def propose(number: str) -> Any:
    """Put somebody forward for the next star."""
    return submit(
        lambda typed: book(propose_star, number=number),
        again=lambda form: _person_page(number, form),
        done=lambda outcome: (
            _address(number),
            _("提出了 %(n)s 星，等另一个人评定。", n=outcome.answer["stars"]),
        ),
    )


@blueprint.post("/stars/of/<number>/approve")
@allows(*APPROVERS)
def approve(number: str) -> Any:
    """Give the star that somebody else has put forward."""
    return submit(
        lambda typed: book(approve_star, star=typed.text("star")),
        again=lambda form: _person_page(number, form),
        done=lambda outcome: (_address(number), _given(outcome)),
    )


@blueprint.post("/stars/of/<number>/confirm")
@allows(*APPROVERS)
def confirm(number: str) -> Any:
    """The same by whoever stands beside the screen."""
    beside = Beside("recognition.approve_star")
    return submit(
        lambda typed: beside.book(approve_star, typed, star=typed.text("star")),
        again=lambda form: _person_page(number, form),
        done=lambda outcome: (_address(number), beside.signs(_given(outcome))),
    )


def _given(outcome: Outcome) -> str:
    said: str = _("评定好了：%(n)s 星志愿者。", n=outcome.answer["stars"])
    return said


@blueprint.post("/stars/of/<number>/refuse")
@allows(*APPROVERS)
def refuse(number: str) -> Any:
    """Turn a star down, saying why."""
    return submit(
        lambda typed: book(refuse_star, star=typed.text("star"), reason=typed.text("reason")),
        again=lambda form: _person_page(number, form),
        done=lambda outcome: (_address(number), _("记下了，这次没有评上；本人会看到。")),
    )


@blueprint.post("/stars/of/<number>/lower")
@allows(*APPROVERS)
def lower(number: str) -> Any:
    """Take stars back whose hours are gone, with somebody beside the screen."""
    beside = Beside("recognition.lower_stars")

    def work(typed: Typed) -> Outcome:
        told = {"number": number, "reason": typed.text("reason"), "proposed_by": proposer()}
        return beside.book(lower_stars, typed, **told)

    def done(outcome: Outcome) -> tuple[str, str]:
        said = _("降好了，现在是 %(n)s 星。", n=outcome.answer["stars"])
        return _address(number), beside.signs(said)

    return submit(work, again=lambda form: _person_page(number, form), done=done)


@blueprint.post("/stars/of/<number>/keep")
@allows(*WRITERS)
def keep(number: str) -> Any:
    """Look at stars whose hours have shrunk, and leave them."""
    return submit(
        lambda typed: book(keep_stars, number=number, note=typed.text("note")),
        again=lambda form: _person_page(number, form),
        done=lambda outcome: (_address(number), _("记下了，星级保留；再少了才会又提醒。")),
    )


def _address(number: str) -> str:
    return url_for("office_stars.person", number=number)


# ----------------------------------------------------------------------------------- the table


@blueprint.get("/stars/rules")
@allows(*READERS)
def rules() -> Any:
    """The table of stars in its versions, and the form for the next one."""
    return _rules_page(Form())


def _rules_page(form: Form) -> str:
    bank = current_bank()
    today = bank.clock.today()
    now = get_star_rule(bank, day=today)
    versions = list_star_rules(bank)
    holders = [one for version in versions for one in (version.decided_by, version.proposed_by)]
    return office_page(
        "stars_rules.html",
        "volunteers",
        form=form,
        now=now,
        versions=versions,
        typed=form.typed or _as_typed(now.table),
        most=STARS_MOST,
        seconds=STAR_SECONDS,
        roles=[(role, ROLE_WORDS[role][0]) for role in ANYBODY],
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        may_change=is_one_of(current_visitor(), ADMIN),
        needs_second=_needs_second(),
        today=today,
    )


def _needs_second() -> bool:
    bank = current_bank()
    return any(
        list_stars(bank, status=status).total for status in ("approved", "refused", "lowered")
    )


def _as_typed(table: StarTable) -> dict[str, str]:
    """A table as the fields of the form."""
    typed = {"second": table.second}
    typed |= {name: "1" for name in ("lowers", "counts_back_filled") if getattr(table, name)}
    for place, step in enumerate(table.steps, start=1):
        typed[f"hours-{place}"] = f"{step.hours}"
        typed[f"least-{place}"] = _least_typed(table.second, step.least)
        typed[f"approver-{place}"] = step.approver or ""
        typed[f"body-{place}"] = step.body or ""
    return typed


def _least_typed(second: str, least: int | None) -> str:
    if least is None:
        return ""
    return f"{least // 10}.{least % 10}" if second == "quality" else f"{least}"


@blueprint.post("/stars/rules")
@allows(*ADMIN)
def set_rule() -> Any:
    """Set the next table; once a star was given, with somebody beside the screen."""
    beside = Beside("recognition.set_star_rule")

    def work(typed: Typed) -> Outcome:
        told: dict[str, Any] = {"document": _read_table(typed)}
        told["starts_on"] = typed.day("starts_on") or current_bank().clock.today()
        if not _needs_second():
            return book(set_star_rule, **told)
        return beside.book(set_star_rule, typed, proposed_by=proposer(), **told)

    return submit(
        work,
        again=_rules_page,
        done=lambda outcome: (
            url_for("office_stars.rules"),
            beside.signs(_("定好了，%(day)s 起用新的星级标准。", day=outcome.answer["starts_on"])),
        ),
    )


def _read_table(typed: Typed) -> dict[str, Any]:
    second = typed.maybe("second") or "none"
    steps = []
    for place in range(1, STARS_MOST + 1):
        if not typed.maybe(f"hours-{place}"):
            continue
        step: dict[str, Any] = {"hours": typed.told(f"hours-{place}", _read_whole)}
        if second != "none":
            read = _read_tenths if second == "quality" else _read_whole
            step["least"] = typed.told(f"least-{place}", read)
        step["approver"] = typed.maybe(f"approver-{place}")
        step["body"] = typed.maybe(f"body-{place}")
        steps.append(step)
    return {
        "second": second,
        "lowers": typed.ticked("lowers"),
        "counts_back_filled": typed.ticked("counts_back_filled"),
        "steps": steps,
    }


def _read_whole(text: str) -> int:
    plain = narrow(text)
    if not _WHOLE.fullmatch(plain):
        raise StarNumberUnreadable()
    return int(plain)


def _read_tenths(text: str) -> int:
    found = _TENTHS.fullmatch(narrow(text))
    if found is None:
        raise StarNumberUnreadable()
    return int(found[1]) * 10 + int(found[2] or 0)
