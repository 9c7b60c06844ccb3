"""Which version of the rulebook counts for which day, for whoever goes through many records."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pointsbank.earning.errors import NoRule
from pointsbank.earning.rulebooks import read_rulebooks
from pointsbank.earning.rules import Rulebook, Served
from pointsbank.earning.working_days import WorkCalendar, work_calendar
from pointsbank.foundation import Session


class Rulebooks:
    """Every version of the rulebook, read once for many records."""

    def __init__(self, session: Session) -> None:
        self._session = session
        books = read_rulebooks(session)
        self._books = sorted(books, key=lambda one: (one.starts_on, one.version))

    def on(self, day: str) -> Rulebook:
        """The rulebook in force on a day: the one that started last. Raises NoRule."""
        for book in reversed(self._books):
            if book.starts_on <= day:
                return book
        raise NoRule(day=day)

    def version(self, version: int | None) -> Rulebook | None:
        """One version, by its number."""
        return next((book for book in self._books if book.version == version), None)

    def served(self, record: Any) -> Served:
        """What a record says, and what its day was where any of the rulebooks asks."""
        asked = any(book.multipliers.asks_calendar for book in self._books)
        return Served.of(record, self._calendar.kind_of(record.served_on) if asked else None)

    @cached_property
    def _calendar(self) -> WorkCalendar:
        return work_calendar(self._session)

    def shortest_review(self) -> int | None:
        """The fewest days after which any of them lets a record lapse; None for never."""
        told = [one.review_within_days for one in self._books]
        return min((days for days in told if days is not None), default=None)
