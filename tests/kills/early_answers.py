"""The server with its promise broken on purpose: it answers first and commits a moment later.

Started as `python -m tests.kills.early_answers --home … serve`, in place of `pointsbank`.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask
from granian import Granian

from pointsbank.cli import main
from pointsbank.foundation.writer import Writer
from pointsbank.web import serving

LATE_SECONDS = 0.2


def answer_first(self: Any, group: list[Any]) -> None:
    """What the writer does, in the wrong order."""
    taken = [job for job in group if job.taken.acquire(blocking=False)]
    self._connection.execute("BEGIN IMMEDIATE")
    for job in taken:
        self._run_one(self._connection, job)
    for job in taken:
        job.done.release()
    time.sleep(LATE_SECONDS)
    self._connection.execute("COMMIT")


def make_worker_app() -> Flask:
    """What granian's child calls here."""
    Writer._run_group = answer_first  # type: ignore[method-assign]  # the sabotage itself
    return serving.make_worker_app()


def serve_badly(target: str, **options: Any) -> Granian:
    """Granian with this module's application in place of the real one."""
    del target
    return Granian("tests.kills.early_answers:make_worker_app", **options)


if __name__ == "__main__":
    serving.Granian = serve_badly  # type: ignore[assignment,misc]  # the sabotage itself
    main()
