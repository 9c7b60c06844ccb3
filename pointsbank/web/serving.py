"""Serving: granian in front of one worker process that owns the bank.

Granian is two processes. The worker is a fork of its parent, so that the program comes in once; it
makes the application, holds the bank's lock and ends with its parent: a worker whose parent was
killed would otherwise keep the port and go on selling.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
import time
from multiprocessing.util import Finalize
from pathlib import Path
from typing import cast

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from pointsbank.foundation import Bank, refuse_locked
from pointsbank.jobs import start_nightly
from pointsbank.web.app import create_app
from pointsbank.web.context import BANK
from pointsbank.web.hosts import LISTENS
from pointsbank.web.importing import worker_of

THREADS = 16
_PARENT = "POINTSBANK_PARENT"


def make_worker_app() -> Flask:
    """What granian's child calls: the application, closed cleanly at the end."""
    app = create_app()
    bank = cast(Bank, app.extensions[BANK])
    Finalize(None, bank.close, exitpriority=100)
    imports = worker_of(app)
    # It ends after its chunk, before the bank is closed.
    Finalize(None, imports.stop, exitpriority=110)
    imports.start()
    start_nightly(bank)
    # What is there by now stays: looking through it for garbage would find none.
    gc.freeze()
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    return app


def _end_with_parent() -> None:
    parent = int(os.environ[_PARENT])
    while os.getppid() == parent:
        time.sleep(0.25)
    os._exit(1)


def serve(home: Path, *, host: str, port: int, secure: bool = True, workers: int = 1) -> None:
    """Serve a bank until stopped. More than one worker is for PostgreSQL only.

    Raises BankInUse when another process has the bank open.
    """
    refuse_locked(home)
    os.environ["POINTSBANK_HOME"] = str(home)
    os.environ["POINTSBANK_INSECURE"] = "0" if secure else "1"
    os.environ[LISTENS] = host
    os.environ[_PARENT] = str(os.getpid())
    if sys.platform == "linux":
        # Later Pythons would start the worker from nothing, and it would load all of it again.
        multiprocessing.set_start_method("fork", force=True)
    Granian(
        "pointsbank.web.serving:make_worker_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        workers_kill_timeout=10,
        factory=True,
        websockets=False,
        # Its one warning is about our threads, which wait for the writer more than they work.
        log_level=LogLevels.error,
        http1_settings=None,
    ).serve()
