"""Taking in a list of volunteers (导入志愿者名单): checked whole, booked in chunks.

The same number with the same data is known already; with another name it is a problem, because
nobody can tell which of the two is meant. People of one name, and shared phones, are fine.
"""

from __future__ import annotations

from pointsbank.foundation import Bank, Caller, Fact, Session
from pointsbank.foundation.file_imports import (
    ImportResult,
    Progress,
    Sentence,
    code_of,
    in_chunks,
    no_progress,
    row_problems,
    told_problems,
)
from pointsbank.people.errors import NumberTaken
from pointsbank.people.operations import VolunteerValues, register_volunteers
from pointsbank.people.volunteer_rows import VolunteerRow, read_volunteer_rows
from pointsbank.people.volunteers import find_volunteers

COUNTED = ("good", "changed", "repeated")
_LOOKED_UP_AT_ONCE = 1000


def import_volunteers(
    bank: Bank,
    by: Caller,
    data: bytes,
    name: str,
    *,
    take_good: bool = False,
    progress: Progress = no_progress,
    sentence: Sentence = code_of,
) -> ImportResult:
    """Register everybody on a list. With a bad row nothing is booked unless `take_good`.

    Raises SheetUnreadable when the file as a whole cannot be read. A killed import is resumed by
    the same call, and a file that was taken before changes nothing.
    """
    reading = read_volunteer_rows(data, name)
    total = len(reading.rows) + reading.refused_rows
    taken = bank.database.read(lambda session: _taken_by_others(session, reading.rows))
    problems = [*reading.problems, *row_problems(reading.sheet, taken)]
    good = [row for row in reading.rows if row.row not in taken]
    counts = dict.fromkeys(COUNTED, 0)
    if not problems or take_good:
        refused = _book(bank, by, data, good, counts, progress)
        problems += row_problems(reading.sheet, refused)
    problems.sort(key=lambda problem: problem.row)
    paper = told_problems(reading.sheet, problems, sentence)
    return ImportResult(
        total,
        good=counts["good"],
        changed=counts["changed"],
        repeated=counts["repeated"],
        problems=problems,
        problem_file=paper,
    )


def _taken_by_others(
    session: Session, rows: tuple[VolunteerRow, ...]
) -> dict[int, tuple[str, dict[str, Fact]]]:
    """The rows whose number belongs to a volunteer of another name."""
    taken: dict[int, tuple[str, dict[str, Fact]]] = {}
    for start in range(0, len(rows), _LOOKED_UP_AT_ONCE):
        some = rows[start : start + _LOOKED_UP_AT_ONCE]
        there = find_volunteers(session, [row.number for row in some])
        for row in some:
            if row.number in there and there[row.number].name != row.name:
                taken[row.row] = (NumberTaken.code, {"number": row.number})
    return taken


def _book(
    bank: Bank,
    by: Caller,
    data: bytes,
    rows: list[VolunteerRow],
    counts: dict[str, int],
    progress: Progress,
) -> dict[int, tuple[str, dict[str, Fact]]]:
    """Book the rows chunk by chunk; those that the books refused at the last moment."""
    refused: dict[int, tuple[str, dict[str, Fact]]] = {}
    done = 0
    for key, chunk in in_chunks(data, [_values(row) for row in rows]):
        outcome = register_volunteers(bank, by=by, key=key, rows=list(chunk))
        answer = outcome.answer
        for place in answer["refused"]:
            row = rows[done + place]
            refused[row.row] = (NumberTaken.code, {"number": row.number})
        if outcome.repeated:
            counts["repeated"] += len(chunk) - len(answer["refused"])
        else:
            for name in counts:
                counts[name] += answer[name]
        done += len(chunk)
        progress(done, len(rows))
    return refused


def _values(row: VolunteerRow) -> VolunteerValues:
    return (row.number, row.name, row.gender, row.phone, row.area, row.registered_on, row.team)
