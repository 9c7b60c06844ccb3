"""Projects (项目): begun, changed and ended by a worker; activities belong to one or to none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update

from pointsbank.activities.activities import Project
from pointsbank.activities.errors import CategoryUnknown, NameEmpty, ProjectUnknown
from pointsbank.earning import read_categories
from pointsbank.foundation import (
    Act,
    Answer,
    PublicIdInvalid,
    Session,
    insert_ignoring,
    operation,
    public_id,
    read_public_id,
    statement,
)
from pointsbank.foundation.cells import clean_text, required_text
from pointsbank.people import get_team, require_person

NAME_MOST, ABOUT_MOST = 60, 300


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
    made = act.session.value(
        _INSERT,
        name=told,
        category=category_of(act.session, category),
        team_id=get_team(act.session, team).id if team else None,
        about=clean_text(about, ABOUT_MOST),
        begun_at=act.now,
        ended_at=None,
    )
    if made is None:
        made = act.session.value(select(Project.id).where(Project.name == told))
    return {"project": public_id("P", int(made))}


@operation("activities.end_project")
def end_project(act: Act, *, project: str) -> Answer:
    """End a project (结项); its activities stay. Raises RoleMissing, ProjectUnknown."""
    require_person(act, "worker", "admin")
    found = get_project(act.session, project)
    act.session.run(_END, of_id=found.id, new_ended_at=act.now)
    return {"project": found.number}


def category_of(session: Session, category: str) -> str:
    """A category that the place's list has. Raises CategoryUnknown."""
    told = clean_text(category, NAME_MOST)
    if told not in read_categories(session):
        raise CategoryUnknown()
    return told
