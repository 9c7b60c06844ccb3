"""Found right and not counting yet (公示中的服务): until when, and “this is not right”."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.earning import (
    NoticeRow,
    RecordRow,
    find_notice_of,
    list_objections_to,
    list_records,
    object_to_own_record,
)
from pointsbank.foundation import Paging
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import Form, book, submit
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, me_page, own_file

blueprint = me_blueprint("notice")

SHOWN_MOST = 50


@dataclass(frozen=True)
class OnTheWall:
    """A record of one's own on its way to its points, and whether it waits for an answer."""

    record: RecordRow
    notice: NoticeRow | None
    is_objected: bool


@blueprint.get("/notice")
@allows(OWN)
def page() -> Any:
    """What of one's own hangs on the wall, or will."""
    return _page(Form())


def _page(form: Form, wrong: str = "") -> str:
    bank, own = current_bank(), own_file()
    found: list[OnTheWall] = []
    for status in ("published", "reviewed"):
        rows = list_records(
            bank, status=status, volunteer_id=own.id, paging=Paging(1, SHOWN_MOST)
        ).items
        found += [_on_the_wall(row) for row in rows]
    return me_page("notice.html", "statement", own, form=form, wrong=wrong, found=found)


def _on_the_wall(record: RecordRow) -> OnTheWall:
    bank = current_bank()
    objections = list_objections_to(bank, record_id=record.id)
    return OnTheWall(
        record,
        find_notice_of(bank, notice_id=record.notice_id),
        any(one.outcome is None for one in objections),
    )


@blueprint.post("/notice/<number>/wrong")
@allows(OWN)
def say(number: str) -> Any:
    """Say that one of them is not right; it waits until somebody has looked."""
    return submit(
        lambda typed: book(object_to_own_record, record=number, reason=typed.text("reason")),
        again=lambda form: _page(form, number),
        done=lambda outcome: (
            url_for("me_notice.page"),
            _("记下了。由没有经手的人来查，查清以前这一条不入账。"),
        ),
    )
