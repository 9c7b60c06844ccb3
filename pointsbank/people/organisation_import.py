"""Taking in a list of organisations (导入机构): each once, below what it belongs to.

They are units (辖区单位) that teams and staff can belong to. The order of the list does not matter;
what it belongs to is in the list or here already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pointsbank.foundation import Bank, Caller, Fact, ImportResult, Outcome, PointsBankError
from pointsbank.foundation.file_imports import FileImport, Judging, take_file
from pointsbank.foundation.sheet_rows import SheetReading
from pointsbank.foundation.sheets import Sheet
from pointsbank.people.errors import CodeTaken, ParentUnknown
from pointsbank.people.organisation_rows import (
    OrganisationListed,
    open_organisation_sheet,
    read_organisations_of,
)
from pointsbank.people.organisations import (
    OrganisationValues,
    find_organisations,
    register_organisations,
)

# An organisation takes a statement; a longer chunk would hold the writer beyond 50 ms.
CHUNK_ROWS = 100


class OrganisationImport(FileImport[OrganisationListed]):
    """A list of organisations: a code of another name is refused, and one that hangs on nothing."""

    chunk_rows: ClassVar[int] = CHUNK_ROWS

    def open(self, data: bytes, name: str) -> Sheet:
        return open_organisation_sheet(data, name)

    def read(self, sheet: Sheet) -> SheetReading[OrganisationListed]:
        return read_organisations_of(sheet)

    def look_up(
        self, judging: Judging[OrganisationListed], rows: Sequence[OrganisationListed]
    ) -> None:
        there = find_organisations(judging.session, [row.code for row in rows])
        for row in rows:
            known = there.get(row.code)
            if known is not None and known.name != row.name:
                judging.refuse(row, self.last_refusal(row))
                continue
            judging.good.append(row)
            if known is not None:
                judging.known.add(row.row)

    def compare(self, judging: Judging[OrganisationListed]) -> None:
        """Bring the list into an order in which nothing comes before what it belongs to."""
        above = find_organisations(judging.session, [row.parent for row in judging.good])
        placed = {"", *above}
        ordered: list[OrganisationListed] = []
        waiting = judging.good
        while fit := [row for row in waiting if row.row in judging.known or row.parent in placed]:
            ordered += fit
            placed |= {row.code for row in fit}
            waiting = [row for row in waiting if row.code not in placed]
        for row in waiting:
            judging.refuse(row, ParentUnknown(code=row.parent))
        judging.good[:] = ordered

    def plain(self, row: OrganisationListed) -> OrganisationValues:
        return (row.code, row.name, row.parent)

    def book(self, bank: Bank, by: Caller, key: str, rows: list[Any]) -> Outcome:
        return register_organisations(bank, by=by, key=key, rows=rows)

    def last_refusal(self, row: OrganisationListed) -> PointsBankError:
        return CodeTaken(code=row.code)

    def shown(self, row: OrganisationListed) -> dict[str, Fact]:
        return {"code": row.code, "name": row.name, "parent": row.parent}


ORGANISATION_IMPORT = OrganisationImport()


def import_organisations(
    bank: Bank, by: Caller, data: bytes, name: str, **options: Any
) -> ImportResult:
    """Enter every organisation of a list; the options are those of `take_file`."""
    return take_file(ORGANISATION_IMPORT, bank, by, data, name, **options)
