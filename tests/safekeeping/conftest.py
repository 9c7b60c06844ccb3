"""A shop with people and goods in it, to be lost and found again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pointsbank.foundation import Bank, Clock, Keys, open_database
from tests.counter import Counter
from tests.make import Make


@pytest.fixture
def sqlite_counter(sqlite_url: str, keys: Keys, clock: Clock, tmp_path: Path) -> Iterator[Counter]:
    """The shop on SQLite alone."""
    home = tmp_path / "home"
    home.mkdir()
    bank = Bank(home, open_database(sqlite_url), keys, clock)
    yield Counter(Make(bank))
    bank.close()
