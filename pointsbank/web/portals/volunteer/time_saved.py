"""Time credit (时间储蓄): what each service of one's own has saved up."""

from __future__ import annotations

from typing import Any

from pointsbank.earning import get_time_saved, list_time_saved
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked_paging, pager_of
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, me_page, own_file

blueprint = me_blueprint("time")

LINES_SHOWN = 20


@blueprint.get("/time")
@allows(OWN)
def page() -> Any:
    """How much time is saved up, and by which service, the newest first."""
    bank, own = current_bank(), own_file()
    found = list_time_saved(bank, volunteer_id=own.id, paging=asked_paging(LINES_SHOWN))
    return me_page(
        "time.html",
        "statement",
        own,
        found=found,
        saved=get_time_saved(bank, volunteer_id=own.id),
        pager=pager_of(found),
    )
