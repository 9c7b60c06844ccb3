"""`pointsbank bench`: checkouts over HTTP against the yardstick, in one run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import click

from pointsbank.bench import Measured, measure, scratch_postgresql, scratch_sqlite, table_of


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(tempfile.gettempdir()),
    show_default=True,
    help="Where scratch banks are made; choose a real disk.",
)
@click.option(
    "--database-url",
    envvar="TEST_DATABASE_URL",
    help="A durable PostgreSQL server; scratch databases are made on it and dropped.",
)
@click.option("--sqlite", "databases", flag_value="sqlite", help="Only SQLite.")
@click.option("--postgresql", "databases", flag_value="postgresql", help="Only PostgreSQL.")
@click.option("--seconds", default=5.0, show_default=True, help="How long each round lasts.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
@click.option("--clients", default=16, show_default=True, type=click.IntRange(1, 16))
@click.option("--workers", default=2, show_default=True, help="Server processes on PostgreSQL.")
def bench(
    folder: Path,
    database_url: str | None,
    databases: str | None,
    seconds: float,
    rounds: int,
    clients: int,
    workers: int,
) -> None:
    """Measure checkouts over HTTP, durable and with every check, beside the yardstick.

    The yardstick says the very statements of recorded checkouts again through the raw driver, one
    commit each. Both take turns in one run, and the medians count. The last line tells the smaller
    ratio.
    """
    if databases == "postgresql" and not database_url:
        raise click.UsageError("在哪台 PostgreSQL 上？Which server? --database-url")
    ratios = []
    for measured in _measured(folder, database_url, databases, seconds, rounds, clients, workers):
        for line in table_of(measured):
            click.echo(line)
        ratios.append(measured.ratio)
    click.echo(f"ratio {min(ratios):.2f}")


def _measured(
    folder: Path,
    database_url: str | None,
    databases: str | None,
    seconds: float,
    rounds: int,
    clients: int,
    workers: int,
) -> Iterator[Measured]:
    def tell(line: str) -> None:
        click.echo(line, err=True)

    with ExitStack() as stack:
        if databases != "postgresql":
            scratch = stack.enter_context(scratch_sqlite(folder))
            yield measure(scratch, seconds=seconds, rounds=rounds, clients=clients, tell=tell)
        if databases != "sqlite" and database_url:
            scratch = stack.enter_context(scratch_postgresql(folder, database_url))
            yield measure(
                scratch,
                seconds=seconds,
                rounds=rounds,
                clients=clients,
                workers=workers,
                tell=tell,
            )
