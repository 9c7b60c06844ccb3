"""The single writer (唯一写入者) of an SQLite bank: many waiting operations, one durable commit.

Everything that writes queues here. The writer takes what waits, runs each operation in a savepoint
of its own, commits once, and only then answers all of them: nothing overspends, nothing is ever
"locked", and one flush to the disk serves many kiosks.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from pointsbank.foundation.errors import OutcomeUnknown, TooBusy
from pointsbank.foundation.session import Session

T = TypeVar("T")
Work = Callable[[Session], T]

GROUP_MOST = 64
WAITING_MOST = 512
PATIENCE_SECONDS = 10.0
# At most 3 ms, and only after a group of several.
GATHER_STEPS, GATHER_STEP_SECONDS = 6, 0.0005


class _Job:
    """One operation on its way through the writer."""

    __slots__ = ("answer", "done", "error", "taken", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.answer: Any = None
        self.error: BaseException | None = None
        # Whoever acquires it first decides: the writer runs the job, or the one who waited too
        # long gives it up. It is never released, so the two can never both be true.
        self.taken = threading.Lock()
        # A plain lock is the cheapest thing to wait on; the writer releases it.
        self.done = threading.Lock()
        self.done.acquire()


class Writer:
    """Owns the one connection that writes. `submit` may be called from any thread."""

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._connect = connect
        self._patience_seconds = patience_seconds
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._connection: sqlite3.Connection | None = connect()
        self._closed = False
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> T:
        """Run `work` in the next group and return its answer once it is on the disk.

        Raises what `work` raised (and then it has left no trace), TooBusy when the queue is full or
        the wait too long, OutcomeUnknown when the commit failed and nobody can tell.
        """
        if self._closed or self._queue.qsize() >= WAITING_MOST:
            raise TooBusy()
        job = _Job(work)
        self._queue.put(job)
        if not job.done.acquire(timeout=self._patience_seconds):
            given_up = job.taken.acquire(blocking=False)
            raise TooBusy() if given_up else OutcomeUnknown()
        if job.error is not None:
            raise job.error
        return job.answer  # type: ignore[no-any-return]

    def close(self) -> None:
        """Finish what waits, then let go of the connection."""
        self._closed = True
        self._queue.put(None)
        self._thread.join(timeout=self._patience_seconds)
        self._drop_connection()

    def _loop(self) -> None:
        expected = 1
        while True:
            job = self._queue.get()
            self._gather(expected)
            group: list[_Job] = []
            while job is not None:
                group.append(job)
                if len(group) >= GROUP_MOST:
                    break
                try:
                    job = self._queue.get_nowait()
                except Empty:
                    break
            if group:
                self._run_group(group)
                expected = len(group)
            if job is None:
                return

    def _gather(self, expected: int) -> None:
        """Under load, wait a moment until as many have come as last time; alone, not at all.

        One commit then serves all of them, and while it works nobody wants the interpreter.
        """
        for _ in range(GATHER_STEPS if expected > 1 else 0):
            if self._closed or self._queue.qsize() + 1 >= expected:
                return
            time.sleep(GATHER_STEP_SECONDS)

    def _run_group(self, group: list[_Job]) -> None:
        """Run each job in its savepoint, commit once, answer all."""
        # Those who gave up have been told that nothing was booked, and so nothing is.
        taken = [job for job in group if job.taken.acquire(blocking=False)]
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.execute("BEGIN IMMEDIATE")
            for job in taken:
                self._run_one(self._connection, job)
            self._connection.execute("COMMIT")
        except BaseException as cause:  # whatever went wrong, somebody is waiting
            self._group_failed(taken, cause)
        for job in taken:
            job.done.release()

    def _run_one(self, connection: sqlite3.Connection, job: _Job) -> None:
        connection.execute("SAVEPOINT operation")
        try:
            job.answer = job.work(Session(connection, "sqlite"))
        except BaseException as refusal:  # handed to the one who waits
            job.error = refusal
            connection.execute("ROLLBACK TO operation")
        connection.execute("RELEASE operation")

    def _group_failed(self, group: list[_Job], cause: BaseException) -> None:
        """The commit's fate is unknown: the next group starts on a fresh connection.

        Every member gets OutcomeUnknown; the operation's front step then reads its key back and
        either answers from the receipt or runs again by itself.
        """
        self._drop_connection()
        for job in group:
            job.answer = None
            job.error = OutcomeUnknown()
            job.error.__cause__ = cause

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
