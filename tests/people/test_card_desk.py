"""A card is lost, found, fetched by somebody else, handed over; and a family's looks like any."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

import pointsbank.people.card_sheet as sheet
from pointsbank.foundation import Bank, Paging
from pointsbank.people import (
    CardBlocked,
    CardFace,
    CardHandover,
    CardLoss,
    CardNotHanded,
    CardsMissing,
    CardUnknown,
    FamilyUnnamed,
    HandedInFuture,
    OwnHelper,
    Person,
    PersonAbsent,
    Representative,
    block_card,
    change_settings,
    count_desk_cards,
    erase_volunteer,
    get_desk_card,
    hand_over_cards,
    issue_card,
    list_cards_ending,
    list_desk_cards,
    register_family,
    replace_card,
    take_back_tick,
    unblock_card,
)
from pointsbank.people.card_faces import list_card_faces
from tests.at_once import at_once
from tests.make import Make

HELPER = {"name": "欧阳代领", "phone": "19900005678", "relation": "child"}


def everything(bank: Bank, table: Any) -> list[Any]:
    return bank.database.read(lambda session: session.rows(select(table)))


def family_card(make: Make) -> str:
    """The short number of a new family's card."""
    number = make.do(register_family).answer["number"]
    return str(make.do(issue_card, number=number).answer["short_number"])


# -------------------------------------------------------------------------------- lost and found


def test_a_card_is_blocked_at_the_first_word_and_it_is_known_whose_word_it_was(
    make: Make, bank: Bank
) -> None:
    worker = make.staff("worker")
    by_phone, by_other = make.card(make.volunteer()), make.card(make.volunteer())
    make.do(block_card, by=worker.caller, short_number=by_phone.short_number, told_how="phone")
    make.do(
        block_card,
        by=worker.caller,
        short_number=by_other.short_number,
        reason="stolen",
        other=HELPER,
    )
    first, second = everything(bank, CardLoss)
    assert (first.reason, first.told_by, first.told_how) == ("lost", "self", "phone")
    assert (second.reason, second.told_by, second.told_how) == ("stolen", "other", "desk")
    assert (first.actor, first.found_at) == (worker.actor, None)
    [helper] = everything(bank, Representative)
    assert (helper.role, helper.relation, helper.receipt_id) == (
        "helper",
        "child",
        second.receipt_id,
    )


def test_whoever_reports_need_not_say_who_they_are(make: Make, bank: Bank) -> None:
    held, family = make.card(make.volunteer()), family_card(make)
    for short_number in (held.short_number, family):
        make.do(block_card, short_number=short_number, told_by="other")
    assert [row.told_by for row in everything(bank, CardLoss)] == ["other", "other"]
    assert everything(bank, Representative) == []


def test_a_found_card_lives_again_only_while_its_holder_stands_there(
    make: Make, bank: Bank
) -> None:
    held, worker = make.card(make.volunteer()), make.staff("worker")
    make.do(block_card, short_number=held.short_number)
    with pytest.raises(PersonAbsent):
        make.do(unblock_card, short_number=held.short_number, person_present=False)
    assert get_desk_card(bank, short_number=held.short_number)[0].status == "blocked"
    make.do(unblock_card, by=worker.caller, short_number=held.short_number, person_present=True)
    [loss] = everything(bank, CardLoss)
    assert (loss.found_at, loss.found_actor) == (bank.clock.instant(), worker.actor)
    events = [event.what for event in get_desk_card(bank, short_number=held.short_number)[1]]
    assert sorted(events) == ["found", "issued", "lost"]


# ----------------------------------------------------------------------------------- handing over


def test_cards_leave_the_drawer_by_the_list_that_was_signed(make: Make, bank: Bank) -> None:
    held, worker = [make.card(make.volunteer()) for _ in range(3)], make.staff("worker")
    numbers = [card.short_number for card in held]
    assert count_desk_cards(bank) == {"drawer": 3, "blocked": 0, "print": 3, "all": 3}
    done = make.do(
        hand_over_cards, by=worker.caller, short_numbers=numbers[:2], handed_on="2026-11-18"
    )
    assert done.answer["handed"] == numbers[:2]
    again = make.do(hand_over_cards, by=worker.caller, short_numbers=numbers)
    assert (again.answer["handed"], again.answer["passed_over"]) == (numbers[2:], numbers[:2])
    rows = everything(bank, CardHandover)
    assert [(row.handed_on, row.to_whom, row.actor) for row in rows] == [
        ("2026-11-18", "self", worker.actor),
        ("2026-11-18", "self", worker.actor),
        ("2026-11-20", "self", worker.actor),
    ]
    assert count_desk_cards(bank)["drawer"] == 0


def test_a_card_is_handed_over_once_however_many_hands_tick_it(make: Make, bank: Bank) -> None:
    held = make.card(make.volunteer())
    outcomes = at_once([lambda: make.do(hand_over_cards, short_numbers=[held.short_number])] * 8)
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert len(everything(bank, CardHandover)) == 1


def test_a_wrong_tick_is_taken_back_and_the_card_is_in_the_drawer_again(
    make: Make, bank: Bank
) -> None:
    short = make.card(make.volunteer()).short_number
    with pytest.raises(CardNotHanded):
        make.do(take_back_tick, short_number=short)
    make.do(hand_over_cards, short_numbers=[short])
    assert list_desk_cards(bank, shelf="drawer").total == 0
    make.do(take_back_tick, short_number=short)
    [card] = list_desk_cards(bank, shelf="drawer").items
    assert (card.short_number, card.handed_on) == (short, None)
    with pytest.raises(CardNotHanded):
        make.do(take_back_tick, short_number=short)
    # It is handed over after all, and everything that was ticked stays to be read.
    assert make.do(hand_over_cards, short_numbers=[short]).answer["handed"] == [short]
    assert count_desk_cards(bank)["drawer"] == 0
    _card, events = get_desk_card(bank, short_number=short)
    told = [event.what for event in events if event.what in {"handed_over", "tick_taken_back"}]
    assert sorted(told) == ["handed_over", "handed_over", "tick_taken_back"]


def test_who_fetched_a_card_is_known_and_forgotten_with_its_holder(make: Make, bank: Bank) -> None:
    volunteer, neighbour = make.volunteer(), make.volunteer()
    held = make.card(volunteer)
    with pytest.raises(OwnHelper):
        make.do(
            hand_over_cards, short_numbers=[held.short_number], other={"number": volunteer.number}
        )
    assert everything(bank, CardHandover) == []
    done = make.do(hand_over_cards, short_numbers=[held.short_number], other=HELPER)
    [row] = everything(bank, CardHandover)
    [helper] = everything(bank, Representative)
    assert (row.to_whom, helper.receipt_id) == ("other", row.receipt_id)
    assert HELPER["name"] in {person.name for person in everything(bank, Person)}
    assert HELPER["name"] not in str(done.answer)
    make.do(erase_volunteer, number=volunteer.number)
    assert HELPER["name"] not in {person.name for person in everything(bank, Person)}
    assert len(everything(bank, CardHandover)) == 1
    assert neighbour.number


def test_what_cannot_be_handed_over_is_refused_whole(make: Make, bank: Bank) -> None:
    good, blocked = make.card(make.volunteer()), make.card(make.volunteer())
    make.do(block_card, short_number=blocked.short_number)
    family = family_card(make)
    for values, refusal in (
        ({"short_numbers": []}, CardsMissing),
        ({"short_numbers": [good.short_number, blocked.short_number]}, CardBlocked),
        ({"short_numbers": [good.short_number, "40718239"]}, CardUnknown),
        ({"short_numbers": [good.short_number], "handed_on": "2026-11-21"}, HandedInFuture),
        ({"short_numbers": [good.short_number, family], "other": HELPER}, FamilyUnnamed),
    ):
        with pytest.raises(refusal):
            make.do(hand_over_cards, **values)
    assert everything(bank, CardHandover) == []
    make.do(hand_over_cards, short_numbers=[family], to_whom="other")
    assert [row.to_whom for row in everything(bank, CardHandover)] == ["other"]


# ------------------------------------------------------------------------------- the desk's list


def test_the_desk_finds_a_card_by_name_number_short_number_and_phone(
    make: Make, bank: Bank
) -> None:
    volunteer = make.volunteer(name="慕容拾遗", phone="19900004471")
    held = make.card(volunteer)
    make.card(make.volunteer())
    family = family_card(make)
    [face] = list_card_faces(bank, card_key=bank.keys.card, short_numbers=[family])
    for words, short_number in (
        ("慕容", held.short_number),
        (volunteer.number, held.short_number),
        (f"{held.short_number[:4]} {held.short_number[4:]}", held.short_number),
        ("4471", held.short_number),
        ("f0001", family),
        (face.number, family),
    ):
        found = list_desk_cards(bank, search=words)
        assert [one.short_number for one in found.items] == [short_number], words
    assert list_desk_cards(bank, search="查无此人").total == 0
    page = list_desk_cards(bank, paging=Paging(2, 2))
    assert (page.total, len(page.items)) == (3, 1)


def test_by_its_last_digits_every_card_is_found_whatever_else_has_them(
    make: Make, bank: Bank
) -> None:
    old = make.card(make.volunteer())
    make.do(replace_card, short_number=old.short_number)
    tail = old.short_number[-4:]
    # A search by these digits names the telephones first.
    for each in range(12):
        make.card(make.volunteer(phone=f"19900{each:02}{tail}"))
    found = list_cards_ending(bank, tails=[tail, "0000"])
    assert list(found) == [tail]
    assert (old.short_number, "replaced") in [(one.short_number, one.status) for one in found[tail]]
    assert {one.short_number[-4:] for one in found[tail]} == {tail}
    assert list_cards_ending(bank, tails=[]) == {}


def test_a_replaced_card_is_found_by_its_whole_number_alone(make: Make, bank: Bank) -> None:
    old = make.card(make.volunteer())
    make.do(replace_card, short_number=old.short_number)
    assert list_desk_cards(bank, search=old.short_number).items[0].status == "replaced"
    assert [one.status for one in list_desk_cards(bank).items] == ["active"]
    events = get_desk_card(bank, short_number=old.short_number)[1]
    assert "replaced" in [event.what for event in events]
    with pytest.raises(CardUnknown):
        get_desk_card(bank, short_number="40718239")


# ------------------------------------------------------------------------------ a family's card


@dataclass
class Recorder:
    """A canvas that remembers what is drawn where."""

    drawn: list[tuple[Any, ...]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def box(self, *place: Any, **how: Any) -> None:
        self.drawn.append(("box", place, tuple(how.items())))

    def words(
        self, left: float, baseline: float, text: str, size: float, colour: str, **how: Any
    ) -> None:
        self.said.append(text)
        self.drawn.append(("words", baseline, colour, tuple(how.items())))

    def slanted(self, *place: Any) -> None:
        self.drawn.append(("slanted", place))

    def modules(self, left: float, top: float, matrix: Any, module: float) -> None:
        self.drawn.append(("modules", left, top, len(matrix), module))


def drawing(face: CardFace) -> Recorder:
    recorder = Recorder()
    sheet._draw_face(recorder, 0, 0, face)
    sheet._draw_back(recorder, 0, 0, face)
    return recorder


def test_a_familys_card_looks_like_any_other(make: Make, bank: Bank) -> None:
    admin = make.staff("admin").caller
    make.do(change_settings, by=admin, changes={"public_address": "https://jifen.example.org"})
    make.card(make.volunteer())
    family_card(make)
    volunteers, familys = (drawing(face) for face in list_card_faces(bank, card_key=bank.keys.card))
    assert familys.drawn == volunteers.drawn
    assert len(familys.said) == len(volunteers.said)
    for word in ("家", "户", "困难", "F0", "amil"):
        assert not [text for text in familys.said if word in text], word


def test_the_back_has_the_address_for_balances_where_one_is_set(make: Make, bank: Bank) -> None:
    make.card(make.volunteer())
    [plain] = list_card_faces(bank, card_key=bank.keys.card)
    assert (plain.balance_address, sheet.has_back([plain])) == ("", False)
    make.do(
        change_settings,
        by=make.staff("admin").caller,
        changes={"public_address": "https://jifen.example.org/bank/"},
    )
    [face] = list_card_faces(bank, card_key=bank.keys.card)
    assert face.balance_address == "https://jifen.example.org/bank/me/"
    assert plain.code not in face.balance_address
