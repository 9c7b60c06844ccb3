"""What looks odd in the records is found once, and closed by somebody who had no hand in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from pointsbank.activities import join_activity
from pointsbank.earning import approve_record, reject_record, void_record
from pointsbank.findings import (
    FindingLookedAt,
    FindingRow,
    FindingUnknown,
    RemarkMissing,
    count_findings,
    get_finding,
    list_findings,
    look_at_finding,
    look_for_findings,
)
from pointsbank.foundation import NIGHT, SHOP_ZONE, Bank, Clock, Paging
from pointsbank.people import (
    BenefitsOneself,
    SamePersonTwice,
    VolunteerRef,
    change_settings,
    erase_volunteer,
)
from tests.activities.community import Community
from tests.at_once import at_once
from tests.counter import Counter
from tests.earning.kin import hand_with_kin
from tests.make import Make

DAY = "2026-11-18"


def times(start: str, end: str) -> dict[str, str]:
    """From when to when on that day, by the shop's clock."""
    return {
        name: f"{DAY}T{int(at[:2]) - 8:02d}:{at[3:]}:00.000000Z"
        for name, at in (("started_at", start), ("ended_at", end))
    }


def look(bank: Bank, kind: str) -> list[FindingRow]:
    """What a night finds of one kind."""
    look_for_findings(bank, by=NIGHT)
    return list(list_findings(bank, kind=kind, paging=Paging(1, 200)).items)


def test_two_services_at_the_same_time_are_found_once(make: Make, bank: Bank) -> None:
    person = make.volunteer()
    first = make.record(person, 120, activity="巡逻", **times("09:00", "11:00"))
    make.record(person, 60, activity="午饭", **times("11:00", "12:00"))
    second = make.record(person, 60, activity="清扫", **times("10:30", "11:30"))
    told = {(one.facts["other"], one.facts["record"]) for one in look(bank, "overlap")}
    assert told == {(first, second), (make_number(2), second)}
    nights = at_once([lambda: look_for_findings(bank, by=NIGHT) for _ in range(3)])
    assert nights == [0, 0, 0]
    assert count_findings(bank) == 2


def make_number(place: int) -> str:
    """The number of the record that was written in this place."""
    return {2: "S000002-1"}[place]


def test_a_night_keeps_what_another_found_at_the_same_moment_once(make: Make, bank: Bank) -> None:
    for _ in range(3):
        person = make.volunteer()
        for activity in ("巡逻", "清扫"):
            make.record(person, 120, activity=activity, **times("09:00", "11:00"))
    found = at_once([lambda: look_for_findings(bank, by=NIGHT) for _ in range(4)])
    assert all(isinstance(one, int) for one in found), found
    assert sum(one for one in found if isinstance(one, int)) == count_findings(bank) == 3


class TestOnOneDatabase:
    """What is no business of the database's."""

    @pytest.fixture
    def bank_url(self, sqlite_url: str) -> str:
        return sqlite_url

    def test_who_was_written_down_where_others_signed_in(self, make: Make, bank: Bank) -> None:
        here, there = make.volunteer(), make.volunteer()
        make.record(here, activity="巡逻")
        by_hand = make.record(there, activity="巡逻", source="manual")
        make.record(there, activity="别处", source="manual")
        [row] = look(bank, "no_sign_in")
        assert (row.facts["record"], row.volunteer_number) == (by_hand, there.number)

    def test_more_than_eight_hours_a_day(self, make: Make, bank: Bank) -> None:
        tired, rested = make.volunteer(), make.volunteer()
        for person, minutes in ((tired, 241), (tired, 240), (rested, 480)):
            make.record(person, minutes)
        [row] = look(bank, "long_day")
        assert row.facts == {"day": DAY, "minutes": 481, "records": 2}
        assert row.volunteer_number == tired.number
        admin = make.staff("admin").caller
        make.do(change_settings, by=admin, changes={"finding_day_minutes": 479})
        assert {one.volunteer_number for one in look(bank, "long_day")} == {
            tired.number,
            rested.number,
        }

    def test_what_was_rejected_or_voided_is_nobodys_gain(self, make: Make, bank: Bank) -> None:
        make.rule()
        person, approver = make.volunteer(), make.staff().caller
        records = [make.record(person, 300) for _ in range(2)]
        make.do(reject_record, by=approver, record=records[0], reason="重复")
        assert look(bank, "long_day") == []
        make.do(approve_record, by=approver, record=records[1])
        make.do(void_record, record=records[1], reason="不实", **make.by_two())
        make.record(person, 300)
        assert look(bank, "long_day") == []

    def test_a_team_of_whose_hours_half_are_written_by_hand(self, make: Make, bank: Bank) -> None:
        person = make.volunteer()
        for place in range(10):
            source = "manual" if place % 2 else "sign_in"
            team = "巡逻队" if place < 9 else "别的队"
            make.record(person, 30, source=source, team=team)
        assert look(bank, "manual_share") == []
        make.record(person, 30, source="manual", team="巡逻队")
        [row] = look(bank, "manual_share")
        told = {"team": "巡逻队", "month": "2026-11", "records": 10, "manual": 5}
        assert (row.facts, row.volunteer_id) == (told, None)

    def test_always_the_same_two_where_others_approve_as_well(self, make: Make, bank: Bank) -> None:
        make.rule()
        person, recorder, approver = make.volunteer(), make.staff(), make.staff()
        admin = make.staff("admin").caller
        make.do(change_settings, by=admin, changes={"finding_pair_least": 3})
        for _ in range(3):
            record = make.record(person, 30, by=recorder)
            make.do(approve_record, by=approver.caller, record=record)
        assert look(bank, "same_pair") == []
        another = make.record(person, 30)
        make.do(approve_record, by=make.staff().caller, record=another)
        [row] = look(bank, "same_pair")
        assert (row.facts["recorded_by"], row.facts["decided_by"], row.facts["records"]) == (
            recorder.actor,
            approver.actor,
            3,
        )
        told = {"finding": row.number, "remark": "排班就是这样"}
        for one in (recorder, approver):
            with pytest.raises(SamePersonTwice):
                make.do(look_at_finding, by=one.caller, **told)
        make.do(look_at_finding, by=make.staff("witness").caller, **told)
        assert get_finding(bank, finding=row.number).remark == "排班就是这样"

    def test_hours_that_stand_there_minutes_after_joining(self, counter: Counter) -> None:
        community = Community(counter)
        make, liu, wang = community.make, community.neighbour(), community.neighbour()
        patrol = community.open()
        for who in (liu, wang):
            make.do(join_activity, by=who.caller, activity=patrol)
        told = {"activity": "治安巡逻", "served_on": "2026-11-20", "source": "manual"}
        community.wait(10)
        soon = make.record(liu.person, 60, **told)
        community.wait(110)
        make.record(wang.person, 60, **told)
        [row] = look(make.bank, "soon_after")
        assert (row.facts["record"], row.facts["after"]) == (soon, 10)

    def test_it_is_closed_with_a_remark_by_somebody_without_a_hand_in_it(
        self, make: Make, bank: Bank
    ) -> None:
        person, (recorder, refused) = make.volunteer(), hand_with_kin(make)
        self._long(make, person, by=recorder)
        [row] = look(bank, "long_day")
        told: dict[str, Any] = {"finding": row.number, "remark": "问过了，确实在"}
        refused(lambda by: make.do(look_at_finding, by=by, **told))
        oneself = make.staff("worker", volunteer=person)
        with pytest.raises(BenefitsOneself):
            make.do(look_at_finding, by=oneself.caller, **told)
        third = make.staff("witness").caller
        with pytest.raises(RemarkMissing):
            make.do(look_at_finding, by=third, **told | {"remark": " "})
        with pytest.raises(FindingUnknown):
            make.do(look_at_finding, by=third, **told | {"finding": "W000099-2"})
        make.do(look_at_finding, by=third, **told)
        with pytest.raises(FindingLookedAt):
            make.do(look_at_finding, by=third, **told)
        assert look(bank, "long_day") == []
        [kept] = list_findings(bank, is_open=False).items
        assert kept.remark == "问过了，确实在"
        make.do(erase_volunteer, by=make.staff("admin").caller, number=person.number)
        assert get_finding(bank, finding=row.number).remark is None

    def test_the_hands_of_either_record_that_it_names_are_hands(
        self, make: Make, bank: Bank
    ) -> None:
        person, (recorder, refused) = make.volunteer(), hand_with_kin(make)
        make.record(person, 60, by=recorder, activity="巡逻", **times("09:00", "11:00"))
        make.record(person, 60, activity="清扫", **times("10:30", "11:30"))
        [row] = look(bank, "overlap")
        told = {"finding": row.number, "remark": "问过了"}
        refused(lambda by: make.do(look_at_finding, by=by, **told))

    def test_the_old_is_not_looked_through_again(
        self, make: Make, bank: Bank, clock: Clock
    ) -> None:
        self._long(make, make.volunteer())
        clock.set_now(lambda: datetime(2027, 1, 3, 3, 30, tzinfo=SHOP_ZONE))
        assert look(bank, "long_day") == []

    def _long(self, make: Make, person: VolunteerRef, **rest: Any) -> None:
        make.record(person, 500, **rest)
