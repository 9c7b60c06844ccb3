"""Time credit: saved up beside points, by the rulebook of the day, and taken back when voided."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from pointsbank.earning import (
    approve_record,
    approve_records,
    get_time_saved,
    list_time_saved,
    make_effective,
    void_record,
)
from pointsbank.foundation import Bank, Outcome
from pointsbank.ledger import trial_balance
from pointsbank.people import VolunteerRef
from tests.at_once import at_once
from tests.books import books_are_right
from tests.earning.wall import Wall
from tests.make import Make

CARE = "关爱特殊群体"
RULES: dict[str, Any] = {
    "time_credit": {"kept": True, "ratios": [{"category": CARE, "percent": 150}]},
    "cap_minutes_per_activity": 60,
}


def saved(bank: Bank, person: VolunteerRef) -> int:
    """How many minutes somebody has saved up."""
    return get_time_saved(bank, volunteer_id=person.id).minutes


def test_a_place_that_keeps_none_has_none(make: Make, bank: Bank) -> None:
    make.rule()
    person = make.volunteer()
    make.do(approve_record, by=make.staff().caller, record=make.record(person))
    assert get_time_saved(bank, volunteer_id=person.id).account_id is None
    assert {row.commodity for row in trial_balance(bank)} == {"PTS"}


def test_time_is_saved_beside_points_and_neither_changes_the_other(make: Make, bank: Bank) -> None:
    make.rule(**RULES)
    person, other = make.volunteer(), make.volunteer()
    records = [
        make.record(person, 121, category=CARE),
        make.record(person, 61),
        make.record(person, 60, source="manual"),
        make.record(other, 30),
    ]
    make.do(approve_records, by=make.staff("witness").caller, records=records)
    # The cap is one of points: time is as long as was served, and ratios are rounded down.
    assert (saved(bank, person), saved(bank, other)) == (181 + 61, 30)
    assert make.balance(person.wallet) == 20
    lines = list_time_saved(bank, volunteer_id=person.id).items
    assert [(line.minutes, line.working) for line in lines] == [
        (61, "1 小时 1 分钟"),
        (181, "2 小时 1 分钟 × 1.5 = 3 小时 1 分钟"),
    ]
    time = {row.type: row.balance for row in trial_balance(bank) if row.commodity == "TCM"}
    assert time == {"time_wallet": 272, "time_issued": -272}
    books_are_right(bank)


def test_voiding_takes_the_time_back_once(make: Make, bank: Bank) -> None:
    make.rule(**RULES)
    person = make.volunteer()
    records = [make.record(person, 120), make.record(person, 60)]
    make.do(approve_records, by=make.staff("witness").caller, records=records)
    told = {"record": records[0], "reason": "没有到场", **make.by_two()}
    make.do(void_record, **told)
    assert (saved(bank, person), make.balance(person.wallet)) == (60, 10)
    lines = list_time_saved(bank, volunteer_id=person.id).items
    assert sorted((line.minutes, line.is_back) for line in lines) == [(60, False), (120, True)]
    books_are_right(bank)


def test_what_earns_no_points_may_save_time(make: Make, bank: Bank) -> None:
    make.rule(0, time_credit={"kept": True})
    person = make.volunteer()
    record = make.record(person, 90)
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    assert (saved(bank, person), make.balance(person.wallet)) == (90, 0)
    make.do(void_record, record=record, reason="没有到场", **make.by_two())
    assert saved(bank, person) == 0
    books_are_right(bank)


@pytest.mark.parametrize("at_the_same_moment", [1, 4])
def test_after_a_notice_it_is_saved_once(make: Make, bank: Bank, at_the_same_moment: int) -> None:
    wall = Wall(make, time_credit={"kept": True})
    people = [make.volunteer() for _ in range(3)]
    notice = wall.hang(*[wall.reviewed(one) for one in people])
    assert [saved(bank, one) for one in people] == [0, 0, 0]
    wall.at("2026-12-20")
    night = partial(make.do, make_effective, by=wall.third.caller, notice=notice)
    outcomes = at_once([night] * at_the_same_moment)
    assert all(isinstance(one, Outcome) for one in outcomes), outcomes
    assert [saved(bank, one) for one in people] == [120, 120, 120]
    books_are_right(bank)
