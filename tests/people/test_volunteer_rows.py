"""Lists of volunteers are read as they come, and every bad row is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointsbank.foundation.sheet_errors import SheetUnreadable
from pointsbank.foundation.sheets import write_problems
from pointsbank.people.volunteer_rows import read_volunteer_rows

SAMPLE = Path(__file__).parents[1] / "data" / "volunteers_gb18030.csv"


def test_a_list_in_gb18030_keeps_every_rare_name() -> None:
    reading = read_volunteer_rows(SAMPLE.read_bytes(), SAMPLE.name)
    assert reading.problems == ()
    names = [row.name for row in reading.rows]
    assert names == ["林小荷", "张䶮", "王㛃", "梁𬍛", "古丽巴哈尔·艾则孜"]
    first = reading.rows[0]
    assert (first.row, first.number, first.gender) == (2, "9901000000000001", "female")
    assert (first.phone, first.registered_on) == ("19900000001", "2020-02-29")
    assert (first.area, first.team) == ("甲省>乙市>丙区>丁街道", "“晨光”便民志愿服务队")
    assert reading.rows[3].team is None


def test_two_people_may_share_a_phone_but_not_a_number() -> None:
    text = "姓名,编号,联系方式\n张伟,7,19900000001\n张伟,8,19900000001\n李四,7,\n"
    reading = read_volunteer_rows(text.encode(), "a.csv")
    assert [row.number for row in reading.rows] == ["7", "8"]
    [problem] = reading.problems
    assert (problem.row, problem.code) == (4, "foundation.row_repeated")
    assert problem.facts == {"first_row": 2}


def test_every_bad_cell_of_a_row_is_told_with_its_column() -> None:
    text = "姓名,编号,性别,手机,注册日期\n张\u202e伟,٧,x,123,2025-02-30\n王五,9,-,,\n"
    reading = read_volunteer_rows(text.encode(), "a.csv")
    assert [row.name for row in reading.rows] == ["王五"]
    assert [(problem.facts["column"], problem.code) for problem in reading.problems] == [
        ("性别", "foundation.cell_choice"),
        ("编号", "foundation.cell_volunteer_number"),
        ("姓名", "people.name_unreadable"),
        ("手机", "foundation.cell_phone"),
        ("注册日期", "foundation.cell_day"),
    ]
    assert reading.refused_rows == 1


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("编号,手机\n7,\n", {"reason": "column_missing", "column": "志愿者姓名"}),
        ("姓名,编号,录入时长\n张三,7,1\n", {"reason": "other_list", "heading": "录入时长"}),
        ("姓名,队伍名称,服务时间\n张三,-,-\n", {"reason": "other_list", "heading": "服务时间"}),
    ],
)
def test_a_list_of_something_else_is_refused_as_a_whole(text: str, facts: object) -> None:
    with pytest.raises(SheetUnreadable) as refused:
        read_volunteer_rows(text.encode(), "a.csv")
    assert refused.value.facts == facts


# The headings of the national site's own screen and of 志愿汇's data service.
SHAPES = {
    "people": (
        "序号,志愿者姓名,性别,年龄,服务区域,总服务时长",
        "1,王㛃,女,６６岁,湖北省>武汉市>汉阳区,120.50 小时",
        ("", "female", None, "湖北省>武汉市>汉阳区", 66),
    ),
    "志愿汇 volunteer": (
        "vcode,name,idcardtype,idcard,mphone,email,education,job,political,address",
        "4201050010000001,王㛃,01,-,+86 199 0000 2877,-,-,-,-,四新路",
        ("4201050010000001", None, "19900002877", None, None),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_other_systems_lists_are_read_under_their_own_headings(shape: str) -> None:
    head, line, told = SHAPES[shape]
    reading = read_volunteer_rows(f"{head}\n{line}\n".encode(), "list.csv")
    assert not reading.problems
    [row] = reading.rows
    assert (row.number, row.sex, row.phone, row.area, row.age) == told
    assert row.name == "王㛃"


UNSEEN = ("\u0007", "\u202e", "\u200b", "\ufffd")
BAD = {
    "志愿者姓名": ("-", "=1+1", "长" * 51, *(f"王{one}五" for one in UNSEEN)),
    "性别": ("1", "NaN", "女\u202e"),
    "年龄": ("-1", "1.5", "1e400", "NaN", "٦٦", "1" + "0" * 30, "131", "6\u200b6"),
    "服务区域": ("=1+1", "长" * 101, *(f"湖{one}北" for one in UNSEEN)),
    "vcode": ("1e400", "٧", "1" + "0" * 30, "七", "7\u202e", "F0001"),
    "mphone": ("-1", "0", "1.5", "1e400", "NaN", "١٣٨٠٠١٣٨٠٠١", "1" + "0" * 30),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_lets_a_bad_value_pass(shape: str) -> None:
    head, line, _ = SHAPES[shape]
    cells = dict(zip(head.split(","), line.split(","), strict=True))
    rows = [{**cells, name: bad} for name in cells for bad in BAD.get(name, ())]
    text = "\n".join([head, *(",".join(row.values()) for row in rows)])
    reading = read_volunteer_rows(text.encode(), "list.csv")
    assert len(rows) >= 12
    assert [row.row for row in reading.rows] == []
    assert {problem.row for problem in reading.problems} == set(range(2, len(rows) + 2))


def test_a_row_shifted_by_a_comma_is_refused() -> None:
    reading = read_volunteer_rows("编号,姓名\n7,张三,丁街道\n".encode(), "a.csv")
    assert [problem.code for problem in reading.problems] == ["foundation.row_too_long"]


def test_the_refused_rows_mended_by_hand_are_good() -> None:
    text = "编号,姓名,手机\n4201050010000243,张三,123\n8,李四,\n"
    reading = read_volunteer_rows(text.encode(), "a.csv")
    paper = write_problems(reading.problems, reading.sheet.headings).decode("utf-8-sig")
    mended = read_volunteer_rows(paper.replace('"123"', '"19900000001"').encode(), "b.csv")
    assert mended.problems == ()
    assert [row.number for row in mended.rows] == ["4201050010000243"]


def test_of_a_refused_row_the_filled_cells_are_kept_once() -> None:
    """A list of fifty thousand bad rows and a hundred columns took 1.5 GB to refuse."""
    reading = read_volunteer_rows("志愿者编号,姓名,性别,手机\n,<,q,1\n".encode(), "list.csv")
    assert [problem.cells for problem in reading.problems] == [
        {"姓名": "<", "性别": "q", "手机": "1"},
        {},
        {},
    ]
