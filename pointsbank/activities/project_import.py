"""Taking in a list of projects (导入项目): each is begun, once, with the team that it names.

A project of that name that is here already stays as it is. A team that nobody has founded yet is
founded with its first project, and that is said beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pointsbank.activities.errors import CategoryUnknown
from pointsbank.activities.project_rows import (
    ProjectListed,
    open_project_sheet,
    read_projects_of,
)
from pointsbank.activities.projects import (
    OTHER_CATEGORY,
    ProjectValues,
    begin_projects,
    find_projects_named,
)
from pointsbank.earning import read_categories
from pointsbank.foundation import Bank, Caller, Fact, ImportResult, Outcome, PointsBankError
from pointsbank.foundation.file_imports import FileImport, Judging, take_file
from pointsbank.foundation.sheet_rows import SheetReading
from pointsbank.foundation.sheets import Sheet
from pointsbank.people import find_teams_named, refuse_ended_team

TEAM_TO_FOUND = "activities.team_to_found"


class ProjectImport(FileImport[ProjectListed]):
    """A list of projects: each has a category that the place knows, and a team that is not over."""

    def open(self, data: bytes, name: str) -> Sheet:
        return open_project_sheet(data, name)

    def read(self, sheet: Sheet) -> SheetReading[ProjectListed]:
        return read_projects_of(sheet)

    def look_up(self, judging: Judging[ProjectListed], rows: Sequence[ProjectListed]) -> None:
        session = judging.session
        categories = read_categories(session)
        known = find_projects_named(session, [row.name for row in rows])
        teams = find_teams_named(session, [row.team for row in rows if row.team])
        for row in rows:
            team = teams.get(row.team or "")
            try:
                if (row.category or OTHER_CATEGORY) not in categories:
                    raise CategoryUnknown()
                if team is not None and row.name not in known:
                    refuse_ended_team(team)
            except PointsBankError as refusal:
                judging.refuse(row, refusal)
                continue
            judging.good.append(row)
            if row.name in known:
                judging.known.add(row.row)
            elif row.team and team is None:
                judging.notes[row.row] = (TEAM_TO_FOUND, {"name": row.team})

    def plain(self, row: ProjectListed) -> ProjectValues:
        return (row.name, row.category, row.team, row.about)

    def book(self, bank: Bank, by: Caller, key: str, rows: list[Any]) -> Outcome:
        return begin_projects(bank, by=by, key=key, rows=rows)

    def last_refusal(self, row: ProjectListed) -> PointsBankError:
        return CategoryUnknown()

    def shown(self, row: ProjectListed) -> dict[str, Fact]:
        return {
            "name": row.name,
            "category": row.category or OTHER_CATEGORY,
            "team": row.team,
            "about": row.about,
        }


PROJECT_IMPORT = ProjectImport()


def import_projects(bank: Bank, by: Caller, data: bytes, name: str, **options: Any) -> ImportResult:
    """Begin every project of a list; the options are those of `take_file`."""
    return take_file(PROJECT_IMPORT, bank, by, data, name, **options)
