"""The worker that checks and takes in what is brought (后台导入), at hand for the pages.

Only a server starts it; without a server (a test, a shell) it works when it is told to.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from pointsbank.imports import ImportWorker
from pointsbank.web.context import BANK

_WORKER = "pointsbank.imports"


def init_app(app: Flask) -> None:
    app.extensions[_WORKER] = ImportWorker(app.extensions[BANK])


def worker_of(app: Flask) -> ImportWorker:
    """The application's worker."""
    return cast(ImportWorker, app.extensions[_WORKER])


def current_worker() -> ImportWorker:
    """The worker of the application that answers now."""
    return worker_of(current_app)
