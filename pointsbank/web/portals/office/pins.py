"""PINs on paper (密码条): a volunteer or a family is given a new one in person, shown this once."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from pointsbank.foundation import PointsBankError
from pointsbank.people import get_holder, give_pin, name_holders
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form
from pointsbank.web.portals.office.frame import WRITERS, office_blueprint, office_page

blueprint = office_blueprint("pins")


@blueprint.post("/pins/<number>")
@allows(*WRITERS)
def give(number: str) -> Any:
    """Give the volunteer or the family with this number a new PIN; the old one is over."""
    bank = current_bank()
    try:
        holder = bank.database.read(lambda session: get_holder(session, number))
        pin = give_pin(bank, by=current_visitor().caller, key=request_key(), holder=holder)
    except PointsBankError as refusal:
        page = office_page("refused.html", "volunteers", form=Form.of(refusal))
        return page, int(status_of(refusal))
    named = bank.database.read(lambda session: name_holders(session, [holder]))
    back = "/office/families" if holder.startswith("family:") else f"/office/volunteers/{number}"
    return pin_slip(pin, whose=named.get(holder, number), back=back, title=_("新密码"))


def pin_slip(pin: str, *, whose: str, back: str, title: str, own: bool = False) -> str:
    """The page with the slip. Nothing of it is kept, by us or by the browser (`no-store`)."""
    return office_page(
        "pin_slip.html",
        "staff" if own else "volunteers",
        pin=f"{pin[:3]} {pin[3:]}",
        whose=whose,
        back=back,
        title=title,
        own=own,
    )
