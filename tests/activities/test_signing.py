"""Signing in and out by card at the shop's own kiosk, from the first scan to the points."""

from __future__ import annotations

import pytest

from pointsbank.activities import (
    ActivityCancelled,
    ActivityFull,
    ActivityOver,
    ActivityUnknown,
    AlreadySignedIn,
    AttendanceDecided,
    CallerNotAllowed,
    ClockStopped,
    Elsewhere,
    InsuranceMissing,
    JustSignedIn,
    NotBegun,
    NotJoined,
    NotOpenYet,
    NotOwnAttendance,
    NotSignedIn,
    SignedInElsewhere,
    TakeBackTooLate,
    VolunteersOnly,
    call_roll,
    cancel_activity,
    change_activity,
    close_activity,
    count_open_sessions,
    join_activity,
    list_open_sessions,
    open_activity,
    scan_card,
    sign_in,
    stop_run_out,
    take_back_sign_in,
)
from pointsbank.earning import approve_record, get_record
from pointsbank.foundation import to_instant
from pointsbank.people import CardBlocked, CardUnknown, PinNeeded, block_card, mask_name
from tests.activities.community import Community, Neighbour, at
from tests.books import books_are_right


def test_two_hours_of_patrol_are_signed_in_and_out_and_earn_after_a_second_look(
    community: Community,
) -> None:
    liu, wang = community.neighbour(), community.neighbour()
    patrol = community.open()
    told = community.sign_in(liu, patrol)
    assert (told["status"], told["signed_in_at"], told["undo_until"]) == ("in", at(8, 58), at(9, 3))
    community.wait(3)
    community.sign_in(wang, patrol)
    assert community.file(patrol).counts.signed_in == 2
    community.wait(115)
    told = community.sign_out(liu, patrol)
    assert (told["status"], told["minutes"], told["forgotten"]) == ("out", 116, False)
    record = get_record(community.bank, record=told["record"])
    assert (record.status, record.source, record.minutes) == ("pending", "sign_in", 116)
    assert (record.started_at, record.ended_at) == (at(8, 58), at(10, 56))
    assert (record.activity, record.category) == ("治安巡逻", "平安综治")
    approver = community.make.staff("witness")
    community.make.do(approve_record, by=approver.caller, record=told["record"])
    assert community.make.balance(liu.person.wallet) == 19
    books_are_right(community.bank)


def test_the_same_scan_again_is_the_same_and_a_later_one_is_refused(community: Community) -> None:
    liu, patrol = community.neighbour(), community.open()
    first = community.sign_in(liu, patrol)
    community.wait(0.9)
    again = community.sign_in(liu, patrol)
    assert (again["attendance"], again["again"]) == (first["attendance"], True)
    with pytest.raises(JustSignedIn):
        community.sign_out(liu, patrol)
    community.wait(0.2)
    with pytest.raises(AlreadySignedIn):
        community.sign_in(liu, patrol)
    out = community.sign_out(liu, patrol)
    community.wait(0.5)
    assert community.sign_out(liu, patrol)["record"] is None
    assert community.sign_out(liu, patrol)["attendance"] == out["attendance"]
    community.wait(1)
    with pytest.raises(NotSignedIn):
        community.sign_out(liu, patrol)
    # Whoever comes back after a pause signs in once more.
    assert community.sign_in(liu, patrol)["attendance"] != out["attendance"]


def test_a_station_needs_no_buttons(community: Community) -> None:
    liu, patrol = community.neighbour(), community.open()

    def scan() -> tuple[str, bool]:
        told = {"activity": patrol, "card": liu.card.code}
        answer = community.make.do(scan_card, by=community.kiosk, **told).answer
        return answer["status"], answer["again"]

    assert scan() == ("in", False)
    community.wait(0.5)
    assert scan() == ("in", True)
    community.wait(30)
    assert scan() == ("out", False)
    community.wait(0.5)
    assert scan() == ("out", True)
    community.wait(30)
    assert scan() == ("in", False)


def test_whoever_comes_at_the_wrong_time_hears_which(community: Community) -> None:
    liu = community.neighbour()
    planned, tomorrow = (
        community.plan(),
        community.open(begins_at=at(9, day=21), ends_at=at(11, day=21)),
    )
    with pytest.raises(NotOpenYet):
        community.sign_in(liu, planned)
    with pytest.raises(NotBegun) as early:
        community.sign_in(liu, tomorrow)
    assert early.value.facts["opens"] == at(8, 30, day=21)
    off = community.plan()
    community.make.do(cancel_activity, by=community.worker.caller, activity=off, reason="下雨")
    with pytest.raises(ActivityCancelled):
        community.sign_in(liu, off)
    over = community.open()
    community.until(at(11))
    with pytest.raises(ActivityOver):
        community.sign_in(liu, over)
    with pytest.raises(ActivityUnknown):
        community.sign_in(liu, "A000099-0")


def test_only_at_its_own_place_and_only_at_a_machine(community: Community) -> None:
    liu = community.neighbour()
    elsewhere = community.open(shop=None)
    with pytest.raises(Elsewhere):
        community.sign_in(liu, elsewhere)
    told = {"activity": community.open(), "card": liu.card.code}
    with pytest.raises(CallerNotAllowed):
        community.make.do(sign_in, by=community.worker.caller, **told)


def test_a_card_that_is_blocked_unknown_a_familys_or_only_a_number_signs_nobody_in(
    community: Community,
) -> None:
    patrol, liu = community.open(), community.neighbour()
    family = community.counter.family()

    def scan(card: str) -> None:
        community.make.do(sign_in, by=community.kiosk, activity=patrol, card=card)

    with pytest.raises(VolunteersOnly):
        scan(family.card)
    with pytest.raises(CardUnknown):
        scan("A" * 24)
    with pytest.raises(PinNeeded):
        scan(liu.card.short_number)
    community.make.do(block_card, short_number=liu.card.short_number)
    with pytest.raises(CardBlocked):
        scan(liu.card.code)


def test_one_is_at_one_place_at_a_time(community: Community) -> None:
    liu, patrol, visit = community.neighbour(), community.open(), community.open(name="探访老人")
    community.sign_in(liu, patrol)
    community.wait(10)
    for ask in (community.sign_in, community.sign_out):
        with pytest.raises(SignedInElsewhere) as told:
            ask(liu, visit)
        assert told.value.facts == {"activity": patrol, "since": at(8, 58)}
    community.sign_out(liu, patrol)
    community.sign_in(liu, visit)


def test_who_has_not_joined_comes_in_only_where_walk_ins_may_and_while_there_is_room(
    community: Community,
) -> None:
    liu, wang, zhang = (community.neighbour() for _ in range(3))
    closed = community.open(walk_ins=False)
    with pytest.raises(NotJoined):
        community.sign_in(liu, closed)
    community.make.do(join_activity, by=liu.caller, activity=closed)
    community.sign_in(liu, closed)
    small = community.open(people_most=1)
    community.make.do(join_activity, by=wang.caller, activity=small)
    with pytest.raises(ActivityFull):
        community.sign_in(zhang, small)
    community.sign_in(wang, small)


def test_a_mistake_is_taken_back_for_five_minutes_by_the_same_card(community: Community) -> None:
    liu, wang, patrol = community.neighbour(), community.neighbour(), community.open()

    def take_back(who: Neighbour, attendance: int) -> str:
        told = {"attendance": attendance, "card": who.card.code}
        done = community.make.do(take_back_sign_in, by=community.kiosk, **told)
        return str(done.answer["status"])

    mistaken = community.sign_in(liu, patrol)["attendance"]
    with pytest.raises(NotOwnAttendance):
        take_back(wang, mistaken)
    community.wait(4)
    assert take_back(liu, mistaken) == "undone"
    with pytest.raises(AttendanceDecided):
        take_back(liu, mistaken)
    with pytest.raises(NotSignedIn):
        community.sign_out(liu, patrol)
    later = community.sign_in(liu, patrol)["attendance"]
    community.wait(5)
    with pytest.raises(TakeBackTooLate):
        take_back(liu, later)


def test_the_clock_of_who_forgets_stops_by_itself_and_counts_to_the_end(
    community: Community,
) -> None:
    liu, patrol = community.neighbour(), community.open()
    community.sign_in(liu, patrol)
    community.until(at(11, 29))
    assert stop_run_out(community.bank) == 0
    community.until(at(11, 30))
    assert stop_run_out(community.bank) == 1
    [stay] = community.here(patrol)[liu.number].attendances
    assert (stay.status, stay.is_forgotten, stay.minutes) == ("ended", True, 122)
    assert stay.signed_out_at == at(11)
    assert community.file(patrol).row.state == "closed"
    with pytest.raises(ClockStopped) as told:
        community.sign_out(liu, patrol)
    assert told.value.facts == {"at": at(11), "minutes": 122}
    assert stop_run_out(community.bank) == 0


def test_a_clock_that_ran_out_unseen_is_stopped_by_the_next_scan(community: Community) -> None:
    liu, patrol = community.neighbour(), community.open()
    afternoon = community.open(name="清洁家园", begins_at=at(14), ends_at=at(16))
    community.sign_in(liu, patrol)
    community.until(at(14))
    community.sign_in(liu, afternoon)
    assert community.here(patrol)[liu.number].attendances[0].minutes == 122
    community.until(at(16, 20))
    assert community.sign_out(liu, afternoon)["minutes"] == 120


def test_nobody_serves_longer_at_a_stretch_than_one_may(community: Community) -> None:
    liu = community.neighbour()
    gate = community.open(name="门岗", ends_at=at(20))
    community.sign_in(liu, gate)
    community.until(at(16, 58))
    told = community.sign_out(liu, gate)
    assert (told["minutes"], told["forgotten"], told["record"]) == (480, True, None)


def test_where_no_leader_looks_only_the_activitys_own_time_is_service(
    community: Community,
) -> None:
    early, late = community.neighbour(), community.neighbour()
    patrol = community.open()
    for who in (early, late):
        community.sign_in(who, patrol)
    community.until(at(9))
    assert community.sign_out(early, patrol)["record"] is None
    community.until(at(11, 29))
    told = community.sign_out(late, patrol)
    record = get_record(community.bank, record=told["record"])
    assert (told["minutes"], record.minutes, record.ended_at) == (120, 120, at(11, 29))


def test_closing_ends_what_still_runs_at_that_moment(community: Community) -> None:
    liu, patrol = community.neighbour(), community.open()
    community.sign_in(liu, patrol)
    community.until(at(10))
    community.make.do(close_activity, by=community.worker.caller, activity=patrol)
    [stay] = community.here(patrol)[liu.number].attendances
    assert (stay.minutes, stay.is_forgotten) == (62, True)


def test_an_open_activity_keeps_its_beginning_and_a_dangerous_one_needs_insurance(
    community: Community,
) -> None:
    climbing = community.plan(dangerous=True)
    with pytest.raises(InsuranceMissing):
        community.make.do(open_activity, by=community.worker.caller, activity=climbing)
    told = {
        "activity": climbing,
        "name": "高处清洗",
        "category": "社区服务",
        "place": "四新路",
        "shop": "shop-1",
        "begins_at": at(9),
        "ends_at": at(12),
        "dangerous": True,
        "insurance_ref": "PA-2026-1",
    }
    community.make.do(change_activity, by=community.worker.caller, **told)
    community.make.do(open_activity, by=community.worker.caller, activity=climbing)
    told |= {"begins_at": at(8), "ends_at": at(13)}
    community.make.do(change_activity, by=community.worker.caller, **told)
    row = community.file(climbing).row
    assert (row.begins_at, row.ends_at, row.name) == (at(9), at(13), "高处清洗")
    with pytest.raises(InsuranceMissing):
        community.make.do(
            change_activity, by=community.worker.caller, **{**told, "insurance_ref": None}
        )


def test_who_has_not_signed_out_is_listed_wherever_it_is(community: Community) -> None:
    patrol, visit = community.open(), community.open(name="探访", shop=None)
    liu, wang = community.neighbour(name="刘桂英"), community.neighbour()
    community.sign_in(liu, patrol)
    community.wait(30)
    by = community.worker.caller
    community.make.do(call_roll, by=by, activity=visit, present=[wang.number], leaving=False)
    now = to_instant(community.now)
    first, second = list_open_sessions(community.bank, now=now).items
    assert (first.number, first.activity, first.minutes) == (liu.number, patrol, 30)
    assert first.masked_name == mask_name("刘桂英")
    assert (second.number, second.activity_name, second.in_way) == (
        wang.number,
        "探访",
        "roll_call",
    )
    community.sign_out(liu, patrol)
    assert count_open_sessions(community.bank) == 1
    assert [one.number for one in list_open_sessions(community.bank, now=now).items] == [
        wang.number
    ]
