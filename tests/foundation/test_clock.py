"""Instants sort as text; a business day is the shop's day, all year round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from pointsbank.foundation import Clock, add_days, business_day, from_instant, to_instant

moments = st.integers(0, 10**15 * 6).map(
    lambda count: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=count)
)


@given(moments, moments)
def test_instants_sort_as_text_as_they_do_in_time(one: datetime, other: datetime) -> None:
    assert (to_instant(one) < to_instant(other)) == (one < other)
    assert from_instant(to_instant(one)) == one


def test_an_instant_is_the_same_from_any_zone() -> None:
    nepal = timezone(timedelta(hours=5, minutes=45))
    moment = datetime(2026, 11, 22, 2, 26, tzinfo=UTC)
    assert to_instant(moment.astimezone(nepal)) == "2026-11-22T02:26:00.000000Z"


def test_the_business_day_changes_at_midnight_in_the_shop() -> None:
    midnight = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert business_day(midnight - timedelta(microseconds=1)) == "2026-12-31"
    assert business_day(midnight) == "2027-01-01"


def test_days_are_counted_over_leap_days_and_ends_of_years() -> None:
    assert add_days("2028-02-28", 1) == "2028-02-29"
    assert add_days("2100-02-28", 1) == "2100-03-01"
    assert add_days("2026-12-31", 1) == "2027-01-01"
    assert add_days("2027-01-01", -1) == "2026-12-31"


def test_a_clock_runs_ahead_and_takes_another_source() -> None:
    clock = Clock(lambda: datetime(2026, 11, 20, 15, 59, tzinfo=UTC))
    assert (clock.instant(), clock.today()) == ("2026-11-20T15:59:00.000000Z", "2026-11-20")
    clock.set_ahead(timedelta(minutes=1))
    assert clock.today() == "2026-11-21"
    clock.set_now(lambda: datetime(2027, 1, 1, tzinfo=UTC))
    assert clock.instant() == "2027-01-01T00:01:00.000000Z"
