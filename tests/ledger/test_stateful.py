"""Random days in the ledger, each step foretold by a plain dictionary."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from pointsbank.foundation import Bank, Clock, Keys, open_database
from pointsbank.ledger import Transfer, journal
from tests.ledger.machine import LedgerMachine
from tests.postgres import drop_database, fresh_database

# Below this the days were mostly refusals and show little.
ACCEPTED_LEAST = 0.35


@pytest.fixture(params=["sqlite", "postgresql"])
def new_bank(
    request: pytest.FixtureRequest, keys: Keys, clock: Clock, tmp_path: Path
) -> Callable[[], Bank]:
    """Makes as many fresh banks as random days need."""
    numbers = count(1)

    def on_sqlite() -> Bank:
        path = tmp_path / f"day-{next(numbers)}.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return Bank(tmp_path, open_database(f"sqlite:///{path}"), keys, clock)

    def on_postgresql() -> Bank:
        server = request.getfixturevalue("postgres_server")
        url = fresh_database(server, request.getfixturevalue("postgres_template"))
        return Bank(tmp_path, open_database(url, durable=False), keys, clock)

    return on_sqlite if request.param == "sqlite" else on_postgresql


def forget_bank(bank: Bank) -> None:
    bank.close()
    if bank.database.dialect == "postgresql":
        drop_database(bank.database.url)
    else:
        for path in bank.home.glob("day-*"):
            path.unlink()


# A day on PostgreSQL costs a database of its own.
DAYS = {"sqlite": 12, "postgresql": 4}


@pytest.mark.parametrize(
    ("times", "steps"), [(1, 20), pytest.param(100, 100, marks=pytest.mark.nightly)]
)
def test_random_days_come_out_as_foretold(
    request: pytest.FixtureRequest, new_bank: Callable[[], Bank], times: int, steps: int
) -> None:
    dialect = "sqlite" if "sqlite" in request.node.callspec.id else "postgresql"
    told = live_through(new_bank, DAYS[dialect] * times, steps)
    assert told["accepted"] >= ACCEPTED_LEAST * told.total(), told


@pytest.mark.parametrize("new_bank", ["sqlite"], indirect=True)
def test_a_day_with_a_planted_mistake_does_not(
    new_bank: Callable[[], Bank], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(transfers: Sequence[Transfer], final: dict[int, int]) -> list[tuple[Any, ...]]:
        """As before, but every line shows the balance that the entry ends with."""
        rows = honest(transfers, final)
        return [(*row[:5], final.get(row[1]), final.get(row[2]), row[7]) for row in rows]

    honest = journal._with_balances
    monkeypatch.setattr(journal, "_with_balances", late)
    with pytest.raises(AssertionError, match="running-balance"):
        live_through(new_bank, 10, 30)


def live_through(new_bank: Callable[[], Bank], days: int, steps: int) -> Counter[str]:
    """Let the machine live through random days; how many of its steps were accepted."""
    told: Counter[str] = Counter()
    day = type(
        "Day",
        (LedgerMachine,),
        {
            "new_bank": staticmethod(new_bank),
            "forget_bank": staticmethod(forget_bank),
            "steps": told,
        },
    )
    run_state_machine_as_test(
        day,
        settings=settings(
            max_examples=days,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    return told
