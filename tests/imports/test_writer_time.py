"""No long list holds the writer for long: what one operation may take is counted in statements.

A millisecond depends on the machine, a statement does not. On a slow core one of these lists'
statements takes a tenth of a millisecond with all that is around it; a third of the 50 ms of the
house leaves room for a busy machine.
"""

from __future__ import annotations

import pytest

from pointsbank.earning import (
    BOOKLET_IMPORT,
    RECORDS_MOST,
    approve_records,
    confirm_opening_balances,
    list_openings,
    record_services,
)
from pointsbank.earning.hour_import import HOUR_IMPORT
from pointsbank.earning.opening_balances import propose_opening_balances
from pointsbank.foundation import Bank, Operation, Paging, Session, new_key, operations
from pointsbank.people.operations import CARDS_MOST, issue_cards
from pointsbank.people.registration import VolunteerValues, register_volunteers
from pointsbank.people.volunteer_import import VOLUNTEER_IMPORT
from tests.make import SOMEBODY, Make

STATEMENTS_MOST = 160


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Only SQLite has one writer; the statements are the same on both."""
    return sqlite_url


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many statements the last operation of each name took."""
    found: dict[str, int] = {}
    real = operations._Errand.__call__

    def counted(errand: operations._Errand, session: Session) -> object:
        try:
            return real(errand, session)
        finally:
            found[errand.verb.name] = session.runs

    monkeypatch.setattr(operations._Errand, "__call__", counted)
    return found


def people(many: int) -> list[VolunteerValues]:
    """Rows of a list of volunteers, everything filled in."""
    return [
        (f"N{n:04d}", "王小明", None, f"138001380{n:02d}", "一区", "2026-11-01", "晨光队")
        for n in range(many)
    ]


def test_the_longest_parts_hold_the_writer_for_few_statements(
    make: Make, bank: Bank, held: dict[str, int]
) -> None:
    make.rule()
    registered = people(VOLUNTEER_IMPORT.chunk_rows)
    make.do(register_volunteers, rows=registered)
    make.do(issue_cards, numbers=[row[0] for row in registered[:CARDS_MOST]])
    recorder, approver = make.staff(), make.staff("witness")
    services = [
        (
            registered[n % len(registered)][0],
            f"活动{n}",
            "2026-11-18",
            60,
            "sign_in",
            None,
            None,
            None,
            None,
        )
        for n in range(HOUR_IMPORT.chunk_rows)
    ]
    make.do(record_services, by=recorder.caller, rows=services)
    waiting = [make.record(make.volunteer(), by=recorder) for _ in range(RECORDS_MOST)]
    make.do(approve_records, by=approver.caller, records=waiting)
    booklets = [
        (registered[n % len(registered)][0], f"B{n}", 10, 60, "2026-05-01", "p1", "有水渍")
        for n in range(BOOKLET_IMPORT.chunk_rows)
    ]
    make.do(propose_opening_balances, by=recorder.caller, rows=booklets)
    openings = [
        one.number for one in list_openings(bank, paging=Paging(1, BOOKLET_IMPORT.chunk_rows)).items
    ]
    assert len(openings) == len(booklets)
    make.do(confirm_opening_balances, by=approver.caller, openings=openings)
    lists: tuple[Operation[...], ...] = (
        *(register_volunteers, issue_cards),
        *(record_services, approve_records),
        *(propose_opening_balances, confirm_opening_balances),
    )
    took = {verb.name: held[verb.name] for verb in lists}
    assert max(took.values()) <= STATEMENTS_MOST, took
    # What goes by sets takes as few for a hundred as for one.
    for verb in (approve_records, propose_opening_balances, confirm_opening_balances):
        assert took[verb.name] < 25, took
    unnumbered = [("", f"王{n}", *row[2:]) for n, row in enumerate(registered)]
    make.do(register_volunteers, rows=unnumbered)
    assert held[register_volunteers.name] <= STATEMENTS_MOST


def test_a_longer_list_would_be_found_out(make: Make, bank: Bank, held: dict[str, int]) -> None:
    register_volunteers(bank, by=SOMEBODY, key=new_key(), rows=people(200))
    assert held[register_volunteers.name] > STATEMENTS_MOST
