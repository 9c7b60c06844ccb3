"""Kill -9 under load: what was acknowledged is in the books, and nothing is there by half."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import pytest

from pointsbank.bench.scratch import Scratch
from pointsbank.bench.world import World
from tests.kills.conftest import fill
from tests.kills.judge import judge
from tests.kills.rig import (
    SERVER,
    WAYS,
    History,
    Server,
    count_sales,
    crowd,
    is_alive,
    read_history,
    wait_for_sales,
)

SEED = 20261122
SALES_PER_KILL = 12
WORKER_GONE_SECONDS = 2.0
RESTART_SECONDS = 5.0
BROKEN = ("tests.kills.early_answers",)


def kill_under_load(
    scratch: Scratch,
    port: int,
    folder: Path,
    ways: Sequence[str],
    module: tuple[str, ...] = SERVER,
    from_nothing: bool = False,
    world: World | None = None,
    seed: int = SEED,
) -> tuple[History, list[float], list[float]]:
    """One kill in each of the ways; what kiosks heard, how long each end and each start took."""
    world = world or fill(scratch)
    server = Server(scratch.home, scratch.url, port, module, from_nothing)
    chance = random.Random(seed)
    ends, starts = [], []
    try:
        for number, way in enumerate(ways):
            starts.append(server.start())
            already = count_sales(folder)
            with crowd(port, world, folder, seed + number):
                wait_for_sales(folder, already + SALES_PER_KILL)
                time.sleep(chance.uniform(0, 0.5))
                ends.append(server.kill(way))
    finally:
        server.stop()
    return read_history(folder), ends, starts


def refuse_broken_promises(
    scratch: Scratch, port: int, folder: Path, kills: int, from_nothing: bool = False
) -> tuple[list[float], list[float]]:
    """Nothing lost, nothing there by half; how long each end and each start took."""
    ways = list(islice(cycle(WAYS), kills))
    history, ends, starts = kill_under_load(scratch, port, folder, ways, from_nothing=from_nothing)
    assert judge(scratch.url, history) == []
    assert len(history.booked) >= SALES_PER_KILL * kills
    assert set(history.refused.values()) == {"redemption.total_differs"}
    return ends, starts


def test_what_was_acknowledged_survives_every_way_of_killing(
    scratch: Scratch, port: int, tmp_path: Path
) -> None:
    # PostgreSQL has no writer of its own process; to kill it would be to kill the worker again.
    kills = len(WAYS) if scratch.dialect == "sqlite" else len(WAYS) - 1
    refuse_broken_promises(scratch, port, tmp_path, kills)


@pytest.mark.nightly
def test_what_was_acknowledged_survives_a_hundred_kills(
    scratch: Scratch, port: int, tmp_path: Path
) -> None:
    ends, starts = refuse_broken_promises(scratch, port, tmp_path, kills=100, from_nothing=True)
    # Only here, where nothing else runs beside it.
    assert max(ends) <= WORKER_GONE_SECONDS
    assert median(starts) <= RESTART_SECONDS


def test_a_server_that_answers_before_it_commits_is_found_out(
    sqlite_bank: Scratch, port: int, tmp_path: Path
) -> None:
    world, found = fill(sqlite_bank), []
    # The first kill shows it as good as always; three times it hides from nobody.
    for attempt in range(3):
        # A writer that outlives its server commits what it has; only its own end shows the gap.
        history, _, _ = kill_under_load(
            sqlite_bank, port, tmp_path, ["writer"], BROKEN, world=world, seed=SEED + attempt
        )
        found = judge(sqlite_bank.url, history)
        if any(told.startswith("lost") for told in found):
            return
    pytest.fail(f"nothing is lost: {found}")


def test_a_second_server_on_the_same_books_refuses_to_start(
    sqlite_bank: Scratch, port: int
) -> None:
    fill(sqlite_bank)
    server = Server(sqlite_bank.home, sqlite_bank.url, port)
    try:
        server.start()
        second = server.start_second()
        assert second.returncode == 1
        assert "foundation.bank_in_use" in second.stderr
        assert "Traceback" not in second.stderr
        assert is_alive(server.worker)
    finally:
        server.stop()
