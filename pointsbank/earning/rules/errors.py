"""What is wrong with a rulebook's document (积分办法的差错): where, and what may stand there.

`path` is the place as one would point at it in the file, `rates[0].points`.
"""

from __future__ import annotations

from pointsbank.foundation import InvalidInput


class RulebookUnreadable(InvalidInput):
    """This is no rulebook of ours, or not the text of one (读不懂这份积分办法)."""

    code = "earning.rulebook_unreadable"


class RulebookFieldUnknown(InvalidInput):
    """A field that no rulebook has; most often a slip of the pen: facts path, known."""

    code = "earning.rulebook_field_unknown"


class RulebookFieldMissing(InvalidInput):
    """A field that every rulebook must have is not there: fact path."""

    code = "earning.rulebook_field_missing"


class RulebookNumberWrong(InvalidInput):
    """Not a whole number within these bounds: facts path, least, most."""

    code = "earning.rulebook_number_wrong"


class RulebookChoiceWrong(InvalidInput):
    """None of the words that may stand there: facts path, allowed."""

    code = "earning.rulebook_choice_wrong"


class RulebookTextWrong(InvalidInput):
    """Not a text of at most so many characters, or an empty one: facts path, most."""

    code = "earning.rulebook_text_wrong"


class RulebookListWrong(InvalidInput):
    """Not a list of so many: facts path, least, most."""

    code = "earning.rulebook_list_wrong"


class RulebookPartWrong(InvalidInput):
    """Not a group of fields in braces: fact path."""

    code = "earning.rulebook_part_wrong"


class RulebookDayWrong(InvalidInput):
    """Not a day as 2026-10-01: fact path."""

    code = "earning.rulebook_day_wrong"


class RulebookTimeWrong(InvalidInput):
    """Not a time of day as 22:00: fact path."""

    code = "earning.rulebook_time_wrong"


class RulebookBroken(InvalidInput):
    """The text of a file cannot be read on from a place (从这里读不下去): facts line, column."""

    code = "earning.rulebook_broken"


class RulebookNeverOpens(InvalidInput):
    """The days of redeeming are such that none ever comes: fact path."""

    code = "earning.rulebook_never_opens"


class RulebookSaidTwice(InvalidInput):
    """Two of its rules speak of the same thing, and only one can hold: facts path, what."""

    code = "earning.rulebook_said_twice"
