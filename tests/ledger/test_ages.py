"""The age of points, against single points that are moved one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsbank.ledger.ages import AgeRules, Expiring, Flow, line_up, spared_by_taking_back
from tests.ledger.fifo import FifoWallet

GRACE = 30
# Around a year's end, and over a leap day.
STARTS = [date(2023, 12, 20), date(2027, 12, 1), date(2028, 2, 20)]
# The last day of the year, a year later, a few days later, or never.
VALIDITIES = ["year", "rolling", "short", "none"]
events = st.lists(
    st.tuples(
        st.sampled_from(
            ["issue", "issue", "spend", "hold", "undo", "release", "half", "expire", "expire"]
        ),
        st.integers(0, 45),
        st.integers(1, 9),
        st.sampled_from(VALIDITIES),
    ),
    max_size=25,
)


def last_day(validity: str, on: date) -> date | None:
    """The last day of points that are issued today, as four kinds of rulebook have it."""
    if validity == "year":
        return date(on.year, 12, 31)
    if validity == "rolling":
        leaping = (on.month, on.day) == (2, 29)
        return date(on.year + 1, 2, 28) if leaping else on.replace(year=on.year + 1)
    return on + timedelta(days=9) if validity == "short" else None


@dataclass
class Story:
    """One wallet's history, told to the oracle and written as the books would have it."""

    on: date
    oracle: FifoWallet = field(default_factory=lambda: FifoWallet(GRACE))
    flows: list[Flow] = field(default_factory=list)
    open: list[tuple[str, int, int]] = field(default_factory=list)

    def book(self, amount: int, other: str, **rest: Any) -> int:
        number = len(self.flows) + 1
        reverses_id = rest.pop("reverses_id", None)
        self.flows.append(Flow(number, str(self.on), reverses_id, amount, other, **rest))
        return number

    def tell(self, what: str, amount: int, validity: str) -> None:
        if what == "issue":
            day = self.oracle.issue(amount, last_day(validity, self.on))
            self.book(amount, "issued", expires_on=str(day) if day else None)
        elif what in {"spend", "hold"}:
            amount = min(amount, len(self.oracle.here()))
            if amount:
                number = self.book(-amount, "redeemed" if what == "spend" else "hold")
                self.oracle.take(number, amount)
                self.open.append((what, number, amount))
        elif what == "expire":
            gone = self.oracle.expire(self.on)
            if gone:
                self.book(-gone, "expired")
        else:
            self.come_back(what, amount)

    def come_back(self, what: str, which: int) -> None:
        """Undo a purchase, release a reservation, or settle one and release the half of it."""
        kind = "spend" if what == "undo" else "hold"
        found = [one for one in self.open if one[0] == kind]
        if not found:
            return
        _, number, amount = found[which % len(found)]
        self.open.remove(found[which % len(found)])
        back = amount // 2 if what == "half" else amount
        if back:
            reverses = number if what == "undo" else None
            other = "redeemed" if what == "undo" else "hold"
            self.book(back, other, reverses_id=reverses)
            self.oracle.come_back(number, back, self.on)

    def gone(self) -> int:
        return sum(-one.amount for one in self.flows if one.other == "expired")

    def is_foretold(self) -> None:
        line = line_up(self.flows, AgeRules(GRACE))
        assert [(one.day, one.points) for one in line.expiring()] == self.oracle.calendar()
        for later in (0, 1, 31, 400):
            day = self.on + timedelta(days=later)
            assert line.due(str(day)) == self.oracle.over(day)


def tell(start: date, told: list[tuple[str, int, int, str]]) -> None:
    story = Story(start)
    for what, gap, amount, validity in told:
        story.on += timedelta(days=gap)
        story.tell(what, amount, validity)
        story.is_foretold()


@settings(max_examples=150, deadline=None)
@given(start=st.sampled_from(STARTS), told=events)
def test_whatever_happens_the_sums_say_what_single_points_say(
    start: date, told: list[tuple[str, int, int, str]]
) -> None:
    tell(start, told)


@pytest.mark.nightly
@settings(max_examples=5_000, deadline=None)
@given(start=st.sampled_from(STARTS), told=events)
def test_whatever_happens_for_long(start: date, told: list[tuple[str, int, int, str]]) -> None:
    tell(start, told)


@settings(max_examples=100, deadline=None)
@given(start=st.sampled_from(STARTS), told=events, without=st.integers(0, 5))
def test_what_is_taken_back_takes_its_expiries_with_it(
    start: date, told: list[tuple[str, int, int, str]], without: int
) -> None:
    """The same life without one issue is lived beside the real one; it tells what would have gone.

    Only what both can afford is spent, so that nothing is ever owed.
    """
    real, other = Story(start), Story(start)
    missing, issues = 0, 0
    for what, gap, amount, validity in told:
        real.on = other.on = real.on + timedelta(days=gap)
        if what == "issue":
            real.tell(what, amount, validity)
            if issues == without:
                missing = real.flows[-1].entry_id
            else:
                told_day = real.flows[-1].expires_on
                day = date.fromisoformat(told_day) if told_day else None
                other.oracle.issue(amount, day)
                other.book(amount, "issued", expires_on=told_day)
            issues += 1
            continue
        amount = min(amount, len(other.oracle.here())) if what in {"spend", "hold"} else amount
        if amount:
            real.tell(what, amount, validity)
            other.tell(what, amount, validity)
    gone = [
        sum(-one.amount for one in story.flows if one.other == "expired") for story in (real, other)
    ]
    if missing:
        assert spared_by_taking_back(real.flows, AgeRules(GRACE), missing) == gone[0] - gone[1]


def test_points_without_a_day_get_one_when_that_is_decided() -> None:
    flows = [
        Flow(1, "2025-03-01", None, 10, "issued"),
        Flow(2, "2026-03-01", None, 20, "issued"),
        Flow(3, "2027-03-01", None, 30, "issued"),
    ]
    decided = AgeRules(GRACE, undated=(("2026-01-01", "2026-12-31"), ("2027-01-01", "2027-12-31")))
    assert line_up(flows, decided).expiring() == [
        Expiring("2026-12-31", 10),
        Expiring("2027-12-31", 20),
        Expiring(None, 30),
    ]


def test_an_expiry_that_is_undone_stands_for_the_days_of_grace() -> None:
    flows = [
        Flow(1, "2026-03-01", None, 10, "issued", "2026-12-31"),
        Flow(2, "2027-01-01", None, -10, "expired"),
        Flow(3, "2027-01-20", 2, 10, "expired"),
    ]
    line = line_up(flows, AgeRules(GRACE))
    assert line.expiring() == [Expiring("2027-02-19", 10)]
    assert (line.due("2027-02-19"), line.due("2027-02-20")) == (0, 10)
