"""The last check of the books (账册核验), kept beside them until the next one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from pointsbank.audit.check import CheckReport, run_checks
from pointsbank.foundation import Bank, write_durably

CHECK_FILE = "last-check.json"
SHOWN_MOST = 20


@dataclass(frozen=True)
class LastCheck:
    """What a check found, in as much as a page shows it."""

    at: str
    wrong: int
    checks: int
    entries: int
    first_entry: str | None
    findings: list[dict[str, Any]]
    sentences: list[dict[str, Any]]

    @property
    def is_right(self) -> bool:
        return self.wrong == 0


def check_now(bank: Bank) -> LastCheck:
    """Run every check on a snapshot of its own, outside the writer, and keep what it found."""
    report = run_checks(bank.database.url)
    found = _kept(report)
    told = json.dumps(asdict(found), ensure_ascii=False)
    write_durably(bank.home / CHECK_FILE, told.encode())
    return found


def find_last_check(bank: Bank) -> LastCheck | None:
    """The last check, or None when there was none or its file cannot be read."""
    try:
        return LastCheck(**json.loads((bank.home / CHECK_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _kept(report: CheckReport) -> LastCheck:
    findings = [asdict(finding) for finding in report.findings[:SHOWN_MOST]]
    entries = [finding.entry for finding in report.findings if finding.entry]
    return LastCheck(
        at=report.checked_at,
        wrong=len(report.findings),
        checks=len(report.checks),
        entries=report.counts.get("journal_entry", 0),
        first_entry=min(entries) if entries else None,
        findings=findings,
        sentences=[
            {"name": check.name, "sentence": check.sentence, "outcome": check.outcome}
            for check in report.checks
        ],
    )
