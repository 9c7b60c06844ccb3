"""Coming in by card and PIN (凭卡和密码登录), and going out again."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Any

from flask import current_app, make_response, redirect, request, session, url_for
from werkzeug.wrappers import Response

from pointsbank.foundation import InvalidInput, NotPermitted, RuleRefused, new_key
from pointsbank.people import (
    CardBlocked,
    end_card_login,
    is_short_number,
    log_in_by_card,
    normalise_scan,
)
from pointsbank.web.access import allows_everybody, hash_of_token
from pointsbank.web.api.limits import counting_wrong_pins
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.errors import status_of
from pointsbank.web.portals.forms import Form, Typed
from pointsbank.web.portals.volunteer.arriving import carry_seen, seen_file, take_seen
from pointsbank.web.portals.volunteer.frame import me_blueprint, me_page

blueprint = me_blueprint("login")

PIN_DIGITS = 6
_TOLD_MOST = 300


class PinUnreadable(InvalidInput):
    """A PIN has six digits (密码是 6 位数字)."""

    code = "web.pin_unreadable"


@blueprint.get("/login")
@allows_everybody
def page() -> Any:
    """Ask for card and PIN. `other` is for another card than the one that is in."""
    if current_visitor().card is not None and "other" not in request.args:
        return redirect(url_for("me_home.page"))
    return _again(Form())


@blueprint.post("/login")
@allows_everybody
def log_in() -> Any:
    """Let a cardholder in under a new token; nothing from before it lives on."""
    typed, token = Typed(), secrets.token_urlsafe(32)
    try:
        told = card_told(typed.text("card"))
        pin = read_pin(typed)
        with counting_wrong_pins():
            card = log_in_by_card(
                current_bank(),
                told=told,
                pin=pin,
                token_hash=hash_of_token(token),
                key=new_key(),
            )
    except (InvalidInput, NotPermitted, RuleRefused) as refusal:
        if isinstance(refusal, CardBlocked):
            typed.reading = None
        form = Form.of(refusal, typed)
        # A code is the card itself; of what was typed only a number that needs its PIN comes back.
        shown = normalise_scan(card_told(typed.fields.get("card", "")))
        form.typed = {"card": shown} if is_short_number(shown) else {}
        return make_response(_again(form), int(status_of(refusal)))
    end_this_login()
    seen = take_seen() if seen_file() and card.holder.startswith("volunteer:") else None
    session.clear()
    carry_seen(seen)
    answer = redirect(url_for("me_activities.page" if seen else "me_home.page"))
    answer.set_cookie(
        current_app.config["CARD_COOKIE_NAME"],
        token,
        secure=current_app.config["SECURE"],
        httponly=True,
        samesite="Strict",
        path="/",
    )
    return answer


def _again(form: Form) -> str:
    return me_page("login.html", "login", form=form, seen=seen_file())


@blueprint.post("/logout")
@allows_everybody
def log_out() -> Any:
    """End this login; its cookie is worth nothing from now on."""
    return go_out()


def go_out() -> Response:
    """End this login and show the way in."""
    end_this_login()
    session.clear()
    answer = redirect(url_for("me_login.page"))
    # What the browser may still hold of the pages just left is gone as well.
    answer.headers["Clear-Site-Data"] = '"cache"'
    answer.delete_cookie(
        current_app.config["CARD_COOKIE_NAME"], path="/", secure=current_app.config["SECURE"]
    )
    return answer


def end_this_login() -> None:
    """End the login that this request came by, if it came by one."""
    token = request.cookies.get(current_app.config["CARD_COOKIE_NAME"])
    if token and current_visitor().card is not None:
        end_card_login(current_bank(), token_hash=hash_of_token(token), key=new_key())


def card_told(text: str) -> str:
    """A card as it was typed or scanned; of an address the part that never leaves the browser.

    >>> card_told("https://jifen.example.org/me/#40718239"), card_told("4071 8239")
    ('40718239', '4071 8239')
    """
    return text[:_TOLD_MOST].rpartition("#")[2]


def read_pin(typed: Typed) -> str:
    """The PIN, which no form shows again. Raises FieldMissing, PinUnreadable; nothing is counted.

    A PIN that cannot be one is a slip of the finger and no guess.
    """
    told = unicodedata.normalize("NFKC", typed.secret("pin"))
    typed.reading = "pin"
    pin = "".join(told.split())
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise PinUnreadable()
    return pin
