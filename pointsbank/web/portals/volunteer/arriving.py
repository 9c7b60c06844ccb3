"""Arriving by a scanned sign-in code (扫码签到): the code is looked at first, then one logs in.

A code lives for half a minute, and card number and PIN take longer to type. What the telephone gets
for a right code is a promise, kept in its own cookie until it is used or over.
"""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, session, url_for

from pointsbank.activities import (
    ActivityFile,
    ActivityUnknown,
    CodeWrong,
    get_activity,
    read_seen,
    see_code,
)
from pointsbank.foundation import PointsBankError
from pointsbank.web.access import allows_everybody
from pointsbank.web.api.limits import counting_wrong_codes
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form, Typed
from pointsbank.web.portals.volunteer.frame import me_blueprint, me_page

blueprint = me_blueprint("arriving")

_SEEN = "seen_code"


@blueprint.post("/arrive")
@allows_everybody
def arrive() -> Any:
    """Look at a code that was scanned; then sign with it, or log in first."""
    typed, bank = Typed(), current_bank()
    try:
        with counting_wrong_codes():
            session[_SEEN] = see_code(
                bank,
                keys=bank.keys,
                activity=typed.text("activity"),
                code=typed.text("code"),
                now=bank.clock.instant(),
            )
    except (CodeWrong, ActivityUnknown) as refusal:
        session.pop(_SEEN, None)
        form = Form.of(refusal)
        return make_response(me_page("arrived_late.html", "", form=form), int(status_of(refusal)))
    return redirect(url_for("me_activities.page" if _is_volunteer() else "me_login.page"))


def _is_volunteer() -> bool:
    card = current_visitor().card
    return card is not None and card.is_volunteer


def seen_file() -> ActivityFile | None:
    """The activity whose code this telephone has scanned and not used yet, or None."""
    bank = current_bank()
    now = bank.clock.instant()
    try:
        activity, _way = read_seen(bank.keys, session.get(_SEEN, ""), now)
        return get_activity(bank, activity=activity, now=now)
    except PointsBankError:
        return None


def take_seen() -> str | None:
    """The promise, for once."""
    seen: str | None = session.pop(_SEEN, None)
    return seen


def carry_seen(seen: str | None) -> None:
    """Keep a promise over the log-in, which forgets everything else."""
    if seen is not None:
        session[_SEEN] = seen
