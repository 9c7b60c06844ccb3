"""XLSX workbooks as rows of text. What could blow up is refused before anything is parsed.

A workbook is a ZIP of XML. Its directory is checked first, then every part is walked once
without building a tree, counting elements, rows and columns; only then openpyxl (over
defusedxml) reads it. Numbers of more than 15 digits come out in scientific notation, as a
spreadsheet shows them, because their last digits are lost already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from typing import Any, NoReturn
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from pointsbank.foundation.sheet_errors import SheetUnreadable

ENTRIES_MOST = 200
UNPACKED_BYTES_MOST = 50 * 1024 * 1024
RATIO_MOST = 100
ELEMENTS_MOST = 1_500_000
ROWS_MOST = 100_000
COLUMNS_MOST = 100
TEXT_MOST = 32_767
TAG_MOST = 65_536

_DIRECTORY_ENTRY = b"PK\x01\x02"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROW = f"{_MAIN} row"
_ROW_NUMBER = re.compile(r"[0-9]{1,7}", re.ASCII)
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """One visible worksheet (工作表); its rows are read as they are asked for."""

    title: str
    _worksheet: Any

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Every row from the first, as text. Raises SheetUnreadable if the part is broken."""
        try:
            for row in self._worksheet.iter_rows(values_only=True):
                yield tuple(_as_text(value) for value in row)
        except SheetUnreadable:
            raise
        except Exception as problem:
            raise SheetUnreadable(reason="broken") from problem


def open_workbook(data: bytes) -> list[WorkbookSheet]:
    """The visible worksheets of an XLSX file, in order. Raises SheetUnreadable."""
    _check_archive(data)
    import openpyxl  # noqa: PLC0415 - a tenth of a server's start, for the few who bring a workbook

    try:
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, keep_links=False)
    # A damaged workbook makes openpyxl fail in every way there is (KeyError, TypeError, …).
    except Exception as problem:
        raise SheetUnreadable(reason="broken") from problem
    sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
    for one in sheets:
        # The stated size may be a lie of a million columns; the walk has counted the real one.
        one.reset_dimensions()
    return [WorkbookSheet(title=str(one.title), _worksheet=one) for one in sheets]


def _check_archive(data: bytes) -> None:
    # Counted in the raw bytes, because opening the archive already builds an object for each.
    if data.count(_DIRECTORY_ENTRY) > ENTRIES_MOST:
        _refuse_bomb("entries", ENTRIES_MOST)
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check_directory(archive)
            walk = _Walk()
            for entry in archive.infolist():
                walk.through(archive.read(entry))
    except SheetUnreadable:
        raise
    # Besides BadZipFile a damaged archive raises whatever zlib, struct and codecs raise.
    except Exception as problem:
        raise SheetUnreadable(reason="broken") from problem


def _check_directory(archive: ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise SheetUnreadable(reason="encrypted")
    if len(names) != len(entries):
        raise SheetUnreadable(reason="broken")
    if "[Content_Types].xml" not in names:
        raise SheetUnreadable(reason="kind_unknown")
    # Other methods can unpack without a bound on what they hand out.
    if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise SheetUnreadable(reason="broken")
    if sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MOST:
        _refuse_bomb("unpacked", UNPACKED_BYTES_MOST)
    if any(entry.file_size > RATIO_MOST * max(entry.compress_size, 1) for entry in entries):
        _refuse_bomb("ratio", RATIO_MOST)


def _refuse_bomb(limit: str, most: int) -> NoReturn:
    raise SheetUnreadable(reason="zip_bomb", limit=limit, most=most)


class _Walk:
    """Goes through the parts without building anything, and refuses as soon as it is too much."""

    def __init__(self) -> None:
        self.elements = 0
        self.depth = 0
        self.row = 0
        self.row_depth = 0
        self.column = 0

    def through(self, part: bytes) -> None:
        self.depth, self.row, self.row_depth = 0, 0, 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CommentHandler = self._require_short
        parser.ProcessingInstructionHandler = self._require_short
        # Without a document type there are no entities: nothing multiplies or reaches outside.
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        try:
            parser.Parse(part, True)
        except expat.ExpatError:
            # Pictures and other parts that are no XML; if openpyxl needs this one, it will say so.
            return

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > ELEMENTS_MOST:
            _refuse_bomb("elements", ELEMENTS_MOST)
        self._require_short(tag, *attributes, *attributes.values())
        self.depth += 1
        if tag == _ROW:
            self.row_depth = self.depth
            self._start_row(attributes.get("r"))
        # openpyxl takes every child of a row for a cell, whatever it is called.
        elif self.row and self.depth == self.row_depth + 1:
            self._start_cell(attributes.get("r"))

    def _end(self, _tag: str) -> None:
        self.depth -= 1

    def _start_row(self, stated: str | None) -> None:
        number = self.row + 1
        if stated is not None:
            number = int(stated) if _ROW_NUMBER.fullmatch(stated) else 0
        # openpyxl drops a row whose number is not greater than the last, without a word.
        if number <= self.row:
            raise SheetUnreadable(reason="broken")
        if number > ROWS_MOST:
            raise SheetUnreadable(reason="too_many_rows", most=ROWS_MOST)
        self.row, self.column = number, 0

    def _start_cell(self, place: str | None) -> None:
        if place is None:
            self.column += 1
        else:
            found = _PLACE.fullmatch(place)
            if found is None or int(found[2]) != self.row:
                raise SheetUnreadable(reason="broken")
            self.column = 0
            for letter in found[1]:
                self.column = self.column * 26 + ord(letter) - ord("A") + 1
        if self.column > COLUMNS_MOST:
            raise SheetUnreadable(reason="too_many_columns", most=COLUMNS_MOST)

    def _require_short(self, *pieces: str) -> None:
        # The parser openpyxl uses reads in small bites and starts a long tag anew at each.
        if sum(map(len, pieces)) > TAG_MOST:
            _refuse_bomb("tag", TAG_MOST)

    def _refuse_doctype(self, *_: object) -> None:
        raise SheetUnreadable(reason="unsafe_xml")


def _as_text(value: object) -> str:
    """What stands in a cell, as its reader would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number_text(value)
        case datetime():
            # Serial numbers are binary fractions: the nearest second is what was meant.
            text = value.isoformat(sep=" ", timespec="seconds")
            return text.removesuffix(" 00:00:00")
        case time():
            return value.isoformat(timespec="seconds")
    text = value if isinstance(value, str) else _formula_text(value)
    if len(text) > TEXT_MOST:
        raise SheetUnreadable(reason="broken")
    return text


def _formula_text(value: object) -> str:
    """What stands for a formula over several cells, or for whatever else it is."""
    # Only openpyxl makes them, so by then it is there.
    from openpyxl.worksheet.formula import (  # noqa: PLC0415 - see `open_workbook`
        ArrayFormula,
        DataTableFormula,
    )

    match value:
        case ArrayFormula():
            return str(value.text)
        case DataTableFormula():
            return "="
    return str(value)


def _number_text(value: float) -> str:
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    # Fifteen digits are what a spreadsheet keeps of any number.
    return format(float(value), ".15g").upper()
