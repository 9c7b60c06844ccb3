"""What a check is: a sentence that must be true, and SQL for the rows that make it untrue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEDGER_TABLES = ("account", "commodity", "journal_entry", "move")
RECEIPT_TABLES = ("journal_entry", "receipt", "receipt_outcome")


@dataclass(frozen=True)
class Check:
    """One thing that must always hold (核验项).

    `sql` returns the rows that offend, none when all is well; a column `entry_id` names the entry
    that is wrong, and every other column becomes a fact of the finding. Where the databases differ
    it is a mapping by dialect, and a dialect that is not in it has nothing to check. A check whose
    `tables` are not all there is reported as not applicable, never passed over in silence.
    """

    name: str
    invariant: str
    sentence: str
    sql: str | Mapping[str, str]
    tables: tuple[str, ...] = LEDGER_TABLES
    # Asks whether the server waits for its disk: a bank must, a server for tests need not.
    durability: bool = False

    def sql_for(self, dialect: str) -> str | None:
        """The text for a dialect, or None where there is nothing to check."""
        return self.sql if isinstance(self.sql, str) else self.sql.get(dialect)


def rows_of(columns: str, *rows: tuple[str | int | None, ...]) -> str:
    """A list of our own as SQL: `WITH` + this + a query over it.

    >>> rows_of("known(name, least)", ("wallet", 0), ("issued", None))
    "known(name, least) AS (VALUES ('wallet', 0), ('issued', NULL))"
    """
    written = (", ".join(_literal(value) for value in row) for row in rows)
    return f"{columns} AS (VALUES {', '.join(f'({row})' for row in written)})"


def _literal(value: str | int | None) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
