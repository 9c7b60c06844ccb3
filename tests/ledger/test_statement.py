"""What an account's holder reads: every line with the balance after it, on any day, by the page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pointsbank.foundation import Bank, Clock, Page, Paging
from pointsbank.ledger import (
    AccountNotFound,
    EntryNotFound,
    StatementLine,
    balance_as_of,
    current_balance,
    get_entry,
    list_entries,
    read_statement,
    trial_balance,
)
from tests.ledger.verbs import reverse_test_entry
from tests.make import Make


def statement_of(bank: Bank, account_id: int, **narrowed: object) -> Page[StatementLine]:
    return bank.database.read(
        lambda session: read_statement(session, account_id, **narrowed)  # type: ignore[arg-type]
    )


def test_each_line_has_the_balance_after_it_and_the_newest_is_first(make: Make) -> None:
    wallet, redeemed = make.wallet(points=100), make.account("redeemed")
    make.move(wallet, redeemed, 30)
    make.move(wallet, redeemed, 5)
    lines = statement_of(make.bank, wallet.id).items
    assert [(line.amount, line.balance) for line in lines] == [(-5, 65), (-30, 70), (100, 100)]
    assert [line.number for line in lines] == sorted((line.number for line in lines), reverse=True)


def test_several_moves_of_one_entry_each_have_their_own_balance(make: Make) -> None:
    giver, taker = make.wallet(points=100), make.wallet()
    make.post((giver, taker, 10), (taker, giver, 4), (giver, taker, 1))
    lines = statement_of(make.bank, giver.id).items
    assert [(line.amount, line.balance) for line in lines[:3]] == [(-1, 93), (4, 94), (-10, 90)]


def test_a_sink_keeps_no_balance_and_is_summed(make: Make) -> None:
    wallet, redeemed = make.wallet(points=100), make.account("redeemed")
    make.move(wallet, redeemed, 30)
    [line] = statement_of(make.bank, redeemed.id).items
    assert (line.amount, line.balance) == (30, None)
    assert make.bank.database.read(lambda session: current_balance(session, redeemed.id)) == 30


def test_a_statement_is_read_by_the_page_and_by_days(make: Make, clock: Clock) -> None:
    wallet, redeemed = make.wallet(points=100), make.account("redeemed")
    clock.set_ahead(timedelta(days=1))
    for _ in range(5):
        make.move(wallet, redeemed, 1)
    page = statement_of(make.bank, wallet.id, paging=Paging(page=2, per_page=4))
    assert (page.total, page.pages, len(page.items)) == (6, 2, 2)
    assert [line.balance for line in page.items] == [99, 100]
    later = statement_of(make.bank, wallet.id, since="2026-11-21")
    assert (later.total, {line.occurred_on for line in later.items}) == (5, {"2026-11-21"})
    assert statement_of(make.bank, wallet.id, until="2026-11-20").total == 1


def test_a_balance_and_the_trial_balance_of_a_past_day(make: Make, clock: Clock) -> None:
    wallet, redeemed = make.wallet(points=100), make.account("redeemed")
    clock.set_ahead(timedelta(days=1))
    make.move(wallet, redeemed, 40)

    def held(day: str | None) -> int:
        return make.bank.database.read(lambda session: balance_as_of(session, wallet.id, day))

    assert [held("2026-11-19"), held("2026-11-20"), held("2026-11-21"), held(None)] == [
        0,
        100,
        60,
        60,
    ]
    for day, wallets in (("2026-11-20", 100), ("2026-11-21", 60)):
        rows = {row.type: row.balance for row in trial_balance(make.bank, day=day)}
        assert rows["wallet"] == wallets
        assert sum(rows.values()) == 0
    assert trial_balance(make.bank, day="2026-11-19") == []


def test_a_day_ends_at_midnight_in_the_shop_and_not_in_greenwich(make: Make, clock: Clock) -> None:
    wallet, redeemed = make.wallet(points=100), make.account("redeemed")
    clock.set_ahead(timedelta(hours=13, minutes=33, seconds=59))
    make.move(wallet, redeemed, 1)
    clock.set_ahead(timedelta(hours=13, minutes=34))
    make.move(wallet, redeemed, 1)
    days = [line.occurred_on for line in statement_of(make.bank, wallet.id).items]
    assert days == ["2026-11-21", "2026-11-20", "2026-11-20"]


def test_a_reversed_entry_and_its_reversal_point_at_each_other(make: Make) -> None:
    wallet, redeemed = make.wallet(points=100), make.account("redeemed")
    spent = make.move(wallet, redeemed, 30).answer
    undone = make.do(reverse_test_entry, entry_id=spent["id"]).answer
    reversal, original, issue = statement_of(make.bank, wallet.id).items
    assert (reversal.reverses, reversal.reversed, reversal.balance) == (True, False, 100)
    assert (original.reverses, original.reversed, original.balance) == (False, True, 70)
    assert (issue.reverses, issue.reversed) == (False, False)
    paper = get_entry(make.bank, entry_id=spent["id"])
    assert (paper.reversed_by, paper.reverses) == (undone["entry"], None)
    paper = get_entry(make.bank, entry_id=undone["id"])
    assert (paper.reversed_by, paper.reverses) == (None, spent["entry"])
    [move] = paper.moves
    assert (move.source_type, move.target_type, move.amount) == ("redeemed", "wallet", 30)
    assert (move.source_balance, move.target_balance) == (None, 100)


def test_the_journal_is_narrowed_by_what_it_moved(make: Make) -> None:
    wallet, redeemed = make.wallet(points=100), make.account("redeemed")
    make.shelf("SOAP", 3)
    make.move(wallet, redeemed, 30)
    assert list_entries(make.bank).total == 4
    assert list_entries(make.bank, account_id=wallet.id).total == 2
    assert list_entries(make.bank, account_type="shelf").total == 1
    assert list_entries(make.bank, commodity="SOAP").total == 2
    assert list_entries(make.bank, kind="tests.other").total == 0
    numbers = [entry.id for entry in list_entries(make.bank, paging=Paging(1, 3)).items]
    assert numbers == [4, 3, 2]


def test_what_is_not_there_is_said_to_be_missing(make: Make) -> None:
    with pytest.raises(EntryNotFound):
        get_entry(make.bank, entry_id=99)
    with pytest.raises(AccountNotFound):
        make.bank.database.read(lambda session: current_balance(session, 99))
