"""The process that writes (写入进程) for a server over SQLite: a fork of it, or a new interpreter.

The server begins it and hands it its ends of the links; nobody else ever does. It takes the bank's
lock, and ends when the server lets go, however that comes about.
"""

from __future__ import annotations

import gc
import importlib
import os
import socket
import sys
import threading
from functools import partial
from pathlib import Path

from pointsbank.foundation import (
    GroupCommit,
    ProcessLock,
    WriterStart,
    connect_sqlite,
    links_of,
    open_bank,
    tell_ready,
    write_for,
    write_here,
)

LOCK_PATIENCE_SECONDS = 5.0


def writer_for(home: Path, path: Path) -> WriterStart:
    """How it begins for a bank: `python -m pointsbank.writing …`, or as a fork of who asks."""
    words = str(home), str(path)
    return WriterStart([sys.executable, "-m", "pointsbank.writing", *words], partial(main, *words))


def main(home: str, database: str, told_links: str) -> None:
    """Hold the bank and write until the server lets go."""
    links, path = links_of(told_links), Path(database)
    lock = ProcessLock(path.with_name(path.name + ".lock"))
    try:
        lock.acquire(LOCK_PATIENCE_SECONDS)
        write_here(open_bank(Path(home), f"sqlite:///{path}", exclusive=False))
        groups = GroupCommit(lambda: connect_sqlite(path))
    except Exception as refusal:  # whatever it is, the server must hear of it
        tell_ready(links, refusal)
        return
    tell_ready(links)
    # Only now: the server need not wait while the rooms come in, unless we have them already.
    writes = threading.Event()
    threading.Thread(target=_end_before_writing, args=(links[0], writes), daemon=True).start()
    gc.disable()
    importlib.import_module("pointsbank.tables")
    gc.freeze()
    gc.enable()
    writes.set()
    try:
        write_for(links, groups)
    finally:
        groups.close()
        lock.release()


def _end_before_writing(held_by: socket.socket, writes: threading.Event) -> None:
    """When the server is gone before we began, nothing is under way and the lock must not wait."""
    held_by.recv(1)
    if not writes.is_set():
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
