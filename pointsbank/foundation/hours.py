"""Minutes as hours (小时), the one way for every screen, paper and sentence."""

from __future__ import annotations


def hours_text(minutes: int) -> str:
    """Whole minutes as hours with two decimals, cut off and never rounded up.

    The rules want the actual time (真实、准确, 民政部令 67) and the national site shows hours with
    two decimals. A third of an hour has no end in them; cut off, no figure claims a second that was
    not served, no sum looks like a threshold it has not reached, and what was printed before reads
    the same when it is printed again. `cells.minutes` reads it back to the minute.

    >>> [hours_text(minutes) for minutes in (61, 119, 150, 5999, 6000)]
    ['1.01', '1.98', '2.50', '99.98', '100.00']
    """
    return f"{minutes // 60}.{minutes % 60 * 100 // 60:02d}"
