"""The doors over a bank, as tests open them: put together once, and hung anew on each bank.

To put them together takes a fifth of a second, which is most of what a test of a page takes. What
belongs to one bank alone (its secrets, its counters, its worker for imports) is made for each; the
rest (addresses, templates, the description of the API) is the same for all and is shared. Whoever
adds a page of their own takes the real `create_app_for`, or everybody after them would have it too.
"""

from __future__ import annotations

from copy import copy
from threading import BoundedSemaphore

from flask import Flask

from pointsbank.foundation import Bank
from pointsbank.web import foyer, hosts, importing
from pointsbank.web.api import limits, slip_goods
from pointsbank.web.app import FormSessions
from pointsbank.web.app import create_app_for as put_together
from pointsbank.web.context import BANK

_ONCE: dict[tuple[bool, bool], Flask] = {}


def create_app_for(bank: Bank, *, secure: bool = True) -> Flask:
    """The application over an open bank, as `pointsbank.web.app.create_app_for` makes it."""
    kind = (secure, bank.is_demonstration)
    if kind not in _ONCE:
        _ONCE[kind] = put_together(bank, secure=secure)
    app = copy(_ONCE[kind])
    app.config = copy(app.config)
    app.extensions = dict(app.extensions)
    app.config.update(SECRET_KEY=bank.keys.session, SQLALCHEMY_DATABASE_URI=bank.database.url)
    app.session_interface = FormSessions(app)
    app.extensions[BANK] = bank
    # Its clock stands: a minute that ends in the middle of a test would begin the count anew.
    app.extensions[limits._LIMITER] = limits.Limiter(lambda: 0.0)
    app.extensions[foyer._FOYER] = BoundedSemaphore(foyer.PLACES)
    app.extensions[hosts._ADDRESS] = hosts.PublicAddress()
    slip_goods.init_app(app)
    importing.init_app(app)
    return app
