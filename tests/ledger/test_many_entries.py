"""Many entries posted at once leave the books as if they had been posted one after the other."""

from __future__ import annotations

import pytest

from pointsbank.foundation import Act, Answer, Bank, operation
from pointsbank.ledger import (
    Draft,
    InsufficientBalance,
    Issue,
    Transfer,
    issue_many,
    post_entries,
    read_moves,
)
from tests.at_once import at_once
from tests.books import books_are_right
from tests.ledger.test_owed import Person
from tests.ledger.verbs import ISSUE, account, plain
from tests.make import TEST_KIND, Make


@operation("tests.post_many")
def post_many(
    act: Act, *, entries: list[list[tuple[list[int | str], list[int | str], int]]]
) -> Answer:
    """Post several entries in one operation; their ids in the order they were given in."""
    drafts = [
        Draft(
            f"test:{act.receipt_id}:{place}",
            [Transfer(account(source), account(target), amount) for source, target, amount in one],
            "one of many",
        )
        for place, one in enumerate(entries)
    ]
    posted = post_entries(act, TEST_KIND, drafts)
    return {"ids": [posted[draft.document].id for draft in drafts]}


@operation("tests.issue_many")
def issue_many_points(
    act: Act, *, issued: list[int | str], issues: list[tuple[list[int | str], list[int | str], int]]
) -> Answer:
    """Issue points to many wallets; what is owed is repaid from them."""
    told = [
        Issue(account(wallet), account(owed), amount, "an issue", f"test:{act.receipt_id}:{place}")
        for place, (wallet, owed, amount) in enumerate(issues)
    ]
    posted = issue_many(act, ISSUE, told, issued=account(issued))
    return {"entries": len(posted)}


def test_the_balances_run_in_the_order_of_the_numbers(make: Make, bank: Bank) -> None:
    first, second = make.wallet(points=10), make.wallet()
    passing = [[(plain(first), plain(second), 4)], [(plain(second), plain(first), 1)]] * 2
    ids = make.do(post_many, entries=passing).answer["ids"]
    assert ids == sorted(ids)
    assert (make.balance(first), make.balance(second)) == (4, 6)

    def balances(entry_id: int) -> list[tuple[int | None, int | None]]:
        moves = bank.database.read(lambda session: read_moves(session, [entry_id]))
        return [(one.source_balance, one.target_balance) for one in moves[entry_id]]

    assert [balances(one) for one in ids] == [[(6, 4)], [(3, 7)], [(3, 7)], [(6, 4)]]
    books_are_right(bank)


def test_nobody_is_below_the_floor_in_between_either(make: Make, bank: Bank) -> None:
    wallet, other, issued = make.wallet(), make.wallet(points=5), make.account("issued")
    lent = [[(plain(wallet), plain(other), 3)], [(plain(issued), plain(wallet), 3)]]
    with pytest.raises(InsufficientBalance) as refusal:
        make.do(post_many, entries=lent)
    assert refusal.value.facts == {"available": 0, "needed": 3, "short": 3}
    make.do(post_many, entries=lent[::-1])
    assert (make.balance(wallet), make.balance(other)) == (0, 8)
    books_are_right(bank)


def test_an_issue_to_many_repays_what_each_owes(make: Make, bank: Bank) -> None:
    owing, plain_one = Person(make), Person(make)
    spent = owing.earn(20)
    owing.spend(15)
    owing.lose(spent)
    assert owing.holds == (0, 15)
    issues = [
        (plain(one.wallet), plain(one.owed), points)
        for one, points in ((owing, 10), (plain_one, 7), (owing, 8))
    ]
    done = make.do(issue_many_points, issued=plain(owing.issued), issues=issues)
    assert done.answer == {"entries": 3}
    assert (owing.holds, plain_one.holds) == ((3, 0), (7, 0))
    books_are_right(bank)


def test_those_who_issue_to_the_same_wallets_at_once_wait_for_each_other(
    make: Make, bank: Bank
) -> None:
    people = [Person(make) for _ in range(6)]
    issues = [(plain(one.wallet), plain(one.owed), 5) for one in people]
    issued = plain(people[0].issued)
    outcomes = at_once(
        [
            lambda told=told: make.do(issue_many_points, issued=issued, issues=told)
            for told in (issues, issues[::-1]) * 3
        ]
    )
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert [one.holds for one in people] == [(30, 0)] * 6
    books_are_right(bank)
