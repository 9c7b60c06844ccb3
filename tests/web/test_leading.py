"""On a telephone: a volunteer joins and signs in by a code, a leader calls names and confirms."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from pointsbank.activities import (
    CodeWrong,
    code_on_screen,
    mark_no_show,
    open_activity,
    read_activity_number,
    read_seen,
    stop_run_out,
)
from pointsbank.earning import list_records
from pointsbank.foundation import to_instant
from pointsbank.people import pins
from tests.activities.community import Community, Neighbour, at
from tests.counter import Buyer, Counter
from tests.web.test_me import Holder


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages do not differ between the databases."""
    return sqlite_url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def community(app: Flask, counter: Counter) -> Community:
    return Community(counter)


def phone_of(app: Flask, community: Community, who: Neighbour) -> Holder:
    """Somebody who has come to the own page."""
    buyer = Buyer(who.number, who.card.code, who.person.wallet, who.card.short_number)
    holder = Holder(app, community.counter, buyer)
    assert holder.come().status_code == 302
    return holder


def test_one_joins_leaves_and_signs_in_by_the_code_on_the_screen(
    app: Flask, community: Community
) -> None:
    liu = community.neighbour()
    patrol = community.plan(shop=None, risk_note="路滑，穿防滑鞋")
    phone = phone_of(app, community, liu)
    page = "/me/activities"
    assert "路滑" in phone.read(page)
    phone.send(f"{page}/join", page, activity=patrol)
    assert "报了名" in phone.read(page)
    phone.send(f"{page}/leave", page, activity=patrol)
    phone.send(f"{page}/join", page, activity=patrol)
    refused = phone.send(f"{page}/sign", page, code="000 000")
    assert refused.status_code == 403
    assert "签到码不对" in refused.text
    community.make.do(open_activity, by=community.worker.caller, activity=patrol)
    row = community.file(patrol).row
    code = code_on_screen(community.bank.keys, row.id, to_instant(community.now))[0]
    phone.send(f"{page}/sign", page, code=f"{code[:3]} {code[3:]}")
    assert "您现在签到了" in phone.read(page)


def test_a_scanned_code_is_kept_over_the_log_in_and_signs_in_and_out(
    app: Flask, community: Community
) -> None:
    liu, patrol = community.neighbour(), community.open(shop=None, leader_confirms=True)
    phone = come_later(app, community, liu)
    late = scan(phone, community, patrol, minutes_ago=2)
    assert late.status_code == 403
    assert "再扫一次" in late.text
    assert scan(phone, community, patrol).headers["Location"] == "/me/login"
    assert "码扫到了：治安巡逻" in phone.read("/me/login")
    # The code itself has changed three times when card and PIN are typed.
    community.wait(2)
    assert phone.come().headers["Location"] == "/me/activities"
    assert "data-at-once" in phone.get("/me/activities").text
    signed = phone.send("/me/activities/sign", "/me/activities", seen="yes")
    assert signed.headers["Location"] == "/me/activities/signed"
    assert "签到好了，09:00" in phone.read("/me/activities/signed")
    # It was good for once, and whoever looks again finds the activities.
    assert phone.get("/me/activities/signed").status_code == 302
    assert "data-at-once" not in phone.get("/me/activities").text
    assert phone.send("/me/activities/sign", "/me/activities", seen="yes").status_code == 422
    community.wait(15)
    assert scan(phone, community, patrol).headers["Location"] == "/me/activities"
    phone.send("/me/activities/sign", "/me/activities", seen="yes")
    assert "签退好了，15 分钟。等队长确认" in phone.read("/me/activities/signed")


def test_what_was_scanned_is_over_after_five_minutes_and_cannot_be_made_up(
    app: Flask, community: Community
) -> None:
    liu, patrol = community.neighbour(), community.open(shop=None)
    phone = come_later(app, community, liu)
    scan(phone, community, patrol)
    community.wait(5)
    assert "码扫到了" not in phone.read("/me/login")
    assert phone.come().headers["Location"] == "/me/"
    keys, now = community.bank.keys, to_instant(community.now)
    for made_up in ("", "|", f"{patrol}|code|2026-11-20T09:00:00.000000Z|{'0' * 64}", "a|b|c|d|é"):
        with pytest.raises(CodeWrong):
            read_seen(keys, made_up, now)


def come_later(app: Flask, community: Community, who: Neighbour) -> Holder:
    """Somebody with a telephone who has not logged in yet."""
    buyer = Buyer(who.number, who.card.code, who.person.wallet, who.card.short_number)
    return Holder(app, community.counter, buyer)


def scan(phone: Holder, community: Community, patrol: str, minutes_ago: int = 0) -> TestResponse:
    """The camera reads what was on the screen; the page's script presses the hidden form."""
    shown = to_instant(community.now - timedelta(minutes=minutes_ago))
    number = read_activity_number(patrol)
    code = code_on_screen(community.bank.keys, number, shown)[0]
    page = "/me/help" if phone.cookie else "/me/login"
    return phone.send("/me/arrive", page, activity=patrol, code=code)


def test_a_leader_shows_the_code_on_the_own_screen(app: Flask, community: Community) -> None:
    liu = community.neighbour()
    patrol = community.plan(team=community.team(liu), shop=None)
    phone = phone_of(app, community, liu)
    page = f"/me/team/{patrol}/code"
    assert "现在还不能签到" in phone.read(page)
    community.make.do(open_activity, by=community.worker.caller, activity=patrol)
    code = code_on_screen(
        community.bank.keys, read_activity_number(patrol), to_instant(community.now)
    )[0]
    assert f"{code[:3]} {code[3:]}" in phone.read(page)
    assert 'data-again-seconds="31"' in phone.get(page).text
    # Telephones cannot come to a machine that calls itself localhost.
    assert 'class="qr"' not in phone.get(page).text
    phone.client.set_cookie("me", phone.cookie, domain="192.168.1.8")
    assert 'class="qr"' in phone.client.get(page, base_url="http://192.168.1.8:8080").text
    stranger = phone_of(app, community, community.neighbour())
    assert stranger.get(page).status_code == 403


def test_wrong_codes_are_counted(app: Flask, community: Community) -> None:
    app.config["LIMIT_WRONG_CODES"] = 2
    phone = phone_of(app, community, community.neighbour())
    page = "/me/activities"
    answers = [phone.send(f"{page}/sign", page, code="000000").status_code for _ in range(4)]
    assert answers == [403, 403, 429, 429]


def test_a_leader_opens_calls_names_and_confirms_all_but_the_own_row(
    app: Flask, community: Community
) -> None:
    liu, wang, zhang = (community.neighbour(team="巡逻队") for _ in range(3))
    patrol = community.plan(team=community.team(liu))
    phone = phone_of(app, community, liu)
    page = f"/me/team/{patrol}"
    assert "治安巡逻" in phone.read("/me/team")
    phone.send(f"{page}/open", page)
    called = {f"here:{one.number}": "yes" for one in (wang, zhang)}
    answer = phone.send(f"{page}/roll", page, **called)
    assert answer.status_code == 302
    community.sign_in(liu, patrol)
    community.wait(10)
    phone.send(f"{page}/roll", page, way="out", **{f"here:{wang.number}": "yes"})
    phone.send(f"{page}/close", page)
    shown = phone.get(page).text
    rows = re.findall(r'name="row:(\d+)" value="there"', shown)
    assert len(rows) == 2, "the own row has nothing to press"
    fields = {f"row:{one}": "there" for one in rows} | {f"minutes:{one}": "9" for one in rows}
    assert phone.send(f"{page}/confirm", page, **fields).status_code == 302
    records = list_records(community.bank, status="pending").items
    assert {(one.volunteer_number, one.minutes, one.source) for one in records} == {
        (wang.number, 9, "roll_call"),
        (zhang.number, 9, "roll_call"),
    }
    assert {one.recorded_by for one in records} == {liu.person.holder}


def test_nobody_else_comes_in_there(app: Flask, community: Community) -> None:
    liu, wang = community.neighbour(), community.neighbour()
    patrol = community.plan(team=community.team(liu))
    phone = phone_of(app, community, wang)
    for path in ("/me/team", "/me/team/past", f"/me/team/{patrol}", "/me/team/new"):
        assert phone.get(path).status_code == 403, path
    for verb in ("open", "close", "roll", "confirm"):
        answer = phone.send(f"/me/team/{patrol}/{verb}", "/me/help")
        assert answer.status_code == 403, verb


def test_what_comes_next_stands_on_top_and_what_is_over_on_a_page_of_its_own(
    app: Flask, community: Community
) -> None:
    liu = community.neighbour()
    team = community.team(liu)
    names = {20: "昨天", 21: "今早", 22: "明早", 23: "后天"}
    made = {
        day: community.open(name=name, team=team, begins_at=at(9, day=day), ends_at=at(11, day=day))
        for day, name in names.items()
    }
    phone = phone_of(app, community, liu)
    for day in (23, 22, 21, 20):
        if day != 22:
            phone.send("/me/activities/join", "/me/activities", activity=made[day])
    community.sign_in(liu, made[20])
    community.wait(24 * 60)
    stop_run_out(community.bank)
    phone.come()

    def order(path: str) -> list[str]:
        return re.findall("昨天|今早|明早|后天", phone.read(path))

    # Joined first, then what may still be joined; yesterday is not among them.
    assert order("/me/activities") == ["今早", "后天", "明早"]
    assert order("/me/activities/past") == ["昨天"]
    # A leader's list to confirm stands before everything else.
    assert order("/me/team") == ["昨天", "今早", "明早", "后天"]
    assert "等您确认的名单" in phone.read("/me/team")
    assert order("/me/team/past") == ["昨天"]


def test_what_one_joined_and_missed_is_in_the_own_data(app: Flask, community: Community) -> None:
    liu, patrol = community.neighbour(), community.open()
    phone = phone_of(app, community, liu)
    missed = community.open(name="清洁家园")
    for activity in (patrol, missed):
        phone.send("/me/activities/join", "/me/activities", activity=activity)
    community.sign_in(liu, patrol)
    community.wait(3)
    told = {"activity": missed, "number": liu.number}
    community.make.do(mark_no_show, by=community.worker.caller, **told)
    kept = json.loads(phone.send("/me/data", pin=phone.pin).data)
    shown = {one["number"]: (one["status"], one["no_show"]) for one in kept["activities"]}
    assert shown == {patrol: ("joined", False), missed: ("joined", True)}
    [stay] = next(one for one in kept["activities"] if one["number"] == patrol)["attendances"]
    assert (stay["in_way"], stay["signed_out_at"]) == ("card", None)
    assert kept["households"] == []
    community.sign_out(liu, patrol)
    [record] = json.loads(phone.send("/me/data", pin=phone.pin).data)["service_records"]
    assert record["planned_activity"] == patrol


def test_a_leader_plans_for_the_own_team(app: Flask, community: Community) -> None:
    liu = community.neighbour()
    team = community.team(liu)
    phone = phone_of(app, community, liu)
    fields = {
        "name": "清洁家园",
        "category": "环境保护",
        "place": "晴川里",
        "day": "2026-11-20",
        "from": "22:00",
        "to": "02:00",
        "team": team,
        "shop": "shop-1",
    }
    assert re.search(r'value="shop-1"[^>]* checked', phone.get("/me/team/new").text)
    planned = phone.send("/me/team/new", "/me/team/new", **fields)
    assert planned.status_code == 302
    row = community.file(planned.headers["Location"].rpartition("/")[2]).row
    assert (row.begins_at, row.ends_at) == (
        "2026-11-20T14:00:00.000000Z",
        "2026-11-20T18:00:00.000000Z",
    )
    refused = phone.send("/me/team/new", "/me/team/new", **{**fields, "name": ""})
    assert refused.status_code == 422
