"""Putting the doors on a bank: one Flask application for one open bank."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_sqlalchemy import SQLAlchemy
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

import kiosk
from pointsbank.foundation import Bank, SqliteDatabase, database_url, open_bank
from pointsbank.foundation.schema import refuse_other_schema
from pointsbank.safekeeping import refuse_older_copy
from pointsbank.tables import metadata
from pointsbank.web import access, api, closing, errors, headers, hosts, i18n, importing, portals
from pointsbank.web.context import BANK
from pointsbank.writing import writer_for

# The registry that a developer's shell looks at; bookings never pass through it.
registry = SQLAlchemy(metadata=metadata)

BODY_BYTES_MOST = 64 * 1024


class Application(Flask):
    """Flask, told once what it would otherwise find out again in every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view of ours is a coroutine."""
        return func


class FormSessions(SecureCookieSessionInterface):
    """The form's cookie, with a signer that is made once: its key never changes while we live."""

    def __init__(self, app: Flask) -> None:
        self._signer = super().get_signing_serializer(app)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """A device shows its token and keeps no cookie."""
        if request.path.startswith("/api/") and "Authorization" in request.headers:
            return self.session_class()
        return super().open_session(app, request)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self._signer


def create_app() -> Flask:
    """The application that a server starts: the bank named by `POINTSBANK_HOME`."""
    bank = _open_served(Path(os.environ["POINTSBANK_HOME"]))
    refuse_other_schema(bank.database.url)
    refuse_older_copy(bank)
    app = create_app_for(bank, secure=os.environ.get("POINTSBANK_INSECURE") != "1")
    if os.environ.get("POINTSBANK_BEHIND_TLS") == "1":
        believe_proxy(app)
    if isinstance(bank.database, SqliteDatabase):
        # The writer started while all this was put together; nobody is served before it is there.
        bank.database.wait_until_ready()
    return app


def _open_served(home: Path) -> Bank:
    """The bank of a server: on SQLite with its writer in a process of its own."""
    url = database_url(home)
    if not url.startswith("sqlite"):
        return open_bank(home, url)
    return open_bank(home, url, writer=writer_for(home, Path(url.removeprefix("sqlite:///"))))


def believe_proxy(app: Flask) -> None:
    """Take the caller's address and https from the one proxy in front of us, but never the host."""
    proxied = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)
    app.wsgi_app = proxied  # type: ignore[method-assign]  # Flask documents this as the way


def create_app_for(bank: Bank, *, secure: bool = True) -> Flask:
    """The application over an open bank. `secure=False` is for a demonstration over plain http."""
    app = Application("pointsbank.web")
    app.config.update(
        SECRET_KEY=bank.keys.session,
        SQLALCHEMY_DATABASE_URI=bank.database.url,
        MAX_CONTENT_LENGTH=BODY_BYTES_MOST,
        MAX_FORM_MEMORY_SIZE=BODY_BYTES_MOST,
        MAX_FORM_PARTS=100,
        SESSION_COOKIE_NAME="__Host-form" if secure else "form",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=8),
        LOGIN_COOKIE_NAME="__Host-pb" if secure else "pb",
        CARD_COOKIE_NAME="__Host-me" if secure else "me",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        DEMONSTRATION=bank.is_demonstration,
        SECURE=secure,
    )
    app.session_interface = FormSessions(app)
    app.extensions[BANK] = bank
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    registry.init_app(app)
    hosts.init_app(app)
    i18n.init_app(app)
    errors.init_app(app)
    access.init_app(app)
    closing.init_app(app)
    importing.init_app(app)
    headers.init_app(app)
    api.init_app(app)
    portals.init_app(app)
    for one in (kiosk.blueprint, kiosk.station):
        app.register_blueprint(one)
    access.open_to_everybody(app, "static", "kiosk.", "station.")
    return app
