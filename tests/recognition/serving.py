"""Hours for people, by the operations that people use."""

from __future__ import annotations

import pytest

from pointsbank.earning import approve_record
from pointsbank.foundation import Caller
from pointsbank.people import StaffRow, VolunteerRef
from tests.make import Make

RECORD_MOST = 1440
# For what is decided in Python alone: the other database would say the same.
ON_SQLITE = pytest.mark.parametrize("bank_url", ["sqlite"], indirect=True)


def serve(make: Make, person: VolunteerRef, minutes: int, **service: object) -> list[str]:
    """So many effective minutes, in as few records as can be; their numbers."""
    recorder, approver = make.staff(), make.staff("witness")
    numbers = []
    while minutes:
        part = min(minutes, RECORD_MOST)
        number = make.record(person, part, by=recorder, **service)
        make.do(approve_record, by=approver.caller, record=number)
        numbers.append(number)
        minutes -= part
    return numbers


def own_page_of(person: VolunteerRef) -> Caller:
    """Somebody who has come to the own page by card and PIN."""
    return Caller(actor=person.holder, client=person.holder)


def two(make: Make) -> tuple[StaffRow, StaffRow]:
    """Whoever puts forward, and whoever decides."""
    return make.staff("worker"), make.staff("witness")
