"""Cells are read strictly: what a reference grammar allows, and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsbank.foundation import cells, sheet_errors
from pointsbank.foundation.sheet_errors import CellUnreadable

EXAMPLES = settings(max_examples=150, deadline=None)
WIDE = str.maketrans("0123456789.,:-/", "０１２３４５６７８９．，：－／")
# Pieces that number-like texts are made of, the treacherous ones included.
PIECES = st.lists(
    st.sampled_from(
        [*"0123456789", "٣", "²", "１", "_", "-", "+", ".", ",", "e", " ", "\x00", "½"]
    ),
    max_size=7,
).map("".join)

PARSERS: list[Callable[[str], object]] = [
    lambda text: cells.whole_number(text, 0, 10**6),
    cells.fen,
    cells.minutes,
    cells.day,
    cells.instant_local,
    lambda text: cells.clean_text(text, 60),
    cells.barcode,
    cells.phone,
    cells.volunteer_number,
]


@EXAMPLES
@given(text=st.one_of(st.text(max_size=40), PIECES), parser=st.sampled_from(PARSERS))
def test_any_text_is_either_read_or_refused(text: str, parser: Callable[[str], object]) -> None:
    with suppress(CellUnreadable):
        parser(text)


@EXAMPLES
@given(text=st.text(max_size=80))
def test_what_an_error_shows_is_short_and_printable(text: str) -> None:
    assert sheet_errors.shown(text).isprintable()
    assert len(sheet_errors.shown(text)) <= 25


def _reference_number(text: str, least: int, most: int) -> int | None:
    """The grammar once more, character by character."""
    digits = []
    for one in text.strip(" \t\r\n\u00a0\u3000"):
        if "０" <= one <= "９":
            one = chr(ord(one) - ord("０") + ord("0"))
        if one in {",", "，"}:
            digits.append(",")
        elif one in set("0123456789"):
            digits.append(one)
        else:
            return None
    groups = "".join(digits).split(",")
    if "" in groups or (len(groups) > 1 and len(groups[0]) > 3):
        return None
    if any(len(group) != 3 for group in groups[1:]):
        return None
    number = int("".join(groups))
    return number if least <= number <= most else None


@EXAMPLES
@given(text=PIECES, least=st.integers(0, 5), most=st.integers(5, 10**6))
def test_a_whole_number_is_what_the_reference_grammar_says(
    text: str, least: int, most: int
) -> None:
    expected = _reference_number(text, least, most)
    if expected is None:
        with pytest.raises(sheet_errors.NumberUnreadable):
            cells.whole_number(text, least, most)
    else:
        assert cells.whole_number(text, least, most) == expected


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "+1",
        "0",
        "1.0",
        "1e2",
        "1_0",
        "٣",
        "²",
        "",
        "1 0",
        "0x1",
        "9" * 30,
        "1,00",
        "true",
        "NaN",
    ],
)
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(sheet_errors.NumberUnreadable) as refused:
        cells.whole_number(text, 1, 99)
    assert refused.value.facts["expected"] == "1–99"


def test_the_bounds_of_a_whole_number_belong_to_it() -> None:
    assert [cells.whole_number(text, 1, 99) for text in ("1", "99", "０７")] == [1, 99, 7]
    with pytest.raises(sheet_errors.NumberUnreadable):
        cells.whole_number("100", 1, 99)


@EXAMPLES
@given(amount=st.integers(0, 10**9), wide=st.booleans())
def test_every_amount_of_fen_comes_back_from_its_yuan(amount: int, wide: bool) -> None:
    text = f"{amount // 100:,}.{amount % 100:02d}"
    assert cells.fen(f"¥{text}" if amount % 2 else f"{text} 元") == amount
    assert cells.fen(text.translate(WIDE) if wide else text) == amount


@pytest.mark.parametrize("text", ["3.505", "-1", "1.", ".5", "1e3", "", "¥", "1,2", "٣", "9" * 13])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(sheet_errors.MoneyUnreadable):
        cells.fen(text)


@EXAMPLES
@given(total=st.integers(1, 24 * 60))
def test_every_duration_up_to_a_day_is_read_in_each_form(total: int) -> None:
    hours, rest = divmod(total, 60)
    assert cells.minutes(f"{total}分钟") == total
    assert cells.minutes(f"{hours}小时{rest}分") == total
    # As a spreadsheet that calculated them writes a third of an hour.
    assert cells.minutes(format(total / 60, ".15g")) == total


@pytest.mark.parametrize("places", [2, 3, 4])
def test_every_minute_of_a_day_is_known_by_its_decimals_however_they_were_cut(places: int) -> None:
    # The shape of the national site: two decimals, and nobody says whether rounded or cut off.
    for total in range(1, 24 * 60 + 1):
        unit = 10**places
        cut, over = divmod(total * unit, 60)
        for told in {cut, cut + (over >= 30)}:
            text = f"{told // unit}.{told % unit:0{places}d}"
            assert cells.minutes(f"{text} 小时".translate(WIDE)) == total, text


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "0.00 小时",
        "-3",
        "0.005",
        "1.675",
        "1.6750",
        "24.01",
        "25",
        "1441分钟",
        "1小时60分",
        "1e1",
        "2,5",
        "两小时",
        "",
        "NaN",
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(sheet_errors.HoursUnreadable):
        cells.minutes(text)


@EXAMPLES
@given(on=st.dates(date(1930, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_in_each_form(on: date) -> None:
    iso = on.isoformat()
    forms = [iso, f"{on.year}/{on.month}/{on.day}", iso.replace("-", "."), iso.translate(WIDE)]
    forms += [f"{on.year}年{on.month}月{on.day}日", f"{iso} 23:59:59"]
    forms += [str((on - date(1899, 12, 30)).days)]
    assert {cells.day(form) for form in forms} == {iso}


@pytest.mark.parametrize(
    "text",
    [
        "2025-13-40",
        "2025-02-29",
        "2025-2/3",
        "25-01-01",
        "0001-01-01",
        "2101-01-01",
        "2025-01-01 24:00",
        "1234",
        "",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(sheet_errors.DayUnreadable):
        cells.day(text)


def test_a_local_time_becomes_an_instant() -> None:
    instant = "2025-12-31T15:59:00.000000Z"
    forms = (
        "2025-12-31 23:59",
        "2025/12/31 23:59:00",
        "2025-12-31T23:59:00",
        "2025年12月31日 23:59",
    )
    assert {cells.instant_local(form) for form in forms} == {instant}
    assert cells.instant_local("46022.9993055556") == instant
    assert cells.instant_local("2025-12-31 0:05") == "2025-12-30T16:05:00.000000Z"


@pytest.mark.parametrize(
    "text", ["2025-12-31", "46022", "2025-12-31 24:00", "2025-12-31 9:5", "09:00", ""]
)
def test_what_names_no_time_is_no_instant(text: str) -> None:
    with pytest.raises(sheet_errors.InstantUnreadable):
        cells.instant_local(text)


@pytest.mark.parametrize(
    "hidden",
    [
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\x00",
        "\x07",
        "\n",
        "\ud800",
        "\u3164",
        "\ufe0f",
        "\U000e0041",
    ],
)
def test_what_nobody_sees_is_refused_and_named(hidden: str) -> None:
    with pytest.raises(sheet_errors.TextUnsafe) as refused:
        cells.clean_text(f"张{hidden}伟", 60)
    assert refused.value.facts["character"] == f"U+{ord(hidden):04X}"
    assert hidden not in str(refused.value.facts["value"])


def test_text_is_composed_trimmed_and_capped() -> None:
    assert cells.clean_text("\u3000e\u0301t\u00e9 𬍛\u00a0", 6) == "été 𬍛"
    assert cells.clean_text("𬍛" * 6, 6) == "𬍛" * 6
    with pytest.raises(sheet_errors.TextTooLong):
        cells.clean_text("𬍛" * 7, 6)


@EXAMPLES
@given(text=st.text(max_size=30))
def test_clean_text_is_clean_already(text: str) -> None:
    try:
        clean = cells.clean_text(text, 30)
    except CellUnreadable:
        return
    assert clean == unicodedata.normalize("NFC", clean) == cells.clean_text(clean, 30)
    assert not {unicodedata.category(one) for one in clean} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_scrambled_text_is_told_from_sound_text() -> None:
    with pytest.raises(sheet_errors.TextScrambled) as refused:
        cells.clean_text("鍐滃か灞辨硥", 60)
    assert refused.value.facts["meant"] == "农夫山泉"
    sound = (
        "联通",
        "“晨光”便民志愿服务队",
        "张䶮",
        "古丽巴哈尔·艾则孜",
        "陆",
        "Ärzte",
        "重庆万州烤鱼",
    )
    assert [cells.clean_text(text, 60) for text in sound] == list(sound)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6921168509256 ", "6921168509256"),
        ("６９２２２５５４５１４２７", "6922255451427"),
        ("06921168509256", "6921168509256"),
        ("0106921168509256", "6921168509256"),
        ("(01)06921168509256", "6921168509256"),
        ("73513537", "0000073513537"),
        ("2000000000015", "2000000000015"),
        ("2012345002302", "2012345002302"),
    ],
)
def test_one_piece_has_one_barcode_however_it_is_written(text: str, code: str) -> None:
    assert cells.barcode(text) == code


def test_a_barcode_with_one_wrong_digit_is_refused() -> None:
    sound = "6921168509256"
    for place in range(13):
        for digit in "0123456789":
            if digit != sound[place]:
                with pytest.raises(sheet_errors.BarcodeCheckWrong):
                    cells.barcode(sound[:place] + digit + sound[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "692116850925", "16921168509253", "0" * 13, "69211685O9256", "123456789"]
)
def test_what_is_no_barcode_of_a_piece_is_refused(text: str) -> None:
    with pytest.raises(CellUnreadable):
        cells.barcode(text)


@pytest.mark.parametrize("parser", [cells.barcode, cells.phone, cells.volunteer_number])
def test_a_number_that_a_spreadsheet_rounded_is_refused(parser: Callable[[str], str]) -> None:
    for text in ("6.92117E+12", "4.20105001000024E+15", "4e15"):
        with pytest.raises(sheet_errors.NumberMangled):
            parser(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("19900002877", "19900002877"),
        ("+86 199-0000-2877", "19900002877"),
        ("86 19900002877", "19900002877"),
        ("0086１９９００００２８７７", "19900002877"),
        ("027-84841234", "027-84841234"),
        ("（0713）8484123", "0713-8484123"),
        ("+86 27 84841234", "027-84841234"),
    ],
)
def test_a_phone_number_has_one_form(text: str, number: str) -> None:
    assert cells.phone(text) == number
    assert cells.phone(number) == number


@pytest.mark.parametrize(
    "text", ["", "12900002877", "1990000287", "84841234", "+1 2025550123", "199٠0002877", "无"]
)
def test_what_is_no_phone_number_is_refused(text: str) -> None:
    with pytest.raises(sheet_errors.PhoneUnreadable):
        cells.phone(text)


def test_a_volunteers_number_is_opaque_but_printable() -> None:
    assert cells.volunteer_number(" 湖北"[0] + "AB-4201/7") == "AB-4201/7"
    for text in ("", "1" * 21, "12 34", "编号1", "1\x002"):
        with pytest.raises(sheet_errors.VolunteerNumberUnreadable):
            cells.volunteer_number(text)
