"""A rehearsal goes through everybody's doors, stays in the books, and leaves nothing behind."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select

from pointsbank.audit import run_checks
from pointsbank.foundation import (
    Bank,
    Caller,
    Clock,
    Keys,
    Outcome,
    Paging,
    Session,
    open_database,
    statement,
)
from pointsbank.inventory import GoodsUnknown
from pointsbank.jobs import DUTIES
from pointsbank.ledger import list_entries, points_outstanding
from pointsbank.people import (
    CardBlocked,
    RoleMissing,
    Shop,
    find_stand_in_card,
    get_volunteer,
    list_volunteers,
)
from pointsbank.redemption import (
    NoRehearsal,
    Rehearsal,
    RehearsalOpen,
    SoldOut,
    begin_rehearsal,
    end_rehearsal,
    find_rehearsal,
    has_redeemed,
    rehearsals,
)
from tests.at_once import at_once
from tests.books import books_are_right
from tests.conftest import NOON
from tests.counter import Buyer, Counter, scanned
from tests.make import Make

_NO_LOCK = statement(select(Shop.id).where(Shop.id == bindparam("of_shop")))


@pytest.fixture
def worker(counter: Counter) -> Caller:
    """Somebody who rehearses."""
    return counter.make.staff("worker").caller


def begin(counter: Counter, worker: Caller, sku: str = "SOAP") -> Buyer:
    """Begin a rehearsal; the stand-in with its card, ready to buy."""
    made = counter.make.do(begin_rehearsal, by=worker, shop_id=counter.shop_id, sku=sku).answer
    stand_in = counter.bank.database.read(lambda session: get_volunteer(session, made["number"]))
    card = find_stand_in_card(counter.bank)
    assert card is not None
    return Buyer(stand_in.number, card.code, stand_in.wallet, made["short_number"])


def the_last(bank: Bank) -> Rehearsal:
    """The rehearsal that has just come to its end."""
    found = find_rehearsal(bank, ended=True)
    assert found is not None
    return found


def test_a_purchase_at_the_kiosk_is_rehearsed_and_reversed_by_itself(
    counter: Counter, worker: Caller
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    stand_in = begin(counter, worker)
    assert counter.points(stand_in) == 30
    counter.check_out(stand_in, scanned("SOAP"))
    assert (counter.points(stand_in), counter.pieces("SOAP")[0]) == (0, 4)
    done = counter.make.do(end_rehearsal, by=worker).answer
    assert (done["purchases"], done["undone"]) == (1, 1)
    assert (counter.points(stand_in), counter.pieces("SOAP")) == (0, (5, 0, 0, 0))
    assert counter.bank.database.read(points_outstanding) == 0
    # Nobody has taken anything home, until somebody does.
    assert not has_redeemed(counter.bank)
    counter.check_out(counter.buyer(points=30), scanned("SOAP"))
    assert has_redeemed(counter.bank)
    books_are_right(counter.bank)


def test_both_entries_of_each_pair_stand_in_the_journal(counter: Counter, worker: Caller) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    counter.check_out(begin(counter, worker), scanned("SOAP"))
    counter.make.do(end_rehearsal, by=worker)
    told = the_last(counter.bank)
    [purchase] = told.purchases
    pairs = [told.lent, purchase.entry, purchase.undo_entry, told.taken_back]
    journal = {
        row.number: row for row in list_entries(counter.bank, paging=Paging(per_page=50)).items
    }
    assert [journal[number].kind for number in pairs if number] == [
        "redemption.rehearse",
        "redemption.goods",
        "redemption.goods",
        "redemption.rehearse",
    ]
    assert "演练" in journal[told.lent].memo
    assert purchase.at_kiosk
    assert told.points == purchase.points == 30


def test_the_desk_rehearses_by_the_same_quote_and_checkout(
    counter: Counter, worker: Caller
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    stand_in = begin(counter, worker)
    counter.check_out(stand_in, scanned("SOAP"), at=worker)
    counter.make.do(end_rehearsal, by=worker)
    assert not the_last(counter.bank).purchases[0].at_kiosk
    assert counter.pieces("SOAP")[0] == 5
    books_are_right(counter.bank)


def test_whoever_undoes_at_the_kiosk_leaves_only_the_points_to_take_back(
    counter: Counter, worker: Caller
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    stand_in = begin(counter, worker)
    bought = counter.check_out(stand_in, scanned("SOAP"))
    counter.undo(stand_in, bought["number"])
    done = counter.make.do(end_rehearsal, by=worker).answer
    assert (done["purchases"], done["undone"]) == (1, 0)
    books_are_right(counter.bank)


def test_a_rehearsal_ends_also_after_the_minutes_of_an_undo(
    counter: Counter, worker: Caller, clock: Clock
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    counter.check_out(begin(counter, worker), scanned("SOAP"))
    clock.set_now(lambda: NOON + timedelta(hours=3))
    counter.make.do(end_rehearsal, by=worker)
    assert counter.pieces("SOAP")[0] == 5
    books_are_right(counter.bank)


def test_the_card_of_a_rehearsal_buys_nothing_afterwards(counter: Counter, worker: Caller) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    stand_in = begin(counter, worker)
    counter.make.do(end_rehearsal, by=worker)
    with pytest.raises(CardBlocked):
        counter.quote(scanned("SOAP"), buyer=stand_in)
    assert list_volunteers(counter.bank).total == 0
    assert list_volunteers(counter.bank, left=True).total == 1
    # Nothing was bought with it, so it has not been rehearsed.
    assert find_rehearsal(counter.bank, ended=True) is None
    books_are_right(counter.bank)


def test_one_rehearsal_at_a_time(counter: Counter, worker: Caller) -> None:
    counter.goods("SOAP", shelf=5)
    with pytest.raises(NoRehearsal):
        counter.make.do(end_rehearsal, by=worker)
    stand_in = begin(counter, worker)
    with pytest.raises(RehearsalOpen) as refusal:
        begin(counter, worker)
    assert refusal.value.facts == {"number": stand_in.number}
    counter.make.do(end_rehearsal, by=worker)
    with pytest.raises(NoRehearsal):
        counter.make.do(end_rehearsal, by=worker)
    counter.check_out(begin(counter, worker), scanned("SOAP"))
    counter.make.do(end_rehearsal, by=worker)
    books_are_right(counter.bank)


def test_of_many_who_begin_at_once_one_does(counter: Counter, worker: Caller) -> None:
    counter.goods("SOAP", shelf=5)

    told = at_once([lambda: begin(counter, worker)] * 6)
    assert sum(isinstance(one, Buyer) for one in told) == 1
    assert sum(isinstance(one, RehearsalOpen) for one in told) == 5


@pytest.mark.parametrize(("sku", "refusal"), [("NOTHING", GoodsUnknown), ("EMPTY", SoldOut)])
def test_what_does_not_stand_there_cannot_be_rehearsed(
    counter: Counter, worker: Caller, sku: str, refusal: type[Exception]
) -> None:
    counter.goods("EMPTY", store=3)
    with pytest.raises(refusal):
        begin(counter, worker, sku)
    assert list_volunteers(counter.bank).total == 0


@pytest.mark.parametrize("role", ["witness", "auditor", "merchant"])
def test_only_a_worker_or_an_admin_rehearses(counter: Counter, role: str) -> None:
    counter.goods("SOAP", shelf=5)
    with pytest.raises(RoleMissing):
        begin(counter, counter.make.staff(role).caller)
    with pytest.raises(RoleMissing):
        counter.make.do(end_rehearsal, by=counter.make.staff(role).caller)


def test_points_of_a_rehearsal_that_went_astray_are_taken_back_and_the_check_tells_of_it(
    counter: Counter, worker: Caller, make: Make
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    stand_in = begin(counter, worker)
    neighbour = counter.buyer()
    make.move(stand_in.wallet, neighbour.wallet, 30)
    make.do(end_rehearsal, by=worker)
    told = {one.check for one in run_checks(counter.bank.database.url, durable=False).findings}
    assert told == {"rehearsal-to-stand-in", "rehearsal-left-nothing"}


def test_a_rehearsal_that_nobody_ended_is_told_the_next_day_and_can_still_be_ended(
    counter: Counter, worker: Caller, clock: Clock
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    begin(counter, worker)
    books_are_right(counter.bank)
    clock.set_now(lambda: NOON + timedelta(days=1))
    counter.goods("TOWEL", shelf=1)
    report = run_checks(counter.bank.database.url, durable=False)
    assert {one.check for one in report.findings} == {"rehearsal-left-nothing"}
    counter.make.do(end_rehearsal, by=worker)
    books_are_right(counter.bank)


def test_without_the_shops_lock_two_rehearsals_would_begin_at_once(
    postgres_url: str, keys: Keys, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: on SQLite the one writer makes everybody wait, on PostgreSQL the lock does."""
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    counter = Counter(Make(bank))
    counter.goods("SOAP", shelf=5)
    worker = counter.make.staff("worker").caller
    monkeypatch.setattr(rehearsals, "_LOCK_SHOP", _NO_LOCK)
    together = threading.Barrier(2)
    look = rehearsals._refuse_open

    def look_and_wait(session: Session) -> None:
        look(session)
        together.wait(20)

    monkeypatch.setattr(rehearsals, "_refuse_open", look_and_wait)
    told = at_once([lambda: counter.make.do(begin_rehearsal, by=worker, shop_id=1, sku="SOAP")] * 2)
    assert [type(one) for one in told] == [Outcome, Outcome]
    bank.close()


def test_what_nobody_has_ended_the_bank_ends_by_night(counter: Counter, worker: Caller) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    counter.check_out(begin(counter, worker), scanned("SOAP"))
    [duty] = [one for one in DUTIES if one.name == "rehearsal"]
    for _ in range(2):
        duty.run(counter.bank)
    assert find_rehearsal(counter.bank) is None
    assert the_last(counter.bank).purchases[0].undo_entry
    books_are_right(counter.bank)


def test_a_purchase_in_the_very_moment_of_the_end_is_undone_or_refused(
    counter: Counter, worker: Caller
) -> None:
    counter.goods("SOAP", price=30, shelf=5)
    for _ in range(4):
        stand_in = begin(counter, worker)
        promised = counter.quote(scanned("SOAP"), buyer=stand_in)
        bought, ended = at_once(
            [
                partial(counter.confirm, stand_in, promised),
                partial(counter.make.do, end_rehearsal, by=worker),
            ]
        )
        assert isinstance(bought, Outcome | CardBlocked), bought
        assert isinstance(ended, Outcome), ended
        assert (counter.points(stand_in), counter.pieces("SOAP")[0]) == (0, 5)
    books_are_right(counter.bank)
