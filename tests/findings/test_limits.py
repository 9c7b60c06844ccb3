"""Limits of the rulebook are found at night and wait for somebody to look, once for each time."""

from __future__ import annotations

from pointsbank.earning import NO_SHOW, lift_mark, note_no_show, uphold_complaint
from pointsbank.foundation import Act, Answer, Bank, operation
from pointsbank.people import VolunteerRef
from tests.books import books_are_right
from tests.findings.test_findings import look
from tests.make import Make

# 龙泉驿: five no-shows or three malicious acts, or fewer than 0 points: off the register; at −300
# points: the black list.
LONGQUANYI = [
    {"of": "no_shows", "reaches": 5, "then": "注销登记"},
    {"of": "complaints", "reaches": 3, "then": "注销登记"},
    {"of": "owed", "reaches": 1, "then": "注销登记"},
    {"of": "owed", "reaches": 300, "then": "列入黑名单"},
]


@operation("tests.stay_away")
def stay_away(act: Act, *, volunteer: int, day: str) -> Answer:
    """What a room above does when somebody who had joined did not come."""
    return {"mark": note_no_show(act, volunteer, activity="巡逻", day=day)}


def away(make: Make, person: VolunteerRef, *days: int) -> list[int]:
    return [
        make.do(stay_away, volunteer=person.id, day=f"2026-11-{day:02d}").answer["mark"]
        for day in days
    ]


def told(bank: Bank) -> list[tuple[str | None, str, int, int]]:
    """Whom a limit is found of, which, and how often."""
    return sorted(
        (one.volunteer_number, one.facts["of"], one.facts["reaches"], one.facts["count"])
        for one in look(bank, "limit_reached")
    )


def test_longquanyi_five_no_shows_or_three_complaints_wait_for_somebody_to_look(
    make: Make, bank: Bank
) -> None:
    make.rule(limits=LONGQUANYI)
    absent, rude = make.volunteer(), make.volunteer()
    *_, last = away(make, absent, 1, 2, 3, 4)
    assert told(bank) == []
    make.do(lift_mark, by=make.staff("witness").caller, mark=last, reason="请过假")
    away(make, absent, 5)
    assert told(bank) == []
    away(make, absent, 6)
    for place in range(3):
        record = make.record(rude, 30, activity=f"活动{place}")
        make.do(uphold_complaint, **make.by_two(), record=record, reason="查实")
    first = [(absent.number, NO_SHOW + "s", 5, 5), (rude.number, "complaints", 3, 3)]
    assert told(bank) == first
    # A sixth changes nothing; ten are five once more. Nobody is off any register by that.
    away(make, absent, 7, 8, 9, 10)
    assert told(bank) == first
    away(make, absent, 11)
    assert told(bank) == sorted([*first, (absent.number, "no_shows", 5, 10)])


def test_longquanyi_whoever_owes_points_is_found_and_at_300_once_more(
    make: Make, bank: Bank
) -> None:
    make.rule(limits=LONGQUANYI)
    little, much, none = make.volunteer(), make.volunteer(), make.volunteer(points=9)
    issued = make.account("issued", holder="bank")
    make.move(little.owed, issued, 1)
    make.move(much.owed, issued, 300)
    reached = [(little.number, "owed", 1, 1), (much.number, "owed", 1, 300)]
    assert told(bank) == sorted([*reached, (much.number, "owed", 300, 300)])
    assert make.balance(none.wallet) == 9
    books_are_right(bank)


def test_without_limits_nobody_reaches_one(make: Make, bank: Bank) -> None:
    make.rule()
    away(make, make.volunteer(), *range(1, 11))
    assert told(bank) == []
