"""The books as one SQLite file, whichever database they live in (账册副本), and back again.

A copy is taken from one snapshot while everybody goes on booking. A plain copy of the file would
not do: what was booked last stands in the log beside it, and would silently be missing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from pointsbank.foundation import Bank, Session, SqliteDatabase, connect_sqlite
from pointsbank.foundation.schema import upgrade_schema

CHUNK = 5_000
VERSION_TABLE = "alembic_version"
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
)
_MB = 1024 * 1024


def copy_books(bank: Bank, target: Path) -> None:
    """Write the books as they stand at one moment to a file that must not be there."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if isinstance(bank.database, SqliteDatabase):
        connection = connect_sqlite(bank.database.path)
        try:
            # One read transaction, which waits for nobody and for which nobody waits. It writes
            # the pages anew, so that what was erased is not in the copy's unused corners.
            connection.execute("VACUUM INTO ?", [str(target)])
        finally:
            connection.close()
    else:
        bank.database.read(lambda session: _copy_rows(session, target))


def _copy_rows(session: Session, target: Path) -> None:
    """Read every table of a PostgreSQL bank on this session's snapshot."""
    connection: Any = session.connection
    revision = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0]
    upgrade_schema(f"sqlite:///{target}", revision)
    with opened(target) as copy:
        for table in tables_of(copy):
            columns = _columns_of(copy, table)
            wanted = sql.SQL("SELECT {} FROM {}").format(_names(columns), sql.Identifier(table))
            with connection.cursor(name="copying") as rows:
                rows.itersize = CHUNK
                rows.execute(wanted)
                copy.executemany(_insert(table, columns), rows)
    settle(target)


def load_books(copy: Path, url: str) -> None:
    """Fill an empty PostgreSQL database from such a file, in one transaction."""
    with opened(copy) as source:
        revision = source.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0]
        upgrade_schema(url, revision)
        conninfo = make_url(url).set(drivername="postgresql").render_as_string(False)
        with psycopg.connect(conninfo) as connection:
            for table in tables_of(source):
                _load_table(source, connection, table)


def _load_table(
    source: sqlite3.Connection, connection: psycopg.Connection[Any], table: str
) -> None:
    columns = _columns_of(source, table)
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))
    with connection.cursor() as cursor, cursor.copy(into) as rows:
        for row in _rows_of(source, table, columns):
            rows.write_row(row)
    if "id" in columns:
        connection.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))"
            ).format(sql.Literal(table), sql.Identifier(table))
        )


def tables_of(copy: sqlite3.Connection) -> list[str]:
    """All tables of the house, each after those that its rows point at."""
    there = {row[0] for row in copy.execute(_TABLES)} - {VERSION_TABLE}
    before = {
        table: {
            row[0]
            for row in copy.execute('SELECT "table" FROM pragma_foreign_key_list(?)', [table])
        }
        - {table}
        for table in sorted(there)
    }
    return list(TopologicalSorter(before).static_order())


def count_rows(copy: Path) -> dict[str, int]:
    """How many rows each table has."""
    with opened(copy) as looked:
        return {
            table: looked.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for table in sorted(tables_of(looked))
        }


def revision_of(copy: Path) -> str:
    """The form of a copy's tables."""
    with opened(copy) as looked:
        return str(looked.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0])


@contextmanager
def opened(copy: Path) -> Iterator[sqlite3.Connection]:
    """A copy that nobody else has open; what is written to it stays at the end of the block."""
    with closing(sqlite3.connect(copy)) as connection, connection:
        yield connection


def settle(copy: Path, *, anew: bool = False) -> None:
    """Have all of a copy in its one file, nothing in a log beside it; and that written anew."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        if anew:
            connection.execute("VACUUM")


def books_mb(bank: Bank) -> int:
    """How much room the books take, in whole MB."""
    if isinstance(bank.database, SqliteDatabase):
        path = bank.database.path
        files = (path, path.with_name(path.name + "-wal"))
        return 1 + sum(file.stat().st_size for file in files if file.exists()) // _MB
    size = bank.database.read(
        lambda session: session.connection.execute(
            "SELECT pg_database_size(current_database())"
        ).fetchall()[0][0]
    )
    return 1 + int(size) // _MB


def free_mb(place: Path) -> int:
    """How much room is left on a disk, in whole MB."""
    return shutil.disk_usage(place).free // _MB


def _rows_of(source: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[Any]:
    names = ", ".join(f'"{name}"' for name in columns)
    # In the order in which they were written: a row may point at an earlier one of its own table.
    yield from source.execute(f'SELECT {names} FROM "{table}" ORDER BY rowid')


def _columns_of(copy: sqlite3.Connection, table: str) -> list[str]:
    return [row[0] for row in copy.execute("SELECT name FROM pragma_table_info(?)", [table])]


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)


def _insert(table: str, columns: list[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'
