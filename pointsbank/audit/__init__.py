"""Floor 6: whether the books are right, and how to show it. See README.md at this door."""

from pointsbank.audit.check import CHECKS, Check, Checked, CheckReport, Finding, run_checks
from pointsbank.audit.exports import EXPORTS, Export, export_books
from pointsbank.audit.last_check import CHECK_FILE, LastCheck, check_now, find_last_check

__all__ = [
    "CHECKS",
    "CHECK_FILE",
    "EXPORTS",
    "Check",
    "CheckReport",
    "Checked",
    "Export",
    "Finding",
    "LastCheck",
    "check_now",
    "export_books",
    "find_last_check",
    "run_checks",
]
