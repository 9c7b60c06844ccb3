"""What a check found in a file (核对结果): kept beside the upload until it is not needed any more.

The preview is small and fit for a screen, names are masked. The rows to be mended hold the file's
own cells, because they go back to whoever mends them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pointsbank.foundation import Fact, RowProblem, canonical_json
from pointsbank.foundation.file_imports import FileCheck, FileImport
from pointsbank.foundation.sheets import Sheet

ROWS_SHOWN = 8
PROBLEMS_SHOWN = 50
NOTED_ROWS = 6


@dataclass(frozen=True)
class ShownRow:
    """A row as it was understood, and whether the books know it already."""

    row: int
    known: bool
    fields: dict[str, Fact]


@dataclass(frozen=True)
class Note:
    """What is to be looked at in some rows, of which the first are told."""

    code: str
    facts: Mapping[str, Fact]
    rows: Sequence[int]
    count: int


@dataclass(frozen=True)
class Preview:
    """What a page shows of a file: its first rows, the first problems, the first notes."""

    sheet: str = ""
    others: Sequence[str] = ()
    rows: Sequence[ShownRow] = ()
    problems: Sequence[RowProblem] = ()
    notes: Sequence[Note] = ()
    notes_count: int = 0


@dataclass(frozen=True)
class ToMend:
    """The rows that were refused, with the file's own headings and cells."""

    headings: Sequence[str] = ()
    problems: Sequence[RowProblem] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len({problem.row for problem in self.problems})


def together(notes: Iterable[RowProblem]) -> list[Note]:
    """Notes that say the very same of many rows, each told once."""
    found: dict[bytes, list[RowProblem]] = {}
    for note in notes:
        found.setdefault(canonical_json([note.code, dict(note.facts)]), []).append(note)
    return [
        Note(same[0].code, same[0].facts, [one.row for one in same[:NOTED_ROWS]], len(same))
        for same in found.values()
    ]


def preview_of(kind: FileImport[Any], check: FileCheck[Any]) -> Preview:
    """The first of everything."""
    sheet = check.reading.sheet
    return Preview(
        sheet.title,
        sheet.others,
        [
            ShownRow(row.row, row.row in check.known, kind.shown(row))
            for row in check.reading.rows[:ROWS_SHOWN]
        ],
        _without_cells(check.problems[:PROBLEMS_SHOWN]),
        together(check.notes)[:PROBLEMS_SHOWN],
        len(check.notes),
    )


def to_mend_of(sheet: Sheet, problems: Sequence[RowProblem]) -> ToMend:
    """All the problems of a sheet."""
    return ToMend(sheet.headings, problems)


def joined(kept: ToMend, new: ToMend) -> ToMend:
    """What was to be mended before, and the rows that have come to it since."""
    known = {problem.row for problem in kept.problems}
    added = [problem for problem in new.problems if problem.row not in known]
    every = sorted([*kept.problems, *added], key=lambda problem: problem.row)
    return ToMend(kept.headings or new.headings, every)


def write_preview(preview: Preview) -> bytes:
    """A preview as bytes."""
    return _packed(
        {
            "sheet": preview.sheet,
            "others": list(preview.others),
            "rows": [[one.row, one.known, one.fields] for one in preview.rows],
            "problems": _plain(preview.problems),
            "told": [
                [one.code, dict(one.facts), list(one.rows), one.count] for one in preview.notes
            ],
            "notes_count": preview.notes_count,
        }
    )


def read_preview(content: bytes) -> Preview:
    """The bytes of a preview; an empty one when nothing is kept any more."""
    if not content:
        return Preview()
    told = _unpacked(content)
    return Preview(
        told["sheet"],
        told["others"],
        [ShownRow(*one) for one in told["rows"]],
        _problems(told["problems"]),
        # A preview that an older version kept has its notes in another form; they are told again.
        [Note(*one) for one in told.get("told", ())],
        told["notes_count"],
    )


def write_to_mend(found: ToMend) -> bytes:
    """Rows to be mended as bytes."""
    return _packed({"headings": list(found.headings), "problems": _plain(found.problems)})


def read_to_mend(content: bytes) -> ToMend:
    """The bytes of rows to be mended; none when nothing is kept any more."""
    if not content:
        return ToMend()
    told = _unpacked(content)
    return ToMend(told["headings"], _problems(told["problems"]))


def _without_cells(problems: Iterable[RowProblem]) -> list[RowProblem]:
    return [RowProblem(one.row, one.code, one.facts, {}) for one in problems]


def _plain(problems: Iterable[RowProblem]) -> list[list[Any]]:
    return [[one.row, one.code, dict(one.facts), dict(one.cells)] for one in problems]


def _problems(told: Iterable[Sequence[Any]]) -> list[RowProblem]:
    return [RowProblem(*one) for one in told]


def _packed(told: dict[str, Any]) -> bytes:
    return zlib.compress(canonical_json(told))


def _unpacked(content: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(zlib.decompress(content))
    return told
