"""Nothing that can be sent breaks anything: it is refused as promised, and leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pointsbank.foundation import new_key
from pointsbank.redemption import list_unconfirmed
from pointsbank.web.api.strict_json import DEPTH_MOST
from tests.counter import Counter, tapped
from tests.snapshot import snapshot
from tests.web.conftest import API, KioskClient, log_in, problem

Raw = tuple[str, str]

# What may stand in the place of a number or a text, written as JSON.
NUMBERS = [
    "-1", "0", "-0", "1.5", "1.0", "1e400", "1e2", "-1e400", "NaN", "Infinity", "-Infinity", "true",
    "false", "null", '""', '"1"', '"１２"', '"٣"', '"1_0"', '" 1"', '"0x10"', "[1]", "[[1]]", "[]",
    '{"a":1}', "01", "+1", "1_0", "１２", "0x10", str(2**31 * 10**9), str(2**63), str(-(2**63)),
    str(2**64), str(10**17), str(10**30), "9" * 5000, "-" + "9" * 5000, "0." + "9" * 5000,
]  # fmt: skip
TEXTS = [
    "1", "1.5", "true", "null", "[]", "{}", '""', '" "', '"\\u0000"', '"a\\u0000b"', '"\\ud800"',
    '"\\udfff\\ud800"', '"\\u202eabc"', '"\\u2066abc\\u2069"', '"\\u200b"', '"\\ufeff"', '"\\n"',
    '"\\u001b[31m"', '"１２３"', '"\\u0663"', '"' + "x" * 300 + '"', '"' + "e\\u0301" * 4000 + '"',
    '"\' OR 1=1 --"', '"%s%n{0}"', '"../../etc/passwd"', '"<script>"', '"😀"', '"=1+1"',
    '"AAAAAAAAAAAAAAAAAAAAAAAA\\n"',
]  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def bank_url(request: pytest.FixtureRequest) -> str:
    """What a number may be, each database has its own opinion of."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


def bodies(counter: Counter, kiosk: KioskClient) -> dict[str, dict[str, Any]]:
    """A good body for every address of the API that takes one."""
    counter.goods("SOAP", 30, shelf=40)
    buyer = counter.buyer(points=500)
    slip = kiosk.redeem(buyer.card, tapped("SOAP"))
    told = kiosk.basket(buyer.card, tapped("SOAP"))
    left = {"card": told["card"], "quote": told["quote"]}
    assert kiosk.post("/unconfirmed", left).status_code == 201
    [basket] = list_unconfirmed(counter.bank).items
    return {
        "/devices/pair": {"code": "1" * 12},
        "/cards/read": {"code": buyer.card},
        "/news/told": {"card": buyer.card, "news": ["N1.2"]},
        "/quotes": {
            "kind": "goods",
            "card": buyer.card,
            "lines": [{"sku": "SOAP", "quantity": 1, "scanned": True}],
        },
        "/redemptions": kiosk.basket(buyer.card, tapped("SOAP")),
        f"/redemptions/{slip['number']}/undo": {"card": buyer.card},
        "/unconfirmed": left,
        f"/unconfirmed/{basket.number}/answer": {"card": buyer.card, "answer": "not_taken"},
        "/unknown-codes": {"code": "6901234567892"},
        f"/receipts/{new_key()}/void": {},
        "/help-calls": {},
    }


def places(body: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body where a value stands, the containers too."""
    inner = body.items() if isinstance(body, dict) else enumerate(body)
    found = []
    for name, value in inner:
        found.append((*path, name))
        if isinstance(value, dict | list):
            found += places(value, (*path, name))
    return found


def with_raw(body: dict[str, Any], place: tuple[Any, ...], raw: str) -> str:
    """The body as JSON with something else, as it is written, in one place."""
    copy = json.loads(json.dumps(body))
    holder = copy
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = "@@RAW@@"
    return json.dumps(copy, ensure_ascii=False).replace('"@@RAW@@"', raw)


def value_at(body: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        body = body[step]
    return body


def send(kiosk: KioskClient, path: str, data: str | bytes, **headers: str) -> Any:
    told = {"Content-Type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return kiosk.post(path, data=data, headers=told)


# A text of another form is no mistake of the sender's form where the field is free, and some codes
# are merely unknown: that is a refusal too. What must not be is an acceptance or a crash.
REFUSALS = {400, 404, 409, 422}
HARMLESS = {("/quotes", ("card",), "null")}


def test_no_number_and_no_text_breaks_a_field(kiosk_client: KioskClient, counter: Counter) -> None:
    good = bodies(counter, kiosk_client)
    before = snapshot(counter.bank)
    wrong = []
    for path, body in good.items():
        for place in places(body):
            value = value_at(body, place)
            for raw in NUMBERS if isinstance(value, int) else TEXTS + NUMBERS:
                if (path, place, raw) in HARMLESS or _is_the_same(raw, value):
                    continue
                answer = send(kiosk_client, path, with_raw(body, place, raw))
                refused = _is_ours(answer)
                listed = path == "/quotes" and answer.status_code == 200
                # A quote answers with what stands against it: goods that nobody knows.
                if listed and answer.get_json()["refusals"]:
                    continue
                if not refused or answer.status_code not in REFUSALS:
                    wrong.append((path, place, raw[:40], answer.status_code, answer.text[:80]))
    assert not wrong, "\n".join(map(str, wrong[:20]))
    assert snapshot(counter.bank) == before


def _is_the_same(raw: str, value: Any) -> bool:
    return raw == json.dumps(value) or (isinstance(value, bool) and raw in {"true", "false"})


def _is_ours(answer: Any) -> bool:
    if answer.mimetype != "application/problem+json":
        return False
    told = json.loads(answer.data)
    return bool(told["code"]) and told["title"] != told["code"]


def test_numbers_are_refused_by_the_form_of_the_field(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    good = bodies(counter, kiosk_client)
    for path, place in (("/redemptions", ("total_points",)), ("/quotes", ("lines", 0, "quantity"))):
        for raw in NUMBERS:
            answer = send(kiosk_client, path, with_raw(good[path], place, raw))
            assert answer.status_code in {400, 422}, (path, raw[:40], answer.text)
    for raw, reason in (
        ("NaN", "not_a_number"),
        ("-Infinity", "not_a_number"),
        ("1.0", "fraction"),
        ("1e400", "fraction"),
        ("9" * 5000, "number_too_long"),
        (str(10**30), "number_too_long"),
        ("01", "not_json"),
        ("１２", "not_json"),
    ):
        told = with_raw(good["/redemptions"], ("total_points",), raw)
        refused = problem(send(kiosk_client, "/redemptions", told))
        assert (refused["status"], refused["code"]) == (400, "web.body_unreadable"), raw[:40]
        assert refused["facts"] == {"reason": reason}, raw[:40]


def test_what_is_missing_or_too_much_is_named(kiosk_client: KioskClient, counter: Counter) -> None:
    good = bodies(counter, kiosk_client)
    before = snapshot(counter.bank)
    for path, body in good.items():
        for extra in ("role", "balance", "price", "approved_by", "__proto__", "staff_id"):
            refused = problem(kiosk_client.post(path, body | {extra: 1}))
            assert (refused["status"], refused["code"]) == (422, "web.fields_invalid"), path
            assert refused["fields"] == {"json": {extra: ["unknown"]}}
        for name in body:
            if (path, name) == ("/quotes", "card"):
                continue
            without = {other: value for other, value in body.items() if other != name}
            refused = problem(kiosk_client.post(path, without))
            assert refused["status"] == 422, (path, name)
            assert set(refused["fields"]["json"]) == {name}
    line = good["/quotes"]["lines"][0] | {"price_points": 1}
    refused = problem(kiosk_client.post("/quotes", good["/quotes"] | {"lines": [line]}))
    assert set(refused["fields"]["json"]["lines"]["0"]) == {"price_points"}
    assert snapshot(counter.bank) == before


def deep(opening: str, closing: str, times: int) -> str:
    return opening * times + "1" + closing * times


WHOLE_BODIES: list[tuple[str, str | bytes, int, str]] = [
    ("nothing", "", 422, "web.fields_invalid"),
    ("blanks", "   ", 400, "web.body_unreadable"),
    ("broken", '{"code": ', 400, "web.body_unreadable"),
    ("a list", "[]", 422, "web.fields_invalid"),
    ("a text", '"code"', 422, "web.fields_invalid"),
    ("null", "null", 422, "web.fields_invalid"),
    ("two values", '{"code":"1"}{"code":"1"}', 400, "web.body_unreadable"),
    ("a name twice", '{"code":"6901234567892","code":"1"}', 400, "web.body_unreadable"),
    ("a name twice, escaped", '{"code":"1","c\\u006fde":"2"}', 400, "web.body_unreadable"),
    ("a NUL in a name", '{"co\\u0000de":"1"}', 400, "web.body_unreadable"),
    ("a byte order mark", b'\xef\xbb\xbf{"code":"1"}', 400, "web.body_unreadable"),
    ("UTF-16", '{"code":"1"}'.encode("utf-16"), 400, "web.body_unreadable"),
    ("half a character", b'{"code":"\xe4\xbd"}', 400, "web.body_unreadable"),
    ("a surrogate in bytes", b'{"code":"\xed\xa0\x80"}', 400, "web.body_unreadable"),
    ("a raw NUL", b'{"code":"\x00"}', 400, "web.body_unreadable"),
    ("lists 3,000 deep", deep("[", "]", 3000), 400, "web.body_unreadable"),
    ("lists 30,000 deep", deep("[", "]", 30_000), 400, "web.body_unreadable"),
    ("objects 3,000 deep", deep('{"a":', "}", 3000), 400, "web.body_unreadable"),
    ("just too deep", deep("[", "]", DEPTH_MOST + 1), 400, "web.body_unreadable"),
    ("ten thousand names", json.dumps({f"n{i}": i for i in range(4000)}), 422,
     "web.fields_invalid"),
    ("a comment", '{"code":"1" /* one */}', 400, "web.body_unreadable"),
    ("a comma too much", '{"code":"1",}', 400, "web.body_unreadable"),
    ("single quotes", "{'code':'1'}", 400, "web.body_unreadable"),
]  # fmt: skip


def test_a_body_that_is_not_strict_json_is_refused(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    before = snapshot(counter.bank)
    for name, body, status, code in WHOLE_BODIES:
        for path in ("/unknown-codes", "/redemptions", "/quotes"):
            refused = problem(send(kiosk_client, path, body))
            assert (refused["status"], refused["code"]) == (status, code), (name, path)
    assert snapshot(counter.bank) == before


def test_json_under_another_name_is_refused(kiosk_client: KioskClient, counter: Counter) -> None:
    before = snapshot(counter.bank)
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "", "odd"):
        for path in ("/unknown-codes", "/quotes", "/redemptions", "/help-calls"):
            refused = problem(send(kiosk_client, path, '{"code":"1"}', Content_Type=media))
            assert (refused["status"], refused["code"]) == (415, "web.media_type"), (media, path)
    assert snapshot(counter.bank) == before


def test_a_huge_body_is_refused_before_it_is_read(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    before = snapshot(counter.bank)
    for size in (64 * 1024 + 1, 1024 * 1024, 8 * 1024 * 1024):
        body = '{"code":"' + "1" * size + '"}'
        for path in ("/unknown-codes", "/quotes", "/redemptions", "/help-calls"):
            refused = problem(send(kiosk_client, path, body))
            assert (refused["status"], refused["code"]) == (413, "web.too_large")
    assert snapshot(counter.bank) == before


QUERIES: list[tuple[str, Callable[[int], bool]]] = [
    (f"{name}={value}", lambda status: status == 422)
    for name in ("page", "per_page")
    for value in (
        "0", "-1", "1.5", "1_0", "１２", "٣", "%20", "", "a", "NaN", "1e3", "true", "0x1",
        "2436512020595178549018624", "9" * 5000, "100001", "%00",
    )
] + [
    (query, lambda status: status == 422)
    for query in (
        "unknown=1", "search=%00", "search=a%00b", "search=%E2%80%AE", "search=%ED%A0%80%00",
        "search=" + "x" * 61, "search=%0A%0A",
    )
] + [
    (query, lambda status: status == 200)
    for query in (
        "search=%25", "search=_", "search=%27%20OR%201%3D1", "search=%F0%A0%AE%B7", "search=",
        "search=%5C", "page=100000", "page=7&per_page=200", "search=%FF%FE",
    )
]  # fmt: skip


def test_queries_are_read_strictly(app: Flask, counter: Counter) -> None:
    counter.buyer(points=10)
    client = log_in(app, counter, "auditor")
    for query, is_right in QUERIES:
        answer = client.get(f"{API}/volunteers?{query}")
        assert is_right(answer.status_code), (query[:60], answer.status_code, answer.text[:200])
    for query in ("from=2026-02-30", "from=20260101", "to=2026-1-1", "from=２０２６-01-01",
                  "kind=x", "kind=redemption.goods%0A", "commodity=%27", "account_type=W",
                  "from=2026-01-01%00", "from=" + "9" * 5000):  # fmt: skip
        refused = problem(client.get(f"{API}/entries?{query}"))
        assert (refused["status"], refused["code"]) == (422, "web.fields_invalid"), query[:60]


def test_addresses_are_read_strictly(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    client = log_in(app, counter, "auditor")
    parts = ["%00", "a%00b", "%E2%80%AE", "x" * 65, "x" * 5000, "%ED%A0%80", "%FF", "..%2F..", "'",
             "%F0%A0%AE%B7", "-1", "9" * 30, "J" + "9" * 18 + "-0", "R000000-0", "%0A",
             "*"]  # fmt: skip
    before = snapshot(counter.bank)
    for part in parts:
        for path in (f"/volunteers/{part}", f"/volunteers/{part}/statement", f"/entries/{part}"):
            assert problem(client.get(API + path))["status"] in {404, 422}, path[:60]
        assert problem(kiosk_client.get(f"/redemptions/{part}"))["status"] == 404, part[:60]
        assert problem(kiosk_client.get(f"/receipts/{part}"))["status"] in {400, 404}, part[:60]
        undone = kiosk_client.post(f"/redemptions/{part}/undo", {"card": "A" * 24})
        assert problem(undone)["status"] == 404, part[:60]
    assert snapshot(counter.bank) == before


def test_tokens_are_read_strictly(app: Flask, counter: Counter) -> None:
    client = app.test_client()
    for token in ("", " ", "x" * 10_000, "é", "a b", "\u00ff" * 8, "0" * 43):
        for scheme in ("Bearer", "bearer", "Basic", ""):
            told = {"Authorization": f"{scheme} {token}"}
            assert problem(client.get(f"{API}/kiosk", headers=told))["status"] == 401
