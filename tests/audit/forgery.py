"""Changing the books behind the program's back, as whoever holds the database could."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg
from sqlalchemy import make_url

WITHOUT_CHECKS = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT conrelid::regclass AS "table", conname AS name FROM pg_constraint
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found."table", found.name); END LOOP;
END $$
"""


def forge(url: str, *statements: str) -> None:
    """Run statements with triggers, foreign keys and CHECKs out of the way.

    Afterwards they stand again, but for PostgreSQL's CHECKs, which would look at the rows there.
    """
    if not url.startswith("sqlite"):
        alter(url, "SET session_replication_role = replica", WITHOUT_CHECKS, *statements)
        return
    path = make_url(url).database or ""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, text in guards:
            connection.execute(text)


def alter(url: str, *statements: str) -> None:
    """Run statements one after the other over a plain connection, as the owner of the database."""
    if url.startswith("sqlite"):
        path = make_url(url).database or ""
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as connection:
            for statement in statements:
                connection.execute(statement)
        return
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(conninfo, autocommit=True) as server:
        for statement in statements:
            server.execute(statement)
