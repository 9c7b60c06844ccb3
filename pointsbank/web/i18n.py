"""Two languages: Chinese first, English at one touch.

Pages are written in Chinese and translated by the catalogue `messages`; the sentences of refusals
and other coded things are looked up by code in the catalogue `codes`, which speaks both. What
either says of points is said in what this community calls them (`currency.py`).
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, get_locale

from pointsbank.foundation import SHOP_ZONE, PointsBankError, from_instant
from pointsbank.web.currency import in_currency

LANGUAGES = {"zh-CN": "zh_Hans_CN", "en": "en"}
COOKIE = "lang"
_YEAR_SECONDS = 365 * 24 * 3600
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)

FOLDER = Path(__file__).parent / "translations"


class _Named:
    """A catalogue whose sentences name points as this community does."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def ugettext(self, message: str) -> str:
        return in_currency(self._catalogue.ugettext(message), current_language())

    def upgettext(self, context: str, message: str) -> str:
        return in_currency(self._catalogue.upgettext(context, message), current_language())

    def ungettext(self, one: str, many: str, number: int) -> str:
        return in_currency(self._catalogue.ungettext(one, many, number), current_language())


class _NamedDomain(Domain):
    """The pages' catalogue; everything that asks for a sentence of it comes through here."""

    def get_translations(self) -> _Named:
        return _Named(super().get_translations())


class _Babel(Babel):
    @cached_property
    def domain_instance(self) -> Domain:
        return _NamedDomain(domain=self.domain)


babel = _Babel()


def init_app(app: Flask) -> None:
    app.config.update(
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    babel.init_app(app, locale_selector=_select_locale)
    app.context_processor(lambda: {"lang": current_language(), "languages": list(LANGUAGES)})
    app.after_request(_remember_choice)


def current_language() -> str:
    """`zh-CN` or `en`."""
    if not has_request_context():
        return "zh-CN"
    return "en" if str(get_locale() or "").startswith("en") else "zh-CN"


def _select_locale() -> str:
    if not has_request_context():
        return LANGUAGES["zh-CN"]
    wanted = request.args.get("lang") or request.cookies.get(COOKIE)
    if wanted in LANGUAGES:
        return LANGUAGES[wanted]
    if request.path.startswith("/api/"):
        best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN")
        return LANGUAGES["en" if best == "en" else "zh-CN"]
    return LANGUAGES["zh-CN"]


def _remember_choice(response: Any) -> Any:
    if request.path.startswith("/api/"):
        return response
    wanted = request.args.get("lang")
    if wanted in LANGUAGES:
        response.set_cookie(COOKIE, wanted, max_age=_YEAR_SECONDS, samesite="Lax", path="/")
    return response


def sentence(code: str, part: str = "title", language: str | None = None, /, **facts: Any) -> str:
    """The sentence of a code; `part` is `title` or `detail`.

    In the reader's language unless another is asked for; outside a request that is Chinese. A
    `reason` among the facts may pick a sentence of its own (`code.reason.title`). A code without a
    title is said as it is, one without a detail says nothing more.
    """
    locale = LANGUAGES[language or current_language()]
    found = _find(locale, f"{code}.{facts.get('reason')}.{part}") or _find(locale, f"{code}.{part}")
    if found is None:
        return "" if part == "detail" else code
    told = {name: _at(value) for name, value in facts.items()}
    return in_currency(found, language or current_language()).format_map(_Facts(told))


def row_sentence(code: str, /, **facts: Any) -> str:
    """What is wrong with a row of a list and what to do about it, in one line.

    Where a refusal's own detail speaks to somebody at a kiosk or a form, `code.row` speaks here.
    """
    if _find(LANGUAGES[current_language()], f"{code}.row") is not None:
        return sentence(code, "row", **facts)
    title, detail = sentence(code, "title", **facts), sentence(code, "detail", **facts)
    stop = ". " if current_language() == "en" else "。"
    return f"{title.rstrip('。. ')}{stop}{detail}" if detail else title


def _at(fact: Any) -> Any:
    """An instant among the facts as the shop's clock shows it; everything else as it is.

    >>> _at("2026-11-20T00:58:00.000000Z"), _at("2026-11-20"), _at(12)
    ('08:58', '2026-11-20', 12)
    """
    if isinstance(fact, str) and _INSTANT.fullmatch(fact):
        return from_instant(fact).astimezone(SHOP_ZONE).strftime("%H:%M")
    return fact


def _find(locale: str, name: str) -> str | None:
    found: str = _codes(locale).gettext(name)
    return None if found == name else found


def both_sentences(refusal: PointsBankError) -> list[str]:
    """A refusal in both languages, for a terminal."""
    lines = []
    for language in LANGUAGES:
        title, detail = (
            sentence(refusal.code, part, language, **refusal.facts) for part in ("title", "detail")
        )
        stop = "。" if language == "zh-CN" else ". "
        lines.append(stop.join(part for part in (title, detail) if part))
    return [*lines, f"[{refusal}]"]


class _Facts(dict[str, Any]):
    """A fact that was not given is shown by its name, so that a sentence never fails."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


@cache
def _codes(locale: str) -> NullTranslations:
    return Translations.load(str(FOLDER), [locale], domain="codes")
