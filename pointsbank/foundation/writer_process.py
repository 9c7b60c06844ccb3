"""The single writer (唯一写入者) of an SQLite bank, in a process of its own: for a server.

The server's threads share one interpreter and fight for it; the writer has another all to itself.
As long as the server has a single thread, the writer is a fork of it: there at once, with every
room in it. Later, when there are threads whose locks would be copied as they stand, it is started
from nothing. Work travels to it over a pair of sockets as pickled plain values, the answer comes
back after the commit. Both ends are ours and nobody else can reach them.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import socket
import struct
import subprocess
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from pointsbank.foundation.errors import OutcomeUnknown, PointsBankError, TooBusy
from pointsbank.foundation.group_commit import GROUP_MOST, GroupCommit, Job
from pointsbank.foundation.session import Session

T = TypeVar("T")
Work = Callable[[Session], T]

LINKS = 64
PATIENCE_SECONDS = 10.0
# What was begun in time is answered soon after: a group takes milliseconds.
GRACE_SECONDS = 5.0
# Under load, wait so long for as many as came last time; one commit then serves all of them.
GATHER_SECONDS = 0.002

_LENGTH = struct.Struct("!I")
_PART = 1 << 16


class LinkBroken(Exception):
    """The other end is gone, or says nothing."""


def _send(link: socket.socket, said: bytes) -> None:
    link.sendall(_LENGTH.pack(len(said)) + said)


def _receive(link: socket.socket) -> bytes:
    """One whole message. Raises LinkBroken at the end of the link or of its patience."""
    try:
        part = link.recv(_PART)
        while len(part) < _LENGTH.size:
            part += link.recv(_PART) or _raise_broken()
        (length,) = _LENGTH.unpack_from(part)
        if len(part) == _LENGTH.size + length:
            return part[_LENGTH.size :]
        parts, missing = [part[_LENGTH.size :]], _LENGTH.size + length - len(part)
        while missing:
            parts.append(link.recv(min(missing, 1 << 20)) or _raise_broken())
            missing -= len(parts[-1])
        return b"".join(parts)
    except OSError as cause:
        raise LinkBroken() from cause


def _raise_broken() -> bytes:
    raise LinkBroken()


def _read(said: bytes) -> Any:
    return pickle.loads(said)  # noqa: S301 - both ends are ours, and nobody else can reach them


# ------------------------------------------------------------------------------ the server's end


@dataclass(frozen=True)
class WriterStart:
    """How the process that writes begins; both ways end with the numbers of its links.

    `main` runs in a fork of ours, `command` in an interpreter of its own.
    """

    command: Sequence[str]
    main: Callable[[str], None] | None = None


class _Child:
    """A writer that was started: its process, its links that are free, and one to hold it by."""

    def __init__(self, start: WriterStart, patience_seconds: float) -> None:
        pairs = [socket.socketpair() for _ in range(LINKS + 1)]
        if start.main is not None and _may_fork():
            self.process: _Fork | subprocess.Popen[bytes] = _Fork(start.main, pairs)
        else:
            theirs = [pair[1].fileno() for pair in pairs]
            self.process = subprocess.Popen(
                [*start.command, _told(theirs)], pass_fds=theirs, stdin=subprocess.DEVNULL
            )
        for _, their_end in pairs:
            their_end.close()
        self.hold = pairs[0][0]
        patience = struct.pack("ll", int(patience_seconds + GRACE_SECONDS) + 1, 0)
        for link, _ in pairs[1:]:
            # The kernel's own clock: cheaper than asking before each reading.
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
        self.links = deque(link for link, _ in pairs[1:])
        self._ready = False
        self._starting = threading.Lock()

    def wait_until_ready(self) -> None:
        """Return once it holds the bank. Raises what it could not begin for."""
        if self._ready:
            return
        with self._starting:
            if not self._ready:
                went_well, refusal = _read(_receive(self.hold))
                if not went_well:
                    raise refusal
                self._ready = True

    def end(self) -> None:
        """Let it finish what it has and go."""
        self.hold.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_SECONDS)
            return
        self.process.kill()
        self.process.wait()


def _may_fork() -> bool:
    """Whether there is no other thread in this process, of whichever language."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False  # no Linux: nobody can tell


def _told(links: Sequence[int]) -> str:
    return ",".join(map(str, links))


class _Fork:
    """A fork of this process, with what we ask of a `subprocess.Popen`."""

    def __init__(
        self, main: Callable[[str], None], pairs: Sequence[tuple[socket.socket, socket.socket]]
    ) -> None:
        self._ended = False
        self.pid = os.fork()
        if self.pid:
            return
        try:
            # Held by itself it would never notice that the server is gone.
            for our_end, _ in pairs:
                our_end.close()
            main(_told([their_end.detach() for _, their_end in pairs]))
        except BaseException:
            traceback.print_exc()
        finally:
            # Nothing else that the server meant to do at its end is ours to do.
            os._exit(0)

    def wait(self, timeout: float | None = None) -> None:
        until = None if timeout is None else time.monotonic() + timeout
        while not self._ended:
            gone, _ = os.waitpid(self.pid, 0 if until is None else os.WNOHANG)
            self._ended = bool(gone)
            if not gone and until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("the writer", timeout or 0)
            if not gone:
                time.sleep(0.005)

    def kill(self) -> None:
        if not self._ended:
            os.kill(self.pid, signal.SIGKILL)


class WriterProcess:
    """Speaks to the process that writes. `submit` may be called from any thread.

    The process ends with us, however we end; when it ends before us, the next one takes over.
    """

    def __init__(self, start: WriterStart, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._start = start
        self._patience_seconds = patience_seconds
        self._changing = threading.Lock()
        self._closed = False
        self._child = _Child(start, patience_seconds)

    def wait_until_ready(self) -> None:
        """Return once the process holds the bank. Raises BankInUse, DatabaseUnfit."""
        self._child.wait_until_ready()

    def submit(self, work: Work[T]) -> T:
        """Run `work`, which must be plain enough to travel, and return its answer from the disk.

        Raises what `work` raised (and then it has left no trace), TooBusy when too many wait or the
        wait was too long, OutcomeUnknown when the writer was lost and nobody can tell.
        """
        child = self._child
        if self._closed:
            raise TooBusy()
        try:
            child.wait_until_ready()
            order = pickle.dumps((time.monotonic() + self._patience_seconds, work), 5)
            link = child.links.pop()
        except IndexError:
            raise TooBusy() from None
        except LinkBroken as cause:
            self._renew(child)
            raise TooBusy() from cause
        try:
            _send(link, order)
            went_well, answer = _read(_receive(link))
        except (LinkBroken, OSError) as cause:
            link.close()
            self._renew(child)
            raise OutcomeUnknown() from cause
        child.links.append(link)
        if not went_well:
            raise answer
        return cast(T, answer)

    def close(self) -> None:
        """Finish what is under way, then let the process go."""
        with self._changing:
            self._closed = True
            self._child.end()

    @property
    def pid(self) -> int:
        """The process that writes now."""
        return self._child.process.pid

    def _renew(self, lost: _Child) -> None:
        """Start another one in place of one that was lost, once for all who noticed."""
        with self._changing:
            if self._child is lost and not self._closed:
                # What only hangs must not write beside its successor.
                lost.process.kill()
                lost.end()
                self._child = _Child(self._start, self._patience_seconds)


# ------------------------------------------------------------------------------ the writer's end


def links_of(told: str) -> list[socket.socket]:
    """The ends that the server gave us, by their numbers."""
    return [socket.socket(fileno=int(number)) for number in told.split(",")]


def tell_ready(links: Sequence[socket.socket], refusal: BaseException | None = None) -> None:
    """Say that the bank is ours, or why it is not."""
    _answer(links[0], pickle.dumps((True, None), 5) if refusal is None else _error(refusal))


def write_for(links: Sequence[socket.socket], groups: GroupCommit) -> None:
    """Write what comes over the links until the server lets go of the first one."""
    # Ctrl-C and a service's stop reach every process of the group; we end when the server has.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)
    waiting = selectors.DefaultSelector()
    for link in links:
        waiting.register(link, selectors.EVENT_READ)
    held_by, expected = links[0], 1
    while True:
        ready = _gather(waiting, expected)
        if any(key.fileobj is held_by for key in ready):
            return
        links_ready = [cast(socket.socket, key.fileobj) for key in ready]
        expected = len(links_ready)
        for first in range(0, expected, GROUP_MOST):
            _write_group(waiting, links_ready[first : first + GROUP_MOST], groups)


def _gather(waiting: selectors.BaseSelector, expected: int) -> list[selectors.SelectorKey]:
    """What has come; under load, wait a moment until as many have as last time."""
    ready = [key for key, _ in waiting.select()]
    if len(ready) >= expected:
        return ready
    deadline = time.monotonic() + GATHER_SECONDS
    while len(ready) < expected and (left := deadline - time.monotonic()) > 0:
        time.sleep(min(left, GATHER_SECONDS / 4))
        ready = [key for key, _ in waiting.select(0)]
    return ready


def _write_group(
    waiting: selectors.BaseSelector, links: Sequence[socket.socket], groups: GroupCommit
) -> None:
    jobs: list[tuple[socket.socket, Job]] = []
    for link in links:
        try:
            deadline, work = _read(_receive(link))
        except LinkBroken:
            waiting.unregister(link)
            link.close()
            continue
        if time.monotonic() > deadline:
            # Told that nothing was booked, and so nothing is.
            _answer(link, _error(TooBusy()))
        else:
            jobs.append((link, Job(_as_bytes(work))))
    if jobs:
        groups.run([job for _, job in jobs])
    for link, job in jobs:
        _answer(link, job.answer if job.error is None else _error(job.error))


def _as_bytes(work: Work[Any]) -> Work[bytes]:
    """The work with its answer ready to travel: what cannot travel must fail before the commit."""
    return lambda session: pickle.dumps((True, work(session)), 5)


def _answer(link: socket.socket, said: bytes) -> None:
    # Whoever asked may be gone; the books are right all the same, and the receipt can be read.
    with contextlib.suppress(OSError):
        _send(link, said)


def _error(error: BaseException) -> bytes:
    """An error as bytes; one that cannot travel is told in words."""
    if not isinstance(error, PointsBankError) or error.__cause__ is not None:
        # Where it went wrong is lost on the way, but not for the log.
        error.add_note("".join(traceback.format_exception(error)))
    try:
        said = pickle.dumps((False, error), 5)
        _read(said)
        return said
    except Exception:
        return pickle.dumps((False, RuntimeError("".join(traceback.format_exception(error)))), 5)
