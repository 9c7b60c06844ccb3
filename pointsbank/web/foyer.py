"""The foyer (门厅): how many whom nobody knows may send something at once.

A body that comes slowly, or a password that is being hashed, holds one of the server's threads.
Strangers share a few of them, so that they cannot keep the kiosks and the office waiting.
"""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import cast

from flask import Flask, current_app, g

from pointsbank.foundation import TooBusy

PLACES = 6
_FOYER = "pointsbank.foyer"


def init_app(app: Flask) -> None:
    app.extensions[_FOYER] = BoundedSemaphore(PLACES)
    app.teardown_request(_leave)


def enter() -> None:
    """Take a place until the request ends. Raises TooBusy when all are taken."""
    if not _places().acquire(blocking=False):
        raise TooBusy()
    g.stands_in_foyer = True


def _leave(_: BaseException | None) -> None:
    if g.pop("stands_in_foyer", False):
        _places().release()


def _places() -> BoundedSemaphore:
    return cast(BoundedSemaphore, current_app.extensions[_FOYER])
