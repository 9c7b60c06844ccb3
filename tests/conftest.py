"""A fresh bank for every test, on both databases, over the real commit path."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pointsbank.foundation import SHOP_ZONE, Bank, Clock, Keys, open_database
from pointsbank.foundation.schema import upgrade_schema
from tests.counter import Counter
from tests.make import Make
from tests.postgres import drop_database, fresh_database, running_postgres

NOON = datetime(2026, 11, 20, 10, 26, tzinfo=SHOP_ZONE)

# What is loaded and collected stays until the end; looking through it for garbage finds none.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on there may be some, but never among what is there already."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty bank's file at the newest form, copied by each test."""
    path = tmp_path_factory.mktemp("template") / "bank.sqlite"
    upgrade_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of our own for the whole run."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """An empty bank's database at the newest form, cloned by each test."""
    url = fresh_database(postgres_server)
    upgrade_schema(url)
    return url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite bank."""
    path = tmp_path / "bank.sqlite"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL bank."""
    url = fresh_database(postgres_server, postgres_template)
    yield url
    drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def bank_url(request: pytest.FixtureRequest) -> str:
    """A fresh bank on each of both databases."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def keys() -> Keys:
    """Fixed keys, so that a failure can be replayed."""
    return Keys(*(bytes([number]) * 32 for number in range(1, 6)))


@pytest.fixture
def clock() -> Clock:
    """Twenty-six minutes past ten on a November morning, until a test moves it."""
    return Clock(lambda: NOON)


@pytest.fixture
def bank(bank_url: str, keys: Keys, clock: Clock, tmp_path: Path) -> Iterator[Bank]:
    """An empty bank, open for writing."""
    opened = Bank(tmp_path, open_database(bank_url, durable=False), keys, clock)
    yield opened
    opened.close()


@pytest.fixture
def make(bank: Bank) -> Make:
    """Short sentences that build a world in the bank."""
    return Make(bank)


@pytest.fixture
def counter(make: Make) -> Counter:
    """An open shop with a kiosk, where tests buy."""
    return Counter(make)
