"""The news that come with a card: a few lines in both languages, and how many wait behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields

from pointsbank.people import NewsLine
from pointsbank.web.api.fields import Body, told
from pointsbank.web.api.kiosk import Bilingual
from pointsbank.web.news_words import both_languages

# A person at a kiosk reads no more of them at a time.
LINES_MOST = 5


class News(Body):
    """Something that this person has not been told yet; several of one kind are one line."""

    id = fields.String(
        required=True, metadata=told("给回来就算告诉了 Say it to /news/told", "N412.413")
    )
    text = fields.Nested(Bilingual, required=True)
    tone = fields.String(required=True, metadata=told("`in` or `stop`", "in"))


def news_body(lines: Sequence[NewsLine], *, quiet: bool) -> dict[str, Any]:
    """The news that come with a card: a few lines, and how many wait behind them."""
    return {
        "news": [
            {
                "id": "N" + ".".join(str(one) for one in line.ids),
                "text": both_languages(line, quiet=quiet),
                "tone": line.tone,
            }
            for line in lines[:LINES_MOST]
        ],
        "news_more": max(0, len(lines) - LINES_MOST),
    }
