"""What the doors may ask about stars: who has how many, who may have one more, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, true

from pointsbank.foundation import (
    Page,
    Paging,
    Session,
    pack,
    packed_rows,
    query,
    read_page,
    statement,
)
from pointsbank.people import Person, Volunteer, mask_name, read_words
from pointsbank.recognition.errors import StarUnknown
from pointsbank.recognition.measures import (
    Measure,
    measured,
    minutes_served,
    points_ever_earned,
    read_measures,
)
from pointsbank.recognition.star_rules import (
    StarStep,
    StarVersion,
    read_star_rules,
    star_rule_on,
)
from pointsbank.recognition.stars import (
    IS_OPEN,
    OPEN,
    Star,
    read_star_number,
    star_number,
)

SOMEBODY_GONE = "已注销"


@dataclass(frozen=True)
class StarRow:
    """One star of one volunteer, as a worker sees it. `reason` is what was said when it ended."""

    number: str
    volunteer_number: str
    masked_name: str
    stars: int
    status: str
    body: str | None
    minutes: int
    points: int | None
    quality: int | None
    applied_by: str
    applied_at: str
    proposed_by: str | None
    decided_by: str | None
    decided_at: str | None
    lowered_at: str | None
    reason: str | None


@dataclass(frozen=True)
class Candidate:
    """Somebody who has enough for the next star and has not been put forward."""

    volunteer_number: str
    masked_name: str
    stars: int
    minutes: int
    points: int | None
    quality: int | None


@dataclass(frozen=True)
class Shrunk:
    """Somebody whose stars rest on hours or points that are no longer there."""

    volunteer_number: str
    masked_name: str
    stars: int
    minutes: int
    needed_minutes: int
    points: int | None
    needed_points: int | None


@dataclass(frozen=True)
class StarsOfOne:
    """Where somebody stands: what they have, what is open, what the next star takes.

    `past` are those that were refused or lowered, the newest first.
    """

    stars: int
    held: list[StarRow]
    past: list[StarRow]
    open: StarRow | None
    version: StarVersion
    step: StarStep | None
    measure: Measure

    @property
    def is_candidate(self) -> bool:
        """Whether there is enough for the next star, and nobody has asked for it."""
        return (
            self.step is not None
            and self.open is None
            and self.measure.reaches(self.version.table, self.step)
        )

    @property
    def minutes_missing(self) -> int:
        """How much service is missing for the next star."""
        return max(0, self.step.minutes - self.measure.minutes) if self.step else 0


_NOW = (
    select(Star.volunteer_id, func.max(Star.stars).label("stars"))
    .where(Star.status == "approved")
    .group_by(Star.volunteer_id)
    .subquery("now")
)
_STEP, _HOURS, _LEAST = packed_rows("steps", int, int, int)


def _candidates(version: StarVersion) -> Select[Any]:
    table = version.table
    found = measured(table.second, counts_back_filled=table.counts_back_filled)
    minutes, points, quality = (
        found.selected_columns[name] for name in ("minutes", "points", "quality")
    )
    steps = select(_STEP.label("stars"), _HOURS.label("minutes"), _LEAST.label("least")).subquery(
        "steps"
    )
    second = {"points": points, "quality": quality}.get(table.second)
    asked = select(Star.volunteer_id).where(IS_OPEN)
    return (
        found.outerjoin(_NOW, _NOW.c.volunteer_id == Volunteer.id)
        .join(steps, steps.c.stars == func.coalesce(_NOW.c.stars, 0) + 1)
        .add_columns(Volunteer.number, Person.name, steps.c.stars)
        .outerjoin(Person, Person.id == Volunteer.person_id)
        .where(
            Volunteer.left_on.is_(None),
            minutes >= steps.c.minutes,
            true() if second is None else second >= steps.c.least,
            Volunteer.id.not_in(asked),
        )
    )


def _packed_steps(version: StarVersion) -> str:
    steps = enumerate(version.table.steps, start=1)
    return pack((place, step.minutes, step.least) for place, step in steps)


@query
def list_star_candidates(
    session: Session, *, today: str, paging: Paging | None = None
) -> Page[Candidate]:
    """Who has enough for the next star by today's table, the most hours first."""
    paging = paging or Paging()
    version = star_rule_on(session, today)
    found, steps = _candidates(version), _packed_steps(version)
    minutes = found.selected_columns.minutes
    most_first = found.order_by(minutes.desc(), Volunteer.id)
    return read_page(session, most_first, paging, steps=steps).mapped(
        lambda row: Candidate(
            row.number, _masked(row.name), row.stars, int(row.minutes), row.points, row.quality
        )
    )


def _masked(name: str | None) -> str:
    return mask_name(name) if name else SOMEBODY_GONE


_ROWS: Select[Any] = (
    select(*Star.__table__.columns, Volunteer.number, Person.name)
    .join(Volunteer, Volunteer.id == Star.volunteer_id)
    .outerjoin(Person, Person.id == Volunteer.person_id)
)


@query
def list_stars(
    session: Session,
    *,
    status: str | None = None,
    stars: int | None = None,
    paging: Paging | None = None,
) -> Page[StarRow]:
    """Stars by where they stand: `open` for those that wait, else a status; the newest first.

    Of whoever has several, `approved` lists the highest alone.
    """
    paging = paging or Paging()
    found = _ROWS
    if status == "open":
        found = found.where(IS_OPEN)
    elif status == "approved":
        held = and_(_NOW.c.volunteer_id == Star.volunteer_id, _NOW.c.stars == Star.stars)
        found = found.where(Star.status == status).join(_NOW, held)
    elif status is not None:
        found = found.where(Star.status == status)
    if stars is not None:
        found = found.where(Star.stars == stars)
    page = read_page(session, found.order_by(Star.id.desc()), paging)
    return page.holding(_star_rows(session, page.items))


def _star_rows(session: Session, rows: Sequence[Any]) -> list[StarRow]:
    words = read_words(session, [row.words_id for row in rows])
    return [_star_row(row, words.get(row.words_id, {})) for row in rows]


def _star_row(row: Any, words: dict[str, Any]) -> StarRow:
    return StarRow(
        number=star_number(row.id),
        volunteer_number=row.number,
        masked_name=_masked(row.name),
        stars=row.stars,
        status=row.status,
        body=row.body,
        minutes=row.minutes,
        points=row.points,
        quality=row.quality,
        applied_by=row.applied_by,
        applied_at=row.applied_at,
        proposed_by=row.proposed_by,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        lowered_at=row.lowered_at,
        reason=words.get("reason") or words.get("note"),
    )


@query
def get_star(session: Session, *, star: str) -> StarRow:
    """One star by its number. Raises StarUnknown."""
    star_id = read_star_number(star)
    row = session.row(_ROWS.where(Star.id == star_id))
    if row is None:
        raise StarUnknown()
    return _star_rows(session, [row])[0]


@query
def count_open_stars(session: Session) -> int:
    """How many stars wait for somebody."""
    return int(session.value(select(func.count()).select_from(Star).where(IS_OPEN)))


# ------------------------------------------------------------------------ what is to be looked at

_all, _attended = (
    minutes_served(counts_back_filled=counts).subquery(name)
    for counts, name in ((True, "every"), (False, "attended"))
)
_minutes = func.coalesce(
    case((Star.counts_back_filled == 1, _all.c.minutes), else_=_attended.c.minutes), 0
)
_points = case((Star.needed_points.is_not(None), points_ever_earned()), else_=None)
_LOOK = (
    select(
        Volunteer.number,
        Person.name,
        Star.volunteer_id,
        Star.stars,
        Star.needed_minutes,
        Star.needed_points,
        _minutes.label("minutes"),
        _points.label("points"),
    )
    .select_from(Star)
    .join(Volunteer, Volunteer.id == Star.volunteer_id)
    .outerjoin(Person, Person.id == Volunteer.person_id)
    .outerjoin(_all, _all.c.volunteer_id == Star.volunteer_id)
    .outerjoin(_attended, _attended.c.volunteer_id == Star.volunteer_id)
    .where(
        Star.status == "approved",
        Star.lowers == 1,
        or_(_minutes < Star.needed_minutes, _points < Star.needed_points),
        or_(
            Star.looked_minutes.is_(None),
            _minutes < Star.looked_minutes,
            _points < Star.looked_points,
        ),
    )
)
_LOOK_COUNT = statement(select(func.count(_LOOK.subquery("look").c.volunteer_id.distinct())))


@query
def list_shrunk_stars(session: Session, *, volunteer_id: int | None = None) -> list[Shrunk]:
    """Stars to be looked at, one line a person with the lowest that no longer stands (要看的)."""
    found = _LOOK if volunteer_id is None else _LOOK.where(Star.volunteer_id == volunteer_id)
    rows = session.rows(found.order_by(Star.volunteer_id, Star.stars))
    lowest = {row.volunteer_id: row for row in reversed(rows)}
    return [
        Shrunk(
            row.number,
            _masked(row.name),
            row.stars,
            int(row.minutes),
            row.needed_minutes,
            row.points,
            row.needed_points,
        )
        for row in sorted(lowest.values(), key=lambda row: row.volunteer_id)
    ]


@query
def count_shrunk_stars(session: Session) -> int:
    """How many people's stars are to be looked at."""
    return int(session.value(_LOOK_COUNT))


# --------------------------------------------------------------------------------------- of one


def read_stars_of(session: Session, volunteer_id: int, *, today: str) -> StarsOfOne:
    """Where a volunteer stands by today's table."""
    version = star_rule_on(session, today)
    rows = _star_rows(
        session, session.rows(_ROWS.where(Star.volunteer_id == volunteer_id).order_by(Star.id))
    )
    held = [row for row in rows if row.status == "approved"]
    stars = held[-1].stars if held else 0
    return StarsOfOne(
        stars=stars,
        held=held,
        past=[row for row in reversed(rows) if row.status in {"refused", "lowered"}],
        open=next((row for row in rows if row.status in OPEN), None),
        version=version,
        step=version.table.step(stars + 1),
        measure=read_measures(session, [volunteer_id], version.table)[volunteer_id],
    )


@query
def get_stars_of(session: Session, *, volunteer_id: int, today: str) -> StarsOfOne:
    """The same as a question."""
    return read_stars_of(session, volunteer_id, today=today)


@query
def get_star_rule(session: Session, *, day: str) -> StarVersion:
    """The table in force on a day."""
    return star_rule_on(session, day)


@query
def list_star_rules(session: Session) -> list[StarVersion]:
    """Every version of the table, the newest first."""
    return read_star_rules(session)
