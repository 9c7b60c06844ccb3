"""Nights on which points expire: cut short, run twice, weeks late, on a day nobody has seen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import pointsbank.earning.expiry as expiry
from pointsbank.earning import (
    UndatedTooEarly,
    approve_record,
    end_undated,
    expire_all,
    list_expiries,
    set_rulebook,
    warn_all,
)
from pointsbank.earning.rules import plain_document
from pointsbank.foundation import (
    NIGHT,
    SHOP_ZONE,
    Bank,
    Clock,
    ClockDoubt,
    ClockWrong,
    confirm_clock,
)
from pointsbank.jobs import DUTIES
from pointsbank.ledger import Expiring
from pointsbank.people import NewsLine, list_untold
from tests.books import books_are_right
from tests.ledger.purse import Purse, open_purse
from tests.make import Make

on_sqlite = pytest.mark.parametrize("bank_url", ["sqlite"], indirect=True)
NIGHT_TIME = datetime(2027, 1, 1, 3, 30, tzinfo=SHOP_ZONE)
DAY = timedelta(days=1)


class Nights:
    """A bank with many wallets, and its nights."""

    def __init__(self, make: Make, clock: Clock) -> None:
        self.make, self.bank, self.clock = make, make.bank, clock

    def at(self, moment: datetime) -> None:
        self.clock.set_now(lambda: moment)

    def fill(self, count: int, *, points: int = 12, until: str = "2026-12-31") -> list[Purse]:
        """So many wallets with points that can be spent until a day."""
        purses = [open_purse(self.make, self.clock) for _ in range(count)]
        for purse in purses:
            purse.issue(points, until)
        return purses

    def run(self, moment: datetime = NIGHT_TIME, *, lived: bool = True) -> int:
        """One night; how many points went. The day before, something was booked."""
        if lived:
            self.at(moment - DAY)
            self.make.wallet()
        self.at(moment)
        return expire_all(self.bank, by=NIGHT).points

    def told(self, holder: str) -> list[NewsLine]:
        return self.bank.database.read(lambda session: list_untold(session, holder))


@pytest.fixture
def nights(make: Make, clock: Clock) -> Nights:
    return Nights(make, clock)


def test_a_night_that_is_cut_short_goes_on_where_it_stopped(
    nights: Nights, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "EXPIRED_AT_ONCE", 3)
    purses = nights.fill(8)
    really, done = expiry.expire_some, []

    def cut_short(*told: object, **named: object) -> object:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(really(*told, **named))  # type: ignore[arg-type]
        return done[-1]

    monkeypatch.setattr(expiry, "expire_some", cut_short)
    with pytest.raises(KeyboardInterrupt):
        nights.run()
    assert sum(nights.make.balance(purse.wallet) for purse in purses) == 2 * 12
    monkeypatch.setattr(expiry, "expire_some", really)
    assert nights.run() == 2 * 12
    assert nights.run() == 0
    assert nights.make.sum_of("expired", "PTS", "bank") == 8 * 12
    books_are_right(bank)


@on_sqlite
def test_forty_days_late_is_as_good_as_in_time(nights: Nights) -> None:
    [purse] = nights.fill(1)
    assert nights.run(NIGHT_TIME + 40 * DAY) == 12
    [line] = nights.told("volunteer:1")
    assert (line.code, line.facts["points"]) == ("earning.points_expired", 12)
    assert purse.expiring() == []


@on_sqlite
def test_nothing_goes_before_its_day_is_over(nights: Nights) -> None:
    nights.fill(1)
    assert nights.run(NIGHT_TIME - DAY) == 0
    assert nights.run(datetime(2026, 12, 31, 23, 59, 59, tzinfo=SHOP_ZONE)) == 0
    assert nights.run(datetime(2027, 1, 1, tzinfo=SHOP_ZONE)) == 12


@on_sqlite
def test_on_a_day_that_nobody_has_seen_points_stay_one_night_longer(
    nights: Nights, bank: Bank
) -> None:
    nights.fill(1)
    # Switched on with the date of New Year: nothing was booked the day before.
    assert nights.run(lived=False) == 0
    nights.make.wallet()
    assert nights.run(NIGHT_TIME + timedelta(hours=1), lived=False) == 0
    nights.at(NIGHT_TIME + DAY)
    assert expire_all(bank, by=NIGHT).points == 12


@on_sqlite
def test_whoever_says_that_the_date_is_right_is_believed_at_once(
    nights: Nights, bank: Bank
) -> None:
    nights.fill(1)
    nights.at(NIGHT_TIME)
    nights.make.do(confirm_clock, seen=bank.clock.instant())
    assert nights.run(lived=False) == 12


@on_sqlite
def test_while_the_clock_is_doubted_nothing_goes(nights: Nights, bank: Bank) -> None:
    [purse] = nights.fill(1)
    bank.clock.doubt = ClockDoubt("ahead", "2026-11-20T02:26:00.000000Z")
    with pytest.raises(ClockWrong):
        nights.run(lived=False)
    bank.clock.doubt = None
    assert purse.make.balance(purse.wallet) == 12


@on_sqlite
def test_both_are_duties_of_the_night(nights: Nights, bank: Bank) -> None:
    [purse] = nights.fill(1)
    purse.issue(5, "2027-01-05")
    nights.at(NIGHT_TIME - DAY)
    nights.make.rule()
    nights.at(NIGHT_TIME)
    for duty in DUTIES:
        if duty.name in {"expire", "warn"}:
            duty.run(bank)
    assert [line.code for line in nights.told("volunteer:1")] == [
        "earning.points_expire_soon",
        "earning.points_expired",
    ]


def test_everybody_is_told_of_every_day_once(nights: Nights, bank: Bank) -> None:
    nights.make.do(set_rulebook, document=plain_document(10), starts_on="2026-01-01")
    [purse] = nights.fill(1)
    purse.issue(5, "2027-01-05")
    purse.issue(7, "2027-06-30")
    nights.fill(1, until="2027-06-30")
    for days, told in ((40, []), (31, [(1, 12)]), (31, [(1, 12)]), (20, [(2, 17)])):
        nights.at(NIGHT_TIME - days * DAY)
        warn_all(bank, by=NIGHT)
        lines = nights.told("volunteer:1")
        assert [(line.count, line.facts["points"]) for line in lines] == told
    assert nights.told("volunteer:2") == []


@on_sqlite
def test_whoever_spent_them_is_not_told(nights: Nights, bank: Bank) -> None:
    [purse] = nights.fill(1)
    purse.issue(7, "2027-06-30")
    purse.spend(12)
    nights.at(NIGHT_TIME - 20 * DAY)
    warn_all(bank, by=NIGHT)
    assert nights.told("volunteer:1") == []


@on_sqlite
def test_points_of_a_record_stand_until_the_day_of_the_rulebook_in_force(
    make: Make, bank: Bank, clock: Clock
) -> None:
    year = {"validity": {"until": "calendar_year"}}
    for start, parts in (("2025-01-01", {}), ("2026-11-20", year)):
        make.do(
            set_rulebook, document=plain_document(10, **parts), starts_on=start, proposed_by=None
        )
    volunteer = make.volunteer()
    record = make.record(volunteer, served_on="2025-05-05")
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    found = list_expiries(bank, wallet_id=volunteer.wallet.id, today=clock.today())
    assert found.found == [Expiring("2026-12-31", 20)]
    books_are_right(bank)


@on_sqlite
def test_validity_can_begin_for_points_that_had_none(nights: Nights, bank: Bank) -> None:
    make = nights.make
    make.rule()
    [purse] = nights.fill(1, until=None)  # type: ignore[arg-type]
    by_two = make.by_two()
    with pytest.raises(UndatedTooEarly) as refused:
        make.do(end_undated, **by_two, expires_on="2026-12-01")
    assert refused.value.facts == {"least": "2026-12-20"}
    make.do(end_undated, **by_two, expires_on="2027-03-31")
    assert purse.expiring() == [("2027-03-31", 12)]
    nights.at(datetime(2027, 3, 10, 3, 30, tzinfo=SHOP_ZONE))
    for _ in range(2):
        warn_all(bank, by=NIGHT)
        assert nights.told("volunteer:1")[0].facts == {"day": "2027-03-31", "points": 12}
    assert nights.run(datetime(2027, 4, 1, 3, 30, tzinfo=SHOP_ZONE)) == 12
    books_are_right(bank)
