"""Who comes in by form: names as people have them, numbers, guardians, consents; and who leaves."""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.foundation import Bank, public_id
from pointsbank.foundation.sheet_errors import CellUnreadable, DayUnreadable
from pointsbank.people import (
    BornUnreadable,
    CardBlocked,
    ConsentMissing,
    ConsentTextChanged,
    FamilyEnded,
    GuardianIncomplete,
    GuardianNeeded,
    LikelyRegistered,
    NameUnreadable,
    NumberReserved,
    NumberTaken,
    OwnHelper,
    VolunteerErased,
    VolunteerFile,
    VolunteerLeft,
    change_volunteer,
    end_family,
    erase_volunteer,
    get_card_by_code,
    get_standing,
    get_volunteer_file,
    get_wording,
    give_consent,
    issue_card,
    list_families,
    list_volunteers,
    register_family,
    register_volunteer,
    replace_card,
    see_off_volunteer,
    take_back_volunteer,
    unblock_card,
    withdraw_consent,
    write_consent_text,
)
from pointsbank.people.errors import NumberIsIdentity
from pointsbank.people.volunteer_rows import read_volunteer_rows
from tests.at_once import at_once
from tests.books import books_are_right
from tests.make import Make

NAMES = {
    "王㛃": "王㛃",
    "梁𬍛": "梁𬍛",
    "张\ue863": "张䶮",
    "欧阳娜娜": "欧阳娜娜",
    "阿不都热依木·买买提": "阿不都热依木·买买提",
    "阿不都热依木•买买提": "阿不都热依木·买买提",
    "阿不都热依木‧买买提": "阿不都热依木·买买提",
    "阿不都热依木・买买提": "阿不都热依木·买买提",
    "阿不都热依木.买买提": "阿不都热依木·买买提",
    "　张　三　": "张三",
    "孟" * 50: "孟" * 50,
}
PHONES = {
    "19900002877": "19900002877",
    "１９９００００２８７７": "19900002877",
    "+86 199 0000 2877": "19900002877",
    "0086-199-0000-2877": "19900002877",
    "027-84841234": "027-84841234",
    "（０２７）８４８４１２３４": "027-84841234",
    "+86 27 8484 1234": "027-84841234",
}
FULL_WIDTH = "4201050010000243".translate({0x30 + n: 0xFF10 + n for n in range(10)})
GUARDIAN = {"name": "刘淑芬", "phone": "19900000009", "relation": "grandparent"}
BY_GUARDIAN = {"version": 1, "by": "guardian"}
CHILD: dict[str, Any] = {
    "name": "刘小朵",
    "born": "2016",
    "guardian": GUARDIAN,
    "consent": BY_GUARDIAN,
}


def register(make: Make, **told: Any) -> VolunteerFile:
    """Somebody registered by form; the file as a worker sees it."""
    made = make.do(register_volunteer, **({"name": "王小明"} | told))
    return get_volunteer_file(make.bank, number=made.answer["number"])


@pytest.mark.parametrize("typed", NAMES)
def test_a_name_is_kept_in_one_form_however_it_was_typed(make: Make, typed: str) -> None:
    assert register(make, name=typed).name == NAMES[typed]


@pytest.mark.parametrize("typed", PHONES)
def test_a_telephone_is_kept_in_one_form_however_it_was_typed(make: Make, typed: str) -> None:
    assert register(make, phone=typed).phone == PHONES[typed]


@pytest.mark.parametrize("typed", ["12345", "199000028771", "1.9900002877E+10", "٠٢٧٨٤٨٤١٢٣٤"])
def test_what_is_no_telephone_is_refused_and_leaves_nobody(make: Make, typed: str) -> None:
    with pytest.raises(CellUnreadable):
        register(make, phone=typed)
    assert list_volunteers(make.bank).total == 0


def test_fifty_one_characters_are_no_name(make: Make) -> None:
    with pytest.raises(NameUnreadable):
        register(make, name="孟" * 51)


@pytest.mark.parametrize(
    "typed", ["11010519491231002X", "４４０５２４１８８００１０１００１４", "360426199101010071 "]
)
def test_an_identity_number_is_kept_of_nobody(make: Make, typed: str) -> None:
    with pytest.raises(NumberIsIdentity) as refused:
        register(make, number=typed)
    assert refused.value.facts == {}
    with pytest.raises(CellUnreadable):
        register(make, phone=typed)
    assert list_volunteers(make.bank).total == 0


@pytest.mark.parametrize("number", ["360426199101010072", "110105194902310020", "110223790813697"])
def test_a_number_that_only_looks_like_one_is_a_number(make: Make, number: str) -> None:
    assert register(make, number=number).number == number


def test_full_width_digits_are_the_same_number(make: Make) -> None:
    assert register(make, number=FULL_WIDTH).number == "4201050010000243"
    with pytest.raises(NumberTaken):
        register(make, number="4201050010000243", name="李四")


def test_who_has_no_number_gets_one_of_our_own_with_a_check_digit(make: Make) -> None:
    make.volunteer(number="4201050010000001")
    # Somebody else's list may have used the number that would be next.
    make.volunteer(number=public_id("V", 3))
    numbers = [register(make, name=name).number for name in ("甲一", "甲二")]
    assert numbers == [public_id("V", 4), public_id("V", 5)]


def test_two_who_come_at_once_get_two_numbers(make: Make, bank: Bank) -> None:
    people = [lambda n=n: register(make, name=f"王{n}") for n in range(6)]
    files = at_once(people)
    assert not [one for one in files if isinstance(one, Exception)]
    assert list_volunteers(bank).total == 6


def test_two_of_one_name_and_a_couple_with_one_telephone_are_four_people(make: Make) -> None:
    for name, phone in (("张伟", "19900000001"), ("张伟", "19900000002")):
        register(make, name=name, phone=phone)
    for name in ("李建国", "周桂英"):
        register(make, name=name, phone="027-84841234")
    assert list_volunteers(make.bank).total == 4


def test_the_same_name_and_telephone_is_asked_about_once_and_then_believed(make: Make) -> None:
    first = register(make, name="张伟", phone="19900000001")
    with pytest.raises(LikelyRegistered) as asked:
        register(make, name="张 伟", phone="+86 19900000001")
    assert asked.value.facts == {"number": first.number}
    assert register(make, name="张伟", phone="19900000001", even_so=True).number != first.number


# ---------------------------------------------------------------------------- guardians, consents


@pytest.mark.parametrize(
    "number", ["F0001", "Ｆ00012", "REHEARSAL-9", "new", "..", "12/34", "1\\2", "7?", "a#b", "5%20"]
)
def test_no_number_passes_for_another_kind_or_has_no_page(number: str, make: Make) -> None:
    """With a stand-in's number somebody was free of every limit of the rulebook."""
    with pytest.raises(NumberReserved):
        register(make, number=number)
    reading = read_volunteer_rows(f'编号,姓名\n"{number}",李四\nF001,王五\n'.encode(), "a.csv")
    assert [problem.code for problem in reading.problems] == ["people.number_reserved"]
    assert [row.number for row in reading.rows] == ["F001"]


def test_a_child_is_saved_only_with_a_guardian_who_consents(make: Make, bank: Bank) -> None:
    for missing in ("guardian", "consent"):
        with pytest.raises(GuardianNeeded):
            register(make, **{**CHILD, missing: None})
    with pytest.raises(GuardianNeeded):
        register(make, **{**CHILD, "consent": {"version": 1, "by": "self"}})
    with pytest.raises(GuardianIncomplete):
        register(make, **{**CHILD, "guardian": {"name": "刘淑芬"}})
    assert list_volunteers(bank).total == 0
    standing = get_standing(bank, volunteer_id=register(make, **CHILD).id)
    assert standing.guardian is not None
    assert (standing.guardian.name, standing.guardian.relation) == ("刘淑芬", "grandparent")
    assert standing.consent is not None
    assert (standing.consent.given_by, standing.consent.version) == ("guardian", 1)


@pytest.mark.parametrize(
    ("born", "child"),
    [
        ("2012", True),
        ("2011", False),
        ("2012年", True),
        ("2012-11-20", False),
        ("2012-11-21", True),
        ("２０１２／１１／２１", True),
        (None, False),
    ],
)
def test_who_may_still_be_thirteen_counts_as_a_child(
    make: Make, born: str | None, child: bool
) -> None:
    if child:
        with pytest.raises(GuardianNeeded):
            register(make, born=born)
    else:
        assert register(make, born=born).name == "王小明"


@pytest.mark.parametrize("born", ["2027", "1899", "2026-12-01", "20", "昨天"])
def test_nobody_was_born_in_the_future_or_at_no_time(make: Make, born: str) -> None:
    with pytest.raises((BornUnreadable, DayUnreadable)):
        register(make, born=born)


def test_a_consent_is_to_a_version_and_never_to_one_that_was_not_read(
    make: Make, bank: Bank
) -> None:
    person = register(make, consent={"version": 1, "by": "self"})
    make.do(write_consent_text, text="第一段。\n\n  第二段。 ", after=1)
    assert get_wording(bank).text == "第一段。\n第二段。"
    with pytest.raises(ConsentTextChanged):
        make.do(write_consent_text, text="另一版。", after=1)
    with pytest.raises(ConsentTextChanged):
        make.do(give_consent, number=person.number, version=1, given_by="self")
    standing = get_standing(bank, volunteer_id=person.id)
    assert standing.consent is not None
    assert (standing.consent.version, standing.newest.version) == (1, 2)
    make.do(give_consent, number=person.number, version=2, given_by="self")
    make.do(withdraw_consent, number=person.number)
    standing = get_standing(bank, volunteer_id=person.id)
    assert standing.consent is not None
    assert not standing.consent.stands
    with pytest.raises(ConsentMissing):
        make.do(withdraw_consent, number=person.number)


def test_changing_keeps_a_guardian_who_is_not_mentioned_and_a_child_keeps_one(
    make: Make, bank: Bank
) -> None:
    child = register(make, **CHILD)
    make.do(change_volunteer, number=child.number, name="刘小朵", born="2016", team="小队")
    assert get_standing(bank, volunteer_id=child.id).guardian is not None
    with pytest.raises(GuardianNeeded):
        make.do(change_volunteer, number=child.number, name="刘小朵", born="2016", guardian=None)
    make.do(
        change_volunteer,
        number=child.number,
        name="刘小朵",
        born="2016",
        guardian={**GUARDIAN, "name": "刘大山"},
    )
    standing = get_standing(bank, volunteer_id=child.id)
    assert standing.guardian is not None
    assert [one.name for one in standing.beside] == ["刘大山"]
    # Grown up, the guardian may be forgotten.
    make.do(change_volunteer, number=child.number, name="刘小朵", born="2008", guardian=None)
    assert get_standing(bank, volunteer_id=child.id).beside == []


def test_somebody_turns_out_to_be_a_child_only_with_a_guardian(make: Make) -> None:
    person = register(make, consent={"version": 1, "by": "self"})
    with pytest.raises(GuardianNeeded):
        make.do(change_volunteer, number=person.number, name="王小明", born="2016")
    make.do(change_volunteer, number=person.number, **CHILD)


def test_a_child_does_not_consent_afterwards_either(make: Make, bank: Bank) -> None:
    child = register(make, **CHILD)
    make.do(withdraw_consent, number=child.number)
    with pytest.raises(GuardianNeeded):
        make.do(give_consent, number=child.number, version=1, given_by="self")
    make.do(give_consent, number=child.number, version=1, given_by="guardian")
    consent = get_standing(bank, volunteer_id=child.id).consent
    assert consent is not None
    assert (consent.stands, consent.given_by) == (True, "guardian")


def test_a_helper_is_written_down_with_the_one_it_was_for(make: Make, bank: Bank) -> None:
    neighbour = make.volunteer(name="赵六")
    worker = make.staff()
    made = make.do(
        register_volunteer,
        by=worker.caller,
        name="孙奶奶",
        helper={"number": neighbour.number, "relation": "neighbour"},
    )
    person = get_volunteer_file(bank, number=made.answer["number"])
    make.do(
        see_off_volunteer,
        by=worker.caller,
        number=person.number,
        helper={"name": "孙小妹", "phone": "19900000003", "relation": "child"},
    )
    later, first = get_standing(bank, volunteer_id=person.id).beside
    assert (first.number, first.relation, first.actor) == (
        neighbour.number,
        "neighbour",
        worker.actor,
    )
    assert (first.operation, first.receipt) == ("people.register_volunteer", made.receipt)
    assert (later.name, later.operation) == ("孙小妹", "people.see_off_volunteer")
    with pytest.raises(OwnHelper):
        make.do(take_back_volunteer, number=person.number, helper={"number": person.number})


# ------------------------------------------------------------------------------- leaving, families


def test_who_leaves_keeps_points_and_file_and_may_come_back(make: Make, bank: Bank) -> None:
    person = make.volunteer(points=30, name="张三")
    card = make.card(person)
    make.do(see_off_volunteer, number=person.number)
    left = get_volunteer_file(bank, number=person.number)
    assert (left.name, left.points, left.left_on) == ("张三", 30, "2026-11-20")
    for refused in (
        lambda: make.do(see_off_volunteer, number=person.number),
        lambda: make.do(change_volunteer, number=person.number, name="张三"),
        lambda: make.do(issue_card, number=person.number),
        # A blocked card must not be the way round.
        lambda: make.do(unblock_card, short_number=card.short_number, person_present=True),
        lambda: make.do(replace_card, short_number=card.short_number),
    ):
        with pytest.raises(VolunteerLeft):
            refused()
    with pytest.raises(CardBlocked):
        bank.database.read(lambda session: get_card_by_code(session, card.code))
    make.do(take_back_volunteer, number=person.number)
    make.do(unblock_card, short_number=card.short_number, person_present=True)
    assert bank.database.read(lambda session: get_card_by_code(session, card.code)).balance == 30
    books_are_right(bank)


def test_who_has_left_can_still_be_forgotten_and_then_cannot_come_back(
    make: Make, bank: Bank
) -> None:
    person = make.volunteer(points=30, name="张三")
    make.do(see_off_volunteer, number=person.number)
    make.do(erase_volunteer, number=person.number)
    kept = get_volunteer_file(bank, number=person.number)
    assert (kept.name, kept.points, kept.left_on) == (None, 30, "2026-11-20")
    with pytest.raises(VolunteerErased):
        make.do(take_back_volunteer, number=person.number)
    books_are_right(bank)


def test_a_familys_account_is_closed_and_its_points_stand(make: Make, bank: Bank) -> None:
    number = make.do(register_family).answer["number"]
    short = make.do(issue_card, number=number).answer["short_number"]
    make.do(end_family, number=number)
    for refused in (
        lambda: make.do(end_family, number=number),
        lambda: make.do(unblock_card, short_number=short, person_present=True),
        lambda: make.do(replace_card, short_number=short),
    ):
        with pytest.raises(FamilyEnded):
            refused()
    [row] = list_families(bank)
    assert (row.ended_on, row.card_status, row.short_number) == ("2026-11-20", "blocked", short)
    books_are_right(bank)
