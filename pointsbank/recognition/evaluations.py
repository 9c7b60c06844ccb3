"""Evaluations (评价情况): punctuality, manner and skill from one to five, by whom, when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Base, Int, Text
from pointsbank.people import VolunteerRef
from pointsbank.recognition.errors import MarkInvalid
from pointsbank.recognition.noted import (
    Lines,
    Noted,
    note,
    noted_table,
    optional,
    past_day,
    required,
)

MARKS = ("punctuality", "attitude", "skill")
MARK_LEAST, MARK_MOST = 1, 5


class Evaluation(Noted, Base):
    """What somebody thought of a volunteer's service; five is best. Who it was is a word."""

    __tablename__ = "evaluation"
    __table_args__ = noted_table(
        CheckConstraint(
            "punctuality BETWEEN 1 AND 5 AND attitude BETWEEN 1 AND 5 AND skill BETWEEN 1 AND 5",
            name="marks",
        )
    )

    evaluated_on: Mapped[str] = mapped_column(Text)
    punctuality: Mapped[int] = mapped_column(Int)
    attitude: Mapped[int] = mapped_column(Int)
    skill: Mapped[int] = mapped_column(Int)
    record_id: Mapped[int | None] = mapped_column(Int, ForeignKey("service_record.id"))


EVALUATIONS = Lines(
    Evaluation,
    Evaluation.evaluated_on,
    Evaluation.evaluated_on,
    Evaluation.punctuality,
    Evaluation.attitude,
    Evaluation.skill,
    Evaluation.record_id,
)


@dataclass(frozen=True)
class EvaluationFields:
    """An evaluation as it was typed, in the form that the file keeps."""

    punctuality: int
    attitude: int
    skill: int
    evaluator: str
    remark: str | None
    evaluated_on: str


def read_evaluation(
    *,
    punctuality: int,
    attitude: int,
    skill: int,
    evaluator: str,
    evaluated_on: str,
    remark: str | None = None,
    today: str,
) -> EvaluationFields:
    """Bring an evaluation into its form. Raises MarkInvalid, WordsMissing, DayAhead."""
    for mark in (punctuality, attitude, skill):
        if type(mark) is not int or not MARK_LEAST <= mark <= MARK_MOST:
            raise MarkInvalid()
    return EvaluationFields(
        punctuality,
        attitude,
        skill,
        required(evaluator, 60),
        optional(remark, 200),
        past_day(evaluated_on, today),
    )


def insert_evaluation(
    act: Act, person: VolunteerRef, told: EvaluationFields, record_id: int | None = None
) -> int:
    """A new evaluation in somebody's file, of one service or of all in general."""
    facts: dict[str, Any] = {**vars(told), "record_id": record_id}
    words = {name: facts.pop(name) for name in ("evaluator", "remark")}
    return note(act, EVALUATIONS, person, words, **facts)
