"""Lists of paper booklets (存折清单), row by row: whose, which, how many points and hours.

Only reading: whether a booklet is known already is asked where the rows are taken in.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import partial

from pointsbank.earning.booklets import (
    MINUTES_MOST,
    POINTS_MOST,
    WORDS_MOST,
    Booklet,
    read_booklet_number,
    read_scan,
)
from pointsbank.earning.errors import BookletEmpty
from pointsbank.foundation.cells import (
    clean_text,
    day,
    minutes,
    narrow,
    volunteer_number,
    whole_number,
)
from pointsbank.foundation.sheet_rows import RowReader, SheetReading, read_rows, require_columns
from pointsbank.foundation.sheets import Headings, Sheet, read_sheet

BOOKLET_HEADINGS: Headings = {
    "number": ("志愿者编号", "编号", "志愿者号"),
    "name": ("志愿者姓名", "姓名", "name"),
    "booklet": ("存折号", "存折编号", "积分手册号", "手册编号"),
    "points": ("积分", "存折积分", "积分余额", "结余积分"),
    "minutes": ("时长", "服务时长", "服务时长(小时)", "累计时长"),
    "kept_until": ("最后一笔日期", "记到哪天", "截止日期"),
    "scan": ("扫描件", "扫描件编号", "扫描页"),
    "words": ("说明", "备注"),
}
_NONE = {"0", "0.0", "0.00"}


@dataclass(frozen=True, slots=True)
class BookletRow:
    """One booklet of a list. The number is "" where the list gives none but the name."""

    row: int
    number: str
    name: str
    booklet: str
    points: int
    minutes: int
    kept_until: str
    scan: str
    words: str | None

    @property
    def found(self) -> Booklet:
        return Booklet(self.booklet, self.points, self.minutes, self.kept_until, self.scan)


def open_booklet_sheet(data: bytes, name: str) -> Sheet:
    """Find a list's headings. Raises SheetUnreadable."""
    sheet = read_sheet(data, name, BOOKLET_HEADINGS)
    proper = ("name", "booklet", "points", "kept_until", "scan")
    return require_columns(sheet, proper, BOOKLET_HEADINGS)


def read_booklets_of(sheet: Sheet) -> SheetReading[BookletRow]:
    """Read every row of an open list."""
    return read_rows(sheet, _booklet, identity=_identity)


def read_hours(text: str) -> int:
    """Hours of a booklet as minutes; none is none.

    >>> [read_hours(text) for text in ("0", "120.5 小时")]
    [0, 7230]
    """
    return 0 if narrow(text) in _NONE else minutes(text, MINUTES_MOST)


def _booklet(row: RowReader) -> BookletRow:
    points = row.may("points", partial(whole_number, least=0, most=POINTS_MOST)) or 0
    served = row.may("minutes", read_hours) or 0
    if not row.problems and not points + served:
        row.refuse(BookletEmpty(points=POINTS_MOST, hours=MINUTES_MOST // 60), "points")
    return BookletRow(
        row=row.number,
        number=row.may("number", volunteer_number) or "",
        name=row.need("name", partial(clean_text, most=50), ""),
        booklet=row.need("booklet", read_booklet_number, ""),
        points=points,
        minutes=served,
        kept_until=row.need("kept_until", day, ""),
        scan=row.need("scan", read_scan, ""),
        words=row.may("words", partial(clean_text, most=WORDS_MOST)),
    )


def _identity(booklet: BookletRow) -> Iterator[Hashable]:
    yield booklet.booklet
