"""Reading a body strictly: what is ambiguous in JSON is refused, not guessed.

Twice the same name, NaN and infinities, numbers of thousands of digits, fractions, bodies nested
without end, control characters and halves of characters: all of them are a 400 or a 422, never a
surprise further down.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any, NoReturn

from flask import Request
from webargs import core
from webargs.flaskparser import is_json_request
from werkzeug.exceptions import UnsupportedMediaType

from pointsbank.web.errors import BodyUnreadable

DIGITS_MOST = 18
DEPTH_MOST = 20
_HARMFUL = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# Marks that turn text around or hide in it; joiners stay, some scripts need them.
_HIDDEN = frozenset("\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff") | {
    chr(code)
    for first, last in ((0x202A, 0x202E), (0x2066, 0x2069))
    for code in range(first, last + 1)
}


def _refuse(reason: str) -> NoReturn:
    raise BodyUnreadable(reason=reason)


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > DIGITS_MOST:
        _refuse("number_too_long")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("name_twice")
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole,
    parse_float=lambda _: _refuse("fraction"),
    parse_constant=lambda _: _refuse("not_a_number"),
)


def parse_strictly(body: bytes) -> Any:
    """The body's value. Raises BodyUnreadable with the reason in its facts."""
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        _refuse("not_utf8")
    except (json.JSONDecodeError, RecursionError):
        _refuse("not_json")
    _refuse_deep_or_harmful(value, 0)
    return value


def is_harmful(text: str) -> bool:
    """Whether a text holds a character that nobody can see, or half of one."""
    if text.isascii() and text.isprintable():
        return False
    return any(char in _HIDDEN or unicodedata.category(char) in _HARMFUL for char in text)


def _refuse_deep_or_harmful(value: Any, depth: int) -> None:
    if depth > DEPTH_MOST:
        _refuse("too_deep")
    if isinstance(value, str):
        if is_harmful(value):
            _refuse("control_character")
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse_deep_or_harmful(name, depth + 1)
            _refuse_deep_or_harmful(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _refuse_deep_or_harmful(item, depth + 1)


def load_body(request: Request) -> Any:
    """A request's JSON body for the argument parser; `missing` when there is none.

    Raises BodyUnreadable, and 415 for a body that does not say that it is JSON.
    """
    body = request.get_data(cache=True)
    if not body:
        return core.missing
    if not is_json_request(request):
        raise UnsupportedMediaType()
    return parse_strictly(body)
