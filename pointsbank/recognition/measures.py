"""What stars are measured by (星级的依据): hours served, points ever earned, what others thought.

All three are read from what stands now; redeeming changes none of them, voiding does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, cast, func, or_, select, union_all

from pointsbank.earning import BACK_FILLED, ServiceRecord, minutes_of_booklets
from pointsbank.foundation import Int, Session, Statement, pack, packed_rows, statement
from pointsbank.ledger import Account, Move
from pointsbank.people import Volunteer
from pointsbank.recognition.evaluations import Evaluation
from pointsbank.recognition.star_rules import StarStep, StarTable

[_ID] = packed_rows("ids", int)


@dataclass(frozen=True)
class Measure:
    """What somebody has to show. `quality` is in tenths of a mark, None without any evaluation."""

    minutes: int
    points: int | None
    quality: int | None

    def reaches(self, table: StarTable, step: StarStep) -> bool:
        """Whether this is enough for a step of a table.

        >>> table = StarTable((StarStep(100),))
        >>> [
        ...     Measure(minutes, None, None).reaches(table, table.steps[0])
        ...     for minutes in (5999, 6000)
        ... ]
        [False, True]
        """
        if self.minutes < step.minutes:
            return False
        if table.second == "none":
            return True
        value = self.points if table.second == "points" else self.quality
        return value is not None and value >= (step.least or 0)


def minutes_served(*, counts_back_filled: bool, of: Any = None) -> Any:
    """A statement's part: effective minutes by volunteer, those of paper booklets as back-filled.

    `of` narrows it to the volunteers of a select.
    """
    counted = [ServiceRecord.status == "effective"]
    if not counts_back_filled:
        counted += [ServiceRecord.source != source for source in sorted(BACK_FILLED)]
    parts = [select(ServiceRecord.volunteer_id, ServiceRecord.minutes).where(*counted)]
    if counts_back_filled:
        parts.append(minutes_of_booklets())
    if of is not None:
        parts = [part.where(part.selected_columns.volunteer_id.in_(of)) for part in parts]
    served = union_all(*parts).subquery()
    return select(
        served.c.volunteer_id, cast(func.sum(served.c.minutes), Int).label("minutes")
    ).group_by(served.c.volunteer_id)


def points_ever_earned() -> Any:
    """A column: what a volunteer was ever issued, less what was taken back."""
    own = or_(Account.id == Volunteer.wallet_id, Account.id == Volunteer.owed_id)
    issued = select(Account.id).where(Account.type == "issued")

    def side(here: Any, there: Any) -> Any:
        return (
            select(cast(func.coalesce(func.sum(Move.amount), 0), Int))
            .select_from(Account)
            .join(Move, here == Account.id)
            .where(own, there.in_(issued))
            .correlate(Volunteer)
            .scalar_subquery()
        )

    return side(Move.target_id, Move.source_id) - side(Move.source_id, Move.target_id)


def quality_of_service() -> Any:
    """A column: the mean of all marks that stand, in tenths and rounded down; NULL without any."""
    marks = Evaluation.punctuality + Evaluation.attitude + Evaluation.skill
    return (
        select(cast(func.sum(marks) * 10, Int) // (func.count() * 3))
        .where(Evaluation.volunteer_id == Volunteer.id, Evaluation.struck_at.is_(None))
        .correlate(Volunteer)
        .scalar_subquery()
    )


def measured(second: str, *, counts_back_filled: bool) -> Select[Any]:
    """Volunteers with what they have to show, as a select that others narrow."""
    served = minutes_served(counts_back_filled=counts_back_filled).subquery("served")
    return (
        select(
            Volunteer.id,
            func.coalesce(served.c.minutes, 0).label("minutes"),
            (points_ever_earned() if second == "points" else _nothing()).label("points"),
            (quality_of_service() if second == "quality" else _nothing()).label("quality"),
        )
        .select_from(Volunteer)
        .outerjoin(served, served.c.volunteer_id == Volunteer.id)
    )


def _nothing() -> Any:
    return cast(None, Int)


@cache
def _of_some(second: str, counts_back_filled: bool) -> Statement:
    some = minutes_served(counts_back_filled=counts_back_filled, of=select(_ID))
    served = some.subquery("served")
    return statement(
        select(
            Volunteer.id,
            func.coalesce(served.c.minutes, 0).label("minutes"),
            (points_ever_earned() if second == "points" else _nothing()).label("points"),
            (quality_of_service() if second == "quality" else _nothing()).label("quality"),
        )
        .select_from(Volunteer)
        .outerjoin(served, served.c.volunteer_id == Volunteer.id)
        .where(Volunteer.id.in_(select(_ID)))
    )


def read_measures(
    session: Session, volunteer_ids: Iterable[int], table: StarTable
) -> dict[int, Measure]:
    """What some volunteers have to show, of what this table asks."""
    rows = session.rows(
        _of_some(table.second, table.counts_back_filled),
        ids=pack((one,) for one in sorted(set(volunteer_ids))),
    )
    return {row.id: Measure(int(row.minutes), row.points, row.quality) for row in rows}
