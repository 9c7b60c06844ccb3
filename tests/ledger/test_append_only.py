"""What stands in the books stays: the database itself refuses to change or delete it."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest

from pointsbank.foundation import Bank
from pointsbank.foundation.append_only import APPEND_ONLY
from pointsbank.people import hand_over_cards, print_cards, write_consent_text
from pointsbank.safekeeping.operations import record_backup
from tests.audit.forgery import alter
from tests.make import Make
from tests.snapshot import snapshot

REFUSALS = (sqlite3.IntegrityError, psycopg.errors.CheckViolation)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_row_can_be_changed_or_deleted(bank: Bank, make: Make, table: str) -> None:
    make.wallet(points=10)
    make.do(write_consent_text, text="我同意。", after=1)
    card = make.card(make.volunteer(consent={"version": 2, "by": "self"}))
    make.do(print_cards, short_numbers=[card.short_number], why="first")
    make.do(hand_over_cards, short_numbers=[card.short_number])
    make.do(record_backup, kind="on_demand", place="here", outcome="safekeeping.disk_full")
    before = snapshot(bank)
    column = "receipt_id" if table == "receipt_outcome" else "id"
    for forgery in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"DELETE FROM {table} WHERE {column} = 1",
    ):
        with pytest.raises(REFUSALS, match=f"{table} is append-only"):
            alter(bank.database.url, forgery)
    assert snapshot(bank) == before


@pytest.mark.parametrize("table", [*APPEND_ONLY, "setting"])
def test_no_table_can_be_emptied_at_once(postgres_url: str, table: str) -> None:
    with pytest.raises(REFUSALS, match="is append-only"):
        alter(postgres_url, f"TRUNCATE {table} CASCADE")


def test_a_row_cannot_be_replaced_by_inserting_over_it(bank: Bank, make: Make) -> None:
    if bank.database.dialect == "sqlite":
        replacing = "INSERT OR REPLACE INTO commodity VALUES (1, 'PTS', 'goods', 0)"
    else:
        replacing = (
            "INSERT INTO commodity VALUES (1, 'PTS', 'goods', 0)"
            " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind"
        )
    make.wallet()
    with pytest.raises(REFUSALS, match="commodity is append-only"):
        bank.database.write(lambda session: session.connection.execute(replacing))


def test_the_nature_of_a_bank_is_fixed_and_its_other_settings_are_not(bank: Bank) -> None:
    url = bank.database.url
    alter(url, "INSERT INTO setting VALUES ('nature', 'demonstration'), ('help_phone', '1')")
    alter(url, "UPDATE setting SET value = '2' WHERE name = 'help_phone'")
    for forgery in (
        "UPDATE setting SET value = 'bank' WHERE name = 'nature'",
        "UPDATE setting SET name = 'former_nature' WHERE name = 'nature'",
        "DELETE FROM setting WHERE name = 'nature'",
    ):
        with pytest.raises(REFUSALS):
            alter(url, forgery)
    alter(url, "DELETE FROM setting WHERE name = 'help_phone'")


@pytest.mark.parametrize(
    "wrong",
    [
        "INSERT INTO move VALUES (90, 1, 2, 1, 2, 1, 0, NULL, NULL, NULL)",
        "INSERT INTO move VALUES (90, 1, 2, 1, 1, 1, 5, NULL, NULL, NULL)",
        "INSERT INTO move VALUES (90, 1, 1, 1, 2, 1, 5, NULL, NULL, NULL)",
        "INSERT INTO move VALUES (90, 99, 1, 1, 2, 1, 5, NULL, NULL, NULL)",
        "INSERT INTO move VALUES (90, 1, 2, 1, 2, 2, 5, NULL, NULL, NULL)",
        "INSERT INTO move VALUES (90, 1, 2, 1, 99, 1, 5, NULL, NULL, NULL)",
        "UPDATE account SET balance = -1 WHERE id = 1",
        "UPDATE account SET balance = NULL WHERE id = 1",
    ],
)
def test_sql_cannot_say_what_is_wrong(bank: Bank, make: Make, wrong: str) -> None:
    make.wallet(points=10)
    make.shelf("SOAP")
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        bank.database.write(lambda session: session.connection.execute(wrong))
