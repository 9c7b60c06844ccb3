"""Books with very many entries, written in bulk past the program, to see how fast a check is."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import make_url

WALLETS, GOODS = 2_000, 50
AT, DAY = "2026-11-20T02:26:00.000000Z", "2026-11-20"

TABLES = {
    "commodity": 4,
    "account": 8,
    "receipt": 8,
    "receipt_outcome": 3,
    "journal_entry": 9,
    "move": 10,
}


def write_many_entries(url: str, count: int) -> None:
    """Open accounts, issue and stock, then let volunteers redeem at random, all of it right."""
    write_rows(url, _books(count))


def write_rows(url: str, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
    """Write whole rows of the books' tables; numbers that are counted up go on after them."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(make_url(url).database or "")
        for table, width in TABLES.items():
            marks = ", ".join("?" * width)
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
        connection.commit()
        connection.close()
        return
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(conninfo) as server, server.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows[table]:
                    copy.write_row(row)
        for table in set(TABLES) - {"receipt_outcome"}:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        cursor.execute("COMMIT")
        server.autocommit = True
        cursor.execute("ANALYZE")


def _books(count: int) -> dict[str, list[tuple[Any, ...]]]:
    random.seed(1)
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    rows["commodity"] = [(1, "PTS", "points", 0)]
    rows["commodity"] += [(2 + n, f"SKU{n}", "goods", 0) for n in range(GOODS)]
    accounts = list(_accounts())
    balances: dict[int, int | None] = {row[0]: row[6] for row in accounts}

    def post(*moves: tuple[int, int, int, int]) -> None:
        number = len(rows["journal_entry"]) + 1
        rows["receipt"].append(
            (number, "bulk", f"key-{number:012d}", "t.post", "x", None, AT, bytes(32))
        )
        rows["receipt_outcome"].append((number, None, "{}"))
        rows["journal_entry"].append(
            (number, number, "t.any", DAY, AT, "", f"test:{number}", None, None)
        )
        for line, (source, target, commodity, amount) in enumerate(moves, 1):
            for account, change in ((source, -amount), (target, amount)):
                held = balances[account]
                balances[account] = None if held is None else held + change
            rows["move"].append(
                (
                    len(rows["move"]) + 1,
                    number,
                    line,
                    source,
                    target,
                    commodity,
                    amount,
                    balances[source],
                    balances[target],
                    None,
                )
            )

    for n in range(WALLETS):
        post((1, 10 + n, 1, 1_000_000))
    for n in range(GOODS):
        supply = 10_000 + 3 * n
        post((supply, supply + 1, 2 + n, 10_000_000))
    for _ in range(count - WALLETS - GOODS):
        wallet, good, pieces = 10 + random.randrange(WALLETS), random.randrange(GOODS), 1
        shelf = 10_000 + 3 * good + 1
        post((wallet, 2, 1, 10), (shelf, shelf + 1, 2 + good, pieces))
    rows["account"] = [(*row[:6], balances[row[0]], AT) for row in accounts]
    return rows


def _accounts() -> Iterator[tuple[Any, ...]]:
    yield (1, "issued", 1, "bank", None, None, None)
    yield (2, "redeemed", 1, "bank", None, None, None)
    for n in range(WALLETS):
        yield (10 + n, "wallet", 1, f"volunteer:{n}", 0, None, 0)
    for n in range(GOODS):
        first = 10_000 + 3 * n
        yield (first, "supply", 2 + n, f"donor:{n}", None, None, None)
        yield (first + 1, "shelf", 2 + n, "shop:1", 0, None, 0)
        yield (first + 2, "given_out", 2 + n, "shop:1", None, None, None)
