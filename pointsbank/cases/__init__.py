"""Floor 7: somebody says that a line is not right, and is answered. See README.md at this door."""

from pointsbank.cases.cases import (
    KEPT,
    OUTCOMES,
    CorrectionCase,
    KeptCase,
)
from pointsbank.cases.errors import (
    CaseDecided,
    CaseOpen,
    CaseUnknown,
    LineUnknown,
    NothingToReverse,
    WordsMissing,
)
from pointsbank.cases.operations import (
    answer_case,
    confirm_reverse,
    propose_reverse,
    reverse_case,
    say_wrong,
    say_wrong_for,
    withdraw_case,
)
from pointsbank.cases.queries import (
    STATES,
    CaseRow,
    count_cases,
    get_case,
    get_case_days,
    list_cases,
    list_cases_of,
    read_cases_of,
)

__all__ = [
    "KEPT",
    "OUTCOMES",
    "STATES",
    "CaseDecided",
    "CaseOpen",
    "CaseRow",
    "CaseUnknown",
    "CorrectionCase",
    "KeptCase",
    "LineUnknown",
    "NothingToReverse",
    "WordsMissing",
    "answer_case",
    "confirm_reverse",
    "count_cases",
    "get_case",
    "get_case_days",
    "list_cases",
    "list_cases_of",
    "propose_reverse",
    "read_cases_of",
    "reverse_case",
    "say_wrong",
    "say_wrong_for",
    "withdraw_case",
]
