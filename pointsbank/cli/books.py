"""`pointsbank check` and `pointsbank export`: are the books right, and here they are."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from dataclasses import asdict
from pathlib import Path

import click

from pointsbank.audit import EXPORTS, CheckReport, Finding, export_books, run_checks
from pointsbank.cli.opening import reading

RIGHT = "账是对的：0 处不符 The books are right: 0 differences"
WRONG = "账不对：{count} 处不符 The books are wrong: {count} differences"

_HEADINGS = (
    "单位 unit",
    "账户类型 type",
    "户数 accounts",
    "收 received",
    "发 sent",
    "余额 balance",
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
@click.pass_obj
def check(home: Path, as_json: bool) -> None:
    """Verify the books from outside the program; a running server is not disturbed.

    Exit code 3 means that something is wrong; every finding names its entry where there is one.
    """
    with reading(home) as bank:
        report = run_checks(bank.database.url)
    if as_json:
        told = {"is_right": report.is_right, **asdict(report)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _tell(report)
    if not report.is_right:
        click.get_current_context().exit(3)


def _tell(report: CheckReport) -> None:
    click.echo(RIGHT if report.is_right else WRONG.format(count=len(report.findings)))
    skipped = sum(one.outcome.startswith("not applicable") for one in report.checks)
    click.echo(
        f"核验 checks {len(report.checks) - skipped} · 不适用 not applicable {skipped} · "
        f"凭证 entries {report.counts.get('journal_entry', 0)} · "
        f"划转 moves {report.counts.get('move', 0)}"
    )
    if report.findings:
        click.echo()
    sentences = {one.name: one.sentence for one in report.checks}
    for finding in report.findings:
        _tell_finding(finding, sentences.get(finding.check, ""))
    if report.trial_balance:
        click.echo("\n试算平衡表 Trial balance")
        _tell_trial_balance(report)


def _tell_finding(finding: Finding, sentence: str) -> None:
    where = f"凭证 entry {finding.entry}" if finding.entry else "全账 the books"
    facts = " ".join(f"{name}={value}" for name, value in finding.facts.items())
    click.echo(f"{where} · {finding.invariant} {finding.check} · {facts}")
    click.echo(f"    {sentence}")


def _tell_trial_balance(report: CheckReport) -> None:
    """Every type of account in every commodity, in the holders' view; each unit sums to zero."""
    rows: list[tuple[str, ...]] = [_HEADINGS]
    for line in report.trial_balance:
        figures = (line.accounts, line.received, line.sent, line.balance)
        rows.append((line.commodity, line.type, *(str(figure) for figure in figures)))
    widths = [max(_width(row[place]) for row in rows) for place in range(len(_HEADINGS))]
    for row in rows:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - _width(cell))
            cells.append(cell + blank if place < 2 else blank + cell)
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """How many columns a terminal gives a text: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


@click.command()
@click.option(
    "--format",
    "code",
    type=click.Choice(list(EXPORTS)),
    required=True,
    help="beancount; hledger (ledger reads it as well); csv for spreadsheets.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to a file, whole or not at all; otherwise to standard output.",
)
@click.pass_obj
def export(home: Path, code: str, output: Path | None) -> None:
    """Write the books for an auditor's own tools: every commodity, every entry, no names."""
    with reading(home) as bank:
        if output is None:
            export_books(bank, code, sys.stdout.buffer)
            return
        unfinished = output.with_name(f".{output.name}.{os.getpid()}")
        try:
            with unfinished.open("xb") as out:
                export_books(bank, code, out)
            unfinished.replace(output)
        finally:
            unfinished.unlink(missing_ok=True)
    click.echo(f"导出好了 Exported: {output}", err=True)
