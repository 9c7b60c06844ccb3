"""Bonuses and deductions (奖励、扣减): what was given or taken beside the hours, and its appeal.

Their verbs are in `rewarding.py` and `appealing.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning.errors import ExtraUnknown
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    public_id,
    query,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.ledger import Posted
from pointsbank.people import (
    VolunteerRef,
    find_volunteers_by_id,
    mask_name,
    read_words,
    tell,
    write_words,
)

BONUS, DEDUCTION = "bonus", "deduction"
UPHELD, DISMISSED = "upheld", "dismissed"


class Extra(Base):
    """One bonus or one deduction. Its entry moved exactly its points; the words about it are kept
    with all words about a person, and go with them.

    An appeal is raised once and decided once; upheld, the deduction's entry is reversed.
    """

    __tablename__ = "extra"
    __table_args__ = strict_table(
        CheckConstraint("kind IN ('bonus', 'deduction')", name="kind"),
        CheckConstraint("points > 0", name="points"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(appealed_at IS NULL) = (appeal_id IS NULL)"
            " AND (appealed_at IS NULL) = (appealed_by IS NULL)"
            " AND (appealed_at IS NULL OR kind = 'deduction')",
            name="appealed",
        ),
        CheckConstraint("outcome IN ('upheld', 'dismissed')", name="outcome"),
        CheckConstraint(
            "(outcome IS NULL) = (answered_by IS NULL)"
            " AND (outcome IS NULL) = (answered_at IS NULL)"
            " AND (outcome IS NULL) = (answer_id IS NULL)"
            " AND (outcome IS NULL OR appealed_at IS NOT NULL)",
            name="answered",
        ),
        CheckConstraint(
            "outcome IS NULL OR (answered_by <> proposed_by AND answered_by <> decided_by)",
            name="third_person",
        ),
        CheckConstraint("coalesce(outcome = 'upheld', 1 = 0) = (back_id IS NOT NULL)", name="back"),
        Index(None, "volunteer_id", "happened_on"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True, autoincrement=False)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    points: Mapped[int] = mapped_column(Int)
    happened_on: Mapped[str] = mapped_column(Text)
    reason_id: Mapped[int] = mapped_column(Int, ForeignKey("personal_text.id"))
    rule_version: Mapped[int] = mapped_column(Int, ForeignKey("earning_rule.version"))
    entry_id: Mapped[int] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)
    proposed_by: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[str] = mapped_column(Text)
    appeal_until: Mapped[str | None] = mapped_column(Text)
    appealed_by: Mapped[str | None] = mapped_column(Text)
    appealed_at: Mapped[str | None] = mapped_column(Text)
    appeal_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    answered_by: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[str | None] = mapped_column(Text)
    answer_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    outcome: Mapped[str | None] = mapped_column(Text)
    back_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)


@dataclass(frozen=True)
class ExtraRow:
    """A bonus or a deduction as a worker sees it; words that were forgotten are None."""

    id: int
    kind: str
    code: str
    name: str
    volunteer_id: int
    points: int
    happened_on: str
    reason_id: int
    rule_version: int
    entry_id: int
    proposed_by: str
    decided_by: str
    decided_at: str
    appeal_until: str | None
    appealed_by: str | None
    appealed_at: str | None
    appeal_id: int | None
    answered_by: str | None
    answered_at: str | None
    answer_id: int | None
    outcome: str | None
    back_id: int | None
    reason: str | None = None
    appeal: str | None = None
    answer: str | None = None

    @property
    def number(self) -> str:
        return extra_number(self.id)

    @property
    def entry(self) -> str:
        return public_id("J", self.entry_id)

    @property
    def signed_points(self) -> int:
        """What it did to the wallet."""
        return self.points if self.kind == BONUS else -self.points


_WORDS = ("reason", "appeal", "answer")
_SELECT = select(
    *(getattr(Extra, name) for name in ExtraRow.__dataclass_fields__ if name not in _WORDS)
)
_BY_ID = statement(_SELECT.where(Extra.id == bindparam("of_id")))
_HELD = statement(_SELECT.where(Extra.id == bindparam("of_id")).with_for_update())
_OF_VOLUNTEER = statement(
    _SELECT.where(Extra.volunteer_id == bindparam("of_volunteer")).order_by(Extra.id.desc())
)
_OPEN = statement(
    _SELECT.where(Extra.appealed_at.is_not(None), Extra.outcome.is_(None)).order_by(Extra.id)
)
_GIVEN = statement(
    select(func.count())
    .select_from(Extra)
    .where(
        Extra.volunteer_id == bindparam("of_volunteer"),
        Extra.kind == BONUS,
        Extra.code == bindparam("of_code"),
        Extra.happened_on >= bindparam("since"),
    )
)
_INSERT = statement(insert(Extra))
_APPEAL = statement(
    update(Extra)
    .where(Extra.id == bindparam("of_id"), Extra.appealed_at.is_(None))
    .values(
        appealed_by=bindparam("new_by"),
        appealed_at=bindparam("new_at"),
        appeal_id=bindparam("new_appeal"),
    )
)
_ANSWER = statement(
    update(Extra)
    .where(Extra.id == bindparam("of_id"), Extra.outcome.is_(None))
    .values(
        answered_by=bindparam("new_by"),
        answered_at=bindparam("new_at"),
        answer_id=bindparam("new_answer"),
        outcome=bindparam("new_outcome"),
        back_id=bindparam("new_back"),
    )
)


def extra_number(extra_id: int) -> str:
    """The public number of a bonus or a deduction.

    >>> extra_number(7)
    'B000007-6'
    """
    return public_id("B", extra_id)


def document_of(extra_id: int) -> str:
    """What the entries of a bonus or a deduction name as their document."""
    return f"extra:{extra_id}"


def count_given(session: Session, volunteer_id: int, code: str, *, since: str) -> int:
    """How often a volunteer got this bonus from a day on."""
    return int(session.value(_GIVEN, of_volunteer=volunteer_id, of_code=code, since=since))


def keep_extra(
    act: Act,
    kind: str,
    volunteer: VolunteerRef,
    told: tuple[str, str, int, int],
    reason: str,
    proposed_by: str,
    posted: Posted,
    until: str | None = None,
) -> None:
    """Write it down, known by its receipt as its entry names it, and tell the volunteer."""
    code, name, points, version = told
    later = ("appealed_by", "appealed_at", "appeal_id", "answered_by", "answered_at", "answer_id")
    act.session.run(
        _INSERT,
        id=act.receipt_id,
        receipt_id=act.receipt_id,
        kind=kind,
        code=code,
        name=name,
        volunteer_id=volunteer.id,
        points=points,
        happened_on=act.today,
        reason_id=write_words(act.session, volunteer, reason=reason),
        rule_version=version,
        entry_id=posted.id,
        proposed_by=proposed_by,
        decided_by=act.caller.actor,
        decided_at=act.now,
        appeal_until=until,
        outcome=None,
        back_id=None,
        **dict.fromkeys(later),
    )
    news = "earning.bonus_arrived" if kind == BONUS else "earning.points_deducted"
    about = document_of(act.receipt_id)
    tell(act, news, volunteer.holder, about=about, day=act.today, points=points)


def lock_extra(session: Session, extra_id: int) -> ExtraRow:
    """A bonus or a deduction, held until the transaction ends."""
    return ExtraRow(*session.row(_HELD, of_id=extra_id))


def note_appeal(act: Act, extra_id: int, words_id: int) -> None:
    """Write down that somebody appeals."""
    act.session.run(
        _APPEAL, of_id=extra_id, new_by=act.caller.actor, new_at=act.now, new_appeal=words_id
    )


def note_answer(act: Act, extra_id: int, words_id: int, outcome: str, back: Posted | None) -> None:
    """Write down how an appeal was decided, and the entry that gave the points back."""
    act.session.run(
        _ANSWER,
        of_id=extra_id,
        new_by=act.caller.actor,
        new_at=act.now,
        new_answer=words_id,
        new_outcome=outcome,
        new_back=back.id if back else None,
    )


def read_extra(session: Session, number: str) -> ExtraRow:
    """A bonus or a deduction by its number, without the words. Raises ExtraUnknown."""
    try:
        row = session.row(_BY_ID, of_id=read_public_id("B", number))
    except PublicIdInvalid:
        row = None
    if row is None:
        raise ExtraUnknown(extra=number[:24])
    return ExtraRow(*row)


@query
def list_extras(session: Session, *, volunteer_id: int) -> list[ExtraRow]:
    """A volunteer's bonuses and deductions, the newest first."""
    found = session.rows(_OF_VOLUNTEER, of_volunteer=volunteer_id)
    return _with_words(session, [ExtraRow(*row) for row in found])


@dataclass(frozen=True)
class ExtraPaper:
    """One bonus or deduction with whose it is, the name masked."""

    row: ExtraRow
    volunteer_number: str
    masked_name: str | None


@query
def get_extra(session: Session, *, extra: str) -> ExtraPaper:
    """One bonus or deduction by its number. Raises ExtraUnknown."""
    [row] = _with_words(session, [read_extra(session, extra)])
    whose = find_volunteers_by_id(session, [row.volunteer_id])[row.volunteer_id]
    return ExtraPaper(row, whose.number, mask_name(whose.name) if whose.name else None)


@query
def list_open_appeals(session: Session) -> list[ExtraRow]:
    """Deductions that somebody has appealed against, without an answer yet."""
    return _with_words(session, [ExtraRow(*row) for row in session.rows(_OPEN)])


def _with_words(session: Session, found: list[ExtraRow]) -> list[ExtraRow]:
    """Rows with the words about them, as far as they are still known."""
    ids = [one for row in found for one in (row.reason_id, row.appeal_id, row.answer_id)]
    words = read_words(session, ids)
    return [
        replace(
            row,
            reason=words.get(row.reason_id, {}).get("reason"),
            appeal=words.get(row.appeal_id or 0, {}).get("appeal"),
            answer=words.get(row.answer_id or 0, {}).get("answer"),
        )
        for row in found
    ]
