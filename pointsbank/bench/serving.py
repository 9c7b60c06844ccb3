"""The real server, started as people start it, and the processor time that it takes."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pointsbank.bench.clients import HOST

# However busy the machine is; a server that fails ends by itself and is noticed at once.
READY_SECONDS = 120.0
# A bench asks more of each kiosk in a second than the limit lets it in a minute. Each request is
# counted all the same.
_SURROUNDINGS = {"POINTSBANK_LIMIT_REQUESTS": str(10**9)}


@dataclass(frozen=True)
class Server:
    """A running server: the process that was started, and its workers."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def processes(self) -> list[int]:
        """The process itself and all below it."""
        found, fresh = [], [self.process.pid]
        while fresh:
            found += fresh
            fresh = [child for parent in fresh for child in children_of(parent)]
        return found

    def cpu_seconds(self) -> float | None:
        """Processor time used so far by all of them; None where nobody can tell."""
        return cpu_seconds_of(self.processes)


def children_of(pid: int) -> list[int]:
    """The processes that a process has started, from whichever of its threads."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        told = " ".join((task / "children").read_text() for task in tasks)
    except OSError:
        return []
    return [int(child) for child in told.split()]


def cpu_seconds_of(pids: list[int]) -> float | None:
    """User and system time of these processes so far."""
    ticks = 0
    try:
        for pid in pids:
            # The name in brackets may hold blanks; the numbers come after it.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    except OSError:
        return None
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_server(home: Path, url: str, *, workers: int = 1) -> Iterator[Server]:
    """`pointsbank serve` on this bank until the block ends."""
    with socket.socket() as asking:
        asking.bind((HOST, 0))
        port: int = asking.getsockname()[1]
    command = [sys.executable, "-m", "pointsbank", "--home", str(home), "serve"]
    command += ["--host", HOST, "--port", str(port), "--workers", str(workers)]
    surroundings = {**os.environ, **_SURROUNDINGS, "POINTSBANK_DATABASE_URL": url}
    process = subprocess.Popen(command, env=surroundings, cwd=Path(__file__).resolve().parents[2])
    try:
        _wait_until_ready(process, port)
        yield Server(port, process)
    finally:
        process.terminate()
        try:
            process.wait(READY_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ChildProcessError(f"the server ended with {process.returncode}")
        asking = http.client.HTTPConnection(HOST, port, timeout=READY_SECONDS)
        try:
            asking.request("GET", "/api/openapi.json")
            asking.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            asking.close()
    process.kill()
    raise TimeoutError("the server did not start")
