"""Devices (设备): pair a kiosk or a station by a code that is shown once, list them, end one."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import PointsBankError
from pointsbank.people import list_devices, open_pairing, revoke_device
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    current_shop,
    office_blueprint,
    office_page,
)

blueprint = office_blueprint("devices")


@blueprint.get("/devices")
@allows(*READERS)
def page() -> Any:
    """All devices, and the form that pairs one more."""
    return _page(Form())


def _page(
    form: Form, code: str | None = None, until: str | None = None, kind: str = "kiosk"
) -> str:
    return office_page(
        "devices.html",
        "devices",
        form=form,
        devices=list_devices(current_bank()),
        code=code,
        until=until,
        kind=kind,
    )


@blueprint.post("/devices/pair")
@allows(*WRITERS)
def pair() -> Any:
    """Open a pairing and show its code; it is not kept anywhere and holds ten minutes."""
    typed = Typed()
    kind = "station" if typed.maybe("kind") == "station" else "kiosk"
    try:
        code, until = open_pairing(
            current_bank(),
            by=current_visitor().caller,
            key=request_key(),
            shop=current_shop().code,
            name=typed.text("name"),
            kind=kind,
        )
    except PointsBankError as refusal:
        return _page(Form.of(refusal, typed)), int(status_of(refusal))
    return _page(Form(), code, until, kind)


@blueprint.post("/devices/<int:device_id>/revoke")
@allows(*WRITERS)
def revoke(device_id: int) -> Any:
    """End a device's token, as when a kiosk was stolen."""
    return submit(
        lambda typed: book(revoke_device, device_id=device_id),
        again=_page,
        done=lambda outcome: (
            url_for("office_devices.page"),
            _("停用了，这台机器从现在起不能再办。"),
        ),
    )
