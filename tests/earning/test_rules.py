"""How many points an hour is: whole units, told in words, dated and never rewritten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pointsbank.earning import (
    Counted,
    NoCalendar,
    NoRule,
    Rulebook,
    RuleInPast,
    Served,
    SoFar,
    approve_record,
    get_record,
    get_rulebook,
    list_rulebooks,
    plain_document,
    preview_service,
    read_rulebook,
    set_rulebook,
    settle_calendar,
    work_out,
)
from pointsbank.foundation import Bank, Caller, Clock
from tests.conftest import NOON
from tests.make import Make

FOUNDER = Caller(actor="system", client="init")
DAY = "2026-11-20"


def plain(points_per_hour: int = 10, **parts: object) -> Rulebook:
    """The simplest rulebook with these parts."""
    return read_rulebook(plain_document(points_per_hour, **parts))


def served(minutes: int, source: str = "sign_in") -> Served:
    """A patrol of so many minutes."""
    return Served(minutes, source, DAY, "治安巡逻")


def before(minutes: int) -> SoFar:
    """So many minutes of the same patrol have counted already."""
    return SoFar((Counted(DAY, "治安巡逻", None, minutes, 0),))


PLAIN = plain()


@pytest.mark.parametrize(
    ("minutes", "points", "words"),
    [
        (120, 20, "2.0 小时 × 10 分 = 20 分"),
        (150, 25, "2.5 小时 × 10 分 = 25 分"),
        (50, 8, "50 分钟 × 10 分 = 8 分（不足 1 分舍去）"),
        (110, 18, "1 小时 50 分钟 × 10 分 = 18 分（不足 1 分舍去）"),
        (5, 0, "5 分钟 × 10 分 = 0 分（不足 1 分舍去）"),
    ],
)
def test_points_are_whole_and_the_working_is_told(minutes: int, points: int, words: str) -> None:
    working = work_out(PLAIN, served(minutes))
    assert (working.points, working.counted_minutes, working.zh) == (points, minutes, words)


def test_minutes_count_by_whole_units() -> None:
    book = plain(minutes_unit=30)
    working = work_out(book, served(110, "app"))
    assert (working.counted_minutes, working.points) == (90, 15)
    assert working.zh == "1 小时 50 分钟，满 30 分钟才计：1.5 小时 × 10 分 = 15 分"
    assert working.en == "1 h 50 min, counted by 30 minutes: 1.5 h × 10 = 15"
    assert work_out(book, served(29, "app")).points == 0


@pytest.mark.parametrize(
    ("so_far", "counted", "points"), [(0, 120, 20), (60, 60, 10), (120, 0, 0), (500, 0, 0)]
)
def test_one_activity_counts_so_long_a_day(so_far: int, counted: int, points: int) -> None:
    book = plain(cap_minutes_per_activity=120)
    working = work_out(book, served(180), before(so_far))
    assert (working.minutes, working.counted_minutes, working.points) == (180, counted, points)
    assert working.zh.startswith("3.0 小时，同一活动封顶 2 小时")


@pytest.mark.parametrize("source", ["manual", "honorary"])
def test_back_filled_hours_earn_nothing_unless_the_rule_counts_them(source: str) -> None:
    assert work_out(PLAIN, served(120, source)).points == 0
    assert work_out(PLAIN, served(120, source)).zh == "2.0 小时，补录的时长不计分"
    assert work_out(plain(counts_manual=True), served(120, source)).points == 20


@given(
    minutes=some.integers(1, 1440),
    rate=some.integers(0, 10_000),
    unit=some.integers(1, 480),
    cap=some.none() | some.integers(1, 1440),
    used=some.integers(0, 2000),
)
def test_nobody_earns_more_than_they_served(
    minutes: int, rate: int, unit: int, cap: int | None, used: int
) -> None:
    book = plain(rate, minutes_unit=unit, cap_minutes_per_activity=cap)
    working = work_out(book, served(minutes), before(used))
    assert 0 <= working.counted_minutes <= min(minutes, cap or minutes)
    assert working.counted_minutes % unit == 0
    assert working.points * 60 <= working.counted_minutes * rate < (working.points + 1) * 60


def test_the_rule_of_the_day_of_service_counts(make: Make, bank: Bank, clock: Clock) -> None:
    make.rule(points_per_hour=10, starts_on="2026-01-01")
    make.rule(20, "2026-11-21")
    volunteer, approver = make.volunteer(), make.staff("witness")
    before = make.record(volunteer, 60, served_on="2026-11-20")
    clock.set_now(lambda: NOON + timedelta(days=1))
    after = make.record(volunteer, 60, served_on="2026-11-21")
    for record in (before, after):
        make.do(approve_record, by=approver.caller, record=record)
    told = [get_record(bank, record=record) for record in (before, after)]
    assert [(row.points, row.rule_version) for row in told] == [(10, 1), (20, 2)]
    document = plain_document(50)
    make.do(set_rulebook, document=document, starts_on="2026-11-21", **make.by_two())
    assert [get_record(bank, record=one).points for one in (before, after)] == [10, 20]
    assert get_rulebook(bank, day="2026-11-21").version == 3
    assert preview_service(bank, served=served(90)).points == 15
    assert [rule.version for rule in list_rulebooks(bank)] == [3, 2, 1]


HOLIDAYS = {"factors": [{"when": "holiday", "name": "假日", "percent": 200}]}
DAYS_OFF = {"factors": [{"when": "holiday", "name": "假日", "percent": 200, "weekends": True}]}


@pytest.mark.parametrize(
    ("multipliers", "points"), [(HOLIDAYS, [20, 10, 10, 10]), (DAYS_OFF, [20, 10, 10, 20])]
)
def test_holidays_are_those_of_the_banks_own_calendar(
    make: Make, bank: Bank, multipliers: dict[str, object], points: list[int]
) -> None:
    make.rule(multipliers=multipliers)
    # National Day, a Friday like any other, a Saturday on which people work, a Sunday.
    days = ("2026-10-01", "2026-11-20", "2026-10-10", "2026-10-11")
    patrols = [Served(60, "sign_in", day, "治安巡逻") for day in days]
    assert [preview_service(bank, served=one).points for one in patrols] == points


def test_a_year_without_a_calendar_is_said_and_its_holidays_count_once_they_are_ticked(
    make: Make, bank: Bank, clock: Clock
) -> None:
    make.rule(multipliers=HOLIDAYS)
    volunteer, approver = make.volunteer(), make.staff("witness")
    clock.set_now(lambda: NOON.replace(year=2027, month=1, day=5))
    records = [make.record(volunteer, 60, served_on=f"2027-01-0{day}") for day in (1, 4)]
    with pytest.raises(NoCalendar) as refusal:
        make.do(approve_record, by=approver.caller, record=records[0])
    assert refusal.value.facts == {"year": 2027}
    with pytest.raises(NoCalendar):
        preview_service(bank, served=Served(60, "sign_in", "2027-01-04", "治安巡逻"))
    assert make.balance(volunteer.wallet) == 0
    # What is filled in afterwards earns nothing whatever its day was.
    assert preview_service(bank, served=Served(60, "manual", "2027-01-01", "补")).points == 0
    days = [("2027-01-01", "off", "元旦")]
    make.do(settle_calendar, by=make.staff("worker").caller, year=2027, days=days)
    for record in records:
        make.do(approve_record, by=approver.caller, record=record)
    told = [get_record(bank, record=record).working for record in records]
    assert told == ["1.0 小时 × 10 分 × 2（假日） = 20 分", "1.0 小时 × 10 分 = 10 分"]


def test_only_the_first_rule_may_start_in_the_past(make: Make, bank: Bank) -> None:
    with pytest.raises(NoRule):
        get_rulebook(bank, day="2026-11-20")
    make.rule(starts_on="2026-01-01")
    with pytest.raises(NoRule):
        get_rulebook(bank, day="2025-12-31")
    with pytest.raises(RuleInPast) as refusal:
        make.rule(starts_on="2026-11-19")
    assert refusal.value.facts == {"starts_on": "2026-11-19", "today": "2026-11-20"}
    make.rule(starts_on="2026-11-20")


def test_what_the_founding_put_there_is_replaced_for_the_past_as_well(
    make: Make, bank: Bank
) -> None:
    make.do(set_rulebook, by=FOUNDER, starts_on="2000-01-01", document=plain_document(10))
    make.rule(points_per_hour=8, starts_on="2000-01-01")
    assert get_rulebook(bank, day="2026-01-01").hourly == 8
    with pytest.raises(RuleInPast):
        make.rule(points_per_hour=9, starts_on="2000-01-01")


def test_once_anything_was_earned_no_rule_starts_in_the_past(make: Make) -> None:
    make.do(set_rulebook, by=FOUNDER, starts_on="2000-01-01", document=plain_document(10))
    record = make.record(make.volunteer())
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    document = plain_document(8)
    with pytest.raises(RuleInPast):
        make.do(set_rulebook, document=document, starts_on="2026-11-19", **make.by_two())
