"""Names: read in one form, hidden by code points, spoken with a title."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsbank.foundation.errors import InvalidInput
from pointsbank.people.names import (
    NameUnreadable,
    form_of_address,
    mask_name,
    normalise_name,
    surname_of,
)


@pytest.mark.parametrize("dot", ["·", "•", "‧", "・", ".", "．", "﹒", "･", " · ", "··"])
def test_every_dot_between_chinese_characters_is_the_separator(dot: str) -> None:
    assert normalise_name(f"阿不都热依木{dot}买买提") == "阿不都热依木·买买提"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        (" 张三\n", "张三"),
        ("张　三", "张三"),
        ("张  小 丽", "张小丽"),
        ("张\ue863", "张䶮"),
        ("梁𬍛", "梁𬍛"),
        ("王㛃", "王㛃"),
        ("李\U0002f81f", "李㓟"),  # a compatibility drawing of U+34DF
        ("葛\U000e0100", "葛"),
        ("Ｌｉ Ｍｉｎｇ", "Li Ming"),
        ("Anna  Schmidt", "Anna Schmidt"),
        ("J. Smith", "J. Smith"),
        ("J.Smith", "J.Smith"),
        ("J.罗琳", "J·罗琳"),
        ("Jose\u0301", "José"),
        ("张伟（大）", "张伟（大）"),
        ("·张三·", "张三"),
    ],
)
def test_a_name_has_one_form(given_name: str, kept: str) -> None:
    assert normalise_name(given_name) == kept


@pytest.mark.parametrize(
    ("name", "code_point"),
    [
        ("张\x00三", "U+0000"),
        ("张\n三", "U+000A"),
        ("张\u200b三", "U+200B"),
        ("\ufeff张三", "U+FEFF"),
        ("张\u202e三", "U+202E"),
        ("张\u2066三", "U+2066"),
        ("张\u3164", "U+3164"),
        ("张\ue000", "U+E000"),
        ("张\ufffd", "U+FFFD"),
        ("张\ud800", "U+D800"),
    ],
)
def test_a_character_that_nobody_sees_is_refused_and_named(name: str, code_point: str) -> None:
    with pytest.raises(NameUnreadable) as refusal:
        normalise_name(name)
    assert refusal.value.facts == {"reason": "character", "character": code_point}


@pytest.mark.parametrize("name", ["", "   ", "\u3000", "·", "**", "。"])
def test_a_name_without_a_letter_is_empty(name: str) -> None:
    with pytest.raises(NameUnreadable) as refusal:
        normalise_name(name)
    assert refusal.value.facts["reason"] == "empty"


def test_fifty_characters_fit_and_one_more_does_not() -> None:
    assert normalise_name("𬍛" * 50) == "𬍛" * 50
    with pytest.raises(NameUnreadable) as refusal:
        normalise_name("张" * 51)
    assert refusal.value.facts == {"reason": "too_long", "limit": 50}


def test_the_refusal_is_invalid_input_with_a_code() -> None:
    assert issubclass(NameUnreadable, InvalidInput)
    assert NameUnreadable.code == "people.name_unreadable"


@given(st.text(max_size=40) | st.text("张欧阳娜𬍛·•. aA", max_size=20))
def test_a_kept_name_is_kept_as_it_is(text: str) -> None:
    try:
        name = normalise_name(text)
    except NameUnreadable:
        return
    assert 1 <= len(name) <= 50
    assert normalise_name(name) == name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张䶮", "张*"),
        ("梁𬍛", "梁*"),
        ("𬍛三", "𬍛*"),
        ("张小丽", "张**"),
        ("欧阳娜", "欧**"),
        ("欧阳娜娜", "欧**"),
        ("阿不都热依木·买买提", "阿**·买**"),
        ("Anna Schmidt", "A** S**"),
        ("张", "张*"),
    ],
)
def test_others_see_the_first_character_and_stars(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text("张欧阳娜𬍛㛃", min_size=2, max_size=50))
def test_a_mask_never_shows_a_second_character(name: str) -> None:
    assert mask_name(name) in {name[0] + "*", name[0] + "**"}


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("张小丽", "张"),
        ("欧阳娜娜", "欧阳"),
        ("欧阳", "欧"),
        ("歐陽修", "歐陽"),
        ("𬍛三", "𬍛"),
        ("阿不都热依木·买买提", "阿不都热依木"),
        ("Anna Schmidt", "Anna"),
        ("Anna", "Anna"),
    ],
)
def test_the_surname_may_have_two_characters(name: str, surname: str) -> None:
    assert surname_of(name) == surname


def test_the_greeting_is_surname_and_title() -> None:
    assert form_of_address("张小丽", "阿姨") == "张阿姨"
    assert form_of_address("司马光", " 爷爷 ") == "司马爷爷"
    assert form_of_address("买买提·艾力", "大叔") == "买买提大叔"
