"""Commands as people type them, each in a process of its own, but without the wait for its start.

Most of a command's time goes into loading the program. One process per test run loads it, waits,
and forks for every command: what runs has its own memory, folder, locks and end, as if it had been
started from a shell. That the command also starts from nothing is tried where it is the point.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from tests import fonts, migrated

ROOT = Path(__file__).resolve().parents[1]
LINE_BYTES_MOST = 65536
NUMBER = struct.Struct("i")


class Running:
    """A command that was started, with what one asks of a `subprocess.Popen`."""

    def __init__(self, pid: int, ended: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = ended

    def poll(self) -> int | None:
        """How it ended, or None as long as it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended; minus the signal when one ended it."""
        if self.returncode is None:
            heard, _, _ = select.select([self._ended], [], [], timeout)
            if not heard:
                raise subprocess.TimeoutExpired("pointsbank", timeout or 0)
            told = os.read(self._ended, NUMBER.size)
            os.close(self._ended)
            [self.returncode] = NUMBER.unpack(told) if told else [-signal.SIGKILL]
        return self.returncode

    def send(self, number: int) -> None:
        """A signal to it and to everything that it has started."""
        os.killpg(self.pid, number)


def start(*words: str, said: int | None = None, **more: str) -> Running:
    """Start `pointsbank words…`; `more` are variables of its surroundings.

    What it says comes out where ours does, or into the file whose number is `said`.
    """
    out = (1, 2) if said is None else (said, said)
    with Path(os.devnull).open("rb") as nothing:
        return _starter().start(words, nothing, out, more)


def run(
    *words: str, typed: str = "", timeout: float = 120, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `pointsbank words…` to its end, with what somebody types."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        with tempfile.TemporaryFile() as keyboard:
            keyboard.write(typed.encode())
            keyboard.seek(0)
            out = (said.fileno(), complained.fileno())
            running = _starter().start(words, keyboard, out, more)
        try:
            code = running.wait(timeout)
        except subprocess.TimeoutExpired:
            running.send(signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(words, code, _read(said), _read(complained))


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return io.TextIOWrapper(file, encoding="utf-8").read()


class Starter:
    """Our end of the process that forks."""

    def __init__(self) -> None:
        self._link, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.commands", str(theirs.fileno())],
                cwd=ROOT,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self.stop)

    def start(
        self,
        words: tuple[str, ...],
        keyboard: IO[bytes],
        out: tuple[int, int],
        more: Mapping[str, str],
    ) -> Running:
        ended, told = os.pipe()
        surroundings = {**os.environ, "LC_ALL": "C.UTF-8", **more}
        order = json.dumps({"words": words, "surroundings": surroundings}).encode()
        try:
            socket.send_fds(self._link, [order], [keyboard.fileno(), *out, told])
        finally:
            os.close(told)
        answer = self._link.recv(NUMBER.size)
        if not answer:
            raise AssertionError("the process that starts commands is gone")
        return Running(NUMBER.unpack(answer)[0], ended)

    def stop(self) -> None:
        """Have it end, and whatever still runs."""
        self._link.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)


_STARTERS: dict[int, Starter] = {}


def _starter() -> Starter:
    """The one of this process: made at the first command."""
    if os.getpid() not in _STARTERS:
        _STARTERS[os.getpid()] = Starter()
    return _STARTERS[os.getpid()]


# ---------------------------------------------------------------------- the process that forks


def wait_and_fork(link: socket.socket) -> list[str] | None:
    """Fork for every order that comes; in the child, the words of its command.

    None once nobody orders any more.
    """
    running: dict[int, int] = {}
    heard, alarm = os.pipe()
    for end in (heard, alarm):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(alarm)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    while True:
        ready, _, _ = select.select([link, heard], [], [])
        if heard in ready:
            os.read(heard, 512)
            _tell_ends(running)
        if link not in ready:
            continue
        order, fds, _, _ = socket.recv_fds(link, LINE_BYTES_MOST, 4)
        if not order:
            for pid in running:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
            return None
        pid = os.fork()
        if not pid:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return _become(json.loads(order), fds, link)
        running[pid] = fds.pop()
        for fd in fds:
            os.close(fd)


def _tell_ends(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        told = running.pop(pid)
        with suppress(BrokenPipeError):
            os.write(told, NUMBER.pack(os.waitstatus_to_exitcode(status)))
        os.close(told)


def _become(order: dict[str, Any], fds: list[int], link: socket.socket) -> list[str]:
    """Be the command: a session of its own, its own keyboard and paper, nothing of ours."""
    os.setsid()
    for place, fd in enumerate(fds[:3]):
        os.dup2(fd, place)
    os.environ.clear()
    os.environ.update(order["surroundings"])
    # Whoever ordered it hears its number only now, when its group is there to be signalled.
    link.sendall(NUMBER.pack(os.getpid()))
    link.detach()
    os.closerange(3, 1024)
    words: list[str] = order["words"]
    return words


if __name__ == "__main__":
    # What is loaded here is loaded for every command.
    importlib.import_module("pointsbank.cli")
    migrated.remember()
    fonts.print_with_few()
    gc.freeze()
    command = wait_and_fork(socket.socket(fileno=int(sys.argv[1])))
    if command is not None:
        sys.argv[1:] = command
        runpy.run_module("pointsbank", run_name="__main__", alter_sys=True)
