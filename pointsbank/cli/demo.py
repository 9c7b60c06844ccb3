"""`pointsbank demo`: a community with a year behind it, made once and served."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from pointsbank.audit import CHECK_FILE, check_now
from pointsbank.cli.bank import address_of, make_home, nature_of, refuse_open_line, start_server
from pointsbank.demonstration import make_demonstration
from pointsbank.foundation import (
    DATABASE_FILE,
    KEYS_FILE,
    DemonstrationOnly,
    SchemaOther,
    database_url,
    refuse_locked,
)
from pointsbank.foundation.schema import refuse_other_schema
from pointsbank.safekeeping import nightly_backup

INSECURE = "演示可以加 --insecure。A demonstration may have --insecure."
DEMO_HOME = Path("var/demo")
# What lies in the folder once it is made, and while it is being made.
BACKUPS = "backups"
READY = "ready"
UNFINISHED = "unfinished"
_OURS = (
    DATABASE_FILE,
    *(f"{DATABASE_FILE}{ending}" for ending in ("-wal", "-shm", "-journal", ".lock")),
    KEYS_FILE,
    CHECK_FILE,
    READY,
    UNFINISHED,
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEMO_HOME,
    show_default=True,
    help="Where the demonstration lives.",
)
@click.option("--anew", is_flag=True, help="Throw the old demonstration away and make it anew.")
@click.option("--make-only", is_flag=True, help="Make it and do not serve.")
@click.option(
    "--insecure",
    is_flag=True,
    help="Let other machines in over plain http. A demonstration only; the camera stays off there.",
)
def demo(host: str, port: int, folder: Path, anew: bool, make_only: bool, insecure: bool) -> None:
    """Show the whole idea working, at http://localhost:8000."""
    if not make_only:
        refuse_open_line(host, insecure=insecure, way_out=INSECURE)
    if nature_of(database_url(folder)) == "bank":
        raise DemonstrationOnly()
    if anew or not (folder / READY).exists() or _is_of_another_version(folder):
        _make(folder)
    if make_only:
        return
    click.echo("")
    click.echo(f"  演示开好了 The demonstration is ready:  {address_of(host, port)}")
    click.echo("  停下按 Ctrl-C. Ctrl-C stops it.")
    start_server(folder, host, port, insecure=insecure)


def _is_of_another_version(folder: Path) -> bool:
    """Whether the program has been brought up to date since; a demonstration is not worth more."""
    try:
        refuse_other_schema(database_url(folder))
    except SchemaOther:
        return True
    return False


def _make(folder: Path) -> None:
    """Make it from nothing; an old or a half-made one is thrown away first."""
    _refuse_what_is_not_ours(folder)
    if (folder / DATABASE_FILE).exists():
        refuse_locked(folder)
    # Only what is ours: the folder may hold somebody's other things.
    for name in _OURS:
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / BACKUPS, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / UNFINISHED).touch()
    click.echo("正在写一年的账 Writing a year of books …", err=True)
    bank = make_home(folder)
    try:
        make_demonstration(bank)
        check_now(bank)
        nightly_backup(bank)
    finally:
        bank.close()
    (folder / READY).touch()
    (folder / UNFINISHED).unlink()


def _refuse_what_is_not_ours(folder: Path) -> None:
    """Raise DemonstrationOnly for books or keys that no demonstration has left here.

    A bank's keys may stand alone when its books are on PostgreSQL, and its books may be unreadable;
    so it is our own mark that decides, and not what can be read.
    """
    held = any((folder / name).exists() for name in (DATABASE_FILE, KEYS_FILE))
    marked = any((folder / name).exists() for name in (READY, UNFINISHED))
    if held and not marked:
        raise DemonstrationOnly()
