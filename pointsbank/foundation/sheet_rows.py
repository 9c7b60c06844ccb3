"""Going through a sheet row by row: the good rows as values, the bad ones as problems.

A row's reader asks for its cells one by one. All its bad cells are told, not only the first,
so that a file needs mending once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pointsbank.foundation.errors import InvalidInput
from pointsbank.foundation.sheet_errors import (
    CellFormula,
    CellMissing,
    ChoiceUnknown,
    RowRepeated,
    RowTooLong,
    SheetUnreadable,
    shown,
)
from pointsbank.foundation.sheets import RowProblem, Sheet, SheetRow, is_formula

# How files say that there is nothing to say.
_NOTHING = frozenset(["", "-", "--", "－", "—", "——", "/", "无"])

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SheetReading(Generic[T]):
    """What a sheet gave: good rows and problems, both in the order of the file."""

    sheet: Sheet
    rows: tuple[T, ...]
    problems: tuple[RowProblem, ...]

    @property
    def refused_rows(self) -> int:
        """How many rows have at least one problem."""
        return len({problem.row for problem in self.problems})


class RowReader:
    """One row on its way from text to values; remembers what could not be read."""

    def __init__(self, row: SheetRow) -> None:
        self.number = row.number
        self.problems: list[RowProblem] = []
        self._row = row
        if row.is_too_long:
            self.refuse(RowTooLong())

    def need(self, field: str, parse: Callable[[str], T], otherwise: T) -> T:
        """The value of a cell that must be filled; `otherwise` only after a problem."""
        text = self._row.text(field)
        if text in _NOTHING:
            self.refuse(CellMissing(), field)
            return otherwise
        return self._parsed(field, parse, otherwise)

    def may(self, field: str, parse: Callable[[str], T]) -> T | None:
        """The value of a cell that may be blank, or whose column may be missing."""
        if self._row.text(field) in _NOTHING:
            return None
        return self._parsed(field, parse, None)

    def refuse(self, problem: InvalidInput, field: str = "") -> None:
        """Note that this row cannot be taken, and in which column the reason stands."""
        facts = problem.facts | ({"column": self._row.sheet.heading(field)} if field else {})
        cells = {} if self.problems else self._row.filled
        self.problems.append(RowProblem(self.number, problem.code, facts, cells))

    def _parsed(self, field: str, parse: Callable[[str], T], otherwise: T) -> T:
        text = self._row.text(field)
        try:
            if is_formula(text):
                raise CellFormula(value=shown(text))
            return parse(text)
        except InvalidInput as problem:
            self.refuse(problem, field)
            return otherwise


def require_columns(
    sheet: Sheet, required: tuple[str, ...], titles: Mapping[str, tuple[str, ...]]
) -> Sheet:
    """The sheet, which has these columns. Raises SheetUnreadable when one is missing."""
    for field in required:
        if field not in sheet.places:
            raise SheetUnreadable(reason="column_missing", column=titles[field][0])
    return sheet


def read_rows(
    sheet: Sheet,
    read_one: Callable[[RowReader], T],
    *,
    identity: Callable[[T], Iterator[Hashable]],
) -> SheetReading[T]:
    """Read every row of a sheet. A row that names what an earlier good row named is refused.

    `identity` yields what may stand in a file once only.
    """
    rows: list[T] = []
    problems: list[RowProblem] = []
    seen: dict[Hashable, int] = {}
    for row in sheet.rows:
        reader = RowReader(row)
        value = read_one(reader)
        if not reader.problems:
            for name in identity(value):
                if seen.setdefault(name, row.number) != row.number:
                    reader.refuse(RowRepeated(first_row=seen[name]))
                    break
        if not reader.problems:
            rows.append(value)
        problems.extend(reader.problems)
    return SheetReading(sheet=sheet, rows=tuple(rows), problems=tuple(problems))


def one_of(choices: Mapping[str, T]) -> Callable[[str], T]:
    """A parser for a column that knows only some words, in any case."""
    known = {word.casefold(): value for word, value in choices.items()}

    def parse(text: str) -> T:
        try:
            return known[text.casefold()]
        except KeyError:
            raise ChoiceUnknown(value=shown(text), expected=" / ".join(choices)) from None

    return parse
