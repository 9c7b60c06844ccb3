"""Taking in a list of paper booklets (导入存折): checked whole, booked in chunks, all waiting.

A row finds its volunteer as a row of hours does. The very same booklet is passed over; one that
stands with other figures, or for somebody else, is a problem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pointsbank.earning.booklet_rows import BookletRow, open_booklet_sheet, read_booklets_of
from pointsbank.earning.booklets import find_booklets
from pointsbank.earning.errors import BookletInFuture, BookletKnown, OwnRecord
from pointsbank.earning.opening_balances import BookletValues, propose_opening_balances
from pointsbank.earning.whose_rows import names_alone, volunteer_of
from pointsbank.foundation import Bank, Caller, Fact, ImportResult, Outcome, PointsBankError
from pointsbank.foundation.file_imports import FileImport, Judging, take_file
from pointsbank.foundation.sheet_rows import SheetReading
from pointsbank.foundation.sheets import Sheet
from pointsbank.people import (
    find_actor,
    find_volunteers,
    find_volunteers_by_name,
    mask_name,
    refuse_left,
)

SEVERAL = "earning.booklets_several"
AGAIN = "earning.booklet_again"


class BookletImport(FileImport[BookletRow]):
    """A list of booklets: each belongs to somebody, and not to whoever brings it."""

    def open(self, data: bytes, name: str) -> Sheet:
        return open_booklet_sheet(data, name)

    def read(self, sheet: Sheet) -> SheetReading[BookletRow]:
        return read_booklets_of(sheet)

    def look_up(self, judging: Judging[BookletRow], rows: Sequence[BookletRow]) -> None:
        session = judging.session
        proposer = find_actor(session, judging.by.actor)
        own = proposer.volunteer_id if proposer else None
        by_number = find_volunteers(session, {row.number for row in rows if row.number})
        by_name = find_volunteers_by_name(session, names_alone(rows))
        known = find_booklets(session, [row.booklet for row in rows])
        for row in rows:
            try:
                volunteer = volunteer_of(row.number, row.name, by_number, by_name)
                refuse_left(volunteer)
                if volunteer.id == own:
                    raise OwnRecord()
                if row.kept_until > judging.today:
                    raise BookletInFuture(day=row.kept_until)
                there = known.get(row.booklet)
                if there is not None and not there.is_same(volunteer.id, row.found):
                    raise there.refusal()
            except PointsBankError as refusal:
                judging.refuse(row, refusal)
                continue
            judging.good.append(replace(row, number=volunteer.number))
            if there is not None:
                judging.known.add(row.row)
                judging.notes[row.row] = (AGAIN, {})

    def compare(self, judging: Judging[BookletRow]) -> None:
        """Note of whom the list has several booklets, because one may be a copy of another."""
        new = [row for row in judging.good if row.row not in judging.known]
        several = Counter(row.number for row in new)
        for row in new:
            if several[row.number] > 1:
                judging.notes[row.row] = (SEVERAL, {"booklets": several[row.number]})

    def plain(self, row: BookletRow) -> BookletValues:
        return (
            row.number,
            row.booklet,
            row.points,
            row.minutes,
            row.kept_until,
            row.scan,
            row.words,
        )

    def book(self, bank: Bank, by: Caller, key: str, rows: list[Any]) -> Outcome:
        return propose_opening_balances(bank, by=by, key=key, rows=rows)

    def last_refusal(self, row: BookletRow) -> PointsBankError:
        return BookletKnown(booklet=row.booklet, number="")

    def shown(self, row: BookletRow) -> dict[str, Fact]:
        return {
            "number": row.number,
            "name": mask_name(row.name),
            "booklet": row.booklet,
            "points": row.points,
            "minutes": row.minutes,
            "kept_until": row.kept_until,
            "scan": row.scan,
        }


BOOKLET_IMPORT = BookletImport()


def import_booklets(bank: Bank, by: Caller, data: bytes, name: str, **options: Any) -> ImportResult:
    """Have every booklet of a list wait for a second person; the options are `take_file`'s."""
    return take_file(BOOKLET_IMPORT, bank, by, data, name, **options)
