"""The frame of `/me/`: whose page it is, and what stands around every page of it.

No address here names a person. Whose points are shown follows from the login alone, so that there
is nothing to put another's number into.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from pointsbank.people import OpenCardLogin, VolunteerFile, get_volunteer_file, list_shops
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import address, pressed
from pointsbank.web.portals.forms import Form

# A family's card opens the balance and the help, and nothing else.
OWN = "volunteer"
ANY_CARD = ("volunteer", "family")


def me_blueprint(subject: str) -> Blueprint:
    """The blueprint of one subject of the own page."""
    return Blueprint(
        f"me_{subject}", f"pointsbank.web.portals.volunteer.{subject}", url_prefix="/me"
    )


def own_card() -> OpenCardLogin:
    """The card that the visitor has logged in with."""
    card = current_visitor().card
    if card is None:
        raise RuntimeError("this page is for somebody who has come by card")
    return card


def own_file() -> VolunteerFile:
    """What is known of the volunteer whose page this is."""
    return get_volunteer_file(current_bank(), number=own_card().number or "")


def me_page(template: str, here: str, own: VolunteerFile | None = None, **context: Any) -> str:
    """A page of `/me/`; `own` is the volunteer's file, and None for a family or for nobody yet."""
    shop = list_shops(current_bank())[0]
    card = current_visitor().card
    return render_template(
        f"me/{template}",
        here=here,
        own=own,
        card_tail=card.short_number[-4:] if card else "",
        shop=shop,
        shop_name=shop.name,
        large=own.large_type if own else request.args.get("large") == "1",
        address=address,
        pressed=pressed,
        **{"form": Form(), "today": current_bank().clock.today(), **context},
    )
