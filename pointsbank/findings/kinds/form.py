"""What every kind of finding is: a question about the books that names what a worker looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import aliased

from pointsbank.earning import ServiceRecord
from pointsbank.findings.numbers import Numbers
from pointsbank.foundation import Session

# What was rejected, lapsed or voided is nobody's gain; the rest counts or is on its way.
GONE = ("rejected", "lapsed", "void")
record = aliased(ServiceRecord, name="record")
other = aliased(ServiceRecord, name="other")


@dataclass(frozen=True)
class Window:
    """What is looked through: services of these days, both included, and the numbers in force."""

    since: str
    until: str
    numbers: Numbers


@dataclass(frozen=True)
class Found:
    """Something found. `about` is the same whenever the same is found again.

    Facts are numbers, days, codes, public ids and names of activities and teams, never people's.
    """

    about: str
    volunteer_id: int | None = None
    record_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FindingKind:
    """One kind of finding: its code, and the question that finds it."""

    code: str
    find: Callable[[Session, Window], Iterable[Found]]


def is_standing(table: Any) -> Any:
    """A statement's part: records that are looked at."""
    return and_(*(table.status != status for status in GONE))
