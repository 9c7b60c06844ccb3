"""Trying the equipment (试设备): camera, scanner, printer, sound, on the machine that has them.

What is seen and heard only a person can say; it is noted, and may be said again.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from pointsbank.people import TRIED, note_tried
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked_of
from pointsbank.web.portals.forms import FieldMissing, Form, Typed
from pointsbank.web.portals.office.frame import office_page
from pointsbank.web.portals.setup.frame import VIEWERS, blueprint, change, setup_page
from pointsbank.web.portals.setup.state import read_state
from pointsbank.web.qr import draw_qr

# Nobody's card and no goods: the text says what it is, the number is of the range for in-store use.
TEST_TEXT = "POINTSBANK-TEST"
TEST_BARCODE = "2900000000018"
PAPERS = ("58", "80")


@blueprint.get("/equipment")
@allows(*VIEWERS)
def equipment() -> Any:
    """Camera, scanner, printer and sound, each with something to try."""
    return _page(Form())


def _page(form: Form) -> str:
    return setup_page(
        "equipment",
        form,
        qr=draw_qr(TEST_TEXT),
        text=TEST_TEXT,
        barcode=TEST_BARCODE,
        papers=PAPERS,
    )


@blueprint.post("/equipment")
@allows(*VIEWERS)
def note() -> Any:
    """Note how each did."""

    def read(typed: Typed) -> dict[str, Any]:
        outcomes = {what: outcome for what in TRIED if (outcome := typed.maybe(what))}
        if not outcomes:
            raise FieldMissing()
        return {"outcomes": outcomes}

    said = _("记下了。不行的修好了再来试。")
    return change("equipment", note_tried, read, said, page=_page)


@blueprint.get("/equipment/slip")
@allows(*VIEWERS)
def slip() -> Any:
    """A test slip, for paper of 58 or of 80 mm."""
    bank = current_bank()
    return office_page(
        "setup/slip.html",
        "settings",
        paper=asked_of("paper", PAPERS) or PAPERS[0],
        papers=PAPERS,
        shop=read_state(bank).shop,
        now=bank.clock.instant(),
        qr=draw_qr(TEST_TEXT),
        text=TEST_TEXT,
        barcode=TEST_BARCODE,
    )
