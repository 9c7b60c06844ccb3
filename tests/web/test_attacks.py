"""What somebody tries who wants in; each would work if one guard were taken out."""

from __future__ import annotations

import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from pointsbank.foundation import Bank, Clock, TooBusy, new_key
from pointsbank.foundation.database import Work
from pointsbank.foundation.dated_settings import keep_setting
from pointsbank.people import (
    PairingUnknown,
    Staff,
    StaffRow,
    add_staff,
    disable_staff,
    hash_password,
    list_staff,
    passwords,
)
from pointsbank.web import access, foyer, hosts
from pointsbank.web.api import devices
from pointsbank.web.app import believe_proxy
from tests.conftest import NOON
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import SOMEBODY
from tests.web.conftest import API, KioskClient, log_in
from tests.web.page_visitor import Visitor

PASSWORD = "丁香花开满小巷口，七月的风"
ELSEWHERE = "elsewhere.example"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """What is tried here does not depend on the database."""
    return sqlite_url


@pytest.fixture
def staff(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> StaffRow:
    """A worker with a password that is hashed cheaply."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", cheap)
    monkeypatch.setattr(passwords, "_NOBODYS", [])
    told = {"login": "lina", "name": "李娜", "roles": ["worker"]}
    add_staff(
        counter.bank, by=SOMEBODY, key=new_key(), password_hash=hash_password(PASSWORD), **told
    )
    return next(one for one in list_staff(counter.bank) if one.login == "lina")


def enter(client: FlaskClient, password: str = PASSWORD, **fields: str) -> TestResponse:
    """Fill in the login form and send it."""
    shown = client.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    told = {"login": "lina", "password": password, "csrf_token": token[1] if token else ""}
    return client.post("/login", data={**told, **fields})


def ahead(clock: Clock, **time: float) -> None:
    clock.set_now(lambda: NOON + timedelta(**time))


# ------------------------------------------------------------------------------------------ logins


def test_whoever_works_stays_in_and_falls_out_at_the_end_of_the_day(
    app: Flask, counter: Counter, clock: Clock
) -> None:
    worker = log_in(app, counter, "worker")
    for minute in range(0, 8 * 60, 14):
        ahead(clock, minutes=minute)
        assert worker.get("/office/").status_code == 200, minute
    ahead(clock, hours=8, seconds=1)
    assert worker.get("/office/").status_code == 302


def test_whoever_rests_a_quarter_of_an_hour_falls_out(
    app: Flask, counter: Counter, clock: Clock
) -> None:
    worker = log_in(app, counter, "worker")
    ahead(clock, minutes=14)
    assert worker.get("/office/").status_code == 200
    ahead(clock, minutes=29, seconds=1)
    assert worker.get("/office/").status_code == 302


def test_a_busy_writer_keeps_nobody_from_reading(
    app: Flask, counter: Counter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_busy(*_: Any, **__: Any) -> bool:
        raise TooBusy()

    worker = log_in(app, counter, "worker")
    monkeypatch.setattr(access, "renew_login", is_busy)
    ahead(clock, minutes=14)
    assert worker.get("/office/").status_code == 200


def test_a_role_that_was_taken_away_and_a_disabled_login_end_with_the_next_request(
    app: Flask, counter: Counter
) -> None:
    worker = Visitor(app, counter.bank, counter.make.staff("worker"))
    assert worker.get("/office/cards").status_code == 200
    to_merchant = update(Staff).where(Staff.id == worker.staff.id).values(roles="merchant")
    counter.bank.database.write(lambda session: session.run(to_merchant))
    assert worker.get("/office/cards").status_code == 403
    disable_staff(counter.bank, by=SOMEBODY, key=new_key(), login=worker.staff.login)
    assert worker.get("/merchant/").status_code == 302


def test_a_new_login_ends_the_one_before_it(app: Flask, staff: StaffRow) -> None:
    client, thief = app.test_client(), app.test_client()
    enter(client)
    before = client.get_cookie("pb")
    assert before is not None
    thief.set_cookie("pb", before.value)
    assert thief.get("/office/").status_code == 200
    assert enter(client, csrf_token=_token(client)).status_code == 302
    after = client.get_cookie("pb")
    assert after is not None
    assert after.value != before.value
    assert thief.get("/office/").status_code == 302
    assert client.get("/office/").status_code == 200


def _token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/office/devices").text)
    assert found is not None
    return found[1]


def test_a_cookie_from_before_the_login_is_worth_nothing(app: Flask, staff: StaffRow) -> None:
    client = app.test_client()
    client.set_cookie("pb", "chosen-by-somebody-else")
    assert enter(client).status_code == 302
    cookie = client.get_cookie("pb")
    assert cookie is not None
    assert cookie.value != "chosen-by-somebody-else"
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Strict", "/")


@pytest.mark.parametrize(
    "target",
    [
        *("//elsewhere.example", "///elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere"),
        *("/\t/elsewhere.example", "/\t\\elsewhere.example", "/\n/elsewhere.example"),
        *("/\r\nX-Made-Up: 1", "https://elsewhere.example/", "https:elsewhere", "javascript:1"),
    ],
)
def test_the_login_leads_nowhere_else(app: Flask, staff: StaffRow, target: str) -> None:
    answer = enter(app.test_client(), next=target)
    assert (answer.status_code, answer.location) == (302, "/office/")


def test_the_login_leads_on_to_where_one_wanted(app: Flask, staff: StaffRow) -> None:
    answer = enter(app.test_client(), next="/office/volunteers?words=李")
    assert answer.location == "/office/volunteers?words=%E6%9D%8E"


def test_an_address_tries_few_passwords_in_a_minute_on_however_many_logins(
    app: Flask, staff: StaffRow
) -> None:
    app.config["LIMIT_WRONG_LOGINS"] = 3
    client = app.test_client()
    tries = [enter(client, "wrong", login=f"guess{n}").status_code for n in range(6)]
    assert tries == [403, 403, 403, 429, 429, 429]
    assert enter(client).status_code == 429
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert enter(elsewhere).status_code == 302


# ------------------------------------------------------------------------------------------- crowds


def test_strangers_who_dawdle_leave_room_for_kiosks_and_staff(
    app: Flask, kiosk_client: KioskClient, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go = threading.Semaphore(0), threading.Event()

    def dawdle(*_: Any, **__: Any) -> None:
        inside.release()
        assert go.wait(20)
        raise PairingUnknown()

    def pair() -> int:
        told = {"code": "1" * 12}
        return app.test_client().post(f"{API}/devices/pair", json=told).status_code

    monkeypatch.setattr(devices, "pair_device", dawdle)
    worker = Visitor(app, counter.bank, counter.make.staff("worker"))
    with ThreadPoolExecutor(foyer.PLACES) as crowd:
        waiting = [crowd.submit(pair) for _ in range(foyer.PLACES)]
        try:
            for _ in waiting:
                assert inside.acquire(timeout=20)
            turned_away = app.test_client().post(f"{API}/devices/pair", json={"code": "1" * 12})
            assert turned_away.status_code == 503
            assert turned_away.headers["Retry-After"]
            assert app.test_client().get("/login").status_code == 200
            assert kiosk_client.post("/help-calls").status_code == 201
            assert (
                worker.send("/office/devices", "/office/devices/pair", name="门口").status_code
                == 200
            )
        finally:
            go.set()
        assert {done.result(20) for done in waiting} == {404}
    # Everybody has left: as many may come in again.
    assert [pair() for _ in range(foyer.PLACES + 1)] == [404] * (foyer.PLACES + 1)


# -------------------------------------------------------------------------- hosts, proxies, origins


def test_a_made_up_host_is_written_nowhere_that_leads_there(app: Flask) -> None:
    client = app.test_client()
    for path in ("/", "/login", "/kiosk/", "/looks", "/office/volunteers", "/office", "/nowhere"):
        answer = client.get(path, headers={"Host": ELSEWHERE})
        assert answer.status_code == 421, path
        assert ELSEWHERE not in answer.text, path
        assert ELSEWHERE not in str(answer.headers), path
    by_number = {"headers": {"Host": "203.0.113.9"}}
    assert client.get("/office", **by_number).location == "/office/"
    assert client.get("/kiosk?paper=80", **by_number).location == "/kiosk/?paper=80"


def test_the_names_of_the_bank_are_its_own_and_the_one_of_the_settings(
    app: Flask, counter: Counter
) -> None:
    def answered(base_url: str) -> bool:
        return app.test_client().get("/login", base_url=base_url).status_code == 200

    for own in (
        "localhost:8000",
        "127.0.0.1:8000",
        "[::1]:8000",
        "192.168.1.8",
        socket.gethostname(),
    ):
        assert answered(f"http://{own}"), own
    assert not answered(f"http://{ELSEWHERE}")
    assert answered(f"https://{ELSEWHERE}"), "through TLS, before the settings name an address"
    name_address(counter.bank, "https://jifen.example.org")
    assert answered("https://jifen.example.org")
    assert answered("http://localhost")
    app.extensions[hosts._ADDRESS] = hosts.PublicAddress()
    assert not answered(f"https://{ELSEWHERE}"), "when what was remembered is forgotten"


def name_address(bank: Bank, address: str) -> None:
    bank.database.write(lambda session: keep_setting(session, "public_address", address))


def test_a_new_address_answers_at_once_and_the_old_one_a_moment_longer(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    glance = bank.database.glance

    def counted(work: Work[Any]) -> Any:
        nonlocal reads
        reads += 1
        return glance(work)

    monkeypatch.setattr(bank.database, "glance", counted)
    now = 100.0
    # Two processes of one server, each with a memory of its own.
    one, other = (hosts.PublicAddress(lambda: now) for _ in range(2))

    def answers(process: hosts.PublicAddress, name: str) -> bool:
        return process.is_ours(bank, name, is_secure=True)

    name_address(bank, "https://old.example.org")
    assert all(answers(process, "old.example.org") for process in (one, other) * 50)
    assert reads == 2
    name_address(bank, "https://new.example.org")
    assert answers(one, "new.example.org")
    assert not answers(one, "old.example.org")
    assert answers(other, "old.example.org")
    now += hosts.FRESH_SECONDS
    assert not answers(other, "old.example.org")
    assert answers(other, "new.example.org")


def test_the_page_of_the_api_shows_a_host_as_text_only(app: Flask) -> None:
    for host in ("<script>alert(1)</script>", '"><b>', "a b", "[::1", "x/../y"):
        answer = app.test_client().get("/api/", headers={"Host": host})
        assert answer.status_code == 421, host
        assert host not in answer.text, host


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": f"https://{ELSEWHERE}"},
        {"Origin": "null"},
        {"Origin": f"https://{ELSEWHERE}", "X-Forwarded-Host": ELSEWHERE},
    ],
)
def test_a_form_from_elsewhere_is_refused_although_its_token_is_right(
    app: Flask, counter: Counter, headers: dict[str, str]
) -> None:
    worker = Visitor(app, counter.bank, counter.make.staff("worker"))
    hidden = worker.hidden("/office/devices")
    told = {**hidden, "name": "门口"}
    answer = worker.client.post("/office/devices/pair", data=told, headers=headers)
    assert answer.status_code == 403
    assert worker.press("/office/devices/pair", hidden, name="门口").status_code == 200


def test_a_method_written_into_a_header_or_a_field_is_not_the_method(
    app: Flask, counter: Counter
) -> None:
    worker = Visitor(app, counter.bank, counter.make.staff("worker"))
    for headers in ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "POST"}):
        answer = worker.client.get("/office/devices/pair?_method=POST", headers=headers)
        assert answer.status_code == 405


def test_only_behind_a_proxy_is_what_a_proxy_says_believed(counter: Counter) -> None:
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}
    hsts = "Strict-Transport-Security"
    alone, behind = create_app_for(counter.bank), create_app_for(counter.bank)
    believe_proxy(behind)
    assert hsts not in alone.test_client().get("/login", headers=told).headers
    assert behind.test_client().get("/login", headers=told).headers[hsts].startswith("max-age=")
    assert hsts not in behind.test_client().get("/login").headers
    elsewhere = {**told, "X-Forwarded-Host": ELSEWHERE}
    assert ELSEWHERE not in behind.test_client().get("/api/", headers=elsewhere).text
    for app, statuses in ((alone, [404, 429]), (behind, [404, 404])):
        app.config["LIMIT_WRONG_PAIRINGS"] = 1
        client, code = app.test_client(), {"code": "1" * 12}
        found = [
            client.post(
                f"{API}/devices/pair", json=code, headers={"X-Forwarded-For": f"192.0.2.{n}"}
            ).status_code
            for n in range(2)
        ]
        assert found == statuses


# ----------------------------------------------------------------------------------- demonstrations


def test_a_real_bank_has_no_door_of_the_demonstration(app: Flask) -> None:
    assert not app.config["DEMONSTRATION"]
    assert [rule.rule for rule in app.url_map.iter_rules() if "/demo" in rule.rule] == []
