"""Running the checks on one read-only snapshot, on either database."""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

import psycopg

from pointsbank.audit.check.catalogue import CHECKS
from pointsbank.audit.check.declaration import Check
from pointsbank.audit.check.report import (
    Checked,
    CheckReport,
    Fact,
    Finding,
    TrialBalanceLine,
    entry_number,
)
from pointsbank.foundation.database import open_database

# So many rows tell enough about one check.
FINDINGS_MOST = 100

COUNTED = ("account", "commodity", "journal_entry", "move", "receipt", "receipt_outcome")
TABLES_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = ANY(current_schemas(false))",
}
TRIAL_BALANCE = """
WITH flow AS (
    SELECT target_id AS account_id, sum(amount) AS received, 0 AS sent FROM move GROUP BY target_id
    UNION ALL
    SELECT source_id, 0, sum(amount) FROM move GROUP BY source_id
)
SELECT a.type, c.code, count(DISTINCT a.id), sum(f.received), sum(f.sent)
FROM flow f JOIN account a ON a.id = f.account_id JOIN commodity c ON c.id = a.commodity_id
GROUP BY a.type, c.id, c.code ORDER BY c.id, a.type
"""


def run_checks(
    url: str, *, checks: tuple[Check, ...] = CHECKS, durable: bool = True
) -> CheckReport:
    """Verify the books behind a URL; nothing is written, and a running server is not disturbed.

    `durable=False` does not ask whether the server waits for its disk, as the tests' own does not.
    """
    database = open_database(url, exclusive=False, durable=False)
    report = CheckReport(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    waiting = deque(check for check in checks if durable or not check.durability)
    try:
        database.read(lambda session: _count(session.connection, session.dialect, report))
        while waiting:
            # A check that cannot run ends its snapshot; the others go on with the next one.
            database.read(
                lambda session: _run_some(session.connection, session.dialect, waiting, report)
            )
    finally:
        database.close()
    return report


def _tables(connection: Any, dialect: str) -> set[str]:
    return {row[0] for row in connection.execute(TABLES_THERE[dialect]).fetchall()}


def _count(connection: Any, dialect: str, report: CheckReport) -> None:
    there = _tables(connection, dialect)
    for table in COUNTED:
        if table in there:
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            report.counts[table] = row[0]
    if {"account", "commodity", "move"} <= there:
        for kind, commodity, accounts, received, sent in connection.execute(TRIAL_BALANCE):
            report.trial_balance.append(
                TrialBalanceLine(
                    kind, commodity, accounts, int(received), int(sent), int(received - sent)
                )
            )


def _run_some(connection: Any, dialect: str, waiting: deque[Check], report: CheckReport) -> None:
    there = _tables(connection, dialect)
    while waiting:
        check = waiting.popleft()
        began = time.monotonic()
        missing = [table for table in check.tables if table not in there]
        sql = check.sql_for(dialect)
        if missing or sql is None:
            why = f"no table {', '.join(missing)}" if missing else f"nothing to check on {dialect}"
            report.checks.append(_checked(check, f"not applicable: {why}", 0, began))
            continue
        try:
            found = _findings(connection, check, sql)
        except (sqlite3.Error, psycopg.Error) as cause:
            said = str(cause).partition("\n")[0]
            report.findings.append(Finding(check.name, check.invariant, None, {"error": said}))
            report.checks.append(_checked(check, f"could not run: {said}", 1, began))
            return
        report.findings += found
        report.checks.append(_checked(check, "wrong" if found else "right", len(found), began))


def _checked(check: Check, outcome: str, findings: int, began: float) -> Checked:
    seconds = round(time.monotonic() - began, 3)
    return Checked(check.name, check.invariant, check.sentence, outcome, findings, seconds)


def _findings(connection: Any, check: Check, sql: str) -> list[Finding]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    found = []
    for row in cursor.fetchmany(FINDINGS_MOST):
        facts = {name: _plain(value) for name, value in zip(names, row, strict=True)}
        entry_id = facts.pop("entry_id", None)
        entry = entry_number(entry_id) if isinstance(entry_id, int) else None
        found.append(Finding(check.name, check.invariant, entry, facts))
    return found


def _plain(value: Any) -> Fact:
    # PostgreSQL adds up whole numbers to a Decimal.
    return value if value is None or isinstance(value, str) else int(value)
