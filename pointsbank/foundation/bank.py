"""One open bank (账册): its database, its keys, its clock and the folder it lives in."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import bindparam, select

from pointsbank.foundation.clock import Clock
from pointsbank.foundation.database import Database, open_database
from pointsbank.foundation.errors import DatabaseUnfit, NoBank
from pointsbank.foundation.keys import Keys
from pointsbank.foundation.lock import ProcessLock
from pointsbank.foundation.receipts import Setting
from pointsbank.foundation.session import Session, statement
from pointsbank.foundation.writer_process import WriterStart

DATABASE_FILE = "bank.sqlite"
KEYS_FILE = "keys.json"

_SETTINGS = statement(select(Setting.name, Setting.value))
_SETTING = statement(select(Setting.value).where(Setting.name == bindparam("name")))


@dataclass
class Bank:
    """What an operation needs to run: where to write, with which secrets, at what time."""

    home: Path
    database: Database
    keys: Keys
    clock: Clock = field(default_factory=Clock)

    # In the process that writes for a server: the bank that it has open.
    here: ClassVar[Bank | None] = None

    @property
    def is_demonstration(self) -> bool:
        return self.database.read(lambda session: find_setting(session, "nature")) == (
            "demonstration"
        )

    @property
    def is_founded(self) -> bool:
        """Whether it is anybody's yet: tables alone are left where making a bank was broken off."""
        return self.database.read(lambda session: find_setting(session, "nature")) is not None

    def close(self) -> None:
        self.database.close()

    def __reduce__(self) -> Any:
        # In a message to the writer's process a bank stands for the one that is open there.
        return _bank_here, (self.clock.ahead,)


def write_here(bank: Bank) -> None:
    """Make this process the one that writes to this bank for others."""
    Bank.here = bank


def _bank_here(ahead: timedelta) -> Bank:
    """The bank of this process, at the sender's time: a demonstration's may run ahead."""
    if Bank.here is None:
        raise DatabaseUnfit(reason="no_writer_here")
    Bank.here.clock.set_ahead(ahead)
    return Bank.here


def database_url(home: Path) -> str:
    """Where this bank's books are: `POINTSBANK_DATABASE_URL`, else the file in its folder."""
    return os.environ.get("POINTSBANK_DATABASE_URL") or f"sqlite:///{home / DATABASE_FILE}"


def open_bank(
    home: Path,
    url: str | None = None,
    *,
    exclusive: bool = True,
    lock_patience: float = 0.0,
    clock: Clock | None = None,
    writer: WriterStart | None = None,
) -> Bank:
    """Open a bank that `init` or `demo` has made.

    `writer` says how a process of its own begins that writes for us (SQLite). Raises NoBank when
    there is none, BankInUse when another process writes to it.
    """
    url = url or database_url(home)
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        raise NoBank(path=str(home))
    keys = Keys.load(home / KEYS_FILE)
    database = open_database(url, exclusive=exclusive, lock_patience=lock_patience, writer=writer)
    return Bank(home, database, keys, clock or Clock())


def find_setting(session: Session, name: str) -> str | None:
    """One setting of this bank."""
    return session.value(_SETTING, name=name)  # type: ignore[no-any-return]


def list_settings(session: Session) -> dict[str, str]:
    """All settings of this bank."""
    return {row.name: row.value for row in session.rows(_SETTINGS)}


def refuse_locked(home: Path, url: str | None = None) -> None:
    """Raise BankInUse when another process has this bank open for writing."""
    url = url or database_url(home)
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        lock = ProcessLock(path.with_name(path.name + ".lock"))
        lock.acquire(patience_seconds=1.0)
        lock.release()
