"""Today's line about handovers (今日): begun, and waiting for a count, a signature or the end."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Bank
from pointsbank.people import list_handovers
from pointsbank.web.portals.filters import moment


def handover_lines(bank: Bank) -> list[dict[str, Any]]:
    """One line for each that is open: whoever takes over is nowhere else told of it."""
    return [
        {
            "kind": "wait",
            "word": _("交接"),
            "title": _("%(name)s 的交接等签字", name=one.leaving_name)
            if one.is_counted and not one.has_both
            else _("%(name)s 的交接还没办完", name=one.leaving_name),
            "note": _("%(day)s 开始的", day=moment(one.opened_at)[:10]),
            "href": url_for("office_handover.one", handover=one.id),
            "label": _("去办"),
        }
        for one in list_handovers(bank)
        if not one.closed_at and not one.withdrawn_at
    ]
