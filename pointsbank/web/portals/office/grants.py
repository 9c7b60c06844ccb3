"""Grants (公益拨付): points from the pool to a family, until when, by two; and taken back."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.charity import (
    GrantDayPast,
    approve_grant,
    count_pool,
    get_grant,
    list_grants,
    propose_grant,
    propose_return,
    take_back_grant,
)
from pointsbank.earning import NoRule, get_rulebook
from pointsbank.foundation import Bank, Outcome, PointsBankError
from pointsbank.ledger import InsufficientBalance
from pointsbank.people import FamilyEnded, FamilyUnknown, find_proposal_about, list_families
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked, asked_paging, pager_of
from pointsbank.web.portals.filters import points
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, may_wait, proposer
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.words import GRANT_WHYS

blueprint = office_blueprint("grants")

SHOWN = 12
# Under which field a refusal stands.
_FIELDS: tuple[tuple[type[PointsBankError], str], ...] = (
    (FamilyUnknown, "family"),
    (FamilyEnded, "family"),
    (InsufficientBalance, "points"),
    (GrantDayPast, "expires_on"),
)


@blueprint.get("/grants")
@allows(*READERS)
def page() -> Any:
    """What lies in the pool, what families were granted, and the form for one more."""
    return _page(Form())


def _page(form: Form) -> str:
    bank, today = current_bank(), current_bank().clock.today()
    found = list_grants(bank, paging=asked_paging(SHOWN))
    actors = [who for row in found.items for who in (row.decided_by, row.returned_by)]
    try:
        until = get_rulebook(bank, day=today).expires_on(today)
    except NoRule:
        until = None
    return office_page(
        "grants.html",
        "volunteers",
        form=form,
        pool=count_pool(bank),
        found=found,
        pager=pager_of(found),
        names=bank.database.read(lambda session: names_for(session, holders=actors)),
        families=_families(bank),
        chosen=asked("family") or "",
        until=until,
        today=today,
    )


def _families(bank: Bank) -> list[tuple[str, str]]:
    """Whom points can be granted to, for a list to choose from."""
    return [
        (
            one.number,
            _(
                "%(family)s（%(number)s），卡上 %(n)s 分",
                family=one.label,
                number=one.number,
                n=points(one.points),
            ),
        )
        for one in list_families(bank)
        if not one.ended_on
    ]


@blueprint.post("/grants")
@allows(*WRITERS)
def grant() -> Any:
    """Grant some, with somebody beside the screen, or propose it."""
    beside = Beside("charity.approve_grant")

    def work(typed: Typed) -> Outcome:
        told: dict[str, Any] = {
            "family": typed.text("family"),
            "points": typed.whole("points"),
            "expires_on": typed.day("expires_on"),
        }
        by = None if may_wait(typed) else beside.confirm(typed)
        try:
            if by is None:
                return book(propose_grant, **told)
            return book(approve_grant, by=by, **told, proposed_by=proposer())
        except PointsBankError as refusal:
            wrong = (name for kind, name in _FIELDS if isinstance(refusal, kind))
            typed.reading = next(wrong, None)
            raise

    def done(outcome: Outcome) -> tuple[str, str]:
        until = outcome.answer.get("expires_on")
        said = _("拨付好了，用到 %(day)s。", day=until) if until else _("拨付好了，长期有效。")
        return url_for("office_grants.page"), beside.signs(said, outcome)

    return submit(work, again=_page, done=done)


@blueprint.get("/grants/<grant>")
@allows(*READERS)
def one(grant: str) -> Any:
    """One grant: who decided on it, and what became of it."""
    return _one(grant, Form())


def _one(grant: str, form: Form) -> str:
    bank = current_bank()
    row = get_grant(bank, number=grant)
    actors = [row.proposed_by, row.decided_by, row.return_proposed_by, row.returned_by]
    return office_page(
        "grant.html",
        "volunteers",
        form=form,
        row=row,
        names=bank.database.read(lambda session: names_for(session, holders=actors)),
        whys=GRANT_WHYS,
        reasons=[(why, word, "") for why, word in GRANT_WHYS.items()],
        waiting=find_proposal_about(
            bank, name="charity.take_back_grant", about=f"grant:{row.number}"
        ),
    )


@blueprint.post("/grants/<grant>/take-back")
@allows(*WRITERS)
def take_back(grant: str) -> Any:
    """Take one back that was wrong, with somebody beside the screen, or propose it."""
    beside = Beside("charity.take_back_grant")

    def work(typed: Typed) -> Outcome:
        told: dict[str, Any] = {"grant": grant, "why": typed.text("why")}
        if may_wait(typed):
            return book(propose_return, **told)
        return beside.book(take_back_grant, typed, **told, proposed_by=proposer())

    return submit(
        work,
        again=lambda form: _one(grant, form),
        done=lambda outcome: (
            url_for("office_grants.one", grant=grant),
            beside.signs(
                _("收回了 %(n)s 分，退到公益池。", n=outcome.answer.get("points", 0)), outcome
            ),
        ),
    )
