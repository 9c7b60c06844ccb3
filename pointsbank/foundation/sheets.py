"""Files of rows that people bring (导入文件): CSV or XLSX, read into headings and cells of text.

The heading row may stand anywhere in the first ten rows, under titles and instructions. What a
reader allows may be said there once for every row (“项目名称：清洁家园”); it becomes a column.
Every cell stays text here; `cells` reads it, `sheet_rows` goes through the rows.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import groupby, islice
from typing import NoReturn

from pointsbank.foundation.cells import unscrambled
from pointsbank.foundation.delimited import DELIMITERS, DelimitedText, decode
from pointsbank.foundation.errors import Fact
from pointsbank.foundation.sheet_errors import SheetUnreadable, shown
from pointsbank.foundation.workbooks import (
    COLUMNS_MOST,
    ROWS_MOST,
    WorkbookSheet,
    open_workbook,
)

FILE_BYTES_MOST = 5 * 1024 * 1024
HEADING_ROWS = 10
PROBLEM_HEADING = "问题 Problem"

# What a room calls a column, and the headings under which files bring it; the first is our own.
Headings = Mapping[str, tuple[str, ...]]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Inside an encrypted workbook; the names of streams are UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HINTS = re.compile(r"[\s*:]|\((?:必填|选填|可选)\)")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_FORMULA_ERRORS = frozenset(
    ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"]
)
# Texts that a spreadsheet would calculate (＝ typed full-width counts), or long or 0-led digits
# that it would round; plain short numbers are left alone.
_GUARDED = r"(?!-\Z|[+-]?[0-9]{1,11}(?:\.[0-9]+)?\Z)\s*[=+\-@;＝＋－＠]|[\t\r\n]"
_GUARDED += r"|[0-9]{12,}\Z|0[0-9]+\Z|[0-9.]+[eE][0-9]+\Z"
_NEEDS_GUARD = re.compile(rf"'*(?:{_GUARDED})")
_HAS_GUARD = re.compile(rf"'+(?:{_GUARDED})")

Grid = DelimitedText | WorkbookSheet


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet, numbered from 1 as a spreadsheet numbers it."""

    number: int
    sheet: Sheet
    values: tuple[str, ...]

    @property
    def cells(self) -> dict[str, str]:
        """Every cell by its heading, as the file writes the heading."""
        return dict(zip(self.sheet.headings, self.values, strict=False))

    @property
    def filled(self) -> dict[str, str]:
        """The cells in which something stands, by heading: what is kept of a refused row."""
        return {heading: text for heading, text in self.cells.items() if text}

    def text(self, field: str) -> str:
        """The cell of a known column; "" where the file has no such column."""
        place = self.sheet.places.get(field)
        return "" if place is None else self.values[place]

    @property
    def is_too_long(self) -> bool:
        """Whether something stands to the right of the last heading."""
        return any(self.values[len(self.sheet.headings) :])


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was refused: a code and its facts.

    A row may have several, of which the first has its filled cells: a wide list in which every row
    is bad would else be kept many times over.
    """

    row: int
    code: str
    facts: Mapping[str, Fact]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose headings were found. `places` says in which column a known one stands.

    The last headings may be those of `above`: what was said once above all rows, for each of them.
    """

    name: str
    title: str
    headings: tuple[str, ...]
    heading_row: int
    places: Mapping[str, int]
    others: tuple[str, ...]
    above: tuple[str, ...]
    _grid: Grid

    @property
    def rows(self) -> Iterator[SheetRow]:
        """The rows below the headings in which at least one known cell is filled."""
        width = len(self.headings) - len(self.above)
        known = [place for place in self.places.values() if place < width]
        for number, values in _numbered(self._grid):
            if number <= self.heading_row:
                continue
            # Short rows are filled up, so that a missing cell and a blank one are the same.
            filled = values + ("",) * (width - len(values))
            if any(filled[place] for place in known):
                told = (*filled[:width], *self.above, *filled[width:])
                yield SheetRow(number=number, sheet=self, values=told)

    def heading(self, field: str) -> str:
        """How this file heads a known column; "" if it has none."""
        place = self.places.get(field)
        return "" if place is None else self.headings[place]


def read_sheet(
    data: bytes,
    name: str,
    headings: Headings,
    above: Sequence[str] = (),
    foreign: Sequence[str] = (),
) -> Sheet:
    """Open a file and find its headings: the first of ten rows that holds two known ones.

    A column of `above` that is missing may be named with its value in a row over the headings. By a
    column of `foreign` one sees that it is another kind of list.

    Of several worksheets, or of the delimiters a CSV file may have, the one with the most
    known headings is taken; `others` names further worksheets that would also have done.
    Raises SheetUnreadable.
    """
    known = {plain_heading(text): field for field, texts in headings.items() for text in texts}
    grids = _grids(data, name)
    found = [sheet for grid in grids if (sheet := _with_headings(grid, name, known, above))]
    if not found:
        _refuse_unheaded(grids, known, headings)
    best = max(found, key=lambda sheet: len(sheet.places))
    strange = {plain_heading(text) for text in foreign}
    if other := next((one for one in best.headings if plain_heading(one) in strange), None):
        raise SheetUnreadable(reason="other_list", heading=shown(other))
    others = (sheet.title for sheet in found if sheet is not best)
    return replace(best, others=tuple(title for title in others if title))


def write_problems(
    problems: Sequence[RowProblem],
    headings: Sequence[str],
    sentence: Callable[[RowProblem], str] = lambda problem: problem.code,
) -> bytes:
    """The refused rows as a CSV file that can be mended and brought again (退回清单).

    It has the headings of the file it came from and a last column that says what is wrong, as
    `sentence` puts it; that column is ignored when the file comes back. UTF-8 with a mark and
    CRLF, as spreadsheets want it; every cell is guarded, and `read_sheet` takes the guard off.
    """
    kept = [heading for heading in headings if heading != PROBLEM_HEADING]
    paper = StringIO(newline="")
    # All cells quoted, so that a semicolon or tab inside one is no border anywhere.
    writer = csv.writer(paper, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([guard(heading) for heading in (*kept, PROBLEM_HEADING)])
    for _, together in groupby(problems, key=lambda problem: problem.row):
        same_row = list(together)
        told = "; ".join(dict.fromkeys(sentence(problem) for problem in same_row))
        cells = [same_row[0].cells.get(heading, "") for heading in kept]
        writer.writerow([guard(text) for text in (*cells, told)])
    return paper.getvalue().encode("utf-8-sig", errors="replace")


def plain_heading(text: str) -> str:
    """A heading without what varies from file to file: blanks, stars, width, "(required)".

    >>> plain_heading(" *志愿者姓名（必填）") == plain_heading("志愿者姓名")
    True
    """
    visible = "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cf"})
    return _HINTS.sub("", unicodedata.normalize("NFKC", visible)).casefold()


def is_formula(text: str) -> bool:
    """Whether a cell holds something to calculate; an importer never does.

    >>> is_formula("=1+1"), is_formula("#N/A"), is_formula("1+1")
    (True, True, False)
    """
    return text.startswith("=") or text in _FORMULA_ERRORS


def guard(text: str) -> str:
    """A cell as it is safe in a CSV file: no formula, and long numbers stay whole.

    `tidy` takes the apostrophe off again.

    >>> guard("=1+1"), guard("4201050010000001"), guard("-3"), guard("洗衣液")
    ("'=1+1", "'4201050010000001", '-3', '洗衣液')
    """
    return "'" + text if _NEEDS_GUARD.match(text) else text


def tidy(text: str) -> str:
    """A raw cell without its blanks, stray NULs, byte-order mark and guarding apostrophe.

    >>> tidy(" '0271234567 "), tidy('="0271234567"')
    ('0271234567', '0271234567')
    """
    bare = text.strip(" \t\r\n\x00\u00a0\u3000\ufeff")
    if found := _TEXT_FORMULA.fullmatch(bare):
        return found[1].strip()
    return bare[1:] if _HAS_GUARD.match(bare) else bare


def _grids(data: bytes, name: str) -> list[Grid]:
    if not data:
        raise SheetUnreadable(reason="empty")
    if len(data) > FILE_BYTES_MOST:
        raise SheetUnreadable(reason="too_large", most=FILE_BYTES_MOST)
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if data.startswith(_OLE):
        raise SheetUnreadable(reason="encrypted" if _ENCRYPTED in data else "xls")
    if ending == "xls":
        raise SheetUnreadable(reason="xls")
    if ending not in {"csv", "xlsx"}:
        raise SheetUnreadable(reason="kind_unknown", ending=shown(ending))
    if data.startswith(_ZIP) != (ending == "xlsx"):
        raise SheetUnreadable(reason="kind_differs", ending=ending)
    if ending == "xlsx":
        return list(open_workbook(data))
    text = decode(data)
    return [DelimitedText(text=text, delimiter=one) for one in DELIMITERS]


def _numbered(grid: Grid) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, row in enumerate(grid.rows(), start=1):
        if number > ROWS_MOST:
            raise SheetUnreadable(reason="too_many_rows", most=ROWS_MOST)
        values = [tidy(text) for text in row]
        while values and not values[-1]:
            values.pop()
        if len(values) > COLUMNS_MOST:
            raise SheetUnreadable(reason="too_many_columns", most=COLUMNS_MOST)
        yield number, tuple(values)


def _with_headings(
    grid: Grid, name: str, known: Mapping[str, str], above: Sequence[str]
) -> Sheet | None:
    try:
        top = list(islice(_numbered(grid), HEADING_ROWS))
    except SheetUnreadable:
        # Read with a delimiter that is not its own, a sound file may seem to leave a quote open
        # or to be too wide. If no other reading succeeds, this one is asked again and tells why.
        return None
    for number, values in top:
        places: dict[str, int] = {}
        for place, text in enumerate(values):
            field = known.get(plain_heading(text))
            if field is None:
                continue
            if field in places:
                raise SheetUnreadable(reason="heading_twice", heading=shown(text))
            places[field] = place
        if len(places) >= 2:
            once = _said_once(top[: number - 1], known, set(above) - places.keys())
            headings = _distinct((*values, *(label for label, _ in once.values())))
            places |= {field: len(values) + place for place, field in enumerate(once)}
            title = "" if isinstance(grid, DelimitedText) else grid.title
            told = tuple(value for _, value in once.values())
            return Sheet(name, title, headings, number, places, (), told, grid)
    return None


def _said_once(
    top: Sequence[tuple[int, tuple[str, ...]]], known: Mapping[str, str], wanted: set[str]
) -> dict[str, tuple[str, str]]:
    """What stands over the headings for every row, by field: `label：value`, or in two cells."""
    found: dict[str, tuple[str, str]] = {}
    for _, values in top:
        for place, text in enumerate(values):
            label, _, value = text.replace("：", ":", 1).partition(":")
            if not value and place + 1 < len(values):
                value = values[place + 1]
            field = known.get(plain_heading(label), "")
            if field in wanted and value.strip():
                found.setdefault(field, (label.strip(), tidy(value)))
    return found


def _distinct(headings: tuple[str, ...]) -> tuple[str, ...]:
    """Headings that can be keys: blank and repeated ones take their column's letter."""
    taken: list[str] = []
    for place, text in enumerate(headings):
        letter = chr(65 + place) if place < 26 else chr(64 + place // 26) + chr(65 + place % 26)
        taken.append(f"{text} ({letter})".strip() if not text or text in taken else text)
    return tuple(taken)


def _refuse_unheaded(grids: list[Grid], known: Mapping[str, str], headings: Headings) -> NoReturn:
    for grid in grids:
        for _, values in islice(_numbered(grid), HEADING_ROWS):
            for text in values:
                meant = unscrambled(text)
                if meant and plain_heading(meant) in known:
                    raise SheetUnreadable(reason="scrambled", value=shown(text), meant=meant)
    wanted = "、".join(texts[0] for texts in headings.values())
    raise SheetUnreadable(reason="no_headings", wanted=wanted)
