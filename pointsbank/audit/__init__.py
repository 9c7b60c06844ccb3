"""Floor 6: whether the books are right, and how to show it. See README.md at this door."""

from pointsbank.audit.check import CHECKS, Check, Checked, CheckReport, Finding, run_checks
from pointsbank.audit.exports import EXPORTS, Export, export_books

__all__ = [
    "CHECKS",
    "EXPORTS",
    "Check",
    "CheckReport",
    "Checked",
    "Export",
    "Finding",
    "export_books",
    "run_checks",
]
