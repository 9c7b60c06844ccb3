"""Floor 7: what looks odd in the records, for somebody to look at. See README.md at this door."""

from pointsbank.findings.errors import FindingLookedAt, FindingUnknown, RemarkMissing
from pointsbank.findings.findings import (
    Finding,
    FindingRow,
    count_findings,
    get_finding,
    list_findings,
    look_at_finding,
    look_for_findings,
)
from pointsbank.findings.kinds import KINDS
from pointsbank.findings.numbers import USUAL, numbers_on

__all__ = [
    "KINDS",
    "USUAL",
    "Finding",
    "FindingLookedAt",
    "FindingRow",
    "FindingUnknown",
    "RemarkMissing",
    "count_findings",
    "get_finding",
    "list_findings",
    "look_at_finding",
    "look_for_findings",
    "numbers_on",
]
