"""CSV files as rows of text: which encoding, which delimiter.

Chinese spreadsheets write GB18030 without a mark, others UTF-8 with or without one. Both are
decoded strictly; GB18030 and never `gbk` or `gb2312`, which lose 䶮 and the separator ·.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from pointsbank.foundation.sheet_errors import SheetUnreadable

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class DelimitedText:
    """A decoded text, to be read with one delimiter."""

    text: str
    delimiter: str

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Every record, blank lines included. Raises SheetUnreadable at an unclosed quote."""
        # Strict, because an unclosed quote would else swallow all rows after it in silence.
        reader = csv.reader(StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        given = 0
        try:
            for record in reader:
                given += 1
                yield tuple(record)
        except csv.Error as problem:
            raise SheetUnreadable(reason="quotes", row=given + 1) from problem


def decode(data: bytes) -> str:
    """The text of a CSV file. Raises SheetUnreadable when it is in neither encoding."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SheetUnreadable(reason="encoding")
    marked = data.startswith(codecs.BOM_UTF8)
    for encoding in ("utf-8-sig",) if marked else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetUnreadable(reason="encoding")
