"""Who may be the same person is shown while somebody types, masked, and nobody is kept out."""

from __future__ import annotations

import pytest

from pointsbank.foundation import Bank
from pointsbank.people import erase_volunteer, list_similar, see_off_volunteer
from tests.make import Make


@pytest.fixture
def neighbours(make: Make) -> dict[str, str]:
    """Two of one name, a couple with one telephone, and one with a rare name; their numbers."""
    people = {
        "one": ("张伟", "19900000001"),
        "other": ("张伟", "19900000002"),
        "wife": ("周桂英", "027-84841234"),
        "husband": ("李建国", "027-84841234"),
        "rare": ("阿不都热依木·买买提", None),
    }
    return {
        key: make.volunteer(name=name, phone=phone, team="晨光队").number
        for key, (name, phone) in people.items()
    }


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ({"name": "张伟"}, ["one", "other"]),
        ({"name": "张 伟", "phone": "+86 19900000002"}, ["other", "one"]),
        ({"phone": "（０２７）84841234"}, ["wife", "husband"]),
        ({"name": "阿不都热依木•买买提"}, ["rare"]),
        ({"name": "张"}, []),
        ({"phone": "1990000"}, []),
        ({"name": "\u202e", "phone": "x", "number": "张"}, []),
        ({}, []),
    ],
)
def test_what_was_typed_finds_whom_it_may_mean(
    bank: Bank, neighbours: dict[str, str], typed: dict[str, str], who: list[str]
) -> None:
    assert [one.number for one in list_similar(bank, **typed)] == [neighbours[key] for key in who]


def test_what_is_shown_is_masked_and_says_what_is_shared(
    bank: Bank, neighbours: dict[str, str]
) -> None:
    [found] = list_similar(bank, number=neighbours["one"], name="李四")
    assert (found.masked_name, found.masked_phone, found.team) == ("张*", "199****0001", "晨光队")
    assert found.shares == ("number",)
    first = list_similar(bank, name="张伟", phone="19900000001")[0]
    assert (first.number, first.shares) == (neighbours["one"], ("name", "phone"))


def test_who_left_is_shown_as_such_and_who_is_forgotten_by_the_number_alone(
    make: Make, bank: Bank, neighbours: dict[str, str]
) -> None:
    make.do(see_off_volunteer, number=neighbours["one"])
    make.do(erase_volunteer, number=neighbours["other"])
    [left] = list_similar(bank, name="张伟")
    assert (left.number, left.left_on) == (neighbours["one"], "2026-11-20")
    [forgotten] = list_similar(bank, number=neighbours["other"], name="张伟")[1:]
    assert (forgotten.masked_name, forgotten.shares) == (None, ("number",))
