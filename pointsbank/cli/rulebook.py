"""`pointsbank rulebook`: the rulebook as a file, to look at, to try and to load."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TextIO

import click

from pointsbank.cli.opening import by_option, caller_of, password_option, reading, writing
from pointsbank.earning import (
    EXAMPLES,
    Rulebook,
    check_document,
    get_rulebook,
    read_example,
    read_rulebook,
    read_text,
    set_rulebook,
    write_text,
)
from pointsbank.foundation import new_key
from pointsbank.web.i18n import both_sentences

FILE_BYTES_MOST = 200_000
file_argument = click.argument("file", type=click.File("rb"))
ADMIN = ("admin",)


@click.group()
def rulebook() -> None:
    """Export, check and load the rules of earning and redeeming (积分办法)."""


@rulebook.command()
@click.option("--day", help="The day whose rulebook it is; today by default.")
@click.option(
    "--example",
    type=click.Choice(EXAMPLES),
    help="One of the examples instead of the bank's own.",
)
@click.option("-o", "--output", type=click.File("w", encoding="utf-8"), default="-")
@click.pass_obj
def export(home: Path, day: str | None, example: str | None, output: TextIO) -> None:
    """Write a rulebook as a file that can be read, mended and loaded."""
    if example is not None:
        output.write(write_text(read_example(example)))
        return
    with reading(home) as bank:
        output.write(write_text(get_rulebook(bank, day=day or bank.clock.today())))


@rulebook.command()
@file_argument
def check(file: IO[bytes]) -> None:
    """Say everything that is wrong with a file, or what its rules are; the bank is not asked."""
    document = read_text(file.read(FILE_BYTES_MOST + 1))
    problems = check_document(document)
    for problem in problems:
        for line in both_sentences(problem):
            click.echo(line, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    _tell(read_rulebook(document))


@rulebook.command()
@file_argument
@click.option("--starts-on", help="From which day on; today by default.")
@by_option
@password_option
@click.pass_obj
def load(
    home: Path, file: IO[bytes], starts_on: str | None, by: str, password_file: TextIO | None
) -> None:
    """Load a file as the next version; once points were issued only the office can, by two."""
    document = read_text(file.read(FILE_BYTES_MOST + 1))
    with writing(home) as bank:
        caller = caller_of(bank, by, password_file, ADMIN)
        done = set_rulebook(
            bank,
            by=caller,
            key=new_key(),
            document=document,
            starts_on=starts_on or bank.clock.today(),
        )
    version, day = done.answer["version"], done.answer["starts_on"]
    click.echo(f"第 {version} 版，{day} 起 Version {version}, from {day}")


def _tell(book: Rulebook) -> None:
    click.echo(book.name)
    for title, sentences in book.tell():
        click.echo(f"{title.zh} {title.en}")
        for said in sentences:
            click.echo(f"  {said.zh}  |  {said.en}")
