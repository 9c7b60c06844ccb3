"""What is one activity to the rules: what was planned as one, and not what has one name."""

from __future__ import annotations

from pointsbank.activities import close_activity, join_activity, mark_no_show, take_back_no_show
from pointsbank.earning import (
    Served,
    approve_record,
    count_marks,
    get_record,
    preview_records,
    preview_service,
    uphold_complaint,
)
from tests.activities.community import ON_BOTH, Community, Neighbour, at
from tests.books import books_are_right


def _patrol(community: Community, who: Neighbour, patrol: str, since: str, until: str) -> str:
    """Somebody signs in and out by card; the number of the record."""
    community.until(since)
    community.sign_in(who, patrol)
    community.until(until)
    return str(community.sign_out(who, patrol)["record"])


def _served(community: Community, liu: Neighbour) -> list[str]:
    """An evening's patrol, and one over midnight of the same name, left for half an hour."""
    evening = community.open(begins_at=at(19), ends_at=at(21))
    night = community.open(begins_at=at(22), ends_at=at(2, day=21))
    return [
        _patrol(community, liu, evening, at(19), at(21)),
        _patrol(community, liu, night, at(22), at(23, 30)),
        _patrol(community, liu, night, at(0, day=21), at(1, 31, day=21)),
    ]


@ON_BOTH
def test_a_cap_of_an_activity_goes_by_what_was_planned_as_one(community: Community) -> None:
    make, bank, liu = community.make, community.bank, community.neighbour()
    make.rule(starts_on=at(12)[:10], cap_minutes_per_activity=120)
    seen = _served(community, liu)
    foreseen = preview_records(bank, records=[get_record(bank, record=one) for one in seen])
    approver = make.staff("witness").caller
    done = [make.do(approve_record, by=approver, record=one).answer for one in seen]
    assert [one["points"] for one in done] == [20, 15, 5]
    assert [one.zh for one in foreseen.values()] == [one["working"] for one in done]
    assert "同一活动封顶 2 小时（已计 1.5 小时）" in done[2]["working"]
    # What nobody planned goes by name and day, so that the rest is not typed in beside it.
    for day, points in (("2026-11-19", 20), ("2026-11-20", 0), ("2026-11-21", 15)):
        rest = Served(120, "sign_in", day, "治安巡逻")
        assert preview_service(bank, served=rest, volunteer_id=liu.person.id).points == points
    books_are_right(bank)


@ON_BOTH
def test_an_upheld_complaint_takes_all_of_one_activity_and_nothing_of_its_namesake(
    community: Community,
) -> None:
    make, bank, liu = community.make, community.bank, community.neighbour()
    voids = {"code": "complaint", "name": "投诉属实", "voids_hours": True}
    make.rule(starts_on=at(12)[:10], deductions=[voids])
    seen = _served(community, liu)
    for one in seen[:2]:
        make.do(approve_record, by=make.staff("witness").caller, record=one)
    told = make.by_two() | {"record": seen[2], "reason": "查实没有巡逻"}
    assert sorted(make.do(uphold_complaint, **told).answer["zeroed"]) == sorted(seen[1:])
    statuses = [get_record(bank, record=one).status for one in seen]
    assert statuses == ["effective", "void", "rejected"]
    books_are_right(bank)


@ON_BOTH
def test_two_activities_of_one_name_and_day_are_missed_twice(community: Community) -> None:
    liu, worker = community.neighbour(), community.worker.caller
    patrols = [community.open(begins_at=at(hour), ends_at=at(hour + 1)) for hour in (14, 16)]

    def do(verb: object, **told: object) -> None:
        for patrol in patrols:
            community.make.do(verb, activity=patrol, **told)

    def marks() -> dict[str, int]:
        return community.bank.database.read(lambda session: count_marks(session, liu.person.id))

    do(join_activity, by=liu.caller)
    community.until(at(18))
    do(close_activity, by=worker)
    do(mark_no_show, by=worker, number=liu.number)
    assert marks() == {"no_show": 2}
    community.make.do(take_back_no_show, by=worker, activity=patrols[0], number=liu.number)
    assert marks() == {"no_show": 1}
