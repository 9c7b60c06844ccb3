"""A volunteer's file on paper (志愿者档案): the five blocks that the law names, on one page."""

from __future__ import annotations

import re
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.earning import count_hours, list_records
from pointsbank.foundation import InvalidInput, Outcome, Paging, PointsBankError
from pointsbank.foundation.cells import minutes as read_minutes
from pointsbank.people import (
    get_standing,
    get_volunteer_file,
    give_data,
    list_sanctions,
    place_of_cards,
    show_name,
)
from pointsbank.recognition import (
    MARKS,
    get_blocks,
    get_stars_of,
    note_award,
    note_evaluation,
    note_training,
    strike_out,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.people_found import one_person
from pointsbank.web.portals.office.volunteer_forms import RELATION_WORDS, SEXES
from pointsbank.web.portals.office.words import (
    DEGREES,
    MARK_WORDS,
    RECORD_SOURCES,
    SANCTION_SCOPES,
    SANCTION_STATES,
)
from pointsbank.web.portals.person_data import data_file_of

blueprint = office_blueprint("person_file")

# So many services fit on a file that people still read; the rest is on the page of service.
RECORDS_MOST = 200
TRAINING_MINUTES_MOST = 1_000 * 60
assert set(MARK_WORDS) == set(MARKS)
_BETWEEN = re.compile(r"[\s,，、;；]+")


class BlockUnchosen(InvalidInput):
    """No block of the file was named (没有选是哪一栏)."""

    code = "web.block_unchosen"


@blueprint.get("/volunteers/<number>/file")
@allows(*READERS)
def page(number: str) -> Any:
    """The file with its five blocks."""
    return file_page(number)


def file_page(number: str, *, full_name: bool = False, form: Form | None = None) -> str:
    """The file; the full name stands there only in the answer to somebody who asked for it."""
    bank = current_bank()
    person = get_volunteer_file(bank, number=number)
    blocks = get_blocks(bank, volunteer_id=person.id)
    records = list_records(
        bank, status="effective", volunteer_id=person.id, paging=Paging(1, RECORDS_MOST)
    )
    holders = [
        holder
        for lines in (blocks.trainings, blocks.awards, blocks.evaluations)
        for one in lines
        for holder in (one.noted_by, one.struck_by)
    ]
    return office_page(
        "person_file.html",
        "volunteers",
        person_file=person,
        shown_name=(person.name if full_name else None) or person.masked_name,
        full_name=full_name,
        community=place_of_cards(bank),
        standing=get_standing(bank, volunteer_id=person.id),
        relations=RELATION_WORDS,
        sexes=SEXES,
        hours=count_hours(bank, volunteer_id=person.id),
        records=records,
        sources=RECORD_SOURCES,
        stars=get_stars_of(bank, volunteer_id=person.id, today=bank.clock.today()),
        blocks=blocks,
        sanctions=list_sanctions(bank, volunteer_id=person.id),
        scopes=SANCTION_SCOPES,
        states=SANCTION_STATES,
        mark_words=MARK_WORDS,
        degrees=DEGREES,
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        today=bank.clock.today(),
        form=form or Form(),
        asked_block=(form.typed.get("block") if form else None) or "",
    )


@blueprint.post("/volunteers/<number>/file/name")
@allows(*WRITERS)
def reveal(number: str) -> Any:
    """The file with the full name, to be printed, once it is written down who looked."""
    try:
        book(show_name, number=number)
    except PointsBankError as refusal:
        return file_page(number, form=Form.of(refusal)), int(status_of(refusal))
    return file_page(number, full_name=True)


@blueprint.post("/volunteers/<number>/file/data")
@allows(*WRITERS)
def give(number: str) -> Any:
    """All that is kept of the person, for who has no telephone, once it is noted who took it."""
    try:
        book(give_data, number=number)
    except PointsBankError as refusal:
        return file_page(number, form=Form.of(refusal)), int(status_of(refusal))
    return data_file_of(get_volunteer_file(current_bank(), number=number))


@blueprint.post("/volunteers/<number>/file/lines")
@allows(*WRITERS)
def note(number: str) -> Any:
    """Note a training, an award or an evaluation, as the form's block says."""

    def work(typed: Typed) -> Outcome:
        block = typed.maybe("block")
        if block not in _NOTING:
            raise BlockUnchosen()
        return _NOTING[block](number, typed)

    return submit(
        work,
        again=lambda form: file_page(number, form=form),
        done=lambda outcome: (_address(number), _noted(outcome)),
    )


def _training(number: str, typed: Typed) -> Outcome:
    told: dict[str, Any] = {name: typed.text(name) for name in ("subject", "organiser")}
    hours = typed.text("hours")
    typed.reading = "hours"
    minutes = read_minutes(hours, TRAINING_MINUTES_MOST)
    typed.reading = None
    return book(
        note_training,
        numbers=_people(number, typed, "others"),
        held_on=_day(typed, "held_on"),
        minutes=minutes,
        **told,
    )


def _award(number: str, typed: Typed) -> Outcome:
    return book(
        note_award,
        name=typed.text("name"),
        document=typed.maybe("document"),
        document_number=typed.maybe("document_number"),
        given_by=typed.text("given_by"),
        given_on=_day(typed, "given_on"),
        numbers=_people(number, typed, "alike"),
    )


def _evaluation(number: str, typed: Typed) -> Outcome:
    marks: dict[str, Any] = {name: typed.whole(name, 1, 5) for name in MARKS}
    return book(
        note_evaluation,
        number=number,
        evaluator=typed.text("evaluator"),
        evaluated_on=_day(typed, "evaluated_on"),
        remark=typed.maybe("remark"),
        record=typed.maybe("record"),
        **marks,
    )


_NOTING = {"training": _training, "award": _award, "evaluation": _evaluation}


def _day(typed: Typed, name: str) -> str:
    return typed.day(name) or current_bank().clock.today()


def _people(number: str, typed: Typed, name: str) -> list[str]:
    """The one whose file it is, and everybody else who was there: names or numbers."""
    others = typed.maybe(name) or ""
    typed.reading = name
    people = [number, *(one_person(text).number for text in _BETWEEN.split(others) if text)]
    typed.reading = None
    return people


def _noted(outcome: Outcome) -> str:
    people = len(outcome.answer["numbers"])
    said: str = _("记进 %(n)s 个人的档案了。", n=people) if people > 1 else _("记进档案了。")
    return said


@blueprint.post("/volunteers/<number>/file/strike")
@allows(*WRITERS)
def strike(number: str) -> Any:
    """Strike a line out, saying why."""
    return submit(
        lambda typed: book(
            strike_out,
            block=typed.text("of_block"),
            line=typed.whole("line", most=2**53),
            reason=typed.text("reason"),
        ),
        again=lambda form: file_page(number, form=form),
        done=lambda outcome: (_address(number), _("划掉了，为什么也记下了。")),
    )


def _address(number: str) -> str:
    return url_for("office_person_file.page", number=number)
