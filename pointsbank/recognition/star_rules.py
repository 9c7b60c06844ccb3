"""The table of stars (星级标准): how many hours a star takes, what else, and who decides.

A version is a document of data that is never changed; the one in force on the day when somebody is
put forward decides. What was decided keeps the version that decided it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Index, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    canonical_json,
    insert_ignoring,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import clean_text, day
from pointsbank.people import ANYBODY
from pointsbank.recognition.errors import StarRuleInPast, StarRuleWrong

SECONDS = ("none", "points", "quality")
STARS_MOST = 9
HOURS_MOST = 100_000
# What a second criterion may ask for: points ever earned, or tenths of a mark from 1.0 to 5.0.
LEAST_BOUNDS = {"points": (1, 10_000_000), "quality": (10, 50)}
BODY_MOST = 60


class StarRule(Base):
    """A version of the table. Of those that have started, the highest version is in force."""

    __tablename__ = "star_rule"
    __table_args__ = strict_table(Index(None, "starts_on"))

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    version: Mapped[int] = mapped_column(Int, unique=True)
    starts_on: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class StarStep:
    """What one star takes: whole hours, so much of the second criterion, and who decides.

    `approver` is a role of ours, or None for anybody who may be a second person; `body` is the body
    in whose name it is done, as the place writes it.
    """

    hours: int
    least: int | None = None
    approver: str | None = None
    body: str | None = None

    @property
    def minutes(self) -> int:
        return self.hours * 60


@dataclass(frozen=True)
class StarTable:
    """A table of stars: the first step is the first star.

    `lowers` says whether a star is looked at again when hours behind it were voided.
    """

    steps: tuple[StarStep, ...]
    second: str = "none"
    lowers: bool = False
    counts_back_filled: bool = True

    def step(self, stars: int) -> StarStep | None:
        """What this many stars take; None beyond the last."""
        return self.steps[stars - 1] if 0 < stars <= len(self.steps) else None

    def document(self) -> dict[str, Any]:
        """The table as the plain data that `read_star_table` reads."""
        return {**asdict(self), "steps": [asdict(step) for step in self.steps]}


@dataclass(frozen=True)
class StarVersion:
    """A table with its version; version 0 is the one that every bank begins with."""

    version: int
    starts_on: str
    table: StarTable
    decided_by: str | None
    proposed_by: str | None


# What most places begin with: by hours alone, from one star to five.
FIRST_TABLE = StarTable(tuple(StarStep(hours) for hours in (100, 300, 600, 1000, 1500)))
FIRST_VERSION = StarVersion(0, "0001-01-01", FIRST_TABLE, None, None)

_FIELDS = set(StarTable.__dataclass_fields__)
_STEP_FIELDS = set(StarStep.__dataclass_fields__)
_SELECT = select(
    StarRule.version,
    StarRule.starts_on,
    StarRule.document,
    StarRule.decided_by,
    StarRule.proposed_by,
)
_IN_FORCE = statement(
    _SELECT.where(StarRule.starts_on <= bindparam("of_day"))
    .order_by(StarRule.starts_on.desc(), StarRule.version.desc())
    .limit(1)
)
_BY_VERSION = statement(_SELECT.where(StarRule.version == bindparam("of_version")))
_ALL = statement(_SELECT.order_by(StarRule.version.desc()))
_LAST = statement(select(func.coalesce(func.max(StarRule.version), 0)))
_INSERT = statement(insert_ignoring(StarRule, "version").returning(StarRule.version))


def read_star_table(document: Mapping[str, Any]) -> StarTable:
    """Read a table from plain data. Raises StarRuleWrong, which says where and why.

    >>> read_star_table({"steps": [{"hours": 50, "least": 500}], "second": "points"}).steps[0].least
    500
    """
    _refuse_unknown(document, _FIELDS, "")
    second = document.get("second", "none")
    if second not in SECONDS:
        raise StarRuleWrong(where="second", reason="choice")
    for name in ("lowers", "counts_back_filled"):
        if type(document.get(name, False)) is not bool:
            raise StarRuleWrong(where=name, reason="choice")
    steps = document.get("steps")
    if not isinstance(steps, list | tuple) or not 0 < len(steps) <= STARS_MOST:
        raise StarRuleWrong(where="steps", reason="count")
    read = tuple(_read_step(step, place, second) for place, step in enumerate(steps, start=1))
    _refuse_falling(read)
    return StarTable(
        read, second, document.get("lowers", False), document.get("counts_back_filled", True)
    )


def _read_step(step: Any, place: int, second: str) -> StarStep:
    if not isinstance(step, Mapping):
        raise StarRuleWrong(where=f"{place}", reason="choice")
    _refuse_unknown(step, _STEP_FIELDS, f"{place}.")
    hours, least, approver = step.get("hours"), step.get("least"), step.get("approver")
    if type(hours) is not int or not 0 < hours <= HOURS_MOST:
        raise StarRuleWrong(where=f"{place}.hours", reason="number")
    if second == "none":
        if least is not None:
            raise StarRuleWrong(where=f"{place}.least", reason="not_asked")
    else:
        low, high = LEAST_BOUNDS[second]
        if type(least) is not int or not low <= least <= high:
            raise StarRuleWrong(where=f"{place}.least", reason="number")
    if approver is not None and approver not in ANYBODY:
        raise StarRuleWrong(where=f"{place}.approver", reason="choice")
    body = step.get("body")
    if body is not None and type(body) is not str:
        raise StarRuleWrong(where=f"{place}.body", reason="choice")
    return StarStep(hours, least, approver, (clean_text(body, BODY_MOST) or None) if body else None)


def _refuse_unknown(document: Mapping[str, Any], known: set[str], before: str) -> None:
    for name in document:
        if name not in known:
            raise StarRuleWrong(where=f"{before}{str(name)[:24]}", reason="unknown")


def _refuse_falling(steps: Sequence[StarStep]) -> None:
    for place, (lower, higher) in enumerate(pairwise(steps), start=2):
        if higher.hours <= lower.hours:
            raise StarRuleWrong(where=f"{place}.hours", reason="falls")
        if (higher.least or 0) < (lower.least or 0):
            raise StarRuleWrong(where=f"{place}.least", reason="falls")


def insert_star_rule(act: Act, table: StarTable, *, starts_on: str, proposed_by: str | None) -> int:
    """The version of a new table, in force from today or later on. Raises StarRuleInPast."""
    starts_on = day(starts_on)
    if starts_on < act.today:
        raise StarRuleInPast(starts_on=starts_on, today=act.today)
    last, made = int(act.session.value(_LAST)), None
    while made is None:
        # Somebody else may be setting one the same moment; then the version after is ours.
        last += 1
        made = act.session.value(
            _INSERT,
            version=last,
            starts_on=starts_on,
            document=canonical_json(table.document()).decode(),
            decided_by=act.caller.actor,
            decided_at=act.now,
            proposed_by=proposed_by,
        )
    return last


def star_rule_on(session: Session, on: str) -> StarVersion:
    """The table in force on a day: the one that started last, or the one of every bank."""
    row = session.row(_IN_FORCE, of_day=on)
    return FIRST_VERSION if row is None else _version(row)


def star_rule_by_version(session: Session, version: int) -> StarVersion:
    """The table that something was decided by."""
    row = session.row(_BY_VERSION, of_version=version)
    return FIRST_VERSION if row is None else _version(row)


def read_star_rules(session: Session) -> list[StarVersion]:
    """Every version, the newest first; the last is the one of every bank."""
    return [*(_version(row) for row in session.rows(_ALL)), FIRST_VERSION]


def _version(row: Any) -> StarVersion:
    table = read_star_table(json.loads(row.document))
    return StarVersion(row.version, row.starts_on, table, row.decided_by, row.proposed_by)
