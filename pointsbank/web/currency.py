"""What points are called here (积分叫什么): pages and sentences say 积分, the reader sees the name.

Every sentence of both catalogues passes through `in_currency` before its facts are filled in, so
that a name somebody typed is never touched. Where 积分 names a kind of thing it stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from flask import g, has_request_context
from sqlalchemy import select

from pointsbank.foundation import Session, Setting, statement
from pointsbank.web.context import current_bank

# A points card is a points card and a rule is a rule, whatever the points are called.
_KINDS = "卡|规则|标准|超市|叫什么|数“"
_NAME = re.compile(f"积分(?!{_KINDS})|(?<=扣|欠|计|给)分(?!钟)|(?<=扣您的)分")
# The unit stands behind a figure, a fact or a word for how many; minutes (分钟) are none of it.
_UNIT = re.compile(r"(?<=\d )分(?!钟)|(?<=[)]s )分(?!钟)|(?<=[}] )分(?!钟)|(?<=[少一])分(?!钟)")
_FEW = re.compile(r"(?<!点)(?<=几)分(?!钟)")
_UNIT_ALONE = "分"
_ENGLISH = re.compile(r"\b([Pp])oint(s?)\b(?! (?:banks?|cards?|[Ss]hop|are c))(?!, coins)")


@dataclass(frozen=True)
class Currency:
    """The name that a community chose, what is counted one by one, and an English name if any."""

    name: str = "积分"
    unit: str = "分"
    name_en: str = "points"


USUAL = Currency()
_SETTINGS = {
    "currency_name": "name",
    "currency_unit": "unit",
    "currency_name_en": "name_en",
}
_READ = statement(select(Setting.name, Setting.value).where(Setting.name.in_(sorted(_SETTINGS))))


def read_currency(session: Session) -> Currency:
    """What points are called in this bank."""
    told = {_SETTINGS[row.name]: row.value for row in session.rows(_READ) if row.value}
    return Currency(**told)


def current_currency() -> Currency:
    """The same for this request, asked once; outside of one what everybody understands."""
    if not has_request_context():
        return USUAL
    if "currency" not in g:
        g.currency = current_bank().database.glance(read_currency)
    found: Currency = g.currency
    return found


def in_currency(text: str, language: str) -> str:
    """A sentence in what points are called here."""
    if not _names_points(text, language):
        return text
    return named(text, language, current_currency())


def in_books_words(text: str) -> str:
    """A memo or a working (摘要、算法) as it is read here; the books are written in Chinese."""
    return in_currency(text, "zh-CN")


@lru_cache(maxsize=4096)
def _names_points(text: str, language: str) -> bool:
    return named(text, language, Currency("\0", "\0", "\0")) != text


@lru_cache(maxsize=4096)
def named(text: str, language: str, currency: Currency) -> str:
    """A sentence with its points named and counted as this currency is.

    >>> coins = Currency("志愿币", "枚", "coins")
    >>> named("积分卡里还有 %(n)s 分，10 分钟前扣了积分", "zh-CN", coins)
    '积分卡里还有 %(n)s 枚，10 分钟前扣了志愿币'
    >>> named("Points owed: {n} points; one point short. Show the points card.", "en", coins)
    'Coins owed: {n} coins; one coin short. Show the points card.'
    """
    if language == "en":
        return _ENGLISH.sub(lambda found: _english(found, currency.name_en), text)
    if text == _UNIT_ALONE:
        return currency.unit
    for pattern in (_UNIT, _FEW):
        text = pattern.sub(currency.unit, text)
    return _NAME.sub(currency.name, text)


def _english(found: re.Match[str], name: str) -> str:
    """Like what stood there: with a capital, and one alone without its last s."""
    if not found[2] and name.endswith("s"):
        name = name[:-1]
    return name[:1].upper() + name[1:] if found[1] == "P" else name
