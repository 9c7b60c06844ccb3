"""Files of service hours (服务时长): attendance with times, hours of a day, or honorary hours.

Which of them a file is shows in its headings, those of the national site, of 志愿汇 or of a school.
What a file says of all its rows may stand once over its headings. Only reading: names are compared
with the numbers, and overlaps found, where the rows are taken in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Literal, NamedTuple

from pointsbank.earning.same_hours import ACTIVITY_UNTOLD
from pointsbank.foundation import InvalidInput, business_day, from_instant
from pointsbank.foundation.cells import (
    clean_text,
    day,
    instant_local,
    minutes,
    narrow,
    volunteer_number,
)
from pointsbank.foundation.sheet_rows import (
    RowReader,
    SheetReading,
    one_of,
    read_rows,
    require_columns,
)
from pointsbank.foundation.sheets import Headings, Sheet, read_sheet

RecordedBy = Literal["sign_in", "app", "manual", "honorary"]

HOUR_HEADINGS: Headings = {
    "number": ("志愿者编号", "编号", "志愿者号", "学生学号", "学号"),
    "name": ("志愿者姓名", "姓名", "name"),
    "activity": ("活动名称", "项目名称", "所属项目", "activity"),
    "team": ("队伍名称", "所属队伍", "项目所属队伍"),
    "category": ("服务类别",),
    "tags": ("特别情况", "加分情况", "标签"),
    "post": ("岗位", "项目岗位"),
    "place": ("活动地点", "服务地点", "address"),
    "starts_at": ("开始时间", "签到时间", "signInTime"),
    "ends_at": ("结束时间", "签退时间", "signOutTime"),
    "minutes": ("录入时长", "服务时长", "时长", "服务时长(小时)"),
    "recorded_by": ("录入方式",),
    "recorded_on": ("录入日期",),
    "honorary": ("荣誉时数", "荣誉时数(小时)"),
    "day": ("活动日期", "服务日期"),
    "served_at": ("服务时间",),
    "value": ("value",),
    "remark": ("备注",),
}
# What a screen shows in its own title, over the headings, for every row.
_SAID_ONCE = ("activity", "team", "category", "place", "day")
_RECORDED_BY: dict[str, RecordedBy] = {
    "签到": "sign_in", "app打卡": "app", "打卡": "app", "手动": "manual", "手动录入": "manual",
    "团体": "manual", "申请": "manual", "手动/团体": "manual", "签到/app打卡": "sign_in",
}  # fmt: skip
_read_recorded_by = one_of(_RECORDED_BY)
_BETWEEN = re.compile(r"[、，,;；\s]+")
_NEVER = "1900-01-01T00:00:00.000000Z"
_DAYS = re.compile(r"[0-9]{4}(?:[-/.][0-9]{1,2}[-/.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日)", re.A)


class HoursEndTooEarly(InvalidInput):
    """The service ends when it begins, or before."""

    code = "earning.hours_end_too_early"


class HoursExceedSpan(InvalidInput):
    """More minutes are recorded than lie between beginning and end."""

    code = "earning.hours_exceed_span"


class DayUntold(InvalidInput):
    """Nothing in the file says on which day it was (没写哪一天)."""

    code = "earning.day_untold"


class HoursRecordedTooEarly(InvalidInput):
    """The record is older than the service it records."""

    code = "earning.hours_recorded_too_early"


@dataclass(frozen=True, slots=True)
class HourRow:
    """One record of hours. Honorary hours have a day but no times, and a place but no team.

    The number is "" where the file gives none; then the name alone must tell who it is. A school's
    list gives the number alone.
    """

    row: int
    number: str
    name: str
    recorded_by: RecordedBy
    activity: str
    team: str | None
    category: str | None
    post: str | None
    place: str | None
    day: str
    starts_at: str | None
    ends_at: str | None
    minutes: int
    recorded_on: str | None
    tags: tuple[str, ...] = ()
    # Whether the list itself says what was done, and not only at which post.
    named: bool = True
    # Whether the list calls it a sign-in without a time that could show it.
    unproved: bool = False


def read_hour_rows(data: bytes, name: str) -> SheetReading[HourRow]:
    """Read a file of hours. Raises SheetUnreadable; bad rows are problems of the reading."""
    return read_hours_of(open_hour_sheet(data, name))


def open_hour_sheet(data: bytes, name: str) -> Sheet:
    """Find a file's headings, and see by them which kind it is. Raises SheetUnreadable."""
    sheet = read_sheet(data, name, HOUR_HEADINGS, _SAID_ONCE)
    return require_columns(sheet, _shape_of(sheet).proper, HOUR_HEADINGS)


def read_hours_of(sheet: Sheet) -> SheetReading[HourRow]:
    """Read every row of an open file."""
    return read_rows(sheet, _shape_of(sheet).read_one, identity=_identity)


def _tags(text: str) -> tuple[str, ...]:
    """What else was true of a service, in one cell."""
    return tuple(clean_text(one, 40) for one in _BETWEEN.split(text) if one)


def _attendance(row: RowReader) -> HourRow:
    return _timed(row, "minutes", row.need("recorded_by", _read_recorded_by, "manual"))


def _attendance_of_a_team(row: RowReader) -> HourRow:
    """A team's record names the post at most: the project stands in the screen's title."""
    manual: RecordedBy = "manual"
    way = row.need("recorded_by", _read_recorded_by, manual)
    hours = _timed(row, "minutes", way, ACTIVITY_UNTOLD)
    return replace(hours, activity=hours.post or hours.activity, named=False)


def _by_app(row: RowReader) -> HourRow:
    """What 志愿汇 calls credited hours (信用时数): signed in and out with the app."""
    return _timed(row, "value", "app")


def _named(row: RowReader) -> str:
    return row.need("activity", partial(clean_text, most=100), "")


def _timed(row: RowReader, hours: str, recorded_by: RecordedBy, activity: str = "") -> HourRow:
    starts_at = row.need("starts_at", instant_local, _NEVER)
    ends_at = row.need("ends_at", instant_local, _NEVER)
    served = row.need(hours, minutes, 0)
    on = business_day(from_instant(starts_at))
    recorded_on = row.may("recorded_on", day)
    if not row.problems:
        span = from_instant(ends_at) - from_instant(starts_at)
        beyond = timedelta(minutes=served) - span
        full = span // timedelta(minutes=1)
        if span <= timedelta():
            row.refuse(HoursEndTooEarly(), "ends_at")
        elif beyond > timedelta():
            # Signed in and out to the second, 100 and a half minutes are 1.68 hours in a list: what
            # lies less than a minute beyond the times is its rounding, and the full minutes count.
            if beyond >= timedelta(minutes=1) or not full:
                row.refuse(HoursExceedSpan(minutes=served, most=full), hours)
            served = full
        if recorded_on is not None and recorded_on < on:
            row.refuse(HoursRecordedTooEarly(day=on, recorded_on=recorded_on), "recorded_on")
    return HourRow(
        row=row.number,
        number=row.may("number", volunteer_number) or "",
        name=row.need("name", partial(clean_text, most=50), ""),
        recorded_by=recorded_by,
        activity=activity or _named(row),
        team=row.may("team", partial(clean_text, most=60)),
        category=row.may("category", partial(clean_text, most=40)),
        post=row.may("post", partial(clean_text, most=40)),
        place=row.may("place", partial(clean_text, most=100)),
        day=on,
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=served,
        recorded_on=recorded_on,
        tags=row.may("tags", _tags) or (),
    )


def _honorary(row: RowReader) -> HourRow:
    return _of_a_day(row, "honorary", row.need("day", day, ""), "honorary")


def _honorary_by_app(row: RowReader) -> HourRow:
    """What 志愿汇 calls honorary hours (荣誉时数): nobody has signed out."""
    return _of_a_day(row, "value", row.need("starts_at", day, ""), "honorary")


def _dated(row: RowReader) -> HourRow:
    """Hours of a day without their end: back-filled, also where the file calls them a sign-in.

    A sign-in is two times that somebody could compare with a card or a code; a word is none.
    """
    hours = _of_a_day(row, "minutes", row.need("served_at", day, ""), "manual")
    return replace(hours, unproved=_claims_sign_in(row))


def _claims_sign_in(row: RowReader) -> bool:
    """Whether a row without times says that somebody has signed in."""
    return row.may("recorded_by", _read_recorded_by) in ("sign_in", "app")


def _of_a_school(row: RowReader) -> HourRow:
    """A school's list: the number alone says who it is, and a day is asked for where it may be."""
    on = row.may("day", day) or row.may("remark", _day_in)
    if on is None and not row.problems:
        row.refuse(DayUntold())
    return HourRow(
        row=row.number,
        number=row.need("number", volunteer_number, ""),
        name=row.may("name", partial(clean_text, most=50)) or "",
        recorded_by="manual",
        activity=row.may("activity", partial(clean_text, most=100)) or ACTIVITY_UNTOLD,
        team=row.may("team", partial(clean_text, most=60)),
        category=row.may("category", partial(clean_text, most=40)),
        post=None,
        place=row.may("place", partial(clean_text, most=100)),
        day=on or "",
        starts_at=None,
        ends_at=None,
        minutes=row.need("minutes", minutes, 0),
        recorded_on=None,
        unproved=_claims_sign_in(row),
    )


def _day_in(text: str) -> str | None:
    """The one day that a remark names, or None; nothing else of a remark is fit to be published."""
    found = _DAYS.findall(narrow(text))
    return day(found[0]) if len(found) == 1 else None


def _of_a_day(row: RowReader, hours: str, on: str, recorded_by: RecordedBy) -> HourRow:
    return HourRow(
        row=row.number,
        number=row.may("number", volunteer_number) or "",
        name=row.need("name", partial(clean_text, most=50), ""),
        recorded_by=recorded_by,
        activity=_named(row),
        team=row.may("team", partial(clean_text, most=60)),
        category=row.may("category", partial(clean_text, most=40)),
        post=row.may("post", partial(clean_text, most=40)),
        place=row.may("place", partial(clean_text, most=100)),
        day=on,
        starts_at=None,
        ends_at=None,
        minutes=row.need(hours, minutes, 0),
        recorded_on=row.may("recorded_on", day),
        tags=row.may("tags", _tags) or (),
    )


class _Shape(NamedTuple):
    """One kind of file: the columns that it must have, and how its rows are read."""

    proper: tuple[str, ...]
    read_one: Callable[[RowReader], HourRow]


_WHO_WHAT = ("name", "activity")


def _shape_of(sheet: Sheet) -> _Shape:
    there = sheet.places
    if "honorary" in there:
        return _Shape((*_WHO_WHAT, "honorary", "day"), _honorary)
    if "value" in there:
        if "ends_at" in there:
            return _Shape((*_WHO_WHAT, "starts_at", "ends_at", "value"), _by_app)
        return _Shape((*_WHO_WHAT, "starts_at", "value"), _honorary_by_app)
    if "served_at" in there and "ends_at" not in there:
        return _Shape((*_WHO_WHAT, "served_at", "minutes"), _dated)
    if (
        not there.keys() & {"name", "starts_at", "ends_at"}
        and {"number", "minutes"} <= there.keys()
    ):
        return _Shape(("number", "minutes"), _of_a_school)
    timed = ("name", "starts_at", "ends_at", "minutes", "recorded_by")
    return _Shape(timed, _attendance if "activity" in there else _attendance_of_a_team)


def _identity(hours: HourRow) -> Iterator[Hashable]:
    # Records that overlap without being the same are judged where all records are known.
    when = (hours.starts_at, hours.ends_at) if hours.starts_at else (hours.day,)
    yield hours.number, hours.name, hours.activity, *when
