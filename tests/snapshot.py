"""Everything that stands in a database, to show that something left no trace in it."""

from __future__ import annotations

from typing import Any

from pointsbank.foundation import Bank, Session

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def snapshot(bank: Bank) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""

    def look(session: Session) -> dict[str, list[tuple[Any, ...]]]:
        names = session.connection.execute(TABLES[session.dialect]).fetchall()
        return {
            name: sorted(session.connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in names
        }

    return bank.database.read(look)
