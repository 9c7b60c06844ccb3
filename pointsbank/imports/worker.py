"""The thread that goes through what was brought (后台导入), beside the server's own threads.

It looks when it is woken and every quarter of a minute, so that what another process has left
unfinished goes on. On SQLite we are the only process, and every claim found at the start is dead.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time

from pointsbank.foundation import Bank, Caller, Unavailable, new_key
from pointsbank.imports.forgetting import forget_old_files
from pointsbank.imports.notes import free_uploads
from pointsbank.imports.queries import get_upload
from pointsbank.imports.running import run_next

LOOK_SECONDS = 15.0
FORGET_SECONDS = 3600.0
END_SECONDS = 5.0
SYSTEM = Caller(actor="system", client="imports")

log = logging.getLogger("pointsbank.imports")


class ImportWorker:
    """One for each process that serves; until it is started it does nothing by itself."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._name = secrets.token_hex(8)
        self._stop, self._wake = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._forgot_at: float | None = None

    def start(self) -> None:
        """Go on with what was left unfinished, and from now on with whatever is brought."""
        self._thread = threading.Thread(target=self._loop, name="imports", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the chunk that is being booked."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(END_SECONDS)

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def run_waiting(self) -> None:
        """Do everything that waits, here and now."""
        while not self._stop.is_set() and run_next(self._bank, self._name, self._stop):
            pass

    def wait_for_check(self, number: str, seconds: float) -> None:
        """Give a small file the moment that its check takes, so that its page is ready at once."""
        self.wake()
        until = time.monotonic() + seconds
        while self._thread is not None and time.monotonic() < until:
            if get_upload(self._bank, number=number).status != "uploaded":
                return
            time.sleep(0.05)

    def _loop(self) -> None:
        alone = self._bank.database.dialect == "sqlite"
        while not self._stop.is_set():
            self._wake.clear()
            try:
                if alone:
                    free_uploads(self._bank, by=SYSTEM, key=new_key())
                    alone = False
                self._forget_old()
                self.run_waiting()
            except Unavailable as busy:
                log.info("imports wait: %s", busy.code)
            except Exception as error:
                log.error("imports: %s", type(error).__name__, exc_info=error)
            self._wake.wait(LOOK_SECONDS)

    def _forget_old(self) -> None:
        """Once in an hour, delete what is kept for too long."""
        now = time.monotonic()
        if self._forgot_at is None or now - self._forgot_at >= FORGET_SECONDS:
            forget_old_files(self._bank, by=SYSTEM)
            self._forgot_at = now
