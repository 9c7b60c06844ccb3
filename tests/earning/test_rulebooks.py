"""Versions of the rulebook: set by two, kept for good, and counted by on the day they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from pointsbank.earning import (
    Rulebook,
    approve_record,
    get_record,
    get_rulebook,
    list_rulebooks,
    plain_document,
    read_rulebook,
    set_rulebook,
)
from pointsbank.earning.rulebooks import read_rulebooks
from pointsbank.earning.rules.errors import RulebookNumberWrong
from pointsbank.foundation import Bank, Caller, Clock, new_key, open_database
from pointsbank.foundation.schema import MIGRATIONS
from pointsbank.people import (
    RoleMissing,
    SameHousehold,
    SamePersonTwice,
    SecondPersonNeeded,
    VolunteerRef,
)
from tests.make import SOMEBODY, Make
from tests.people.test_second_person import live_together
from tests.postgres import drop_database, fresh_database


def points_of(make: Make, person: VolunteerRef, minutes: int, **service: Any) -> int | None:
    """What a service gives once a witness has found it right."""
    record = make.record(person, minutes, **service)
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    return get_record(make.bank, record=record).points


def test_a_version_keeps_the_whole_document(make: Make, bank: Bank) -> None:
    document = plain_document(
        7, name="甲", notice={"length": 3}, validity={"until": "years", "years": 2}
    )
    make.do(set_rulebook, document=document, starts_on="2026-11-20")
    book = get_rulebook(bank, day="2026-11-20")
    assert book.to_document() == read_rulebook(document).to_document()
    assert (book.version, book.starts_on, book.decided_by) == (1, "2026-11-20", SOMEBODY.actor)
    assert (book.notice.length, book.expires_on("2026-11-20")) == (3, "2028-11-20")


def test_a_document_that_is_wrong_sets_nothing(make: Make, bank: Bank) -> None:
    with pytest.raises(RulebookNumberWrong) as refusal:
        make.do(set_rulebook, document=plain_document(-1), starts_on="2026-11-20")
    assert refusal.value.facts == {"path": "rates[0].points", "least": 0, "most": 10_000}
    assert list_rulebooks(bank) == []


def test_once_anything_was_earned_two_set_the_next(make: Make, bank: Bank) -> None:
    make.rule()
    points_of(make, make.volunteer(), 60)
    wanted = {"document": plain_document(8), "starts_on": "2026-11-21"}
    worker, auditor = make.staff(), make.staff("auditor")
    with pytest.raises(SecondPersonNeeded):
        make.do(set_rulebook, by=worker.caller, **wanted)
    with pytest.raises(SamePersonTwice):
        make.do(set_rulebook, by=worker.caller, proposed_by=worker.actor, **wanted)
    with pytest.raises(RoleMissing):
        make.do(set_rulebook, by=auditor.caller, proposed_by=worker.actor, **wanted)
    command_line = Caller(actor=worker.actor, client=f"command:{worker.id}")
    with pytest.raises(SecondPersonNeeded):
        make.do(set_rulebook, by=command_line, proposed_by=auditor.actor, **wanted)
    people = [make.volunteer() for _ in range(2)]
    live_together(make, *people)
    at_home = [make.staff("worker", volunteer=person) for person in people]
    with pytest.raises(SameHousehold):
        make.do(set_rulebook, by=at_home[0].caller, proposed_by=at_home[1].actor, **wanted)
    assert len(list_rulebooks(bank)) == 1
    make.do(set_rulebook, **wanted, **make.by_two(worker))
    book = get_rulebook(bank, day="2026-11-21")
    assert (book.version, book.hourly, book.proposed_by) == (2, 8, worker.actor)


def test_caps_count_what_stands_in_the_books(make: Make) -> None:
    caps = [
        {"per": "activity", "of": "minutes", "most": 120},
        {"per": "day", "of": "minutes", "most": 180},
        {"per": "month", "of": "points", "most": 50},
        {"per": "quarter", "of": "sessions", "most": 1, "categories": ["建言"]},
    ]
    make.rule(caps=caps)
    person, other = make.volunteer(), make.volunteer()
    on = {"served_on": "2026-10-05"}
    # Twice the same on one day is two services where the times say so.
    morning = {
        "started_at": "2026-10-05T00:00:00.000000Z",
        "ended_at": "2026-10-05T01:30:00.000000Z",
    }
    noon = {"started_at": "2026-10-05T04:00:00.000000Z", "ended_at": "2026-10-05T05:31:00.000000Z"}
    assert points_of(make, person, 90, activity="巡逻", served_on=None, **morning) == 15
    assert points_of(make, person, 91, activity="巡逻", served_on=None, **noon) == 5
    assert points_of(make, person, 90, activity="清扫", **on) == 10
    assert points_of(make, person, 90, activity="看护", **on) == 0
    assert points_of(make, person, 120, served_on="2026-10-31") == 20
    assert points_of(make, person, 120, activity="看护", served_on="2026-10-31") == 0
    assert points_of(make, person, 60, served_on="2026-11-01", category="建言") == 10
    assert points_of(make, person, 60, served_on="2026-11-02", category="建言") == 0
    assert points_of(make, person, 60, activity="看护", served_on="2026-11-02") == 10
    # Nobody uses up the room of somebody else.
    assert points_of(make, other, 60, activity="巡逻", **on) == 10


def test_a_day_ends_at_the_shops_own_midnight(make: Make, clock: Clock) -> None:
    make.rule(caps=[{"per": "day", "of": "minutes", "most": 60}])
    one, two, three = make.volunteer(), make.volunteer(), make.volunteer()

    def served(person: Any, starts: str, ends: str, minutes: int) -> int | None:
        told = {
            "started_at": f"2026-11-18T{starts}.000000Z",
            "ended_at": f"2026-11-18T{ends}.000000Z",
        }
        return points_of(make, person, minutes, served_on=None, **told)

    # From 23:00 on the 18th to 01:00: all of it belongs to the 18th, and the 19th has its own room.
    assert served(one, "15:00:00", "17:00:00", 120) == 10
    assert served(one, "17:00:00", "18:00:00", 60) == 10
    # 23:59:59 of the 18th is still the 18th; a second later another day begins.
    for person, starts, points in ((two, "15:59:59", 0), (three, "16:00:00", 10)):
        assert served(person, "13:00:00", "14:00:00", 60) == 10
        assert served(person, starts, "16:30:00", 30) == points // 2


@pytest.fixture(params=["sqlite", "postgresql"])
def older_url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A database as it was before there were rulebooks."""
    url = f"sqlite:///{tmp_path / 'older.sqlite'}"
    if request.param == "postgresql":
        url = fresh_database(request.getfixturevalue("postgres_server"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "0012")
    yield url, config
    if request.param == "postgresql":
        drop_database(url)


def test_what_the_four_numbers_said_the_document_says(older_url: tuple[str, Config]) -> None:
    url, config = older_url
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO earning_rule (version, starts_on, points_per_hour, minutes_unit,"
                " counts_manual, cap_minutes_per_activity, decided_by) VALUES"
                " (1, '2000-01-01', 10, 1, 0, NULL, 'system'),"
                " (2, '2026-01-01', 8, 30, 1, 120, 'staff:1')"
            )
        )
    engine.dispose()
    command.upgrade(config, "head")
    database = open_database(url, durable=False)
    newer, older = database.read(read_rulebooks)
    database.close()
    assert same(older, plain_document(10, name="积分规则"))
    assert same(
        newer,
        plain_document(
            8, name="积分规则", minutes_unit=30, counts_manual=True, cap_minutes_per_activity=120
        ),
    )
    assert (newer.version, newer.starts_on, newer.decided_by) == (2, "2026-01-01", "staff:1")


def same(book: Rulebook, document: dict[str, Any]) -> bool:
    """Whether a kept rulebook says what a document says."""
    return book.to_document() == read_rulebook(document).to_document()


def test_setting_twice_under_one_key_is_once(make: Make, bank: Bank) -> None:
    key = new_key()
    for _ in range(2):
        make.do(set_rulebook, key=key, document=plain_document(9), starts_on="2026-11-20")
    assert [book.version for book in list_rulebooks(bank)] == [1]
