"""One question after every story: are the books right?"""

from __future__ import annotations

from pointsbank.audit import CheckReport, run_checks
from pointsbank.foundation import Bank


def books_are_right(bank: Bank) -> CheckReport:
    """Fail with every finding, unless the check from outside finds nothing wrong at all."""
    report = run_checks(bank.database.url, durable=False)
    assert report.is_right, "\n".join(str(finding) for finding in report.findings)
    return report
