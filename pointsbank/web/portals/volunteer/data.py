"""The own data as a file (我的资料): all that the bank keeps of one person, and of nobody else.

It asks for the PIN once more, because a telephone may lie open on a table.
"""

from __future__ import annotations

from typing import Any

from pointsbank.foundation import InvalidInput, NotPermitted, RuleRefused
from pointsbank.people import check_pin
from pointsbank.web.access import allows
from pointsbank.web.api.limits import counting_wrong_pins
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form, Typed
from pointsbank.web.portals.person_data import data_file_of
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, own_card, own_file
from pointsbank.web.portals.volunteer.help import help_page
from pointsbank.web.portals.volunteer.login import read_pin

blueprint = me_blueprint("data")


@blueprint.post("/data")
@allows(OWN)
def take() -> Any:
    """Everything that is known of oneself, as a JSON file."""
    bank, typed = current_bank(), Typed()
    try:
        pin = read_pin(typed)
        with counting_wrong_pins():
            check_pin(bank, by=current_visitor().caller, holder=own_card().holder, pin=pin)
    except (InvalidInput, NotPermitted, RuleRefused) as refusal:
        typed.reading = "pin"
        return help_page(Form.of(refusal, typed)), int(status_of(refusal))
    return data_file_of(own_file())
