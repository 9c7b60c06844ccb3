"""The single writer (唯一写入者) of an SQLite bank, as a thread: for commands and for tests.

Everything that writes queues here. The writer takes what waits, commits it as one group, and only
then answers: nothing overspends, nothing is ever "locked", and one flush to the disk serves many.
A server has the same in a process of its own: `writer_process.py`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

from pointsbank.foundation.errors import OutcomeUnknown, TooBusy
from pointsbank.foundation.group_commit import GROUP_MOST, GroupCommit, Job
from pointsbank.foundation.session import Session

T = TypeVar("T")
Work = Callable[[Session], T]

WAITING_MOST = 512
PATIENCE_SECONDS = 10.0


class _WaitingJob(Job):
    """One operation on its way through the writer."""

    __slots__ = ("done", "taken")

    def __init__(self, work: Work[T]) -> None:
        super().__init__(work)
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
        self._patience_seconds = patience_seconds
        self._queue: SimpleQueue[_WaitingJob | None] = SimpleQueue()
        self._groups = GroupCommit(connect)
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
        job = _WaitingJob(work)
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
        self._groups.close()

    def _loop(self) -> None:
        job: _WaitingJob | None
        while (job := self._queue.get()) is not None:
            group = [job]
            while len(group) < GROUP_MOST:
                try:
                    job = self._queue.get_nowait()
                except Empty:
                    break
                if job is None:
                    break
                group.append(job)
            # Those who gave up have been told that nothing was booked, and so nothing is.
            taken = [job for job in group if job.taken.acquire(blocking=False)]
            self._groups.run(taken)
            for one in taken:
                one.done.release()
            if job is None:
                return
