"""Numbers that people read and type: a misread is refused, never taken for another's number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsbank.foundation import (
    KeyInvalid,
    PublicIdInvalid,
    new_key,
    part_key,
    public_id,
    read_public_id,
    require_key,
)

numbers = st.integers(1, 10**12)


def test_the_key_of_a_part_is_a_key_and_belongs_to_that_part_alone() -> None:
    key = new_key()
    parts = (["S1", "S2"], ["S1"], ["S1S2"], ["S2", "S1"])
    keys = {require_key(part_key(one, part)) for one in (key, "k" * 64) for part in parts}
    assert len(keys) == 2 * len(parts)
    assert part_key(key, ["S1"]) == part_key(key, ["S1"])
    with pytest.raises(KeyInvalid):
        part_key("short", ["S1"])


@given(numbers)
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    assert read_public_id("R", public_id("R", number)) == number
    assert read_public_id("R", f" {public_id('R', number).lower()} ") == number


@given(numbers, st.data())
def test_one_wrong_digit_is_always_caught(number: int, data: st.DataObject) -> None:
    written = public_id("R", number)
    place = data.draw(st.sampled_from([n for n, mark in enumerate(written) if mark.isdigit()]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != written[place]]))
    with pytest.raises(PublicIdInvalid):
        read_public_id("R", written[:place] + digit + written[place + 1 :])


@given(numbers, st.data())
def test_two_neighbours_swapped_are_always_caught(number: int, data: st.DataObject) -> None:
    letter, digits = "R", public_id("R", number)[1:].replace("-", "")
    places = [n for n in range(len(digits) - 1) if digits[n] != digits[n + 1]]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    with pytest.raises(PublicIdInvalid):
        read_public_id(letter, f"{letter}{swapped[:-1]}-{swapped[-1]}")


def test_every_single_error_in_a_thousand_numbers_is_caught() -> None:
    for number in range(1, 1_000):
        digits = public_id("J", number)[1:].replace("-", "")
        for place, right in enumerate(digits):
            for wrong in "0123456789":
                if wrong != right:
                    text = digits[:place] + wrong + digits[place + 1 :]
                    with pytest.raises(PublicIdInvalid):
                        read_public_id("J", f"J{text[:-1]}-{text[-1]}")


@pytest.mark.parametrize(
    "text",
    ["", "J", "J1", "K000123-4", "J000123-4x", "J-4", "J１２３-4", "J0001234", "J" + "1" * 99],
)
def test_what_is_not_such_a_number_is_refused(text: str) -> None:
    with pytest.raises(PublicIdInvalid) as refusal:
        read_public_id("J", text)
    assert len(str(refusal.value.facts["given"])) <= 24


def test_a_key_is_well_formed_or_refused() -> None:
    assert require_key(new_key())
    assert require_key("a-Z_0" * 4) == "a-Z_0" * 4
    for wrong in (None, "", "short", "x" * 65, "k" * 15, "钥" * 20, "a b" * 8, "k" * 20 + "\n"):
        with pytest.raises(KeyInvalid):
            require_key(wrong)


def test_fresh_keys_are_all_different() -> None:
    assert len({new_key() for _ in range(1_000)}) == 1_000
