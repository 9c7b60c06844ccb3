"""Checking a certificate (证明核验): number and check digits in, hours out, never a name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from pointsbank.foundation import list_settings
from pointsbank.recognition import CertificateMissing, CertificateStatus, check_certificate
from pointsbank.web.access import allows_everybody
from pointsbank.web.api.limits import refuse_often
from pointsbank.web.context import current_bank
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form

blueprint = Blueprint("certificates", __name__)

TYPED_MOST = 40


@blueprint.get("/certificate/")
@allows_everybody
def check() -> Any:
    """The form, and what the number says; twenty a minute for one address."""
    number = request.args.get("number", "").strip()[:TYPED_MOST]
    digits = request.args.get("check", "").strip()[:TYPED_MOST]
    if not number and not digits:
        return _page(number, digits)
    refuse_often("LIMIT_CERTIFICATES")
    try:
        found = check_certificate(current_bank(), number=number, check=digits)
    except CertificateMissing as refusal:
        return _page(number, digits, Form.of(refusal)), int(status_of(refusal))
    return _page(number, digits, found=found)


def _page(
    number: str,
    digits: str,
    form: Form | None = None,
    found: CertificateStatus | None = None,
) -> str:
    settings = current_bank().database.read(list_settings)
    return render_template(
        "public/certificate.html",
        shop_name=settings.get("community_name", ""),
        here="certificate",
        number=number,
        digits=digits,
        form=form or Form(),
        found=found,
    )
