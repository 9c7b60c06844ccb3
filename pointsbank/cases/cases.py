"""Cases (更正): one line that somebody says is not right, with its clock and its answer.

A case is about one entry of the own wallet, one service record, an entry and the record that it
rests on, or one sanction. What was said and what was answered are words about a person and stand
with those.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.cases.errors import CaseDecided, CaseUnknown
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    add_days,
    numbers_in_force,
    public_id,
    read_public_id,
    statement,
    strict_table,
)

REVERSED, PUT_RIGHT, KEPT, WITHDRAWN = "reversed", "put_right", "kept", "withdrawn"
OUTCOMES = (REVERSED, PUT_RIGHT, KEPT, WITHDRAWN)
# The act of the table of second persons by which a case is answered and its record void.
REVERSE = "cases.reverse"
# So many days there are for an answer until somebody has decided otherwise.
_days_in_force = numbers_in_force({"case_days": 15})
_OPEN = "decided_at IS NULL"


class CorrectionCase(Base):
    """One case. Answered once: the record behind it was voided (`reversed`), the matter was put
    right in another way, nothing was wrong (`kept`), or who asked takes it back.

    Of one entry and of one record at most one is open. Whoever decides had no hand in the line.
    """

    __tablename__ = "correction_case"
    __table_args__ = strict_table(
        CheckConstraint(
            "entry_id IS NOT NULL OR record_id IS NOT NULL OR sanction_id IS NOT NULL", name="about"
        ),
        CheckConstraint(
            "outcome IN ('reversed', 'put_right', 'kept', 'withdrawn')", name="outcome"
        ),
        CheckConstraint(
            "(outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
        CheckConstraint(
            "coalesce(outcome <> 'withdrawn', 1 = 0) = (answer_id IS NOT NULL)", name="answered"
        ),
        CheckConstraint(
            "coalesce(outcome = 'reversed', 1 = 0) = (proposed_by IS NOT NULL)"
            " AND (outcome IS NULL OR outcome <> 'reversed' OR record_id IS NOT NULL)",
            name="reversed",
        ),
        CheckConstraint("proposed_by IS NULL OR proposed_by <> decided_by", name="two_people"),
        Index(
            "uq_correction_case_entry",
            "entry_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(
            "uq_correction_case_record",
            "record_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(
            "uq_correction_case_sanction",
            "sanction_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(
            "ix_correction_case_open",
            "due_on",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(None, "volunteer_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    entry_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"))
    record_id: Mapped[int | None] = mapped_column(Int, ForeignKey("service_record.id"))
    says_id: Mapped[int] = mapped_column(Int, ForeignKey("personal_text.id"))
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[str] = mapped_column(Text)
    opened_on: Mapped[str] = mapped_column(Text)
    due_on: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[str | None] = mapped_column(Text)
    answer_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    sanction_id: Mapped[int | None] = mapped_column(Int, ForeignKey("sanction.id"))


@dataclass(frozen=True)
class KeptCase:
    """A case as its row says it."""

    id: int
    volunteer_id: int
    entry_id: int | None
    record_id: int | None
    says_id: int
    opened_by: str
    opened_at: str
    opened_on: str
    due_on: str
    outcome: str | None
    proposed_by: str | None
    decided_by: str | None
    decided_at: str | None
    answer_id: int | None
    sanction_id: int | None

    @property
    def number(self) -> str:
        return case_number(self.id)


CASE_COLUMNS = tuple(getattr(CorrectionCase, name) for name in KeptCase.__dataclass_fields__)
_BY_ID = select(*CASE_COLUMNS).where(CorrectionCase.id == bindparam("of_id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_OPEN_OF = statement(
    select(CorrectionCase.id).where(
        or_(
            CorrectionCase.entry_id == bindparam("of_entry", type_=Int),
            CorrectionCase.record_id == bindparam("of_record", type_=Int),
            CorrectionCase.sanction_id == bindparam("of_sanction", type_=Int),
        ),
        CorrectionCase.decided_at.is_(None),
    )
)
_INSERT = statement(insert(CorrectionCase).returning(CorrectionCase.id))
_DECIDE = statement(
    update(CorrectionCase)
    .where(CorrectionCase.id == bindparam("of_id"), CorrectionCase.decided_at.is_(None))
    .values(
        outcome=bindparam("new_outcome"),
        proposed_by=bindparam("new_proposed_by"),
        decided_by=bindparam("new_by"),
        decided_at=bindparam("new_at"),
        answer_id=bindparam("new_answer"),
    )
)


def case_number(case_id: int) -> str:
    """The public number of a case.

    >>> case_number(12)
    'C000012-5'
    """
    return public_id("C", case_id)


def reversal_about(case_id: int) -> str:
    """What a proposal to reverse a case is about, as documents name things."""
    return f"case:{case_id}"


def find_case(session: Session, number: str) -> KeptCase:
    """A case by its number, as it is now. Raises CaseUnknown."""
    try:
        row = session.row(_FIND, of_id=read_public_id("C", number))
    except PublicIdInvalid:
        row = None
    if row is None:
        raise CaseUnknown(case=number[:24])
    return KeptCase(*row)


def lock_open_case(session: Session, case_id: int) -> KeptCase:
    """An open case that nobody else decides meanwhile. Raises CaseDecided."""
    found = KeptCase(*session.row(_LOCK, of_id=case_id))
    if found.outcome is not None:
        raise CaseDecided(case=found.number)
    return found


@dataclass(frozen=True)
class Line:
    """What somebody points at: an entry, a service record, an entry and its record; a sanction."""

    entry_id: int | None = None
    record_id: int | None = None
    sanction_id: int | None = None


def find_open_case(session: Session, line: Line) -> int | None:
    """The open case about a line; one that is about entry and record is found by either."""
    found: int | None = session.value(
        _OPEN_OF, of_entry=line.entry_id, of_record=line.record_id, of_sanction=line.sanction_id
    )
    return found


def days_on(session: Session, day: str) -> int:
    """How many days there are for an answer to a case that is opened on a day."""
    return _days_in_force(session, day)["case_days"]


def insert_case(act: Act, volunteer_id: int, line: Line, says_id: int) -> KeptCase:
    """Open a case; its clock runs for as many days as are set today."""
    made = act.session.value(
        _INSERT,
        receipt_id=act.receipt_id,
        volunteer_id=volunteer_id,
        **vars(line),
        says_id=says_id,
        opened_by=act.caller.actor,
        opened_at=act.now,
        opened_on=act.today,
        due_on=add_days(act.today, days_on(act.session, act.today)),
        outcome=None,
        proposed_by=None,
        decided_by=None,
        decided_at=None,
        answer_id=None,
    )
    return KeptCase(*act.session.row(_FIND, of_id=made))


def decide_case(
    act: Act,
    case: KeptCase,
    outcome: str,
    *,
    answer_id: int | None = None,
    proposed_by: str | None = None,
) -> None:
    """Close a case that is held and open."""
    act.session.run(
        _DECIDE,
        of_id=case.id,
        new_outcome=outcome,
        new_proposed_by=proposed_by,
        new_by=act.caller.actor,
        new_at=act.now,
        new_answer=answer_id,
    )
