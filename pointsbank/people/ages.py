"""Ages (年龄): only whether somebody may be under fourteen, which the law protects apart.

A year of birth is enough, a whole date is taken too. Whoever gave only a year counts as a child
until the last day on which they can be one: the doubt is the child's.
"""

from __future__ import annotations

import re

from pointsbank.foundation import InvalidInput
from pointsbank.foundation.cells import YEAR_LEAST, day, narrow

# 个人信息保护法 art. 28 and 31: under this age a guardian's consent is needed.
CHILD_UNDER = 14
_YEAR = re.compile(r"([0-9]{4})年?", re.ASCII)


class BornUnreadable(InvalidInput):
    """A birth is a year or a day, and not in the future (出生年份无法识别): fact expected."""

    code = "people.born_unreadable"


def read_born(text: str, *, today: str) -> str:
    """A birth as the bank keeps it: `2015` or `2015-03-02`. Raises BornUnreadable, DayUnreadable.

    >>> read_born("２０１５年", today="2026-11-22"), read_born("2015/3/2", today="2026-11-22")
    ('2015', '2015-03-02')
    """
    found = _YEAR.fullmatch(narrow(text))
    born = found[1] if found else day(text)
    if not str(YEAR_LEAST) <= born <= today:
        raise BornUnreadable(expected="2015 / 2015-03-02")
    return born


def may_be_child(born: str | None, *, today: str) -> bool:
    """Whether somebody born then may be under fourteen today; who said nothing is not asked.

    >>> [may_be_child(born, today="2026-11-22") for born in ("2012", "2012-11-22", "2012-11-23")]
    [True, False, True]
    """
    if born is None:
        return False
    limit = f"{int(today[:4]) - CHILD_UNDER:04d}{today[4:]}"
    return (born if len(born) > len("2015") else f"{born}-12-31") > limit


def is_at_least(born: str | None, age: int, *, today: str) -> bool | None:
    """Whether somebody born then is so old today; None for who has not said when.

    Of a mere year the last day counts, so that the doubt makes nobody older.

    >>> [is_at_least(born, 18, today="2026-11-22") for born in ("2008", "2007", "2008-11-22", None)]
    [False, True, True, None]
    """
    if born is None:
        return None
    limit = f"{int(today[:4]) - age:04d}{today[4:]}"
    return (born if len(born) > len("2015") else f"{born}-12-31") <= limit
