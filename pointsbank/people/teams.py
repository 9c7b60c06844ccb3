"""Teams (志愿服务队): they stand in a tree, have leaders, and volunteers are of one by its name.

What a volunteer's list says is kept as a text, here and elsewhere. A text that is a team's name, or
was one once, means that team; any other stays a text until somebody founds the team.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    insert_ignoring,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import required_text
from pointsbank.people.errors import (
    TeamBelowItself,
    TeamEnded,
    TeamNameEmpty,
    TeamNameTaken,
    TeamUnknown,
)
from pointsbank.people.volunteers import Volunteer

NAME_MOST = 60


class Team(Base):
    """A team. `parent_id` is the team above it; no team stands below itself."""

    __tablename__ = "team"
    __table_args__ = strict_table(CheckConstraint("parent_id <> id", name="not_itself"))

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    parent_id: Mapped[int | None] = mapped_column(Int, ForeignKey("team.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(Int, ForeignKey("organisation.id"))
    founded_at: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)


class TeamName(Base):
    """Every name by which a team is or was known; no two teams ever share one."""

    __tablename__ = "team_name"
    __table_args__ = strict_table()

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    team_id: Mapped[int] = mapped_column(Int, ForeignKey("team.id"), index=True)


class TeamLeader(Base):
    """One volunteer's time as a leader of one team (队长)."""

    __tablename__ = "team_leader"
    __table_args__ = strict_table(
        CheckConstraint("ended_at IS NULL OR ended_at >= since", name="ended_after"),
        Index(
            "uq_team_leader_now",
            "team_id",
            "volunteer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "volunteer_id"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    team_id: Mapped[int] = mapped_column(Int, ForeignKey("team.id"))
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    since: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team as other rooms see it."""

    id: int
    name: str
    parent_id: int | None
    organisation_id: int | None
    ended_at: str | None

    @property
    def number(self) -> str:
        return public_id("T", self.id)


SELECT_TEAMS = select(Team.id, Team.name, Team.parent_id, Team.organisation_id, Team.ended_at)
[_ID] = packed_rows("ids", int)
_BY_IDS = statement(SELECT_TEAMS.where(Team.id.in_(select(_ID))))
_BY_NAME = statement(
    SELECT_TEAMS.join(TeamName, TeamName.team_id == Team.id).where(
        TeamName.name == bindparam("of_name")
    )
)
[_NAME] = packed_rows("names", str)
_BY_NAMES = statement(
    SELECT_TEAMS.add_columns(TeamName.name.label("known_as"))
    .join(TeamName, TeamName.team_id == Team.id)
    .where(TeamName.name.in_(select(_NAME)))
)
_LOCK_TREE = statement(select(Team.id, Team.parent_id).order_by(Team.id).with_for_update())
_INSERT = statement(insert_ignoring(Team, "name").returning(Team.id))
_CLAIM_NAME = statement(insert_ignoring(TeamName, "name").returning(TeamName.team_id))
_CHANGE = statement(
    update(Team)
    .where(Team.id == bindparam("of_id"))
    .values(
        name=bindparam("new_name"),
        parent_id=bindparam("new_parent"),
        organisation_id=bindparam("new_organisation"),
    )
)
_END = statement(
    update(Team)
    .where(Team.id == bindparam("of_id"), Team.ended_at.is_(None))
    .values(ended_at=bindparam("new_ended_at"))
)
_MOVE_TEXTS = statement(
    update(Volunteer)
    .where(Volunteer.team == bindparam("old_name"))
    .values(team=bindparam("new_name"))
)
_up = select(Team.id, Team.parent_id).where(Team.id == bindparam("of_id")).cte(recursive=True)
_up = _up.union_all(select(Team.id, Team.parent_id).join(_up, Team.id == _up.c.parent_id))
_down = select(Team.id).where(Team.id == bindparam("of_id")).cte(recursive=True)
_down = _down.union_all(select(Team.id).join(_down, Team.parent_id == _down.c.id))
_ABOVE = statement(select(_up.c.id))
_BELOW = statement(select(_down.c.id))
_NAMES_BELOW = statement(
    select(TeamName.name).where(TeamName.team_id.in_(select(_down.c.id))).order_by(TeamName.name)
)
_LEADS = statement(
    select(TeamLeader.id)
    .join(Volunteer, Volunteer.id == TeamLeader.volunteer_id)
    .where(
        TeamLeader.volunteer_id == bindparam("of_volunteer"),
        TeamLeader.ended_at.is_(None),
        Volunteer.left_on.is_(None),
        TeamLeader.team_id.in_(select(_up.c.id)),
    )
    .limit(1)
)
_LED_BY = statement(
    select(TeamLeader.team_id)
    .join(Volunteer, Volunteer.id == TeamLeader.volunteer_id)
    .where(
        TeamLeader.volunteer_id == bindparam("of_volunteer"),
        TeamLeader.ended_at.is_(None),
        Volunteer.left_on.is_(None),
    )
    .order_by(TeamLeader.team_id)
)
_HAS_LEADER = statement(
    select(TeamLeader.id)
    .where(TeamLeader.ended_at.is_(None), TeamLeader.team_id.in_(select(_up.c.id)))
    .limit(1)
)
_NAME_LEADER = statement(insert(TeamLeader))
_END_LEADER = statement(
    update(TeamLeader)
    .where(
        TeamLeader.team_id == bindparam("of_team"),
        TeamLeader.volunteer_id == bindparam("of_volunteer"),
        TeamLeader.ended_at.is_(None),
    )
    .values(ended_at=bindparam("new_ended_at"))
)
_IS_LEADER = statement(
    select(TeamLeader.id).where(
        TeamLeader.team_id == bindparam("of_team"),
        TeamLeader.volunteer_id == bindparam("of_volunteer"),
        TeamLeader.ended_at.is_(None),
    )
)


def team_name(text: str) -> str:
    """A team's name in the one form that the bank keeps. Raises TeamNameEmpty."""
    return required_text(text, NAME_MOST, TeamNameEmpty)


def insert_team(act: Act, *, name: str, parent_id: int | None, organisation_id: int | None) -> int:
    """A new team's id. Raises TeamNameTaken."""
    made: int | None = act.session.value(
        _INSERT,
        name=name,
        parent_id=parent_id,
        organisation_id=organisation_id,
        founded_at=act.now,
        ended_at=None,
    )
    if made is None:
        raise TeamNameTaken(team=public_id("T", find_team_named(act.session, name).id))
    _claim_name(act.session, name, made)
    return made


def _claim_name(session: Session, name: str, team_id: int) -> None:
    """Write down that a team has this name; its own former one it may take again."""
    if session.value(_CLAIM_NAME, name=name, team_id=team_id) is None:
        owner = find_team_named(session, name).id
        if owner != team_id:
            raise TeamNameTaken(team=public_id("T", owner))


def change_team_row(
    session: Session,
    team: TeamRow,
    *,
    name: str,
    parent_id: int | None,
    organisation_id: int | None,
) -> None:
    """Rename, move or hand over a team; the texts of its volunteers go along.

    The whole tree is held, so that of two moves that make a circle together the second is refused.
    Raises TeamNameTaken, TeamBelowItself.
    """
    above = {row.id: row.parent_id for row in session.rows(_LOCK_TREE)}
    step = parent_id
    while step is not None:
        if step == team.id:
            raise TeamBelowItself(team=team.number)
        step = above.get(step)
    if name != team.name:
        _claim_name(session, name, team.id)
        session.run(_MOVE_TEXTS, old_name=team.name, new_name=name)
    session.run(
        _CHANGE,
        of_id=team.id,
        new_name=name,
        new_parent=parent_id,
        new_organisation=organisation_id,
    )


def end_team_row(act: Act, team: TeamRow) -> None:
    """End a team (撤队). Raises TeamEnded."""
    if act.session.run(_END, of_id=team.id, new_ended_at=act.now) != 1:
        raise TeamEnded(team=team.number)


def find_team_named(session: Session, name: str) -> Any:
    """The team that is or was called so, as a row, or None."""
    return session.row(_BY_NAME, of_name=name)


def find_teams_named(session: Session, names: Iterable[str]) -> dict[str, TeamRow]:
    """Teams by the names that they have or had; a name that no team has is left out."""
    rows = session.rows(_BY_NAMES, names=pack((name,) for name in set(names)))
    return {row.known_as: team_row(row) for row in rows}


def find_teams(session: Session, ids: Iterable[int]) -> dict[int, TeamRow]:
    """Teams by their ids."""
    rows = session.rows(_BY_IDS, ids=pack((one,) for one in ids))
    return {row.id: team_row(row) for row in rows}


def team_row(row: Any) -> TeamRow:
    """A row of `SELECT_TEAMS` as plain data."""
    return TeamRow(row.id, row.name, row.parent_id, row.organisation_id, row.ended_at)


def get_team(session: Session, number: str) -> TeamRow:
    """The team with this number (T000003-1). Raises TeamUnknown."""
    try:
        team_id = read_public_id("T", number)
    except PublicIdInvalid as cause:
        raise TeamUnknown(team=number[:24]) from cause
    found = find_teams(session, [team_id]).get(team_id)
    if found is None:
        raise TeamUnknown(team=number[:24])
    return found


def refuse_ended_team(team: TeamRow) -> None:
    """Raise TeamEnded for a team that is no more."""
    if team.ended_at is not None:
        raise TeamEnded(team=team.number)


def teams_above(session: Session, team_id: int) -> list[int]:
    """A team and every team above it."""
    return [row.id for row in session.rows(_ABOVE, of_id=team_id)]


def teams_below(session: Session, team_id: int) -> list[int]:
    """A team and every team below it, each once."""
    return [row.id for row in session.rows(_BELOW, of_id=team_id)]


def names_below(session: Session, team_id: int) -> list[str]:
    """Every name by which a team or one below it is or was known; each name means one team."""
    return [row.name for row in session.rows(_NAMES_BELOW, of_id=team_id)]


def leads_team(session: Session, volunteer_id: int, team_id: int) -> bool:
    """Whether a volunteer leads this team or one above it."""
    return session.value(_LEADS, of_volunteer=volunteer_id, of_id=team_id) is not None


def has_leader(session: Session, team_id: int) -> bool:
    """Whether anybody leads this team or one above it."""
    return session.value(_HAS_LEADER, of_id=team_id) is not None


def teams_led_by(session: Session, volunteer_id: int) -> list[int]:
    """The teams that a volunteer leads, without those below them."""
    return [row.team_id for row in session.rows(_LED_BY, of_volunteer=volunteer_id)]


def insert_leader(act: Act, team_id: int, volunteer_id: int) -> bool:
    """Make a volunteer a leader from now on; False when they are one already."""
    if act.session.value(_IS_LEADER, of_team=team_id, of_volunteer=volunteer_id) is not None:
        return False
    act.session.run(
        _NAME_LEADER, team_id=team_id, volunteer_id=volunteer_id, since=act.now, ended_at=None
    )
    return True


def end_leader_row(act: Act, team_id: int, volunteer_id: int) -> bool:
    """End a volunteer's time as a leader; False when there was none."""
    ended = act.session.run(
        _END_LEADER, of_team=team_id, of_volunteer=volunteer_id, new_ended_at=act.now
    )
    return ended == 1
