"""What every way of spending points promises. A new kind gets all of it by standing in the list."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from marshmallow import Schema
from sqlalchemy import func, select, update

from pointsbank.foundation import (
    Clock,
    Outcome,
    PointsBankError,
    Session,
    Setting,
    new_key,
    read_public_id,
)
from pointsbank.ledger import Account, get_entry, read_entry, read_trial_balance
from pointsbank.redemption import (
    KINDS,
    AlreadyUndone,
    DailyLimit,
    Kind,
    NotOwn,
    OutOfHours,
    Quotation,
    QuoteExpired,
    QuoteUnreadable,
    QuoteUsed,
    UndoTooLate,
    check_out,
    get_redemption,
    quote,
    undo,
)
from pointsbank.tables import metadata
from tests.books import books_are_right
from tests.conftest import NOON
from tests.counter import Buyer, Counter


@pytest.fixture(params=KINDS, ids=lambda kind: kind.code)
def spending(request: pytest.FixtureRequest, counter: Counter) -> Spending:
    """One kind, with the world that its own example builds."""
    kind: Kind = request.param
    return Spending(counter, kind, kind.example(counter.bank, counter.kiosk, counter.shop_id))


class Spending:
    """Somebody spends points in one of the ways there are."""

    def __init__(self, counter: Counter, kind: Kind, request: dict[str, Any]) -> None:
        self.counter = counter
        self.kind = kind
        self.request = request

    def quote(self, buyer: Buyer | None) -> Quotation:
        return quote(
            self.counter.bank,
            by=self.counter.kiosk,
            kind=self.kind.code,
            shop_id=self.counter.shop_id,
            device_number=1,
            card=buyer.card if buyer else None,
            request=self.request,
        )

    def confirm(self, buyer: Buyer, promised: Quotation, key: str = "") -> Outcome:
        return check_out(
            self.counter.bank,
            by=self.counter.kiosk,
            key=key or new_key(),
            kind=self.kind.code,
            card=buyer.card,
            quote=promised.quote,
            total_points=promised.total_points,
        )

    def undo(self, buyer: Buyer, done: Outcome) -> Outcome:
        return undo(
            self.counter.bank,
            by=self.counter.kiosk,
            key=new_key(),
            number=done.answer["redemption"]["number"],
            card=buyer.card,
            shop_id=self.counter.shop_id,
        )

    def balances(self) -> dict[str, int]:
        """What every kept account holds, and what every type of account comes to."""

        def ask(session: Session) -> dict[str, int]:
            kept = session.rows(
                select(Account.id, Account.balance).where(Account.balance.is_not(None))
            )
            summed = read_trial_balance(session)
            return {str(row.id): row.balance for row in kept} | {
                f"{row.type} {row.commodity}": row.balance for row in summed if row.balance
            }

        return self.counter.bank.database.read(ask)

    def rows(self) -> dict[str, int]:
        """How many rows every table has."""
        return self.counter.bank.database.read(
            lambda session: {
                table.name: session.value(select(func.count()).select_from(table))
                for table in metadata.sorted_tables
            }
        )


def refusal_of(call: Callable[[], object]) -> PointsBankError:
    with pytest.raises(PointsBankError) as refusal:
        call()
    return refusal.value


def test_it_says_what_it_is_in_both_languages(spending: Spending) -> None:
    assert spending.kind.title_zh
    assert spending.kind.title_en
    assert spending.kind.code in spending.kind.entry_kind.code


def test_its_form_takes_its_own_example(spending: Spending) -> None:
    form = Schema.from_dict(dict(spending.kind.fields))()
    assert form.load(spending.request) == spending.request


def test_a_quote_writes_nothing(spending: Spending) -> None:
    buyer = spending.counter.buyer(points=400)
    before = spending.rows()
    promised = spending.quote(buyer)
    assert promised.refusals == []
    assert spending.rows() == before


def test_the_points_told_are_the_points_paid(spending: Spending) -> None:
    buyer = spending.counter.buyer(points=400)
    promised = spending.quote(buyer)
    done = spending.confirm(buyer, promised).answer["redemption"]
    assert (promised.points_before, done["points_before"]) == (400, 400)
    assert promised.points_after == done["points_after"] == spending.counter.points(buyer)
    assert 400 - spending.counter.points(buyer) == promised.total_points == done["total_points"]
    paper = get_redemption(spending.counter.bank, number=done["number"])
    assert (paper.kind, paper.total_points) == (spending.kind.code, promised.total_points)
    books_are_right(spending.counter.bank)


def test_quote_checkout_and_undo_leave_every_balance_as_it_was(spending: Spending) -> None:
    buyer = spending.counter.buyer(points=400)
    before = spending.balances()
    done = spending.confirm(buyer, spending.quote(buyer))
    assert spending.balances() != before
    spending.undo(buyer, done)
    assert spending.balances() == before
    books_are_right(spending.counter.bank)


def test_sending_twice_buys_once(spending: Spending) -> None:
    buyer, key = spending.counter.buyer(points=400), new_key()
    promised = spending.quote(buyer)
    first = spending.confirm(buyer, promised, key)
    after = spending.rows()
    second = spending.confirm(buyer, promised, key)
    assert (second.repeated, second.answer) == (True, first.answer)
    assert spending.rows() == after
    assert type(refusal_of(lambda: spending.confirm(buyer, promised))) is QuoteUsed


def test_a_refusal_leaves_no_trace(spending: Spending) -> None:
    buyer = spending.counter.buyer(points=400)
    promised = spending.quote(buyer)
    poor = spending.counter.buyer()
    unpaid = spending.quote(poor)
    before, balances = spending.rows(), spending.balances()
    assert type(refusal_of(lambda: spending.confirm(poor, promised))) is NotOwn
    short = refusal_of(lambda: spending.confirm(poor, unpaid))
    assert short.code == "ledger.insufficient_balance"
    assert (spending.rows(), spending.balances()) == (before, balances)


def test_only_declared_moves_are_made_and_undoing_makes_their_mirror(spending: Spending) -> None:
    buyer = spending.counter.buyer(points=400)
    done = spending.confirm(buyer, spending.quote(buyer))
    undone = spending.undo(buyer, done)

    def routes(outcome: Outcome) -> list[tuple[str, str, int]]:
        number = read_public_id("J", outcome.answer["redemption"]["entry"])
        paper = get_entry(spending.counter.bank, entry_id=number)
        assert paper.entry.kind == spending.kind.entry_kind.code
        return [(move.source_type, move.target_type, move.amount) for move in paper.moves]

    there, back = routes(done), routes(undone)
    assert all(spending.kind.entry_kind.allows(source, target) for source, target, _ in there)
    assert back == [(target, source, amount) for source, target, amount in reversed(there)]
    redeemed = [amount for _, target, amount in there if target == "redeemed"]
    assert redeemed == [done.answer["redemption"]["total_points"]]


def test_undoing_is_once_and_only_for_who_bought(spending: Spending) -> None:
    buyer, other = spending.counter.buyer(points=400), spending.counter.buyer(points=400)
    done = spending.confirm(buyer, spending.quote(buyer))
    assert type(refusal_of(lambda: spending.undo(other, done))) is NotOwn
    spending.undo(buyer, done)
    after = spending.rows()
    assert type(refusal_of(lambda: spending.undo(buyer, done))) is AlreadyUndone
    assert spending.rows() == after


def test_undoing_is_over_after_five_minutes(spending: Spending, clock: Clock) -> None:
    buyer = spending.counter.buyer(points=400)
    done = spending.confirm(buyer, spending.quote(buyer))
    clock.set_now(lambda: NOON + timedelta(minutes=5, seconds=1))
    assert type(refusal_of(lambda: spending.undo(buyer, done))) is UndoTooLate


def test_a_quote_cannot_be_bent_or_kept(spending: Spending, clock: Clock) -> None:
    buyer = spending.counter.buyer(points=400)
    promised = spending.quote(buyer)
    body, _, signature = promised.quote.partition(".")
    for token in ("", "x", body, f"{body}.", f"{body[:-2]}AA.{signature}", f"{body}.{body}"):
        bent = dataclasses.replace(promised, quote=token)
        refusal = refusal_of(lambda bent=bent: spending.confirm(buyer, bent))  # type: ignore[misc]
        assert type(refusal) is QuoteUnreadable
    clock.set_now(lambda: NOON + timedelta(seconds=120))
    assert type(refusal_of(lambda: spending.confirm(buyer, promised))) is QuoteExpired


def test_no_name_is_in_answer_memo_or_document(spending: Spending) -> None:
    buyer = spending.counter.buyer(points=400)
    done = spending.confirm(buyer, spending.quote(buyer))
    number = read_public_id("J", done.answer["redemption"]["entry"])
    paper = spending.counter.bank.database.read(lambda session: read_entry(session, number))
    for text in (str(done.answer), paper.entry.memo, str(paper.entry.document)):
        assert "王小明" not in text
        assert buyer.card not in text


def test_the_day_has_one_limit_for_all_kinds(spending: Spending) -> None:
    buyer = spending.counter.buyer(points=4000)
    cost = spending.quote(buyer).total_points
    less_than_two = update(Setting).where(Setting.name == "limit_points_daily")
    spending.counter.bank.database.write(
        lambda session: session.run(less_than_two.values(value=str(2 * cost - 1)))
    )
    promised = spending.quote(buyer)
    spending.confirm(buyer, spending.quote(buyer))
    assert [one.code for one in spending.quote(buyer).refusals] == [DailyLimit.code]
    assert type(refusal_of(lambda: spending.confirm(buyer, promised))) is DailyLimit


def test_nothing_is_given_while_the_shop_is_closed(spending: Spending, clock: Clock) -> None:
    buyer = spending.counter.buyer(points=400)
    clock.set_now(lambda: NOON.replace(hour=3))
    promised = spending.quote(buyer)
    assert [one.code for one in promised.refusals] == [OutOfHours.code]
    assert type(refusal_of(lambda: spending.confirm(buyer, promised))) is OutOfHours


def test_the_slip_tells_later_what_the_counter_told(spending: Spending) -> None:
    buyer = spending.counter.buyer(points=400)
    promised = spending.quote(buyer)
    done = spending.confirm(buyer, promised).answer["redemption"]
    paper = get_redemption(spending.counter.bank, number=done["number"])
    assert [(one.name, one.quantity, one.sum_points) for one in paper.lines] == [
        (one.name, one.quantity, one.sum_points) for one in promised.lines
    ]
    assert "王小明" not in str(paper)
