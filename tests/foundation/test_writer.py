"""The one writer: many operations, one commit; nobody's fault is anybody else's."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pointsbank.foundation import OutcomeUnknown, Session, TooBusy, connect_sqlite
from pointsbank.foundation import writer as writing
from pointsbank.foundation.writer import Writer
from tests.at_once import at_once

Work = Callable[[Session], Any]


class Tapped:
    """A connection that writes down what it was asked, and fails where a test wants it to."""

    def __init__(self, path: Path, heard: list[str], fails: dict[str, Exception]) -> None:
        self.connection = connect_sqlite(path)
        self.heard = heard
        self.fails = fails

    def execute(self, text: str, parameters: Any = ()) -> sqlite3.Cursor:
        self.heard.append(text)
        if text in self.fails:
            if text == "ROLLBACK TO operation":
                self.connection.execute("ROLLBACK")
            raise self.fails.pop(text)
        return self.connection.execute(text, parameters)

    def close(self) -> None:
        self.connection.close()


class Desk:
    """A writer on a file of its own, with one job in front that holds it until told to go on."""

    def __init__(self, path: Path, patience: float = 10.0) -> None:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE note (text TEXT) STRICT")
        connection.close()
        self.path = path
        self.heard: list[str] = []
        self.fails: dict[str, Exception] = {}
        self.refuse_connections = 0
        self.writer = Writer(self.connect, patience)  # type: ignore[arg-type]  # a tapped one
        self.go_on = threading.Event()
        self.reached = threading.Event()

    def connect(self) -> Tapped:
        if self.refuse_connections:
            self.refuse_connections -= 1
            raise sqlite3.OperationalError("disk I/O error")
        return Tapped(self.path, self.heard, self.fails)

    def hold(self, session: Session) -> str:
        self.reached.set()
        self.go_on.wait(20)
        return "held"

    def submit_behind(self, *works: Work) -> list[Any]:
        """Let these jobs gather behind one that holds the writer; what became of each."""
        outcomes: list[Any] = []
        holding = threading.Thread(target=at_once, args=([lambda: self.writer.submit(self.hold)],))
        holding.start()
        assert self.reached.wait(10)
        calls = [(lambda work=work: self.writer.submit(work)) for work in works]
        waiting = threading.Thread(target=lambda: outcomes.extend(at_once(calls)))
        waiting.start()
        while self.writer._queue.qsize() < len(works):
            threading.Event().wait(0.002)
        self.heard.clear()
        self.go_on.set()
        waiting.join(20)
        holding.join(20)
        return outcomes

    def notes(self) -> list[str]:
        connection = sqlite3.connect(self.path)
        rows = connection.execute("SELECT text FROM note ORDER BY text").fetchall()
        connection.close()
        return [text for (text,) in rows]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "notes.sqlite")
    made.writer.submit(lambda session: None)
    yield made
    made.go_on.set()
    made.writer.close()


def note(text: str) -> Work:
    def work(session: Session) -> str:
        session.connection.execute("INSERT INTO note VALUES (?)", [text])
        return text

    return work


def fail(session: Session) -> None:
    session.connection.execute("INSERT INTO note VALUES ('should not stay')")
    raise ValueError("mine alone")


def test_what_waits_together_is_committed_once(desk: Desk) -> None:
    outcomes = desk.submit_behind(*(note(f"{n:02d}") for n in range(20)))
    assert outcomes == [f"{n:02d}" for n in range(20)]
    # One for the job in front and one for the twenty.
    assert desk.heard.count("COMMIT") == 2
    assert len(desk.notes()) == 20


def test_one_that_raises_leaves_no_trace_and_hurts_nobody(desk: Desk) -> None:
    outcomes = desk.submit_behind(note("before"), fail, note("after"))
    assert sorted(str(outcome) for outcome in outcomes) == ["after", "before", "mine alone"]
    assert desk.notes() == ["after", "before"]


def test_a_commit_that_fails_is_unknown_to_everybody_and_the_next_one_works(desk: Desk) -> None:
    desk.fails["COMMIT"] = sqlite3.OperationalError("disk I/O error")
    desk.go_on.set()
    with pytest.raises(OutcomeUnknown):
        desk.writer.submit(note("lost"))
    assert desk.writer.submit(note("kept")) == "kept"
    assert desk.notes() == ["kept"]


def test_a_transaction_that_breaks_half_way_leaves_nobody_without_an_answer(desk: Desk) -> None:
    # A full disk ends the whole transaction, so that the savepoint cannot be rolled back to.
    desk.fails["ROLLBACK TO operation"] = sqlite3.OperationalError("no such savepoint")
    outcomes = desk.submit_behind(note("before"), fail, note("after"))
    assert [type(outcome) for outcome in outcomes] == [OutcomeUnknown] * 3
    assert desk.notes() == []
    assert desk.writer.submit(note("kept")) == "kept"


def test_a_connection_that_cannot_be_made_again_yet_is_tried_again(desk: Desk) -> None:
    desk.fails["COMMIT"] = sqlite3.OperationalError("disk I/O error")
    desk.refuse_connections = 1
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            desk.writer.submit(note("lost"))
    assert desk.writer.submit(note("kept")) == "kept"


def test_a_full_queue_says_so_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "WAITING_MOST", 2)
    holding = threading.Thread(target=lambda: desk.writer.submit(desk.hold))
    holding.start()
    assert desk.reached.wait(10)
    waiting = [
        threading.Thread(target=desk.writer.submit, args=(note(text),)) for text in ("a", "b")
    ]
    for thread in waiting:
        thread.start()
    while desk.writer._queue.qsize() < 2:
        threading.Event().wait(0.002)
    with pytest.raises(TooBusy):
        desk.writer.submit(note("c"))
    desk.go_on.set()
    for thread in (holding, *waiting):
        thread.join(20)
    assert desk.notes() == ["a", "b"]


def test_who_waited_too_long_and_was_told_busy_is_never_run(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "notes.sqlite", patience=0.2)
    outcomes = at_once([lambda: desk.writer.submit(desk.hold), lambda: desk_second(desk)])
    assert [type(outcome) for outcome in outcomes] == [OutcomeUnknown, TooBusy]
    desk.go_on.set()
    desk.writer.submit(lambda session: None)
    assert desk.notes() == []
    desk.writer.close()


def desk_second(desk: Desk) -> str:
    """Come second for certain."""
    assert desk.reached.wait(10)
    return str(desk.writer.submit(note("never")))


def test_a_closed_writer_takes_nothing_more(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "notes.sqlite")
    desk.writer.close()
    with pytest.raises(TooBusy):
        desk.writer.submit(note("late"))
