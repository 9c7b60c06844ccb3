"""Everybody at once, on both databases, and the same scenes without their guards.

The first test plays each scene on the bank as it is. The others are its twins: with the guard taken
away the very same scene must go wrong, or the first test would prove nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from pointsbank.foundation import Bank, Clock, Keys, Outcome, open_database
from pointsbank.ledger import journal
from tests.books import books_are_right
from tests.ledger.races import SCENES, Outcomes, Scene
from tests.ledger.unguarded import (
    ManyWriters,
    NoTransactions,
    in_the_order_given,
    read_then_write,
    without_guards,
)
from tests.make import Make

ROUNDS_UNTIL_WRONG = 20
each_scene = pytest.mark.parametrize("name", SCENES)


@each_scene
@pytest.mark.parametrize("rounds", [3, pytest.param(500, marks=pytest.mark.nightly)])
def test_everybody_at_once_comes_out_right(
    make: Make, bank: Bank, name: str, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One try only: a deadlock or a failed serialisation would surface instead of being repeated.
    monkeypatch.setattr("pointsbank.foundation.database.RETRIES_MOST", 1)
    scene = SCENES[name](make, bank)
    for _ in range(rounds):
        outcomes = scene.run()
        assert scene.is_right(outcomes), told(outcomes)
    books_are_right(bank)


@pytest.fixture
def sqlite_bank(sqlite_url: str, keys: Keys, clock: Clock, tmp_path: Path) -> Bank:
    """A bank whose guards a twin may take away."""
    return Bank(tmp_path, open_database(sqlite_url), keys, clock)


@each_scene
def test_without_the_one_writer_sqlite_says_locked_instead(sqlite_bank: Bank, name: str) -> None:
    make = Make(sqlite_bank)
    many = dataclasses.replace(
        sqlite_bank, database=ManyWriters(Path(sqlite_bank.database.url.removeprefix("sqlite:///")))
    )
    wrong = plays_until_wrong(SCENES[name](make, many))
    assert any("database is locked" in str(outcome) for outcome in wrong), told(wrong)
    sqlite_bank.close()


@pytest.mark.parametrize("name", ["last piece", "one wallet"])
def test_without_transactions_sqlite_sells_what_is_not_there(
    sqlite_bank: Bank, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Make(sqlite_bank)
    bare = dataclasses.replace(
        sqlite_bank,
        database=NoTransactions(Path(sqlite_bank.database.url.removeprefix("sqlite:///"))),
    )
    scene = SCENES[name](make, bare)
    monkeypatch.setattr(journal, "apply_changes", read_then_write)
    plays_until_wrong(scene, done_twice)
    with pytest.raises(AssertionError, match=r"running-balance|kept-balance"):
        books_are_right(sqlite_bank)
    sqlite_bank.close()


@pytest.fixture
def unguarded_bank(
    postgres_url: str,
    keys: Keys,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Bank:
    """A bank on PostgreSQL without locks, conditions, unique keys and CHECKs."""
    without_guards(postgres_url, monkeypatch)
    return Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)


@pytest.mark.parametrize("name", ["last piece", "one wallet", "one key", "one reversal"])
def test_without_its_guards_postgresql_does_it_more_than_once(
    unguarded_bank: Bank, name: str
) -> None:
    scene = SCENES[name](Make(unguarded_bank), unguarded_bank)
    plays_until_wrong(scene, done_twice)
    with pytest.raises(AssertionError, match=r"I2|I6|I7"):
        books_are_right(unguarded_bank)
    unguarded_bank.close()


def test_without_one_order_of_locks_rings_tie_a_knot(
    unguarded_bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = SCENES["rings"](Make(unguarded_bank), unguarded_bank)
    monkeypatch.setattr(journal, "apply_changes", in_the_order_given)
    wrong = plays_until_wrong(scene)
    assert any("too_busy" in str(outcome) for outcome in wrong), told(wrong)
    unguarded_bank.close()


def plays_until_wrong(scene: Scene, is_wrong: Callable[[Outcomes], bool] | None = None) -> Outcomes:
    """Play a scene until it goes wrong; what it was then. It must, within so many rounds."""
    for _ in range(ROUNDS_UNTIL_WRONG):
        outcomes = scene.run()
        if is_wrong(outcomes) if is_wrong else not scene.is_right(outcomes):
            return outcomes
    raise AssertionError(f"came out right {ROUNDS_UNTIL_WRONG} times without its guard")


def winners(outcomes: Outcomes) -> int:
    """How many times it was really done."""
    return sum(isinstance(outcome, Outcome) and not outcome.repeated for outcome in outcomes)


def done_twice(outcomes: Outcomes) -> bool:
    """More were served than there was."""
    return winners(outcomes) > 1


def told(outcomes: Outcomes) -> str:
    return "\n".join(sorted({repr(outcome) for outcome in outcomes}))
