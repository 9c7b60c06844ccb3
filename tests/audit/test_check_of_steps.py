"""The check sees a record that stands where nobody may have brought it, or not by those people."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from pointsbank.audit import run_checks
from pointsbank.earning import (
    decide_objection,
    make_all_effective,
    object_to_record,
)
from pointsbank.foundation import SHOP_ZONE, Bank, Clock, Keys, open_database
from pointsbank.people import join_household
from tests.audit.forgery import forge
from tests.books import books_are_right
from tests.earning.wall import Wall
from tests.make import Make

REVIEWER = "(SELECT decided_by FROM service_record WHERE id = {})"
ALL_HANDS = "(SELECT decided_by FROM service_record UNION SELECT recorded_by FROM service_record)"
# Records 1 effective, 2 published, 3 reviewed, 4 rejected by an objection, 5 published after one
# that was dismissed, 6 pending; notices 1 over and 2 running; volunteers 1 and 7 of one household.
STEPS = [
    ("two-people", "UPDATE service_record SET recorded_by = decided_by WHERE id = 3"),
    ("two-people", "UPDATE service_record SET recorded_by = 'volunteer:1', source = 'roll_call'"),
    (
        "two-people",
        f"UPDATE staff SET volunteer_id = 2 WHERE 'staff:' || id = {REVIEWER.format(2)}",
    ),
    ("two-people", f"UPDATE staff SET volunteer_id = 6 WHERE 'staff:' || id IN {ALL_HANDS}"),
    (
        "household-apart",
        f"UPDATE staff SET volunteer_id = 7 WHERE 'staff:' || id = {REVIEWER.format(1)}",
    ),
    ("step-stands", "UPDATE service_record SET status = 'effective' WHERE id = 2"),
    ("step-stands", "UPDATE service_record SET effective_on = '2026-11-13' WHERE id = 1"),
    ("step-stands", "UPDATE service_record SET status = 'published' WHERE id = 3"),
    ("step-stands", "UPDATE service_record SET status = 'reviewed' WHERE id = 6"),
    ("step-stands", "UPDATE service_record SET entry_id = NULL WHERE id = 1"),
    ("step-stands", "DELETE FROM notice WHERE id = 2"),
    ("step-stands", "UPDATE notice SET last_day = '2026-12-31' WHERE id = 1"),
    ("notice-was-hung", "UPDATE service_record SET notice_id = NULL WHERE id = 1"),
    ("objection-answered", "UPDATE objection SET outcome = 'upheld' WHERE record_id = 5"),
    ("objection-answered", "UPDATE service_record SET status = 'published' WHERE id = 4"),
    (
        "objection-answered",
        f"UPDATE objection SET decided_by = {REVIEWER.format(5)} WHERE record_id = 5",
    ),
    ("objection-answered", "UPDATE objection SET record_id = 1, outcome = NULL WHERE id = 2"),
    ("term-kept", "UPDATE notice SET hung_on = last_day, hung_by = opened_by WHERE id = 2"),
    ("term-kept", "UPDATE notice SET last_day = starts_on WHERE id = 2"),
    ("issue-names-document", "UPDATE journal_entry SET document = 'bonus:1'"),
]


def hang_everything(bank: Bank) -> None:
    """A record at every step that a public notice knows."""
    make = Make(bank)
    wall = Wall(make)
    wall.at("2026-11-10")
    people = [make.volunteer() for _ in range(7)]
    home = {"number": people[6].number, "member": people[0].number}
    make.do(join_household, **home, consented_on="2026-11-01")
    records = [wall.reviewed(people[0], served_on="2026-11-09")]
    wall.hang(*records)
    wall.at("2026-11-20")
    make_all_effective(bank, by=wall.third.caller)
    records += [wall.reviewed(one) for one in people[1:5]]
    wall.hang(records[1], records[3], records[4])
    for place, outcome in ((3, "upheld"), (4, "dismissed")):
        objection = make.do(object_to_record, record=records[place], reason="没有来").answer
        told = {"objection": objection["objection"], "outcome": outcome, "answer": "查过"}
        make.do(decide_objection, by=wall.third.caller, **told)
    make.record(people[5], by=wall.recorder)


@pytest.fixture(scope="module")
def hung(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank's file with everything on the wall, for each forger to copy."""
    path = tmp_path_factory.mktemp("hung") / "bank.sqlite"
    shutil.copy(sqlite_template, path)
    clock = Clock(lambda: datetime(2026, 11, 10, 9, tzinfo=SHOP_ZONE))
    bank = Bank(path.parent, open_database(f"sqlite:///{path}"), Keys.new(), clock)
    hang_everything(bank)
    books_are_right(bank)
    bank.close()
    return path


@pytest.mark.parametrize(("check", "forgery"), STEPS)
def test_a_record_that_nobody_may_have_brought_there_is_seen(
    hung: Path, tmp_path: Path, check: str, forgery: str
) -> None:
    url = f"sqlite:///{shutil.copy(hung, tmp_path / 'bank.sqlite')}"
    forge(url, forgery)
    assert check in {finding.check for finding in run_checks(url, durable=False).findings}


def test_on_the_other_database_as_well(postgres_url: str, tmp_path: Path) -> None:
    """One of each check: the same text runs there, but for what a rulebook asked for."""
    clock = Clock(lambda: datetime(2026, 11, 10, 9, tzinfo=SHOP_ZONE))
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), Keys.new(), clock)
    hang_everything(bank)
    books_are_right(bank)
    bank.close()
    # The first of each: none of them takes away what another one forges.
    forge(postgres_url, *dict(reversed(STEPS)).values())
    found = {finding.check for finding in run_checks(postgres_url, durable=False).findings}
    assert set(dict(STEPS)) <= found
