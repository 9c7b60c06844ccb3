"""The fields that requests are made of: each takes one form and refuses every other.

What is wrong with a field is told by a word for programs (`required`, `range`, `form`), because the
sentence for people belongs to the whole refusal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from pointsbank.web.api.strict_json import is_harmful

_WORDS: dict[str, Any] = {
    "required": "required",
    "null": "null",
    "invalid": "form",
    "invalid_utf8": "form",
    "too_large": "range",
    "type": "form",
    "unsafe": "unsafe",
    "length": "length",
}
_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Body(Schema):
    """A request or an answer whose names are all known."""

    class Meta:
        unknown = RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages |= {"unknown": "unknown", "type": "form", "invalid": "form"}


class Nothing(Body):
    """The empty body of a request that says everything by its address."""


def told(description: str, *examples: Any) -> dict[str, Any]:
    """What the API's document says of a field."""
    return {"description": description, **({"examples": list(examples)} if examples else {})}


class CleanText(fields.String):
    """One line of text: composed (NFC), trimmed, of so many characters, nothing invisible in it."""

    def __init__(self, most: int, *, least: int = 1, **options: Any) -> None:
        super().__init__(
            error_messages=_WORDS,
            validate=validate.Length(least, most, error="length"),
            **options,
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if is_harmful(text):
            raise self.make_error("unsafe")
        return unicodedata.normalize("NFC", text).strip()


class Code(fields.String):
    """Text of a fixed alphabet and length, such as a card's code."""

    def __init__(self, pattern: str, **options: Any) -> None:
        super().__init__(
            error_messages=_WORDS,
            # Written as the document's readers know it; `$` alone would let a line end pass.
            validate=validate.Regexp(re.compile(rf"^(?:{pattern})$", re.ASCII), error="form"),
            **options,
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        if text.endswith("\n"):
            raise self.make_error("invalid")
        return text


class OneOf(fields.String):
    """One of a closed list of words."""

    def __init__(self, *words: str, **options: Any) -> None:
        super().__init__(
            error_messages=_WORDS, validate=validate.OneOf(words, error="choice"), **options
        )


class Whole(fields.Integer):
    """A whole number in JSON, between two bounds: no text, no fraction, no truth value."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(
            strict=True,
            error_messages=_WORDS,
            validate=validate.Range(least, most, error="range"),
            **options,
        )


class WrittenWhole(fields.Integer):
    """A whole number in an address, written in plain digits: neither `1_0` nor `１２` is one."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(
            error_messages=_WORDS, validate=validate.Range(least, most, error="range"), **options
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> int:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise self.make_error("invalid")
        return int(value)


class Day(fields.String):
    """A day as `2026-11-22`, one that is in the calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages=_WORDS, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not _DAY.fullmatch(text):
            raise self.make_error("invalid")
        try:
            date.fromisoformat(text)
        except ValueError as cause:
            raise self.make_error("invalid") from cause
        return text


class Drawing(Body):
    """A QR code as a path of unit squares, for an SVG."""

    side = fields.Integer(required=True, metadata=told("边长 Its width, with the quiet zone", 41))
    path = fields.String(required=True, metadata=told("黑格 The dark squares", "M4 4h1v1h-1z"))
