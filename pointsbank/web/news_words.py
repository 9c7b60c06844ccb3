"""News in words (要告诉的话): the sentence of each kind, made of its code and facts at the door."""

from __future__ import annotations

from datetime import date

from pointsbank.people import NewsLine
from pointsbank.web.i18n import LANGUAGES, current_language, sentence

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def news_sentence(line: NewsLine, *, quiet: bool = False, language: str | None = None) -> str:
    """What somebody is told. Several things of one kind are one sentence with their sum.

    A `quiet` sentence has no figures, for whoever does not want their points to be seen.
    """
    language = language or current_language()
    part = "quiet" if quiet else "many" if line.count > 1 else "title"
    facts: dict[str, object] = {**line.facts, "n": line.count}
    if "day" in facts:
        facts["day"] = _day(str(facts["day"]), language)
    return sentence(f"news.{line.code}", part, language, **facts)


def both_languages(line: NewsLine, *, quiet: bool = False) -> dict[str, str]:
    """The sentence as a kiosk wants it, which may change its language at any time."""
    zh, en = (news_sentence(line, quiet=quiet, language=one) for one in LANGUAGES)
    return {"zh": zh, "en": en}


def _day(text: str, language: str) -> str:
    """A day as people say it.

    >>> _day("2026-11-18", "zh-CN"), _day("2026-11-18", "en")
    ('11月18日', '18 Nov')
    """
    day = date.fromisoformat(text)
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{day.month}月{day.day}日"
