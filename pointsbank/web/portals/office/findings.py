"""Findings (异常): what the nights have found in the records, and that somebody has looked."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import asdict
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.findings import (
    KINDS,
    USUAL,
    FindingRow,
    get_finding,
    list_findings,
    look_at_finding,
    numbers_on,
)
from pointsbank.people import change_settings
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.finding_words import finding_says
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    READERS,
    is_one_of,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import Names, names_for
from pointsbank.web.portals.office.words import FINDING_KINDS

blueprint = office_blueprint("findings")

ADMIN = ("admin",)
assert set(FINDING_KINDS) == {kind.code for kind in KINDS}


@blueprint.get("/findings")
@allows(*READERS)
def page() -> Any:
    """What was found; without a filter what nobody has looked at."""
    return _list_page(Form())


def _list_page(form: Form) -> str:
    bank, looked = current_bank(), asked_of("show", ("looked",)) is not None
    kind = asked_of("kind", FINDING_KINDS)
    found = list_findings(bank, is_open=not looked, kind=kind, paging=asked_paging())
    names = _names_of(list(found.items))
    numbers = bank.database.read(lambda session: numbers_on(session, bank.clock.today()))
    return office_page(
        "findings.html",
        "findings",
        form=form,
        found=found,
        looked=looked,
        kinds=FINDING_KINDS,
        says={one.number: finding_says(one, names) for one in found.items},
        names=names,
        numbers={f"finding_{name}": number for name, number in asdict(numbers).items()},
        may_set=is_one_of(current_visitor(), ADMIN),
        pager=pager_of(found),
    )


def _names_of(rows: list[FindingRow]) -> Names:
    holders = [
        who
        for one in rows
        for who in (one.looked_by, one.facts.get("recorded_by"), one.facts.get("decided_by"))
    ]
    return current_bank().database.read(lambda session: names_for(session, holders=holders))


@blueprint.post("/findings/numbers")
@allows(*ADMIN)
def set_numbers() -> Any:
    """Change from when on something is found; what was found before stays."""
    return submit(
        lambda typed: book(
            change_settings, changes={name: typed.whole(name, 1, 10_000) for name in USUAL}
        ),
        again=_list_page,
        done=lambda outcome: (url_for("office_findings.page"), _("记下了，从今晚起照这个找。")),
    )


@blueprint.get("/findings/<number>")
@allows(*READERS)
def finding(number: str) -> Any:
    """One finding: what it names, and the form for whoever has looked."""
    return _page(number, Form())


def _page(number: str, form: Form) -> str:
    row = get_finding(current_bank(), finding=number)
    names = _names_of([row])
    return office_page(
        "finding.html",
        "findings",
        form=form,
        row=row,
        title=FINDING_KINDS[row.kind],
        says=finding_says(row, names),
        names=names,
        records=[row.facts[name] for name in ("record", "other") if name in row.facts],
        links=_links(row),
    )


def _links(row: FindingRow) -> list[tuple[str, str]]:
    """Where the records stand that it is about, where there are several."""
    told: dict[str, Any] = {"status": "all"}
    if row.kind == "barred_purchase":
        number = row.facts["redemption"]
        return [(str(_("那一笔兑换")), url_for("office_redemptions.page", number=number))]
    if row.kind == "long_day":
        told |= {"who": row.volunteer_number, "from": row.facts["day"], "to": row.facts["day"]}
        return [(str(_("那一天的服务记录")), url_for("office_service.page", **told))]
    if row.kind in ("manual_share", "same_pair"):
        month = row.facts["month"]
        days = monthrange(int(month[:4]), int(month[5:]))[1]
        told |= {"from": f"{month}-01", "to": f"{month}-{days}"}
        return [(str(_("那个月的服务记录")), url_for("office_service.page", **told))]
    return []


@blueprint.post("/findings/<number>/look")
@allows(*APPROVERS)
def look(number: str) -> Any:
    """Write down what one saw; the finding is closed."""

    def work(typed: Typed) -> Any:
        return book(look_at_finding, finding=number, remark=typed.text("remark"))

    return submit(
        work,
        again=lambda form: _page(number, form),
        done=lambda outcome: (url_for("office_findings.page"), _("记下了，看过了。")),
    )
