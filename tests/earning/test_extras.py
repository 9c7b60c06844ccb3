"""Bonuses and deductions: by the rulebook, by two, and taken back when an appeal is right."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pointsbank.earning import (
    AppealDecided,
    AppealTooLate,
    BonusLimit,
    ExtraUnknown,
    NotAppealed,
    ReasonMissing,
    RuleUnknown,
    appeal,
    approve_record,
    decide_appeal,
    deduct,
    give_bonus,
    list_extras,
    list_open_appeals,
    rewarding,
)
from pointsbank.foundation import SHOP_ZONE, Bank, Clock, Keys, Outcome, open_database
from pointsbank.ledger import kept_balances
from pointsbank.people import (
    BenefitsOneself,
    SameHousehold,
    SamePersonTwice,
    SecondPersonNeeded,
    VolunteerRef,
    erase_volunteer,
    get_volunteer,
)
from tests.at_once import at_once
from tests.books import books_are_right
from tests.earning.kin import hand_with_kin
from tests.make import Make
from tests.people.test_second_person import live_together

RULES: dict[str, Any] = {
    "bonuses": [
        {"code": "referral", "name": "推荐新志愿者", "points": 2, "most_yearly": 2},
        {"code": "commended", "name": "受表扬", "points": 30},
    ],
    "deductions": [
        {"code": "no_show", "name": "报名不到", "points": 5, "appeal_days": 7},
        {"code": "complaint", "name": "投诉属实", "voids_hours": True},
    ],
    "validity": {"until": "calendar_year"},
}


@pytest.fixture
def people(make: Make) -> tuple[dict[str, Any], VolunteerRef]:
    """Two who decide, and a volunteer with ten points."""
    make.rule(**RULES)
    return make.by_two(), make.volunteer(points=10)


def take(make: Make, by: dict[str, Any], person: VolunteerRef, code: str = "no_show") -> Outcome:
    """Deduct something by two people."""
    return make.do(deduct, number=person.number, code=code, reason="没有来", **by)


def owes(make: Make, person: VolunteerRef) -> int:
    """What somebody owes."""
    return -make.bank.database.read(
        lambda session: kept_balances(session, person.owed.id)[person.owed.id]
    )


def test_a_bonus_is_what_the_rulebook_gives(
    make: Make, bank: Bank, people: tuple[dict[str, Any], VolunteerRef]
) -> None:
    by, person = people
    told = {"number": person.number, "reason": "带来了邻居", **by}
    given = make.do(give_bonus, code="referral", **told)
    assert given.answer["points"] == 2
    assert make.balance(person.wallet) == 12
    make.do(give_bonus, code="referral", **told)
    with pytest.raises(BonusLimit) as refusal:
        make.do(give_bonus, code="referral", **told)
    assert refusal.value.facts == {"most": 2}
    make.do(give_bonus, code="commended", **told)
    assert make.balance(person.wallet) == 44
    [last, *_] = list_extras(bank, volunteer_id=person.id)
    assert (last.name, last.signed_points, last.rule_version) == ("受表扬", 30, 1)
    with pytest.raises(RuleUnknown):
        make.do(give_bonus, code="no_show", **told)
    with pytest.raises(ReasonMissing):
        make.do(give_bonus, code="commended", **told | {"reason": " "})
    books_are_right(bank)


def test_two_give_and_take_and_neither_for_themselves(make: Make) -> None:
    make.rule(**RULES)
    person, family = make.volunteer(), make.volunteer()
    live_together(make, person, family)
    worker, own = make.staff(), make.staff("worker", volunteer=person)
    at_home = make.staff("witness", volunteer=family)
    told = {"number": person.number, "code": "commended", "reason": "好"}
    for second, first, refused in (
        (worker, worker, SamePersonTwice),
        (worker, own, BenefitsOneself),
        (own, worker, BenefitsOneself),
        (at_home, worker, SameHousehold),
    ):
        with pytest.raises(refused):
            make.do(give_bonus, by=second.caller, proposed_by=first.actor, **told)
    with pytest.raises(SecondPersonNeeded):
        make.do(give_bonus, proposed_by=worker.actor, **told)
    assert make.balance(person.wallet) == 0


def test_what_is_deducted_and_not_there_any_more_is_owed(
    make: Make, bank: Bank, people: tuple[dict[str, Any], VolunteerRef]
) -> None:
    by, person = people
    for _ in range(3):
        take(make, by, person)
    assert (make.balance(person.wallet), owes(make, person)) == (0, 5)
    with pytest.raises(RuleUnknown):
        take(make, by, person, "complaint")
    books_are_right(bank)


def test_an_appeal_that_is_right_brings_the_points_back(
    make: Make, bank: Bank, people: tuple[dict[str, Any], VolunteerRef]
) -> None:
    by, person = people
    numbers = [take(make, by, person).answer["extra"] for _ in range(3)]
    worker, third = make.staff(), make.staff("witness")
    with pytest.raises(NotAppealed):
        make.do(decide_appeal, by=third.caller, extra=numbers[2], outcome="upheld", answer="是")
    make.do(appeal, by=worker.caller, extra=numbers[2], reason="我来了，没签到")
    with pytest.raises(AppealDecided):
        make.do(appeal, by=worker.caller, extra=numbers[2], reason="再说一次")
    assert [one.number for one in list_open_appeals(bank)] == [numbers[2]]
    decided = {"extra": numbers[2], "outcome": "upheld", "answer": "有人作证"}
    with pytest.raises(SamePersonTwice):
        make.do(decide_appeal, by=by["by"], **decided)
    # Three of the five that were owed have been repaid meanwhile by new service.
    record = make.record(person, 18)
    make.do(approve_record, by=third.caller, record=record)
    assert (make.balance(person.wallet), owes(make, person)) == (0, 2)
    make.do(decide_appeal, by=third.caller, **decided)
    assert (make.balance(person.wallet), owes(make, person)) == (3, 0)
    with pytest.raises(AppealDecided):
        make.do(decide_appeal, by=third.caller, **decided)
    make.do(appeal, by=worker.caller, extra=numbers[0], reason="也不对")
    make.do(decide_appeal, by=third.caller, extra=numbers[0], outcome="dismissed", answer="没有来")
    assert make.balance(person.wallet) == 3
    assert list_open_appeals(bank) == []
    books_are_right(bank)


def test_whoever_deducted_is_a_person_with_a_household(
    make: Make, people: tuple[dict[str, Any], VolunteerRef]
) -> None:
    hand, refused = hand_with_kin(make)
    for by in (make.by_two(hand), make.by_two(None, hand)):
        number = take(make, by, people[1]).answer["extra"]
        make.do(appeal, by=make.staff().caller, extra=number, reason="我来了")
        told = {"extra": number, "outcome": "dismissed", "answer": "没有来"}
        refused(lambda by, told=told: make.do(decide_appeal, by=by, **told))


def test_an_appeal_has_its_days(
    make: Make, clock: Clock, people: tuple[dict[str, Any], VolunteerRef]
) -> None:
    by, person = people
    number = take(make, by, person).answer["extra"]
    given = make.do(give_bonus, number=person.number, code="commended", reason="好", **by)
    worker = make.staff().caller
    for unknown in (given.answer["extra"], "B000099-9", "什么"):
        with pytest.raises(ExtraUnknown):
            make.do(appeal, by=worker, extra=unknown, reason="不对")
    clock.set_now(lambda: datetime(2026, 11, 28, 0, 0, 1, tzinfo=SHOP_ZONE))
    with pytest.raises(AppealTooLate) as refusal:
        make.do(appeal, by=worker, extra=number, reason="不对")
    assert refusal.value.facts == {"until": "2026-11-27"}
    clock.set_now(lambda: datetime(2026, 11, 27, 23, 59, 59, tzinfo=SHOP_ZONE))
    make.do(appeal, by=worker, extra=number, reason="不对")


def test_words_go_with_whom_they_are_about(
    make: Make, bank: Bank, people: tuple[dict[str, Any], VolunteerRef]
) -> None:
    by, person = people
    take(make, by, person)
    [row] = list_extras(bank, volunteer_id=person.id)
    assert row.reason == "没有来"
    make.do(erase_volunteer, by=make.staff("admin").caller, number=person.number)
    [row] = list_extras(bank, volunteer_id=person.id)
    assert (row.reason, row.points) == (None, 5)


def given_at_once(make: Make, pairs: list[dict[str, Any]]) -> int:
    """How many of the two bonuses a year somebody got from so many pairs at the same moment."""
    told = {"number": make.volunteer().number, "code": "referral", "reason": "带来了邻居"}
    outcomes = at_once([partial(make.do, give_bonus, **told, **by) for by in pairs])
    assert all(isinstance(one, (Outcome, BonusLimit)) for one in outcomes), outcomes
    return sum(isinstance(one, Outcome) for one in outcomes)


def test_the_last_bonus_of_the_year_is_given_once(make: Make) -> None:
    make.rule(**RULES)
    pairs = [make.by_two() for _ in range(4)]
    assert [given_at_once(make, pairs) for _ in range(3)] == [2, 2, 2]


def test_without_the_lock_it_is_given_more_often(
    postgres_url: str, keys: Keys, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewarding, "lock_accounts", lambda session, *accounts: None)
    monkeypatch.setattr(rewarding, "hold_volunteer", get_volunteer)
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    make = Make(bank)
    make.rule(**RULES)
    pairs = [make.by_two() for _ in range(4)]
    assert any(given_at_once(make, pairs) > 2 for _ in range(50))
    bank.close()
