"""`pointsbank nightly`: the work of the night, when the server is not there to do it."""

from __future__ import annotations

from pathlib import Path

import click

from pointsbank.cli.opening import writing
from pointsbank.foundation import DUTY_DONE
from pointsbank.jobs import DUTIES, run_due

NOTHING = "没有要做的 Nothing is due."


@click.command()
@click.option("--again", is_flag=True, help="Do everything now, done or not.")
@click.pass_obj
def nightly(home: Path, again: bool) -> None:
    """Do what the night was for, once for each day: for cron, while no server runs.

    A running server does it by itself. Exit code 3 means that a duty failed.
    """
    with writing(home) as bank:
        bank.clock.refuse_doubt()
        ran = run_due(bank, again=again)
    if not ran:
        click.echo(NOTHING)
    what = {duty.name: duty.what for duty in DUTIES}
    for one in ran:
        code = f" ({one.code})" if one.code else ""
        click.echo(f"{one.day} {one.outcome}{code}  {what[one.duty]}")
    if any(one.outcome != DUTY_DONE for one in ran):
        click.get_current_context().exit(3)
