"""The own file (我的档案): what is known of one's service beyond the points."""

from __future__ import annotations

from typing import Any

from pointsbank.earning import count_hours
from pointsbank.recognition import get_blocks
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.office.words import DEGREES, MARK_WORDS
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, me_page, own_file

blueprint = me_blueprint("file")


@blueprint.get("/file")
@allows(OWN)
def page() -> Any:
    """Hours, trainings, awards and evaluations, as they stand."""
    bank, own = current_bank(), own_file()
    return me_page(
        "file.html",
        "file",
        own,
        hours=count_hours(bank, volunteer_id=own.id),
        blocks=get_blocks(bank, volunteer_id=own.id).standing(),
        mark_words=MARK_WORDS,
        degrees=DEGREES,
    )
