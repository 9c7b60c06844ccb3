"""Taking in a file of rows (导入) in chunks that can be killed, run again and sent twice.

The whole file is checked before anything is written. Each chunk is one operation whose key is made
from the file, the range and what is taken of it, so that an import goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pointsbank.foundation.keys import canonical_json
from pointsbank.foundation.sheets import RowProblem, Sheet, write_problems

CHUNK_ROWS = 200

T = TypeVar("T")
Progress = Callable[[int, int], None]
Sentence = Callable[[RowProblem], str]


def no_progress(done: int, total: int) -> None:
    """For those who do not want to be told how far an import is."""


def code_of(problem: RowProblem) -> str:
    """What stands in a list of refused rows when the door has no sentence for it."""
    return problem.code


@dataclass(frozen=True)
class ImportResult:
    """What became of a file.

    Of its `total` rows `good` were booked now, `changed` brought something up to date, `repeated`
    were there already. `problems` tell why the others were refused, `problem_file` has those rows
    to be mended; `notes` tell what was taken all the same. A file that was not taken has none good.
    """

    total: int
    good: int = 0
    changed: int = 0
    repeated: int = 0
    problems: Sequence[RowProblem] = field(default_factory=list)
    problem_file: bytes | None = None
    notes: Sequence[RowProblem] = field(default_factory=list)


def in_chunks(
    data: bytes, rows: Sequence[T], most: int = CHUNK_ROWS
) -> Iterator[tuple[str, Sequence[T]]]:
    """Rows in chunks, each with its idempotency key; rows are plain values, or tuples of them.

    A room whose rows are heavy asks for shorter chunks, so that none holds the writer for long.
    """
    file = hashlib.sha256(data).hexdigest()[:24]
    for start in range(0, len(rows), most):
        chunk = rows[start : start + most]
        # What is taken of a range may differ when the books have been mended in between.
        taken = hashlib.sha256(canonical_json(chunk)).hexdigest()[:16]
        yield f"{file}_{start + 1}-{start + len(chunk)}_{taken}", chunk


def row_problems(
    sheet: Sheet, found: Mapping[int, tuple[str, Mapping[str, int | str | bool | None]]]
) -> list[RowProblem]:
    """Problems that only the books could see, given by row, with the rows' own cells."""
    return [
        RowProblem(row.number, *found[row.number], cells=row.cells)
        for row in sheet.rows
        if row.number in found
    ]


def told_problems(sheet: Sheet, problems: Sequence[RowProblem], sentence: Sentence) -> bytes | None:
    """The refused rows as a file to mend, or None when there are none."""
    return write_problems(problems, sheet.headings, sentence) if problems else None
