"""Awards (表彰奖励情况): what it is called, the paper and its number, by whom, when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Base, Text
from pointsbank.people import VolunteerRef
from pointsbank.recognition.noted import (
    Lines,
    Noted,
    note,
    noted_table,
    optional,
    past_day,
    required,
)


class Award(Noted, Base):
    """One award that somebody was given. What it is called, and by whom it was given, are words."""

    __tablename__ = "award"
    __table_args__ = noted_table()

    given_on: Mapped[str] = mapped_column(Text)


AWARDS = Lines(Award, Award.given_on, Award.given_on)


@dataclass(frozen=True)
class AwardFields:
    """An award as it was typed, in the form that the file keeps."""

    name: str
    document: str | None
    document_number: str | None
    given_by: str
    given_on: str


def read_award(
    *,
    name: str,
    given_by: str,
    given_on: str,
    document: str | None = None,
    document_number: str | None = None,
    today: str,
) -> AwardFields:
    """Bring an award into its form. Raises WordsMissing, DayAhead."""
    return AwardFields(
        required(name, 100),
        optional(document, 100),
        optional(document_number, 60),
        required(given_by, 100),
        past_day(given_on, today),
    )


def insert_award(act: Act, person: VolunteerRef, told: AwardFields) -> int:
    """A new award in somebody's file."""
    words: dict[str, Any] = {**vars(told)}
    return note(act, AWARDS, person, words, given_on=words.pop("given_on"))
