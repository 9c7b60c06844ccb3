"""What this room refuses (更正的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound, RuleRefused


class CaseUnknown(NotFound):
    """No case has this number (没有这件更正): fact case."""

    code = "cases.case_unknown"


class LineUnknown(NotFound):
    """The line is none of this volunteer's (不是本人的这一笔): fact line."""

    code = "cases.line_unknown"


class CaseOpen(Conflict):
    """Of this line a case is open already (这一笔已经在查了): fact case."""

    code = "cases.case_open"


class CaseDecided(Conflict):
    """Somebody has answered the case already (已经答复过了): fact case."""

    code = "cases.case_decided"


class WordsMissing(InvalidInput):
    """Nothing was said of what is not right, or no answer was given (没有写)."""

    code = "cases.words_missing"


class NothingToReverse(RuleRefused):
    """No service record is behind the line, so there is none to void (没有可撤回的记录)."""

    code = "cases.nothing_to_reverse"
