"""What was served, as the rules see it: one service, and what counted before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

BETWEEN_TAGS = "、"
# What a day is by its year's list of holidays (放假安排); a make-up Saturday is a workday.
HOLIDAY, WEEKEND, WORKDAY = "holiday", "weekend", "workday"


@dataclass(frozen=True)
class Served:
    """One service. `served_on` is the day on which it began, in the shop's own time.

    `tags` are what else was true of it: an emergency, a qualification, a level. `day_kind` is what
    its day was, None where its year has no list of holidays yet, or where no rule asks.
    `activity_id` is the planned activity that it was part of, if it was planned.
    """

    minutes: int
    source: str
    served_on: str
    activity: str = ""
    category: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    tags: frozenset[str] = frozenset()
    day_kind: str | None = None
    activity_id: int | None = None

    @classmethod
    def of(cls, record: Any, day_kind: str | None = None) -> Served:
        """What a service record says, whatever else stands in it."""
        return cls(
            minutes=record.minutes,
            source=record.source,
            served_on=record.served_on,
            activity=record.activity,
            category=record.category,
            started_at=record.started_at,
            ended_at=record.ended_at,
            tags=frozenset(split_tags(record.tags)),
            day_kind=day_kind,
            activity_id=record.activity_id,
        )


def is_same_activity(one: Served | Counted, other: Served | Counted) -> bool:
    """Whether two services belong to one activity: by its number, where both were planned.

    Where one of them was not, by name and day; so a cap is not passed by typing the rest in.
    """
    if one.activity_id is not None and other.activity_id is not None:
        return one.activity_id == other.activity_id
    return (one.activity, one.served_on) == (other.activity, other.served_on)


def split_tags(text: str | None) -> list[str]:
    """The tags of a record, which keeps them in one text.

    >>> split_tags("专业、应急"), split_tags(None)
    (['专业', '应急'], [])
    """
    return text.split(BETWEEN_TAGS) if text else []


def join_tags(tags: Iterable[str]) -> str | None:
    """Tags as a record keeps them, in one order; None for none."""
    return BETWEEN_TAGS.join(sorted(set(tags))) or None


@dataclass(frozen=True)
class Counted:
    """A service that has counted already: minutes and points as they stand in the books."""

    served_on: str
    activity: str
    category: str | None
    minutes: int
    points: int
    activity_id: int | None = None


@dataclass(frozen=True)
class SoFar:
    """What has counted already for somebody, as far as the caps of a rulebook ask."""

    services: tuple[Counted, ...] = ()

    def with_one(self, one: Counted) -> SoFar:
        """The same and one service more, for whoever decides on several in a row."""
        return SoFar((*self.services, one))


NOTHING_SO_FAR = SoFar()
