"""The headers that every answer carries, whatever it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.counter import Counter
from tests.doors import create_app_for
from tests.house.source import ROOT
from tests.web.conftest import API, KioskClient, log_in

EVERYWHERE = {
    # Said by us, or granian would say its own.
    "Server": "pointsbank",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORBIDDEN = ("X-Powered-By", "X-XSS-Protection", "Access-Control-Allow-Origin")


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Headers do not depend on the database."""
    return sqlite_url


def answers(app: Flask, counter: Counter, kiosk: KioskClient) -> Iterator[tuple[str, TestResponse]]:
    """One answer of every kind: each address that can be read, and each way to fail."""
    nobody, staff = app.test_client(), log_in(app, counter, "worker", "admin", "auditor")
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<path:filename>", "looks.css")
        if "GET" in (rule.methods or ()) and "<" not in path:
            yield f"nobody {path}", nobody.get(path)
            yield f"staff {path}", staff.get(path)
            yield f"options {path}", nobody.options(path)
    yield "kiosk", kiosk.get("/kiosk")
    yield "shelf", kiosk.get("/shelf")
    yield "booked", kiosk.post("/help-calls")
    yield (
        "400",
        kiosk.post("/unknown-codes", data="{", headers={"Content-Type": "application/json"}),
    )
    yield "401", nobody.get(f"{API}/kiosk")
    yield "403", kiosk.get("/volunteers")
    yield "404 api", nobody.get(f"{API}/nowhere")
    yield "404 page", nobody.get("/nowhere")
    yield "404 static", nobody.get("/static/nowhere.css")
    yield "404 escape", nobody.get("/static/..%2fapp.py")
    yield "405 api", nobody.delete(f"{API}/kiosk")
    yield "405 page", nobody.delete("/login")
    yield "413", kiosk.post("/help-calls", data="x" * 70_000)
    yield "415", kiosk.post("/help-calls", data="x", headers={"Content-Type": "text/plain"})
    yield "422", kiosk.post("/unknown-codes", {})
    yield "wrong host", nobody.get("/", headers={"Host": "elsewhere.example"})


def policy_of(answer: TestResponse) -> dict[str, list[str]]:
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for part in parts if (words := part.split())}


def test_every_answer_carries_them(app: Flask, counter: Counter, kiosk_client: KioskClient) -> None:
    seen = set()
    for name, answer in answers(app, counter, kiosk_client):
        seen.add(answer.status_code)
        for header, wanted in EVERYWHERE.items():
            assert answer.headers.getlist(header) == [wanted], (name, header)
        for header in FORBIDDEN:
            assert header not in answer.headers, (name, header)
        policy = policy_of(answer)
        assert policy["default-src"] == ["'none'"], name
        assert policy["frame-ancestors"] == ["'none'"], name
        sources = [source for words in policy.values() for source in words]
        assert "'unsafe-inline'" not in sources, name
        assert "'unsafe-eval'" not in sources, name
        assert not [source for source in sources if source.startswith(("http", "*"))], name
        assert "microphone=()" in answer.headers["Permissions-Policy"], name
        assert "Strict-Transport-Security" not in answer.headers, name
        if answer.data:
            assert answer.mimetype, name
        if answer.mimetype.startswith("text/"):
            assert answer.mimetype_params.get("charset") == "utf-8", name
    assert {200, 201, 302, 400, 401, 403, 404, 405, 413, 415, 421, 422} <= seen


def test_nothing_but_the_files_is_kept(
    app: Flask, counter: Counter, kiosk_client: KioskClient
) -> None:
    for name, answer in answers(app, counter, kiosk_client):
        kept = answer.headers["Cache-Control"]
        if "/static/" in name and answer.status_code == 200:
            assert kept.startswith("public"), name
        elif not name.startswith("404"):
            assert kept == "no-store", name
    shown = app.test_client().get("/static/looks.css")
    assert shown.headers["Cache-Control"].startswith("public")


def test_data_may_load_nothing_and_pages_only_their_own(
    app: Flask, kiosk_client: KioskClient
) -> None:
    data = policy_of(kiosk_client.get("/shelf"))
    assert set(data) == {"default-src", "frame-ancestors", "sandbox"}
    page = policy_of(app.test_client().get("/login"))
    assert (page["script-src"], page["base-uri"], page["object-src"]) == (
        ["'self'"],
        ["'none'"],
        ["'none'"],
    )
    assert page["form-action"] == ["'self'"]
    assert page["require-trusted-types-for"] == ["'script'"]


def test_no_script_of_ours_writes_markup() -> None:
    """What the browser refuses under trusted types is found here without a browser."""
    sinks = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|parseFromString|document\.write")
    scripts = [*(ROOT / "pointsbank/web/static").glob("*.js")]
    scripts += [one for one in (ROOT / "kiosk/static").rglob("*.js") if "vendor" not in one.parts]
    assert len(scripts) > 20
    assert [one.name for one in scripts if sinks.search(one.read_text(encoding="utf-8"))] == []


def test_only_the_kiosk_may_open_the_camera_and_compile_its_reader(app: Flask) -> None:
    client = app.test_client()
    kiosk, login = client.get("/kiosk/"), client.get("/login")
    assert "camera=(self)" in kiosk.headers["Permissions-Policy"]
    assert "camera=()" in login.headers["Permissions-Policy"]
    assert "'wasm-unsafe-eval'" in policy_of(kiosk)["script-src"]
    assert "'wasm-unsafe-eval'" not in policy_of(login)["script-src"]


def test_405_says_what_is_allowed(app: Flask) -> None:
    answer = app.test_client().delete(f"{API}/kiosk")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_over_https_the_browser_is_told_to_stay_there(counter: Counter) -> None:
    app = create_app_for(counter.bank, secure=True)
    answer = app.test_client().get("/login", base_url="https://bank.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-"), cookie
        assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie
