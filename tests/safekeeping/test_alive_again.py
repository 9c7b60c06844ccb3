"""An older copy knows nothing of what was ended after it; somebody looks, once for each restore."""

from __future__ import annotations

import pytest

from pointsbank.foundation import Bank
from pointsbank.safekeeping import LookUnknown, look_restored, read_alive_again
from pointsbank.safekeeping.life import begin_life
from tests.counter import Counter
from tests.make import Make

TOLD = {"restored_from": "2026-11-19T03:30:00.000000Z", "last_receipt": 1, "seen_receipt": 1}


def test_what_was_looked_at_counts_for_this_life_of_the_books_alone(
    make: Make, bank: Bank, counter: Counter
) -> None:
    assert read_alive_again(bank) is None
    with pytest.raises(LookUnknown):
        make.do(look_restored, what="cards")
    make.do(begin_life, **TOLD)
    before = read_alive_again(bank)
    assert before is not None
    for _ in range(2):
        make.do(look_restored, what="cards")
    after = read_alive_again(bank)
    assert after is not None
    assert (after.open, after.looks["cards"].by) == (before.open - 1, "staff:1")
    make.do(begin_life, **TOLD)
    again = read_alive_again(bank)
    assert again is not None
    assert again.open == before.open
