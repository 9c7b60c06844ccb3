"""What is noted in a person's file (记入档案): about whom, by whom, and whether it was struck out.

Days, numbers and marks stand in these tables; every word stands with the people's own data, so that
it goes when the person is forgotten. A line is never rubbed out: it is struck out, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Int, Statement, Text, statement, strict_table
from pointsbank.foundation.cells import clean_text, day, required_text
from pointsbank.people import VolunteerRef, hold_volunteer, hold_volunteer_by_id, write_words
from pointsbank.recognition.errors import (
    DayAhead,
    LineStruck,
    LineUnknown,
    PeopleMissing,
    WordsMissing,
)

PEOPLE_MOST = 200
REASON_MOST = 200


class Noted:
    """Columns of every line of a file."""

    # The order puts these before a table's own columns.
    id: Mapped[int] = mapped_column(Int, primary_key=True, sort_order=-1)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"), sort_order=-1)
    words_id: Mapped[int] = mapped_column(Int, ForeignKey("personal_text.id"), sort_order=-1)
    noted_by: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[str] = mapped_column(Text)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    struck_by: Mapped[str | None] = mapped_column(Text)
    struck_at: Mapped[str | None] = mapped_column(Text)
    struck_words_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))


def noted_table(*parts: Any) -> tuple[Any, ...]:
    """`__table_args__` of a table whose rows are lines of a file."""
    return strict_table(
        *parts,
        CheckConstraint(
            "(struck_at IS NULL) = (struck_by IS NULL)"
            " AND (struck_at IS NULL) = (struck_words_id IS NULL)",
            name="struck",
        ),
        Index(None, "volunteer_id"),
    )


class Lines:
    """The statements that one kind of lines needs."""

    def __init__(self, table: type[Noted], newest: Any, *columns: Any) -> None:
        self.insert: Statement = statement(insert(table).returning(table.id))
        self.of_volunteer: Statement = statement(
            select(
                table.id,
                table.words_id,
                table.noted_by,
                table.noted_at,
                table.struck_by,
                table.struck_at,
                table.struck_words_id,
                *columns,
            )
            .where(table.volunteer_id == bindparam("of_volunteer"))
            .order_by(newest.desc(), table.id.desc())
        )
        self.locked: Statement = statement(
            select(table.id, table.volunteer_id, table.struck_at)
            .where(table.id == bindparam("of_id"))
            .with_for_update()
        )
        self.strike: Statement = statement(
            update(table)
            .where(table.id == bindparam("of_id"), table.struck_at.is_(None))
            .values(
                struck_by=bindparam("new_struck_by"),
                struck_at=bindparam("new_struck_at"),
                struck_words_id=bindparam("new_words_id"),
            )
        )


def note(act: Act, lines: Lines, person: VolunteerRef, words: dict[str, Any], **facts: Any) -> int:
    """A new line in the file of somebody who is held; its id. Raises VolunteerErased."""
    made: int = act.session.value(
        lines.insert,
        volunteer_id=person.id,
        words_id=write_words(act.session, person, **words),
        noted_by=act.caller.actor,
        noted_at=act.now,
        receipt_id=act.receipt_id,
        struck_by=None,
        struck_at=None,
        struck_words_id=None,
        **facts,
    )
    return made


def strike(act: Act, lines: Lines, line_id: int, reason: str) -> VolunteerRef:
    """Strike a line out, saying why; whose it was. Raises LineUnknown, LineStruck, WordsMissing."""
    row = act.session.row(lines.locked, of_id=line_id)
    if row is None:
        raise LineUnknown()
    person = hold_volunteer_by_id(act.session, row.volunteer_id)
    if row.struck_at is not None:
        raise LineStruck()
    why = write_words(act.session, person, reason=required(reason, REASON_MOST))
    act.session.run(
        lines.strike,
        of_id=line_id,
        new_struck_by=act.caller.actor,
        new_struck_at=act.now,
        new_words_id=why,
    )
    return person


def hold_people(act: Act, numbers: Iterable[str]) -> list[VolunteerRef]:
    """The people whom a line is about, held in the order of their numbers.

    Raises PeopleMissing for nobody and for too many, VolunteerUnknown.
    """
    wanted = sorted(set(numbers))
    if not 0 < len(wanted) <= PEOPLE_MOST:
        raise PeopleMissing(most=PEOPLE_MOST)
    return [hold_volunteer(act.session, number) for number in wanted]


def required(text: str, most: int) -> str:
    """Words that must be there. Raises WordsMissing."""
    return required_text(text, most, WordsMissing)


def optional(text: str | None, most: int) -> str | None:
    """Words that may be missing."""
    return (clean_text(text, most) or None) if text else None


def past_day(text: str, today: str) -> str:
    """A day that is not yet to come. Raises DayAhead."""
    read = day(text)
    if read > today:
        raise DayAhead(day=read)
    return read
