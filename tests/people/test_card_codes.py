"""Card codes and short numbers: derived, checked, and read however badly they were typed."""

from __future__ import annotations

import hashlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsbank.people.card_codes import (
    ALPHABET,
    card_code_hash,
    is_card_code,
    is_genuine,
    is_short_number,
    make_card_code,
    make_short_number,
    normalise_scan,
)

KEY = bytes(range(32))
CODE = "RH6V5JZTTEH6XDVEA56O5BMG"  # of KEY, serial 386, issue 1; printed cards depend on it

numbers = st.integers(1, 2**40)
codes = st.builds(make_card_code, st.just(KEY), numbers, numbers)
places = st.integers(0, 23)


def with_check(first_23: str) -> str:
    return next(first_23 + last for last in ALPHABET if is_card_code(first_23 + last))


def test_the_same_card_is_derived_again_on_any_day() -> None:
    assert make_card_code(KEY, 386, 1) == CODE


def test_every_code_is_well_formed_genuine_and_different() -> None:
    made = {make_card_code(KEY, serial, issue) for serial in range(1, 400) for issue in (1, 2)}
    assert len(made) == 798
    assert all(len(code) == 24 and is_card_code(code) and is_genuine(KEY, code) for code in made)


def test_another_key_makes_and_accepts_other_cards() -> None:
    other = bytes(range(1, 33))
    assert make_card_code(other, 386, 1) != CODE
    assert not is_genuine(other, CODE)


def test_an_invented_code_with_a_right_check_character_is_not_genuine() -> None:
    invented = with_check("ABCDEFGHIJKLMNOPQRSTUVW")
    assert is_card_code(invented)
    assert not is_genuine(KEY, invented)


def test_every_part_of_the_body_is_under_the_mac() -> None:
    for place in range(18):
        changed = "A" if CODE[place] != "A" else "B"
        forged = with_check(CODE[:place] + changed + CODE[place + 1 : 23])
        assert not is_genuine(KEY, forged)


def test_serial_and_issue_do_not_run_into_each_other() -> None:
    pairs = [(1, 11), (11, 1), (111, 1), (1, 111), (1, 256), (256, 1)]
    assert len({make_card_code(KEY, *pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize(("serial", "issue"), [(0, 1), (1, 0), (-1, 1)])
def test_serials_and_issues_start_at_one(serial: int, issue: int) -> None:
    with pytest.raises(ValueError, match="start at 1"):
        make_card_code(KEY, serial, issue)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        make_card_code(b"short", 1, 1)


def test_the_database_keeps_the_sha256_of_the_code() -> None:
    assert card_code_hash(CODE) == hashlib.sha256(CODE.encode("ascii")).digest()


def test_every_single_wrong_character_is_caught() -> None:
    for place, wrong in itertools.product(range(24), ALPHABET):
        if wrong != CODE[place]:
            assert not is_card_code(CODE[:place] + wrong + CODE[place + 1 :])


def test_every_swap_of_neighbours_is_caught_except_a_and_7() -> None:
    missed = set()
    for place, pair in itertools.product((0, 1), itertools.permutations(ALPHABET, 2)):
        right = with_check("B" * place + "".join(pair) + "C" * (21 - place))
        swapped = "B" * place + pair[1] + pair[0] + right[place + 2 :]
        if is_card_code(swapped):
            missed.add("".join(pair))
    assert missed == {"A7", "7A"}


def test_a_misread_double_is_caught_except_for_eleven_pairs() -> None:
    missed = 0
    for one, other in itertools.combinations(ALPHABET, 2):
        right = with_check(one * 2 + "C" * 21)
        missed += is_card_code(other * 2 + right[2:])
    assert missed == 11


@given(codes, places, st.sampled_from(ALPHABET))
def test_no_misread_character_passes(code: str, place: int, wrong: str) -> None:
    read = code[:place] + wrong + code[place + 1 :]
    assert is_card_code(read) == (read == code)


@pytest.mark.parametrize(
    "text",
    ["", CODE[:-1], CODE + "A", CODE.lower(), CODE + "\n", CODE[:-1] + "Ｇ", "6921168509256"],
)
def test_what_is_not_exactly_a_code_is_none(text: str) -> None:
    assert not is_card_code(text)


@pytest.mark.parametrize(
    "read",
    [
        CODE.lower(),
        f"  {CODE}\r\n",
        f"\\000026{CODE}",
        f"]Q1\\000026{CODE}",
        f"\ufeff{CODE[:10]}\x1d{CODE[10:]}\x00",
        " ".join(CODE),
        "".join(chr(ord(letter) + 0xFEE0) for letter in CODE),
        CODE + CODE,
        f"{CODE}\r\n{CODE}\r\n",
        f"\\000026{CODE}\\000026{CODE}",
        CODE * 3,
    ],
)
def test_a_card_is_understood_however_it_was_read(read: str) -> None:
    assert normalise_scan(read) == CODE


def test_goods_and_short_numbers_pass_unharmed() -> None:
    assert normalise_scan("６９２１１６８５０９２５６ ") == "6921168509256"
    assert normalise_scan("4071 8239") == "40718239"
    assert normalise_scan("12121212") == "12121212"


@settings(max_examples=200)
@given(st.text(max_size=80) | codes)
def test_reading_what_was_read_changes_nothing(text: str) -> None:
    once = normalise_scan(text)
    if once.isascii():  # a code is; capitals of other scripts may have capitals of their own
        assert normalise_scan(once) == once


def test_short_numbers_are_eight_digits_and_different() -> None:
    made = {make_short_number(n) for n in range(1, 5000)}
    assert len(made) == 4999
    assert all(len(number) == 8 and is_short_number(number) for number in made)
    assert make_short_number(4071823) == "40718239"


@given(st.integers(1, 9_999_999), st.integers(0, 7), st.sampled_from("0123456789"))
def test_no_wrong_digit_passes(n: int, place: int, wrong: str) -> None:
    number = make_short_number(n)
    typed = number[:place] + wrong + number[place + 1 :]
    assert is_short_number(typed) == (typed == number)


@given(st.integers(1, 9_999_999), st.integers(0, 6))
def test_no_swap_of_neighbouring_digits_passes(n: int, place: int) -> None:
    number = make_short_number(n)
    typed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_short_number(typed) == (typed == number)


@pytest.mark.parametrize("text", ["", "4071823", "407182390", "４０７１８２３９", "4071 8239"])
def test_what_is_not_eight_plain_digits_is_no_short_number(text: str) -> None:
    assert not is_short_number(text)


@pytest.mark.parametrize("n", [0, -1, 10_000_000])
def test_short_numbers_have_an_end(n: int) -> None:
    with pytest.raises(ValueError, match="9999999"):
        make_short_number(n)
