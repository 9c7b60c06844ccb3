"""What a kind of rule is (规则的种类): a part of a rulebook that is read, told and written back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from pointsbank.earning.rules.reading import Part


class Words(NamedTuple):
    """The same sentence in Chinese and English."""

    zh: str
    en: str


def several(count: int, noun: str) -> str:
    """So many of something, in English.

    >>> several(1, "point"), several(2, "point")
    ('1 point', '2 points')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class Rule(Protocol):
    """One rule of a rulebook: it can say itself to people, and be written back."""

    def to_document(self) -> dict[str, Any]:
        """The rule as plain values; reading them again gives the same rule."""

    def tell(self) -> list[Words]:
        """The rule in sentences that a worker understands; none when it changes nothing."""


@dataclass(frozen=True)
class RuleKind:
    """A kind of rule. `code` is its field in a document, or for a rate its `kind`.

    With `many` a rulebook holds a list of them, with `optional` perhaps none. `examples` are
    documents that are right; the promises of every kind are tried on them.
    """

    code: str
    title: Words
    read: Callable[[Part], Any]
    examples: tuple[Mapping[str, Any], ...]
    many: bool = False
    optional: bool = False
