"""What can be wrong with a file of rows (导入文件) or with one of its cells.

A whole file is refused by `SheetUnreadable` and its reason; a single cell by a leaf of
`CellUnreadable`, whose facts always hold the value as far as it is fit to be shown.
"""

from __future__ import annotations

from pointsbank.foundation.errors import InvalidInput

SHOWN_CHARACTERS = 24

# Code points that leave no ink though they count as letters or marks: joiners, fillers,
# variation selectors, and the two that stand for something lost.
INVISIBLE = frozenset(
    [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC, 0xFFFD),
        *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
    ]
)


def shown(text: str) -> str:
    """A value as an error may show it: short, and with nothing in it that a screen obeys.

    >>> shown("a\\u202eb")
    'a\\ufffdb'
    """
    plain = "".join(
        one if one.isprintable() and ord(one) not in INVISIBLE else "\ufffd"
        for one in text[: SHOWN_CHARACTERS + 1]
    )
    return plain if len(plain) <= SHOWN_CHARACTERS else plain[:SHOWN_CHARACTERS] + "…"


class SheetUnreadable(InvalidInput):
    """The file as a whole cannot be taken; `reason` says why and picks the sentence."""

    code = "foundation.sheet_unreadable"


class CellUnreadable(InvalidInput):
    """A cell does not hold what its column promises."""

    code = "foundation.cell_unreadable"


class CellMissing(CellUnreadable):
    """A cell that must be filled is blank (必填)."""

    code = "foundation.cell_missing"


class CellFormula(CellUnreadable):
    """A formula or one of its errors stands where a value is needed; nobody calculates here."""

    code = "foundation.cell_formula"


class NumberUnreadable(CellUnreadable):
    """Not a whole number, or outside its bounds."""

    code = "foundation.cell_number"


class MoneyUnreadable(CellUnreadable):
    """Not an amount in yuan with at most two decimals."""

    code = "foundation.cell_money"


class HoursUnreadable(CellUnreadable):
    """Not a duration of whole minutes, more than none and at most a day."""

    code = "foundation.cell_hours"


class DayUnreadable(CellUnreadable):
    """Not a day of the calendar."""

    code = "foundation.cell_day"


class InstantUnreadable(CellUnreadable):
    """Not a day with its time."""

    code = "foundation.cell_instant"


class TextUnsafe(CellUnreadable):
    """A character that cannot be seen or that turns the writing round."""

    code = "foundation.cell_text_unsafe"


class TextTooLong(CellUnreadable):
    """More characters than the column takes."""

    code = "foundation.cell_text_long"


class TextScrambled(CellUnreadable):
    """Text that was read with the wrong encoding somewhere on its way (乱码)."""

    code = "foundation.cell_scrambled"


class NumberMangled(CellUnreadable):
    """A long number that a spreadsheet has rounded; its last digits are lost (科学计数法)."""

    code = "foundation.cell_number_mangled"


class BarcodeUnreadable(CellUnreadable):
    """Not the form of a barcode for one piece."""

    code = "foundation.cell_barcode"


class BarcodeCheckWrong(CellUnreadable):
    """The barcode's check digit is wrong (校验位)."""

    code = "foundation.cell_barcode_check"


class PhoneUnreadable(CellUnreadable):
    """Neither a mobile number nor a landline with its area code."""

    code = "foundation.cell_phone"


class VolunteerNumberUnreadable(CellUnreadable):
    """Not 1 to 20 printable ASCII characters (志愿者编号)."""

    code = "foundation.cell_volunteer_number"


class ChoiceUnknown(CellUnreadable):
    """A word that is not among those the column knows."""

    code = "foundation.cell_choice"


class RowTooLong(CellUnreadable):
    """More cells than headings: a comma within a text has shifted the row."""

    code = "foundation.row_too_long"


class RowRepeated(CellUnreadable):
    """The same thing stands in an earlier row of the file."""

    code = "foundation.row_repeated"
