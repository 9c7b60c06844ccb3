"""Hours come in two shapes, attendance and honorary, and neither lets a bad row pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointsbank.earning import BACK_FILLED
from pointsbank.earning.hour_rows import read_hour_rows
from pointsbank.foundation.sheet_errors import SheetUnreadable
from pointsbank.foundation.sheets import write_problems

DATA = Path(__file__).parents[1] / "data"
HEAD = "志愿者姓名,志愿者编号,项目名称,开始时间,结束时间,录入时长,录入方式\n"


def test_a_teams_record_gives_times_minutes_and_the_way_of_recording() -> None:
    reading = read_hour_rows((DATA / "team_hours_marked.csv").read_bytes(), "team_hours.csv")
    assert [row.recorded_by for row in reading.rows] == ["sign_in", "app", "manual"]
    assert [row.minutes for row in reading.rows] == [150, 60, 90]
    first, second, over_midnight = reading.rows
    assert (first.starts_at, first.ends_at) == (
        "2025-03-05T01:00:00.000000Z",
        "2025-03-05T03:30:00.000000Z",
    )
    assert (first.day, first.recorded_on, second.post) == ("2025-03-05", "2025-03-06", None)
    assert (over_midnight.day, over_midnight.ends_at) == (
        "2025-12-31",
        "2025-12-31T16:30:00.000000Z",
    )


def test_records_that_contradict_themselves_are_refused() -> None:
    reading = read_hour_rows((DATA / "team_hours_marked.csv").read_bytes(), "team_hours.csv")
    assert [(problem.row, problem.code) for problem in reading.problems] == [
        (5, "earning.hours_end_too_early"),
        (6, "earning.hours_exceed_span"),
        (6, "earning.hours_recorded_too_early"),
    ]
    assert reading.problems[1].facts == {"minutes": 180, "most": 60, "column": "录入时长"}


@pytest.mark.parametrize(
    ("until", "told", "served"),
    [
        ("10:40:00", "1.67 小时", 100),
        ("10:40:00", "1.66", 100),
        ("09:20:00", "0.33", 20),
        ("10:40:30", "1.68", 100),
        ("10:40:59", "1.69", 100),
        ("10:40:00", "1.68", None),
        ("10:40:00", "101分钟", None),
        ("09:00:36", "0.01", None),
    ],
)
def test_two_decimals_of_the_national_site_are_the_minutes_between_the_times(
    until: str, told: str, served: int | None
) -> None:
    row = f"张三,7,巡逻,2026-03-05 09:00:00,2026-03-05 {until},{told},签到\n"
    reading = read_hour_rows((HEAD + row).encode(), "a.csv")
    assert [row.minutes for row in reading.rows] == ([] if served is None else [served])
    codes = [] if served else ["earning.hours_exceed_span"]
    assert [problem.code for problem in reading.problems] == codes


def test_honorary_hours_have_a_day_and_a_place_and_no_times() -> None:
    reading = read_hour_rows((DATA / "honorary_hours.xlsx").read_bytes(), "honorary.xlsx")
    assert reading.sheet.heading_row == 3
    assert [(row.row, row.minutes, row.day) for row in reading.rows] == [
        (4, 120, "2025-12-27"),
        (5, 90, "2025-12-04"),
    ]
    assert {row.recorded_by for row in reading.rows} == {"honorary"}
    assert (reading.rows[0].place, reading.rows[0].starts_at) == ("丁街道", None)


def test_bad_honorary_rows_say_why() -> None:
    reading = read_hour_rows((DATA / "honorary_hours.xlsx").read_bytes(), "honorary.xlsx")
    assert [(problem.row, problem.code) for problem in reading.problems] == [
        (6, "foundation.cell_number_mangled"),
        (7, "foundation.cell_formula"),
        (8, "foundation.cell_day"),
        (8, "foundation.cell_hours"),
    ]


def test_the_same_record_twice_counts_once() -> None:
    row = "张三,7,清扫,2025-03-05 9:00,2025-03-05 10:00,1,签到\n"
    later = row.replace("9:00", "10:00").replace(" 10:00,1", " 11:00,1")
    reading = read_hour_rows((HEAD + row + later + row).encode(), "a.csv")
    assert [problem.facts for problem in reading.problems] == [{"first_row": 2}]
    assert [read.row for read in reading.rows] == [2, 3]


def test_an_unknown_way_of_recording_is_refused() -> None:
    row = "张三,7,清扫,2025-03-05 9:00,2025-03-05 10:00,1,口头\n"
    [problem] = read_hour_rows((HEAD + row).encode(), "a.csv").problems
    assert (problem.code, problem.facts["value"]) == ("foundation.cell_choice", "口头")


@pytest.mark.parametrize("missing", ["志愿者姓名", "开始时间", "录入方式"])
def test_a_file_without_a_needed_column_is_refused(missing: str) -> None:
    with pytest.raises(SheetUnreadable) as refused:
        read_hour_rows(HEAD.replace(missing, "别的").encode(), "a.csv")
    assert refused.value.facts == {"reason": "column_missing", "column": missing}


# The headings of the national site's own screens and of 志愿汇's data service.
SHAPES = {
    "personal file": (
        "序号,项目名称,队伍名称,志愿者姓名,服务时间,录入时长,录入方式,录入日期",
        "1,清扫,晨光队,张三,2025-03-05 09:00:00,2.50 小时,手动,2025-03-06",
        ("manual", 150, "2025-03-05", None),
    ),
    "query": (
        "序号,志愿者姓名,服务时间,服务时长,所属项目,所属队伍",
        "1,张三,2025-03-05 09:00:00,2.50 小时,清扫,-",
        ("manual", 150, "2025-03-05", None),
    ),
    "team record": (
        "序号,志愿者姓名,项目名称,岗位,开始时间,结束时间,录入时长,录入方式,录入日期",
        "1,张三,清扫,-,2025-03-05 09:00:00,2025-03-05 11:30:00,2.50 小时,签到,2025-03-06",
        ("sign_in", 150, "2025-03-05", "2025-03-05T01:00:00.000000Z"),
    ),
    "志愿汇 duration": (
        "name,idcard,activity,address,value,signInTime,signOutTime",
        "张三,-,清扫,甲街道,2.5,2025-03-05 09:00:00,2025-03-05 11:30:00",
        ("app", 150, "2025-03-05", "2025-03-05T01:00:00.000000Z"),
    ),
    "志愿汇 hisduration": (
        "name,idcard,activity,address,value,signInTime",
        "张三,-,清扫,甲街道,2.5,2025-03-05 09:00:00",
        ("honorary", 150, "2025-03-05", None),
    ),
}


# The same once more where the screen's own title, and not the row, says what was done.
UNTOLD = {
    "team record": (
        "序号,志愿者姓名,岗位,开始时间,结束时间,录入时长,录入方式,录入日期",
        "1,张三,-,2025-03-05 09:00:00,2025-03-05 11:30:00,2.50 小时,签到/app打卡,2025-03-06",
        ("张三", "", "sign_in", "2025-03-05"),
    ),
    "school": (
        "学生学号,服务时长(小时),备注",
        "20250017,2.5,2025年3月5日图书馆",
        ("", "20250017", "manual", "2025-03-05"),
    ),
}


@pytest.mark.parametrize("shape", UNTOLD)
def test_what_a_list_does_not_say_of_a_row_it_may_say_once_above(shape: str) -> None:
    head, line, told = UNTOLD[shape]
    for above, activity, team in (
        ("", "志愿服务", None),
        ("项目名称：清洁家园\n队伍名称,晨光队\n", "清洁家园", "晨光队"),
    ):
        reading = read_hour_rows(f"{above}{head}\n{line}\n".encode(), "list.csv")
        assert not reading.problems
        [row] = reading.rows
        assert (row.name, row.number, row.recorded_by, row.day) == told
        assert (row.activity, row.team, row.minutes) == (activity, team, 150)


def test_a_teams_record_is_called_by_its_post_where_that_is_told() -> None:
    head, line, _ = UNTOLD["team record"]
    reading = read_hour_rows(f"{head}\n{line.replace('-', '引导员', 1)}\n".encode(), "list.csv")
    assert [row.activity for row in reading.rows] == ["引导员"]


def test_a_day_is_never_guessed() -> None:
    head, _, _ = UNTOLD["school"]
    lines = "7,2,图书馆\n8,2,2025-03-05 或 2025-03-06\n9,2,\n"
    reading = read_hour_rows(f"{head}\n{lines}".encode(), "list.csv")
    assert {problem.code for problem in reading.problems} == {"earning.day_untold"}
    assert reading.refused_rows == 3
    paper = write_problems(reading.problems, reading.sheet.headings).decode("utf-8-sig")
    mended = read_hour_rows(f"服务日期：2025-03-05\n{paper}".encode(), "mended.csv")
    assert [(row.number, row.day) for row in mended.rows] == [(n, "2025-03-05") for n in "789"]


def test_rows_to_be_mended_keep_what_was_said_above_them() -> None:
    head, line, _ = UNTOLD["team record"]
    bad = line.replace("2.50", "9.50")
    reading = read_hour_rows(f"项目名称：清洁家园\n{head}\n{bad}\n".encode(), "list.csv")
    paper = write_problems(reading.problems, reading.sheet.headings).decode("utf-8-sig")
    [row] = read_hour_rows(paper.replace("9.50", "2.50").encode(), "mended.csv").rows
    assert (row.activity, row.minutes) == ("清洁家园", 150)


@pytest.mark.parametrize("shape", SHAPES)
def test_other_systems_lists_are_read_under_their_own_headings(shape: str) -> None:
    head, line, told = SHAPES[shape]
    reading = read_hour_rows(f"{head}\n{line}\n".encode(), "list.csv")
    assert not reading.problems
    [row] = reading.rows
    assert (row.recorded_by, row.minutes, row.day, row.starts_at) == told
    assert (row.name, row.activity) == ("张三", "清扫")


def test_hours_that_nobody_signed_for_are_back_filled() -> None:
    back_filled = {told[0] for *_, told in SHAPES.values() if told[3] is None}
    assert back_filled <= BACK_FILLED
    for way in ("手动", "团体", "申请"):
        row = f"张三,7,清扫,2025-03-05 9:00,2025-03-05 10:00,1,{way}\n"
        assert {one.recorded_by for one in read_hour_rows((HEAD + row).encode(), "a.csv").rows} <= (
            BACK_FILLED
        )


# Issue 2 lists these; where a column is text they are text, but nothing unseen.
BAD_FIGURES = (
    *("-1", "0", "0.005", "1.234567", "1e400", "-1e400", "NaN", "Infinity", "٢", "1" + "0" * 30),
    *("二", "1\u202e", "\u200b1", "=1+1", "#N/A", "1_0", "25"),
)
BAD_DAYS = (
    "-1",
    "0",
    "1e400",
    "NaN",
    "٢٠٢٥-03-05",
    "1" + "0" * 30,
    "2025-02-30",
    "2025-03-05\u202e",
)
BAD_TEXTS = ("清\u0007扫", "清\u202e扫", "清\u200b扫", "=1+1", "长" * 101)
EVERY = {
    **{shape: row[:2] for shape, row in SHAPES.items()},
    **{s: r[:2] for s, r in UNTOLD.items()},
}


@pytest.mark.parametrize("shape", EVERY)
def test_no_shape_lets_a_bad_value_pass(shape: str) -> None:
    head, line = EVERY[shape]
    cells = dict(zip(head.split(","), line.split(","), strict=True))
    minutes = next(name for name in cells if "时长" in name or name == "value")
    when = [name for name in cells if "时间" in name or "Time" in name]
    what = [name for name in cells if name in {"项目名称", "所属项目", "activity", "岗位"}]
    bad = [(minutes, value) for value in BAD_FIGURES]
    bad += [(name, value) for name in when for value in BAD_DAYS]
    bad += [(name, value) for name in what for value in BAD_TEXTS]
    rows = [{**cells, name: value} for name, value in bad]
    text = "\n".join([head, *(",".join(row.values()) for row in rows)])
    reading = read_hour_rows(text.encode(), "list.csv")
    assert not reading.rows
    assert {problem.row for problem in reading.problems} == set(range(2, len(bad) + 2))
    wide = line.replace("2.5", "２．５")
    assert [row.minutes for row in read_hour_rows(f"{head}\n{wide}".encode(), "a.csv").rows] == [
        150
    ]
