"""Lists of projects (项目名单) as the national site's own screen shows them, row by row.

The screen is one volunteer's: since when they take part and how many hours stand in it are told by
lists of hours, so they are not read here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import partial

from pointsbank.activities.projects import ABOUT_MOST, NAME_MOST
from pointsbank.foundation.cells import clean_text
from pointsbank.foundation.sheet_rows import RowReader, SheetReading, read_rows, require_columns
from pointsbank.foundation.sheets import Headings, Sheet, read_sheet

PROJECT_HEADINGS: Headings = {
    "name": ("项目名称", "所属项目"),
    "post": ("项目岗位", "岗位"),
    "area": ("服务区域", "所在区域"),
    "team": ("项目所属队伍", "队伍名称", "所属队伍"),
    "category": ("服务类别", "项目类别"),
    "about": ("项目说明", "说明"),
}
# Of these a list of projects has none: it would be one of people or of their hours.
_OTHERS = ("志愿者姓名", "姓名", "name")


@dataclass(frozen=True, slots=True)
class ProjectListed:
    """One project of a list. Its category is told where the place's own list has it."""

    row: int
    name: str
    category: str | None
    team: str | None
    about: str


def open_project_sheet(data: bytes, name: str) -> Sheet:
    """Find a list's headings. Raises SheetUnreadable."""
    sheet = read_sheet(data, name, PROJECT_HEADINGS, ("team", "category", "area"), _OTHERS)
    return require_columns(sheet, ("name",), PROJECT_HEADINGS)


def read_projects_of(sheet: Sheet) -> SheetReading[ProjectListed]:
    """Read every row of an open list."""
    return read_rows(sheet, _project, identity=_identity)


def _project(row: RowReader) -> ProjectListed:
    told = {
        "": row.may("about", partial(clean_text, most=150)),
        "岗位：": row.may("post", partial(clean_text, most=40)),
        "服务区域：": row.may("area", partial(clean_text, most=100)),
    }
    about = "；".join(f"{label}{text}" for label, text in told.items() if text)
    return ProjectListed(
        row=row.number,
        name=row.need("name", partial(clean_text, most=NAME_MOST), ""),
        category=row.may("category", partial(clean_text, most=NAME_MOST)),
        team=row.may("team", partial(clean_text, most=NAME_MOST)),
        about=about[:ABOUT_MOST],
    )


def _identity(project: ProjectListed) -> Iterator[Hashable]:
    yield project.name
