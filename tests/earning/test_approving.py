"""Points exist only where two people agree about somebody else's hours, and only once."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import update

from pointsbank.earning import (
    RECORDS_MOST,
    HoursInvalid,
    NoRule,
    OwnRecord,
    ReasonMissing,
    RecordDecided,
    RecordDoubled,
    RecordRepeated,
    RecordUnknown,
    SamePersonTwice,
    Service,
    ServiceInFuture,
    ServiceNotOver,
    ServiceRecord,
    SourceNotTyped,
    approve_record,
    approve_records,
    count_hours,
    count_pending,
    get_record,
    list_recorders,
    list_records,
    record_number,
    record_service,
    reject_record,
)
from pointsbank.earning.doubles import find_double
from pointsbank.foundation import (
    Bank,
    Caller,
    Clock,
    Keys,
    PublicIdInvalid,
    Session,
    new_key,
    open_database,
    read_public_id,
)
from pointsbank.ledger import get_entry
from pointsbank.people import RoleMissing, SecondPersonNeeded, VolunteerUnknown, disable_staff
from tests.at_once import at_once
from tests.books import books_are_right
from tests.make import Make, between


def test_an_approved_record_issues_its_points_once(make: Make, bank: Bank) -> None:
    make.rule(points_per_hour=10)
    volunteer, recorder, approver = make.volunteer(), make.staff(), make.staff("witness")
    record = make.record(volunteer, 120, by=recorder)
    assert (count_pending(bank), make.balance(volunteer.wallet)) == (1, 0)
    key = new_key()
    done = make.do(approve_record, by=approver.caller, key=key, record=record)
    assert (done.answer["points"], done.answer["status"]) == (20, "effective")
    assert make.balance(volunteer.wallet) == 20
    assert make.do(approve_record, by=approver.caller, key=key, record=record).repeated
    with pytest.raises(RecordDecided) as refusal:
        make.do(approve_record, by=approver.caller, record=record)
    assert refusal.value.facts == {"number": record, "status": "effective"}
    assert (count_pending(bank), make.balance(volunteer.wallet)) == (0, 20)
    row = get_record(bank, record=record)
    assert (row.recorded_by, row.decided_by) == (recorder.actor, approver.actor)
    assert row.working == "2.0 小时 × 10 分 = 20 分"
    assert row.entry is not None
    paper = get_entry(bank, entry_id=read_public_id("J", row.entry)).entry
    assert (paper.kind, paper.document) == ("earning.issue", f"record:{row.id}")
    assert (paper.memo, paper.rule) == (row.working, "earning_rule:1")
    books_are_right(bank)


def test_of_sixteen_approvers_at_once_exactly_one_wins(make: Make, bank: Bank) -> None:
    make.rule()
    volunteer = make.volunteer()
    record = make.record(volunteer)
    approvers = [make.staff("worker") for _ in range(16)]
    outcomes = at_once(
        [lambda one=one: make.do(approve_record, by=one.caller, record=record) for one in approvers]
    )
    refused = [one for one in outcomes if isinstance(one, RecordDecided)]
    assert len(refused) == 15, outcomes
    assert make.balance(volunteer.wallet) == 20
    books_are_right(bank)


def test_approving_and_rejecting_at_once_is_one_decision(make: Make, bank: Bank) -> None:
    make.rule()
    people = [make.staff("worker") for _ in range(8)]
    for _ in range(4):
        volunteer = make.volunteer()
        record = make.record(volunteer)

        def decide(place: int, record: str = record) -> object:
            by = people[place].caller
            if place % 2:
                return make.do(reject_record, by=by, record=record, reason="重复")
            return make.do(approve_record, by=by, record=record)

        outcomes = at_once([lambda place=place: decide(place) for place in range(8)])
        assert len([one for one in outcomes if isinstance(one, RecordDecided)]) == 7, outcomes
        effective = get_record(bank, record=record).status == "effective"
        assert make.balance(volunteer.wallet) == (20 if effective else 0)


def test_chunks_that_overlap_approve_every_record_once(make: Make, bank: Bank) -> None:
    make.rule()
    volunteers = [make.volunteer() for _ in range(4)]
    recorder = make.staff()
    records = [make.record(one, by=recorder) for one in volunteers * 3]
    approvers = [make.staff("worker") for _ in range(6)]

    def approve(place: int) -> object:
        chunk = records[::-1] if place % 2 else records
        return make.do(approve_records, by=approvers[place].caller, records=chunk)

    outcomes = at_once([lambda place=place: approve(place) for place in range(6)])
    approved = [number for one in outcomes for number in one.answer["approved"]]
    assert sorted(approved) == sorted(records)
    assert sum(one.answer["points"] for one in outcomes) == 20 * 12
    assert [make.balance(one.wallet) for one in volunteers] == [60] * 4
    books_are_right(bank)


def test_the_recorder_is_never_the_approver(make: Make) -> None:
    make.rule()
    recorder = make.staff("worker", "witness", "admin")
    record = make.record(make.volunteer(), by=recorder)
    with pytest.raises(SamePersonTwice):
        make.do(approve_record, by=recorder.caller, record=record)
    assert count_pending(make.bank) == 1


def test_two_logins_of_one_person_are_not_two_people(make: Make) -> None:
    make.rule()
    person = make.volunteer()
    recorder, approver = (make.staff("worker", volunteer=person) for _ in range(2))
    record = make.record(make.volunteer(), by=recorder)
    with pytest.raises(SamePersonTwice):
        make.do(approve_record, by=approver.caller, record=record)
    passed_over = make.do(approve_records, by=approver.caller, records=[record]).answer
    assert (passed_over["approved"], count_pending(make.bank)) == ([], 1)
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    assert count_pending(make.bank) == 0


def test_nobody_records_or_approves_hours_of_their_own(make: Make, bank: Bank) -> None:
    make.rule()
    volunteer = make.volunteer()
    both = make.staff("worker", volunteer=volunteer)
    with pytest.raises(OwnRecord):
        make.record(volunteer, by=both, source="manual")
    record = make.record(volunteer)
    with pytest.raises(OwnRecord):
        make.do(approve_record, by=both.caller, record=record)
    assert make.balance(volunteer.wallet) == 0
    make.do(approve_record, by=make.staff().caller, record=record)
    assert make.balance(volunteer.wallet) == 20


@pytest.mark.parametrize(
    "disguise",
    [
        lambda staff: Caller(actor=staff.actor, client="command"),
        lambda staff: Caller(actor=staff.actor, client=f"command:{staff.id}"),
        lambda staff: Caller(actor="system", client="system"),
        lambda staff: Caller(actor="device:1", client="device:1", device="device:1"),
        lambda staff: Caller(actor="staff:999", client="staff:999"),
        lambda staff: Caller(actor="staff:x", client="staff:x"),
    ],
)
def test_a_command_a_device_or_a_stranger_is_never_the_second_person(
    make: Make, disguise: Callable[..., Caller]
) -> None:
    make.rule()
    record, approver = make.record(make.volunteer()), make.staff("worker", "admin")
    for verb, values in (
        (approve_record, {"record": record}),
        (approve_records, {"records": [record]}),
        (reject_record, {"record": record, "reason": "重复"}),
    ):
        with pytest.raises(SecondPersonNeeded):
            make.do(verb, by=disguise(approver), **values)
    assert count_pending(make.bank) == 1


def test_who_is_shut_out_or_only_looks_on_approves_nothing(make: Make) -> None:
    make.rule()
    record, approver = make.record(make.volunteer()), make.staff("worker")
    for role in ("auditor", "merchant"):
        with pytest.raises(RoleMissing):
            make.do(approve_record, by=make.staff(role).caller, record=record)
    make.do(disable_staff, login=approver.login)
    with pytest.raises(SecondPersonNeeded):
        make.do(approve_record, by=approver.caller, record=record)


def test_a_chunk_passes_over_what_may_not_be_approved(make: Make, bank: Bank) -> None:
    make.rule(starts_on="2026-01-01")
    volunteer, approver = make.volunteer(), make.staff("worker")
    good, decided, own = (make.record(volunteer) for _ in range(3))
    make.do(reject_record, by=approver.caller, record=decided, reason="查无此事")
    mine = make.record(volunteer, by=approver)
    early = make.record(volunteer, served_on="2025-12-31")
    unknown = record_number(9999)
    done = make.do(
        approve_records, by=approver.caller, records=[unknown, early, mine, decided, good, own]
    )
    assert done.answer["approved"] == [good, own]
    assert done.answer["points"] == 40
    assert {one["record"]: one["code"] for one in done.answer["passed_over"]} == {
        decided: "earning.record_decided",
        mine: "earning.same_person_twice",
        early: "earning.no_rule",
        unknown: "earning.record_unknown",
    }
    assert make.balance(volunteer.wallet) == 40


def test_of_a_list_that_is_too_long_the_rest_is_told(make: Make) -> None:
    make.rule()
    record = make.record(make.volunteer())
    done = make.do(approve_records, by=make.staff().caller, records=[record] * (RECORDS_MOST + 3))
    assert (done.answer["approved"], done.answer["points"], done.answer["left"]) == (
        [record],
        20,
        3,
    )


def test_a_back_filled_record_is_effective_and_earns_nothing(make: Make, bank: Bank) -> None:
    make.rule()
    volunteer, approver = make.volunteer(), make.staff("witness")
    record = make.record(volunteer, 120, source="manual")
    done = make.do(approve_record, by=approver.caller, record=record)
    assert (done.answer["points"], done.answer["entry"]) == (0, None)
    row = get_record(bank, record=record)
    assert (row.status, row.entry, row.working) == ("effective", None, "2.0 小时，补录的时长不计分")
    hours = count_hours(bank, volunteer_id=volunteer.id)
    assert (hours.attended, hours.back_filled, hours.total) == (0, 120, 120)
    books_are_right(bank)


def test_a_days_limit_counts_over_several_records(make: Make, bank: Bank) -> None:
    make.rule(cap_minutes_per_activity=120)
    volunteer, approver = make.volunteer(), make.staff("worker")
    records = [
        make.record(volunteer, minutes, activity="巡逻", **between(hour, hour + 2))
        for hour, minutes in ((9, 90), (12, 91), (15, 92))
    ]
    other = make.record(volunteer, 90, activity="清扫")
    points = [
        make.do(approve_record, by=approver.caller, record=record).answer["points"]
        for record in (*records, other)
    ]
    assert points == [15, 5, 0, 15]


def test_the_same_service_is_recorded_once(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer()
    first = make.record(volunteer, 60, activity="巡逻")
    with pytest.raises(RecordRepeated) as refusal:
        make.record(volunteer, 60, activity="巡逻", source="manual")
    assert refusal.value.facts == {"number": first}
    make.record(volunteer, 61, activity="巡逻")
    make.record(make.volunteer(), 60, activity="巡逻")
    same = {"number": volunteer.number, "activity": "清扫", "minutes": 60}
    outcomes = at_once(
        [lambda: make.do(record_service, served_on="2026-11-01", **same) for _ in range(8)]
    )
    assert len([one for one in outcomes if isinstance(one, RecordRepeated)]) == 7


def test_a_service_that_cannot_have_been_is_not_recorded(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer()
    with pytest.raises(ServiceInFuture):
        make.record(volunteer, served_on="2026-11-21")
    start, end = "2026-11-19T01:00:00.000000Z", "2026-11-19T02:00:00.000000Z"
    for minutes in (0, -5, 1441):
        with pytest.raises(HoursInvalid):
            make.record(volunteer, minutes)
    with pytest.raises(HoursInvalid):
        make.record(volunteer, 61, started_at=start, ended_at=end)
    make.record(volunteer, 60, started_at=start, ended_at=end)
    with pytest.raises(VolunteerUnknown):
        make.do(record_service, number="N404", activity="巡逻", minutes=60, served_on="2026-11-19")
    assert count_pending(bank) == 1


def test_a_service_by_card_is_not_typed_once_more(make: Make, bank: Bank) -> None:
    make.rule(counts_manual=True)
    person, by, approver = make.volunteer(), make.staff().caller, make.staff("witness").caller
    card = make.record(person, 120, activity="巡逻", **between(9, 11))
    told = {"number": person.number, "minutes": 120, "by": by}
    for again in (
        {"activity": "巡逻", "served_on": "2026-11-18"},
        {"activity": "清扫", **between(10, 12)},
    ):
        with pytest.raises(RecordDoubled) as refusal:
            make.do(record_service, **told, **again)
        assert refusal.value.facts == {"number": card}
    make.do(record_service, activity="巡逻", **between(11, 13), **told)
    # Typed first, then brought by the card: the review shows both and all at once leaves them out.
    typed = make.do(record_service, activity="清扫", served_on="2026-11-17", **told)
    number = typed.answer["record"]
    seen = make.record(person, 90, activity="清扫", **between(9, 11, day=17))
    done = make.do(approve_records, by=approver, records=[card, number, seen]).answer
    assert done["approved"] == [card]
    codes = [(one["record"], one["code"]) for one in done["passed_over"]]
    assert codes == [(number, RecordDoubled.code), (seen, RecordDoubled.code)]
    with pytest.raises(RecordDoubled):
        make.do(approve_record, by=approver, record=seen)
    done = make.do(approve_record, by=approver, record=seen, is_another=True).answer
    assert (done["points"], done["another_than"]) == (15, [number])
    make.do(reject_record, by=approver, record=number, reason="同一次")
    make.do(record_service, activity="清扫", **between(12, 14, day=17), **told)


def test_equal_hours_of_which_one_says_nothing_are_asked_about_at_the_review(
    make: Make, bank: Bank
) -> None:
    make.rule(counts_manual=True)
    person, by, approver = make.volunteer(), make.staff().caller, make.staff("witness").caller
    told = {"number": person.number, "by": by, "served_on": "2026-11-17"}
    named, untold, longer = (
        make.do(record_service, activity=activity, minutes=minutes, **told).answer["record"]
        for activity, minutes in (("清扫", 120), ("志愿服务", 120), ("巡逻", 90))
    )
    done = make.do(approve_records, by=approver, records=[named, untold, longer]).answer
    assert done["approved"] == [longer]
    done = make.do(approve_record, by=approver, record=untold, is_another=True).answer
    assert (done["points"], done["another_than"]) == (20, [named])


def _two_type_the_same(make: Make, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Both look before either writes, unless something keeps the second from looking."""
    gate, person = threading.Barrier(2), make.volunteer()

    def look(session: Session, volunteer_id: int, service: Service) -> int | None:
        found = find_double(session, volunteer_id, service)
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(1)
        return found

    monkeypatch.setattr("pointsbank.earning.operations.find_double", look)
    told = {"number": person.number, "activity": "巡逻", "served_on": "2026-11-18"}
    two = [make.staff().caller for _ in range(2)]
    return at_once(
        [
            partial(make.do, record_service, by=by, minutes=minutes, **told)
            for by, minutes in zip(two, (60, 90), strict=True)
        ]
    )


def test_two_who_type_the_same_service_at_once_record_it_once(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = _two_type_the_same(make, monkeypatch)
    assert sorted(type(one).__name__ for one in outcomes) == ["Outcome", "RecordDoubled"]


def test_without_holding_the_volunteer_both_would_be_recorded(
    postgres_url: str, keys: Keys, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointsbank.earning.operations.hold_volunteers", lambda *_told: None)
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    outcomes = _two_type_the_same(Make(bank), monkeypatch)
    assert [type(one).__name__ for one in outcomes] == ["Outcome", "Outcome"]
    bank.close()


def test_what_is_typed_is_no_sign_in_and_is_over(make: Make, bank: Bank) -> None:
    make.rule(counts_manual=True)
    told = {"number": make.volunteer().number, "activity": "巡逻", "by": make.staff().caller}
    for source in ("sign_in", "roll_call", "app"):
        with pytest.raises(SourceNotTyped):
            make.do(record_service, minutes=60, served_on="2026-11-19", source=source, **told)
    # It is 10:26 in the shop.
    times = {"started_at": "2026-11-20T01:00:00.000000Z", "ended_at": "2026-11-20T02:26:00.000000Z"}
    for over in (
        {"minutes": 627, "served_on": "2026-11-20"},
        {"minutes": 60, **times, "ended_at": "2026-11-20T02:26:01.000000Z"},
        {"minutes": 87, "started_at": times["started_at"]},
    ):
        with pytest.raises(ServiceNotOver) as refusal:
            make.do(record_service, **told, **over)
        assert refusal.value.facts == {"now": "10:26"}
    made = make.do(record_service, minutes=86, **times, **told)
    row = get_record(bank, record=made.answer["record"])
    assert (row.source, row.served_on) == ("manual", "2026-11-20")
    done = make.do(approve_record, by=make.staff("witness").caller, record=row.number)
    assert done.answer["points"] == 14


def test_a_rejected_record_says_why_and_issues_nothing(make: Make, bank: Bank) -> None:
    make.rule()
    volunteer, approver = make.volunteer(), make.staff("worker")
    record = make.record(volunteer)
    with pytest.raises(ReasonMissing):
        make.do(reject_record, by=approver.caller, record=record, reason="  ")
    make.do(reject_record, by=approver.caller, record=record, reason="没有签到")
    row = get_record(bank, record=record)
    assert (row.status, row.reason, row.points) == ("rejected", "没有签到", None)
    with pytest.raises(RecordDecided):
        make.do(approve_record, by=make.staff().caller, record=record)
    assert make.balance(volunteer.wallet) == 0


def test_numbers_that_are_nobodys_are_refused(make: Make) -> None:
    approver = make.staff("worker")
    with pytest.raises(RecordUnknown):
        make.do(approve_record, by=approver.caller, record=record_number(77))
    with pytest.raises(PublicIdInvalid):
        make.do(approve_record, by=approver.caller, record="S000077-0")
    with pytest.raises(NoRule):
        make.do(approve_record, by=approver.caller, record=make.record(make.volunteer()))


def test_records_are_listed_by_what_is_asked_for(make: Make, bank: Bank) -> None:
    make.rule()
    zhang, li = make.volunteer(name="张三", team="晨光队"), make.volunteer(name="李四")
    recorder, approver = make.staff("worker"), make.staff("witness")
    first = make.record(zhang, by=recorder, served_on="2026-11-01")
    second = make.record(li, by=recorder, source="manual", served_on="2026-11-02")
    make.do(approve_record, by=approver.caller, record=first)

    def listed(**asked: object) -> list[str]:
        return [row.number for row in list_records(bank, **asked).items]

    assert listed() == [second, first]
    assert listed(status="pending") == listed(source="manual") == listed(name="李四") == [second]
    assert listed(team="晨光队") == listed(until="2026-11-01") == [first]
    assert listed(volunteer_id=zhang.id, since="2026-11-02") == []
    [row] = list_records(bank, status="effective").items
    assert (row.name, row.masked_name, row.volunteer_number) == ("张三", "张*", zhang.number)
    assert list_recorders(bank) == [(recorder.actor, "manual", 1)]


def test_the_table_itself_refuses_one_person_in_both_places(make: Make, bank: Bank) -> None:
    make.rule()
    recorder = make.staff("worker")
    record = make.record(make.volunteer(), by=recorder)
    forged = update(ServiceRecord).values(status="effective", decided_by=recorder.actor, points=0)
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.CheckViolation)):
        bank.database.write(lambda session: session.run(forged))
    assert get_record(bank, record=record).status == "pending"
