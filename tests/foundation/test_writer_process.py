"""The writer in a process of its own: what travels, and what becomes of a lost one."""

from __future__ import annotations

import inspect
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pointsbank.foundation import (
    KEYS_FILE,
    Bank,
    BankInUse,
    Caller,
    KeyReused,
    Keys,
    OutcomeUnknown,
    PointsBankError,
    SqliteDatabase,
    TooBusy,
    open_bank,
    writer_process,
)
from pointsbank.foundation.writer_process import WriterProcess
from pointsbank.ledger import InsufficientStock
from pointsbank.people import AlreadyFounded, found_bank
from pointsbank.writing import writer_for
from tests.at_once import at_once
from tests.foundation.writer_work import (
    answer_nothing,
    answer_what_cannot_travel,
    note,
    note_and_fail,
    note_slowly,
)
from tests.house.source import ROOT
from tests.kills.rig import is_alive

T = TypeVar("T")
SYSTEM = Caller(actor="system", client="test")
KEY = "0123456789abcdef"
# A busy machine may take its time; whoever never comes is found out all the same.
PATIENCE_SECONDS = 60


def kinds_of(family: type[PointsBankError]) -> set[type[PointsBankError]]:
    """A family of refusals with everything below it."""
    return {family}.union(*(kinds_of(kind) for kind in family.__subclasses__()))


@pytest.fixture
def home(tmp_path: Path, sqlite_template: Path) -> Path:
    shutil.copy(sqlite_template, tmp_path / "bank.sqlite")
    Keys.new().save(tmp_path / KEYS_FILE)
    return tmp_path


def open_with_writer(home: Path) -> Bank:
    path = home / "bank.sqlite"
    return open_bank(home, f"sqlite:///{path}", writer=writer_for(home, path))


def patiently(ask: Callable[[], T]) -> T:
    """Come again as long as it says so: a new writer takes its time on a busy machine."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return ask()
        except (TooBusy, OutcomeUnknown):
            assert time.monotonic() < until


@pytest.fixture
def bank(home: Path) -> Iterator[Bank]:
    opened = open_with_writer(home)
    patiently(lambda: opened.database.write(answer_nothing))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """One writer for those who leave it as it was: to start it takes seconds."""
    home = tmp_path_factory.mktemp("served")
    shutil.copy(sqlite_template, home / "bank.sqlite")
    Keys.new().save(home / KEYS_FILE)
    opened = open_with_writer(home)
    patiently(lambda: opened.database.write(answer_nothing))
    yield opened
    opened.close()


def writer_of(bank: Bank) -> WriterProcess:
    assert isinstance(bank.database, SqliteDatabase)
    assert isinstance(bank.database._writer, WriterProcess)
    return bank.database._writer


def wait_for(begun: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not begun.exists():
        assert time.monotonic() < until, "it never began"
        time.sleep(0.01)


def notes(bank: Bank) -> set[str]:
    connection = sqlite3.connect(bank.home / "bank.sqlite")
    rows = connection.execute("SELECT name FROM setting").fetchall()
    connection.close()
    return {name for (name,) in rows}


def wait_until_gone(pid: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while is_alive(pid):
        assert time.monotonic() < until, "it lives on"
        time.sleep(0.01)


def found(bank: Bank, key: str = KEY, **other: Any) -> Any:
    values = {
        "nature": "bank",
        "community": "同心社区",
        "shop": "一号店",
        "help_phone": "027-84840000",
        "login": "lin",
        "name": "林小满",
        "password_hash": "none",
    }
    return found_bank(bank, by=SYSTEM, key=key, **{**values, **other})


def test_an_operation_is_booked_over_there_and_answered_here(bank: Bank) -> None:
    first, again = found(bank), found(bank)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.answer == first.answer
    assert "community_name" in notes(bank)
    assert writer_of(bank).pid != os.getpid()


def test_refusals_come_back_as_what_they_are(served: Bank) -> None:
    found(served)
    with pytest.raises(AlreadyFounded):
        found(served, key=KEY + "x")
    with pytest.raises(KeyReused) as refused:
        found(served, community="别的社区")
    assert refused.value.facts == {"key": KEY}


def test_every_kind_of_refusal_comes_back_with_all_it_carries() -> None:
    """Some are made of more than facts, such as the account that would have passed its floor."""
    kinds = kinds_of(PointsBankError)
    assert InsufficientStock in kinds
    for kind in kinds:
        told = inspect.signature(kind).parameters.values()
        needed = {one.name: 7 for one in told if one.kind is one.POSITIONAL_OR_KEYWORD}
        refusal = kind(**needed, short=5)
        back = pickle.loads(pickle.dumps(refusal, 5))  # noqa: S301 - made a line above
        assert (type(back), str(back)) == (kind, str(refusal))
        assert vars(back) == {**needed, "facts": {"short": 5}}


def test_what_fails_leaves_no_trace_and_says_where(served: Bank) -> None:
    outcomes = at_once(
        [
            lambda: served.database.write(partial(note, "kept")),
            lambda: served.database.write(partial(note_and_fail, "lost")),
        ]
    )
    assert outcomes[0] == "kept"
    assert isinstance(outcomes[1], ValueError)
    assert "note_and_fail" in "".join(outcomes[1].__notes__)
    assert notes(served) & {"kept", "lost"} == {"kept"}


def test_an_answer_that_cannot_travel_is_refused_before_it_is_booked(served: Bank) -> None:
    before = notes(served)
    with pytest.raises(Exception, match="pickle"):
        served.database.write(answer_what_cannot_travel)
    assert notes(served) == before


def test_many_at_once_are_all_answered_with_their_own(served: Bank) -> None:
    words = [f"{number:03d}" for number in range(200)]
    outcomes: list[Any] = []
    for first in range(0, len(words), 50):
        part = words[first : first + 50]
        outcomes += at_once([partial(served.database.write, partial(note, word)) for word in part])
    assert outcomes == words
    assert notes(served) >= set(words)


def test_when_the_writer_is_killed_the_next_one_takes_over(bank: Bank, tmp_path: Path) -> None:
    bank.database.write(partial(note, "before"))
    lost = writer_of(bank).pid
    outcome: list[Any] = []
    begun = tmp_path / "begun"
    slow = partial(note_slowly, "under way", 30.0, begun)
    under_way = threading.Thread(
        target=lambda: outcome.extend(at_once([lambda: bank.database.write(slow)]))
    )
    under_way.start()
    wait_for(begun)
    os.kill(lost, signal.SIGKILL)
    under_way.join(20)
    assert [type(one) for one in outcome] == [OutcomeUnknown]
    assert patiently(lambda: bank.database.write(partial(note, "after"))) == "after"
    assert writer_of(bank).pid != lost
    assert notes(bank) == {"before", "after"}


def test_an_operation_whose_writer_was_killed_is_booked_once(bank: Bank) -> None:
    lost = writer_of(bank).pid
    os.kill(lost, signal.SIGKILL)
    wait_until_gone(lost)
    outcomes = at_once([lambda: found(bank) for _ in range(8)])
    answered = [one for one in outcomes if not isinstance(one, Exception)]
    # Whoever met the dead writer before anything was sent may be told to come again.
    assert {type(one) for one in outcomes} <= {type(found(bank)), TooBusy}
    assert len({one.receipt for one in answered}) <= 1
    assert patiently(lambda: found(bank)).answer["nature"] == "bank"


FORKED = """
import os, signal, sys
from functools import partial
from pathlib import Path
from tests.foundation.test_writer_process import *
bank = open_with_writer(Path(sys.argv[1]))
first = writer_of(bank).pid
bank.database.write(partial(note, "by a fork"))
own, its = (Path(f"/proc/{pid}/cmdline").read_bytes() for pid in ("self", first))
os.kill(first, signal.SIGKILL)
wait_until_gone(first)
threading.Thread(target=threading.Event().wait, daemon=True).start()
patiently(lambda: bank.database.write(partial(note, "by its successor")))
later = Path(f"/proc/{writer_of(bank).pid}/cmdline").read_bytes()
print(own == its, own == later, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_server_of_one_thread_forks_its_writer_and_one_of_several_starts_it_anew(
    home: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED, str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    forks = sys.platform == "linux"
    assert (done.stdout, done.stderr) == (f"{forks} False\n", "")
    # Killed as it was, it has left nobody behind who holds the lock.
    open_bank(home, lock_patience=20).close()


def test_the_lock_is_the_writers_and_a_second_server_hears_of_it(bank: Bank, home: Path) -> None:
    writer_of(bank).wait_until_ready()
    with pytest.raises(BankInUse):
        open_bank(home)
    second = open_with_writer(home)
    try:
        with pytest.raises(BankInUse):
            writer_of(second).wait_until_ready()
    finally:
        second.close()
    assert bank.database.write(partial(note, "still ours")) == "still ours"


def test_the_writer_ends_with_whom_it_writes_for(home: Path) -> None:
    bank = open_with_writer(home)
    patiently(lambda: bank.database.write(partial(note, "kept")))
    writer = writer_of(bank).pid
    # What the kernel does to a server that is killed: every end of its links is shut at once.
    writer_of(bank)._child.hold.close()
    wait_until_gone(writer)
    bank.close()
    open_bank(home).close()


def test_who_waited_too_long_is_told_so_and_is_never_booked(home: Path) -> None:
    assert told_and_booked(home) == ([str, TooBusy], {"slow"})


def test_without_the_deadline_it_would_be_booked_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_process.time, "monotonic", lambda: 1e12)
    told, booked = told_and_booked(home)
    assert TooBusy not in told
    assert booked == {"slow", "late"}


def told_and_booked(home: Path) -> tuple[list[type], set[str]]:
    """One that takes a second, and behind it one that would wait only a moment."""
    path = home / "bank.sqlite"
    writer = WriterProcess(writer_for(home, path), patience_seconds=60)
    try:
        writer.submit(partial(note, "ready"))
        begun = home / "begun"

        def behind() -> str:
            wait_for(begun)
            writer._patience_seconds = 0.05
            return writer.submit(partial(note, "late"))

        slow = partial(note_slowly, "slow", 1.0, begun)
        outcomes = at_once([lambda: writer.submit(slow), behind])
    finally:
        writer.close()
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name FROM setting WHERE name <> 'ready'").fetchall()
    connection.close()
    return [type(one) for one in outcomes], {name for (name,) in rows}


def test_when_too_many_wait_it_says_so_at_once(served: Bank) -> None:
    links = writer_of(served)._child.links
    served.database.write(partial(note, "one"))
    taken = [links.pop() for _ in range(len(links))]
    with pytest.raises(TooBusy):
        served.database.write(partial(note, "two"))
    links.extend(taken)
    assert served.database.write(partial(note, "three")) == "three"
    assert notes(served) & {"one", "two", "three"} == {"one", "three"}
