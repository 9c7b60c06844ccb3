"""Taking in a list of volunteers (导入志愿者名单): checked whole, booked in chunks.

The same number with the same data is known already; with another name it is a problem, because
nobody can tell which of the two is meant. People of one name, and shared phones, are fine. Who has
no number yet comes in under one of our own, once nobody else can be meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from pointsbank.foundation import Bank, Caller, Fact, ImportResult, Outcome, PointsBankError
from pointsbank.foundation.file_imports import FileImport, Judging, take_file
from pointsbank.foundation.sheet_rows import SheetReading
from pointsbank.foundation.sheets import Sheet
from pointsbank.people.ages import CHILD_UNDER
from pointsbank.people.errors import ChildOnList, NumberTaken
from pointsbank.people.names import mask_name
from pointsbank.people.namesakes import (
    LikelyListed,
    Namesake,
    NumberNeeded,
    find_namesakes,
    is_likely,
    may_be,
    tell_apart,
)
from pointsbank.people.registration import VolunteerValues, register_volunteers
from pointsbank.people.volunteer_rows import VolunteerRow, open_volunteer_sheet, read_volunteers_of
from pointsbank.people.volunteers import find_volunteers, is_own_number

# A volunteer takes five statements; a longer chunk would hold the writer beyond 50 ms.
CHUNK_ROWS = 25
NAMESAKE = "people.namesake"


class VolunteerImport(FileImport[VolunteerRow]):
    """A list of volunteers: a number of another name is refused, and a name that may be two."""

    chunk_rows: ClassVar[int] = CHUNK_ROWS

    def open(self, data: bytes, name: str) -> Sheet:
        return open_volunteer_sheet(data, name)

    def read(self, sheet: Sheet) -> SheetReading[VolunteerRow]:
        return read_volunteers_of(sheet)

    def look_up(self, judging: Judging[VolunteerRow], rows: Sequence[VolunteerRow]) -> None:
        there = find_volunteers(judging.session, [row.number for row in rows])
        for row in rows:
            known = there.get(row.number)
            if known is not None and known.name != row.name:
                judging.refuse(row, self.last_refusal(row))
            elif row.number and known is None and _is_child(row):
                judging.refuse(row, ChildOnList(under=CHILD_UNDER))
            else:
                judging.good.append(row)
                if known is not None:
                    judging.known.add(row.row)

    def compare(self, judging: Judging[VolunteerRow]) -> None:
        """Find out who is meant where no number is given; all good rows together show it."""
        named: dict[str, list[VolunteerRow]] = defaultdict(list)
        listed: dict[str, list[VolunteerRow]] = defaultdict(list)
        for row in judging.good:
            if not row.number:
                named[row.name].append(row)
            elif row.row not in judging.known:
                listed[row.name].append(row)
        there = find_namesakes(judging.session, named.keys() | listed.keys())
        for name, rows in listed.items():
            _judge_numbered(judging, rows, there.get(name, []))
        settled: dict[int, VolunteerRow] = {}
        for name, unnumbered in named.items():
            by_row = {row.row: row for row in unnumbered}
            everybody = [*there.get(name, []), *(_here(row) for row in listed.get(name, []))]
            for number, found in tell_apart(unnumbered, everybody):
                row = by_row[number]
                if isinstance(found, Namesake):
                    settled[number] = replace(row, number=found.number)
                    judging.known.add(number)
                elif found is not None:
                    judging.refuse(row, found)
                elif _is_child(row):
                    judging.refuse(row, ChildOnList(under=CHILD_UNDER))
        judging.good[:] = [
            settled.get(row.row, row) for row in judging.good if row.row not in judging.problems
        ]

    def plain(self, row: VolunteerRow) -> VolunteerValues:
        return (
            row.number,
            row.name,
            row.gender,
            row.phone,
            row.area,
            row.registered_on,
            row.team,
        )

    def book(self, bank: Bank, by: Caller, key: str, rows: list[Any]) -> Outcome:
        return register_volunteers(bank, by=by, key=key, rows=rows)

    def last_refusal(self, row: VolunteerRow) -> PointsBankError:
        return NumberTaken(number=row.number) if row.number else NumberNeeded(people=1)

    def shown(self, row: VolunteerRow) -> dict[str, Fact]:
        return {
            "number": row.number,
            "name": mask_name(row.name),
            "gender": row.gender,
            "phone_tail": row.phone[-4:] if row.phone else None,
            "registered_on": row.registered_on,
            "team": row.team,
        }


def _here(row: VolunteerRow) -> Namesake:
    return Namesake(row.number, row.sex, row.phone, row.area, row=row.row)


def _judge_numbered(
    judging: Judging[VolunteerRow], rows: list[VolunteerRow], there: list[Namesake]
) -> None:
    """Say of whom a list has a number who may be here under one of our own already."""
    own = [one for one in there if is_own_number(one.number) and one.left_on is None]
    for row in rows:
        if found := next((one for one in own if is_likely(row, one)), None):
            judging.refuse(row, LikelyListed(number=found.number))
        elif found := next((one for one in own if may_be(row, one)), None):
            judging.notes[row.row] = (NAMESAKE, {"number": found.number})


def _is_child(row: VolunteerRow) -> bool:
    """Whether only a guardian can have somebody registered."""
    return row.age is not None and row.age < CHILD_UNDER


VOLUNTEER_IMPORT = VolunteerImport()


def import_volunteers(
    bank: Bank, by: Caller, data: bytes, name: str, **options: Any
) -> ImportResult:
    """Register everybody on a list; the options are those of `take_file`."""
    return take_file(VOLUNTEER_IMPORT, bank, by, data, name, **options)
