"""Stars (星级): given one after the other, on application, by a named second person.

A star keeps what it took when it was given, so that a new table changes nothing of it. Redeeming
takes none away; hours that were voided may have one looked at again, where the table says so.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    func,
    insert,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    public_id,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.recognition.errors import StarUnknown
from pointsbank.recognition.measures import Measure
from pointsbank.recognition.star_rules import StarStep, StarVersion

OPEN = ("applied", "proposed")
STATUSES = (*OPEN, "approved", "refused", "lowered")


class Star(Base):
    """One star of one volunteer: asked for, put forward, approved or refused, perhaps lowered.

    `applied` is the volunteer's own wish; `proposed` means that one person has looked at it, and
    whoever approves is another. The needed numbers are those of the table that decides.
    """

    __tablename__ = "star"
    __table_args__ = strict_table(
        CheckConstraint("stars BETWEEN 1 AND 9", name="stars"),
        CheckConstraint(
            "status IN ('applied', 'proposed', 'approved', 'refused', 'lowered')", name="status"
        ),
        CheckConstraint(
            "status NOT IN ('proposed', 'approved', 'lowered') OR proposed_by IS NOT NULL",
            name="proposed",
        ),
        CheckConstraint(
            "(status IN ('applied', 'proposed')) = (decided_by IS NULL)", name="decided"
        ),
        CheckConstraint(
            "status NOT IN ('approved', 'lowered') OR decided_by <> proposed_by", name="two_people"
        ),
        CheckConstraint("(status = 'lowered') = (lowered_by IS NOT NULL)", name="lowered"),
        CheckConstraint("lowers IN (0, 1) AND counts_back_filled IN (0, 1)", name="switches"),
        Index(
            "uq_star_open",
            "volunteer_id",
            unique=True,
            sqlite_where=text("status IN ('applied', 'proposed')"),
            postgresql_where=text("status IN ('applied', 'proposed')"),
        ),
        Index(
            "uq_star_held",
            "volunteer_id",
            "stars",
            unique=True,
            sqlite_where=text("status = 'approved'"),
            postgresql_where=text("status = 'approved'"),
        ),
        Index(None, "status", "id"),
        Index(None, "volunteer_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    stars: Mapped[int] = mapped_column(Int)
    status: Mapped[str] = mapped_column(Text)
    rule_version: Mapped[int] = mapped_column(Int)
    needed_minutes: Mapped[int] = mapped_column(Int)
    needed_points: Mapped[int | None] = mapped_column(Int)
    needed_quality: Mapped[int | None] = mapped_column(Int)
    lowers: Mapped[int] = mapped_column(Int)
    counts_back_filled: Mapped[int] = mapped_column(Int)
    approver: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(Int)
    points: Mapped[int | None] = mapped_column(Int)
    quality: Mapped[int | None] = mapped_column(Int)
    applied_by: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str | None] = mapped_column(Text)
    proposed_at: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[str | None] = mapped_column(Text)
    lowered_by: Mapped[str | None] = mapped_column(Text)
    lowered_at: Mapped[str | None] = mapped_column(Text)
    words_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))
    looked_minutes: Mapped[int | None] = mapped_column(Int)
    looked_points: Mapped[int | None] = mapped_column(Int)
    looked_by: Mapped[str | None] = mapped_column(Text)
    looked_at: Mapped[str | None] = mapped_column(Text)


COLUMNS = tuple(Star.__table__.columns)
IS_OPEN = or_(Star.status == "applied", Star.status == "proposed")
_INSERT = statement(insert(Star).returning(Star.id))
_OWNER = statement(select(Star.volunteer_id).where(Star.id == bindparam("of_id")))
_LOCKED = statement(select(*COLUMNS).where(Star.id == bindparam("of_id")).with_for_update())
_OPEN = statement(select(*COLUMNS).where(Star.volunteer_id == bindparam("of_volunteer"), IS_OPEN))
_HELD = statement(
    select(*COLUMNS)
    .where(Star.volunteer_id == bindparam("of_volunteer"), Star.status == "approved")
    .order_by(Star.stars)
)
_HIGHEST = statement(
    select(func.coalesce(func.max(Star.stars), 0)).where(
        Star.volunteer_id == bindparam("of_volunteer"), Star.status == "approved"
    )
)
_ANY_DECIDED = statement(select(Star.id).where(not_(IS_OPEN)).limit(1))
_PROPOSE = statement(
    update(Star)
    .where(Star.id == bindparam("of_id"), Star.status == "applied")
    .values(
        status="proposed",
        proposed_by=bindparam("new_by"),
        proposed_at=bindparam("new_at"),
        **{
            name: bindparam(f"new_{name}")
            for name in (
                "rule_version",
                "needed_minutes",
                "needed_points",
                "needed_quality",
                "lowers",
                "counts_back_filled",
                "approver",
                "body",
                "minutes",
                "points",
                "quality",
            )
        },
    )
)
_DECIDE = statement(
    update(Star)
    .where(Star.id == bindparam("of_id"), IS_OPEN)
    .values(
        status=bindparam("new_status"),
        decided_by=bindparam("new_by"),
        decided_at=bindparam("new_at"),
        words_id=bindparam("new_words"),
        minutes=bindparam("new_minutes"),
        points=bindparam("new_points"),
        quality=bindparam("new_quality"),
    )
)
_LOWER = statement(
    update(Star)
    .where(Star.id == bindparam("of_id"), Star.status == "approved")
    .values(
        status="lowered",
        lowered_by=bindparam("new_by"),
        lowered_at=bindparam("new_at"),
        words_id=bindparam("new_words"),
    )
)
_LOOKED = statement(
    update(Star)
    .where(Star.id == bindparam("of_id"), Star.status == "approved")
    .values(
        looked_minutes=bindparam("new_minutes"),
        looked_points=bindparam("new_points"),
        looked_by=bindparam("new_by"),
        looked_at=bindparam("new_at"),
        words_id=bindparam("new_words"),
    )
)


def star_number(star_id: int) -> str:
    """The public number of one star of one volunteer.

    >>> star_number(3)
    'X000003-7'
    """
    return public_id("X", star_id)


def read_star_number(number: str) -> int:
    """The id behind a star's number. Raises PublicIdInvalid."""
    return read_public_id("X", number)


def facts_of(version: StarVersion, step: StarStep, measure: Measure) -> dict[str, Any]:
    """What a star takes by a table, and what somebody has to show for it, as columns."""
    second = version.table.second
    return {
        "rule_version": version.version,
        "needed_minutes": step.minutes,
        "needed_points": step.least if second == "points" else None,
        "needed_quality": step.least if second == "quality" else None,
        "lowers": int(version.table.lowers),
        "counts_back_filled": int(version.table.counts_back_filled),
        "approver": step.approver,
        "body": step.body,
        "minutes": measure.minutes,
        "points": measure.points,
        "quality": measure.quality,
    }


def insert_star(
    act: Act, volunteer_id: int, stars: int, facts: dict[str, Any], *, proposed: bool
) -> int:
    """A star that is asked for, by its volunteer, or put forward by a worker."""
    unwritten = (
        "decided_by",
        "decided_at",
        "lowered_by",
        "lowered_at",
        "words_id",
        "looked_minutes",
        "looked_points",
        "looked_by",
        "looked_at",
    )
    made: int = act.session.value(
        _INSERT,
        volunteer_id=volunteer_id,
        stars=stars,
        status="proposed" if proposed else "applied",
        applied_by=act.caller.actor,
        applied_at=act.now,
        proposed_by=act.caller.actor if proposed else None,
        proposed_at=act.now if proposed else None,
        **facts,
        **dict.fromkeys(unwritten),
    )
    return made


def propose(act: Act, star_id: int, facts: dict[str, Any]) -> None:
    """Write down that somebody has looked at a wish and puts it forward."""
    told = {f"new_{name}": value for name, value in facts.items()}
    act.session.run(_PROPOSE, of_id=star_id, new_by=act.caller.actor, new_at=act.now, **told)


def decide(
    act: Act, star_id: int, status: str, measure: Measure, *, words_id: int | None = None
) -> None:
    """Write a decision down, with what there was to show at that moment."""
    act.session.run(
        _DECIDE,
        of_id=star_id,
        new_status=status,
        new_by=act.caller.actor,
        new_at=act.now,
        new_words=words_id,
        new_minutes=measure.minutes,
        new_points=measure.points,
        new_quality=measure.quality,
    )


def lower(act: Act, star_id: int, words_id: int) -> None:
    """Write down that a star no longer stands."""
    act.session.run(
        _LOWER, of_id=star_id, new_by=act.caller.actor, new_at=act.now, new_words=words_id
    )


def note_looked(act: Act, star_id: int, measure: Measure, words_id: int) -> None:
    """Write down that somebody has looked at a star and left it, at what there was to show."""
    act.session.run(
        _LOOKED,
        of_id=star_id,
        new_minutes=measure.minutes,
        new_points=measure.points,
        new_by=act.caller.actor,
        new_at=act.now,
        new_words=words_id,
    )


def owner_of(session: Session, star_id: int) -> int:
    """Whose star it is. Raises StarUnknown."""
    found: int | None = session.value(_OWNER, of_id=star_id)
    if found is None:
        raise StarUnknown()
    return found


def lock_star(session: Session, star_id: int) -> Any:
    """A star, held until the transaction ends; whoever asks holds its volunteer already."""
    return session.row(_LOCKED, of_id=star_id)


def find_open(session: Session, volunteer_id: int) -> Any:
    """What a volunteer has asked for and nobody has decided on, or None."""
    return session.row(_OPEN, of_volunteer=volunteer_id)


def read_held(session: Session, volunteer_id: int) -> list[Any]:
    """The stars that somebody has, the first one first."""
    return session.rows(_HELD, of_volunteer=volunteer_id)


def highest_star(session: Session, volunteer_id: int) -> int:
    """How many stars somebody has."""
    return int(session.value(_HIGHEST, of_volunteer=volunteer_id))


def anything_decided(session: Session) -> bool:
    """Whether a star was ever given or refused."""
    return session.value(_ANY_DECIDED) is not None
