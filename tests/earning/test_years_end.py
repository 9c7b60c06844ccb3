"""A whole town's year ends in one night: how long it takes, and how long the writer is held.

That is asked in our own processor time and in statements, which a busy machine does not stretch.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import pointsbank.earning.expiry as expiry
from pointsbank.earning import expire_all
from pointsbank.foundation import NIGHT, Act, Bank, Clock
from tests.audit.many_entries import write_rows
from tests.books import books_are_right
from tests.earning.test_expiry import NIGHT_TIME
from tests.make import Make

WALLETS, TOWN = 10_000, 180_000
WRITER_HELD_MOST, STATEMENTS_MOST = 0.05, 20
# Each wallet: earned in two years, six times and twice; spent three times.
EARNED = [("2026-12-31", 10)] * 6 + [("2027-12-31", 10)] * 2
SPENT = 7
AT, DAY = "2026-11-20T02:26:00.000000Z", "2026-11-20"


def write_town(url: str, points: int, first: int) -> None:
    """Books in which everybody holds 39 points of this year and 20 of the next."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        name: [] for name in ("account", "receipt", "receipt_outcome", "journal_entry", "move")
    }
    issued, redeemed = first, first + 1
    rows["account"] = [
        (issued, "issued", points, "town", None, None, None, AT),
        (redeemed, "redeemed", points, "town", None, None, None, AT),
    ]
    for line in _lines(issued, redeemed, first + 2):
        number = first + len(rows["receipt"])
        rows["receipt"].append(
            (number, "bulk", f"key-{number:012d}", "t.post", "x", None, AT, bytes(32))
        )
        rows["receipt_outcome"].append((number, None, "{}"))
        rows["journal_entry"].append(
            (number, number, "t.any", DAY, AT, "", f"test:{number}", None, None)
        )
        source, target, amount, until, before, after = line
        rows["move"].append(
            (number, number, 1, source, target, points, amount, before, after, until)
        )
    held = sum(amount for _, amount in EARNED) - 3 * SPENT
    rows["account"] += [
        (first + 2 + n, "wallet", points, f"volunteer:{n + 1}", 0, None, held, AT)
        for n in range(WALLETS)
    ]
    write_rows(url, {"commodity": [], **rows})


def _lines(issued: int, redeemed: int, first: int) -> Iterator[tuple[Any, ...]]:
    for wallet in range(first, first + WALLETS):
        balance = 0
        for until, amount in EARNED:
            balance += amount
            yield issued, wallet, amount, until, None, balance
        for _ in range(3):
            balance -= SPENT
            yield wallet, redeemed, SPENT, None, balance, None


@pytest.mark.nightly
def test_a_years_end_holds_the_writer_for_moments_only(
    bank: Bank, make: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_town(bank.database.url, make.wallet(points=1).commodity_id, first=1000)
    clock.set_now(lambda: NIGHT_TIME - timedelta(days=1))
    make.wallet()
    clock.set_now(lambda: NIGHT_TIME)
    held, worked, runs = [], [], []
    body = expiry.expire_some.body

    def timed(act: Act, **named: Any) -> Any:
        began, on_processor, before = time.perf_counter(), time.thread_time(), act.session.runs
        answer = body(act, **named)
        held.append(time.perf_counter() - began)
        worked.append(time.thread_time() - on_processor)
        runs.append(act.session.runs - before)
        return answer

    monkeypatch.setattr(expiry.expire_some, "body", timed)
    began = time.perf_counter()
    night = expire_all(bank, by=NIGHT)
    took = time.perf_counter() - began
    began = time.perf_counter()
    assert expire_all(bank, by=NIGHT).points == 0
    idle = time.perf_counter() - began
    assert (night.wallets, night.points) == (WALLETS, WALLETS * 39)
    print(  # noqa: T201 - a measurement is read
        f"\n{bank.database.dialect}: {WALLETS} wallets in {took:.1f} s, so {TOWN} in about"
        f" {took * TOWN / WALLETS / 60:.1f} min; a night with nothing to do {idle:.2f} s;"
        f" the writer was held {statistics.median(held) * 1000:.0f} ms in the middle,"
        f" {max(held) * 1000:.0f} ms at most, in {len(held)} operations of"
        f" {statistics.median(worked) * 1000:.0f} ms of our own and {max(runs)} statements"
    )
    assert statistics.median(worked) <= WRITER_HELD_MOST
    # However many wallets: SQLite alone is asked for the moves of each, in the same process.
    each = expiry.EXPIRED_AT_ONCE if bank.database.dialect == "sqlite" else 0
    assert max(runs) <= STATEMENTS_MOST + each
    books_are_right(bank)
