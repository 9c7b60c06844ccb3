"""Backups (备份): is there a good one, one more now, the sticks, and what is missing afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Bank, Outcome, PointsBankError
from pointsbank.people import find_proposal_about
from pointsbank.safekeeping import (
    DriveUnknown,
    SeenRow,
    SlipKnown,
    find_progress,
    is_slip_known,
    list_backup_runs,
    list_drives,
    list_seen,
    note_slip,
    put_drive_to_use,
    read_backup_state,
    read_keeping,
    read_slip,
    set_keeping,
    settle_seen,
    start_backup,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.errors import status_of
from pointsbank.web.i18n import sentence
from pointsbank.web.portals.addresses import asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.words import BACKUP_KINDS, BACKUP_STEPS, SLIP_ENDINGS

blueprint = office_blueprint("backup")

RUNS_SHOWN = 12
KEEP_MOST = 400


@blueprint.get("/backup")
@allows(*WRITERS)
def page() -> Any:
    """How safe the books are, and what became of every backup."""
    return _page(Form())


def _page(form: Form) -> str:
    bank = current_bank()
    runs = list_backup_runs(bank, paging=asked_paging(RUNS_SHOWN))
    names = bank.database.read(
        lambda session: names_for(session, holders=[run.actor for run in runs.items])
    )
    progress = find_progress(bank)
    return office_page(
        "backup.html",
        "backup",
        form=form,
        state=read_backup_state(bank),
        says=backup_says(bank),
        stick_says=stick_says(bank),
        progress=progress,
        step=BACKUP_STEPS.get(str(progress["step"]), "") if progress else "",
        runs=runs,
        pager=pager_of(runs),
        kinds=BACKUP_KINDS,
        names=names,
        reason=lambda code: sentence(code, "title"),
        drives=list_drives(bank),
        keeping=read_keeping(bank),
        is_admin="admin" in current_visitor().roles,
    )


def backup_says(bank: Bank) -> str:
    """In one sentence, how old the last good backup is."""
    state = read_backup_state(bank)
    if state.hours is None:
        return str(_("还没有做过备份"))
    if state.hours < 1:
        return str(_("刚刚备份过，打开查过，是好的"))
    if state.is_green:
        return str(_("%(n)s 小时前备份过，打开查过，是好的", n=state.hours))
    return str(_("已经 %(n)s 小时没有好的备份了", n=state.hours))


def stick_says(bank: Bank) -> str:
    """In one sentence, how old the last copy on a stick is."""
    state = read_backup_state(bank)
    if state.last_on_stick is None:
        return str(_("还没有放到过U盘：电脑坏了，这里的备份也会跟着没有。"))
    name = state.last_on_stick.place
    if not state.stick_days:
        return str(_("今天的也在U盘 %(name)s 上。", name=name))
    return str(_("U盘 %(name)s 上最新的是 %(n)s 天前的。", name=name, n=state.stick_days))


@blueprint.post("/backup/now")
@allows(*WRITERS)
def now() -> Any:
    """Have a backup made; the page shows how far it is."""
    try:
        start_backup(current_bank(), by=current_visitor().caller)
    except PointsBankError as refusal:
        return _page(Form.of(refusal)), int(status_of(refusal))
    return redirect(url_for("office_backup.page"))


@blueprint.post("/backup/stick")
@allows(*WRITERS)
def use_stick() -> Any:
    """Put a stick that is plugged in to use; only one that the page showed can be named."""
    typed, bank, by = Typed(), current_bank(), current_visitor().caller
    try:
        asked = typed.text("drive")
        path = next((one.path for one in list_drives(bank) if str(one.path) == asked), None)
        if path is None:
            raise DriveUnknown()
        name = put_drive_to_use(bank, by=by, key=request_key(), path=Path(path))
    except PointsBankError as refusal:
        return _page(Form.of(refusal, typed)), int(status_of(refusal))
    flash(_("以后插上 %(name)s，备份就自己放上去。", name=name), "")
    return redirect(url_for("office_backup.page"))


@blueprint.post("/backup/keeping")
@allows("admin")
def keep() -> Any:
    """Say how many backups are kept."""

    def work(typed: Typed) -> Outcome:
        return book(
            set_keeping,
            daily=typed.whole("daily", 1, KEEP_MOST),
            weekly=typed.whole("weekly", 1, KEEP_MOST),
            monthly=typed.whole("monthly", 1, KEEP_MOST),
        )

    return submit(
        work, again=_page, done=lambda outcome: (url_for("office_backup.page"), _("记下了。"))
    )


@blueprint.get("/backup/missing")
@allows(*WRITERS)
def missing() -> Any:
    """What was redeemed after the backup that these books were restored from."""
    return _missing_page(Form())


def _missing_page(form: Form) -> str:
    bank = current_bank()
    seen = list_seen(bank, paging=asked_paging(25))
    names = bank.database.read(
        lambda session: names_for(
            session, holders=[who for row in seen.items for who in (row.noted_by, row.settled_by)]
        )
    )
    return office_page(
        "backup_missing.html",
        "backup",
        form=form,
        state=read_backup_state(bank),
        seen=seen,
        waiting=_waiting(seen.items),
        pager=pager_of(seen),
        names=names,
        hows=SLIP_ENDINGS,
    )


def _waiting(rows: Sequence[SeenRow]) -> dict[int, str | None]:
    """The number of the proposal to enter a line late, by the line."""
    bank, name = current_bank(), "safekeeping.enter_missing"
    return {
        row.id: find_proposal_about(bank, name=name, about=f"seen:{row.id}")
        for row in rows
        if row.settled_at is None
    }


@blueprint.post("/backup/missing")
@allows(*WRITERS)
def add_missing() -> Any:
    """Put a slip on the list that somebody brought."""

    def work(typed: Typed) -> Outcome:
        bank, slip = current_bank(), typed.text("slip")
        points, day = typed.whole("points"), typed.day("day")
        typed.reading = "slip"
        slip = read_slip(slip)
        if is_slip_known(bank, slip=slip, points=points, happened_on=day):
            raise SlipKnown(slip=slip)
        return book(note_slip, slip=slip, points=points, happened_on=day)

    return submit(
        work,
        again=_missing_page,
        done=lambda outcome: (
            url_for("office_backup.missing"),
            _("%(slip)s 记在清单上了。", slip=outcome.answer["slip"]),
        ),
    )


@blueprint.post("/backup/missing/<int:seen_id>")
@allows(*WRITERS)
def settle(seen_id: int) -> Any:
    """Say what was done about a line."""
    return submit(
        lambda typed: book(settle_seen, seen_id=seen_id, how=typed.text("how")),
        again=_missing_page,
        done=lambda outcome: (url_for("office_backup.missing"), _("记下了，这一张办完了。")),
    )
