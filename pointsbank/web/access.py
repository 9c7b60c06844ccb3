"""Who may come in: every view says for whom it is, and what says nothing is shut.

Staff carry a cookie with 128 random bits or more whose hash stands in the database; a kiosk carries
its device token. On `/me/` cardholders carry a cookie of their own, so that one browser may hold
both. Unsafe requests that rest on a cookie need the form's token (CSRF) as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from pointsbank.foundation import NotPermitted, Unavailable, new_key
from pointsbank.people import (
    DeviceUnknown,
    OpenCardLogin,
    OpenLogin,
    find_card_login,
    find_device,
    find_login,
    renew_card_login,
    renew_login,
)
from pointsbank.web import foyer
from pointsbank.web.context import NOBODY, Visitor, current_bank, current_visitor

View = TypeVar("View", bound=Callable[..., Any])
Login = TypeVar("Login", OpenLogin, OpenCardLogin)

ROLES = frozenset(
    {"worker", "admin", "witness", "auditor", "merchant", "volunteer", "family"}
    # A device is what it was paired as.
    | {"kiosk", "station"}
)
# Here a card's holder is known by card and PIN, and nobody by anything else.
OWN_PAGE = "/me/"
EVERYBODY = "everybody"
FILE_PIECES_MOST = 256 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()


class LoginNeeded(NotPermitted):
    """Nobody is logged in, or the session has ended (请先登录)."""

    code = "web.login_needed"


class RoleMissing(NotPermitted):
    """This person may not open this door (没有这个权限)."""

    code = "web.role_missing"


class CrossSite(NotPermitted):
    """The request did not come from our own page (不是从本系统的页面发来的)."""

    code = "web.cross_site"


def allows(*roles: str) -> Callable[[View], View]:
    """Mark a view with the roles that may open it; innermost of its decorators."""
    unknown = set(roles) - ROLES
    if unknown or not roles:
        raise ValueError(f"no such role: {unknown}")

    def mark(view: View) -> View:
        view.__allows__ = frozenset(roles)  # type: ignore[attr-defined]  # our own mark
        return view

    return mark


def takes_bodies(most: int) -> Callable[[View], View]:
    """Mark a view whose requests may be larger than others', for those who may open it."""

    def mark(view: View) -> View:
        view.__body_most__ = most  # type: ignore[attr-defined]  # our own mark
        return view

    return mark


def allows_everybody(view: View) -> View:
    """Mark a view that needs nobody to be logged in."""
    view.__allows__ = frozenset({EVERYBODY})  # type: ignore[attr-defined]  # our own mark
    return view


def open_to_everybody(app: Flask, *endpoints: str) -> None:
    """The same for views that are not ours: an endpoint, or all of a blueprint (`name.`)."""
    for endpoint, view in app.view_functions.items():
        if any(
            endpoint == name or (name.endswith(".") and endpoint.startswith(name))
            for name in endpoints
        ):
            _mark_foreign(view)


def _mark_foreign(view: Callable[..., Any]) -> None:
    # Bound methods cannot carry an attribute themselves, the function behind them can.
    function: Any = getattr(view, "__func__", view)
    function.__allows__ = frozenset({EVERYBODY})


def allowed_roles(endpoint: str | None) -> frozenset[str]:
    """The roles that an endpoint's view is marked with; empty when it says nothing."""
    view: Any = current_app.view_functions.get(endpoint or "")
    found: frozenset[str] = getattr(view, "__allows__", frozenset())
    return found


def may_open(address: str) -> bool:
    """Whether whoever is here may open a page of ours, by its address."""
    endpoint, _values = current_app.url_map.bind("").match(urlsplit(address).path)
    allowed = allowed_roles(endpoint)
    return EVERYBODY in allowed or bool(allowed & current_visitor().roles)


def _allow_large_body() -> None:
    """Listen for longer where the view is marked with it."""
    view: Any = current_app.view_functions.get(request.endpoint or "")
    most: int | None = getattr(view, "__body_most__", None)
    if most is not None:
        request.max_content_length = most
        # The reader of a file's pieces holds one of 64 KiB and the rest of the last.
        request.max_form_memory_size = FILE_PIECES_MOST


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    foyer.init_app(app)
    app.before_request(_come_in)


def _come_in() -> Response | None:
    if request.endpoint is None:
        return None
    allowed = allowed_roles(request.endpoint)
    g.visitor = _recognise()
    if request.method not in SAFE_METHODS:
        if current_visitor() is NOBODY:
            foyer.enter()
        if allowed & current_visitor().roles:
            # Before anything is read of it: whoever may not come in sends little.
            _allow_large_body()
        _refuse_foreign_request()
    _refuse_nul()
    if EVERYBODY in allowed:
        return None
    visitor = current_visitor()
    if visitor is NOBODY:
        if request.method in SAFE_METHODS and not request.path.startswith("/api/"):
            return redirect(_login_page())
        raise LoginNeeded()
    if not allowed & visitor.roles:
        raise RoleMissing(needed=" ".join(sorted(allowed)))
    return None


def _refuse_nul() -> None:
    """Refuse a NUL in an address or a field: nobody can type one, and PostgreSQL keeps none."""
    told = [request.path]
    # The API reads its arguments and bodies itself, and strictly.
    if not request.path.startswith("/api/"):
        told += [value for _name, value in request.args.items(multi=True)]
        if request.method not in SAFE_METHODS:
            told += [value for _name, value in request.form.items(multi=True)]
    if any("\0" in text for text in told):
        raise BadRequest()


def _recognise() -> Visitor:
    token = _bearer_token()
    if token is not None:
        return _device(token)
    if is_own_page():
        cookie = request.cookies.get(current_app.config["CARD_COOKIE_NAME"])
        return _cardholder(cookie) if cookie else NOBODY
    cookie = request.cookies.get(current_app.config["LOGIN_COOKIE_NAME"])
    return _staff(cookie) if cookie else NOBODY


def is_own_page() -> bool:
    """Whether this request is for a cardholder's own page."""
    return request.path.startswith(OWN_PAGE)


def _login_page() -> str:
    if is_own_page():
        return url_for("me_login.page")
    return url_for("login.page", next=request.full_path.rstrip("?"))


def _bearer_token() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def hash_of_token(token: str) -> bytes:
    """How the database knows a token: it never holds one."""
    return hashlib.sha256(token.encode()).digest()


def _device(token: str) -> Visitor:
    bank = current_bank()
    device = bank.database.glance(lambda session: find_device(session, hash_of_token(token)))
    if device is None:
        raise DeviceUnknown()
    return Visitor(
        name=device.name,
        roles=frozenset({device.kind}),
        device_id=device.id,
        device_number=device.number,
        shop_id=device.shop_id,
    )


def _staff(cookie: str) -> Visitor:
    login = _login_behind(cookie, find_login, renew_login)
    if login is None:
        return NOBODY
    return Visitor(
        staff_id=login.staff_id,
        login=login.login,
        name=login.name,
        roles=frozenset(login.roles),
        organisation_id=login.organisation_id,
    )


def _cardholder(cookie: str) -> Visitor:
    login = _login_behind(cookie, find_card_login, renew_card_login)
    if login is None:
        return NOBODY
    return Visitor(roles=frozenset({"volunteer" if login.is_volunteer else "family"}), card=login)


def _login_behind(
    cookie: str, find: Callable[..., Login | None], renew: Callable[..., bool]
) -> Login | None:
    """The open login of a cookie, or None; that somebody is there is written down now and then."""
    bank = current_bank()
    now, token_hash = bank.clock.instant(), hash_of_token(cookie)
    login = bank.database.glance(lambda session: find(session, token_hash, now=now))
    if login is not None and login.needs_renewal(now):
        # Whoever only reads need not wait for a busy writer.
        with suppress(Unavailable):
            renew(bank, token_hash=token_hash, key=new_key())
    return login


def _refuse_foreign_request() -> None:
    """Refuse an unsafe request from another site; a cookie's word alone is not enough."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        raise CrossSite()
    # Our pages send no referrer, so a browser writes "null" as the origin of their forms; whoever
    # says where a request comes from by Sec-Fetch-Site needs no second word.
    if site is None and origin is not None and urlsplit(origin).netloc != request.host:
        raise CrossSite()
    # What rests on no cookie needs no token: a device's bearer, or the API asked by nobody.
    by_nobody = current_visitor() is NOBODY and request.path.startswith("/api/")
    if _bearer_token() is None and not by_nobody:
        csrf.protect()
