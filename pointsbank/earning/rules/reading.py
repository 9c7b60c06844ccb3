"""Reading a rulebook's document: a value or a problem with its path, never a guess.

All problems are told, not only the first, so that a file needs mending once. What could not be read
stands for its default meanwhile, and a document with a problem never becomes a rulebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from pointsbank.earning.rules.errors import (
    RulebookChoiceWrong,
    RulebookDayWrong,
    RulebookFieldMissing,
    RulebookFieldUnknown,
    RulebookListWrong,
    RulebookNumberWrong,
    RulebookPartWrong,
    RulebookTextWrong,
    RulebookTimeWrong,
)
from pointsbank.foundation import PointsBankError
from pointsbank.foundation.cells import clean_text

NAME_MOST = 40
LIST_MOST = 400
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Part:
    """A group of fields of a document on its way to values; its problems go to one list."""

    def __init__(self, value: Any, path: str = "", problems: list[PointsBankError] | None = None):
        self.path = path
        self.problems: list[PointsBankError] = [] if problems is None else problems
        self._known: set[str] = set()
        self._fields: dict[str, Any] = {}
        if isinstance(value, dict):
            self._fields = value
        else:
            self.problems.append(RulebookPartWrong(path=path or "."))

    def place(self, name: str) -> str:
        """Where a field stands, as one would point at it."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Whether anything stands there; `null` is nothing."""
        self._known.add(name)
        return self._fields.get(name) is not None

    def _take(self, name: str, need: bool) -> Any:
        there = self.has(name)
        if need and not there:
            self.problems.append(RulebookFieldMissing(path=self.place(name)))
        return self._fields.get(name)

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number; it must be there unless there is a default."""
        value = self._take(name, default is None)
        if value is None:
            return least if default is None else default
        return self._whole(value, self.place(name), least, most)

    def maybe_whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number, or None where nothing stands."""
        value = self._take(name, False)
        return None if value is None else self._whole(value, self.place(name), least, most)

    def _whole(self, value: Any, path: str, least: int, most: int) -> int:
        # A bool is an int to Python, and 1.0 or "1" is what people write when they mean otherwise.
        if type(value) is not int or not least <= value <= most:
            self.problems.append(RulebookNumberWrong(path=path, least=least, most=most))
            return least
        return value

    def text(self, name: str, most: int = NAME_MOST, default: str | None = None) -> str:
        """A text that is not empty; it must be there unless there is a default."""
        value = self._take(name, default is None)
        if value is None or value == default:
            return "?" if default is None else default
        return self._text(value, self.place(name), most)

    def _text(self, value: Any, path: str, most: int) -> str:
        try:
            clean = clean_text(value, most) if isinstance(value, str) else ""
        except PointsBankError:
            clean = ""
        if not clean:
            self.problems.append(RulebookTextWrong(path=path, most=most))
        return clean or "?"

    def one_of(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of some words; one must be there unless there is a default."""
        value = self._take(name, default is None)
        if value is None:
            return default or allowed[0]
        return self._one_of(value, self.place(name), allowed)

    def _one_of(self, value: Any, path: str, allowed: Sequence[str]) -> str:
        if not isinstance(value, str) or value not in allowed:
            self.problems.append(RulebookChoiceWrong(path=path, allowed=", ".join(allowed)))
            return allowed[0]
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false."""
        value = self._take(name, False)
        if value is None:
            return default
        if not isinstance(value, bool):
            allowed = "true, false"
            self.problems.append(RulebookChoiceWrong(path=self.place(name), allowed=allowed))
            return default
        return value

    def time(self, name: str) -> str:
        """A time of day, as 22:00."""
        value = self._take(name, True)
        if value is None:
            return "00:00"
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            self.problems.append(RulebookTimeWrong(path=self.place(name)))
            return "00:00"
        return value

    def texts(self, name: str, most: int = NAME_MOST) -> tuple[str, ...]:
        """Some texts, perhaps none."""
        return tuple(self._text(one, path, most) for one, path in self._items(name))

    def some_of(
        self, name: str, allowed: Sequence[str], default: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Some of these words, in the order in which they are always told."""
        if not self.has(name):
            return tuple(default)
        chosen = {self._one_of(one, path, allowed) for one, path in self._items(name)}
        return tuple(one for one in allowed if one in chosen)

    def numbers(self, name: str, least: int, most: int) -> tuple[int, ...]:
        """Some whole numbers, perhaps none, in their order."""
        found = {self._whole(one, path, least, most) for one, path in self._items(name)}
        return tuple(sorted(found))

    def days(self, name: str) -> tuple[str, ...]:
        """Some days, perhaps none, in their order."""
        return tuple(sorted({self._day(one, path) for one, path in self._items(name)}))

    def _day(self, value: Any, path: str) -> str:
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
        self.problems.append(RulebookDayWrong(path=path))
        return "2000-01-01"

    def part(self, name: str) -> Part:
        """A group of fields within this one; one that is not there is an empty one."""
        value = self._take(name, False)
        return Part({} if value is None else value, self.place(name), self.problems)

    def parts(self, name: str, least: int = 0, most: int = LIST_MOST) -> list[Part]:
        """A list of groups of fields."""
        return [Part(one, path, self.problems) for one, path in self._items(name, least, most)]

    def _items(self, name: str, least: int = 0, most: int = LIST_MOST) -> Iterator[tuple[Any, str]]:
        value = self._take(name, least > 0)
        if value is None:
            return
        path = self.place(name)
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.problems.append(RulebookListWrong(path=path, least=least, most=most))
            return
        for place, one in enumerate(value):
            yield one, f"{path}[{place}]"

    def done(self) -> None:
        """Say what nobody has asked for: a field with a slip of the pen would go unheeded."""
        for name in self._fields:
            if name not in self._known:
                known = ", ".join(sorted(self._known))
                path = self.place(str(name)[:NAME_MOST])
                self.problems.append(RulebookFieldUnknown(path=path, known=known))
