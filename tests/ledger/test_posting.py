"""Posting: what moves leaves the source and enters the target, once."""

from __future__ import annotations

import pytest

from pointsbank.foundation import KeyReused, new_key
from pointsbank.ledger import InsufficientBalance, trial_balance
from tests.make import Make


def test_what_moves_leaves_the_source_and_enters_the_target(make: Make) -> None:
    wallet = make.wallet(points=100)
    make.move(wallet, make.account("redeemed", holder="bank"), 30)
    assert make.balance(wallet) == 70
    rows = trial_balance(make.bank)
    assert {(row.type, row.balance) for row in rows} == {
        ("wallet", 70),
        ("issued", -100),
        ("redeemed", 30),
    }


def test_a_wallet_never_falls_below_zero_and_the_refusal_leaves_no_trace(make: Make) -> None:
    wallet, redeemed = make.wallet(points=29), make.account("redeemed", holder="bank")
    key = new_key()
    with pytest.raises(InsufficientBalance) as refusal:
        make.move(wallet, redeemed, 30, key=key)
    assert refusal.value.facts == {"available": 29, "needed": 30, "short": 1}
    assert make.balance(wallet) == 29
    assert make.move(wallet, redeemed, 29, key=key).repeated is False


def test_sending_twice_buys_once(make: Make) -> None:
    wallet, redeemed = make.wallet(points=100), make.account("redeemed", holder="bank")
    key = new_key()
    first = make.move(wallet, redeemed, 30, key=key)
    second = make.move(wallet, redeemed, 30, key=key)
    assert (second.answer, second.repeated) == (first.answer, True)
    assert make.balance(wallet) == 70
    with pytest.raises(KeyReused):
        make.move(wallet, redeemed, 31, key=key)
