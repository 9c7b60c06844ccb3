"""The command's frame: help, the bank's folder, exit codes, refusals in both languages.

Exit codes: 0 done, 1 refused, 2 the command was not understood, 3 the check found something.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pointsbank import __version__
from pointsbank.cli.bank import init, serve, upgrade
from pointsbank.cli.books import check, export
from pointsbank.cli.cards import cards
from pointsbank.cli.demo import demo
from pointsbank.cli.imports import import_group
from pointsbank.cli.nightly import nightly
from pointsbank.cli.rulebook import rulebook
from pointsbank.cli.safekeeping import (
    accept_older_copy,
    backup,
    envelope,
    recover,
    restore_command,
    stick,
)
from pointsbank.cli.shop import shop_install
from pointsbank.cli.speed import bench
from pointsbank.cli.staff import staff
from pointsbank.foundation import PointsBankError
from pointsbank.web.i18n import both_sentences

DEFAULT_HOME = Path("var/bank")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_HOME,
    envvar="POINTSBANK_HOME",
    show_default=True,
    help="The bank's folder: its books and its keys.",
)
@click.version_option(__version__, message="%(version)s")
@click.pass_context
def group(context: click.Context, home: Path) -> None:
    """A points bank for volunteers (公益银行) and its unmanned shop."""
    context.obj = home


for command in (init, demo, serve, import_group, cards, staff, check, export, bench):
    group.add_command(command)
for command in (upgrade, nightly, rulebook, shop_install):
    group.add_command(command)
for command in (backup, stick, restore_command, envelope, recover, accept_older_copy):
    group.add_command(command)


def main() -> None:
    """Run a command; a refusal is two sentences and exit code 1, never a stack of lines."""
    try:
        group()
    except PointsBankError as refusal:
        for line in both_sentences(refusal):
            click.echo(line, err=True)
        sys.exit(1)
