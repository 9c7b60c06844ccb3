"""What the doors may ask about a person's file; plain data comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning import record_number
from pointsbank.foundation import Session, query
from pointsbank.people import read_words
from pointsbank.recognition.awards import AWARDS
from pointsbank.recognition.evaluations import EVALUATIONS
from pointsbank.recognition.noted import Lines
from pointsbank.recognition.trainings import TRAININGS


@dataclass(frozen=True)
class FileLine:
    """One line of a file: its day and facts, its words, and why it was struck out if it was.

    The words are empty once the person is forgotten.
    """

    id: int
    facts: dict[str, Any]
    words: dict[str, str]
    noted_by: str
    noted_at: str
    struck_by: str | None
    struck_at: str | None
    struck_reason: str | None

    @property
    def stands(self) -> bool:
        return self.struck_at is None


@dataclass(frozen=True)
class FileBlocks:
    """Three of the five blocks of a person's file (培训、表彰、评价), each the newest first."""

    trainings: list[FileLine]
    awards: list[FileLine]
    evaluations: list[FileLine]

    @property
    def training_minutes(self) -> int:
        return sum(one.facts["minutes"] for one in self.trainings if one.stands)

    def standing(self) -> FileBlocks:
        """The same without what was struck out: what is printed and shown to the person."""
        return FileBlocks(*([one for one in lines if one.stands] for lines in vars(self).values()))


def read_blocks(session: Session, volunteer_id: int) -> FileBlocks:
    """The blocks of one volunteer's file."""
    return FileBlocks(
        _read(session, TRAININGS, volunteer_id),
        _read(session, AWARDS, volunteer_id),
        _read(session, EVALUATIONS, volunteer_id),
    )


@query
def get_blocks(session: Session, *, volunteer_id: int) -> FileBlocks:
    """The same as a question."""
    return read_blocks(session, volunteer_id)


_OF_EVERY_LINE = {
    "id",
    "words_id",
    "noted_by",
    "noted_at",
    "struck_by",
    "struck_at",
    "struck_words_id",
}


def _read(session: Session, lines: Lines, volunteer_id: int) -> list[FileLine]:
    rows = session.rows(lines.of_volunteer, of_volunteer=volunteer_id)
    words = read_words(
        session, [one for row in rows for one in (row.words_id, row.struck_words_id)]
    )
    return [_line(row, words) for row in rows]


def _line(row: Any, words: dict[int, dict[str, Any]]) -> FileLine:
    facts = {name: value for name, value in row._asdict().items() if name not in _OF_EVERY_LINE}
    if "record_id" in facts:
        record_id = facts.pop("record_id")
        facts["record"] = None if record_id is None else record_number(record_id)
    return FileLine(
        id=row.id,
        facts=facts,
        words=words.get(row.words_id, {}),
        noted_by=row.noted_by,
        noted_at=row.noted_at,
        struck_by=row.struck_by,
        struck_at=row.struck_at,
        struck_reason=words.get(row.struck_words_id, {}).get("reason"),
    )
