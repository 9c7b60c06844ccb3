"""A card opens one wallet; it can be lost, found and replaced, and the points stay."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import update

from pointsbank.foundation import Bank, Keys, Session, new_key
from pointsbank.people import (
    Card,
    CardBlocked,
    CardExists,
    CardHolder,
    CardKeyOther,
    CardNotBlocked,
    CardUnknown,
    PinNeeded,
    block_card,
    find_card_by_code,
    get_card_by_code,
    issue_card,
    issue_missing_cards,
    list_cards,
    make_card_code,
    register_family,
    replace_card,
    unblock_card,
)
from pointsbank.people.card_faces import list_card_faces
from tests.at_once import at_once
from tests.make import SOMEBODY, Make


def read(bank: Bank, code: str) -> CardHolder:
    """The card as somebody who wants to use it finds it."""
    return bank.database.read(lambda session: get_card_by_code(session, code))


def test_a_card_finds_its_wallet_in_one_statement(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer(points=520)
    code = make.card(volunteer).code

    def ask(session: Session) -> tuple[CardHolder | None, int]:
        found = find_card_by_code(session, code)
        return found, session.runs

    card, statements = bank.database.read(ask)
    assert card is not None
    assert (card.wallet, card.owed) == (volunteer.wallet, volunteer.owed)
    assert (card.balance, card.owes, card.holder) == (520, 0, volunteer.holder)
    assert (card.status, card.volunteer_id, card.family_id) == ("active", volunteer.id, None)
    assert statements == 1


def test_a_card_can_be_locked_with_its_wallet(make: Make, bank: Bank) -> None:
    code = make.card(make.volunteer(points=7)).code
    locked = bank.database.write(lambda session: find_card_by_code(session, code, lock=True))
    assert locked is not None
    assert locked.balance == 7


def test_whoever_waits_for_a_card_sees_that_it_was_blocked_meanwhile(
    make: Make, bank: Bank
) -> None:
    code = make.card(make.volunteer(points=7)).code
    blocked = threading.Event()

    def block(session: Session) -> None:
        session.run(update(Card).values(status="blocked", ended_at=bank.clock.instant()))
        blocked.set()
        time.sleep(0.2)

    def spend() -> object:
        blocked.wait(10)
        return bank.database.write(lambda session: get_card_by_code(session, code, lock=True))

    _, outcome = at_once([lambda: bank.database.write(block), spend])
    assert isinstance(outcome, CardBlocked)


def test_a_familys_card_finds_the_familys_wallet(make: Make, bank: Bank) -> None:
    number = make.do(register_family).answer["number"]
    make.do(issue_card, number=number)
    [face] = list_card_faces(bank, card_key=bank.keys.card, numbers=[number])
    card = read(bank, face.code)
    assert (card.holder, card.owed, card.wallet.type) == ("family:1", None, "family_wallet")
    assert face.masked_name == "持卡人"


def test_what_a_scanner_makes_of_a_code_is_still_the_code(make: Make, bank: Bank) -> None:
    code = make.card(make.volunteer()).code
    for scanned in (f"\\000026{code}\r\n", code.lower(), code + code, f" {code[:12]} {code[12:]}"):
        assert read(bank, scanned).status == "active"


def test_codes_that_are_nobodys_are_unknown(make: Make, bank: Bank, keys: Keys) -> None:
    held = make.card(make.volunteer())
    genuine_but_never_issued = make_card_code(keys.card, 999, 1)
    for code in (genuine_but_never_issued, held.code[:-1] + "A", "", "6921168509256", "x" * 5000):
        with pytest.raises(CardUnknown):
            read(bank, code)
    with pytest.raises(PinNeeded):
        read(bank, held.short_number)


def test_a_blocked_card_is_refused_and_a_found_one_lives_again(make: Make, bank: Bank) -> None:
    held = make.card(make.volunteer(points=9))
    make.do(block_card, short_number=held.short_number)
    with pytest.raises(CardBlocked) as refusal:
        read(bank, held.code)
    assert refusal.value.facts == {"status": "blocked"}
    with pytest.raises(CardBlocked):
        make.do(block_card, short_number=held.short_number)
    make.do(unblock_card, short_number=held.short_number, person_present=True)
    assert read(bank, held.code).balance == 9
    with pytest.raises(CardNotBlocked):
        make.do(unblock_card, short_number=held.short_number, person_present=True)


@pytest.mark.parametrize("blocked_before", [False, True])
def test_a_new_card_has_the_same_points_and_the_old_one_never_works_again(
    make: Make, bank: Bank, blocked_before: bool
) -> None:
    volunteer = make.volunteer(points=520)
    old = make.card(volunteer)
    if blocked_before:
        make.do(block_card, short_number=old.short_number)
    issued = make.do(replace_card, short_number=old.short_number)
    [face] = list_card_faces(bank, card_key=bank.keys.card, numbers=[volunteer.number])
    assert face.code != old.code
    assert face.short_number == issued.answer["short_number"] != old.short_number
    card = read(bank, face.code)
    assert (card.wallet, card.balance) == (volunteer.wallet, 520)
    with pytest.raises(CardBlocked) as refusal:
        read(bank, old.code)
    assert refusal.value.facts == {"status": "replaced"}
    for verb in (replace_card, block_card):
        with pytest.raises(CardBlocked):
            make.do(verb, short_number=old.short_number)
    with pytest.raises(CardNotBlocked):
        make.do(unblock_card, short_number=old.short_number, person_present=True)
    history = list_cards(bank, wallet_id=volunteer.wallet.id)
    assert [(row.issue, row.status) for row in history] == [(2, "active"), (1, "replaced")]


def test_nobody_holds_two_cards_however_many_hands_issue_them(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer()
    outcomes = at_once([lambda: make.do(issue_card, number=volunteer.number)] * 8)
    assert len([one for one in outcomes if isinstance(one, CardExists)]) == 7
    assert len(list_cards(bank, wallet_id=volunteer.wallet.id)) == 1


def test_replacing_twice_at_once_makes_one_new_card(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer()
    old = make.card(volunteer)
    outcomes = at_once([lambda: make.do(replace_card, short_number=old.short_number)] * 6)
    assert len([one for one in outcomes if isinstance(one, CardBlocked)]) == 5
    assert [row.status for row in list_cards(bank, wallet_id=volunteer.wallet.id)] == [
        "active",
        "replaced",
    ]


def test_a_lost_card_key_kills_no_card(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer(points=520)
    held = make.card(volunteer)
    bank.keys = replace(bank.keys, card=b"another key, quite another key!!")
    assert read(bank, held.code).balance == 520
    with pytest.raises(CardKeyOther) as refusal:
        list_card_faces(bank, card_key=bank.keys.card)
    assert refusal.value.facts == {"short_number": held.short_number}
    make.do(replace_card, short_number=held.short_number)
    [face] = list_card_faces(bank, card_key=bank.keys.card)
    assert read(bank, face.code).balance == 520


def test_everybody_without_a_card_gets_one_once(make: Make, bank: Bank) -> None:
    people = [make.volunteer() for _ in range(3)]
    make.card(people[0])
    first = issue_missing_cards(bank, by=SOMEBODY, key=new_key())
    assert first.answer == {"issued": 2}
    assert issue_missing_cards(bank, by=SOMEBODY, key=new_key()).answer == {"issued": 0}
    faces = list_card_faces(bank, card_key=bank.keys.card)
    assert [face.number for face in faces] == [person.number for person in people]
    assert len({face.short_number for face in faces}) == 3


def test_no_answer_and_no_table_holds_a_cards_code(make: Make, bank: Bank) -> None:
    held = make.card(make.volunteer())
    issued = make.do(replace_card, short_number=held.short_number)
    [face] = list_card_faces(bank, card_key=bank.keys.card)
    assert face.code not in str(issued.answer)
    assert held.code != face.code
