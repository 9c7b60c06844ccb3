"""What became of a merchant's gifts, from the books alone; never a name, never another's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from pointsbank.foundation import Page
from pointsbank.inventory import DeliveryRow, donor_report, list_deliveries
from pointsbank.people import OrganisationUnknown, get_organisation_by_id
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import address, asked_paging, pager_of

blueprint = Blueprint("merchant", __name__, url_prefix="/merchant")

MONTHS_SHOWN = 6


@blueprint.get("/")
@allows("merchant")
def page() -> Any:
    """Given, in the store-room, on the shelf, taken; by goods and by month."""
    bank, organisation_id = current_bank(), _own_organisation()
    report = donor_report(bank, organisation_id=organisation_id)
    owner = bank.database.read(lambda session: get_organisation_by_id(session, organisation_id))
    deliveries: Page[DeliveryRow] = list_deliveries(
        bank, organisation_id=organisation_id, paging=asked_paging(10)
    )
    today = bank.clock.today()
    return render_template(
        "merchant/home.html",
        here="home",
        tabs_allowed=("home",),
        person={"name": owner.name},
        address=address,
        owner=owner,
        report=report,
        households=_households(report.households),
        months=[_month(month, count, today) for month, count in _recent(report.months)],
        deliveries=deliveries,
        pager=pager_of(deliveries),
    )


def _own_organisation() -> int:
    """The visitor's own organisation; whoever has none sees nobody's."""
    organisation_id = current_visitor().organisation_id
    if organisation_id is None:
        raise OrganisationUnknown(code="")
    return organisation_id


def _households(told: str) -> str:
    """How many households took something: few are never counted out, lest somebody guess whose."""
    return _("不到 %(n)s", n=told[1:]) if told.startswith("<") else told


def _recent(months: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(months.items())[-MONTHS_SHOWN:]


def _month(month: str, count: int, today: str) -> dict[str, Any]:
    number = int(month[5:])
    name = _("%(n)s 月至今", n=number) if today.startswith(month) else _("%(n)s 月", n=number)
    return {"name": name, "values": [count]}
