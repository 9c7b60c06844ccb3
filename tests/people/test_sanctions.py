"""What somebody may not do for a while: decided by two, refused where it is done, and then over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from pointsbank.activities import enter_attendance, join_activity, open_activity
from pointsbank.cases import answer_case, get_case, say_wrong
from pointsbank.earning import (
    approve_record,
    approve_records,
    get_record,
    import_hours,
    list_records,
    record_service,
)
from pointsbank.findings import list_findings, look_at_finding, look_for_findings
from pointsbank.foundation import NIGHT, SHOP_ZONE, Bank, Caller, Clock
from pointsbank.people import (
    SANCTION_LISTS,
    AskAtDesk,
    BenefitsOneself,
    SameHousehold,
    SamePersonTwice,
    Sanctioned,
    SanctionUnknown,
    VolunteerRef,
    count_sanctions,
    erase_volunteer,
    find_volunteer,
    impose_sanction,
    lift_sanction,
    list_all_sanctions,
    list_sanctions,
    list_untold,
)
from pointsbank.people.errors import ReasonNeeded
from pointsbank.people.sanctioning import (
    SanctionDaysWrong,
    SanctionOver,
    SanctionScopeMissing,
)
from pointsbank.redemption import get_redemption
from tests.activities.community import Community, at
from tests.cases.test_cases import oneself
from tests.counter import Counter, scanned
from tests.earning.test_hour_import import ATTENDED
from tests.make import Make
from tests.people.test_second_person import live_together
from tests.redemption.test_late import enter, take_back

UNTIL = "2026-11-30"
END = at(11, day=30)


def impose(make: Make, person: VolunteerRef, *scopes: str, **rest: Any) -> str:
    """Two people sanction somebody; the sanction's number."""
    told = {"number": person.number, "scopes": list(scopes), "ends_on": UNTIL, "reason": "冒领"}
    by = rest.pop("by", None) or make.by_two()
    return str(make.do(impose_sanction, **told | rest, **by).answer["sanction"])


def test_nobody_redeems_while_sanctioned_and_everybody_afterwards(
    counter: Counter, clock: Clock
) -> None:
    make = counter.make
    counter.goods("SOAP", price=10)
    buyer = counter.buyer(points=50)
    person = make.bank.database.read(lambda session: find_volunteer(session, buyer.number))
    assert person is not None
    number = impose(make, person, "redeeming")
    basket = scanned("SOAP")
    with pytest.raises(AskAtDesk) as refusal:
        counter.check_out(buyer, basket)
    # Who stands at the kiosk is told neither why nor until when.
    assert refusal.value.facts == {}
    make.do(lift_sanction, by=make.staff().caller, sanction=number, reason="查清楚了")
    counter.check_out(buyer, basket)
    impose(make, person, "redeeming")
    clock.set_now(lambda: datetime(2026, 11, 30, 18, tzinfo=SHOP_ZONE))
    with pytest.raises(AskAtDesk):
        counter.check_out(buyer, basket)
    clock.set_now(lambda: datetime(2026, 12, 1, 9, tzinfo=SHOP_ZONE))
    counter.check_out(buyer, basket)


def test_what_was_served_meanwhile_is_not_recorded_and_earns_nothing(
    make: Make, clock: Clock
) -> None:
    make.rule()
    person, worker = make.volunteer(), make.staff()
    before = make.record(person, by=worker, served_on="2026-11-18")
    during = make.record(person, by=worker, served_on="2026-11-20")
    impose(make, person, "earning")
    told = {"number": person.number, "activity": "清扫", "minutes": 60}
    with pytest.raises(Sanctioned) as refusal:
        make.do(record_service, by=worker.caller, served_on="2026-11-20", **told)
    assert refusal.value.facts == {"until": UNTIL}
    done = make.do(approve_records, by=make.staff().caller, records=[before, during]).answer
    assert done["approved"] == [before]
    assert done["passed_over"] == [{"record": during, "code": "people.sanctioned"}]
    clock.set_now(lambda: datetime(2026, 12, 1, 9, tzinfo=SHOP_ZONE))
    make.do(record_service, by=worker.caller, served_on="2026-12-01", **told)


def test_a_row_of_a_list_is_refused_for_the_days_on_which_nothing_is_earned(
    make: Make, bank: Bank, clock: Clock
) -> None:
    make.rule()
    person, worker = make.volunteer(), make.staff()
    impose(make, person, "earning")
    clock.set_now(lambda: datetime(2026, 12, 2, 9, tzinfo=SHOP_ZONE))
    by = Caller(actor=worker.actor, client="command")
    rows = [
        f"{person.number},{person.name},巡逻,2026-{day} 9:00,2026-{day} 10:00,60分钟,签到"
        for day in ("11-19", "11-20", "11-30", "12-01")
    ]
    data = "\n".join([ATTENDED.strip(), *rows]).encode()
    asked = import_hours(bank, by, data, "hours.csv", take_good=True)
    told = [(one.row, one.code, dict(one.facts)) for one in asked.problems]
    until = {"until": UNTIL}
    assert told == [(3, Sanctioned.code, until), (4, Sanctioned.code, until)]
    days = {row.served_on for row in list_records(bank, status="pending").items}
    assert days == {"2026-11-19", "2026-12-01"}


def test_a_late_entry_is_booked_said_and_found_by_night(counter: Counter) -> None:
    make, bank = counter.make, counter.bank
    counter.goods("SOAP", price=30, shelf=5)
    barred, other = counter.buyer(points=100), counter.buyer(points=100)
    impose(make, counter.volunteer(barred), "redeeming")
    entered = enter(counter, barred).answer["redemption"]
    assert entered["sanctioned_until"] == UNTIL
    assert enter(counter, other, slip="1-4").answer["redemption"]["sanctioned_until"] is None
    back = enter(counter, barred, slip="1-5")
    take_back(counter, back)
    look_for_findings(bank, by=NIGHT)
    [row] = list_findings(bank, kind="barred_purchase").items
    assert (row.volunteer_number, row.facts["redemption"]) == (barred.number, entered["number"])
    # Who entered it does not look at it.
    [paper] = [get_redemption(bank, number=entered["number"]).late]
    assert paper is not None
    by = Caller(paper.proposed_by, paper.proposed_by)
    with pytest.raises(SamePersonTwice):
        make.do(look_at_finding, by=by, finding=row.number, remark="看过了")


class TestOnOneDatabase:
    """What is no business of the database's."""

    @pytest.fixture
    def bank_url(self, sqlite_url: str) -> str:
        return sqlite_url

    def test_it_is_told_once_and_ends_by_itself(self, make: Make, bank: Bank) -> None:
        person = make.volunteer()
        number = impose(make, person, "redeeming", "joining", starts_on="2026-11-21")
        [row] = list_sanctions(bank, volunteer_id=person.id)
        assert (row.number, row.reason) == (number, "冒领")
        assert row.kept.scopes == ["redeeming", "joining"]
        states = [row.kept.state(f"2026-{day}") for day in ("11-20", "11-21", "11-30", "12-01")]
        assert states == ["ahead", "running", "running", "over"]
        [news] = bank.database.read(lambda session: list_untold(session, person.holder))
        assert (news.code, news.facts) == ("people.sanctioned", {"day": UNTIL})
        make.do(lift_sanction, by=make.staff().caller, sanction=number, reason="查清楚了")
        [row] = list_sanctions(bank, volunteer_id=person.id)
        assert (row.kept.state("2026-11-22"), row.lifted) == ("lifted", "查清楚了")
        again = {"sanction": number, "reason": "再来一次"}
        with pytest.raises(SanctionOver):
            make.do(lift_sanction, by=make.staff().caller, **again)
        make.do(erase_volunteer, by=make.staff("admin").caller, number=person.number)
        [row] = list_sanctions(bank, volunteer_id=person.id)
        assert (row.reason, row.lifted) == (None, None)

    @pytest.mark.parametrize(
        ("told", "refused"),
        [
            ({"starts_on": "2026-11-19"}, SanctionDaysWrong),
            ({"starts_on": "2026-12-01"}, SanctionDaysWrong),
            ({"ends_on": "2027-11-21"}, SanctionDaysWrong),
            ({"scopes": []}, SanctionScopeMissing),
            ({"scopes": ["breathing"]}, SanctionScopeMissing),
            ({"reason": "　"}, ReasonNeeded),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, make: Make, told: dict[str, Any], refused: type[Exception]
    ) -> None:
        with pytest.raises(refused):
            impose(make, make.volunteer(), "redeeming", **told)

    def test_all_stand_in_one_list_by_where_they_are(
        self, make: Make, bank: Bank, clock: Clock
    ) -> None:
        one, other = make.volunteer(), make.volunteer()
        long = impose(make, one, "redeeming", ends_on="2026-12-31")
        short = impose(make, other, "joining")
        later_on = impose(make, other, "leading", starts_on="2026-11-25")
        lifted = impose(make, one, "earning")
        make.do(lift_sanction, by=make.staff().caller, sanction=lifted, reason="查清楚了")

        def told(today: str, **asked: Any) -> dict[str, list[str]]:
            return {
                state: [
                    row.number
                    for row in list_all_sanctions(bank, today=today, state=state, **asked).items
                ]
                for state in SANCTION_LISTS
            }

        assert told("2026-11-20") == {
            "running": [short, long],
            "ahead": [later_on],
            "ended": [lifted],
        }
        assert told("2026-12-01", volunteer_id=other.id) == {
            "running": [],
            "ahead": [],
            "ended": [later_on, short],
        }
        assert count_sanctions(bank, today="2026-12-01") == {"running": 1, "ahead": 0, "ended": 3}

    def test_nobody_of_the_household_lifts_it(self, make: Make) -> None:
        person, family = make.volunteer(), make.volunteer()
        live_together(make, person, family)
        number = impose(make, person, "redeeming")
        told = {"sanction": number, "reason": "算了"}
        for who, refused in ((person, BenefitsOneself), (family, SameHousehold)):
            with pytest.raises(refused):
                make.do(lift_sanction, by=make.staff("worker", volunteer=who).caller, **told)
        with pytest.raises(SanctionUnknown):
            make.do(lift_sanction, by=make.staff().caller, sanction="L000099-2", reason="错了")

    def test_one_may_say_that_it_is_not_right_and_a_third_person_answers(
        self, make: Make, bank: Bank
    ) -> None:
        person, first, second = make.volunteer(), make.staff(), make.staff("witness")
        number = impose(make, person, "redeeming", by=make.by_two(first, second))
        told = {"line": number, "says": "卡被人捡走了"}
        case = str(make.do(say_wrong, by=oneself(person), **told).answer["case"])
        assert get_case(bank, case=case).line == number
        answer = {"case": case, "outcome": "put_right", "answer": "查清楚了，取消了"}
        for one in (first, second):
            with pytest.raises(SamePersonTwice):
                make.do(answer_case, by=one.caller, **answer)
        make.do(answer_case, by=make.staff().caller, **answer)


class TestActivities:
    """Joining, signing in and leading."""

    @pytest.fixture
    def bank_url(self, sqlite_url: str) -> str:
        return sqlite_url

    @pytest.fixture
    def community(self, counter: Counter) -> Community:
        return Community(counter)

    def test_nobody_joins_or_signs_in_while_sanctioned(self, community: Community) -> None:
        make, liu = community.make, community.neighbour()
        patrol, later_on = community.open(), community.plan(begins_at=at(9, day=30), ends_at=END)
        impose(make, liu.person, "joining", ends_on="2026-11-29")
        with pytest.raises(AskAtDesk):
            community.sign_in(liu, patrol)
        with pytest.raises(Sanctioned):
            make.do(join_activity, by=liu.caller, activity=patrol)
        # What is after its last day can be joined today.
        make.do(join_activity, by=liu.caller, activity=later_on)

    def test_who_may_not_earn_signs_out_and_the_record_waits_with_a_mark(
        self, community: Community
    ) -> None:
        make, liu = community.make, community.neighbour()
        make.rule()
        patrol = community.open(leader_confirms=False)
        number = impose(make, liu.person, "earning")
        community.sign_in(liu, patrol)
        community.wait(60)
        record = community.sign_out(liu, patrol)["record"]
        approver = make.staff().caller
        assert get_record(make.bank, record=record).sanctioned_until == UNTIL
        with pytest.raises(Sanctioned):
            make.do(approve_record, by=approver, record=record)
        with pytest.raises(Sanctioned):
            make.do(
                enter_attendance,
                by=community.worker.caller,
                activity=patrol,
                number=liu.number,
                signed_in_at=at(8),
                signed_out_at=at(8, 30),
            )
        make.do(lift_sanction, by=make.staff().caller, sanction=number, reason="查清楚了")
        [row] = list_records(make.bank, status="pending").items
        assert (row.number, row.sanctioned_until) == (record, None)
        make.do(approve_record, by=approver, record=record)

    def test_a_leader_leads_nothing_meanwhile(self, community: Community) -> None:
        make, leader = community.make, community.neighbour()
        team = community.team(leader)
        patrol = community.plan(team=team)
        number = impose(make, leader.person, "leading")
        told = {"activity": patrol, "for_leader": leader.number}
        with pytest.raises(Sanctioned):
            make.do(open_activity, by=leader.caller, activity=patrol)
        with pytest.raises(Sanctioned):
            make.do(open_activity, by=community.worker.caller, **told)
        make.do(lift_sanction, by=make.staff().caller, sanction=number, reason="查清楚了")
        make.do(open_activity, by=leader.caller, activity=patrol)
