"""A no-show is counted; an upheld complaint makes hours count nothing where the rulebook says."""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.earning import (
    MarkStands,
    MarkUnknown,
    ObjectionOpen,
    ReasonMissing,
    approve_record,
    count_hours,
    count_marks,
    get_record,
    lift_mark,
    note_no_show,
    object_to_record,
    uphold_complaint,
)
from pointsbank.foundation import Act, Answer, Bank, operation
from pointsbank.people import BenefitsOneself, VolunteerRef
from tests.books import books_are_right
from tests.earning.wall import Wall
from tests.make import Make, between

HAILIN = {"deductions": [{"code": "complaint", "name": "投诉属实", "voids_hours": True}]}


@operation("tests.note_no_show")
def no_show(act: Act, *, volunteer: int) -> Answer:
    """What a room above does when somebody who had joined did not come."""
    noted = note_no_show(act, volunteer, activity="巡逻", day="2026-11-18", reason="没有请假")
    return {"noted": noted is not None}


def marks(bank: Bank, volunteer: VolunteerRef, since: str = "") -> dict[str, int]:
    return bank.database.read(lambda session: count_marks(session, volunteer.id, since=since))


def complain(make: Make, record: str, **values: Any) -> Any:
    told = make.by_two() | {"record": record, "reason": "居民投诉，查实没有上门"} | values
    return make.do(uphold_complaint, **told)


def test_the_whole_activity_counts_nothing_and_its_points_go_back(make: Make, bank: Bank) -> None:
    make.rule(**HAILIN)
    volunteer, approver = make.volunteer(), make.staff("witness").caller
    records = [
        make.record(volunteer, minutes, activity="巡逻", **between(hour, hour + 2))
        for hour, minutes in ((9, 60), (11, 90), (13, 30))
    ]
    other = make.record(volunteer, 60, activity="清扫")
    for record in (*records[:2], other):
        make.do(approve_record, by=approver, record=record)
    make.move(volunteer.wallet, make.account("redeemed", holder="bank"), 30)
    done = complain(make, records[0]).answer
    assert done["zeroed"] == records
    statuses = [get_record(bank, record=one).status for one in (*records, other)]
    assert statuses == ["void", "void", "rejected", "effective"]
    # 35 points came, 30 were spent; 25 are taken back, of which 5 were there.
    assert (make.balance(volunteer.wallet), make.balance(volunteer.owed)) == (0, -20)
    assert (count_hours(bank, volunteer_id=volunteer.id).total, marks(bank, volunteer)) == (
        60,
        {"complaint": 1},
    )
    books_are_right(bank)


def test_a_no_show_is_noted_once_and_can_be_lifted(make: Make, bank: Bank) -> None:
    volunteer, worker = make.volunteer(), make.staff("worker").caller
    assert [make.do(no_show, volunteer=volunteer.id).answer["noted"] for _ in range(2)] == [
        True,
        False,
    ]
    assert marks(bank, volunteer) == {"no_show": 1}
    assert marks(bank, volunteer, since="2026-11-19") == {}
    with pytest.raises(ReasonMissing):
        make.do(lift_mark, by=worker, mark=1, reason="")
    make.do(lift_mark, by=worker, mark=1, reason="住院，有病历")
    assert marks(bank, volunteer) == {}
    with pytest.raises(MarkUnknown):
        make.do(lift_mark, by=worker, mark=1, reason="再来一次")
    assert make.do(no_show, volunteer=volunteer.id).answer["noted"]


class TestOnOneDatabase:
    """What is no business of the database's."""

    @pytest.fixture
    def bank_url(self, sqlite_url: str) -> str:
        return sqlite_url

    def test_where_the_rulebook_says_nothing_a_complaint_is_only_counted(
        self, make: Make, bank: Bank
    ) -> None:
        make.rule()
        volunteer = make.volunteer()
        record = make.record(volunteer)
        make.do(approve_record, by=make.staff("witness").caller, record=record)
        assert complain(make, record).answer["zeroed"] == []
        assert (make.balance(volunteer.wallet), marks(bank, volunteer)) == (20, {"complaint": 1})
        with pytest.raises(MarkStands):
            complain(make, record)

    def test_nobody_upholds_one_against_oneself_or_beside_an_open_objection(
        self, make: Make, bank: Bank
    ) -> None:
        wall, volunteer = Wall(make, **HAILIN), make.volunteer()
        record = wall.reviewed(volunteer)
        with pytest.raises(BenefitsOneself):
            complain(make, record, by=make.staff("worker", volunteer=volunteer).caller)
        make.do(object_to_record, record=record, reason="没有来")
        with pytest.raises(ObjectionOpen):
            complain(make, record)
        assert marks(bank, volunteer) == {}
