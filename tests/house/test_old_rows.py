"""Rows that an earlier form has left behind go on meaning what they meant, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from pointsbank.charity import (
    approve_grant,
    count_pool,
    donate_points,
    list_grants,
    take_back_grant,
)
from pointsbank.foundation import Bank, open_database
from pointsbank.foundation.schema import upgrade_schema
from pointsbank.people import find_proposal_about, get_proposal, register_family
from pointsbank.people.errors import ProposalDecided
from pointsbank.redemption import take_back_late
from pointsbank.safekeeping import enter_missing, list_seen, note_seen, note_slip
from tests.books import books_are_right
from tests.counter import Counter
from tests.house.test_migrations import config_for
from tests.make import Make

# Half past four in the morning of the 20th, where the shop is.
AT = "2026-11-19T20:30:00.000000Z"
DAY = "2026-11-20"
Again = Callable[..., Make]


@pytest.fixture
def again(bank: Bank, bank_url: str, tmp_path: Path) -> Again:
    """Take the books back to an earlier form, lay rows of that time in, and bring them forward."""

    def go(form: str, *rows: str) -> Make:
        bank.close()
        command.downgrade(config_for(bank_url), form)
        engine = create_engine(bank_url)
        with engine.begin() as connection:
            for row in rows:
                connection.execute(text(row))
        engine.dispose()
        upgrade_schema(bank_url)
        bank.database = open_database(bank_url, durable=False)
        return Make(bank)

    return go


def test_lines_ticked_off_before_they_named_their_entry_open_again_with_it(
    counter: Counter, make: Make, again: Again
) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=100)
    line = ("R000412-6", "A3-0412", "k" * 16, 60, "····0000", AT, False)
    make.do(note_seen, device=1, receipts=[line])
    make.do(note_slip, slip="A3-0412", points=60, happened_on=DAY)
    make.do(note_slip, slip="A3-0999", points=60)
    told = {"shop_id": 1, "day": DAY, "slip": "A3-0412", "whose": buyer.short_number}
    two = make.by_two()
    entered = make.do(
        enter_missing, **two, seen_id=1, taken=[("SOAP", 2)], total_points=60, **told
    ).answer["redemption"]["number"]
    make = again(
        "0032",
        # At that time both lines of a slip were written to; and one was settled otherwise.
        "UPDATE seen_elsewhere SET (settled_at, settled_by, settled_how) = (SELECT settled_at,"
        " settled_by, settled_how FROM seen_elsewhere WHERE id = 1) WHERE id = 2",
        "UPDATE seen_elsewhere SET settled_at = noted_at, settled_by = noted_by,"
        " settled_how = 'nothing' WHERE id = 3",
    )
    rows = list_seen(make.bank).items
    assert [(row.id, row.day, row.settled_how) for row in rows] == [
        (1, DAY, "entered"),
        (2, DAY, "entered"),
        (3, None, "nothing"),
    ]
    make.do(take_back_late, **two, number=entered)
    rows = list_seen(make.bank).items
    assert [(row.id, row.was_taken_back, row.settled_how) for row in rows] == [
        (1, True, None),
        (2, True, None),
        (3, False, "nothing"),
    ]
    books_are_right(make.bank)


def test_a_grant_that_waited_waits_on_and_is_paid_once(make: Make, again: Again) -> None:
    giver = make.volunteer(points=120)
    make.do(donate_points, volunteer=giver.number, points=120)
    family = make.do(register_family).answer["number"]
    li, wang = make.staff("worker"), make.staff("witness")
    by_two = make.by_two(li, wang)
    paid = make.do(approve_grant, **by_two, family=family, points=20).answer["grant"]
    make = again(
        "0034",
        "INSERT INTO charity_grant (id, family_id, points, proposed_by, proposed_at, status)"
        f" VALUES (7, 1, 30, '{li.actor}', '{AT}', 'proposed')",
    )
    waits = find_proposal_about(make.bank, name="charity.approve_grant", about="grant:7")
    assert waits is not None
    found = get_proposal(make.bank, number=waits)
    assert (found.proposed_by, found.proposed_at) == (li.actor, AT)
    # What waits is nobody's grant yet, however the old row counted it.
    assert ([row.number for row in list_grants(make.bank).items], count_pool(make.bank)) == (
        [paid],
        100,
    )
    two = {"by": wang.caller, "proposed_by": li.actor, "proposal": waits}
    number = make.do(approve_grant, **two, **found.told).answer["grant"]
    with pytest.raises(ProposalDecided):
        make.do(approve_grant, **two, **found.told)
    assert ([row.number for row in list_grants(make.bank).items], count_pool(make.bank)) == (
        [number, paid],
        70,
    )
    make.do(take_back_grant, **by_two, grant=paid, why="points")
    assert count_pool(make.bank) == 90
    books_are_right(make.bank)
