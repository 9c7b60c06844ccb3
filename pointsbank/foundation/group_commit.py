"""Group commit (成组提交): many operations on one connection, one durable commit for all.

Each runs in a savepoint of its own, so that a refusal takes back itself alone; the commit comes
once, and nobody has an answer before it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from pointsbank.foundation.errors import OutcomeUnknown
from pointsbank.foundation.session import Session

GROUP_MOST = 64


class Job:
    """One piece of work and what became of it: an answer or an error."""

    __slots__ = ("answer", "error", "work")

    def __init__(self, work: Callable[[Session], Any]) -> None:
        self.work = work
        self.answer: Any = None
        self.error: BaseException | None = None


class GroupCommit:
    """The one connection that writes. Only one thread may use it at a time."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = connect()

    def run(self, jobs: Sequence[Job]) -> None:
        """Run each job, commit once; afterwards each has its answer or its error.

        When the commit's fate is unknown every member has OutcomeUnknown: the operation's front
        step then reads its key back and either answers from the receipt or runs again by itself.
        """
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.execute("BEGIN IMMEDIATE")
            for job in jobs:
                run_one(self._connection, job)
            self._connection.execute("COMMIT")
        except BaseException as cause:  # whatever went wrong, somebody is waiting
            # The next group starts on a fresh connection.
            self.close()
            for job in jobs:
                job.answer = None
                job.error = OutcomeUnknown()
                job.error.__cause__ = cause

    def close(self) -> None:
        """Let go of the connection; the next group would make a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def run_one(connection: sqlite3.Connection, job: Job) -> None:
    """Run a job in a savepoint of its own; a refusal takes back only what it did itself."""
    connection.execute("SAVEPOINT operation")
    try:
        job.answer = job.work(Session(connection, "sqlite"))
    except BaseException as refusal:  # handed to the one who waits
        job.error = refusal
        connection.execute("ROLLBACK TO operation")
    connection.execute("RELEASE operation")
