"""The yardstick (标尺): recorded checkouts said again by the raw driver, one commit for each.

SQLite has one process with one connection; PostgreSQL has as many connections as there are clients,
spread over a few processes because one Python process cannot keep the server busy. This is the one
place outside foundation that begins and commits, for it measures what foundation adds.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from pointsbank.bench.recording import Replay
from pointsbank.bench.rounds import Round
from pointsbank.foundation import connect_postgresql, connect_sqlite

WARM_SECONDS = 0.5
PROCESSES = 4

BEGIN = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "BEGIN ISOLATION LEVEL READ COMMITTED",
}
COMMIT = "COMMIT"


def connect_raw(url: str, dialect: str) -> Any:
    """A connection of the driver itself, set as the bank's own are."""
    if dialect == "sqlite":
        return connect_sqlite(Path(url.removeprefix("sqlite:///")))
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return connect_postgresql(address, writes=True)


def run_yardstick(
    url: str, dialect: str, replays: Sequence[Replay], *, seconds: float, connections: int
) -> Round:
    """Say the recorded checkouts again for so long."""
    if dialect == "sqlite":
        return _say_again(url, dialect, replays, seconds, 1)
    each = max(1, connections // PROCESSES)
    shares = [list(replays[place::PROCESSES]) for place in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(_say_again, url, dialect, share, seconds, each) for share in shares]
        rounds = [part.result() for part in parts]
    return Round(
        seconds=max(one.seconds for one in rounds),
        times=[took for one in rounds for took in one.times],
        done_in_all=sum(one.done_in_all for one in rounds),
        cpu_seconds=sum(one.cpu_seconds or 0.0 for one in rounds),
    )


def _say_again(
    url: str, dialect: str, replays: Sequence[Replay], seconds: float, connections: int
) -> Round:
    """In this process: so many connections, each with a thread of its own.

    Each goes on until it has booked something, however long that takes on a busy machine.
    """
    began_cpu = time.process_time()
    starts = time.perf_counter() + WARM_SECONDS
    with ThreadPoolExecutor(connections) as pool:
        done = list(
            pool.map(
                lambda place: _on_one_connection(
                    url, dialect, replays[place::connections], starts, seconds
                ),
                range(connections),
            )
        )
    return Round(
        seconds=max(ends for _, _, ends in done) - starts,
        times=[took for times, _, _ in done for took in times],
        done_in_all=sum(count for _, count, _ in done),
        cpu_seconds=time.process_time() - began_cpu,
    )


def _on_one_connection(
    url: str, dialect: str, replays: Sequence[Replay], starts: float, seconds: float
) -> tuple[list[float], int, float]:
    """How long each took, how many there were with those of the warming up, and when it ended."""
    connection = connect_raw(url, dialect)
    fresh, begin = f"{os.getpid()}-{id(connection)}-{time.monotonic_ns()}", BEGIN[dialect]
    times: list[float] = []
    ends = starts + seconds
    for count in itertools.count():
        before = time.perf_counter()
        if before >= ends and times:
            connection.close()
            return times, count, ends
        connection.execute(begin)
        replays[count % len(replays)].run(connection, f"{fresh}-{count}")
        connection.execute(COMMIT)
        after = time.perf_counter()
        if before >= starts and (after <= ends or not times):
            times.append(after - before)
            ends = max(ends, after)
    raise AssertionError("counting does not end")
