"""A bank in a folder of its own and a port for its server, on both databases, both durable."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pointsbank.bench import world
from pointsbank.bench.scratch import Scratch, scratch_postgresql, scratch_sqlite
from pointsbank.bench.world import World, make_world
from tests.kills.rig import CLIENTS
from tests.postgres import running_postgres


@pytest.fixture(scope="module")
def durable_postgres() -> Iterator[str]:
    """A server that waits for its disk, for a bank opens no other."""
    with running_postgres(durable=True) as url:
        yield url


@pytest.fixture(autouse=True)
def few_people(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kills need few people to buy little; the hundred of the night need all of them."""
    if not request.node.get_closest_marker("nightly"):
        monkeypatch.setattr(world, "VOLUNTEERS", 60)
        monkeypatch.setattr(world, "GOODS", 20)
        monkeypatch.setattr(world, "KIOSKS", CLIENTS)


@pytest.fixture
def sqlite_bank(tmp_path: Path) -> Iterator[Scratch]:
    with scratch_sqlite(tmp_path) as scratch:
        yield scratch


@pytest.fixture
def postgresql_bank(tmp_path: Path, durable_postgres: str) -> Iterator[Scratch]:
    with scratch_postgresql(tmp_path, durable_postgres) as scratch:
        yield scratch


@pytest.fixture(params=["sqlite", "postgresql"])
def scratch(request: pytest.FixtureRequest) -> Scratch:
    """An empty bank on each database."""
    found: Scratch = request.getfixturevalue(f"{request.param}_bank")
    return found


def fill(scratch: Scratch) -> World:
    """People, goods and kiosks in an empty bank."""
    bank = scratch.open()
    world = make_world(bank)
    bank.close()
    return world


@pytest.fixture
def port() -> int:
    """A port that nobody listens on, with the next one free as well, most likely."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        number: int = asking.getsockname()[1]
        return number
