"""How figures, hours and times are written on a page (looks: tabular figures, U+2212 as minus)."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from pointsbank.foundation import SHOP_ZONE, from_instant, hours_text
from pointsbank.web.currency import in_books_words

MINUS = "\u2212"


def points(value: int | None) -> str:
    """A balance, with thousands' commas.

    >>> points(-1234)
    '−1,234'
    """
    if value is None:
        return ""
    return f"{MINUS if value < 0 else ''}{abs(value):,}"


def signed(value: int) -> str:
    """A change: the sign is always written.

    >>> signed(20), signed(-275)
    ('+20', '−275')
    """
    return f"{'+' if value > 0 else MINUS if value < 0 else ''}{abs(value):,}"


def hours(minutes: int) -> str:
    """Minutes as hours, as `hours_text` says them.

    >>> hours(150)
    '2.50'
    """
    return hours_text(minutes)


def duration(minutes: int) -> str:
    """So many minutes in words, to the minute: 2 小时 5 分钟."""
    full, rest = divmod(minutes, 60)
    if full and rest:
        return str(_("%(n)s 小时 %(m)s 分钟", n=full, m=rest))
    return str(_("%(n)s 小时", n=full) if full else _("%(n)s 分钟", n=rest))


def yuan(fen: int | None) -> str:
    """Fen as yuan.

    >>> yuan(2800)
    '28.00'
    """
    return "" if fen is None else f"{fen / 100:,.2f}"


def day(text: str | None) -> str:
    """A business day, as it is."""
    return text or ""


def clock(instant: str | None) -> str:
    """The shop's time of an instant.

    >>> clock("2026-11-20T02:26:00.000000Z")
    '10:26'
    """
    return from_instant(instant).astimezone(SHOP_ZONE).strftime("%H:%M") if instant else ""


def moment(instant: str | None) -> str:
    """Day and time of an instant, in the shop's zone."""
    if not instant:
        return ""
    return from_instant(instant).astimezone(SHOP_ZONE).strftime("%Y-%m-%d %H:%M")


def init_app(app: Flask) -> None:
    for change in (points, signed, hours, duration, yuan, day, clock, moment, in_books_words):
        app.jinja_env.filters[change.__name__] = change
