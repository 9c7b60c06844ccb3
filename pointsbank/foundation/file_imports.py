"""Taking in a file of rows (导入) in chunks that can be killed, run again and sent twice.

The whole file is checked before anything is written. Each chunk is one operation whose key is made
from the file, the range and what is taken of it, so that an import goes on where it stopped. What
is particular to one kind of list (how a row is read, looked up and booked) is its `FileImport`.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pointsbank.foundation.bank import Bank
from pointsbank.foundation.clock import business_day, from_instant
from pointsbank.foundation.errors import Fact, PointsBankError, ReceiptUnknown
from pointsbank.foundation.keys import canonical_json
from pointsbank.foundation.operations import Answer, Caller, Outcome, get_receipt
from pointsbank.foundation.receipts import KeptReceipt
from pointsbank.foundation.session import Session
from pointsbank.foundation.sheet_rows import SheetReading
from pointsbank.foundation.sheets import RowProblem, Sheet, write_problems

CHUNK_ROWS = 200
LOOKED_UP_AT_ONCE = 1000


class Row(Protocol):
    """What every row of every file has: the number under which a spreadsheet shows it."""

    @property
    def row(self) -> int: ...


T = TypeVar("T")
R = TypeVar("R", bound=Row)
# What the books have against some rows, or want to tell about them: code and facts, by row.
Found = dict[int, tuple[str, Mapping[str, Fact]]]
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


@dataclass
class Judging(Generic[R]):
    """A file's rows before the books: who asks on which day, and what was found of each row."""

    session: Session
    by: Caller
    today: str
    now: str
    good: list[R] = field(default_factory=list)
    problems: Found = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    notes: Found = field(default_factory=dict)

    def refuse(self, row: R, refusal: PointsBankError) -> None:
        """This row contradicts the books."""
        self.problems[row.row] = (refusal.code, refusal.facts)


@dataclass(frozen=True)
class Counts:
    """Of some rows: booked for the first time, brought up to date, known already."""

    good: int = 0
    changed: int = 0
    known: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.good + other.good, self.changed + other.changed, self.known + other.known
        )


class FileImport(ABC, Generic[R]):
    """One kind of list that can be taken in: the form that a new import fills in."""

    chunk_rows: ClassVar[int] = CHUNK_ROWS
    # Lists whose second look would find what was decided since the first (a price was changed) are
    # cut into chunks before they are looked up, and a booked chunk is never looked at again.
    looks_again: ClassVar[bool] = True

    @abstractmethod
    def open(self, data: bytes, name: str) -> Sheet:
        """Find the headings, quickly. Raises SheetUnreadable."""

    @abstractmethod
    def read(self, sheet: Sheet) -> SheetReading[R]:
        """Read every row; bad rows are problems of the reading. Raises SheetUnreadable."""

    @abstractmethod
    def look_up(self, judging: Judging[R], rows: Sequence[R]) -> None:
        """Ask the books about some rows, at most 1,000: each is good or refused."""

    def compare(self, judging: Judging[R]) -> None:
        """Note what only all good rows together show."""

    @abstractmethod
    def plain(self, row: R) -> Sequence[int | str | None]:
        """A row as the values of the operation that books it."""

    @abstractmethod
    def book(self, bank: Bank, by: Caller, key: str, rows: list[Any]) -> Outcome:
        """Book one chunk of plain rows; one operation."""

    def counts(self, answer: Answer) -> Counts:
        """What became of a chunk's rows, by the answer of its operation."""
        return Counts(answer["good"], answer.get("changed", 0), answer["repeated"])

    def last_refusal(self, row: R) -> PointsBankError:
        """Why a row stands among the `refused` of an answer: the books changed after the look."""
        raise NotImplementedError

    def caller(self, by: Caller) -> Caller:
        """Under whose keys the chunks are booked."""
        return by

    @abstractmethod
    def shown(self, row: R) -> dict[str, Fact]:
        """A row as it was understood, by its fields, fit for a screen: names are masked."""


@dataclass(frozen=True)
class Chunk(Generic[R]):
    """Rows that are booked together, and their receipt when that was done before."""

    key: str
    rows: Sequence[R]
    receipt: KeptReceipt | None = None


@dataclass(frozen=True)
class FileCheck(Generic[R]):
    """A file that was compared with the books: what can be booked of it, and what cannot."""

    reading: SheetReading[R]
    chunks: Sequence[Chunk[R]]
    known: frozenset[int]
    problems: Sequence[RowProblem]
    notes: Sequence[RowProblem]

    @property
    def total(self) -> int:
        return len(self.reading.rows) + self.reading.refused_rows

    @property
    def bad(self) -> int:
        """How many rows have at least one problem."""
        return len({problem.row for problem in self.problems})

    @property
    def good(self) -> int:
        """How many rows would be new to the books."""
        return self.total - self.bad - len(self.known)


def check_file(kind: FileImport[R], bank: Bank, by: Caller, data: bytes, name: str) -> FileCheck[R]:
    """Read a whole file and compare it with the books; nothing is written.

    Raises SheetUnreadable when the file as a whole cannot be read.
    """
    reading = kind.read(kind.open(data, name))
    by, now = kind.caller(by), bank.clock.instant()
    cut = [] if kind.looks_again else _cut(kind, bank, by, data, reading.rows)
    before = [(chunk, _left_out(kind, chunk)) for chunk in cut if chunk.receipt]
    done = {row.row for chunk, left_out in before if not left_out for row in chunk.rows}
    open_rows = [row for row in reading.rows if row.row not in done]
    judging = bank.database.read(lambda session: _judge(kind, session, by, now, open_rows))
    for chunk, left_out in before:
        bad = {row.row for row in chunk.rows} & judging.problems.keys()
        if len(bad) > left_out:
            # Something was decided since about rows that were booked, and which cannot be told.
            for row in bad:
                del judging.problems[row]
            bad = set()
        done |= {row.row for row in chunk.rows} - bad
    if kind.looks_again:
        chunks = _cut(kind, bank, by, data, judging.good)
    else:
        chunks = [chunk for one in cut if (chunk := _without(one, judging.problems)).rows]
    problems = [*reading.problems, *row_problems(reading.sheet, judging.problems)]
    return FileCheck(
        reading,
        chunks,
        frozenset(judging.known | done),
        sorted(problems, key=lambda problem: problem.row),
        row_problems(reading.sheet, judging.notes),
    )


def book_file(
    kind: FileImport[R],
    bank: Bank,
    by: Caller,
    check: FileCheck[R],
    *,
    progress: Progress = no_progress,
    since: int | None = None,
) -> tuple[Counts, Found]:
    """Book what a check found good, chunk by chunk; the counts, and who was refused at the end.

    Chunks that were booked before are known already, unless that was after the receipt `since`:
    then they are an earlier part of the same import, which was killed.
    """
    by, counts, refused, done = kind.caller(by), Counts(), Found(), 0
    total = sum(len(chunk.rows) for chunk in check.chunks)
    for chunk in check.chunks:
        if (kept := chunk.receipt) is not None:
            repeated, answer = True, kept.answer
        else:
            outcome = kind.book(bank, by, chunk.key, [kind.plain(row) for row in chunk.rows])
            repeated, answer = outcome.repeated, outcome.answer
        places = answer.get("refused", ())
        for row in (chunk.rows[place] for place in places):
            refusal = kind.last_refusal(row)
            refused[row.row] = (refusal.code, refusal.facts)
        if repeated and not _is_ours(bank, by, chunk, since):
            counts += Counts(known=len(chunk.rows) - len(places))
        else:
            counts += kind.counts(answer)
        done += len(chunk.rows)
        progress(done, total)
    return counts, refused


def take_file(
    kind: FileImport[R],
    bank: Bank,
    by: Caller,
    data: bytes,
    name: str,
    *,
    take_good: bool = False,
    progress: Progress = no_progress,
    sentence: Sentence = code_of,
) -> ImportResult:
    """Check a file and book it. With a bad row nothing is booked unless `take_good`.

    Raises SheetUnreadable when the file as a whole cannot be read. A killed import is resumed by
    the same call, and a file that was taken before changes nothing.
    """
    check = check_file(kind, bank, by, data, name)
    sheet, refused = check.reading.sheet, Found()
    counts = Counts(known=sum(len(chunk.rows) for chunk in check.chunks if chunk.receipt))
    if not check.problems or take_good:
        counts, refused = book_file(kind, bank, by, check, progress=progress)
    problems = sorted(
        [*check.problems, *row_problems(sheet, refused)], key=lambda problem: problem.row
    )
    return ImportResult(
        check.total,
        good=counts.good,
        changed=counts.changed,
        repeated=counts.known,
        problems=problems,
        problem_file=told_problems(sheet, problems, sentence),
        notes=check.notes,
    )


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


def row_problems(sheet: Sheet, found: Found) -> list[RowProblem]:
    """Problems that only the books could see, given by row, with the rows' own cells."""
    if not found:
        return []
    return [
        RowProblem(row.number, *found[row.number], cells=row.filled)
        for row in sheet.rows
        if row.number in found
    ]


def told_problems(sheet: Sheet, problems: Sequence[RowProblem], sentence: Sentence) -> bytes | None:
    """The refused rows as a file to mend, or None when there are none."""
    return write_problems(problems, sheet.headings, sentence) if problems else None


def _judge(
    kind: FileImport[R], session: Session, by: Caller, now: str, rows: Sequence[R]
) -> Judging[R]:
    judging: Judging[R] = Judging(session, by, business_day(from_instant(now)), now)
    for start in range(0, len(rows), LOOKED_UP_AT_ONCE):
        kind.look_up(judging, rows[start : start + LOOKED_UP_AT_ONCE])
    kind.compare(judging)
    return judging


def _cut(
    kind: FileImport[R], bank: Bank, by: Caller, data: bytes, rows: Sequence[R]
) -> list[Chunk[R]]:
    """The rows in chunks under their keys; where nothing is looked at twice, with its receipt."""
    found: list[Chunk[R]] = []
    start = 0
    for key, chunk in in_chunks(data, [kind.plain(row) for row in rows], kind.chunk_rows):
        receipt = None if kind.looks_again else _find_receipt(bank, by, key)
        found.append(Chunk(key, rows[start : start + len(chunk)], receipt))
        start += len(chunk)
    return found


def _left_out(kind: FileImport[R], chunk: Chunk[R]) -> int:
    """How many rows of a booked chunk were bad then, and were not booked with it."""
    booked = kind.counts(chunk.receipt.answer) if chunk.receipt else Counts()
    return len(chunk.rows) - booked.good - booked.changed - booked.known


def _without(chunk: Chunk[R], problems: Found) -> Chunk[R]:
    rows = [row for row in chunk.rows if row.row not in problems]
    return Chunk(chunk.key, rows, chunk.receipt)


def _is_ours(bank: Bank, by: Caller, chunk: Chunk[Any], since: int | None) -> bool:
    if since is None:
        return False
    kept = chunk.receipt or _find_receipt(bank, by, chunk.key)
    return kept is not None and kept.id > since


def _find_receipt(bank: Bank, by: Caller, key: str) -> KeptReceipt | None:
    try:
        return get_receipt(bank, client=by.client, key=key)
    except ReceiptUnknown:
        return None
