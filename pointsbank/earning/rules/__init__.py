"""The kinds of rule that a rulebook is made of (规则的种类), one file each; the list is here.

Nothing in this package reads or writes a database. A new kind is one file, one line in `RATES` or
`PARTS` (`rulebook.py`), and for a part its field of `Rulebook`; `tests/earning/test_every_rule.py`
then asks of it what every kind promises.
"""

from pointsbank.earning.rules.caps import Cap
from pointsbank.earning.rules.errors import (
    RulebookChoiceWrong,
    RulebookDayWrong,
    RulebookFieldMissing,
    RulebookFieldUnknown,
    RulebookListWrong,
    RulebookNumberWrong,
    RulebookPartWrong,
    RulebookSaidTwice,
    RulebookTextWrong,
    RulebookTimeWrong,
    RulebookUnreadable,
)
from pointsbank.earning.rules.extras import Bonus, Deduction
from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.limits import Limit
from pointsbank.earning.rules.notice import CALENDAR, WORKING, Notice
from pointsbank.earning.rules.periods import (
    PERIODS,
    first_day,
    in_hours,
    later_by_years,
    next_first_day,
)
from pointsbank.earning.rules.property_fee import PropertyFee
from pointsbank.earning.rules.rate import decimal
from pointsbank.earning.rules.redeeming import EVER, HOUSEHOLD, PerItem, Redeeming, Times
from pointsbank.earning.rules.review import APPROVERS
from pointsbank.earning.rules.rulebook import (
    FORMAT,
    PARTS,
    RATES,
    Rulebook,
    canonical_text,
    check_document,
    kept_rulebook,
    plain_document,
    read_rulebook,
    read_text,
    write_text,
)
from pointsbank.earning.rules.served import (
    NOTHING_SO_FAR,
    Counted,
    Served,
    SoFar,
    join_tags,
    split_tags,
)
from pointsbank.earning.rules.sources import BACK_FILLED, SOURCE_WORDS, SOURCES
from pointsbank.earning.rules.trying import CategoryGaps, Changed, Tried, compare, try_out
from pointsbank.earning.rules.validity import Validity
from pointsbank.earning.rules.working import Working, work_out

# Every kind there is.
KINDS: tuple[RuleKind, ...] = (*RATES, *PARTS)

__all__ = [
    "APPROVERS",
    "BACK_FILLED",
    "CALENDAR",
    "EVER",
    "FORMAT",
    "HOUSEHOLD",
    "KINDS",
    "NOTHING_SO_FAR",
    "PARTS",
    "PERIODS",
    "RATES",
    "SOURCES",
    "SOURCE_WORDS",
    "WORKING",
    "Bonus",
    "Cap",
    "CategoryGaps",
    "Changed",
    "Counted",
    "Deduction",
    "Limit",
    "Notice",
    "PerItem",
    "PropertyFee",
    "Redeeming",
    "RuleKind",
    "Rulebook",
    "RulebookChoiceWrong",
    "RulebookDayWrong",
    "RulebookFieldMissing",
    "RulebookFieldUnknown",
    "RulebookListWrong",
    "RulebookNumberWrong",
    "RulebookPartWrong",
    "RulebookSaidTwice",
    "RulebookTextWrong",
    "RulebookTimeWrong",
    "RulebookUnreadable",
    "Served",
    "SoFar",
    "Times",
    "Tried",
    "Validity",
    "Words",
    "Working",
    "canonical_text",
    "check_document",
    "compare",
    "decimal",
    "first_day",
    "in_hours",
    "join_tags",
    "kept_rulebook",
    "later_by_years",
    "next_first_day",
    "plain_document",
    "read_rulebook",
    "read_text",
    "split_tags",
    "try_out",
    "work_out",
    "write_text",
]
