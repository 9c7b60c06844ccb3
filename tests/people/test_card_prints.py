"""No card is printed without a trace, by any door; and a spoilt one is printed again, the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from pointsbank.foundation import Bank, Caller, Keys, PublicIdInvalid, new_key
from pointsbank.people import (
    CardBlocked,
    CardFace,
    CardKeyOther,
    CardPrint,
    CardsMissing,
    CardsTooMany,
    CardUnknown,
    PrintOver,
    block_card,
    get_desk_card,
    list_desk_cards,
    list_printed,
    list_printed_faces,
    list_short_numbers,
    print_cards,
    replace_card,
    report_spoilt_print,
)
from tests.house.source import Module, imports_of, modules
from tests.make import SOMEBODY, HeldCard, Make

PAPER = {"application/pdf", "image/png"}
_PART = re.compile(r"<(?:int:)?([^>]+)>")


def traces(bank: Bank) -> list[tuple[str, str]]:
    """Everything that came out of a printer, and by whom."""
    found = bank.database.read(lambda session: session.rows(select(CardPrint)))
    return [(row.what, row.actor) for row in found]


def cards(make: Make, count: int) -> list[HeldCard]:
    return [make.card(make.volunteer()) for _ in range(count)]


def numbers_of(held: list[HeldCard]) -> list[str]:
    return [card.short_number for card in held]


def test_a_print_says_who_printed_which_card_and_why(make: Make, bank: Bank) -> None:
    held, worker = cards(make, 3), make.staff("worker")
    done = make.do(print_cards, by=worker.caller, short_numbers=numbers_of(held), why="first")
    assert done.answer == {
        "printed": sorted(numbers_of(held), key=numbers_of(held).index),
        "why": "first",
    }
    assert traces(bank) == [("first", worker.actor)] * 3
    assert list_printed(bank, receipt=done.receipt) == numbers_of(held)
    faces = list_printed_faces(bank, by=worker.caller, receipt=done.receipt)
    assert [face.code for face in faces] == [card.code for card in held]
    assert held[0].code not in str(done.answer)


def test_what_stands_on_cards_is_told_only_to_whoever_printed_and_only_soon(
    make: Make, bank: Bank
) -> None:
    [held], worker, other = cards(make, 1), make.staff("worker"), make.staff("worker")
    done = make.do(print_cards, by=worker.caller, short_numbers=[held.short_number], why="reprint")
    for by, receipt in (
        (other.caller, done.receipt),
        (
            worker.caller,
            make.do(
                block_card, by=worker.caller, short_number=cards(make, 1)[0].short_number
            ).receipt,
        ),
        (worker.caller, "Q999999-8"),
    ):
        with pytest.raises((PrintOver, PublicIdInvalid)):
            list_printed_faces(bank, by=by, receipt=receipt)
    assert len(list_printed_faces(bank, by=worker.caller, receipt=done.receipt)) == 1
    later = bank.clock.moment() + timedelta(minutes=15, seconds=1)
    bank.clock.set_now(lambda: later)
    with pytest.raises(PrintOver):
        list_printed_faces(bank, by=worker.caller, receipt=done.receipt)


def test_a_card_that_was_blocked_meanwhile_is_not_among_the_sheets(make: Make, bank: Bank) -> None:
    held = cards(make, 2)
    done = make.do(print_cards, short_numbers=numbers_of(held), why="list")
    make.do(block_card, short_number=held[0].short_number)
    faces = list_printed_faces(bank, by=SOMEBODY, receipt=done.receipt)
    assert [face.code for face in faces] == [held[1].code]
    make.do(block_card, short_number=held[1].short_number)
    assert list_printed_faces(bank, by=SOMEBODY, receipt=done.receipt) == []


def test_what_cannot_be_printed_leaves_no_trace(make: Make, bank: Bank, keys: Keys) -> None:
    held = cards(make, 2)
    make.do(block_card, short_number=held[0].short_number)
    for short_numbers, refusal in (
        (numbers_of(held), CardBlocked),
        ([*numbers_of(held[1:]), "40718239"], CardUnknown),
        ([], CardsMissing),
        ([f"{number:08d}" for number in range(201)], CardsTooMany),
    ):
        with pytest.raises(refusal):
            make.do(print_cards, short_numbers=short_numbers, why="list")
    bank.keys = replace(keys, card=keys.quote)
    with pytest.raises(CardKeyOther):
        make.do(print_cards, short_numbers=numbers_of(held[1:]), why="list")
    assert traces(bank) == []


def test_a_spoilt_print_waits_for_the_printer_again_and_is_the_same_card(
    make: Make, bank: Bank
) -> None:
    held = cards(make, 2)
    assert list_short_numbers(bank, to_be_printed=True) == numbers_of(held)
    first = make.do(print_cards, short_numbers=numbers_of(held), why="first")
    assert list_short_numbers(bank, to_be_printed=True) == []
    jammed = held[1].short_number
    make.do(report_spoilt_print, short_numbers=[jammed])
    assert list_short_numbers(bank, to_be_printed=True) == [jammed]
    assert list_desk_cards(bank, shelf="print").items[0].printed == "spoilt"
    again = make.do(print_cards, short_numbers=[jammed], why="reprint")
    before, after = (
        {face.code for face in list_printed_faces(bank, by=SOMEBODY, receipt=done.receipt)}
        for done in (first, again)
    )
    assert after == {held[1].code} < before
    card, events = get_desk_card(bank, short_number=jammed)
    assert [event.what for event in events] == [
        "print_reprint",
        "print_spoilt",
        "print_first",
        "issued",
    ]
    assert card.status == "active"


def test_a_replaced_card_waits_for_the_printer(make: Make, bank: Bank) -> None:
    [held] = cards(make, 1)
    make.do(print_cards, short_numbers=[held.short_number], why="first")
    new = make.do(replace_card, short_number=held.short_number).answer["short_number"]
    assert list_short_numbers(bank, to_be_printed=True) == [new]


CODES = {"make_card_code", "list_card_faces", "card_faces"}


def makes_cards(module: Module) -> Iterator[str]:
    """Doors that could make a card's code by themselves."""
    if not module.name.startswith(("pointsbank.web", "pointsbank.cli", "pointsbank.jobs")):
        return
    for found in imports_of(module.tree):
        if CODES & {found.name, *found.module.split(".")}:
            yield f"{module.name}:{found.line} imports {found.name}"


def test_no_door_can_make_a_cards_code_by_itself() -> None:
    assert [broken for module in modules() for broken in makes_cards(module)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from pointsbank.people import make_card_code",
        "from pointsbank.people.card_faces import list_card_faces",
        "import pointsbank.people.card_faces",
    ],
)
def test_a_door_that_could_is_seen(source: str) -> None:
    assert list(makes_cards(Module("pointsbank.web.x", Path("x.py"), ast.parse(source))))


def test_a_command_prints_under_the_name_of_who_types_it(make: Make, bank: Bank) -> None:
    [held], worker = cards(make, 1), make.staff("worker")
    by = Caller(actor=worker.actor, client="command:1")
    done = print_cards(bank, by=by, key=new_key(), short_numbers=[held.short_number], why="list")
    [face] = list_printed_faces(bank, by=by, receipt=done.receipt)
    assert isinstance(face, CardFace)
    assert traces(bank) == [("list", worker.actor)]
