"""A line of the list of missing slips: ticked off by its late entry, open again without it."""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.people import get_proposal
from pointsbank.people.errors import ProposalExists
from pointsbank.redemption import LateTwice, enter_late, propose_late, take_back_late
from pointsbank.safekeeping import (
    SeenUnknown,
    enter_missing,
    list_seen,
    note_seen,
    note_slip,
    propose_missing,
    read_backup_state,
    settle_seen,
)
from tests.books import books_are_right
from tests.counter import Buyer, Counter
from tests.make import Make

DAY = "2026-11-20"


@pytest.fixture
def buyer(counter: Counter, make: Make) -> Buyer:
    """Whose slip of two soaps a kiosk remembers and somebody has brought as well."""
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=100)
    at, tail = f"{DAY}T01:26:00.000000Z", f"····{buyer.short_number[-4:]}"
    line = ("R000412-6", "A3-0412", "k" * 16, 60, tail, at, False)
    make.do(note_seen, device=1, receipts=[line])
    make.do(note_slip, slip="A3-0412", points=60, happened_on=DAY)
    return buyer


def told(buyer: Buyer, line: int = 1) -> dict[str, Any]:
    lines: dict[str, Any] = {"taken": [("SOAP", 2)], "total_points": 60}
    lines |= {"seen_id": line, "shop_id": 1, "day": DAY, "slip": "A3-0412"}
    return lines | {"whose": buyer.short_number}


def hows(make: Make) -> list[str | None]:
    return [row.settled_how for row in list_seen(make.bank).items]


def test_what_is_taken_back_is_missing_again_and_can_be_entered_anew(
    counter: Counter, make: Make, buyer: Buyer
) -> None:
    for _each in range(2):
        entered = make.do(enter_missing, **make.by_two(), **told(buyer)).answer["redemption"]
        assert (hows(make), read_backup_state(make.bank).missing) == (["entered"] * 2, 0)
        for line in (1, 2):
            with pytest.raises(SeenUnknown):
                make.do(enter_missing, **make.by_two(), **told(buyer, line))
            with pytest.raises(SeenUnknown):
                make.do(settle_seen, seen_id=line, how="nothing")
        make.do(take_back_late, **make.by_two(), number=entered["number"])
        rows = list_seen(make.bank).items
        assert [(row.settled_at, row.was_taken_back) for row in rows] == [(None, True)] * 2
        assert read_backup_state(make.bank).missing == 2
    make.do(settle_seen, seen_id=2, how="returned")
    assert [(row.id, row.settled_how) for row in list_seen(make.bank).items] == [
        (1, None),
        (2, "returned"),
    ]
    assert counter.points(buyer) == 100
    books_are_right(make.bank)


def test_a_line_waits_for_a_second_person_and_is_open_until_then(
    counter: Counter, make: Make, buyer: Buyer
) -> None:
    worker, witness = make.staff("worker"), make.staff("witness")
    waits = make.do(propose_missing, by=worker.caller, **told(buyer)).answer["proposal"]
    with pytest.raises(ProposalExists):
        make.do(propose_missing, by=worker.caller, **told(buyer))
    assert (hows(make), counter.points(buyer)) == ([None, None], 100)
    asked = get_proposal(make.bank, number=waits).told
    two = {"by": witness.caller, "proposed_by": worker.actor, "proposal": waits}
    make.do(enter_missing, **two, **asked)
    assert (hows(make), counter.points(buyer)) == (["entered"] * 2, 40)
    with pytest.raises(SeenUnknown):
        make.do(propose_missing, by=worker.caller, **told(buyer))


def unasked(buyer: Buyer, **other: Any) -> dict[str, Any]:
    """The same purchase from the slip alone; nobody has looked at the list."""
    slip = {name: value for name, value in told(buyer).items() if name != "seen_id"}
    return {**slip, "why": "restored", **other}


def test_what_is_entered_without_its_line_ticks_it_off_whoever_came_first(
    counter: Counter, make: Make, buyer: Buyer
) -> None:
    make.do(note_slip, slip="A3-0412", points=60)
    make.do(note_slip, slip="A3-0412", points=60, happened_on="2026-11-19")
    entered = make.do(enter_late, **make.by_two(), **unasked(buyer)).answer["redemption"]
    # Another day's slip of that number is another purchase.
    assert hows(make) == [None, "entered", "entered", "entered"]
    assert read_backup_state(make.bank).missing == 1
    for again in (told(buyer), told(buyer, 3)):
        with pytest.raises(SeenUnknown):
            make.do(enter_missing, **make.by_two(), **again)
    for verb, two in ((enter_late, make.by_two()), (propose_late, {})):
        with pytest.raises(LateTwice):
            make.do(verb, **two, **unasked(buyer))
    with pytest.raises(LateTwice):
        make.do(enter_missing, **make.by_two(), **told(buyer, 4))
    with pytest.raises(SeenUnknown):
        make.do(settle_seen, seen_id=1, how="returned")
    # A kiosk that only now comes back has nothing to add.
    at = f"{DAY}T01:26:00.000000Z"
    make.do(note_seen, device=1, receipts=[("R000412-6", "A3-0412", "q" * 16, 60, None, at, False)])
    assert read_backup_state(make.bank).missing == 1
    make.do(take_back_late, **make.by_two(), number=entered["number"])
    assert read_backup_state(make.bank).missing == 5
    make.do(enter_missing, **make.by_two(), **told(buyer))
    assert read_backup_state(make.bank).missing == 1
    assert counter.points(buyer) == 40
    books_are_right(make.bank)


def test_what_was_proposed_before_its_line_came_ticks_it_off_when_it_is_confirmed(
    counter: Counter, make: Make, buyer: Buyer
) -> None:
    worker, witness = make.staff("worker"), make.staff("witness")
    waits = make.do(propose_late, by=worker.caller, **unasked(buyer)).answer["proposal"]
    make.do(propose_missing, by=worker.caller, **told(buyer))
    assert hows(make) == [None, None]
    two = {"by": witness.caller, "proposed_by": worker.actor, "proposal": waits}
    make.do(enter_late, **two, **get_proposal(make.bank, number=waits).told)
    assert hows(make) == ["entered", "entered"]
    with pytest.raises(SeenUnknown):
        make.do(enter_missing, **make.by_two(), **told(buyer))
    assert counter.points(buyer) == 40
