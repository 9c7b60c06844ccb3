"""Entry kinds (凭证种类): a movement is declared before it can happen.

Every room declares the kinds that it posts; what is not declared is refused. A kind travels as an
argument, so that a reader of a booking sees at once what may move there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pointsbank.ledger.accounts import ACCOUNT_TYPES

_KINDS: dict[str, EntryKind] = {}


@dataclass(frozen=True)
class EntryKind:
    """Which types of account may send to which, under one stable code."""

    code: str
    routes: frozenset[tuple[str, str]]

    def allows(self, source_type: str, target_type: str) -> bool:
        return (source_type, target_type) in self.routes


def declare_kind(code: str, routes: Iterable[tuple[str, str]]) -> EntryKind:
    """Declare an entry kind once. Both ends of a route hold the same sort of commodity."""
    kind = EntryKind(code, frozenset(routes))
    for source, target in kind.routes:
        if ACCOUNT_TYPES[source].holds != ACCOUNT_TYPES[target].holds:
            raise ValueError(f"{code}: {source} and {target} hold different things")
    if code in _KINDS:
        raise ValueError(f"{code} is declared twice")
    _KINDS[code] = kind
    return kind


def list_kinds() -> list[EntryKind]:
    """Every kind that the rooms have declared, by code."""
    return [_KINDS[code] for code in sorted(_KINDS)]
