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
    text = "姓名,编号,性别,手机,注册日期\n张\u202e伟,,x,123,2025-02-30\n王五,9,-,,\n"
    reading = read_volunteer_rows(text.encode(), "a.csv")
    assert [row.name for row in reading.rows] == ["王五"]
    assert [(problem.facts["column"], problem.code) for problem in reading.problems] == [
        ("性别", "foundation.cell_choice"),
        ("编号", "foundation.cell_missing"),
        ("姓名", "people.name_unreadable"),
        ("手机", "foundation.cell_phone"),
        ("注册日期", "foundation.cell_day"),
    ]
    assert reading.refused_rows == 1


def test_a_list_without_numbers_is_refused_as_a_whole() -> None:
    with pytest.raises(SheetUnreadable) as refused:
        read_volunteer_rows("姓名,手机\n张三,\n".encode(), "a.csv")
    assert refused.value.facts == {"reason": "column_missing", "column": "志愿者编号"}


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
    reading = read_volunteer_rows("志愿者编号,姓名,性别,备注\n,<,q,\n".encode(), "list.csv")
    assert [problem.cells for problem in reading.problems] == [{"姓名": "<", "性别": "q"}, {}, {}]
