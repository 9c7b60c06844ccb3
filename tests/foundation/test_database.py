"""What a database must promise before the books are entrusted to it, on both databases."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pointsbank.foundation import (
    Bank,
    BankInUse,
    Clock,
    DatabaseUnfit,
    Keys,
    OutcomeUnconfirmed,
    OutcomeUnknown,
    PostgresqlDatabase,
    Session,
    TooBusy,
    Unavailable,
    connect_sqlite,
    get_receipt,
    new_key,
    open_database,
)
from pointsbank.foundation import database as databases
from tests.audit.forgery import alter
from tests.books import books_are_right
from tests.house.source import ROOT
from tests.make import SOMEBODY, Make, line, post_test_entry

OPENS_AND_WAITS = """
import sys, time
from pointsbank.foundation import open_database
database = open_database(sys.argv[1])
print("open", flush=True)
time.sleep(60)
"""


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


# ---------------------------------------------------------------------------------- SQLite


def test_every_pragma_reads_back_as_it_was_set(sqlite_url: str) -> None:
    for query_only in (False, True):
        connection = connect_sqlite(path_of(sqlite_url), query_only=query_only)
        for name, wanted in databases.SQLITE_PRAGMAS.items():
            assert connection.execute(f"PRAGMA {name}").fetchone() == (wanted,)
        connection.close()
    assert databases.SQLITE_PRAGMAS["journal_mode"] == "wal"
    assert databases.SQLITE_PRAGMAS["synchronous"] == 2


def test_a_pragma_that_does_not_take_is_refused(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SQLite ignores a page size that is no power of two, and says nothing.
    monkeypatch.setitem(databases.SQLITE_PRAGMAS, "page_size", 1000)
    with pytest.raises(DatabaseUnfit) as refusal:
        open_database(sqlite_url)
    assert refusal.value.facts["name"] == "page_size"
    monkeypatch.undo()
    # The lock was let go of again.
    open_database(sqlite_url).close()


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnfit):
        connect_sqlite(tmp_path / "nowhere.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_path_from_here_is_told_whole(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The web framework took such a path from its own folder, and made that on the way."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    monkeypatch.chdir(path.parent)
    database = open_database(f"sqlite:///{path.name}", exclusive=False)
    assert database.url == f"sqlite:///{path.resolve()}"
    database.close()


@pytest.mark.parametrize("value", ["'abc'", "1.5", "x'00'"])
def test_a_number_is_a_whole_number_or_refused(bank: Bank, make: Make, value: str) -> None:
    make.wallet()
    if bank.database.dialect == "postgresql":
        value = {"'abc'": "'abc'", "1.5": "'1.5'", "x'00'": "'\\x00'"}[value]
    with pytest.raises((sqlite3.IntegrityError, psycopg.DataError)):
        bank.database.write(
            lambda session: session.connection.execute(f"UPDATE account SET balance = {value}")
        )


def test_a_reader_cannot_write(sqlite_url: str) -> None:
    database = open_database(sqlite_url, exclusive=False)

    def write(session: Session) -> None:
        session.connection.execute("INSERT INTO setting VALUES ('a', 'b')")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.read(write)
    with pytest.raises(DatabaseUnfit):
        database.write(write)
    database.close()


def test_a_reader_sees_one_state_however_much_is_written_meanwhile(bank: Bank, make: Make) -> None:
    wallet = make.wallet(points=10)
    question = f"SELECT balance FROM account WHERE id = {wallet.id}"

    def look_twice(session: Session) -> list[int]:
        first = session.connection.execute(question).fetchall()[0][0]
        make.move(make.account("issued"), wallet, 5)
        return [first, session.connection.execute(question).fetchall()[0][0]]

    assert bank.database.read(look_twice) == [10, 10]
    assert make.balance(wallet) == 15


@pytest.fixture
def other_process(sqlite_url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the bank open for writing."""
    process = subprocess.Popen(
        [sys.executable, "-c", OPENS_AND_WAITS, sqlite_url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    yield process
    process.kill()
    process.wait()


def test_a_second_process_is_refused_and_reading_is_not(
    sqlite_url: str, other_process: subprocess.Popen[str]
) -> None:
    with pytest.raises(BankInUse):
        open_database(sqlite_url)
    reading = open_database(sqlite_url, exclusive=False)
    assert reading.read(lambda session: session.dialect) == "sqlite"
    reading.close()


def test_the_lock_of_a_killed_process_is_free(
    sqlite_url: str, other_process: subprocess.Popen[str]
) -> None:
    os.kill(other_process.pid, signal.SIGKILL)
    open_database(sqlite_url, lock_patience=5).close()


def test_patience_outlasts_a_process_that_is_about_to_end(
    sqlite_url: str, other_process: subprocess.Popen[str]
) -> None:
    began = time.monotonic()
    subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -9 {other_process.pid}"])
    open_database(sqlite_url, lock_patience=20).close()
    assert time.monotonic() - began > 0.2


# ------------------------------------------------------------------------------ PostgreSQL


def test_a_server_that_may_lose_what_it_acknowledged_is_refused(postgres_url: str) -> None:
    with pytest.raises(DatabaseUnfit) as refusal:
        open_database(postgres_url)
    assert refusal.value.facts == {"reason": "setting", "name": "fsync", "found": "off"}


@pytest.fixture
def served(postgres_url: str, keys: Keys, clock: Clock, tmp_path: Path) -> Iterator[Bank]:
    """A bank on PostgreSQL."""
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    yield bank
    bank.close()


def test_a_deadlock_or_failed_serialisation_is_tried_again(served: Bank) -> None:
    tries: list[int] = []

    def work(session: Session) -> str:
        tries.append(1)
        if len(tries) == 1:
            raise psycopg.errors.SerializationFailure
        if len(tries) == 2:
            raise psycopg.errors.DeadlockDetected
        return "done"

    assert served.database.write(work) == "done"
    assert len(tries) == 3


def test_trying_again_has_an_end(served: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "RETRIES_MOST", 2)

    def work(session: Session) -> None:
        raise psycopg.errors.SerializationFailure

    with pytest.raises(TooBusy):
        served.database.write(work)


def test_writes_take_turns_and_whoever_waits_too_long_is_told(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "WRITES_AT_ONCE", 2)
    monkeypatch.setattr(databases, "PATIENCE_SECONDS", 0.05)
    database = open_database(postgres_url, durable=False)

    def third(session: Session) -> str:
        with pytest.raises(TooBusy):
            database.write(lambda session: None)
        return "refused"

    assert database.write(lambda session: database.write(third)) == "refused"
    # A turn that failed is given back as well.
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            database.write(lambda session: 1 // 0)
    assert database.write(lambda session: "again") == "again"
    database.close()


def test_a_connection_that_breaks_leaves_the_outcome_to_the_key(served: Bank) -> None:
    make = Make(served)
    wallet, redeemed = make.wallet(points=10), make.account("redeemed")
    honest = type(served.database).write
    broken: list[int] = []

    def break_once(session: Session, work: object) -> object:
        answer = work(session)  # type: ignore[operator]  # a piece of work
        if not broken:
            broken.append(1)
            session.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return answer

    def write(work: object) -> object:
        return honest(served.database, lambda session: break_once(session, work))

    served.database.write = write  # type: ignore[method-assign, assignment]  # breaks it once
    done = make.move(wallet, redeemed, 4)
    assert (broken, done.repeated, make.balance(wallet)) == ([1], False, 6)
    del served.database.write
    books_are_right(served)


def test_idle_connections_to_a_server_that_was_restarted_are_replaced(served: Bank) -> None:
    make = Make(served)
    wallet = make.wallet(points=10)
    alter(
        served.database.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    assert make.balance(wallet) == 10
    alter(
        served.database.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    make.move(wallet, make.account("redeemed"), 3)
    assert make.balance(wallet) == 7


def test_a_server_that_is_not_there_is_unavailable_and_books_nothing(tmp_path: Path) -> None:
    database = PostgresqlDatabase(f"postgresql+psycopg://x@/x?host={tmp_path}", durable=False)
    with pytest.raises(TooBusy):
        database.write(lambda session: None)
    with pytest.raises(Unavailable):
        database.read(lambda session: None)


def test_a_commit_with_a_warning_is_not_acknowledged(served: Bank) -> None:
    make = Make(served)
    wallet, redeemed = make.wallet(points=10), make.account("redeemed")
    # What a cancelled wait for the standby looks like: the commit succeeds, with WARNING 01000.
    alter(
        served.database.url,
        "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE WARNING 'canceling wait' USING ERRCODE = '01000'; RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON move DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION warn()",
    )
    key = new_key()
    with pytest.raises(OutcomeUnconfirmed) as unknown:
        post_test_entry(served, by=SOMEBODY, key=key, lines=[line(wallet, redeemed, 4)])
    assert isinstance(unknown.value, OutcomeUnknown)
    assert get_receipt(served, client=SOMEBODY.client, key=key).operation == "tests.post"
