"""A fresh bank for every test, on both databases, over the real commit path."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from datetime import datetime
from itertools import chain, groupby, islice
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule

from pointsbank.foundation import SHOP_ZONE, Bank, Clock, Keys, database, open_database
from pointsbank.foundation.schema import upgrade_schema
from tests import fonts, migrated
from tests.counter import Counter
from tests.make import Make
from tests.postgres import drop_database, fresh_database, running_postgres

NOON = datetime(2026, 11, 20, 10, 26, tzinfo=SHOP_ZONE)

# A browser, a server, a year of a demonstration: seconds for each test, not hundredths.
LONG = ("tests/browser/", "tests/kills/", "tests/stories/", "tests/bench/", "tests/demonstration/")

# Rivals are set against each other in the database itself; in a server they would take turns first.
database.WRITES_AT_ONCE = 64

# What is loaded and collected stays until the end; looking through it for garbage finds none.
gc.disable()


class OnlyWrittenDoctests:
    """Doctests are looked for where there are some; to look through a module takes its time."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """What was found, without the doctests of a file in which nobody types anything."""
        found = yield
        if file_path.suffix != ".py" or b">>> " in file_path.read_bytes():
            return found
        return [one for one in found if not isinstance(one, DoctestModule)]


def pytest_configure(config: pytest.Config) -> None:
    """One folder for all processes of a run, which inherit its name."""
    if migrated.FOLDER not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="pointsbank-migrated-")
        os.environ[migrated.FOLDER] = folder.name
        config.add_cleanup(lambda: os.environ.pop(migrated.FOLDER))
        config.add_cleanup(folder.cleanup)
    migrated.remember()
    fonts.print_with_few()
    config.pluginmanager.register(OnlyWrittenDoctests())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones, whole files of them in each of the run's processes.

    Each process is first given an equal part of the list, and later takes from the end of
    another's: so it is short ones that change hands, and short ones with which a run ends.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.nodeid.startswith(LONG)]
    short = iter([item for item in items if not item.nodeid.startswith(LONG)])
    parts: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for number, (_, one_file) in enumerate(groupby(long, key=lambda item: item.path)):
        parts[number % processes] += one_file
    left = len(items)
    for number, part in enumerate(parts):
        part += islice(short, max(0, left // (processes - number) - len(part)))
        left -= len(part)
    items[:] = [*chain(*parts), *short]


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
