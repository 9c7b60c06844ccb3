"""Lists of volunteers as other systems write them (志愿者名单), row by row.

Only reading: whether a number is known already, and who is meant by a mere name, is asked where the
rows are registered. An age is read for one thing alone, and not kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from pointsbank.foundation.cells import clean_text, day, narrow, phone, whole_number
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
    "age": ("年龄", "年龄(岁)", "年龄(周岁)"),
    "phone": ("手机", "手机号", "手机号码", "联系方式", "联系电话", "电话", "mphone"),
    "area": ("服务区域", "所在区域"),
    "registered_on": ("注册日期", "注册时间"),
    "team": ("所属队伍", "队伍名称", "项目所属队伍", "志愿服务队"),
}
_GENDERS: dict[str, Gender | None] = {
    "女": "female", "女性": "female", "男": "male", "男性": "male", "未知": None, "未填": None,
}  # fmt: skip
_read_gender = one_of(_GENDERS)
AGE_MOST = 130
# By these one sees that a list tells of something else, whoever may be named in it.
_OTHER_HEADINGS = (
    *(
        "录入时长",
        "荣誉时数",
        "开始时间",
        "签到时间",
        "signInTime",
        "服务时间",
        "存折号",
        "商品编码",
    ),
)


@dataclass(frozen=True, slots=True)
class VolunteerRow:
    """One volunteer of a list. A phone may be shared, by a couple for example.

    The number is "" where the list gives none.
    """

    row: int
    number: str
    name: str
    gender: Gender | None
    phone: str | None
    area: str | None
    registered_on: str | None
    team: str | None
    age: int | None = None

    @property
    def sex(self) -> Gender | None:
        """The same under the name that it has in the books."""
        return self.gender


def read_volunteer_rows(data: bytes, name: str) -> SheetReading[VolunteerRow]:
    """Read a list of volunteers. Raises SheetUnreadable; bad rows are problems of the reading."""
    return read_volunteers_of(open_volunteer_sheet(data, name))


def open_volunteer_sheet(data: bytes, name: str) -> Sheet:
    """Find a list's headings. Raises SheetUnreadable."""
    sheet = read_sheet(data, name, VOLUNTEER_HEADINGS, foreign=_OTHER_HEADINGS)
    return require_columns(sheet, ("name",), VOLUNTEER_HEADINGS)


def read_volunteers_of(sheet: Sheet) -> SheetReading[VolunteerRow]:
    """Read every row of an open list."""
    return read_rows(sheet, _volunteer, identity=_identity)


def _volunteer(row: RowReader) -> VolunteerRow:
    gender = row.may("gender", _read_gender)
    return VolunteerRow(
        row=row.number,
        number=row.may("number", read_number) or "",
        name=row.need("name", normalise_name, ""),
        gender=gender,
        phone=row.may("phone", phone),
        area=row.may("area", partial(clean_text, most=100)),
        registered_on=row.may("registered_on", day),
        team=row.may("team", partial(clean_text, most=60)),
        age=row.may("age", _age),
    )


def _age(text: str) -> int:
    return whole_number(narrow(text).removesuffix("周岁").removesuffix("岁"), 0, AGE_MOST)


def _identity(volunteer: VolunteerRow) -> Iterator[Hashable]:
    if volunteer.number:
        yield volunteer.number
