"""Volunteers (志愿者): the list, and one person's file with the passbook and the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.cases import read_cases_of
from pointsbank.earning import count_hours, get_time_saved, list_expiries, list_records, read_record
from pointsbank.foundation import Outcome, Paging, PointsBankError, Session, public_id
from pointsbank.foundation.cells import clean_text
from pointsbank.ledger import StatementLine, read_statement, sum_passbook
from pointsbank.people import (
    VolunteerFile,
    choose_naming,
    find_pin,
    get_public_name,
    get_standing,
    get_volunteer_file,
    list_cards,
    list_sanctions,
    list_teams,
    list_untold,
    list_volunteers,
    show_name,
)
from pointsbank.recognition import get_stars_of
from pointsbank.redemption import read_slips
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.currency import in_books_words
from pointsbank.web.errors import status_of
from pointsbank.web.news_words import news_sentence
from pointsbank.web.portals.addresses import asked, asked_day, asked_of, asked_paging, pager_of
from pointsbank.web.portals.filters import hours
from pointsbank.web.portals.forms import Form, book, submit
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.volunteer_forms import RELATION_WORDS
from pointsbank.web.portals.office.words import (
    CARD_STATES,
    CASE_STATES,
    RECORD_SOURCES,
    RECORD_STEPS,
    SANCTION_SCOPES,
    TELLING_WAYS,
    entry_kind,
)

blueprint = office_blueprint("volunteers")

SORTS = {
    f"{sign}{name}" for sign in ("", "-") for name in ("number", "team", "points", "registered")
}
RECORDS_SHOWN = 8
LINES_SHOWN = 12


@blueprint.get("/volunteers")
@allows(*READERS)
def page() -> Any:
    """The list of volunteers, narrowed and sorted by the address."""
    bank = current_bank()
    sort = asked_of("sort", SORTS) or "number"
    words, team, left = asked("words") or "", asked("team"), asked("left") == "yes"
    found = list_volunteers(
        bank, search=words, team=team, left=left, sort=sort, paging=asked_paging()
    )
    return office_page(
        "volunteers.html",
        "volunteers",
        found=found,
        teams=[(name, f"{name} {count}") for name, count in list_teams(bank)],
        team=team,
        words=words,
        left=left,
        sort=sort,
        pager=pager_of(found),
    )


@blueprint.get("/volunteers/<number>")
@allows(*READERS)
def person(number: str) -> Any:
    """One person's file."""
    return person_page(number)


def person_page(number: str, *, full_name: bool = False, form: Form | None = None) -> str:
    """The file; the full name stands there only in the answer to somebody who asked for it."""
    bank = current_bank()
    volunteer = get_volunteer_file(bank, number=number)
    chosen = {
        "from": asked_day("from"),
        "to": asked_day("to"),
        "only": asked_of("only", {"in", "out", "reversal"}),
        "words": clean_text(asked("words") or "", 100) or None,
    }

    def read(session: Session) -> Any:
        lines = read_statement(
            session,
            volunteer.wallet_id,
            since=chosen["from"],
            until=chosen["to"],
            only=chosen["only"],
            words=chosen["words"],
            paging=asked_paging(LINES_SHOWN),
        )
        sums = sum_passbook(session, volunteer.wallet_id, since=chosen["from"], until=chosen["to"])
        said = read_cases_of(session, volunteer.id)
        untold = list_untold(session, f"volunteer:{volunteer.id}")
        return lines, sums, _reasons(session, list(lines.items)), said, untold

    lines, sums, reasons, said, untold = bank.database.read(read)
    records = list_records(bank, volunteer_id=volunteer.id, paging=Paging(1, RECORDS_SHOWN))
    standing = get_standing(bank, volunteer_id=volunteer.id)
    holders = [one.decided_by for one in records.items] + [one.actor for one in standing.beside]
    if standing.consent is not None:
        holders.append(standing.consent.actor)
    names = bank.database.read(lambda session: names_for(session, holders=holders))
    cards = list_cards(bank, wallet_id=volunteer.wallet_id)
    today = bank.clock.today()
    public = get_public_name(bank, volunteer_id=volunteer.id, today=today)
    return office_page(
        "person.html",
        "volunteers",
        person_file=volunteer,
        shown_name=_name_of(volunteer, full_name),
        full_name=full_name,
        lines=lines,
        sums=sums,
        why=_why(reasons),
        what=_what(reasons),
        chosen=chosen,
        wrong=lambda line: url_for("office_cases.new", number=number, line=line.number),
        cases={one.kept.entry_id: one for one in said if one.kept.outcome is None},
        said=said,
        untold=[{"text": news_sentence(line), "ids": line.ids} for line in untold],
        ways=TELLING_WAYS,
        sanctions=list_sanctions(bank, volunteer_id=volunteer.id),
        scopes=SANCTION_SCOPES,
        pager=pager_of(lines),
        entry_kind=entry_kind,
        records=records,
        names=names,
        sources=RECORD_SOURCES,
        steps=RECORD_STEPS,
        expiries=list_expiries(bank, wallet_id=volunteer.wallet_id, today=bank.clock.today()),
        hours_served=count_hours(bank, volunteer_id=volunteer.id),
        time_saved=get_time_saved(bank, volunteer_id=volunteer.id),
        stars=get_stars_of(bank, volunteer_id=volunteer.id, today=bank.clock.today()),
        cards=cards,
        pin=find_pin(bank, holder=f"volunteer:{volunteer.id}"),
        card_states=CARD_STATES,
        case_states=CASE_STATES,
        public=public,
        standing=standing,
        relations=RELATION_WORDS,
        today=bank.clock.today(),
        form=form or Form(),
    )


def _name_of(volunteer: VolunteerFile, full_name: bool) -> str:
    return (volunteer.name if full_name else None) or volunteer.masked_name


Reasons = dict[int, tuple[str, str, str]]


def _reasons(session: Session, lines: list[StatementLine]) -> Reasons:
    """For each entry what it was, what it rests on in words, and where to read that."""
    found: Reasons = {}
    bought = [_document(line)[1] for line in lines if _document(line)[0] == "redemption"]
    slips = read_slips(session, map(int, filter(str.isdigit, bought)))
    for line in lines:
        kind, text = _document(line)
        if not text.isdigit():
            continue
        if kind == "record":
            record = read_record(session, int(text))
            what = _(
                "%(activity)s %(hours)s 小时（%(day)s）",
                activity=record.activity,
                hours=hours(record.minutes),
                day=record.served_on[5:],
            )
            href = url_for("office_service.record", number=record.number)
            memo = in_books_words(line.memo)
            why = memo if not line.reverses else record.number
            found[line.entry_id] = (what if not line.reverses else memo, why, href)
        elif kind == "redemption":
            number = public_id("R", int(text))
            href = url_for("office_redemptions.page", number=number)
            found[line.entry_id] = (line.memo, _("小票 %(number)s", number=slips[int(text)]), href)
    return found


def _document(line: StatementLine) -> tuple[str, str]:
    """The kind and the number of what a line rests on."""
    kind, _colon, text = (line.document or "").partition(":")
    return kind, text


def _why(reasons: Reasons) -> Callable[[StatementLine], tuple[str, str] | None]:
    return lambda line: reasons[line.entry_id][1:] if line.entry_id in reasons else None


def _what(reasons: Reasons) -> Callable[[StatementLine], str]:
    return lambda line: (
        reasons[line.entry_id][0] if line.entry_id in reasons else in_books_words(line.memo)
    )


@blueprint.post("/volunteers/<number>/naming")
@allows(*WRITERS)
def choose_name_or_number(number: str) -> Any:
    """Write down whether somebody is named on notices, or only a number."""

    def done(outcome: Outcome) -> tuple[str, str]:
        unnamed = outcome.answer["unnamed"]
        said = _("公示时只写编号了。") if unnamed else _("公示时写遮住一部分的姓名。")
        return url_for("office_volunteers.person", number=number), said

    return submit(
        lambda typed: book(choose_naming, number=number, unnamed=typed.ticked("unnamed")),
        again=lambda form: person_page(number, form=form),
        done=done,
    )


@blueprint.post("/volunteers/<number>/name")
@allows(*WRITERS)
def reveal(number: str) -> Any:
    """Show the full name, once it is written down who looked."""
    try:
        book(show_name, number=number)
    except PointsBankError as refusal:
        form = Form.of(refusal)
        return person_page(number, form=form), int(status_of(refusal))
    return person_page(number, full_name=True)
