"""The rulebook (积分办法): in force, in its versions, changed by form or by file, and tried out."""

from __future__ import annotations

import io
from typing import Any

from flask import abort, render_template, request, send_file, url_for
from flask_babel import gettext as _

from pointsbank.earning import (
    EXAMPLES,
    SOURCE_WORDS,
    CategoryGaps,
    NoRule,
    Rulebook,
    Working,
    check_document,
    compare,
    get_rulebook,
    get_work_calendar,
    is_anything_earned,
    list_categories,
    list_examples,
    list_rulebooks,
    may_start_in_past,
    plain_document,
    propose_rulebook,
    read_example,
    read_rulebook,
    read_text,
    set_rulebook,
    try_out,
    write_text,
)
from pointsbank.foundation import InvariantBroken, Outcome, PointsBankError, RuleRefused, Session
from pointsbank.foundation.cells import day as read_day
from pointsbank.inventory import list_shelf
from pointsbank.web.access import allows, takes_bodies
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.currency import in_currency
from pointsbank.web.errors import status_of
from pointsbank.web.i18n import current_language, sentence
from pointsbank.web.portals.forms import FieldMissing, Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, may_wait, proposer
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    current_shop,
    is_one_of,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.rulebook_form import (
    MONTHS,
    ROWS,
    Fields,
    document_of,
    fields_of,
    numbered_anew,
    rows_of,
    told_under,
    with_new_row,
    without_row,
)
from pointsbank.web.portals.office.rulebook_words import CHOICES

blueprint = office_blueprint("rulebook")

FILE_BYTES_MOST = 200_000
BODY_BYTES_MOST = FILE_BYTES_MOST + 64 * 1024
PRICES_SHOWN = 4
ADMINS = ("admin",)


class DecidedAlone(RuleRefused):
    """Before anything was earned an admin alone decides, and nobody else (先由管理员定)."""

    code = "web.rulebook_admin_first"


def said(words: tuple[str, str]) -> str:
    """Words in the reader's language, points called what they are called here."""
    language = current_language()
    return in_currency(words[1] if language == "en" else words[0], language)


def told(working: Working) -> str:
    """A working in the reader's language."""
    return said((working.zh, working.en))


# ------------------------------------------------------------------------------------ looking at it


@blueprint.get("/rulebook")
@allows(*READERS)
def page() -> Any:
    """The rulebook in force, in words, and all versions."""
    bank = current_bank()
    today = bank.clock.today()
    try:
        now = get_rulebook(bank, day=today)
    except NoRule:
        now = None
    books = list_rulebooks(bank)
    kind_of = get_work_calendar(bank).kind_of
    return office_page(
        "rulebook.html",
        "service",
        now=now,
        books=books,
        names=_names_of(books),
        today=today,
        tried=try_out(now, today, kind_of, list_categories(bank)) if now else [],
        gaps=CategoryGaps.between(now, list_categories(bank)) if now else None,
        prices=_prices(now, today) if now else [],
        said=said,
        told=told,
        may_start=is_one_of(current_visitor(), WRITERS),
    )


@blueprint.get("/rulebook/versions/<int:version>")
@allows(*READERS)
def version(version: int) -> Any:
    """One version in words, and what it changed."""
    books = list_rulebooks(current_bank())
    found = next((one for one in books if one.version == version), None)
    if found is None:
        abort(404)
    before = next((one for one in books if one.version < version), None)
    today = current_bank().clock.today()
    kind_of = get_work_calendar(current_bank()).kind_of
    return office_page(
        "rulebook_version.html",
        "service",
        shown=found,
        before=before,
        changed=compare(before, found) if before else [],
        tried=try_out(found, max(found.starts_on, today), kind_of, list_categories(current_bank())),
        names=_names_of(books),
        today=today,
        said=said,
        told=told,
    )


@blueprint.get("/rulebook/versions/<int:version>.json")
@allows(*READERS)
def export(version: int) -> Any:
    """One version as a file."""
    books = list_rulebooks(current_bank())
    found = next((one for one in books if one.version == version), None)
    if found is None:
        abort(404)
    return send_file(
        io.BytesIO(write_text(found).encode()),
        mimetype="application/json",
        as_attachment=True,
        download_name=f"rulebook-{version}.json",
    )


def _names_of(books: list[Rulebook]) -> Any:
    people = {who for one in books for who in (one.decided_by, one.proposed_by)}

    def ask(session: Session) -> Any:
        return names_for(session, holders=people)

    return current_bank().database.read(ask)


def _prices(shown: Rulebook, today: str) -> list[tuple[str, int, str]]:
    """The dearest goods, and for how long one serves for them."""
    if not shown.hourly:
        return []
    shelf = list_shelf(current_bank(), shop_id=current_shop().id, today=today)
    dearest = sorted(shelf, key=lambda one: -one.price_points)[:PRICES_SHOWN]
    english = current_language() == "en"
    return [
        (
            one.name_en or one.name if english else one.name,
            one.price_points,
            f"{shown.tenths_of_hours(one.price_points) / 10:.1f}".removesuffix(".0"),
        )
        for one in dearest
    ]


# ---------------------------------------------------------------------------------------- changing


@blueprint.get("/rulebook/change")
@allows(*WRITERS)
def change() -> Any:
    """The form, filled in from the book in force, from an example or from an older version."""
    return _form_page(Form(typed=_beginning(request.args.get("from", ""))))


def _beginning(source: str) -> Fields:
    bank = current_bank()
    if source in EXAMPLES:
        found = read_example(source)
    elif source.isascii() and source.isdigit():
        books = list_rulebooks(bank)
        found = next((one for one in books if str(one.version) == source), books[0])
    else:
        try:
            found = get_rulebook(bank, day=bank.clock.today())
        except NoRule:
            found = read_rulebook(plain_document())
    return fields_of(found.to_document()) | {"starts_on": bank.clock.today()}


@blueprint.post("/rulebook/change")
@allows(*WRITERS)
def decide() -> Any:
    """Show what a book would mean, add or drop a row; or decide on it, with a second person."""
    typed = Typed()
    typed.fields = numbered_anew(typed.fields)
    step = typed.fields.pop("step", "look")
    verb, _colon, about = step.partition(":")
    if verb == "decide" or may_wait(typed):
        beside = Beside("earning.set_rulebook")
        return submit(
            lambda sent: _decide(sent, beside),
            again=lambda form: _form_page(form, looked=True),
            done=lambda outcome: (url_for("office_rulebook.page"), _decided(outcome, beside)),
        )
    fields = _without_secrets(typed.fields)
    if verb == "add" and about in ROWS:
        return _form_page(Form(typed=with_new_row(fields, about)))
    name, _colon, row = about.rpartition("-")
    if verb == "drop" and name in ROWS:
        return _form_page(Form(typed=numbered_anew(without_row(fields, name, row))))
    return _form_page(Form(typed=fields), looked=True)


def _decide(typed: Typed, beside: Beside) -> Outcome:
    typed.fields = numbered_anew(typed.fields)
    typed.fields.pop("step", None)
    waits = typed.fields.pop("waits", None) is not None
    document = document_of(typed.fields)
    problems = check_document(document)
    if problems:
        raise problems[0]
    values: dict[str, Any] = {"document": document}
    values["starts_on"] = typed.day("starts_on") or current_bank().clock.today()
    typed.reading = None
    if is_anything_earned(current_bank()):
        if waits:
            return book(propose_rulebook, **values)
        return beside.book(set_rulebook, typed, **values, proposed_by=proposer())
    if not is_one_of(current_visitor(), ADMINS):
        raise DecidedAlone()
    return book(set_rulebook, **values)


def _decided(outcome: Outcome, beside: Beside) -> str:
    answer = outcome.answer
    if "version" not in answer:
        return beside.signs("", outcome)
    done = _("定了：第 %(n)s 版，%(day)s 起。", n=answer["version"], day=answer["starts_on"])
    return beside.signs(done)


@blueprint.post("/rulebook/preview")
@allows(*WRITERS)
def preview() -> Any:
    """What the form means so far, as a piece of its page."""
    fields = numbered_anew(_without_secrets(Typed().fields))
    return render_template("office/rulebook_preview.html", **_meaning(fields))


@blueprint.post("/rulebook/load")
@takes_bodies(BODY_BYTES_MOST)
@allows(*WRITERS)
def load() -> Any:
    """Fill the form in from a file; nothing is decided by that."""
    typed = Typed()
    try:
        typed.reading = "file"
        file = request.files.get("file")
        if file is None or not file.filename:
            raise FieldMissing()
        document = read_text(file.read(FILE_BYTES_MOST + 1))
        problems = check_document(document)
        if problems:
            form = Form.of(problems[0], typed)
            form.typed = _beginning("")
            return _form_page(form, wrong=problems), int(status_of(problems[0]))
        found = read_rulebook(document)
    except InvariantBroken:
        raise
    except PointsBankError as refusal:
        form = Form.of(refusal, typed)
        form.typed = _beginning("")
        return _form_page(form), int(status_of(refusal))
    today = current_bank().clock.today()
    return _form_page(
        Form(typed=fields_of(found.to_document()) | {"starts_on": today}), looked=True
    )


def _without_secrets(fields: Fields) -> Fields:
    kept = ("badge", "pin", "csrf_token", "key", "step")
    return {name: value for name, value in fields.items() if name not in kept}


def _form_page(form: Form, *, looked: bool = False, wrong: Any = ()) -> str:
    """The form with what it means. `looked` says what is wrong under its fields."""
    fields = dict(form.typed)
    meaning = _meaning(fields)
    bank = current_bank()
    under = {name: _said_of(problem) for name, problem in told_under(meaning["problems"]).items()}
    return office_page(
        "rulebook_change.html",
        "service",
        form=form,
        fields=fields,
        rows={name: rows_of(fields, name) for name in ROWS},
        under=under if looked else {},
        wrong=[_said_of(problem) for problem in wrong],
        choices=CHOICES,
        source_choices=[(code, said(words)) for code, words in SOURCE_WORDS.items()],
        month_choices=[(str(month), _("%(n)s 月", n=month)) for month in MONTHS],
        examples=list_examples(),
        books=list_rulebooks(bank),
        today=bank.clock.today(),
        earliest=None if may_start_in_past(bank) else bank.clock.today(),
        needs_second=is_anything_earned(bank),
        is_admin=is_one_of(current_visitor(), ADMINS),
        most=FILE_BYTES_MOST,
        **meaning,
    )


def _meaning(fields: Fields) -> dict[str, Any]:
    """What a form means: the services it was tried on, and what it changes; or what is wrong."""
    bank = current_bank()
    document = document_of(fields)
    problems = check_document(document)
    today = bank.clock.today()
    try:
        on = read_day(fields.get("starts_on", "") or today)
    except PointsBankError:
        on = today
    meaning: dict[str, Any] = {"problems": problems, "said": said, "told": told, "day": on}
    meaning["faults"] = [_said_of(problem) for problem in problems]
    if problems:
        return meaning
    made, known = read_rulebook(document), list_categories(bank)
    try:
        now = get_rulebook(bank, day=today)
    except NoRule:
        now = None
    return meaning | {
        "made": made,
        "tried": try_out(made, on, get_work_calendar(bank).kind_of, known),
        "gaps": CategoryGaps.between(made, known),
        "changed": compare(now, made) if now else [],
        "now": now,
        "prices": _prices(made, today),
    }


def _said_of(problem: PointsBankError) -> str:
    """What is wrong in a sentence; where it stands is seen from the field it stands under."""
    title, detail = (sentence(problem.code, part, **problem.facts) for part in ("title", "detail"))
    stop = "。" if current_language() == "zh-CN" else "."
    return f"{title}{stop} {detail}".strip() if detail else title
