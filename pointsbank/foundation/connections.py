"""Connections to PostgreSQL: how they are opened, and those that rest between two uses."""

from __future__ import annotations

from collections import deque
from typing import Any

import psycopg

# Left to itself, the server plans a checkout's questions about limits anew for every checkout, a
# seventh of all the work of one. What writes is said again and again and is planned once for each
# connection; a list that is looked at may ask for a day or for years, and is planned for what it
# asks.
_PLANNED_ONCE = "SET plan_cache_mode = force_generic_plan"


def connect_postgresql(conninfo: str, *, writes: bool) -> psycopg.Connection[Any]:
    """A raw connection as the bank's own are; transactions are begun by saying so."""
    connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=2)
    if writes:
        connection.execute(_PLANNED_ONCE)
    return connection


class Connections:
    """As many as were ever needed at once, for one purpose: to write, or to read.

    One that is handed out may still be the end of a connection to a server that has gone. Whose
    COMMIT brought the warning that a standby had not confirmed has `warned` set.
    """

    def __init__(self, conninfo: str, *, writes: bool) -> None:
        self._conninfo, self._writes = conninfo, writes
        self._idle: deque[psycopg.Connection[Any]] = deque()

    def take(self) -> psycopg.Connection[Any]:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def give_back(self, connection: psycopg.Connection[Any]) -> None:
        """Take back one that has no transaction open."""
        self._idle.append(connection)

    def close(self) -> None:
        """Let go of all that rest here."""
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> psycopg.Connection[Any]:
        connection = connect_postgresql(self._conninfo, writes=self._writes)

        def notice(diagnostic: psycopg.errors.Diagnostic) -> None:
            if diagnostic.sqlstate == "01000":
                connection.warned = True  # type: ignore[attr-defined]

        connection.add_notice_handler(notice)
        return connection
