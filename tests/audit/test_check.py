"""The check sees every forgery, says which entry is wrong, and finds nothing in honest books."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from pointsbank.audit import CHECKS, CheckReport, run_checks
from pointsbank.audit.check import guards
from pointsbank.foundation import Bank, Clock, DatabaseUnfit, Keys, open_database, public_id
from pointsbank.foundation.append_only import trigger_names
from tests.audit.forgery import alter, forge
from tests.audit.many_entries import write_many_entries
from tests.books import books_are_right
from tests.ledger.purse import open_purse
from tests.ledger.verbs import reverse_test_entry
from tests.make import Make

ISSUE, PURCHASE, REVERSAL, LATER = (public_id("J", number) for number in (1, 4, 6, 7))
RECEIPT_OF_4 = "(SELECT receipt_id FROM journal_entry WHERE id = 4)"


@pytest.fixture
def books(make: Make) -> dict[str, int]:
    """An issue, a delivery that is shelved, a purchase, another that is undone, and one later."""
    wallet = make.account("wallet", holder="volunteer:1")
    make.move(make.account("issued", holder="bank"), wallet, 100)
    shelf = make.shelf("SOAP", 20)
    redeemed = make.account("redeemed", holder="bank")
    given = make.account("given_out", "SOAP", holder="shop:1")
    for points, pieces in ((30, 2), (40, 1)):
        make.post((wallet, redeemed, points), (shelf, given, pieces))
    make.do(reverse_test_entry, entry_id=5)
    make.post((wallet, redeemed, 5), (shelf, given, 1))
    return {"wallet": wallet.id, "shelf": shelf.id, "redeemed": redeemed.id}


def found_in(report: CheckReport, check: str) -> set[str | None]:
    """The entries that a check names as wrong."""
    return {finding.entry for finding in report.findings if finding.check == check}


def test_honest_books_are_right_and_counted(bank: Bank, books: dict[str, int]) -> None:
    report = books_are_right(bank)
    assert report.counts["journal_entry"] == 7
    assert {check.outcome.split(":")[0] for check in report.checks} <= {"right", "not applicable"}
    assert [check.name for check in report.checks] == [
        check.name for check in CHECKS if not check.durability
    ]
    balances = {(row.type, row.commodity): row.balance for row in report.trial_balance}
    assert balances["wallet", "PTS"] == 65
    assert balances["redeemed", "PTS"] == 35
    assert sum(row.balance for row in report.trial_balance if row.commodity == "SOAP") == 0


# Which check sees it, what was done, and the entry that is named.
FORGERIES = [
    ("running-balance", "UPDATE move SET amount = 31 WHERE entry_id = 4 AND line = 1", PURCHASE),
    ("running-balance", "UPDATE move SET source_balance = 71 WHERE id = 4", PURCHASE),
    ("running-balance", "UPDATE move SET source_balance = NULL WHERE id = 4", PURCHASE),
    ("zero-sum", "UPDATE move SET amount = 31 WHERE entry_id = 4 AND line = 1", None),
    ("kept-balance", "UPDATE account SET balance = 999 WHERE type = 'wallet'", LATER),
    ("zero-sum", "UPDATE account SET balance = 999 WHERE type = 'wallet'", None),
    ("no-other-balance", "UPDATE move SET target_balance = 30 WHERE id = 4", PURCHASE),
    ("never-out-of-bounds", "UPDATE move SET amount = 20 WHERE id = 1", PURCHASE),
    ("account-types", "UPDATE account SET least = -50 WHERE type = 'wallet'", None),
    ("account-types", "UPDATE account SET type = 'purse' WHERE type = 'wallet'", None),
    ("one-commodity", "UPDATE move SET commodity_id = 2 WHERE id = 4", PURCHASE),
    ("one-commodity", "UPDATE move SET amount = -30 WHERE id = 4", PURCHASE),
    ("whole-entries", "DELETE FROM move WHERE id = 4", PURCHASE),
    ("whole-entries", "DELETE FROM move WHERE entry_id = 4", PURCHASE),
    ("whole-entries", "DELETE FROM journal_entry WHERE id = 4", PURCHASE),
    ("business-day", "UPDATE journal_entry SET occurred_on = '2026-11-19' WHERE id = 4", PURCHASE),
    ("issue-names-document", "UPDATE journal_entry SET document = NULL WHERE id = 1", ISSUE),
    ("reversal-stands", "UPDATE journal_entry SET reverses_id = 6 WHERE id = 7", LATER),
    ("reversal-stands", "UPDATE journal_entry SET reverses_id = 7 WHERE id = 4", PURCHASE),
    ("reversal-stands", "UPDATE journal_entry SET kind = 'tests.b' WHERE id = 6", REVERSAL),
    ("reversal-undoes", "UPDATE journal_entry SET reverses_id = 4 WHERE id = 6", REVERSAL),
    ("reversal-undoes", "UPDATE move SET amount = 39 WHERE entry_id = 6 AND amount = 40", REVERSAL),
    ("entry-has-receipt", "UPDATE journal_entry SET receipt_id = 999 WHERE id = 4", PURCHASE),
    (
        "entry-has-receipt",
        "UPDATE journal_entry SET posted_at = '2026-11-20T02:26:01.000000Z' WHERE id = 4",
        PURCHASE,
    ),
    (
        "entry-has-receipt",
        f"UPDATE receipt SET operation = 'foundation.void_key' WHERE id = {RECEIPT_OF_4}",
        PURCHASE,
    ),
    (
        "receipt-has-outcome",
        f"DELETE FROM receipt_outcome WHERE receipt_id = {RECEIPT_OF_4}",
        None,
    ),
]


@pytest.mark.parametrize(("check", "forgery", "entry"), FORGERIES)
def test_a_forgery_is_seen_and_its_entry_named(
    bank: Bank, books: dict[str, int], check: str, forgery: str, entry: str | None
) -> None:
    forge(bank.database.url, forgery)
    report = run_checks(bank.database.url, durable=False)
    assert found_in(report, check) == {entry}, [str(finding) for finding in report.findings]


@pytest.fixture
def expired_books(make: Make, clock: Clock) -> None:
    """Points for this year, points for the next, and a night at which the first ones went."""
    purse = open_purse(make, clock)
    purse.at(date(2026, 12, 1))
    purse.issue(10, "2026-12-31")
    purse.issue(20, "2027-12-31")
    purse.at(date(2027, 1, 1))
    assert purse.expire() == 10
    books_are_right(make.bank)


# Which check sees it, what was done, how it is put right again, and the entry that is named.
WRONG_TIMES = [
    (
        "expiry-in-order",
        "UPDATE move SET expires_on = '2026-06-30' WHERE entry_id = 2",
        "UPDATE move SET expires_on = '2027-12-31' WHERE entry_id = 2",
        2,
    ),
    (
        "expired-in-time",
        "UPDATE move SET expires_on = '2027-12-31' WHERE entry_id = 1",
        "UPDATE move SET expires_on = '2026-12-31' WHERE entry_id = 1",
        3,
    ),
    (
        "expired-in-time",
        "UPDATE journal_entry SET document = NULL WHERE id = 3",
        "UPDATE journal_entry SET document = 'expiry:2027-01-01:1' WHERE id = 3",
        3,
    ),
    (
        "expired-in-time",
        "UPDATE journal_entry SET document = 'expiry:2027-01-02:1' WHERE id = 3",
        "UPDATE journal_entry SET document = 'expiry:2027-01-01:1' WHERE id = 3",
        3,
    ),
    (
        "expired-in-time",
        "UPDATE move SET amount = 11, source_balance = 19 WHERE entry_id = 3",
        "UPDATE move SET amount = 10, source_balance = 20 WHERE entry_id = 3",
        3,
    ),
]


def test_points_that_went_at_the_wrong_time_are_seen(bank: Bank, expired_books: None) -> None:
    for check, forgery, amends, entry in WRONG_TIMES:
        forge(bank.database.url, forgery)
        report = run_checks(bank.database.url, durable=False)
        assert found_in(report, check) == {public_id("J", entry)}, forgery
        forge(bank.database.url, amends)
        assert found_in(run_checks(bank.database.url, durable=False), check) == set()


def test_a_moved_balance_names_the_account(bank: Bank, books: dict[str, int]) -> None:
    forge(bank.database.url, "UPDATE account SET balance = 115 WHERE type = 'wallet'")
    report = run_checks(bank.database.url, durable=False)
    [finding] = [finding for finding in report.findings if finding.check == "kept-balance"]
    assert finding.facts == {
        "account": books["wallet"],
        "type": "wallet",
        "holder": "volunteer:1",
        "kept": 115,
        "moved": 65,
    }
    assert (finding.invariant, finding.entry) == ("I2", LATER)


# What the owner of a database can take away without a word.
REFUSING_NOTHING = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NEW; END'"
)
REFUSING_SELDOM = (
    "CREATE OR REPLACE TRIGGER move_no_update BEFORE UPDATE ON move FOR EACH ROW"
    " WHEN (OLD.id < 0) EXECUTE FUNCTION refuse_change()"
)
DISABLED = "ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_no_delete"
EMPTY = "CREATE TRIGGER move_no_update BEFORE UPDATE ON move BEGIN SELECT 1; END"
WRITABLE = "PRAGMA writable_schema = ON"
RENAMED = "UPDATE sqlite_master SET sql = replace(sql, '{0}', '{0}_once')"
TAKEN_AWAY = [
    ("sqlite", "append-only", ["DROP TRIGGER move_no_update"]),
    ("sqlite", "append-only", ["DROP TRIGGER move_no_update", EMPTY]),
    ("sqlite", "append-only", ["DROP TRIGGER setting_nature_no_delete"]),
    ("sqlite", "constraints", [WRITABLE, RENAMED.format("ck_account_floor")]),
    ("sqlite", "constraints", [WRITABLE, RENAMED.format("uq_receipt_client_key")]),
    ("sqlite", "tables-there", ["DROP TABLE setting"]),
    ("sqlite", "strict-tables", ["CREATE TABLE slack (number INTEGER)"]),
    ("sqlite", "file-whole", ["DELETE FROM account WHERE type = 'wallet'"]),
    ("postgresql", "append-only", ["DROP TRIGGER move_no_update ON move"]),
    ("postgresql", "append-only", [DISABLED]),
    ("postgresql", "append-only", [REFUSING_NOTHING]),
    ("postgresql", "append-only", [REFUSING_SELDOM]),
    ("postgresql", "constraints", ["ALTER TABLE account DROP CONSTRAINT ck_account_floor"]),
    ("postgresql", "constraints", ["ALTER TABLE receipt DROP CONSTRAINT uq_receipt_client_key"]),
    ("postgresql", "tables-there", ["DROP TABLE setting"]),
]


@pytest.mark.parametrize(("bank_url", "check", "forgery"), TAKEN_AWAY, indirect=["bank_url"])
def test_a_guard_that_is_taken_away_is_missed(
    bank_url: str, bank: Bank, books: dict[str, int], check: str, forgery: list[str]
) -> None:
    alter(bank_url, *forgery)
    report = run_checks(bank_url, durable=False)
    assert found_in(report, check) == {None}, [str(finding) for finding in report.findings]


def test_two_receipts_under_one_key_are_seen(postgres_url: str) -> None:
    alter(
        postgres_url,
        "ALTER TABLE receipt DROP CONSTRAINT uq_receipt_client_key",
        "INSERT INTO receipt SELECT n, 'kiosk', 'the-very-same-key', 'x.y', 'device:1', NULL,"
        " '2026-11-20T02:26:00.000000Z', decode(repeat('00', 32), 'hex')"
        " FROM generate_series(1, 2) AS n",
    )
    report = run_checks(postgres_url, durable=False)
    assert found_in(report, "one-receipt-per-key") == {None}


def test_an_entry_reversed_twice_is_seen(
    postgres_url: str, keys: Keys, clock: Clock, tmp_path: Path
) -> None:
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    make = Make(bank)
    wallet = make.wallet(points=100)
    make.move(make.account("issued"), wallet, 10)
    make.do(reverse_test_entry, entry_id=2)
    bank.close()
    alter(postgres_url, "ALTER TABLE journal_entry DROP CONSTRAINT uq_journal_entry_reverses_id")
    forge(postgres_url, "UPDATE journal_entry SET reverses_id = 2 WHERE id = 1")
    assert found_in(run_checks(postgres_url, durable=False), "reversed-once") == {public_id("J", 3)}


def test_a_record_that_issues_twice_is_seen(bank: Bank, make: Make) -> None:
    wallet, issued = make.wallet(), make.account("issued")
    for _ in range(2):
        make.move(issued, wallet, 10)
    forge(bank.database.url, "UPDATE journal_entry SET document = 'record:1'")
    report = run_checks(bank.database.url, durable=False)
    assert found_in(report, "issued-once") == {public_id("J", 2)}


def test_a_server_that_does_not_wait_for_its_disk_is_told_of(postgres_url: str) -> None:
    report = run_checks(postgres_url)
    assert {finding.facts["name"] for finding in report.findings} >= {"fsync"}


def test_a_check_that_cannot_run_is_a_finding_and_stops_no_other(
    bank: Bank, books: dict[str, int]
) -> None:
    alter(bank.database.url, "ALTER TABLE journal_entry RENAME COLUMN document TO paper")
    report = run_checks(bank.database.url, durable=False)
    outcomes = {check.name: check.outcome for check in report.checks}
    assert outcomes["issue-names-document"].startswith("could not run")
    assert outcomes["receipt-has-outcome"] == "right"
    assert not report.is_right


def test_a_check_without_its_tables_says_so(bank: Bank) -> None:
    alter(bank.database.url, "DROP TABLE receipt_outcome")
    report = run_checks(bank.database.url, durable=False)
    outcomes = {check.name: check.outcome for check in report.checks}
    assert outcomes["receipt-has-outcome"] == "not applicable: no table receipt_outcome"
    assert not report.is_right


def test_a_bank_that_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnfit):
        run_checks(f"sqlite:///{tmp_path / 'nowhere.sqlite'}")
    assert list(tmp_path.iterdir()) == []


def test_every_trigger_of_the_program_is_in_the_checks_own_list() -> None:
    for dialect, verbs in (
        ("sqlite", ("update", "delete")),
        ("postgresql", ("update", "delete", "truncate")),
    ):
        own = {f"{table}_no_{verb}" for table in guards.GUARDED for verb in verbs}
        assert own == trigger_names(dialect)


def test_every_check_of_the_ledger_has_a_forgery_that_it_sees() -> None:
    """What rests on other rooms' tables is shown to be seen in those rooms' own tests."""
    source = ast.unparse(ast.parse(Path(__file__).read_text(encoding="utf-8")))
    ledger = {"account", "commodity", "journal_entry", "move", "receipt", "receipt_outcome"}
    for check in CHECKS:
        if {*check.tables} <= {*ledger, "setting"}:
            assert f"'{check.name}'" in source or check.durability, check.name


@pytest.mark.nightly
def test_two_hundred_thousand_entries_are_checked_in_seconds(bank_url: str) -> None:
    write_many_entries(bank_url, 200_000)
    report = run_checks(bank_url, durable=False)
    assert report.is_right
    assert report.counts["journal_entry"] == 200_000
    assert sum(check.seconds for check in report.checks) < 30
