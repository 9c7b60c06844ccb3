"""Stars: hours make a candidate, people make a star, redeeming takes none away."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from pointsbank.earning import void_record
from pointsbank.foundation import Bank, Caller, Clock
from pointsbank.people import (
    BenefitsOneself,
    RoleMissing,
    SameHousehold,
    SamePersonTwice,
    SecondPersonNeeded,
    StaffRow,
    VolunteerLeft,
    VolunteerRef,
    erase_volunteer,
    get_volunteer,
    join_household,
    list_untold,
    see_off_volunteer,
)
from pointsbank.recognition import (
    StarDecided,
    StarNotReached,
    StarOpen,
    StarRuleInPast,
    StarRuleWrong,
    StarsComplete,
    StarSecondMissing,
    StarsOfOne,
    StarsStand,
    StarUnchecked,
    StarUnknown,
    apply_for_star,
    approve_star,
    count_open_stars,
    count_shrunk_stars,
    get_star,
    get_stars_of,
    keep_stars,
    list_shrunk_stars,
    list_star_candidates,
    list_star_rules,
    list_stars,
    lower_stars,
    note_evaluation,
    propose_star,
    read_star_table,
    refuse_star,
    set_star_rule,
)
from pointsbank.recognition.stars import find_open
from tests.at_once import at_once
from tests.books import books_are_right
from tests.conftest import NOON
from tests.counter import Counter, tapped
from tests.make import SOMEBODY, Make
from tests.recognition.serving import ON_SQLITE, own_page_of, serve, two

TODAY = "2026-11-20"
LONGQUANYI = Path(__file__).parents[1] / "data" / "longquanyi_stars.json"
# Two small stars, so that a test need not serve for a hundred hours.
SMALL = {"steps": [{"hours": 1}, {"hours": 2}, {"hours": 3}], "lowers": True}


def set_table(make: Make, document: dict[str, Any], **rest: Any) -> None:
    made = {"by": make.staff("admin").caller, "document": document, "starts_on": TODAY}
    make.do(set_star_rule, **{**made, **rest})


def candidates(bank: Bank) -> list[tuple[str, int]]:
    found = list_star_candidates(bank, today=TODAY)
    assert found.total == len(found.items)
    return [(one.volunteer_number, one.stars) for one in found.items]


def stars_of(bank: Bank, person: VolunteerRef) -> StarsOfOne:
    return get_stars_of(bank, volunteer_id=person.id, today=TODAY)


def propose(make: Make, person: VolunteerRef, by: StaffRow | None = None) -> str:
    worker = by or make.staff("worker")
    return str(make.do(propose_star, by=worker.caller, number=person.number).answer["star"])


def give(make: Make, person: VolunteerRef) -> str:
    star = propose(make, person)
    make.do(approve_star, by=make.staff("witness").caller, star=star)
    return star


def void(make: Make, record: str) -> None:
    make.do(void_record, **make.by_two(), record=record, reason="没有到场")


# ------------------------------------------------------------------------------------- by hours


def test_a_minute_short_of_a_hundred_hours_is_no_star_and_a_hundred_is_a_candidate(
    make: Make, bank: Bank
) -> None:
    make.rule()
    person = make.volunteer()
    serve(make, person, 5999)
    assert candidates(bank) == []
    assert (stars_of(bank, person).is_candidate, stars_of(bank, person).minutes_missing) == (
        False,
        1,
    )
    with pytest.raises(StarNotReached) as refusal:
        propose(make, person)
    assert refusal.value.facts == {"stars": 1, "hours": "99.98", "needed": 100}
    serve(make, person, 1)
    assert candidates(bank) == [(person.number, 1)]
    star = propose(make, person)
    assert (stars_of(bank, person).stars, candidates(bank)) == (0, [])
    make.do(approve_star, by=make.staff("witness").caller, star=star)
    assert stars_of(bank, person).stars == 1
    assert candidates(bank) == []
    books_are_right(bank)


def test_redeeming_takes_no_star_away(counter: Counter) -> None:
    make, bank = counter.make, counter.bank
    make.rule()
    set_table(make, SMALL)
    soap = counter.goods("SOAP", price=10, shelf=5)
    buyer = counter.buyer()
    person = bank.database.read(lambda session: get_volunteer(session, buyer.number))
    serve(make, person, 60)
    give(make, person)
    counter.check_out(buyer, tapped(soap))
    assert make.balance(person.wallet) == 0
    assert (stars_of(bank, person).stars, count_shrunk_stars(bank)) == (1, 0)


def test_stars_are_given_one_after_the_other(make: Make, bank: Bank) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    serve(make, person, 180)
    for stars in (1, 2, 3):
        assert candidates(bank) == [(person.number, stars)]
        assert get_star(bank, star=give(make, person)).stars == stars
    assert (candidates(bank), stars_of(bank, person).stars) == ([], 3)
    with pytest.raises(StarsComplete):
        propose(make, person)
    assert [one.stars for one in list_stars(bank, status="approved").items] == [3]


def test_what_waits_or_was_rejected_or_voided_does_not_count(make: Make, bank: Bank) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    make.record(person, 60)
    assert candidates(bank) == []
    [record] = serve(make, person, 60)
    assert len(candidates(bank)) == 1
    void(make, record)
    assert candidates(bank) == []


@ON_SQLITE
def test_a_table_may_leave_out_what_was_recorded_afterwards(make: Make, bank: Bank) -> None:
    set_table(make, {**SMALL, "counts_back_filled": False})
    make.rule()
    person = make.volunteer()
    serve(make, person, 120, source="manual")
    assert candidates(bank) == []
    serve(make, person, 60)
    assert candidates(bank) == [(person.number, 1)]


# ------------------------------------------------------------------------------- second criteria


def test_a_table_of_another_place_is_loaded_without_code(make: Make, bank: Bank) -> None:
    set_table(make, json.loads(LONGQUANYI.read_text(encoding="utf-8")))
    make.rule(points_per_hour=9)
    person, other = make.volunteer(), make.volunteer()
    serve(make, person, 50 * 60)
    assert stars_of(bank, person).measure.points == 450
    with pytest.raises(StarSecondMissing) as refusal:
        propose(make, person)
    assert refusal.value.facts == {"stars": 1, "second": "points"}
    assert candidates(bank) == []
    serve(make, person, 6 * 60)
    assert candidates(bank) == [(person.number, 1)]
    serve(make, other, 49 * 60 + 59)
    assert candidates(bank) == [(person.number, 1)]


def test_points_that_were_spent_or_given_away_were_earned_all_the_same(
    make: Make, bank: Bank
) -> None:
    set_table(make, {"steps": [{"hours": 1, "least": 10}], "second": "points"})
    make.rule()
    person = make.volunteer()
    serve(make, person, 60)
    make.move(person.wallet, make.account("redeemed", holder="bank"), 10)
    assert stars_of(bank, person).measure.points == 10
    assert candidates(bank) == [(person.number, 1)]


def test_quality_is_the_mean_of_what_was_said(make: Make, bank: Bank) -> None:
    set_table(make, {"steps": [{"hours": 1, "least": 43}], "second": "quality"})
    make.rule()
    person = make.volunteer()
    serve(make, person, 60)
    assert (candidates(bank), stars_of(bank, person).measure.quality) == ([], None)
    marks = {"evaluator": "住户", "evaluated_on": TODAY, "number": person.number}
    make.do(note_evaluation, **marks, punctuality=4, attitude=4, skill=4)
    assert (candidates(bank), stars_of(bank, person).measure.quality) == ([], 40)
    make.do(note_evaluation, **marks, punctuality=5, attitude=5, skill=4)
    assert stars_of(bank, person).measure.quality == 43
    assert candidates(bank) == [(person.number, 1)]


# ------------------------------------------------------------------------------------ two people


@ON_SQLITE
def test_whoever_wishes_or_puts_forward_does_not_decide(make: Make, bank: Bank) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    serve(make, person, 60)
    worker, witness = two(make)
    asked = make.do(apply_for_star, by=own_page_of(person)).answer
    assert (asked["status"], count_open_stars(bank)) == ("applied", 1)
    with pytest.raises(StarOpen):
        make.do(apply_for_star, by=own_page_of(person))
    with pytest.raises(StarUnchecked):
        make.do(approve_star, by=witness.caller, star=asked["star"])
    assert propose(make, person, worker) == asked["star"]
    with pytest.raises(StarOpen):
        propose(make, person, worker)
    with pytest.raises(SamePersonTwice):
        make.do(approve_star, by=worker.caller, star=asked["star"])
    with pytest.raises(SecondPersonNeeded):
        make.do(approve_star, by=SOMEBODY, star=asked["star"])
    with pytest.raises(RoleMissing):
        make.do(approve_star, by=make.staff("auditor").caller, star=asked["star"])
    make.do(approve_star, by=witness.caller, star=asked["star"])
    with pytest.raises(StarDecided):
        make.do(approve_star, by=witness.caller, star=asked["star"])
    row = get_star(bank, star=asked["star"])
    assert (row.applied_by, row.proposed_by, row.decided_by) == (
        person.holder,
        worker.actor,
        witness.actor,
    )


@ON_SQLITE
def test_nobody_decides_for_themselves_or_their_household(make: Make) -> None:
    set_table(make, SMALL)
    make.rule()
    person, sister = make.volunteer(), make.volunteer()
    make.do(join_household, number=sister.number, member=person.number, consented_on=TODAY)
    serve(make, person, 60)
    own, hers = (make.staff("worker", volunteer=one) for one in (person, sister))
    with pytest.raises(BenefitsOneself):
        propose(make, person, own)
    star = propose(make, person)
    for by, refusal in ((own, BenefitsOneself), (hers, SameHousehold)):
        with pytest.raises(refusal):
            make.do(approve_star, by=by.caller, star=star)
    with pytest.raises(BenefitsOneself):
        make.do(refuse_star, by=own.caller, star=star, reason="不行")


@ON_SQLITE
def test_a_step_may_name_the_role_that_decides(make: Make) -> None:
    step = {"hours": 1, "approver": "admin", "body": "区志愿者协会"}
    set_table(make, {"steps": [step]})
    make.rule()
    person = make.volunteer()
    serve(make, person, 60)
    star = propose(make, person)
    with pytest.raises(RoleMissing):
        make.do(approve_star, by=make.staff("witness").caller, star=star)
    make.do(approve_star, by=make.staff("admin").caller, star=star)
    assert get_star(make.bank, star=star).body == "区志愿者协会"


@ON_SQLITE
def test_fujian_another_body_decides_on_higher_stars(make: Make) -> None:
    bodies = ["县协会", "县协会", "市协会", "市协会", "省协会"]
    steps = [{"hours": hours, "body": body} for hours, body in enumerate(bodies, start=1)]
    set_table(make, {"steps": steps})
    make.rule()
    person = make.volunteer()
    serve(make, person, 5 * 60)
    given = []
    for _ in bodies:
        star = propose(make, person)
        make.do(approve_star, by=make.staff("witness").caller, star=star)
        given.append(get_star(make.bank, star=star).body)
    assert given == bodies


@ON_SQLITE
def test_hours_that_were_voided_meanwhile_give_no_star(make: Make) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    [record] = serve(make, person, 60)
    star = propose(make, person)
    void(make, record)
    with pytest.raises(StarNotReached):
        make.do(approve_star, by=make.staff("witness").caller, star=star)


def test_of_many_who_decide_at_once_one_does(make: Make, bank: Bank) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    serve(make, person, 60)
    workers = [make.staff("worker") for _ in range(6)]
    outcomes = at_once([lambda one=one: propose(make, person, one) for one in workers])
    [star] = [one for one in outcomes if isinstance(one, str)]
    assert all(isinstance(one, StarOpen) for one in outcomes if one != star)
    deciders = [make.staff("witness").caller for _ in range(6)]
    outcomes = at_once([lambda by=by: make.do(approve_star, by=by, star=star) for by in deciders])
    assert len([one for one in outcomes if isinstance(one, StarDecided)]) == 5, outcomes
    assert stars_of(bank, person).stars == 1


def test_without_holding_the_volunteer_several_would_put_one_forward(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL the index alone would refuse, and not in our words; SQLite has one writer."""
    if make.bank.database.dialect == "sqlite":
        return
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    serve(make, person, 60)
    monkeypatch.setattr(
        "pointsbank.recognition.rating.hold_volunteer",
        get_volunteer,
    )
    # Both have looked before either writes, so that nothing rests on how busy the machine is.
    both_looked = Barrier(2)

    def look(*asked: Any) -> Any:
        found = find_open(*asked)
        both_looked.wait(30)
        return found

    monkeypatch.setattr("pointsbank.recognition.rating.find_open", look)
    workers = [make.staff("worker") for _ in range(2)]
    outcomes = at_once([lambda one=one: propose(make, person, one) for one in workers])
    rude = [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, StarOpen)]
    assert rude


# ----------------------------------------------------------------------------- refusing, lowering


@ON_SQLITE
def test_a_refusal_says_why_and_leaves_the_way_open(make: Make, bank: Bank) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    serve(make, person, 60)
    star = propose(make, person)
    make.do(refuse_star, by=make.staff("witness").caller, star=star, reason="先核对八月的签到")
    row = get_star(bank, star=star)
    assert (row.status, row.reason) == ("refused", "先核对八月的签到")
    assert candidates(bank) == [(person.number, 1)]
    told = bank.database.read(lambda session: list_untold(session, person.holder))
    assert "recognition.star_refused" in [one.code for one in told]
    assert propose(make, person) != star


@ON_SQLITE
def test_stars_are_looked_at_only_where_the_table_lowers(make: Make, bank: Bank) -> None:
    set_table(make, {**SMALL, "lowers": False})
    make.rule()
    person = make.volunteer()
    records = serve(make, person, 120, activity="一") + serve(make, person, 60, activity="二")
    for _ in range(3):
        give(make, person)
    void(make, records[0])
    assert count_shrunk_stars(bank) == 0
    with pytest.raises(StarsStand):
        make.do(lower_stars, **make.by_two(), number=person.number, reason="时长作废")


def test_voided_hours_have_stars_looked_at_and_lowered_by_two(make: Make, bank: Bank) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    records = serve(make, person, 120, activity="一") + serve(make, person, 60, activity="二")
    for _ in range(3):
        give(make, person)
    with pytest.raises(StarsStand):
        make.do(lower_stars, **make.by_two(), number=person.number, reason="没有理由")
    void(make, records[0])
    [shrunk] = list_shrunk_stars(bank)
    assert (shrunk.stars, shrunk.minutes, shrunk.needed_minutes) == (2, 60, 120)
    assert (count_shrunk_stars(bank), stars_of(bank, person).stars) == (1, 3)
    worker = make.staff("worker")
    with pytest.raises(SamePersonTwice):
        make.do(
            lower_stars,
            by=worker.caller,
            proposed_by=worker.actor,
            number=person.number,
            reason="时长作废",
        )
    done = make.do(lower_stars, **make.by_two(), number=person.number, reason="时长作废")
    assert (done.answer["lowered"], done.answer["stars"]) == ([2, 3], 1)
    assert (stars_of(bank, person).stars, count_shrunk_stars(bank)) == (1, 0)
    serve(make, person, 60, activity="三")
    assert candidates(bank) == [(person.number, 2)]
    assert give(make, person)


def test_who_looks_may_leave_it_until_more_is_gone(make: Make, bank: Bank) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    records = [serve(make, person, 60, activity=f"{n}")[0] for n in range(3)]
    for _ in range(3):
        give(make, person)
    void(make, records[0])
    make.do(keep_stars, by=make.staff().caller, number=person.number, note="补交了签到表")
    assert (count_shrunk_stars(bank), stars_of(bank, person).stars) == (0, 3)
    void(make, records[1])
    [shrunk] = list_shrunk_stars(bank)
    assert (shrunk.stars, shrunk.minutes) == (2, 60)


# ------------------------------------------------------------------------------------- the table


def test_a_new_table_changes_nothing_of_what_was_given(
    make: Make, bank: Bank, clock: Clock
) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    serve(make, person, 60)
    give(make, person)
    strict = {"steps": [{"hours": 10}, {"hours": 20}], "lowers": True}
    with pytest.raises(SecondPersonNeeded):
        set_table(make, strict)
    make.do(set_star_rule, **make.by_two(), document=strict, starts_on="2026-11-21")
    assert [one.version for one in list_star_rules(bank)] == [2, 1, 0]
    clock.set_now(lambda: NOON.replace(day=21))
    later = get_stars_of(bank, volunteer_id=person.id, today="2026-11-21")
    assert (later.stars, later.version.version, later.step and later.step.hours) == (1, 2, 20)
    assert count_shrunk_stars(bank) == 0


@ON_SQLITE
def test_a_table_begins_today_or_later_and_an_admin_sets_the_first(make: Make) -> None:
    with pytest.raises(StarRuleInPast):
        set_table(make, SMALL, starts_on="2026-11-19")
    with pytest.raises(RoleMissing):
        set_table(make, SMALL, by=make.staff("worker").caller)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [{"hours": 1}] * 10}, "steps"),
        ({"steps": "100"}, "steps"),
        ({"steps": [{"hours": 0}]}, "1.hours"),
        ({"steps": [{"hours": 1.5}]}, "1.hours"),
        ({"steps": [{"hours": True}]}, "1.hours"),
        ({"steps": [{"hours": 2}, {"hours": 2}]}, "2.hours"),
        ({"steps": [{"hours": 2, "least": 5}]}, "1.least"),
        ({"second": "points"}, "1.least"),
        ({"second": "points", "steps": [{"hours": 1, "least": 2}, {"hours": 2, "least": 1}]},
         "2.least"),
        ({"second": "quality", "steps": [{"hours": 1, "least": 51}]}, "1.least"),
        ({"second": "luck"}, "second"),
        ({"lowers": 1}, "lowers"),
        ({"steps": [{"hours": 1, "approver": "auditor"}]}, "1.approver"),
        ({"steps": [{"hours": 1, "body": 7}]}, "1.body"),
        ({"colour": "gold"}, "colour"),
        ({"steps": [{"hours": 1, "colour": "gold"}]}, "1.colour"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_is_refused_with_its_place(
    change: dict[str, Any], where: str
) -> None:
    with pytest.raises(StarRuleWrong) as refusal:
        read_star_table({"steps": [{"hours": 1}], **change})
    assert refusal.value.facts["where"] == where


def test_a_table_is_written_as_it_is_read() -> None:
    document = json.loads(LONGQUANYI.read_text(encoding="utf-8"))
    table = read_star_table(document)
    assert read_star_table(table.document()) == table


# ---------------------------------------------------------------------------------- coming, going


@ON_SQLITE
def test_whoever_left_is_no_candidate_and_the_forgotten_keep_no_words(
    make: Make, bank: Bank
) -> None:
    set_table(make, SMALL)
    make.rule()
    person = make.volunteer()
    serve(make, person, 120)
    star = propose(make, person)
    make.do(refuse_star, by=make.staff().caller, star=star, reason="和王小明说过了")
    make.do(see_off_volunteer, number=person.number)
    assert candidates(bank) == []
    with pytest.raises(VolunteerLeft):
        propose(make, person)
    make.do(erase_volunteer, number=person.number)
    row = get_star(bank, star=star)
    assert (row.reason, row.masked_name) == (None, "已注销")


@ON_SQLITE
def test_a_star_that_nobody_asked_for_is_unknown(make: Make) -> None:
    with pytest.raises(StarUnknown):
        make.do(approve_star, by=make.staff().caller, star="X000007-6")


@ON_SQLITE
@pytest.mark.parametrize(
    "by", [SOMEBODY, Caller(actor="volunteer:1", client="command"), Caller("family:1", "family:1")]
)
def test_only_somebody_on_the_own_page_asks_for_the_own_star(make: Make, by: Caller) -> None:
    make.volunteer()
    with pytest.raises(RoleMissing):
        make.do(apply_for_star, by=by)
