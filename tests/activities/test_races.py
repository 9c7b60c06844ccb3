"""Many at once, on both databases: the last place, one card at many machines; and without guards.

Each scene has a twin: with its guard taken away it must go wrong.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from pointsbank.activities import (
    ActivityFull,
    activities,
    join_activity,
    sign_in,
    signing,
)
from pointsbank.foundation import Bank, Clock, Keys, Outcome, new_key, open_database
from tests.activities.community import Community, Neighbour
from tests.at_once import at_once
from tests.counter import Counter
from tests.ledger.races import Outcomes, Scene, one_wins
from tests.ledger.test_races import plays_until_wrong, told
from tests.ledger.unguarded import ManyWriters
from tests.make import Make


@pytest.fixture(params=["sqlite", "postgresql"])
def bank_url(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


def last_place(community: Community, joiners: int) -> Scene:
    """So many ask for the last place."""
    people = [Neighbour(community.make.volunteer(), NO_CARD) for _ in range(joiners)]

    def ask(who: Neighbour, small: str) -> Outcome:
        return join_activity(community.bank, by=who.caller, key=new_key(), activity=small)

    def run() -> Outcomes:
        small = community.plan(people_most=1)
        return at_once([partial(ask, who, small) for who in people])

    return Scene(run, one_wins(ActivityFull))


NO_CARD: Any = None


def one_card(community: Community, machines: int) -> Scene:
    """One card is held to so many kiosks; one stay begins, and all are told the same."""
    kiosks = [community.counter.new_kiosk() for _ in range(machines)]

    def ask(kiosk: Any, who: Neighbour, patrol: str) -> Outcome:
        told_of = {"activity": patrol, "card": who.card.code}
        return sign_in(community.bank, by=kiosk, key=new_key(), **told_of)

    def run() -> Outcomes:
        who, patrol = community.neighbour(), community.open()
        return at_once([partial(ask, kiosk, who, patrol) for kiosk in kiosks])

    def is_right(outcomes: Outcomes) -> bool:
        answers = [one.answer for one in outcomes if isinstance(one, Outcome)]
        return (
            len(answers) == len(outcomes)
            and len({one["attendance"] for one in answers}) == 1
            and sum(not one["again"] for one in answers) == 1
        )

    return Scene(run, is_right)


SCENES: dict[str, Callable[[Community], Scene]] = {
    "last place": lambda community: last_place(community, joiners=64),
    "one card": lambda community: one_card(community, machines=8),
}
each_scene = pytest.mark.parametrize("name", SCENES)


@each_scene
def test_at_once_it_comes_out_right(
    community: Community, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One try only: a deadlock would surface instead of being repeated.
    monkeypatch.setattr("pointsbank.foundation.database.RETRIES_MOST", 1)
    scene = SCENES[name](community)
    outcomes = scene.run()
    assert scene.is_right(outcomes), told(outcomes)


def test_without_the_one_writer_sqlite_says_locked_instead(
    sqlite_url: str, keys: Keys, clock: Clock, tmp_path: Path
) -> None:
    bank = Bank(tmp_path, open_database(sqlite_url), keys, clock)
    community = Community(Counter(Make(bank)))
    scene = last_place(community, joiners=16)
    path = Path(bank.database.url.removeprefix("sqlite:///"))
    community.bank = dataclasses.replace(bank, database=ManyWriters(path))
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
) -> Iterator[Community]:
    """PostgreSQL without the locks of this room and without its unique index."""
    conninfo = make_url(postgres_url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("DROP INDEX uq_attendance_open")
        connection.execute(
            "ALTER TABLE participant DROP CONSTRAINT uq_participant_activity_id_volunteer_id"
        )
    monkeypatch.setattr(activities, "_LOCKED", activities._BY_IDS)
    monkeypatch.setattr(signing, "hold_volunteers", lambda session, ids: None)
    monkeypatch.setattr("pointsbank.foundation.database.RETRIES_MOST", 1)
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    yield Community(Counter(Make(bank)))
    bank.close()


@each_scene
def test_without_its_guards_postgresql_does_it_more_than_once(
    unguarded: Community, name: str
) -> None:
    def twice(outcomes: Outcomes) -> bool:
        answers = [one.answer for one in outcomes if isinstance(one, Outcome)]
        return sum(not one.get("again", False) for one in answers) > 1

    plays_until_wrong(SCENES[name](unguarded), twice)
