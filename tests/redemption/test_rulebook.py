"""What a rulebook says of redeeming is refused at the counter, in the quote and at checkout."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from pointsbank.earning import approve_record, count_hours
from pointsbank.foundation import SHOP_ZONE, Clock
from pointsbank.people import find_stand_in_card, join_household
from pointsbank.redemption import (
    ClosedToday,
    HoursTooFew,
    ItemShare,
    ItemShareForGood,
    PointsTooFew,
    TimesLimit,
    UndoTooLate,
    begin_rehearsal,
)
from tests.counter import Buyer, Counter, Line, scanned, tapped
from tests.redemption.test_checkout import refused, statements_of


def by_rules(counter: Counter, **redeeming: Any) -> None:
    """The place's rulebook says this of redeeming."""
    counter.make.rule(redeeming=redeeming)


def on(clock: Clock, *day: int) -> None:
    """It is half past ten on a day."""
    moment = datetime(*day, 10, 30, tzinfo=SHOP_ZONE)  # type: ignore[misc, arg-type]  # a date's parts
    clock.set_now(lambda: moment)


def test_every_friday_is_no_other_day(counter: Counter, clock: Clock) -> None:
    by_rules(counter, weekdays=[5])
    buyer, line = counter.buyer(points=100), tapped(counter.goods("SOAP", shelf=9))
    assert counter.check_out(buyer, line)["points_after"] == 70
    on(clock, 2026, 11, 21)
    refusal = refused(counter, buyer, line)
    assert (type(refusal), refusal.facts) == (ClosedToday, {"until": "2026-11-27"})
    on(clock, 2026, 11, 27)
    counter.check_out(buyer, line)


def test_once_a_quarter_and_hours_stay_when_points_are_spent(
    counter: Counter, clock: Clock
) -> None:
    by_rules(counter, times={"most": 1, "per": "quarter"})
    make, buyer = counter.make, counter.buyer(points=100)
    volunteer = counter.volunteer(buyer)
    record = make.record(volunteer, 120)
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    line = tapped(counter.goods("SOAP", shelf=9))
    first = counter.check_out(buyer, line)
    refusal = refused(counter, buyer, line)
    assert (type(refusal), refusal.facts) == (TimesLimit, {"limit": 1, "until": "2027-01-01"})
    assert count_hours(make.bank, volunteer_id=volunteer.id).attended == 120
    # What is undone was no time; and another quarter is another.
    counter.undo(buyer, first["number"])
    counter.check_out(buyer, line)
    on(clock, 2026, 12, 31)
    refused(counter, buyer, line)
    on(clock, 2027, 1, 1)
    counter.check_out(buyer, line)


def test_two_of_each_gift_for_a_person(counter: Counter, clock: Clock) -> None:
    by_rules(counter, per_item={"most": 2, "per": "ever", "whose": "person"})
    buyer, other = counter.buyer(points=500), counter.buyer(points=500)
    soap, rice = counter.goods("SOAP", shelf=9), counter.goods("RICE", shelf=9)
    refusal = refused(counter, buyer, tapped(soap, 3))
    assert (type(refusal), refusal.facts) == (ItemShareForGood, {"sku": "SOAP", "limit": 2})
    counter.check_out(buyer, tapped(soap, 2), tapped(rice))
    on(clock, 2029, 11, 20)
    refused(counter, buyer, tapped(soap))
    counter.check_out(buyer, tapped(rice))
    counter.check_out(other, tapped(soap, 2))


def test_a_share_of_a_household_counts_what_any_of_it_has_taken(
    counter: Counter, clock: Clock
) -> None:
    by_rules(counter, per_item={"most": 2, "per": "month", "whose": "household"})
    one, two, stranger = (counter.buyer(points=500) for _ in range(3))
    counter.make.do(join_household, number=one.number, member=two.number, consented_on="2026-11-01")
    soap = counter.goods("SOAP", shelf=9)
    counter.check_out(one, tapped(soap))
    counter.check_out(two, tapped(soap))
    refusal = refused(counter, one, tapped(soap))
    assert (type(refusal), refusal.facts) == (
        ItemShare,
        {"sku": "SOAP", "limit": 2, "until": "2026-12-01"},
    )
    counter.check_out(stranger, tapped(soap, 2))
    on(clock, 2026, 12, 1)
    counter.check_out(two, tapped(soap))


def test_redeeming_begins_at_so_many_points(counter: Counter) -> None:
    by_rules(counter, min_balance=80)
    line = tapped(counter.goods("SOAP", shelf=9))
    refusal = refused(counter, counter.buyer(points=79), line)
    assert (type(refusal), refusal.facts) == (PointsTooFew, {"needed": 80, "short": 1})
    counter.check_out(counter.buyer(points=80), line)


def test_redeeming_begins_after_so_many_hours(counter: Counter) -> None:
    by_rules(counter, min_minutes=300)
    make, buyer = counter.make, counter.buyer(points=100)
    line = tapped(counter.goods("SOAP", shelf=9))
    volunteer = counter.volunteer(buyer)
    witness = make.staff("witness").caller
    make.do(approve_record, by=witness, record=make.record(volunteer, 245))
    make.record(volunteer, 200)
    refusal = refused(counter, buyer, line)
    assert (type(refusal), refusal.facts) == (HoursTooFew, {"hours": "5", "short": "1"})
    make.do(approve_record, by=witness, record=make.record(volunteer, 55))
    counter.check_out(buyer, line)
    # A family in need is not asked for hours of service.
    counter.check_out(counter.family(points=40), line)


def test_where_nothing_is_taken_back_there_is_no_undoing(counter: Counter) -> None:
    by_rules(counter, undo_minutes=0)
    buyer = counter.buyer(points=100)
    bought = counter.check_out(buyer, tapped(counter.goods("SOAP", shelf=9)))
    assert bought["undo_until"] == bought["at"]
    later = datetime(2026, 11, 20, 10, 26, 1, tzinfo=SHOP_ZONE)
    counter.bank.clock.set_now(lambda: later)
    with pytest.raises(UndoTooLate):
        counter.undo(buyer, bought["number"])


def test_a_rehearsal_is_bound_by_none_of_it(counter: Counter) -> None:
    by_rules(counter, weekdays=[1], min_balance=999, min_minutes=999)
    make, soap = counter.make, counter.goods("SOAP", shelf=9)
    made = make.do(begin_rehearsal, by=make.staff().caller, shop_id=counter.shop_id, sku=soap)
    card = find_stand_in_card(counter.bank)
    assert card is not None
    stand_in = Buyer(made.answer["number"], card.code, counter.buyer().wallet, card.short_number)
    assert counter.check_out(stand_in, tapped(soap))["points_after"] == 0


@pytest.mark.parametrize("line", [tapped("SOAP", 2), scanned("RICE", 2)])
def test_a_rulebook_costs_a_checkout_no_statement(counter: Counter, line: Line) -> None:
    by_rules(
        counter,
        weekdays=[5],
        times={"most": 9, "per": "year"},
        per_item={"most": 9, "per": "ever", "whose": "household"},
        min_balance=10,
    )
    one, two = counter.buyer(points=400), counter.buyer()
    counter.make.do(join_household, number=one.number, member=two.number, consented_on="2026-11-01")
    counter.goods("SOAP", shelf=3)
    counter.goods("RICE", store=3)
    assert statements_of(counter, one, line) == (11 if line[2] else 10)
