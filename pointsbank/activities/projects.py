"""Projects (项目): begun, changed and ended by a worker; activities belong to one or to none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update

from pointsbank.activities.activities import Project
from pointsbank.activities.errors import CategoryUnknown, NameEmpty, ProjectUnknown
from pointsbank.earning import read_categories, service_words_on
from pointsbank.foundation import (
    Act,
    Answer,
    PublicIdInvalid,
    Session,
    insert_ignoring,
    operation,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
)
from pointsbank.foundation.cells import clean_text, required_text
from pointsbank.people import (
    find_teams_named,
    get_team,
    insert_team,
    refuse_ended_team,
    require_person,
)

NAME_MOST, ABOUT_MOST = 60, 300
# What a project is that a list brings without a category.
OTHER_CATEGORY = "其他"

# name, category, team's name, about
ProjectValues = tuple[str, str | None, str | None, str]


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as others see it."""

    id: int
    name: str
    category: str
    team_id: int | None
    about: str
    begun_at: str
    ended_at: str | None

    @property
    def number(self) -> str:
        return public_id("P", self.id)


SELECT_PROJECTS = select(*(getattr(Project, name) for name in ProjectRow.__dataclass_fields__))
_BY_ID = statement(SELECT_PROJECTS.where(Project.id == bindparam("of_id")))
_INSERT = statement(insert_ignoring(Project, "name").returning(Project.id))
[_NAME] = packed_rows("names", str)
_BY_NAMES = statement(select(Project.id, Project.name).where(Project.name.in_(select(_NAME))))
_END = statement(
    update(Project)
    .where(Project.id == bindparam("of_id"), Project.ended_at.is_(None))
    .values(ended_at=bindparam("new_ended_at"))
)


def get_project(session: Session, number: str) -> ProjectRow:
    """The project with this number. Raises ProjectUnknown."""
    try:
        row = session.row(_BY_ID, of_id=read_public_id("P", number))
    except PublicIdInvalid as cause:
        raise ProjectUnknown(project=number[:24]) from cause
    if row is None:
        raise ProjectUnknown(project=number[:24])
    return project_row(row)


def find_projects_named(session: Session, names: Iterable[str]) -> dict[str, int]:
    """Projects by their names, those that have ended as well; a name that none has is left out."""
    rows = session.rows(_BY_NAMES, names=pack((name,) for name in names))
    return {row.name: row.id for row in rows}


def project_row(row: Any) -> ProjectRow:
    """A row of `SELECT_PROJECTS` as plain data."""
    return ProjectRow(*row)


@operation("activities.begin_project")
def begin_project(
    act: Act, *, name: str, category: str, team: str | None = None, about: str = ""
) -> Answer:
    """Begin a project (立项); one of that name that is there already is the same one.

    Raises RoleMissing, NameEmpty, CategoryUnknown, TeamUnknown.
    """
    require_person(act, "worker", "admin")
    told = required_text(name, NAME_MOST, NameEmpty)
    team_id = get_team(act.session, team).id if team else None
    made = _insert(act, told, category_of(act.session, category, act.today), team_id, about)
    if made is None:
        made = act.session.value(select(Project.id).where(Project.name == told))
    return {"project": public_id("P", int(made))}


def _insert(act: Act, name: str, category: str, team_id: int | None, about: str) -> int | None:
    made: int | None = act.session.value(
        _INSERT,
        name=name,
        category=category,
        team_id=team_id,
        about=clean_text(about, ABOUT_MOST),
        begun_at=act.now,
        ended_at=None,
    )
    return made


@operation("activities.begin_projects")
def begin_projects(act: Act, *, rows: list[ProjectValues]) -> Answer:
    """Begin a chunk of a list of projects, with the teams that they name; what is here stays.

    Who may is asked at the door, as for every list. A category that the place's list has lost
    meanwhile refuses its row. Raises TeamEnded, and then the whole chunk waits.
    """
    categories = read_categories(act.session)
    known = find_projects_named(act.session, [row[0] for row in rows])
    teams = find_teams_named(
        act.session, [row[2] for row in rows if row[2] and row[0] not in known]
    )
    for team in teams.values():
        refuse_ended_team(team)
    ids: dict[str | None, int | None] = {name: team.id for name, team in teams.items()}
    ids[None] = None
    answer: dict[str, Any] = {"good": 0, "repeated": 0, "refused": []}
    for place, (name, category, of_team, about) in enumerate(rows):
        kind = category or OTHER_CATEGORY
        if name in known:
            answer["repeated"] += 1
        elif kind not in categories:
            answer["refused"].append(place)
        else:
            if of_team not in ids:
                ids[of_team] = insert_team(
                    act, name=str(of_team), parent_id=None, organisation_id=None
                )
            made = _insert(act, name, kind, ids[of_team], about)
            answer["good" if made else "repeated"] += 1
    return answer


@operation("activities.end_project")
def end_project(act: Act, *, project: str) -> Answer:
    """End a project (结项); its activities stay. Raises RoleMissing, ProjectUnknown."""
    require_person(act, "worker", "admin")
    found = get_project(act.session, project)
    act.session.run(_END, of_id=found.id, new_ended_at=act.now)
    return {"project": found.number}


def category_of(session: Session, category: str, day: str) -> str:
    """A category that the place's list has, or the rulebook of a day. Raises CategoryUnknown."""
    told = clean_text(category, NAME_MOST)
    if told not in service_words_on(session, day).categories:
        raise CategoryUnknown()
    return told
