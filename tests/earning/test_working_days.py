"""Working days are counted by the year's own list, or not at all."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from pointsbank.earning import (
    CalendarEmpty,
    CalendarUnreadable,
    NoCalendar,
    is_weekend,
    list_calendars,
    read_holiday_list,
    settle_calendar,
)
from pointsbank.earning.working_days import WorkCalendar, packaged_calendars
from pointsbank.foundation import Bank
from tests.make import Make

PACKAGED = WorkCalendar(packaged_calendars())


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Nothing here touches what the two databases do differently."""
    return sqlite_url


@pytest.mark.parametrize(
    ("hung_on", "count", "last_day"),
    [
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-01-03", 1, "2026-01-04"),
        ("2026-11-20", 3, "2026-11-25"),
        ("2026-10-10", 1, "2026-10-12"),
        ("2026-05-09", 7, "2026-05-19"),
    ],
)
def test_holidays_do_not_count_and_make_up_days_do(hung_on: str, count: int, last_day: str) -> None:
    assert PACKAGED.after(hung_on, count) == last_day


def test_the_list_of_2026_has_its_thirty_three_days_off_and_six_make_up_days() -> None:
    [year] = packaged_calendars()
    off = [one.day for one in year.days if one.kind == "off"]
    assert (year.year, len(off)) == (2026, 33)
    assert [one.day for one in year.days if one.kind == "work"] == [
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]
    first = date(2026, 1, 1)
    days = [(first + timedelta(days=place)).isoformat() for place in range(365)]
    weekdays_off = sum(not is_weekend(day) for day in off)
    weekdays = sum(not is_weekend(day) for day in days)
    assert sum(PACKAGED.is_working_day(day) for day in days) == weekdays - weekdays_off + 6


def test_a_year_without_a_list_is_not_guessed() -> None:
    assert PACKAGED.after("2026-12-28", 3) == "2026-12-31"
    for day, count in (("2026-12-29", 3), ("2027-03-01", 1)):
        with pytest.raises(NoCalendar) as refusal:
            PACKAGED.after(day, count)
        assert refusal.value.facts == {"year": 2027}


def test_a_list_is_read_alone_or_under_its_days() -> None:
    rows = [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]
    assert read_holiday_list(json.dumps(rows)) == read_holiday_list(json.dumps({"days": rows}))
    assert read_holiday_list('{"year": 2027, "papers": [], "days": []}') == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "7",
        "[1]",
        '[{"name": "元旦", "date": "2027-02-30", "isOffDay": true}]',
        '[{"name": "元旦", "date": 20270101, "isOffDay": true}]',
        '[{"name": "元旦", "date": "2027-01-01", "isOffDay": "yes"}]',
        '[{"name": "元旦", "date": "2027-01-01"}]',
        json.dumps(
            [{"name": "", "date": f"{year}-01-01", "isOffDay": True} for year in (2027, 2028)]
        ),
        "[" * 100_000,
    ],
)
def test_what_is_no_list_of_one_year_is_refused(text: str) -> None:
    with pytest.raises(CalendarUnreadable):
        read_holiday_list(text)


def test_the_newest_list_that_somebody_settled_holds(make: Make, bank: Bank) -> None:
    by = make.staff("worker")
    days = [("2027-01-01", "off", "元旦"), ("2027-01-03", "work", "")]
    for version, told in enumerate((days[:1], days), 1):
        done = make.do(settle_calendar, by=by.caller, year=2027, days=told)
        assert done.answer == {"year": 2027, "version": version, "days": len(told)}
    packaged, settled = list_calendars(bank)
    assert (packaged.year, packaged.settled_by) == (2026, "system")
    assert (settled.year, settled.settled_by) == (2027, by.actor)
    assert settled.kinds == {"2027-01-01": "off", "2027-01-03": "work"}
    assert WorkCalendar([packaged, settled]).after("2026-12-31", 1) == "2027-01-03"
    # What people have settled goes before what came with the program.
    make.do(settle_calendar, by=by.caller, year=2026, days=[("2026-11-23", "off", "")])
    mended = WorkCalendar(list_calendars(bank))
    assert mended.after("2026-11-20", 1) == "2026-11-24"


def test_an_empty_year_or_a_day_of_another_is_refused(make: Make, bank: Bank) -> None:
    for days, refusal in (
        ([], CalendarEmpty),
        ([("2027-01-02", "work", "")], CalendarEmpty),
        ([("2026-01-01", "off", "")], CalendarUnreadable),
        ([("2027-01-01", "holiday", "")], CalendarUnreadable),
        ([("2027-13-01", "off", "")], CalendarUnreadable),
    ):
        with pytest.raises(refusal):
            make.do(settle_calendar, year=2027, days=days)
    assert [one.year for one in list_calendars(bank)] == [2026]
