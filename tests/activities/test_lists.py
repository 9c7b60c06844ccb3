"""Joining, the leader's roll-call and the list that becomes records."""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.activities import (
    ActivityFull,
    AgeUnknown,
    AlreadyJoined,
    AttendanceDecided,
    CategoryUnknown,
    MinorInDanger,
    MinutesRaised,
    NameEmpty,
    NotInCharge,
    NotJoined,
    OwnRow,
    PeopleInvalid,
    TimesInFuture,
    TimesInvalid,
    TooYoung,
    WrongState,
    call_roll,
    cancel_activity,
    close_activity,
    confirm_list,
    enter_attendance,
    join_activity,
    leave_activity,
    mark_no_show,
    open_activity,
    plan_activity,
    stop_run_out,
    take_back_no_show,
)
from pointsbank.earning import (
    SamePersonTwice,
    approve_record,
    count_marks,
    get_record,
    set_categories,
)
from pointsbank.people import join_household, list_untold
from tests.activities.community import Community, Neighbour, at


def codes_of(community: Community, who: Neighbour) -> list[str]:
    """What somebody is still to be told."""
    return [
        one.code
        for one in community.bank.database.read(
            lambda session: list_untold(session, who.person.holder)
        )
    ]


def test_places_are_given_in_order_and_a_free_one_goes_to_who_waited_longest(
    community: Community,
) -> None:
    liu, wang, zhang, chen = (community.neighbour() for _ in range(4))
    small = community.plan(people_most=1, waiting=True)

    def join(who: Neighbour) -> str:
        done = community.make.do(join_activity, by=who.caller, activity=small)
        return str(done.answer["status"])

    assert [join(liu), join(wang), join(zhang)] == ["joined", "waiting", "waiting"]
    with pytest.raises(AlreadyJoined):
        join(wang)
    assert community.make.do(leave_activity, by=liu.caller, activity=small).answer["moved_up"] == 1
    here = community.here(small)
    assert [here[one.number].participant.status for one in (liu, wang, zhang)] == [
        "left",
        "joined",
        "waiting",
    ]
    assert codes_of(community, wang) == ["activities.place_free"]
    full = community.plan(people_most=1)
    community.make.do(join_activity, by=liu.caller, activity=full)
    with pytest.raises(ActivityFull):
        community.make.do(join_activity, by=chen.caller, activity=full)
    with pytest.raises(NotJoined):
        community.make.do(leave_activity, by=chen.caller, activity=full)


@pytest.mark.parametrize(
    ("born", "told", "refusal"),
    [
        ("2010", {"dangerous": True, "insurance_ref": "PA-1"}, MinorInDanger),
        (None, {"dangerous": True, "insurance_ref": "PA-1"}, AgeUnknown),
        ("1990", {"dangerous": True, "insurance_ref": "PA-1"}, None),
        ("2010-11-21", {"age_least": 16}, TooYoung),
        ("2010-11-20", {"age_least": 16}, None),
        (None, {}, None),
    ],
)
def test_the_young_are_kept_from_what_is_not_for_them(
    community: Community, born: str | None, told: dict[str, Any], refusal: type[Exception] | None
) -> None:
    young = community.neighbour(born=born)
    activity = community.plan(**told)
    if refusal is None:
        community.make.do(join_activity, by=young.caller, activity=activity)
        return
    with pytest.raises(refusal):
        community.make.do(join_activity, by=young.caller, activity=activity)


def test_a_leader_calls_the_roll_and_confirms_but_never_raises_nor_decides_on_the_own(
    community: Community,
) -> None:
    liu, wang, zhang = (community.neighbour() for _ in range(3))
    team = community.team(liu)
    patrol = community.plan(team=team, by=liu.caller)
    community.make.do(open_activity, by=liu.caller, activity=patrol)
    called = community.make.do(
        call_roll,
        by=liu.caller,
        activity=patrol,
        present=[liu.number, wang.number, zhang.number],
    ).answer
    assert len(called["called"]) == 2
    assert called["passed_over"] == [{"number": liu.number, "code": "activities.own_row"}]
    community.sign_in(liu, patrol)
    community.wait(90)
    community.make.do(
        call_roll, by=liu.caller, activity=patrol, present=[wang.number], leaving=True
    )
    community.sign_out(liu, patrol)
    community.make.do(close_activity, by=liu.caller, activity=patrol)
    stays = {one: community.here(patrol)[one.number].attendances[0] for one in (liu, wang, zhang)}
    assert [one.minutes for one in stays.values()] == [90, 90, 90]

    def confirm(by: Any, minutes: dict[Neighbour, int], *struck: Neighbour) -> list[str]:
        told = {str(stays[one].id): value for one, value in minutes.items()}
        done = community.make.do(
            confirm_list,
            by=by,
            activity=patrol,
            minutes=told,
            struck=[stays[one].id for one in struck],
        )
        return list(done.answer["records"])

    with pytest.raises(OwnRow):
        confirm(liu.caller, {liu: 90})
    with pytest.raises(MinutesRaised):
        confirm(liu.caller, {wang: 91})
    with pytest.raises(NotInCharge):
        confirm(wang.caller, {zhang: 90})
    [record] = confirm(liu.caller, {wang: 80}, zhang)
    made = get_record(community.bank, record=record)
    assert (made.minutes, made.team, made.recorded_by) == (80, "巡逻队", liu.person.holder)
    with pytest.raises(AttendanceDecided):
        confirm(liu.caller, {wang: 80})
    [own] = confirm(community.worker.caller, {liu: 90})
    assert get_record(community.bank, record=own).recorded_by == community.worker.actor
    # Who has confirmed as a leader does not approve as a worker.
    second = community.make.staff("worker", volunteer=liu.person)
    with pytest.raises(SamePersonTwice):
        community.make.do(approve_record, by=second.caller, record=record)


def test_a_household_is_confirmed_by_others(community: Community) -> None:
    liu, wife = community.neighbour(), community.neighbour()
    patrol = community.plan(team=community.team(liu))
    community.make.do(
        join_household, number=wife.number, member=liu.number, consented_on="2026-11-01"
    )
    community.make.do(open_activity, by=liu.caller, activity=patrol)
    community.sign_in(wife, patrol)
    community.wait(60)
    community.sign_out(wife, patrol)
    stay = community.here(patrol)[wife.number].attendances[0]
    with pytest.raises(OwnRow):
        community.make.do(confirm_list, by=liu.caller, activity=patrol, minutes={str(stay.id): 60})


def test_a_leader_of_the_team_above_is_in_charge_and_a_worker_does_it_for_a_leader(
    community: Community,
) -> None:
    liu, wang = community.neighbour(), community.neighbour()
    above = community.team(liu, name="总队")
    below = community.team(name="一组", parent=above)
    other = community.team(wang, name="别的队")
    patrol = community.plan(team=below)
    with pytest.raises(NotInCharge):
        community.make.do(open_activity, by=wang.caller, activity=patrol)
    with pytest.raises(NotInCharge):
        community.make.do(
            open_activity, by=community.worker.caller, activity=patrol, for_leader=wang.number
        )
    done = community.make.do(
        open_activity, by=community.worker.caller, activity=patrol, for_leader=liu.number
    )
    assert done.answer["for_leader"] == liu.number
    with pytest.raises(NotInCharge):
        community.plan(team=other, by=liu.caller)
    with pytest.raises(NotInCharge):
        community.plan(by=liu.caller)


def test_who_forgot_waits_for_the_leader_even_where_nobody_else_is_confirmed(
    community: Community,
) -> None:
    liu, patrol = community.neighbour(), community.open()
    community.sign_in(liu, patrol)
    community.until(at(12))
    stop_run_out(community.bank)
    assert codes_of(community, liu) == ["activities.forgot_sign_out"]
    assert community.file(patrol).counts.to_confirm == 1
    stay = community.here(patrol)[liu.number].attendances[0]
    confirmed = community.make.do(
        confirm_list, by=community.worker.caller, activity=patrol, minutes={str(stay.id): 100}
    )
    [record] = confirmed.answer["records"]
    assert get_record(community.bank, record=record).minutes == 100


def test_what_is_entered_afterwards_is_back_filled_and_an_overlap_is_flagged(
    community: Community,
) -> None:
    liu, patrol = community.neighbour(), community.open()

    def enter(begins: str, ends: str) -> dict[str, Any]:
        told = {"activity": patrol, "number": liu.number}
        told |= {"signed_in_at": begins, "signed_out_at": ends}
        answer: dict[str, Any] = community.make.do(
            enter_attendance, by=community.worker.caller, **told
        ).answer
        return answer

    with pytest.raises(TimesInFuture):
        enter(at(9), at(10))
    community.until(at(12))
    with pytest.raises(TimesInvalid):
        enter(at(10), at(10))
    entered = enter(at(9), at(10))
    assert (entered["minutes"], entered["collides"]) == (60, False)
    assert get_record(community.bank, record=entered["record"]).source == "manual"
    assert enter(at(9, 30), at(10, 30))["collides"]
    own = community.make.staff("worker", volunteer=liu.person)
    with pytest.raises(OwnRow):
        community.make.do(
            enter_attendance,
            by=own.caller,
            activity=patrol,
            number=liu.number,
            signed_in_at=at(11),
            signed_out_at=at(12),
        )


def test_a_record_from_elsewhere_in_the_same_hours_is_flagged(community: Community) -> None:
    liu, patrol = community.neighbour(), community.open(leader_confirms=True)
    told = {"source": "app", "started_at": at(8, 30), "ended_at": at(9, 30)}
    community.sign_in(liu, patrol)
    community.wait(60)
    community.make.record(liu.person, 60, activity="探访老人", **told)
    community.sign_out(liu, patrol)
    assert community.here(patrol)[liu.number].attendances[0].collides


def test_who_joined_and_did_not_come_is_marked_and_the_mark_can_be_taken_back(
    community: Community,
) -> None:
    liu, wang = community.neighbour(), community.neighbour()
    patrol = community.open()
    for one in (liu, wang):
        community.make.do(join_activity, by=one.caller, activity=patrol)

    def mark(verb: Any, who: Neighbour) -> None:
        by = community.worker.caller
        community.make.do(verb, by=by, activity=patrol, number=who.number)

    with pytest.raises(WrongState):
        mark(mark_no_show, liu)
    community.sign_in(wang, patrol)
    community.wait(120)
    community.sign_out(wang, patrol)

    def marks() -> dict[str, int]:
        return community.bank.database.read(lambda session: count_marks(session, liu.person.id))

    mark(mark_no_show, liu)
    assert community.here(patrol)[liu.number].participant.no_show_at
    assert marks() == {"no_show": 1}
    mark(take_back_no_show, liu)
    assert community.here(patrol)[liu.number].participant.no_show_at is None
    assert marks() == {}
    with pytest.raises(Exception, match="already_signed_in"):
        mark(mark_no_show, wang)


def test_what_is_called_off_is_told_to_who_had_joined(community: Community) -> None:
    liu, patrol = community.neighbour(), community.plan()
    community.make.do(join_activity, by=liu.caller, activity=patrol)
    by = community.worker.caller
    done = community.make.do(cancel_activity, by=by, activity=patrol, reason="下大雨")
    assert done.answer["told"] == 1
    assert codes_of(community, liu) == ["activities.cancelled"]
    running = community.open()
    community.sign_in(liu, running)
    with pytest.raises(WrongState):
        community.make.do(cancel_activity, by=by, activity=running, reason="下大雨")


def test_a_plan_that_cannot_be_is_refused(community: Community) -> None:
    by = community.worker.caller
    wrong: list[tuple[dict[str, Any], type[Exception]]] = [
        ({"name": " "}, NameEmpty),
        ({"place": ""}, NameEmpty),
        ({"ends_at": at(9)}, TimesInvalid),
        ({"ends_at": at(10, day=21)}, TimesInvalid),
        ({"category": "别的"}, CategoryUnknown),
        ({"people_most": 0}, PeopleInvalid),
    ]
    for told, refusal in wrong:
        with pytest.raises(refusal):
            community.plan(**told)
    community.make.do(set_categories, by=community.make.staff("admin").caller, names=["巡逻"])
    with pytest.raises(CategoryUnknown):
        community.plan()
    assert community.plan(category="巡逻")
    with pytest.raises(NotInCharge):
        community.make.do(
            plan_activity,
            by=community.neighbour().caller,
            name="自己的",
            place="家",
            category="巡逻",
            begins_at=at(9),
            ends_at=at(10),
        )
    assert by
