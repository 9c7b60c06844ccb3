"""A list of projects as the national site's screen has it: each begun once, with its team."""

from __future__ import annotations

import pytest

from pointsbank.activities import begin_project, import_projects, list_projects
from pointsbank.activities.project_rows import open_project_sheet, read_projects_of
from pointsbank.earning import set_categories
from pointsbank.foundation import Bank, Caller, ImportResult
from pointsbank.foundation.sheet_errors import SheetUnreadable
from pointsbank.people import end_team, find_teams_named, found_team
from tests.make import Make

HEAD = "序号,项目名称,项目岗位,服务区域,加入项目时间,服务时长,项目所属队伍\n"
WHERE = "湖北省>武汉市>汉阳区"


@pytest.fixture
def by(make: Make) -> Caller:
    """A worker, by command."""
    return Caller(actor=make.staff("worker").actor, client="command")


def take(bank: Bank, by: Caller, text: str, **options: object) -> ImportResult:
    return import_projects(bank, by, text.encode(), "projects.csv", **options)


def counts(result: ImportResult) -> tuple[int, int, int]:
    return result.total, result.good, result.repeated


def test_the_screen_goes_in_once_with_teams_that_nobody_had_founded(
    make: Make, bank: Bank, by: Caller
) -> None:
    make.do(found_team, by=make.staff("worker").caller, name="晨光队")
    worker = make.staff("worker").caller
    make.do(begin_project, by=worker, name="便民服务日", category="社区服务", about="原来的")
    text = HEAD + f"1,清洁家园,引导员,{WHERE},2024-03-05 09:00:00,2.50 小时,晨光队\n"
    text += (
        "2,治安巡逻,-,-,-,-,红喇叭队\n3,便民服务日,-,-,-,-,红喇叭队\n4,广场文艺,-,-,-,-,红喇叭队\n"
    )
    result = take(bank, by, text)
    assert (counts(result), result.problems) == ((4, 3, 1), [])
    assert [(note.row, note.code) for note in result.notes] == [
        (3, "activities.team_to_found"),
        (5, "activities.team_to_found"),
    ]
    assert counts(take(bank, by, text)) == (4, 0, 4)
    found = {row.name: row for row in list_projects(bank)}
    teams = bank.database.read(lambda session: find_teams_named(session, ["晨光队", "红喇叭队"]))
    assert found["清洁家园"].about == f"岗位：引导员；服务区域：{WHERE}"
    assert found["便民服务日"].about == "原来的"
    assert {name: found[name].team_id for name in ("清洁家园", "治安巡逻", "广场文艺")} == {
        "清洁家园": teams["晨光队"].id,
        "治安巡逻": teams["红喇叭队"].id,
        "广场文艺": teams["红喇叭队"].id,
    }
    assert {row.category for row in found.values()} == {"其他", "社区服务"}


def test_what_the_place_does_not_have_is_refused_row_by_row(
    make: Make, bank: Bank, by: Caller
) -> None:
    over = make.do(found_team, by=make.staff("worker").caller, name="旧队").answer["team"]
    make.do(end_team, by=make.staff("worker").caller, team=over)
    text = HEAD.replace("服务时长", "服务类别")
    text += (
        "1,甲,-,-,-,没有的类别,-\n2,乙,-,-,-,社区服务,旧队\n3,丙,-,-,-,社区服务,-\n4,丙,-,-,-,-,-\n"
    )
    result = take(bank, by, text, take_good=True)
    assert [(one.row, one.code) for one in result.problems] == [
        (2, "activities.category_unknown"),
        (3, "people.team_ended"),
        (5, "foundation.row_repeated"),
    ]
    assert counts(result) == (4, 1, 0)
    make.do(set_categories, by=make.staff("admin").caller, names=["社区服务"])
    told = take(bank, by, HEAD + "1,丁,-,-,-,-,-\n")
    assert [one.code for one in told.problems] == ["activities.category_unknown"]


def test_no_list_of_people_is_taken_for_one_of_projects() -> None:
    with pytest.raises(SheetUnreadable) as refused:
        open_project_sheet("姓名,项目名称,岗位\n张三,清扫,-\n".encode(), "a.csv")
    assert refused.value.facts == {"reason": "other_list", "heading": "姓名"}


UNSEEN = tuple(f"清{one}扫" for one in "\u0007\u202e\u200b\ufffd")
BAD = ("=1+1", "#N/A", "长" * 151, *UNSEEN)


@pytest.mark.parametrize("column", ["项目名称", "项目岗位", "服务区域", "项目所属队伍"])
def test_no_column_lets_a_bad_value_pass(column: str) -> None:
    cells = dict.fromkeys(HEAD.strip().split(","), "-") | {"项目名称": "清扫"}
    rows = [{**cells, column: bad} for bad in BAD]
    text = HEAD + "".join(",".join(row.values()) + "\n" for row in rows)
    reading = read_projects_of(open_project_sheet(text.encode(), "a.csv"))
    assert not reading.rows
    assert reading.refused_rows == len(BAD)
