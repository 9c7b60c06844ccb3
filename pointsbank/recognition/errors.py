"""What this room refuses (表彰的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import InvalidInput, NotFound, RuleRefused


class DayAhead(InvalidInput):
    """What is noted in a file has happened already (日期还没到): fact day."""

    code = "recognition.day_ahead"


class WordsMissing(InvalidInput):
    """A line of the file says what it was (须写明内容)."""

    code = "recognition.words_missing"


class MarkInvalid(InvalidInput):
    """A mark is from one to five (评分从 1 到 5)."""

    code = "recognition.mark_invalid"


class LengthInvalid(InvalidInput):
    """A training takes from one minute to so many hours (学时不对): fact most."""

    code = "recognition.length_invalid"


class PeopleMissing(InvalidInput):
    """A line of the file is about somebody, and about not too many at once: fact most."""

    code = "recognition.people_missing"


class OthersRecord(InvalidInput):
    """The evaluated service is another's (不是本人的服务记录): fact number."""

    code = "recognition.others_record"


class LineUnknown(NotFound):
    """The file has no such line (档案里没有这一条)."""

    code = "recognition.line_unknown"


class LineStruck(RuleRefused):
    """The line has been struck out before (这一条已经划掉)."""

    code = "recognition.line_struck"
