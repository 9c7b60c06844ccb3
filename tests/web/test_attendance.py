"""Signing in through the doors: what a kiosk is told, and what the office shows of it."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.activities import code_on_screen, get_activity, read_activity_number
from pointsbank.foundation import new_key
from pointsbank.people import change_settings, give_pin, pins
from tests.activities.community import Community, at
from tests.counter import Counter
from tests.web.conftest import KioskClient, pair_kiosk, problem
from tests.web.page_visitor import Visitor


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages and contracts do not differ between the databases."""
    return sqlite_url


@pytest.fixture
def community(app: Flask, counter: Counter) -> Community:
    """The bank that the doors are on, at two minutes to nine."""
    return Community(counter)


@pytest.fixture
def kiosk(app: Flask, counter: Counter, community: Community) -> KioskClient:
    return pair_kiosk(app, counter)


@pytest.fixture
def office(app: Flask, community: Community) -> Visitor:
    return Visitor(app, community.bank, community.worker)


def test_a_kiosk_offers_what_is_open_at_its_shop_and_signs_in_and_out(
    community: Community, kiosk: KioskClient
) -> None:
    liu = community.neighbour(form_of_address="刘阿姨")
    patrol = community.open()
    community.open(shop=None, name="别处的")
    [here] = kiosk.get("/kiosk").get_json()["activities"]
    assert (here["number"], here["name"], here["ends_at"]) == (patrol, "治安巡逻", at(11))
    assert kiosk.get("/activities/open").get_json()["activities"] == [here]
    standing = kiosk.post("/cards/read", {"code": liu.card.code}).get_json()["attendance"]
    assert standing == {"signed_in": None, "choices": [{**here, "joined": False}]}
    answer = kiosk.post(f"/activities/{patrol}/sign-in", {"card": liu.card.code})
    assert answer.status_code == 201
    told = answer.get_json()
    assert told["greeting"]["zh"] == "刘阿姨"
    assert told["attendance"]["status"] == "in"
    standing = kiosk.post("/cards/read", {"code": liu.card.code}).get_json()["attendance"]
    assert standing["signed_in"]["here"]
    assert standing["signed_in"]["since"] == at(8, 58)
    again = kiosk.post(f"/activities/{patrol}/sign-out", {"card": liu.card.code})
    assert problem(again)["code"] == "activities.just_signed_in"
    assert "08:58" in problem(again)["detail"]
    community.wait(60)
    out = kiosk.post(f"/activities/{patrol}/sign-out", {"card": liu.card.code}).get_json()
    assert (out["attendance"]["minutes"], out["attendance"]["record"][0]) == (58, "S")


def test_the_same_press_sent_twice_is_one_sign_in_and_a_mistake_is_taken_back(
    community: Community, kiosk: KioskClient
) -> None:
    liu, patrol = community.neighbour(), community.open()
    told, key = {"card": liu.card.code}, "a-key-of-its-own-1"
    first = kiosk.post(f"/activities/{patrol}/sign-in", told, key).get_json()
    assert kiosk.post(f"/activities/{patrol}/sign-in", told, key).get_json() == first
    number = first["attendance"]["attendance"]
    taken = kiosk.post(f"/attendances/{number}/undo", told)
    assert taken.get_json()["status"] == "undone"
    assert kiosk.get("/kiosk").get_json()["activities"][0]["signed_in"] == 0


def test_the_office_plans_opens_watches_and_confirms(
    community: Community, kiosk: KioskClient, office: Visitor
) -> None:
    liu, wang = community.neighbour(), community.neighbour()
    page = "/office/activities/new"
    fields = {
        "name": "清洁家园",
        "category": "环境保护",
        "place": "晴川里",
        "day": "2026-11-20",
        "from": "09:00",
        "to": "11:00",
        "shop": "shop-1",
        "walk_ins": "yes",
        "leader_confirms": "yes",
    }
    planned = office.send(page, page, **fields)
    number = planned.headers["Location"].rpartition("/")[2]
    address = f"/office/activities/{number}"
    office.send(address, f"{address}/open")
    assert get_activity(community.bank, activity=number, now=at(9)).row.state == "open"
    kiosk.post(f"/activities/{number}/sign-in", {"card": liu.card.code})
    assert "现在有 1 人签到了" in office.read("/office/")
    office.send(address, f"{address}/join", who=wang.number)
    community.wait(12)
    kiosk.post(f"/activities/{number}/sign-out", {"card": liu.card.code})
    assert "1 个活动的名单等人确认" in office.read("/office/")
    assert "清洁家园" in office.read("/office/activities?confirm=yes")
    [stay] = re.findall(r'name="row:(\d+)"[^>]*checked', office.get(address).text)
    community.wait(8)
    sent = office.send(
        address,
        f"{address}/confirm",
        **{f"row:{stay}": "there", f"minutes:{stay}": "12", "marks": "yes", "absent": wang.number},
    )
    assert sent.status_code == 302
    page_now = office.read(address)
    assert "0.20 小时" in page_now
    assert "失约" in page_now
    [record] = set(re.findall(r"/office/service/(S\d+-\d)", office.get("/office/service").text))
    assert f"清洁家园 {number}" in office.read(f"/office/service/{record}")
    assert f'href="{address}"' in office.get(f"/office/service/{record}").text


def test_what_cannot_be_comes_back_with_its_sentence(community: Community, office: Visitor) -> None:
    page = "/office/activities/new"
    refused = office.send(page, page, name="清洁家园", place="晴川里", **{"from": "9", "to": "11"})
    assert refused.status_code == 422
    patrol = community.open()
    address = f"/office/activities/{patrol}"
    for verb, fields in (
        ("open", {}),
        ("cancel", {"reason": ""}),
        ("join", {"who": "没有这个人"}),
        ("confirm", {"row:999": "there", "minutes:999": "10"}),
    ):
        answer = office.send(address, f"{address}/{verb}", **fields)
        assert answer.status_code in {404, 409, 422}, (verb, answer.status_code)
        assert 'role="alert"' in answer.text or "field-error" in answer.text, verb
    assert office.get("/office/activities/A000099-0").status_code == 404


def test_a_station_signs_in_what_is_at_no_shop_and_shows_its_code(
    app: Flask, community: Community, kiosk: KioskClient
) -> None:
    station = pair_kiosk(app, community.counter, "station")
    liu, far, near = community.neighbour(), community.open(shop=None), community.open()
    place = station.get("/station").get_json()
    assert {one["number"] for one in place["activities"] if one["is_open"]} == {far, near}
    assert (place["clock_is_right"], place["device"]["name"]) == (True, "门口")
    shown = station.get(f"/activities/{far}/code").get_json()
    key = community.bank.keys
    assert shown["code"] == code_on_screen(key, read_activity_number(far), at(8, 58))[0]
    assert (shown["until"], shown["qr"]) == (at(8, 58).replace(":00.", ":30."), None)
    community.make.do(
        change_settings,
        by=community.make.staff("admin").caller,
        changes={"public_address": "https://a.example"},
    )
    assert station.get(f"/activities/{far}/code").get_json()["qr"]["side"] > 20
    scanned = station.post(f"/activities/{far}/scan", {"card": liu.card.code})
    assert scanned.get_json()["attendance"]["status"] == "in"
    community.wait(30)
    out = station.post(f"/activities/{far}/scan", {"card": liu.card.code}).get_json()
    assert (out["attendance"]["status"], out["attendance"]["minutes"]) == ("out", 28)
    # Neither is the other: nothing is bought at a station, and a kiosk shows no code.
    assert station.get("/kiosk").status_code == 403
    assert station.post("/cards/read", {"code": liu.card.code}).status_code == 403
    assert kiosk.get(f"/activities/{near}/code").status_code == 403
    assert problem(kiosk.post(f"/activities/{far}/sign-in", {"card": liu.card.code}))["code"] == (
        "activities.elsewhere"
    )
    community.until(at(12))
    assert problem(station.get(f"/activities/{far}/code"))["code"] == "activities.elsewhere"


def test_a_station_says_what_a_card_may_do_and_what_comes_later_today(
    app: Flask, community: Community
) -> None:
    station = pair_kiosk(app, community.counter, "station")
    liu, first, second = community.neighbour(), community.open(shop=None), community.open()
    later = community.plan(shop=None, begins_at=at(15), ends_at=at(17))
    community.plan(shop=None, begins_at=at(15, day=21), ends_at=at(17, day=21))
    told = station.get("/station").get_json()["activities"]
    assert [(one["number"], one["is_open"]) for one in told] == [
        (first, True),
        (second, True),
        (later, False),
    ]
    assert told[2]["opens_at"] == at(14, 30)
    card = {"card": liu.card.code}
    standing = station.post("/station/card", card).get_json()
    assert standing["signed_in"] is None
    assert {one["number"] for one in standing["choices"]} == {first, second}
    assert "刘" not in station.post("/station/card", card).text
    station.post(f"/activities/{first}/scan", card)
    signed_in = station.post("/station/card", card).get_json()["signed_in"]
    assert (signed_in["here"], signed_in["activity"]["number"]) == (True, first)
    assert problem(station.post("/station/card", {"card": "40718239"}))["code"]
    assert station.post("/help-calls", {}).status_code == 201


def test_a_station_takes_the_number_and_pin_of_a_card_that_cannot_be_scanned(
    app: Flask, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))
    station = pair_kiosk(app, community.counter, "station")
    liu, far = community.neighbour(), community.open(shop=None)
    pin = give_pin(
        community.bank, by=community.worker.caller, key=new_key(), holder=liu.person.holder
    )
    told = {"code": liu.card.short_number, "pin": pin}
    wrong = station.post("/cards/prove", {**told, "pin": "000000" if pin != "000000" else "1" * 6})
    assert problem(wrong)["code"] == "people.pin_wrong"
    proof = station.post("/cards/prove", told).get_json()["card"]
    assert station.post(f"/activities/{far}/scan", {"card": proof}).status_code == 201
