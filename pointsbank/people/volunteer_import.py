"""Taking in a list of volunteers (导入志愿者名单): checked whole, booked in chunks.

The same number with the same data is known already; with another name it is a problem, because
nobody can tell which of the two is meant. People of one name, and shared phones, are fine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pointsbank.foundation import Bank, Caller, Fact, ImportResult, Outcome, PointsBankError
from pointsbank.foundation.file_imports import FileImport, Judging, take_file
from pointsbank.foundation.sheet_rows import SheetReading
from pointsbank.foundation.sheets import Sheet
from pointsbank.people.errors import NumberTaken
from pointsbank.people.names import mask_name
from pointsbank.people.registration import VolunteerValues, register_volunteers
from pointsbank.people.volunteer_rows import VolunteerRow, open_volunteer_sheet, read_volunteers_of
from pointsbank.people.volunteers import find_volunteers

# A volunteer takes five statements; a longer chunk would hold the writer beyond 50 ms.
CHUNK_ROWS = 25


class VolunteerImport(FileImport[VolunteerRow]):
    """A list of volunteers: a number of another name is refused."""

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
                continue
            judging.good.append(row)
            if known is not None:
                judging.known.add(row.row)

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
        return NumberTaken(number=row.number)

    def shown(self, row: VolunteerRow) -> dict[str, Fact]:
        return {
            "number": row.number,
            "name": mask_name(row.name),
            "gender": row.gender,
            "phone_tail": row.phone[-4:] if row.phone else None,
            "registered_on": row.registered_on,
            "team": row.team,
        }


VOLUNTEER_IMPORT = VolunteerImport()


def import_volunteers(
    bank: Bank, by: Caller, data: bytes, name: str, **options: Any
) -> ImportResult:
    """Register everybody on a list; the options are those of `take_file`."""
    return take_file(VOLUNTEER_IMPORT, bank, by, data, name, **options)
