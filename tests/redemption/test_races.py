"""Everybody at the counter at once, on both databases, and the same scenes without their guards.

As in the ledger's own race tests each scene has a twin: with its guard taken away it must go wrong.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from pointsbank.foundation import Bank, Clock, Keys, open_database, statement
from pointsbank.inventory import places
from pointsbank.people import cards
from pointsbank.redemption import baskets, unconfirmed
from pointsbank.redemption.kinds import goods
from tests.books import books_are_right
from tests.counter import Counter
from tests.ledger.test_races import done_twice, plays_until_wrong, told
from tests.ledger.unguarded import ManyWriters, without_guards
from tests.make import Make
from tests.redemption.races import SCENES

ALONE = [name for name in SCENES if name != "price flips"]

each_scene = pytest.mark.parametrize("name", SCENES)


@each_scene
@pytest.mark.parametrize("rounds", [2, pytest.param(100, marks=pytest.mark.nightly)])
def test_everybody_at_the_counter_comes_out_right(
    counter: Counter, name: str, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One try only: a deadlock would surface instead of being repeated.
    monkeypatch.setattr("pointsbank.foundation.database.RETRIES_MOST", 1)
    scene = SCENES[name](counter)
    for _ in range(rounds):
        outcomes = scene.run()
        assert scene.is_right(outcomes), told(outcomes)
    books_are_right(counter.bank)


@pytest.mark.parametrize("name", ALONE)
def test_without_the_one_writer_sqlite_says_locked_instead(
    sqlite_url: str, keys: Keys, clock: Clock, tmp_path: Path, name: str
) -> None:
    bank = Bank(tmp_path, open_database(sqlite_url), keys, clock)
    counter = Counter(Make(bank))
    scene = SCENES[name](counter)
    path = Path(bank.database.url.removeprefix("sqlite:///"))
    counter.bank = dataclasses.replace(bank, database=ManyWriters(path))
    wrong = plays_until_wrong(scene)
    assert any("database is locked" in str(outcome) for outcome in wrong), told(wrong)
    bank.close()


@pytest.fixture
def unguarded(
    postgres_url: str,
    keys: Keys,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Counter]:
    """A counter on PostgreSQL without locks, conditions, unique keys and CHECKs."""
    without_guards(postgres_url, monkeypatch)
    conninfo = make_url(postgres_url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for table, constraint in (
            ("redemption", "uq_redemption_quote_id"),
            ("redemption_undo", "pk_redemption_undo"),
        ):
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        connection.execute("DROP INDEX uq_late_redemption_stands")
    monkeypatch.setattr(places, "_ON_SALE_LOCKED", places._ON_SALE)
    monkeypatch.setattr(cards, "_BY_HASH_LOCKED", cards._BY_HASH)
    monkeypatch.setattr(unconfirmed, "_LOCKED", statement(unconfirmed._BY_ID))
    monkeypatch.setattr(goods, "lock_shelves_of", lambda session, redemption_id: None)
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    yield Counter(Make(bank))
    bank.close()


@pytest.mark.parametrize("name", ALONE)
def test_without_its_guards_postgresql_does_it_more_than_once(
    unguarded: Counter, name: str
) -> None:
    plays_until_wrong(SCENES[name](unguarded), done_twice)


def test_without_the_look_at_the_price_somebody_pays_an_old_one(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baskets, "changed_prices", lambda quoted, shelf: ())
    plays_until_wrong(SCENES["price flips"](counter))
