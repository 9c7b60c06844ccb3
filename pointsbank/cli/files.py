"""Files that a command writes for the person at the keyboard and for nobody else."""

from __future__ import annotations

import os
from pathlib import Path


def write_for_owner(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read: printed cards are money, lists name people."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        # One that was there before keeps its mode otherwise.
        os.fchmod(handle, 0o600)
        out.write(content)
