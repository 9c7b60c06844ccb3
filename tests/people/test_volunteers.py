"""People are registered once, found again however they are asked for, and can be forgotten."""

from __future__ import annotations

import pytest

from pointsbank.foundation import Bank, InvalidInput, Paging
from pointsbank.ledger import current_balance
from pointsbank.people import (
    CardBlocked,
    FamilyUnknown,
    NameUnreadable,
    NumberTaken,
    VolunteerLeft,
    VolunteerUnknown,
    change_volunteer,
    erase_volunteer,
    find_volunteers_by_name,
    get_card_by_code,
    get_family,
    get_volunteer,
    get_volunteer_file,
    greeting_of,
    issue_card,
    list_families,
    list_volunteers,
    register_family,
    register_volunteer,
)
from tests.at_once import at_once
from tests.books import books_are_right
from tests.make import Make

NAMES = ["王㛃", "梁𬍛", "张䶮", "阿不都热依木·买买提", "欧阳娜娜"]


@pytest.mark.parametrize("name", NAMES)
def test_a_rare_name_comes_back_as_it_was(make: Make, name: str) -> None:
    volunteer = make.volunteer(name=name)
    assert get_volunteer_file(make.bank, number=volunteer.number).name == name
    assert [row.name for row in list_volunteers(make.bank, search=name[0]).items] == [name]


def test_a_name_is_kept_in_one_form_however_it_was_typed(make: Make) -> None:
    typed = ["张\ue863", "阿不都热依木•买买提", "阿不都热依木.买买提", " 张　三 "]
    kept = [make.volunteer(name=name).name for name in typed]
    assert kept == ["张䶮", "阿不都热依木·买买提", "阿不都热依木·买买提", "张三"]


def test_two_people_of_one_name_are_two(make: Make, bank: Bank) -> None:
    first, second = make.volunteer(points=5, name="张伟"), make.volunteer(name="张伟")
    assert first.wallet != second.wallet
    found = bank.database.read(lambda session: find_volunteers_by_name(session, ["张伟"]))
    assert {one.number for one in found["张伟"]} == {first.number, second.number}


def test_a_number_is_taken_once_even_when_two_come_at_once(make: Make, bank: Bank) -> None:
    def register(name: str) -> object:
        return make.do(register_volunteer, number="N1", name=name)

    outcomes = at_once([lambda name=name: register(name) for name in ("张三", "李四") * 4])
    refused = [one for one in outcomes if isinstance(one, NumberTaken)]
    assert len(refused) == 7
    assert list_volunteers(bank).total == 1


def test_what_cannot_be_read_is_refused_and_leaves_nobody(make: Make, bank: Bank) -> None:
    for wrong in ({"name": "张\u202e伟"}, {"phone": "123"}, {"sex": "x"}, {"number": "张"}):
        with pytest.raises(InvalidInput):
            make.do(register_volunteer, **({"number": "N1", "name": "张伟"} | wrong))
    with pytest.raises(NameUnreadable):
        make.volunteer(name=" ")
    assert list_volunteers(bank).total == 0


def test_a_search_takes_names_numbers_and_the_end_of_a_phone(make: Make, bank: Bank) -> None:
    make.volunteer(name="张小丽", number="4201050010000001", phone="19900002877")
    make.volunteer(name="李%明", number="4201050010000002", phone="19900002877")
    make.volunteer(name="Anna Li", number="X7")

    def found(search: str) -> list[str | None]:
        return [row.name for row in list_volunteers(bank, search=search).items]

    assert found("小丽") == ["张小丽"]
    assert found("000002") == ["李%明"]
    assert found("2877") == ["张小丽", "李%明"]
    assert found("%") == ["李%明"]
    assert found("anna") == ["Anna Li"]
    assert found("nobody") == []
    page = list_volunteers(bank, paging=Paging(2, 2))
    assert (page.total, [row.number for row in page.items]) == (3, ["X7"])


def test_changing_what_is_known_changes_neither_wallet_nor_points(make: Make, bank: Bank) -> None:
    before = make.volunteer(points=30, name="张三", phone="19900000001")
    card = make.card(before)
    make.do(
        change_volunteer,
        number=before.number,
        name="张叁",
        form_of_address="张老师",
        large_type=True,
        hide_balance=True,
    )
    after = get_volunteer_file(bank, number=before.number)
    assert (after.name, after.phone, after.points) == ("张叁", None, 30)
    assert after.wallet_id == before.wallet.id
    greeting = bank.database.read(
        lambda session: greeting_of(session, get_card_by_code(session, card.code))
    )
    assert (greeting.address, greeting.masked_name) == ("张老师", "张*")
    assert (greeting.large_type, greeting.read_aloud, greeting.hide_balance) == (True, False, True)


def test_who_is_forgotten_leaves_balances_and_books_behind(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer(points=30, name="张三", phone="19900000001")
    card = make.card(volunteer)
    make.do(erase_volunteer, number=volunteer.number)
    kept = get_volunteer_file(bank, number=volunteer.number)
    assert (kept.name, kept.phone, kept.masked_name) == (None, None, "已注销")
    assert (kept.points, kept.left_on) == (30, "2026-11-20")
    assert list_volunteers(bank).total == 0
    assert list_volunteers(bank, left=True).total == 1
    with pytest.raises(CardBlocked):
        bank.database.read(lambda session: get_card_by_code(session, card.code))
    with pytest.raises(VolunteerLeft):
        make.do(erase_volunteer, number=volunteer.number)
    with pytest.raises(VolunteerLeft):
        make.do(issue_card, number=volunteer.number)
    books_are_right(bank)


def test_families_have_numbers_and_wallets_and_no_names(make: Make, bank: Bank) -> None:
    outcomes = at_once([lambda: make.do(register_family) for _ in range(4)])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    families = list_families(bank)
    assert [row.number for row in families] == ["F0001", "F0002", "F0003", "F0004"]
    assert families[2].label == "某户3"
    family = bank.database.read(lambda session: get_family(session, "F0003"))
    assert bank.database.read(lambda session: current_balance(session, family.wallet.id)) == 0
    make.do(issue_card, number="F0003")
    with pytest.raises(FamilyUnknown):
        make.do(issue_card, number="F0009")


def test_somebody_unknown_is_told_apart_from_somebody_else(bank: Bank) -> None:
    with pytest.raises(VolunteerUnknown) as refusal:
        bank.database.read(lambda session: get_volunteer(session, "N404"))
    assert refusal.value.facts == {"number": "N404"}
