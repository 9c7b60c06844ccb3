"""The check of the books from outside (账册核验): plain SQL of its own, and nothing of the program.

It knows the tables and what must hold, not the code that fills them. Whoever wants to know what is
verified reads the sentences in `CHECKS`.
"""

from pointsbank.audit.check.catalogue import CHECKS
from pointsbank.audit.check.declaration import Check
from pointsbank.audit.check.report import Checked, CheckReport, Finding, TrialBalanceLine
from pointsbank.audit.check.running import run_checks

__all__ = [
    "CHECKS",
    "Check",
    "CheckReport",
    "Checked",
    "Finding",
    "TrialBalanceLine",
    "run_checks",
]
