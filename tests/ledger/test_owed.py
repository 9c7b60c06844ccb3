"""Taking points back that have been spent: never refused, never below zero, repaid first."""

from __future__ import annotations

import pytest

from pointsbank.foundation import Bank, Outcome
from pointsbank.ledger import AccountRef, AlreadyReversed, ReversalNotReversible
from tests.books import books_are_right
from tests.ledger.verbs import ISSUE, issue_test_points, plain, reverse_test_entry
from tests.ledger.verbs import take_back_test_issue as take_back
from tests.make import Make


class Person:
    """A volunteer with a wallet and an owed account."""

    def __init__(self, make: Make) -> None:
        self.make = make
        holder = f"volunteer:{make.next_number()}"
        self.wallet: AccountRef = make.account("wallet", holder=holder)
        self.owed: AccountRef = make.account("owed", holder=holder)
        self.issued: AccountRef = make.account("issued", holder="bank")
        self.redeemed: AccountRef = make.account("redeemed", holder="bank")

    def earn(self, points: int) -> int:
        done = self.make.do(
            issue_test_points,
            issued=plain(self.issued),
            wallet=plain(self.wallet),
            owed=plain(self.owed),
            amount=points,
        )
        return int(done.answer["id"])

    def spend(self, points: int) -> None:
        self.make.move(self.wallet, self.redeemed, points)

    def lose(self, entry_id: int) -> Outcome:
        return self.make.do(take_back, entry_id=entry_id, owed=plain(self.owed))

    @property
    def holds(self) -> tuple[int, int]:
        """Points in the wallet, points owed."""
        return self.make.balance(self.wallet), -self.make.balance(self.owed)


@pytest.fixture
def person(make: Make) -> Person:
    return Person(make)


@pytest.mark.parametrize(
    ("spent", "left"),
    [(0, (0, 0)), (12, (0, 12)), (30, (0, 30))],
    ids=["nothing spent", "some spent", "all spent"],
)
def test_what_is_there_is_taken_and_the_rest_is_owed(
    bank: Bank, person: Person, spent: int, left: tuple[int, int]
) -> None:
    issue = person.earn(30)
    if spent:
        person.spend(spent)
    person.lose(issue)
    assert person.holds == left
    books_are_right(bank)


def test_points_from_elsewhere_are_taken_before_anything_is_owed(
    bank: Bank, person: Person
) -> None:
    issue = person.earn(30)
    person.spend(30)
    person.earn(20)
    person.lose(issue)
    assert person.holds == (0, 10)
    books_are_right(bank)


def test_later_earnings_repay_first(bank: Bank, person: Person) -> None:
    issue = person.earn(30)
    person.spend(30)
    person.lose(issue)
    person.earn(20)
    assert person.holds == (0, 10)
    person.earn(25)
    assert person.holds == (15, 0)
    books_are_right(bank)


def test_an_issue_that_repaid_can_be_taken_back_too(bank: Bank, person: Person) -> None:
    first = person.earn(30)
    person.spend(30)
    person.lose(first)
    second = person.earn(50)
    assert person.holds == (20, 0)
    person.spend(5)
    person.lose(second)
    assert person.holds == (0, 35)
    books_are_right(bank)


def test_an_issue_is_taken_back_once_and_a_taking_back_never(person: Person) -> None:
    issue = person.earn(30)
    taken = person.lose(issue)
    with pytest.raises(AlreadyReversed):
        person.lose(issue)
    with pytest.raises(ReversalNotReversible):
        person.make.do(reverse_test_entry, entry_id=taken.answer["id"], kind=ISSUE.code)
    assert person.holds == (0, 0)
