"""`pointsbank import`: lists that people already have, read into the books."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pointsbank.cli.files import write_for_owner
from pointsbank.cli.opening import by_option, caller_of, password_option, writing
from pointsbank.foundation import ImportResult, RowProblem
from pointsbank.imports import IMPORTERS, IMPORTS, take_list, together
from pointsbank.web.i18n import row_sentence

PROBLEMS_SHOWN = 20


@click.command("import")
@click.argument("what", metavar="KIND", type=click.Choice(sorted(IMPORTS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--take-good", is_flag=True, help="Book the good rows although some are bad.")
@by_option
@password_option
@click.pass_obj
def import_group(
    home: Path, what: str, file: Path, take_good: bool, by: str, password_file: Any
) -> None:
    """Import volunteers, hours, booklets, projects, goods or organisations from CSV or XLSX.

    The whole file is checked first; when a row is bad nothing is booked unless --take-good is
    given. Bad rows are written beside the file, to be mended there and imported again. The same
    file twice changes nothing. Exit code 3 means that some rows were bad.
    """
    with writing(home) as bank:
        caller = caller_of(bank, by, password_file, IMPORTERS)
        with click.progressbar(length=1, label=file.name, file=sys.stderr) as bar:

            def progress(done: int, total: int) -> None:
                bar.length = max(total, 1)
                bar.update(done - bar.pos)

            result = take_list(
                what,
                bank,
                caller,
                file.read_bytes(),
                file.name,
                take_good=take_good,
                progress=progress,
                sentence=_sentence,
            )
    _report(file, result, take_good)


def _report(file: Path, result: ImportResult, take_good: bool) -> None:
    bad = len({problem.row for problem in result.problems})
    click.echo(
        f"共 {result.total} 行 rows · 入账 booked {result.good} · 更新 renewed {result.changed} · "
        f"早已有 known {result.repeated} · 有问题 bad {bad}"
    )
    _tell(result.problems)
    if result.notes:
        click.echo(f"另外请看看 Please look as well: {len(result.notes)}")
        _tell_notes(result.notes)
    if result.problem_file is not None:
        beside = file.with_name(f"{file.stem}.problems.csv")
        write_for_owner(beside, result.problem_file)
        click.echo(f"有问题的行 The bad rows: {beside}")
        click.echo("在那里改好，再导一次。Mend them there and import that file.")
    if result.problems:
        if not take_good and not result.good:
            click.echo("什么也没有入账；要先收好的，加 --take-good。Nothing was booked.")
        click.get_current_context().exit(3)


def _tell(problems: Sequence[RowProblem]) -> None:
    for problem in problems[:PROBLEMS_SHOWN]:
        said = _sentence(problem)
        click.echo(f"  第 {problem.row} 行 row {problem.row}: {said} [{problem.code}]")
    if len(problems) > PROBLEMS_SHOWN:
        click.echo(f"  … 还有 more: {len(problems) - PROBLEMS_SHOWN}")


def _tell_notes(notes: Sequence[RowProblem]) -> None:
    every = together(notes)
    for note in every[:PROBLEMS_SHOWN]:
        rows = "、".join(str(row) for row in note.rows) + (
            " …" if note.count > len(note.rows) else ""
        )
        said = row_sentence(note.code, **note.facts)
        click.echo(f"  {note.count} 行 rows ({rows}): {said} [{note.code}]")
    if len(every) > PROBLEMS_SHOWN:
        click.echo(f"  … 还有 more: {len(every) - PROBLEMS_SHOWN}")


def _sentence(problem: RowProblem) -> str:
    return row_sentence(problem.code, **problem.facts)
