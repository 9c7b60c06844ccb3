"""The office's pages around activities: teams in a tree, rotas, the week, the sheet, projects."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from pointsbank.activities import code_on_sheet, list_duties, read_activity_number
from pointsbank.earning import approve_record
from pointsbank.people import list_team_tree
from tests.activities.community import Community, at
from tests.counter import Counter
from tests.web.page_visitor import Visitor

TEAMS = "/office/teams"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages do not differ between the databases."""
    return sqlite_url


@pytest.fixture
def community(app: Flask, counter: Counter) -> Community:
    return Community(counter)


@pytest.fixture
def office(app: Flask, community: Community) -> Visitor:
    return Visitor(app, community.bank, community.worker)


@pytest.fixture
def admin(app: Flask, community: Community) -> Visitor:
    return Visitor(app, community.bank, community.make.staff("worker", "admin"))


def come_back(office: Visitor, community: Community) -> Visitor:
    """The same worker, who logs in again after so long."""
    return Visitor(office.client.application, community.bank, office.staff)


def row_of(office: Visitor, team: str) -> list[str]:
    """The cells of a team's row in the tree."""
    rows = re.findall(r"<tr.*?</tr>", office.get(TEAMS).text, re.DOTALL)
    [row] = [one for one in rows if f">{team}</a>" in one]
    cells = re.findall(r"<td.*?</td>", row, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def test_a_tree_of_three_levels_sums_up_every_hour_once(
    community: Community, office: Visitor
) -> None:
    for name, parent in (("大队", ""), ("中队", "大队"), ("小队", "中队")):
        numbers = {one.team.name: one.team.number for one in list_team_tree(community.bank)}
        sent = office.send(TEAMS, TEAMS, name=name, parent=numbers.get(parent, ""))
        assert sent.status_code == 302
    numbers = {one.team.name: one.team.number for one in list_team_tree(community.bank)}
    liu = community.neighbour(team="小队")
    community.neighbour(team="中队")
    for team, minutes in (("小队", 60), ("大队", 90)):
        when = {"begins_at": at(8, 58), "ends_at": at(17)}
        patrol = community.open(team=numbers[team], leader_confirms=False, **when)
        community.sign_in(liu, patrol)
        community.wait(minutes)
        record = community.sign_out(liu, patrol)["record"]
        community.make.do(approve_record, by=community.worker.caller, record=record)
        community.wait(2)
    office = come_back(office, community)
    assert row_of(office, "小队")[2:] == ["1", "1", "1.00 小时", "1.00 小时"]
    assert row_of(office, "中队")[2:] == ["1", "2", "0.00 小时", "1.00 小时"]
    assert row_of(office, "大队")[2:] == ["0", "2", "1.50 小时", "2.50 小时"]
    page = f"{TEAMS}/{numbers['小队']}"
    assert office.send(page, f"{page}/leader", who=liu.number).status_code == 302
    assert "治安巡逻" in office.read(page)
    assert "卸任" in office.read(page)
    refused = office.send(
        f"{TEAMS}/{numbers['大队']}",
        f"{TEAMS}/{numbers['大队']}/change",
        name="大队",
        parent=numbers["小队"],
    )
    assert refused.status_code in {409, 422}
    office.send(page, f"{page}/leader/end", number=liu.number)
    assert "还没有队长" in office.read(page)
    office.send(page, f"{page}/end", ends="yes")
    assert "撤了" in office.read(page)


def test_names_that_volunteers_give_become_teams_with_one_press(
    community: Community, office: Visitor
) -> None:
    for team in ("巡逻队", "巡逻队", "环保队"):
        community.neighbour(team=team)
    assert "把这 2 支都建好" in office.read(TEAMS)
    office.send(TEAMS, f"{TEAMS}/named")
    assert row_of(office, "巡逻队")[2] == "2"
    assert "把这" not in office.read(TEAMS)


def test_a_rota_is_begun_generated_watched_and_swapped(
    community: Community, office: Visitor
) -> None:
    people = [community.neighbour(team="红喇叭") for _ in range(7)]
    team = community.team(name="红喇叭")
    page = "/office/rotas/new"
    told = {"category": "平安综治", "place": "四新路", "team": team, "people_each": "3"}
    told |= {"name": "门岗", "rest_hours": "8", "name0": "早巡", "from0": "10:00", "to0": "12:00"}
    gap = office.send(page, page, **told, around_clock="yes")
    assert gap.status_code == 409
    assert "24 小时没有排满" in gap.text
    begun = office.send(page, page, **told)
    rota = begun.headers["Location"]
    assert "7 人" in office.read(rota)
    office.send(rota, f"{rota}/generate", first="2026-11-20", last="2026-12-19")
    assert "生成了 30 个班" in office.read(rota)
    first, second = list_duties(community.bank, since=at(0), until=at(0, day=22), now=at(9))[:2]
    assert [len(first.people), len(second.people)] == [3, 3]
    swapped = office.send(
        rota,
        f"{rota}/swap",
        activity=first.number,
        number=first.people[0].number,
        **{"with": f"{second.number}|{second.people[0].number}"},
    )
    assert swapped.status_code == 302
    again = list_duties(community.bank, since=at(0), until=at(0, day=22), now=at(9))[0]
    assert second.people[0].number in {one.number for one in again.people}
    assert "缺岗" not in office.read("/office/")
    community.until(at(10, 4))
    office = come_back(office, community)
    board = office.get("/office/rotas").text
    assert "缺 3 人" in board
    assert 'data-again="/office/rotas"' in board
    assert 'http-equiv="refresh"' in board
    assert "早巡 缺 3 人" in office.read("/office/")
    changed = office.send(rota, f"{rota}/members", members="\n".join(p.number for p in people[:2]))
    assert changed.status_code == 409
    office.send(rota, f"{rota}/end", ends="yes")
    assert "停了" in office.read(rota)


def test_the_week_the_sheet_and_the_settings(
    community: Community, office: Visitor, admin: Visitor
) -> None:
    patrol = community.open(shop=None, sheet_code=True)
    week = office.read("/office/activities/week?day=2026-11-22")
    assert "周五 11-20 治安巡逻" in week
    community.neighbour()
    sheet = office.read(f"/office/activities/{patrol}/sheet")
    code = code_on_sheet(community.bank.keys, read_activity_number(patrol), "2026-11-20")
    assert f"{code[:3]} {code[3:]}" in sheet
    page = "/office/activities/settings"
    office.send(page, "/office/activities/projects", name="暖心敲门", category="关爱特殊群体")
    assert "暖心敲门" in office.read(page)
    assert office.send(page, "/office/activities/numbers", early="20").status_code == 403
    admin.send(page, "/office/activities/numbers", early="20", grace="10", cap="240", late="5")
    assert "记下了" in admin.read(page)
    refused = admin.send(
        page, "/office/activities/numbers", early="-1", grace="1", cap="99", late="5"
    )
    assert refused.status_code == 422
    admin.send(page, "/office/activities/categories", names="社区服务\n平安综治")
    assert "大型活动" not in admin.read(page)


def test_the_forms_ask_what_else_is_true_and_keep_what_was_ticked(
    community: Community, office: Visitor
) -> None:
    factors = [{"when": "tag", "name": "应急", "percent": 200}]
    community.make.rule(
        starts_on="2026-11-20", multipliers={"combine": "highest", "factors": factors}
    )
    for form in ("/office/activities/new", "/office/rotas/new"):
        assert 'name="tag-应急" value="1">' in office.get(form).text
    told = {"name": "清雪", "category": "平安综治", "place": "四新路", "tag-应急": "1"}
    told |= {"day": "2026-11-21", "from": "09:00", "to": "11:00"}
    new = "/office/activities/new"
    made = str(office.send(new, new, **told).location)
    assert "还有什么情况 应急" in office.read(made)
    assert 'name="tag-应急" value="1" checked' in office.get(f"{made}/change").text
    refused = office.send(new, new, **told, **{"tag-没有的": "1"})
    assert refused.status_code == 422
    assert "没有的" in refused.text
