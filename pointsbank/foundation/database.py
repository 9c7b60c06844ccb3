"""The one file that begins, commits and rolls back, on SQLite and on PostgreSQL.

Whoever is handed a session never ends it; whoever opens one is an `@operation` or a `@query`, and
both come through here.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.engine import make_url

from pointsbank.foundation.connections import Connections
from pointsbank.foundation.errors import (
    DatabaseUnfit,
    NoBank,
    OutcomeUnconfirmed,
    OutcomeUnknown,
    TooBusy,
    Unavailable,
)
from pointsbank.foundation.lock import ProcessLock
from pointsbank.foundation.session import Session
from pointsbank.foundation.writer import PATIENCE_SECONDS, Writer
from pointsbank.foundation.writer_process import WriterProcess, WriterStart

T = TypeVar("T")
Work = Callable[[Session], T]

# What an SQLite connection must say of itself. WAL with FULL lost nothing in 60 power cuts, while
# Python's default lost the last sale in more than half of them.
SQLITE_PRAGMAS: dict[str, int | str] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "mmap_size": 0,
    "busy_timeout": 5000,
    "recursive_triggers": 1,
    # What was erased is overwritten; else a forgotten name would stay in the file's free pages.
    "secure_delete": 1,
    # What a savepoint keeps to take back stays in memory, and goes to no file beside the books.
    "temp_store": 2,
}
POSTGRESQL_SETTINGS = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
RETRIES_MOST = 8
# A transaction that holds rows must get on with it. The threads of a server share one interpreter,
# and of sixteen that book at once each waits for all others after every answer of the database,
# while still others wait for its rows. These few take turns; the rest wait before they begin.
WRITES_AT_ONCE = 3


class Database(ABC):
    """A place that runs work in one transaction, all of it or none."""

    dialect: str
    url: str

    @abstractmethod
    def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own; what it returns is on the disk by then."""

    @abstractmethod
    def read(self, work: Work[T]) -> T:
        """Run `work` on one read-only snapshot."""

    def glance(self, work: Work[T]) -> T:
        """Run `work`, which asks one single statement and so needs no snapshot held for it."""
        return self.read(work)

    @abstractmethod
    def close(self) -> None:
        """Finish what waits and let go of every connection."""

    def engine(self) -> Engine:
        """A SQLAlchemy engine on the same database, for migrations."""
        return create_engine(self.url, poolclass=NullPool)


def open_database(
    url: str,
    *,
    exclusive: bool = True,
    lock_patience: float = 0.0,
    durable: bool = True,
    writer: WriterStart | None = None,
) -> Database:
    """Open the database behind a URL (`sqlite:///…` or `postgresql+psycopg://…`).

    On SQLite `exclusive` takes the process lock and starts the writer; without it the database can
    only be read. `writer` says how a process of its own begins that does both. `durable=False`
    takes a PostgreSQL server that may lose acknowledged work, as the tests' own does. Raises
    BankInUse when another process writes, DatabaseUnfit when it is unsafe.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteDatabase(Path(parsed.database or ""), exclusive, lock_patience, writer)
    return PostgresqlDatabase(
        parsed.set(drivername="postgresql+psycopg").render_as_string(False), durable
    )


def connect_sqlite(path: Path, *, query_only: bool = False) -> sqlite3.Connection:
    """A raw connection whose pragmas were set, read back and found right.

    It never makes a file: a bank is made by a migration. Raises DatabaseUnfit when there is none.
    """
    try:
        connection = sqlite3.connect(
            path.resolve().as_uri() + "?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
    except sqlite3.OperationalError as cause:
        raise NoBank(path=str(path)) from cause
    for name, wanted in SQLITE_PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={wanted}")
        found = connection.execute(f"PRAGMA {name}").fetchone()
        if found is None or found[0] != wanted:
            connection.close()
            raise DatabaseUnfit(reason="pragma", name=name, found=str(found and found[0]))
    if query_only:
        connection.execute("PRAGMA query_only=1")
    return connection


class SqliteDatabase(Database):
    """One file, one writer, any number of readers."""

    dialect = "sqlite"

    def __init__(
        self,
        path: Path,
        exclusive: bool = True,
        lock_patience: float = 0.0,
        writer: WriterStart | None = None,
    ) -> None:
        # Whole, because others read a path that is not from another folder than we do.
        self.path = path = path.resolve()
        self.url = f"sqlite:///{path}"
        self._lock = ProcessLock(path.with_name(path.name + ".lock"))
        self._writer: Writer | WriterProcess | None = None
        self._readers: deque[sqlite3.Connection] = deque()
        if writer is not None:
            self._writer = WriterProcess(writer)
        elif exclusive:
            self._lock.acquire(lock_patience)
            try:
                self._writer = Writer(lambda: connect_sqlite(path))
            except BaseException:
                self._lock.release()
                raise

    def write(self, work: Work[T]) -> T:
        if self._writer is None:
            raise DatabaseUnfit(reason="opened_for_reading")
        return self._writer.submit(work)

    def read(self, work: Work[T]) -> T:
        connection = self._take_reader()
        connection.execute("BEGIN")
        try:
            return work(Session(connection, "sqlite"))
        finally:
            connection.execute("ROLLBACK")
            self._readers.append(connection)

    def glance(self, work: Work[T]) -> T:
        connection = self._take_reader()
        try:
            return _only_one(work, Session(connection, "sqlite"))
        finally:
            self._readers.append(connection)

    def _take_reader(self) -> sqlite3.Connection:
        try:
            return self._readers.pop()
        except IndexError:
            return connect_sqlite(self.path, query_only=True)

    def wait_until_ready(self) -> None:
        """Return once the bank is ours to write. Raises BankInUse, DatabaseUnfit."""
        if isinstance(self._writer, WriterProcess):
            self._writer.wait_until_ready()

    def close(self) -> None:
        # Readers first: whoever closes last folds the log into the file, and that is the writer.
        while self._readers:
            self._readers.pop().close()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._lock.release()


def _only_one(work: Work[T], session: Session) -> T:
    """The answer of work that kept its word. Two statements may see two states of the books."""
    answer = work(session)
    if session.runs > 1:
        raise AssertionError(f"a glance asked {session.runs} statements")
    return answer


def _give_back(place: Connections, connection: psycopg.Connection[Any]) -> None:
    """Undo what is still open on a connection and lay it back; let a broken one go."""
    try:
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            connection.execute("ROLLBACK")
        place.give_back(connection)
    except psycopg.Error:
        connection.close()


class PostgresqlDatabase(Database):
    """A primary for many processes: READ COMMITTED, rows locked in one order, retried by key."""

    dialect = "postgresql"

    def __init__(self, url: str, durable: bool = True) -> None:
        self.url = url
        conninfo = make_url(url).set(drivername="postgresql").render_as_string(False)
        self._writing = Connections(conninfo, writes=True)
        self._reading = Connections(conninfo, writes=False)
        self._turns = threading.BoundedSemaphore(WRITES_AT_ONCE)
        if durable:
            self._refuse_unsafe_settings()

    def write(self, work: Work[T]) -> T:
        if not self._turns.acquire(timeout=PATIENCE_SECONDS):
            raise TooBusy()
        try:
            return self._write(work)
        finally:
            self._turns.release()

    def _write(self, work: Work[T]) -> T:
        for attempt in range(RETRIES_MOST):
            try:
                connection = self._writing.take()
            except psycopg.OperationalError as cause:
                raise TooBusy() from cause
            try:
                answer = self._in_transaction(connection, work)
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
                self._writing.give_back(connection)
                time.sleep(0.002 * 2**attempt)
            except psycopg.OperationalError as cause:
                connection.close()
                # The server went away or fell over, and what lies idle was connected to it as well.
                self.close()
                raise OutcomeUnknown() from cause
            except BaseException:
                _give_back(self._writing, connection)
                raise
            else:
                self._writing.give_back(connection)
                return answer
        raise TooBusy()

    def _in_transaction(self, connection: psycopg.Connection[Any], work: Work[T]) -> T:
        connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        try:
            answer = work(Session(connection, "postgresql"))
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.warned = False  # type: ignore[attr-defined]  # set by the notice handler
        connection.execute("COMMIT")
        if connection.warned:  # type: ignore[attr-defined]
            # A cancelled wait for the standby looks like success, but a failover would lose it.
            raise OutcomeUnconfirmed()
        return answer

    def read(self, work: Work[T]) -> T:
        try:
            return self._on_snapshot(work)
        except psycopg.OperationalError:
            # An idle connection may be the end of one to a server that has gone: reading twice
            # costs nothing, so ask once more over a fresh one.
            self.close()
        try:
            return self._on_snapshot(work)
        except psycopg.OperationalError as cause:
            raise Unavailable() from cause

    def glance(self, work: Work[T]) -> T:
        try:
            return self._at_once(work)
        except psycopg.OperationalError:
            return self.read(work)

    def _at_once(self, work: Work[T]) -> T:
        connection = self._reading.take()
        try:
            return _only_one(work, Session(connection, "postgresql"))
        finally:
            _give_back(self._reading, connection)

    def _on_snapshot(self, work: Work[T]) -> T:
        connection = self._reading.take()
        try:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return work(Session(connection, "postgresql"))
        finally:
            _give_back(self._reading, connection)

    def _refuse_unsafe_settings(self) -> None:
        connection = self._reading.take()
        for name, wanted in POSTGRESQL_SETTINGS.items():
            found = connection.execute(f"SHOW {name}").fetchone()
            if found is None or found[0] != wanted:
                connection.close()
                raise DatabaseUnfit(reason="setting", name=name, found=str(found and found[0]))
        self._reading.give_back(connection)

    def close(self) -> None:
        self._writing.close()
        self._reading.close()
