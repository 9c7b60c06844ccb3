"""Scratch banks (临时账册): made on a real disk or a durable server, and removed afterwards."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from pointsbank.foundation import DATABASE_FILE, KEYS_FILE, Bank, Keys, open_bank
from pointsbank.foundation.schema import upgrade_schema


@dataclass(frozen=True)
class Scratch:
    """An empty bank, and where a copy of it goes."""

    dialect: str
    home: Path
    url: str
    twin_url: str

    def open(self, *, exclusive: bool = True) -> Bank:
        return open_bank(self.home, self.url, exclusive=exclusive)

    def open_twin(self) -> Bank:
        return open_bank(self.home, self.twin_url)

    def copy_to_twin(self) -> None:
        """Copy the books while nobody has them open."""
        if self.dialect == "sqlite":
            shutil.copyfile(_file_of(self.url), _file_of(self.twin_url))
        else:
            _create(make_url(self.twin_url), template=make_url(self.url).database)


@contextmanager
def scratch_sqlite(folder: Path) -> Iterator[Scratch]:
    """An empty bank on SQLite, in a folder of its own below this one."""
    with _home(folder) as home:
        url = f"sqlite:///{home / DATABASE_FILE}"
        upgrade_schema(url)
        yield Scratch("sqlite", home, url, f"sqlite:///{home / 'twin.sqlite'}")


@contextmanager
def scratch_postgresql(folder: Path, server: str) -> Iterator[Scratch]:
    """An empty bank in a new database on this server; its keys lie in the folder."""
    name = f"pointsbank_bench_{secrets.token_hex(4)}"
    base = make_url(server).set(drivername="postgresql+psycopg")
    first, twin = base.set(database=name), base.set(database=f"{name}_twin")
    with _home(folder) as home:
        _create(first, template="template0")
        try:
            upgrade_schema(_text(first))
            yield Scratch("postgresql", home, _text(first), _text(twin))
        finally:
            for url in (first, twin):
                _run(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", url.database)


@contextmanager
def _home(folder: Path) -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="pointsbank-bench-", dir=folder))
    try:
        Keys.new().save(home / KEYS_FILE)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _create(url: URL, *, template: str | None) -> None:
    _run(url, "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", url.database, template)


def _run(beside: URL, command: str, *names: str | None) -> None:
    """Run a command about databases from the one that every server has."""
    place = beside.set(drivername="postgresql", database="postgres")
    text = sql.SQL(command).format(*(sql.Identifier(name or "") for name in names))
    with psycopg.connect(_text(place), autocommit=True) as connection:
        connection.execute(text)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
