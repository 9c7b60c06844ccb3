"""What the tests of the writer's process have it do.

It loads this file to do it, and nothing of what a test needs besides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from pointsbank.foundation import Session


def note(word: str, session: Session) -> str:
    session.connection.execute("INSERT INTO setting (name, value) VALUES (?, ?)", [word, word])
    return word


def answer_nothing(session: Session) -> None:
    pass


def note_and_fail(word: str, session: Session) -> None:
    note(word, session)
    raise ValueError(word)


def note_slowly(word: str, seconds: float, begun: Path, session: Session) -> str:
    begun.touch()
    time.sleep(seconds)
    return note(word, session)


def answer_what_cannot_travel(session: Session) -> Callable[[], None]:
    note("half", session)
    return lambda: None
