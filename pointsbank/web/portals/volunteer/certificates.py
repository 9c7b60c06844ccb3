"""The own certificates (我的服务证明): ask for one, fetch what was signed."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import PointsBankError
from pointsbank.recognition import (
    apply_for_certificate,
    get_certificate,
    list_certificates,
    print_certificate,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.errors import status_of
from pointsbank.web.portals.addresses import asked_paging, pager_of
from pointsbank.web.portals.forms import Form, book, submit
from pointsbank.web.portals.office.certificates import sheet_of
from pointsbank.web.portals.office.words import CERTIFICATE_STEPS
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, me_page, own_file

blueprint = me_blueprint("certificates")


@blueprint.get("/certificates")
@allows(OWN)
def page() -> Any:
    """What was signed, what is under way, and the form that asks for one."""
    return _page(Form())


def _page(form: Form) -> str:
    bank, own = current_bank(), own_file()
    found = list_certificates(bank, volunteer_id=own.id, paging=asked_paging())
    return me_page(
        "certificates.html",
        "file",
        own,
        form=form,
        found=found,
        reasons={
            row.id_text: get_certificate(bank, certificate=row.id_text).reason
            for row in found.items
            if row.status in {"refused", "revoked"}
        },
        waits=any(row.status in {"applied", "prepared"} for row in found.items),
        steps=CERTIFICATE_STEPS,
        pager=pager_of(found),
    )


@blueprint.post("/certificates")
@allows(OWN)
def ask() -> Any:
    """Ask for a certificate of some days, or of everything so far."""
    return submit(
        lambda typed: book(
            apply_for_certificate,
            since=typed.day("since"),
            until=typed.day("until"),
            purpose=typed.maybe("purpose"),
        ),
        again=_page,
        done=lambda outcome: (
            url_for("me_certificates.page"),
            _("申请好了，办好会告诉您。"),
        ),
    )


@blueprint.post("/certificates/<certificate>")
@allows(OWN)
def fetch(certificate: str) -> Any:
    """The signed sheet as a file, for the person whose it is."""
    try:
        book(print_certificate, certificate=certificate)
    except PointsBankError as refusal:
        return _page(Form.of(refusal)), int(status_of(refusal))
    return sheet_of(get_certificate(current_bank(), certificate=certificate))
