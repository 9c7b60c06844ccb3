"""Trainings (培训情况): subject, day, length (学时), who held it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Base, Int, Text
from pointsbank.people import VolunteerRef
from pointsbank.recognition.errors import LengthInvalid
from pointsbank.recognition.noted import Lines, Noted, note, noted_table, past_day, required

MINUTES_MOST = 1_000 * 60


class Training(Noted, Base):
    """One training that somebody attended. Its subject and holder are words."""

    __tablename__ = "training"
    __table_args__ = noted_table(
        CheckConstraint(f"minutes BETWEEN 1 AND {MINUTES_MOST}", name="minutes")
    )

    held_on: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(Int)


TRAININGS = Lines(Training, Training.held_on, Training.held_on, Training.minutes)


@dataclass(frozen=True)
class TrainingFields:
    """A training as it was typed, in the form that the file keeps."""

    subject: str
    organiser: str
    held_on: str
    minutes: int


def read_training(
    *, subject: str, organiser: str, held_on: str, minutes: int, today: str
) -> TrainingFields:
    """Bring a training into its form. Raises WordsMissing, DayAhead, LengthInvalid."""
    if type(minutes) is not int or not 0 < minutes <= MINUTES_MOST:
        raise LengthInvalid(most=MINUTES_MOST // 60)
    return TrainingFields(
        required(subject, 100), required(organiser, 100), past_day(held_on, today), minutes
    )


def insert_training(act: Act, person: VolunteerRef, told: TrainingFields) -> int:
    """A new training in somebody's file."""
    words: dict[str, Any] = {"subject": told.subject, "organiser": told.organiser}
    return note(act, TRAININGS, person, words, held_on=told.held_on, minutes=told.minutes)
