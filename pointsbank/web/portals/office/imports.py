"""Lists that people have (导入): bring a file, look at what it holds, take it in, mend the rest."""

from __future__ import annotations

import io
import json
from pathlib import PurePath
from typing import Any

from flask import make_response, redirect, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from pointsbank.foundation import InvariantBroken, PointsBankError, RowProblem, Session
from pointsbank.foundation.sheet_errors import SheetUnreadable
from pointsbank.foundation.sheets import FILE_BYTES_MOST, write_problems
from pointsbank.imports import (
    FILE,
    IMPORTERS,
    MEND,
    PREVIEW,
    FileGone,
    ShownRow,
    UploadRow,
    bring_file,
    discard_upload,
    find_same_file,
    forget,
    get_preview,
    get_to_mend,
    get_upload,
    go_on,
    has_file,
    has_stalled,
    list_uploads,
    take_upload,
)
from pointsbank.web.access import allows, takes_bodies
from pointsbank.web.api.limits import refuse_often
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.errors import http_refused, status_of
from pointsbank.web.i18n import row_sentence, sentence
from pointsbank.web.importing import current_worker
from pointsbank.web.portals.addresses import asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import FieldMissing, Form, Typed, book, submit
from pointsbank.web.portals.office.frame import READERS, office_blueprint, office_page
from pointsbank.web.portals.office.import_words import (
    COLUMNS,
    KINDS,
    NEXT,
    STEPS,
    TABS_OF,
    VALUES,
)
from pointsbank.web.portals.office.names import names_for

blueprint = office_blueprint("imports")

# The form's other fields and the borders between its parts.
BODY_BYTES_MOST = FILE_BYTES_MOST + 64 * 1024
# A small file is checked by then, and its page shows at once what it holds.
CHECKED_WITHIN_SECONDS = 1.5
AN_HOUR_SECONDS = "3600"


@blueprint.get("/imports")
@allows(*READERS)
def page() -> Any:
    """All imports by upload: who brought what, and what became of it."""
    bank = current_bank()
    found = list_uploads(bank, paging=asked_paging())
    return office_page(
        "imports.html",
        "volunteers",
        found=found,
        names=_names_of(found.items),
        kinds=KINDS,
        steps=STEPS,
        pager=pager_of(found),
    )


@blueprint.get("/imports/new")
@allows(*IMPORTERS)
def new() -> Any:
    """Choose what it is, and the file."""
    return _form_page(Form(typed={"kind": asked_of("kind", KINDS) or "volunteers"}))


def _form_page(form: Form) -> str:
    kind = str(form.value("kind", "volunteers"))
    return office_page(
        "import_new.html",
        TABS_OF.get(kind, "volunteers"),
        form=form,
        kind=kind,
        kinds=KINDS,
        most=FILE_BYTES_MOST,
        too_large=sentence(SheetUnreadable.code, reason="too_large", most=FILE_BYTES_MOST),
    )


@blueprint.post("/imports/new")
@takes_bodies(BODY_BYTES_MOST)
@allows(*IMPORTERS)
def bring() -> Any:
    """Keep the file and have it checked; what can be seen at once comes back on the form."""
    refuse_often("LIMIT_UPLOADS")
    typed = Typed()
    try:
        number = _bring(typed)
    except InvariantBroken:
        raise
    except PointsBankError as refusal:
        answer = make_response(_form_page(Form.of(refusal, typed)), int(status_of(refusal)))
        if answer.status_code == 429:
            answer.headers["Retry-After"] = AN_HOUR_SECONDS
        return answer
    current_worker().wait_for_check(number, CHECKED_WITHIN_SECONDS)
    return redirect(_address(number))


def _bring(typed: Typed) -> str:
    typed.reading = "kind"
    kind = typed.text("kind")
    typed.reading = "file"
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FieldMissing()
    return bring_file(
        current_bank(),
        by=current_visitor().caller,
        key=request_key(),
        kind=kind,
        data=file.read(),
        name=file.filename,
    )


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: HTTPException) -> Any:
    """A file that is too large was not read at all: the form comes back and says so."""
    if request.endpoint != "office_imports.bring":
        return http_refused(error)
    form = Form.of(SheetUnreadable(reason="too_large", most=FILE_BYTES_MOST))
    form.wrong_field = "file"
    # Nothing of the request was read, so this is all that is known of it.
    form.typed = {"kind": asked_of("kind", KINDS) or "volunteers"}
    return _form_page(form), 413


@blueprint.get("/imports/<number>")
@allows(*IMPORTERS)
def one(number: str) -> Any:
    """One import: what the file holds, how far it is, what became of it."""
    return _page(number, Form())


def _page(number: str, form: Form) -> str:
    bank = current_bank()
    upload = get_upload(bank, number=number)
    preview = get_preview(bank, number=number)
    mend = get_to_mend(bank, number=number)
    return office_page(
        "import.html",
        TABS_OF[upload.kind],
        form=form,
        upload=upload,
        kind=KINDS[upload.kind],
        step=STEPS[upload.status],
        names=_names_of([upload]),
        columns=COLUMNS[upload.kind],
        rows=[_shown(row, upload.kind) for row in preview.rows],
        preview=preview,
        problems=_told(preview.problems),
        notes=[
            (note.rows, note.count, row_sentence(note.code, **note.facts)) for note in preview.notes
        ],
        mend=mend,
        stalled=has_stalled(bank, number=number, now=bank.clock.instant()),
        has_file=has_file(bank, number=number),
        same=find_same_file(bank, upload=upload),
        why=_why(upload),
        next=NEXT[upload.kind],
    )


def _shown(row: ShownRow, kind: str) -> tuple[int, bool, list[tuple[str, str, str]]]:
    """A row of the preview as a table shows it: label, text and kind of each cell."""
    cells = []
    for name, label, look in COLUMNS[kind]:
        value = row.fields.get(name)
        in_words = VALUES.get(name)
        text = "" if value is None else str(in_words(value) if in_words else value)
        cells.append((str(label), text, look))
    return row.row, row.known, cells


def _told(problems: Any) -> list[tuple[int, str]]:
    return [(problem.row, _sentence(problem)) for problem in problems]


def _sentence(problem: RowProblem) -> str:
    return row_sentence(problem.code, **problem.facts)


def _why(upload: UploadRow) -> tuple[str, str] | None:
    """Why it failed, or must be decided anew."""
    if upload.code is None:
        return None
    facts = json.loads(upload.facts or "{}")
    return sentence(upload.code, "title", **facts), sentence(upload.code, "detail", **facts)


def _names_of(uploads: Any) -> Any:
    people = {who for upload in uploads for who in (upload.uploaded_by, upload.taken_by)}

    def ask(session: Session) -> Any:
        return names_for(session, holders=people)

    return current_bank().database.read(ask)


def _address(number: str) -> str:
    return url_for("office_imports.one", number=number)


@blueprint.post("/imports/<number>/take")
@allows(*IMPORTERS)
def take(number: str) -> Any:
    """Take it in: all of it, or only what is good."""
    answer = submit(
        lambda typed: book(take_upload, upload=number, take_good=typed.maybe("how") == "good"),
        again=lambda form: _page(number, form),
        done=lambda outcome: (_address(number), _("开始收了，可以先去做别的。")),
    )
    current_worker().wake()
    return answer


@blueprint.post("/imports/<number>/go-on")
@allows(*IMPORTERS)
def resume(number: str) -> Any:
    """Go on with one that has stopped half-way."""
    answer = submit(
        lambda typed: book(go_on, upload=number),
        again=lambda form: _page(number, form),
        done=lambda outcome: (_address(number), _("接着收，收过的不会再收。")),
    )
    current_worker().wake()
    return answer


@blueprint.post("/imports/<number>/discard")
@allows(*IMPORTERS)
def discard(number: str) -> Any:
    """Give a file up before it is taken in, or the rest of it that was to be mended."""
    return submit(
        lambda typed: _discard(number),
        again=lambda form: _page(number, form),
        done=lambda outcome: (
            url_for("office_imports.page"),
            _("删掉了，没有收。")
            if outcome.answer["status"] == "stopped"
            else _("要改的行删掉了，收好的都在。"),
        ),
    )


def _discard(number: str) -> Any:
    outcome = book(discard_upload, upload=number)
    by = current_visitor().caller
    forget(current_bank(), by=by, number=number, whats=(FILE, PREVIEW, MEND))
    return outcome


@blueprint.get("/imports/<number>/mend.csv")
@allows(*IMPORTERS)
def to_mend(number: str) -> Any:
    """The rows that were refused, as a file that can be mended and brought again."""
    bank = current_bank()
    upload = get_upload(bank, number=number)
    mend = get_to_mend(bank, number=number)
    if not mend.rows:
        raise FileGone()
    paper = write_problems(mend.problems, mend.headings, _sentence)
    return send_file(
        io.BytesIO(paper),
        mimetype="text/csv",
        as_attachment=True,
        download_name=f"{PurePath(upload.file_name).stem}.problems.csv",
        conditional=False,
        etag=False,
    )
