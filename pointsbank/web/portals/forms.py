"""Forms that book once: typed values are kept, a refusal comes back on the form with its sentence.

Every form carries a key that was made when it was rendered, so that a double click is one booking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import flash, redirect, request

from pointsbank.foundation import (
    Caller,
    InvalidInput,
    InvariantBroken,
    Operation,
    Outcome,
    PointsBankError,
    Unavailable,
    in_parts,
    new_key,
    part_key,
)
from pointsbank.foundation.cells import day as read_day
from pointsbank.foundation.cells import fen, whole_number
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.errors import problem_of, status_of
from pointsbank.web.i18n import current_language

WHOLE_MOST = 1_000_000
Value = TypeVar("Value")


class FieldMissing(InvalidInput):
    """A field of a form is empty (没有填)."""

    code = "web.field_missing"


@dataclass
class Form:
    """What a template needs of a form: its key, what was typed, and what was refused."""

    key: str = field(default_factory=new_key)
    typed: Mapping[str, str] = field(default_factory=dict)
    problem: dict[str, Any] | None = None
    wrong_field: str | None = None

    @classmethod
    def of(cls, refusal: PointsBankError, typed: Typed | None = None) -> Form:
        """A form that comes back with its refusal.

        It gets a fresh key after a definite refusal; while the outcome is not known it keeps its
        own, so that pressing again cannot book twice.
        """
        form = cls(problem=problem_of(refusal))
        if typed is not None:
            form.typed, form.wrong_field = typed.fields, typed.reading
        if isinstance(refusal, Unavailable):
            form.key = request_key()
        return form

    def value(self, name: str, default: object = "") -> object:
        """What was typed into a field, else its default."""
        return self.typed.get(name, default)

    def error(self, name: str) -> str:
        """The sentence that stands under a field, or nothing."""
        if self.problem is None or self.wrong_field != name:
            return ""
        title, detail = str(self.problem["title"]), str(self.problem["detail"])
        full, gap = ("。", "") if current_language() == "zh-CN" else (".", " ")
        stop = "" if title.endswith(("。", ".")) else full
        return f"{title}{stop}{gap}{detail}" if detail else title


class Typed:
    """The fields of a sent form, read one by one; the first that cannot be read is remembered."""

    def __init__(self) -> None:
        self.fields = {name: value.strip() for name, value in request.form.items()}
        self.reading: str | None = None

    def text(self, name: str) -> str:
        """A field that must be filled in."""
        self.reading = name
        value = self.fields.get(name, "")
        if not value:
            raise FieldMissing()
        return self._read(value)

    def secret(self, name: str) -> str:
        """A field that must be filled in, and that a form which comes back does not show again."""
        value = self.text(name)
        del self.fields[name]
        return value

    def maybe(self, name: str) -> str | None:
        """A field that may stay empty."""
        return self.fields.get(name) or None

    def told(self, name: str, read: Callable[[str], Value]) -> Value | None:
        """A field that may stay empty, read by a reader of its own."""
        value = self.maybe(name)
        if value is None:
            return None
        self.reading = name
        return self._read(read(value))

    def ticked(self, name: str) -> bool:
        """A box that may be ticked."""
        return self.maybe(name) is not None

    def confirmed(self, name: str) -> None:
        """A box that must be ticked, because there is no way back."""
        self.text(name)

    def whole(self, name: str, least: int = 1, most: int = WHOLE_MOST) -> int:
        """A whole number."""
        text = self.text(name)
        self.reading = name
        return self._read(whole_number(text, least, most))

    def day(self, name: str) -> str | None:
        """A day, or None when it is empty."""
        return self.told(name, read_day)

    def fen(self, name: str) -> int | None:
        """Yuan as fen, or None when it is empty."""
        return self.told(name, fen)

    def _read(self, value: Value) -> Value:
        self.reading = None
        return value


def book(verb: Operation[Any], *, by: Caller | None = None, **values: Any) -> Outcome:
    """Run a verb for the visitor, or for who confirms beside the screen, under the form's key."""
    caller = by or current_visitor().caller
    return verb(current_bank(), by=caller, key=request_key(), **values)


def book_in_parts(
    verb: Operation[Any], name: str, rows: Sequence[str], most: int, *, by: Caller | None = None
) -> list[Outcome]:
    """Book a long list, its rows under `name`, in parts of at most so many; one outcome for each.

    Each part has a key that is made from the form's: what was booked before somebody else was let
    at the writer, or before a break, stays, and the same form goes on behind it.
    """
    bank, caller, key = current_bank(), by or current_visitor().caller, request_key()
    return [
        verb(bank, by=caller, key=part_key(key, part), **{name: list(part)})
        for part in in_parts(rows, most)
    ]


def submit(
    work: Callable[[Typed], Outcome],
    *,
    again: Callable[[Form], str],
    done: Callable[[Outcome], tuple[str, str]],
) -> Any:
    """Book what a form asks. `again` shows the form once more; `done` says where to go and what."""
    typed = Typed()
    try:
        outcome = work(typed)
    except InvariantBroken:
        raise
    except PointsBankError as refusal:
        return again(Form.of(refusal, typed)), int(status_of(refusal))
    target, said = done(outcome)
    flash(said, outcome.receipt)
    return redirect(target)
