"""The lock that keeps a second process from writing to the same bank (独占锁).

Several processes that write to one SQLite file can corrupt it with the library that Debian ships,
so whoever writes holds this lock for its whole life. The kernel drops it when the process dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from pointsbank.foundation.errors import BankInUse


class ProcessLock:
    """An exclusive lock on a file beside the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self, patience_seconds: float = 0.0) -> None:
        """Take the lock or raise BankInUse. A little patience lets a dying process let go."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + patience_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() >= deadline:
                    os.close(handle)
                    raise BankInUse(path=str(self._path)) from None
                time.sleep(0.05)
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
