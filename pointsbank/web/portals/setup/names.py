"""The first steps (名字、时间、电话): what stands on the door, on the slip and on the card."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from pointsbank.foundation.cells import day as read_day
from pointsbank.people import SHOP_CODE, change_settings, change_shop, settle_step
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import Typed
from pointsbank.web.portals.setup.frame import CHANGERS, VIEWERS, blueprint, change, setup_page

# What a community calls its points; the first is what everybody understands.
CURRENCIES = ("积分", "爱心积分", "志愿币")
LIMIT_MOST, PIECES_MOST = 100_000, 99


@blueprint.get("/community")
@allows(*VIEWERS)
def community() -> Any:
    """The community's name."""
    return setup_page("community")


@blueprint.post("/community")
@allows(*CHANGERS)
def name_community() -> Any:
    """Save the community's name."""
    return change(
        "community",
        change_settings,
        lambda typed: {
            "changes": {
                "community_name": typed.text("community_name"),
                "responsible_name": typed.maybe("responsible_name") or "",
            },
            "settles": "community",
        },
    )


@blueprint.get("/shop")
@allows(*VIEWERS)
def shop() -> Any:
    """The shop's name and what stands under it."""
    return setup_page("shop")


@blueprint.post("/shop")
@allows(*CHANGERS)
def name_shop() -> Any:
    """Save the shop's name."""
    return change(
        "shop",
        change_shop,
        lambda typed: _of_shop(
            "shop", name=typed.text("name"), tagline=typed.maybe("tagline") or ""
        ),
    )


@blueprint.get("/hours")
@allows(*VIEWERS)
def hours() -> Any:
    """When the shop is open."""
    return setup_page("hours")


@blueprint.post("/hours")
@allows(*CHANGERS)
def set_hours() -> Any:
    """Save when the shop is open."""
    return change("hours", change_shop, _read_hours)


def _read_hours(typed: Typed) -> dict[str, Any]:
    values = {"opens": typed.text("opens"), "closes": typed.text("closes")}
    # What is wrong with the two of them is told where they are typed.
    typed.reading = "closes"
    return _of_shop("hours", **values)


@blueprint.get("/phone")
@allows(*VIEWERS)
def phone() -> Any:
    """Whom somebody at the kiosk calls for help."""
    return setup_page("phone")


@blueprint.post("/phone")
@allows(*CHANGERS)
def set_phone() -> Any:
    """Save the telephone for help."""
    return change(
        "phone", change_shop, lambda typed: _of_shop("phone", help_phone=typed.text("help_phone"))
    )


def _of_shop(step: str, **changes: str) -> dict[str, Any]:
    return {"code": SHOP_CODE, "changes": changes, "settles": step}


@blueprint.get("/currency")
@allows(*VIEWERS)
def currency() -> Any:
    """What points are called here."""
    return setup_page("currency", currencies=CURRENCIES)


@blueprint.post("/currency")
@allows(*CHANGERS)
def name_currency() -> Any:
    """Save what points are called."""
    return change(
        "currency",
        change_settings,
        lambda typed: {
            "changes": {
                "currency_name": typed.text("currency_name"),
                "currency_unit": typed.text("currency_unit"),
                "currency_name_en": typed.maybe("currency_name_en") or "",
            },
            "settles": "currency",
        },
    )


@blueprint.get("/limits")
@allows(*VIEWERS)
def limits() -> Any:
    """How much one may take a day."""
    return setup_page("limits")


@blueprint.post("/limits")
@allows(*CHANGERS)
def set_limits() -> Any:
    """Save how much one may take a day, from a day on."""
    return change("limits", change_settings, _read_limits, _("记下了，从那天起算。"))


def _read_limits(typed: Typed) -> dict[str, Any]:
    changes = {
        "limit_points_daily": typed.whole("limit_points_daily", 1, LIMIT_MOST),
        "unbooked_pieces_daily": typed.whole("unbooked_pieces_daily", 0, PIECES_MOST),
    }
    if typed.maybe("pin_from_points"):
        changes["pin_from_points"] = typed.whole("pin_from_points", 0, LIMIT_MOST)
    starts_on = typed.maybe("starts_on") or current_bank().clock.today()
    typed.reading = "starts_on"
    return {"changes": changes, "starts_on": read_day(starts_on), "settles": "limits"}


@blueprint.get("/address")
@allows(*VIEWERS)
def address() -> Any:
    """Where a telephone finds the bank, if at all."""
    return setup_page("address")


@blueprint.post("/address")
@allows(*CHANGERS)
def set_address() -> Any:
    """Save the public address; none is an answer too."""

    def read(typed: Typed) -> dict[str, Any]:
        address = typed.maybe("public_address") or ""
        typed.reading = "public_address"
        return {"changes": {"public_address": address}, "settles": "address"}

    return change("address", change_settings, read)


@blueprint.post("/finished")
@allows(*CHANGERS)
def leave_it() -> Any:
    """Say that what is open is to be left at that; the first page then says no more of it."""
    return change("safe", settle_step, lambda typed: {"what": "finished"}, _("好，首页不再提醒。"))
