"""A real server in processes of its own, to be killed; and kiosks that write down what they saw."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pointsbank.bench.serving import children_of
from pointsbank.bench.world import Kiosk, World
from pointsbank.foundation import new_key
from tests import commands

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
SERVER = ("pointsbank",)
# Whether it starts quickly is asked where nothing else runs beside it.
READY_SECONDS = 120.0
END_SECONDS = 15.0
CLIENTS = 6
SALES_SECONDS = 120.0
# One in so many presses is wrong on purpose and must be refused.
WRONG_ONE_IN = 8

WAYS = ("worker", "parent", "both", "writer")


class Server:
    """`pointsbank serve` over one bank, started again after every kill.

    Unless it starts `from_nothing`, as after a power cut, its program is loaded beforehand.
    """

    def __init__(
        self,
        home: Path,
        url: str,
        port: int,
        module: Sequence[str] = SERVER,
        from_nothing: bool = False,
    ) -> None:
        self.port = port
        self._said = home / "server.log"
        self._command = [sys.executable, "-m", *module, "--home", str(home), "serve"]
        self._command += ["--host", HOST, "--port", str(port)]
        self._surroundings = {
            **os.environ,
            "POINTSBANK_DATABASE_URL": url,
            "POINTSBANK_LIMIT_REQUESTS": str(10**9),
        }
        self._loads = from_nothing or module != SERVER
        self._process: subprocess.Popen[bytes] | commands.Running | None = None

    def start(self) -> float:
        """Start it; how many seconds until it answered."""
        began = time.monotonic()
        with self._said.open("wb") as said:
            self._process = self._begin(said.fileno())
        while time.monotonic() - began < READY_SECONDS:
            assert self._process.poll() is None, f"it ended by itself: {self._said.read_text()}"
            with suppress(OSError, http.client.HTTPException):
                asking = http.client.HTTPConnection(HOST, self.port, timeout=5)
                asking.request("GET", "/api/openapi.json")
                answer = asking.getresponse()
                answer.read()
                # Flask's own client never sees what granian adds.
                assert answer.headers.get_all("Server") == ["pointsbank"]
                return time.monotonic() - began
            time.sleep(0.05)
        raise TimeoutError("the server did not start")

    def _begin(self, said: int) -> subprocess.Popen[bytes] | commands.Running:
        if self._loads:
            return subprocess.Popen(
                self._command, env=self._surroundings, cwd=ROOT, stdout=said, stderr=said
            )
        return commands.start(*self._command[3:], said=said, **self._surroundings)

    def start_second(self) -> subprocess.CompletedProcess[str]:
        """Try to start another one on the same books."""
        command = [*self._command[3:-1], str(self.port + 1)]
        return commands.run(*command, timeout=READY_SECONDS, **self._surroundings)

    @property
    def parent(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def worker(self) -> int:
        """The one process below the parent that has the application."""
        # Where processes are spawned, not forked, Python's resource tracker stands beside it.
        children = children_of(self.parent)
        return next(pid for pid in children if b"resource_tracker" not in _command_line(pid))

    @property
    def writer(self) -> int | None:
        """The process below the worker that writes; None on PostgreSQL, which has none."""
        return next(iter(children_of(self.worker)), None)

    def kill(self, way: str) -> float:
        """Kill -9 in one of `WAYS`; how many seconds until the worker and its writer were gone."""
        parent, worker, writer = self.parent, self.worker, self.writer
        if way == "writer":
            if writer is not None:
                self._kill_writer(writer)
            way = "worker"
            writer = self.writer
        for pid in {"worker": [worker], "parent": [parent], "both": [parent, worker]}[way]:
            os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        left = [pid for pid in (worker, writer) if pid is not None]
        while any(map(is_alive, left)) and time.monotonic() - began < END_SECONDS:
            time.sleep(0.01)
        gone_after = time.monotonic() - began
        self.stop()
        return gone_after

    def _kill_writer(self, writer: int) -> None:
        """Kill it alone: the server starts another by itself and goes on selling for a while."""
        os.kill(writer, signal.SIGKILL)
        began = time.monotonic()
        while self.writer in {None, writer} and time.monotonic() - began < END_SECONDS:
            time.sleep(0.01)
        assert self.writer not in {None, writer}, "nobody writes any more"
        time.sleep(0.5)

    def stop(self) -> None:
        """Have what is left of it end."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def is_alive(pid: int) -> bool:
    """Whether a process is still there and not merely waiting to be buried."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


@dataclass
class History:
    """What kiosks asked and heard, as it stands in their files: by client and key."""

    asked: dict[tuple[str, str], int] = field(default_factory=dict)
    booked: dict[tuple[str, str], str] = field(default_factory=dict)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def unknown(self) -> set[tuple[str, str]]:
        return self.asked.keys() - self.booked.keys() - self.refused.keys()


def read_history(folder: Path) -> History:
    """Read all files that kiosks have written."""
    history = History()
    for path in sorted(folder.glob("*.log")):
        for line in path.read_text().splitlines():
            event, key, told = json.loads(line)
            into: Any = {
                "invoke": history.asked,
                "ok": history.booked,
                "fail": history.refused,
            }[event]
            into[path.stem, key] = told
    return history


def count_sales(folder: Path) -> int:
    """How many sales kiosks have heard of in all."""
    return sum(path.read_bytes().count(b'["ok"') for path in folder.glob("*.log"))


def wait_for_sales(folder: Path, count: int) -> None:
    """Return when kiosks have heard of so many sales in all, however fast the machine is."""
    until = time.monotonic() + SALES_SECONDS
    while count_sales(folder) < count:
        assert time.monotonic() < until, f"there were no {count} sales"
        time.sleep(0.02)


@contextmanager
def crowd(
    port: int, world: World, folder: Path, seed: int, rest_seconds: float = 0.0
) -> Iterator[None]:
    """Several kiosks that buy as fast as they are answered, until the block ends.

    With a rest after each purchase whoever else works on the machine gets on as well.
    """
    over = threading.Event()
    threads = [
        threading.Thread(
            target=_buy,
            args=(
                port,
                world,
                kiosk,
                folder,
                over,
                random.Random(f"{seed} {kiosk.id}"),
                rest_seconds,
            ),
        )
        for kiosk in world.kiosks[:CLIENTS]
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _buy(
    port: int,
    world: World,
    kiosk: Kiosk,
    folder: Path,
    over: threading.Event,
    chance: random.Random,
    rest_seconds: float,
) -> None:
    asking = http.client.HTTPConnection(HOST, port, timeout=10)
    with (folder / f"{kiosk.caller.client}.log").open("a", buffering=1) as log:
        while not over.is_set():
            try:
                _buy_once(asking, world, kiosk, log, chance)
                over.wait(rest_seconds)
            except (OSError, http.client.HTTPException):
                # What had been asked stands in the file without an answer, and is unknown.
                asking.close()
                over.wait(0.02)
    asking.close()


def _buy_once(
    asking: http.client.HTTPConnection, world: World, kiosk: Kiosk, log: Any, chance: random.Random
) -> None:
    card = chance.choice(world.cards)
    goods = chance.sample(world.goods, chance.randint(1, 3))
    lines = [{"sku": sku, "quantity": chance.randint(1, 2), "scanned": False} for sku in goods]
    status, told = _ask(asking, kiosk, "quotes", {"kind": "goods", "card": card, "lines": lines})
    if status != 200:
        return
    total = told["total_points"] + (chance.randrange(WRONG_ONE_IN) == 0)
    body = {"kind": "goods", "card": card, "quote": told["quote"], "total_points": total}
    key = new_key()
    log.write(json.dumps(["invoke", key, total]) + "\n")
    status, told = _ask(asking, kiosk, "redemptions", body, key)
    if status == 201:
        log.write(json.dumps(["ok", key, told["redemption"]["number"]]) + "\n")
    elif status < 500:
        log.write(json.dumps(["fail", key, told["code"]]) + "\n")


def _ask(
    asking: http.client.HTTPConnection, kiosk: Kiosk, where: str, body: Any, key: str = ""
) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {kiosk.token}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    asking.request("POST", f"/api/v1/{where}", json.dumps(body), headers)
    answer = asking.getresponse()
    return answer.status, json.loads(answer.read())
