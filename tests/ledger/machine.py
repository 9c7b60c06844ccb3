"""The ledger against a plain dictionary: whatever people do, in whatever order, both agree.

The oracle predicts every step, accepted or refused and why; a refused step leaves no trace; after
every step the check from outside finds the books right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pointsbank.foundation import (
    Bank,
    KeyReused,
    KeyVoided,
    Operation,
    PointsBankError,
    new_key,
    void_key,
)
from pointsbank.ledger import (
    ACCOUNT_TYPES,
    AccountRef,
    AlreadyReversed,
    InsufficientBalance,
    InsufficientStock,
    MoveNotAllowed,
    ReversalNotReversible,
)
from tests.books import books_are_right
from tests.ledger.verbs import (
    ISSUE,
    issue_test_points,
    plain,
    reverse_test_entry,
    take_back_test_issue,
)
from tests.make import SOMEBODY, TEST_KIND, Make, line, post_test_entry
from tests.snapshot import snapshot

PEOPLE = 3
people = st.integers(0, PEOPLE - 1)
points = st.integers(1, 40)
pieces = st.integers(1, 4)
Moves = list[tuple[AccountRef, AccountRef, int]]


@dataclass
class Entry:
    """An entry as the oracle remembers it."""

    id: int
    kind: str
    moves: Moves
    person: int | None = None
    is_reversal: bool = False
    is_reversed: bool = False


@dataclass
class Oracle:
    """The books in their plainest form."""

    balances: dict[int, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def refusal(self, moves: Moves) -> type[PointsBankError] | None:
        """Why these moves would be refused, or None."""
        if any(source.id == target.id for source, target, _ in moves):
            return MoveNotAllowed
        for account, change in self.changes(moves).items():
            kind, after = ACCOUNT_TYPES[account.type], self.balances[account.id] + change
            if (kind.least is not None and after < kind.least) or (
                kind.most is not None and after > kind.most
            ):
                return InsufficientBalance if kind.holds == "points" else InsufficientStock
        return None

    def changes(self, moves: Moves) -> dict[AccountRef, int]:
        changes: dict[AccountRef, int] = {}
        for source, target, amount in moves:
            changes[source] = changes.get(source, 0) - amount
            changes[target] = changes.get(target, 0) + amount
        return changes

    def post(self, entry: Entry) -> None:
        for account, change in self.changes(entry.moves).items():
            self.balances[account.id] += change
        self.entries.append(entry)

    def reversal_refusal(self, entry: Entry) -> type[PointsBankError] | None:
        if entry.is_reversal:
            return ReversalNotReversible
        return AlreadyReversed if entry.is_reversed else None


class LedgerMachine(RuleBasedStateMachine):
    """People earn, give, buy, and have things undone; goods come in; requests are repeated."""

    new_bank: Callable[[], Bank]
    forget_bank: Callable[[Bank], None]
    steps: Counter[str]

    @initialize()
    def open_bank(self) -> None:
        self.bank = type(self).new_bank()
        self.make = Make(self.bank)
        self.oracle = Oracle()
        self.issued, self.redeemed = self.open("issued"), self.open("redeemed")
        self.supply, self.given = self.open("supply", "SOAP"), self.open("given_out", "SOAP")
        self.room, self.shelf = self.open("store_room", "SOAP"), self.open("shelf", "SOAP")
        self.wallets = [self.open("wallet", holder=f"volunteer:{n}") for n in range(PEOPLE)]
        self.owed = [self.open("owed", holder=f"volunteer:{n}") for n in range(PEOPLE)]
        self.asked: list[tuple[str, Moves, dict[str, object]]] = []

    def open(self, type_code: str, commodity: str = "PTS", holder: str = "bank") -> AccountRef:
        account = self.make.account(type_code, commodity, holder)
        self.oracle.balances[account.id] = 0
        return account

    def teardown(self) -> None:
        if hasattr(self, "bank"):
            type(self).forget_bank(self.bank)

    # ------------------------------------------------------------------ what people do

    @rule(person=people, amount=points)
    def earn(self, person: int, amount: int) -> None:
        moves = [(self.issued, self.wallets[person], amount)]
        debt = -self.oracle.balances[self.owed[person].id]
        if debt:
            moves.append((self.wallets[person], self.owed[person], min(debt, amount)))
        self.step(
            Entry(0, ISSUE.code, moves, person),
            issue_test_points,
            issued=plain(self.issued),
            wallet=plain(self.wallets[person]),
            owed=plain(self.owed[person]),
            amount=amount,
        )

    @rule(giver=people, taker=people, amount=points)
    def give(self, giver: int, taker: int, amount: int) -> None:
        self.post([(self.wallets[giver], self.wallets[taker], amount)])

    @rule(person=people, price=points, number=pieces)
    def buy(self, person: int, price: int, number: int) -> None:
        self.post([(self.wallets[person], self.redeemed, price), (self.shelf, self.given, number)])

    @rule(number=pieces)
    def deliver_and_shelve(self, number: int) -> None:
        self.post([(self.supply, self.room, number + 1), (self.room, self.shelf, number)])

    @rule(number=pieces)
    def shelve(self, number: int) -> None:
        self.post([(self.room, self.shelf, number)])

    @precondition(lambda self: self.oracle.entries)
    @rule(which=st.integers(0, 10**6))
    def undo(self, which: int) -> None:
        entry = self.oracle.entries[which % len(self.oracle.entries)]
        mirror = [(target, source, amount) for source, target, amount in reversed(entry.moves)]
        refusal = self.oracle.reversal_refusal(entry) or self.oracle.refusal(mirror)
        self.step(
            Entry(0, entry.kind, mirror, is_reversal=True),
            reverse_test_entry,
            refusal=refusal,
            undoes=entry,
            entry_id=entry.id,
            kind=entry.kind,
        )

    @precondition(lambda self: any(e.person is not None for e in self.oracle.entries))
    @rule(which=st.integers(0, 10**6))
    def take_back(self, which: int) -> None:
        issues = [entry for entry in self.oracle.entries if entry.person is not None]
        entry = issues[which % len(issues)]
        assert entry.person is not None
        wallet, owed = self.wallets[entry.person], self.owed[entry.person]
        there = self.oracle.balances[wallet.id]
        moves: Moves = []
        if len(entry.moves) == 2:
            moves.append((owed, wallet, entry.moves[1][2]))
            there += entry.moves[1][2]
        amount = entry.moves[0][2]
        if min(there, amount):
            moves.append((wallet, self.issued, min(there, amount)))
        if amount > there:
            moves.append((owed, self.issued, amount - there))
        self.step(
            Entry(0, ISSUE.code, moves, is_reversal=True),
            take_back_test_issue,
            refusal=self.oracle.reversal_refusal(entry),
            undoes=entry,
            entry_id=entry.id,
            owed=plain(owed),
        )

    # ------------------------------------------------------------------ what requests do

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 10**6))
    def send_the_same_again(self, which: int) -> None:
        key, moves, answer = self.asked[which % len(self.asked)]
        self.steps["accepted"] += 1
        before = snapshot(self.bank)
        again = post_test_entry(self.bank, by=SOMEBODY, key=key, lines=[line(*m) for m in moves])
        assert (again.answer, again.repeated) == (answer, True)
        assert snapshot(self.bank) == before

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 10**6), more=points)
    def send_something_else_under_the_same_key(self, which: int, more: int) -> None:
        key, moves, _ = self.asked[which % len(self.asked)]
        source, target, amount = moves[0]
        other = [(source, target, amount + more), *moves[1:]]
        self.refused(KeyReused, post_test_entry, key, lines=[line(*move) for move in other])

    @rule(person=people)
    def give_up_a_key(self, person: int) -> None:
        key = new_key()
        assert void_key(self.bank, by=SOMEBODY, key=key) is None
        self.steps["accepted"] += 1
        lines = [line(self.issued, self.wallets[person], 1)]
        self.refused(KeyVoided, post_test_entry, key, lines=lines)

    # ------------------------------------------------------------------ how a step is judged

    def post(self, moves: Moves) -> None:
        entry = Entry(0, TEST_KIND.code, moves)
        key = new_key()
        answer = self.step(
            entry,
            post_test_entry,
            key=key,
            refusal=self.oracle.refusal(moves),
            lines=[line(*move) for move in moves],
        )
        if answer is not None:
            self.asked.append((key, moves, answer))

    def step(
        self,
        entry: Entry,
        verb: Operation[...],
        *,
        key: str = "",
        refusal: type[PointsBankError] | None = None,
        undoes: Entry | None = None,
        **values: object,
    ) -> dict[str, object] | None:
        """Do it and compare with what the oracle says of it."""
        if refusal is not None:
            self.refused(refusal, verb, key or new_key(), **values)
            return None
        done = verb(self.bank, by=SOMEBODY, key=key or new_key(), **values)
        self.steps["accepted"] += 1
        entry.id = done.answer["id"]
        self.oracle.post(entry)
        if undoes is not None:
            undoes.is_reversed = True
        return done.answer

    def refused(
        self, refusal: type[PointsBankError], verb: Operation[...], key: str, **values: object
    ) -> None:
        """It is refused for this very reason, and nothing anywhere tells that it was asked."""
        before = snapshot(self.bank)
        self.steps["refused"] += 1
        with pytest.raises(refusal) as told:
            verb(self.bank, by=SOMEBODY, key=key, **values)
        assert told.type is refusal
        assert snapshot(self.bank) == before

    @invariant()
    def books_are_right(self) -> None:
        if not hasattr(self, "bank"):
            return
        report = books_are_right(self.bank)
        assert report.counts["journal_entry"] == len(self.oracle.entries)
        for row in report.trial_balance:
            accounts = [*self.wallets, *self.owed, self.room, self.shelf]
            accounts += [self.issued, self.redeemed, self.supply, self.given]
            held = sum(self.oracle.balances[ref.id] for ref in accounts if ref.type == row.type)
            assert row.balance == held, row
