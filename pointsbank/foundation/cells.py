"""Cells of files, and fields of forms, read strictly: a value or a refusal, never a guess.

`int` and `float` read far more than people mean (`1_0`, `٣`, `1e400`), so every parser has a
grammar of its own. Full-width forms as Chinese keyboards type them (２．５) are read; digits
of other scripts are not.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from decimal import Decimal

from stdnum import ean

from pointsbank.foundation.clock import SHOP_ZONE, to_instant
from pointsbank.foundation.errors import PointsBankError
from pointsbank.foundation.sheet_errors import (
    INVISIBLE,
    BarcodeCheckWrong,
    BarcodeUnreadable,
    DayUnreadable,
    HoursUnreadable,
    InstantUnreadable,
    MoneyUnreadable,
    NumberMangled,
    NumberUnreadable,
    PhoneUnreadable,
    TextScrambled,
    TextTooLong,
    TextUnsafe,
    VolunteerNumberUnreadable,
    shown,
)

DAY_MINUTES = 24 * 60
FEN_MOST = 10**11
YEAR_LEAST, YEAR_MOST = 1900, 2100

_BLANKS = " \t\r\n\u00a0\u3000"
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_FULL_WIDTH |= {0xFFE5: 0xA5, 0x3000: 0x20, 0x00A0: 0x20}  # ￥ to ¥, and both wide blanks

_WHOLE = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,18}", re.ASCII)
_YUAN = re.compile(
    r"¥?\s*([0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,12})(?:\.([0-9]{1,2}))?\s*元?", re.ASCII
)
_HOURS = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,18})?)\s*(?:个?小时|时|hours?|hrs?|h)?", re.I | re.A)
_HOURS_MINUTES = re.compile(r"([0-9]{1,2})\s*(?:个?小时|时)\s*([0-9]{1,2})\s*分钟?", re.ASCII)
_MINUTES = re.compile(r"([0-9]{1,5})\s*(?:分钟?|minutes?|mins?)", re.IGNORECASE | re.ASCII)
_DAY = (
    r"(?P<y>[0-9]{4})(?:(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
    r"|年(?P<mm>[0-9]{1,2})月(?P<dd>[0-9]{1,2})日)"
)
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.0{1,6})?)?"
_DAY_MAYBE_TIME = re.compile(_DAY + r"(?:(?:\s+|T)" + _TIME + ")?", re.ASCII)
_SERIAL = re.compile(r"([1-9][0-9]{4})(\.[0-9]{1,18})?", re.ASCII)
# Day 0 of a spreadsheet, shifted by one because it believes that 1900 was a leap year.
_SERIAL_START = datetime(1899, 12, 30, tzinfo=SHOP_ZONE)
_MANGLED = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2,3}", re.IGNORECASE | re.ASCII)
_GTIN = re.compile(r"(?:\(01\)|01)?([0-9]{14})|([0-9]{13}|[0-9]{12}|[0-9]{8})", re.ASCII)
_NUMBER = re.compile(r"[!-~]{1,20}", re.ASCII)
_PHONE_MARKS = re.compile(r"[\s\-()]", re.ASCII)
_COUNTRY = re.compile(r"(?:\+|00)86", re.ASCII)
_MOBILE = re.compile(r"(?:86)?(1[3-9][0-9]{9})", re.ASCII)
_LANDLINE = re.compile(r"0(10|2[0-9])([2-9][0-9]{7})|0([3-9][0-9]{2})([2-9][0-9]{6,7})", re.ASCII)

_CHINESE_MARKS = frozenset("·“”‘’、，。（）《》【】—…：；！？")
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def narrow(text: str) -> str:
    """Turn full-width letters, digits and marks into ASCII, and trim.

    >>> narrow("２．５　")
    '2.5'
    """
    return text.translate(_FULL_WIDTH).strip(_BLANKS)


def whole_number(text: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`, thousands commas allowed.

    >>> whole_number("１,200", 1, 10_000)
    1200
    """
    found = _WHOLE.fullmatch(narrow(text))
    number = int(found[0].replace(",", "")) if found else -1
    if found is None or not least <= number <= most:
        raise NumberUnreadable(
            value=shown(text), least=least, most=most, expected=f"{least}–{most}"
        )
    return number


def fen(text: str) -> int:
    """An amount in yuan with at most two decimals, as fen (分).

    >>> fen("28.5")
    2850
    """
    found = _YUAN.fullmatch(narrow(text))
    if found is None:
        raise MoneyUnreadable(value=shown(text), expected="28.00")
    amount = int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))
    if amount > FEN_MOST:
        raise MoneyUnreadable(value=shown(text), expected="28.00")
    return amount


def minutes(text: str, most: int = DAY_MINUTES) -> int:
    """A duration in minutes, more than none and at most a day or `most`; a bare number means hours.

    Records are kept in minutes and shown in hours with two decimals, so lists say 1.67 or 1.66
    where 100 minutes were served. A hundredth of an hour is 36 seconds: whether a program rounded
    or cut off, it lost less than that, and no other minute is as near. So hours with two decimals
    are the nearest minute, and with more decimals the minute that they come within a unit of
    their last place of. What is near to none (1.675 is 100 and a half) is refused, and so is less
    than a minute; 1.7 says 102 minutes and is taken at its word.

    >>> [minutes(text) for text in ("2.50 小时", "2小时30分", "150分钟", "２．５")]
    [150, 150, 150, 150]
    >>> [minutes(text) for text in ("1.67 小时", "1.66", "1.667", "0.333333333333333")]
    [100, 100, 100, 20]
    """
    plain = narrow(text)
    total: Decimal | None = None
    if found := _HOURS.fullmatch(plain):
        total = _nearest_minute(Decimal(found[1]))
    elif (found := _HOURS_MINUTES.fullmatch(plain)) and int(found[2]) < 60:
        total = Decimal(int(found[1]) * 60 + int(found[2]))
    elif found := _MINUTES.fullmatch(plain):
        total = Decimal(found[1])
    if total is None or not 0 < total <= most:
        raise HoursUnreadable(value=shown(text), expected="2.50 小时 / 2小时30分 / 150分钟")
    return int(total)


def _nearest_minute(hours: Decimal) -> Decimal | None:
    """The minute that hours with decimals stand for, None if they are near to none."""
    exact = hours * 60
    nearest = exact.to_integral_value()
    # More than four places are a calculation's, and the last of them no more than its noise.
    places = min(4, -int(hours.as_tuple().exponent))
    return nearest if abs(exact - nearest) < Decimal(60).scaleb(-places) else None


def _moment(text: str) -> tuple[datetime, bool] | None:
    """The local moment a text names and whether it names a time, None if it names none."""
    plain = narrow(text)
    if found := _DAY_MAYBE_TIME.fullmatch(plain):
        year, month, on, hour, minute, second = (
            int(figure or 0) for figure in found.group("y", "m", "d", "hour", "minute", "second")
        )
        month, on = month or int(found["mm"] or 0), on or int(found["dd"] or 0)
        try:
            moment = datetime(year, month, on, hour, minute, second, tzinfo=SHOP_ZONE)
        except ValueError:
            return None
        timed = found["hour"] is not None
    elif found := _SERIAL.fullmatch(plain):
        # 86,400 seconds exactly: a spreadsheet's day knows neither zone nor leap second.
        seconds = round(Decimal(found[2] or 0) * 86_400)
        moment = _SERIAL_START + timedelta(days=int(found[1]), seconds=seconds)
        timed = found[2] is not None
    else:
        return None
    return (moment, timed) if YEAR_LEAST <= moment.year <= YEAR_MOST else None


def day(text: str) -> str:
    """A day as ISO text, from any of the forms in which offices write one; a time is dropped.

    >>> [day(text) for text in ("2026年11月22日", "2026/1/2", "46348")]
    ['2026-11-22', '2026-01-02', '2026-11-22']
    """
    found = _moment(text)
    if found is None:
        raise DayUnreadable(value=shown(text), expected="2026-11-22")
    return found[0].date().isoformat()


def instant_local(text: str) -> str:
    """A moment of the shop's own time as a UTC instant. The time must be there.

    >>> instant_local("2026-11-22 10:26")
    '2026-11-22T02:26:00.000000Z'
    """
    found = _moment(text)
    if found is None or not found[1]:
        raise InstantUnreadable(value=shown(text), expected="2026-11-22 09:30")
    return to_instant(found[0].replace(tzinfo=SHOP_ZONE))


def unscrambled(text: str) -> str | None:
    """What a text was before UTF-8 was read as GB18030 (乱码), or None if it is as it should be.

    >>> unscrambled("鍐滃か灞辨硥")
    '农夫山泉'
    >>> unscrambled("农夫山泉") is None
    True
    """
    try:
        meant = text.encode("gb18030").decode("utf-8")
    except UnicodeError:
        return None
    han = [one for one in meant if "\u3400" <= one <= "\u9fff"]
    others = [one for one in meant if not one.isascii() and one not in han]
    # A few bytes may be valid UTF-8 by chance; that they also spell a word of Han they do not.
    plausible = len(han) >= 2 and all(one in _CHINESE_MARKS for one in others)
    return meant if plausible and meant != text else None


def clean_text(text: str, most: int) -> str:
    """Text in NFC, trimmed, of at most `most` characters, with nothing invisible in it."""
    trimmed = text.strip(_BLANKS)
    for one in trimmed:
        point = ord(one)
        hidden = point in INVISIBLE or point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
        if hidden or unicodedata.category(one) in _UNSAFE_CATEGORIES:
            raise TextUnsafe(value=shown(trimmed), character=f"U+{point:04X}")
    clean = unicodedata.normalize("NFC", trimmed)
    if len(clean) > most:
        raise TextTooLong(value=shown(clean), most=most, expected=f"≤ {most}")
    if meant := unscrambled(clean):
        raise TextScrambled(value=shown(clean), meant=shown(meant))
    return clean


def required_text(text: str, most: int, missing: type[PointsBankError]) -> str:
    """Text that must not be empty, in the form of `clean_text`. Raises `missing` when it is."""
    said = clean_text(text, most)
    if not said:
        raise missing()
    return said


def _require_whole_digits(plain: str) -> None:
    if _MANGLED.fullmatch(plain):
        raise NumberMangled(value=shown(plain))


def barcode(text: str) -> str:
    """A barcode for one piece as the 13 digits of its GTIN.

    EAN-8 and UPC-A are filled up with zeros, a GTIN-14 (bare, or after the identifier 01) must
    begin with 0, because any other digit there means a carton.

    >>> [barcode(text) for text in ("6921168509256 ", "0106921168509256", "73513537")]
    ['6921168509256', '6921168509256', '0000073513537']
    """
    plain = narrow(text)
    _require_whole_digits(plain)
    found = _GTIN.fullmatch(plain)
    digits = (found[1] or found[2]).zfill(14) if found else ""
    if not digits.startswith("0") or not digits.strip("0"):
        raise BarcodeUnreadable(value=shown(text), expected="6921168509256")
    check = ean.calc_check_digit(digits[:-1])
    if digits[-1] != check:
        raise BarcodeCheckWrong(value=shown(text), expected=check)
    return digits[1:]


def phone(text: str) -> str:
    """A mobile number as 11 digits, or a landline as area code, hyphen, number.

    >>> [phone(text) for text in ("+86 199 0000 2877", "（027）84841234")]
    ['19900002877', '027-84841234']
    """
    plain = narrow(text)
    _require_whole_digits(plain)
    bare = _PHONE_MARKS.sub("", plain)
    home = _COUNTRY.sub("", bare, count=1) if _COUNTRY.match(bare) else bare
    if found := _MOBILE.fullmatch(home):
        return found[1]
    # From abroad the area code loses its 0.
    if home != bare and not home.startswith("0"):
        home = "0" + home
    if found := _LANDLINE.fullmatch(home):
        return f"0{found[1] or found[3]}-{found[2] or found[4]}"
    raise PhoneUnreadable(value=shown(text), expected="19900002877 / 027-84841234")


def volunteer_number(text: str) -> str:
    """A volunteer's number from elsewhere (志愿者编号): opaque, 1 to 20 printable ASCII.

    >>> volunteer_number("４２０１050010000001 ")
    '4201050010000001'
    """
    plain = narrow(text)
    _require_whole_digits(plain)
    if not _NUMBER.fullmatch(plain):
        raise VolunteerNumberUnreadable(value=shown(text), expected="4201050010000001")
    return plain
