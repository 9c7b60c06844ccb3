"""Lists of volunteers as other systems write them (志愿者名单), row by row.

Only reading: whether a number is known already is asked where the rows are registered.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from pointsbank.foundation.cells import clean_text, day, phone
from pointsbank.foundation.sheet_rows import (
    RowReader,
    SheetReading,
    one_of,
    read_rows,
    require_columns,
)
from pointsbank.foundation.sheets import Headings, Sheet, read_sheet
from pointsbank.people.names import normalise_name
from pointsbank.people.volunteers import read_number

Gender = Literal["female", "male"]

VOLUNTEER_HEADINGS: Headings = {
    "number": ("志愿者编号", "编号", "志愿者号", "vcode"),
    "name": ("志愿者姓名", "姓名", "name"),
    "gender": ("性别",),
    "phone": ("手机", "手机号", "手机号码", "联系方式", "联系电话", "电话", "mphone"),
    "area": ("服务区域", "所在区域"),
    "registered_on": ("注册日期", "注册时间"),
    "team": ("所属队伍", "队伍名称", "项目所属队伍", "志愿服务队"),
}
_GENDERS: dict[str, Gender | None] = {
    "女": "female", "女性": "female", "男": "male", "男性": "male", "未知": None, "未填": None,
}  # fmt: skip
_read_gender = one_of(_GENDERS)


@dataclass(frozen=True, slots=True)
class VolunteerRow:
    """One volunteer of a list. A phone may be shared, by a couple for example."""

    row: int
    number: str
    name: str
    gender: Gender | None
    phone: str | None
    area: str | None
    registered_on: str | None
    team: str | None


def read_volunteer_rows(data: bytes, name: str) -> SheetReading[VolunteerRow]:
    """Read a list of volunteers. Raises SheetUnreadable; bad rows are problems of the reading."""
    return read_volunteers_of(open_volunteer_sheet(data, name))


def open_volunteer_sheet(data: bytes, name: str) -> Sheet:
    """Find a list's headings. Raises SheetUnreadable."""
    sheet = read_sheet(data, name, VOLUNTEER_HEADINGS)
    return require_columns(sheet, ("number", "name"), VOLUNTEER_HEADINGS)


def read_volunteers_of(sheet: Sheet) -> SheetReading[VolunteerRow]:
    """Read every row of an open list."""
    return read_rows(sheet, _volunteer, identity=_identity)


def _volunteer(row: RowReader) -> VolunteerRow:
    gender = row.may("gender", _read_gender)
    return VolunteerRow(
        row=row.number,
        number=row.need("number", read_number, ""),
        name=row.need("name", normalise_name, ""),
        gender=gender,
        phone=row.may("phone", phone),
        area=row.may("area", partial(clean_text, most=100)),
        registered_on=row.may("registered_on", day),
        team=row.may("team", partial(clean_text, most=60)),
    )


def _identity(volunteer: VolunteerRow) -> Iterator[Hashable]:
    yield volunteer.number
