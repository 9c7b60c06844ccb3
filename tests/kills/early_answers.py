"""The server with its promise broken on purpose: it answers first and commits a moment later.

Started as `python -m tests.kills.early_answers --home … serve`, in place of `pointsbank`; its
writer is `python -m tests.kills.early_answers writer …`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from granian import Granian

from pointsbank import writing
from pointsbank.cli import main
from pointsbank.foundation import GroupCommit, WriterStart
from pointsbank.foundation.group_commit import Job, run_one
from pointsbank.web import app, serving

LATE_SECONDS = 0.2
HERE = "tests.kills.early_answers"


class LateCommit(GroupCommit):
    """Leaves each group open until a moment later."""

    def run(self, jobs: Sequence[Job]) -> None:
        assert self._connection is not None
        if self._connection.in_transaction:
            time.sleep(LATE_SECONDS)
            self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")
        for job in jobs:
            run_one(self._connection, job)


def writer_for(home: Path, path: Path) -> WriterStart:
    """This module's writer in place of the real one."""
    return WriterStart([sys.executable, "-m", HERE, "writer", str(home), str(path)])


def make_worker_app() -> Flask:
    """What granian's child calls here."""
    app.writer_for = writer_for  # type: ignore[attr-defined]  # the sabotage itself
    return serving.make_worker_app()


def serve_badly(target: str, **options: Any) -> Granian:
    """Granian with this module's application in place of the real one."""
    del target
    return Granian(f"{HERE}:make_worker_app", **options)


if __name__ == "__main__":
    if sys.argv[1] == "writer":
        writing.GroupCommit = LateCommit  # type: ignore[misc]  # the sabotage itself
        writing.main(*sys.argv[2:])
    else:
        serving.Granian = serve_badly  # type: ignore[assignment,misc]  # the sabotage itself
        main()
