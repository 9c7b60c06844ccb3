"""The books as a whole (账册): are they right, the trial balance, and files for auditors."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import flash, redirect, send_file, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as PageNotFound

from pointsbank.audit import EXPORTS, check_now, export_books, find_last_check
from pointsbank.foundation import Session
from pointsbank.ledger import POINTS, TIME_CREDIT, TrialBalanceRow, read_trial_balance
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked_day
from pointsbank.web.portals.office.frame import READERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.words import account_type

blueprint = office_blueprint("books")

# An export larger than this waits on the disk instead of in memory.
SPOOLED_BYTES = 4 * 1024 * 1024


@blueprint.get("/books")
@allows(*READERS)
def page() -> Any:
    """Whether the books are right, and the trial balance now or at the end of a day."""
    bank, day = current_bank(), asked_day("day")

    def read(session: Session) -> Any:
        rows = read_trial_balance(session, day=day)
        return rows, names_for(session, commodities=[row.commodity for row in rows])

    rows, names = bank.database.read(read)
    points = [row for row in rows if row.commodity == POINTS]
    goods: dict[str, list[TrialBalanceRow]] = {}
    for row in rows:
        if row.commodity not in {POINTS, TIME_CREDIT}:
            goods.setdefault(row.commodity, []).append(row)
    return office_page(
        "books.html",
        "books",
        check=find_last_check(bank),
        day=day,
        points=points,
        saved_time=[row for row in rows if row.commodity == TIME_CREDIT],
        goods=[(names.commodity(commodity), commodity, some) for commodity, some in goods.items()],
        account_type=account_type,
        exports=list(EXPORTS),
    )


@blueprint.post("/books/check")
@allows(*READERS)
def check() -> Any:
    """Check the books now; it reads a snapshot and holds nobody up."""
    found = check_now(current_bank())
    flash(_("查完了，共 %(n)s 项。", n=found.checks), "")
    return redirect(url_for("office_books.page"))


@blueprint.get("/books/export/<code>")
@allows(*READERS)
def export(code: str) -> Any:
    """The whole books as one file. It names nobody."""
    if code not in EXPORTS:
        raise PageNotFound()
    bank = current_bank()
    out = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 - send_file closes it
    export_books(bank, code, out)
    out.seek(0)
    found = EXPORTS[code]
    return send_file(
        out,
        mimetype=found.media_type,
        as_attachment=True,
        download_name=f"pointsbank-{bank.clock.today()}{found.suffix}",
        conditional=False,
        etag=False,
    )
