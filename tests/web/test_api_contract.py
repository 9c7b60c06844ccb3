"""What the kiosk and other programs were promised: every address, when it works and when not."""

from __future__ import annotations

import re
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema
from PIL import Image

from pointsbank.foundation import Clock, add_days, business_day, from_instant, new_key
from pointsbank.inventory import describe_product, set_best_before
from pointsbank.people import block_card, change_settings, open_pairing, revoke_device
from pointsbank.redemption import KINDS
from pointsbank.web.api import (
    calls,
    cards,
    devices,
    entries,
    kiosk,
    quotes,
    receipts,
    redemptions,
    shelf,
    volunteers,
)
from pointsbank.web.api.fields import Drawing
from pointsbank.web.api.limits import Limiter
from tests.counter import Counter, scanned, tapped
from tests.make import SOMEBODY
from tests.web.conftest import API, KioskClient, log_in, pair_kiosk, problem

CHINESE = re.compile("[\u4e00-\u9fff]")


def holds(schema: type[Schema], answer: Any, status: int = 200) -> dict[str, Any]:
    """The answer's body, which is exactly of the form that the document tells."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.get_json()
    assert schema().validate(body) == {}
    return body


# ---------------------------------------------------------------- the kiosk and its place


def test_a_kiosk_is_paired_once_by_the_offices_code(
    app: Flask, client: FlaskClient, counter: Counter
) -> None:
    code, _ = open_pairing(counter.bank, by=SOMEBODY, key=new_key(), shop="shop-1", name="门口")
    told = {"code": code.replace(" ", "")}
    paired = holds(devices.Paired, client.post(f"{API}/devices/pair", json=told), 201)
    assert paired["device"]["name"] == "门口"
    assert paired["shop"]["name"] == "公益超市"
    again = problem(client.post(f"{API}/devices/pair", json=told))
    assert (again["status"], again["code"]) == (404, "people.pairing_unknown")


def test_a_kiosk_learns_where_it_stands(kiosk_client: KioskClient, counter: Counter) -> None:
    place = holds(kiosk.Place, kiosk_client.get("/kiosk"))
    assert place["shop"] == {
        "name": "公益超市",
        "tagline": place["shop"]["tagline"],
        "opens": "07:00",
        "open_until": "21:00",
        "help_phone": "027-84840000",
    }
    assert place["currency"] == {"name": "积分", "unit": "分", "name_en": "points"}
    assert place["points_per_hour"] == 10
    assert place["demonstration"] is False
    assert [kind["code"] for kind in place["kinds"]] == [kind.code for kind in KINDS]
    assert place["now"] == counter.bank.clock.instant()


def test_the_shelf_says_what_is_left_and_what_it_costs_in_hours(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4, limit=5)
    counter.goods("OIL", 155)
    changes = {"restock_zh": "周四补货", "restock_en": "Back on Thursday", "wanted": 9}
    counter.make.do(describe_product, sku="OIL", changes=changes)
    oil, soap = holds(shelf.Shelf, kiosk_client.get("/shelf"))["items"]
    assert (soap["sku"], soap["left"], soap["hours_tenths"], soap["limit_monthly"]) == (
        "SOAP",
        4,
        30,
        5,
    )
    assert soap["restock"] is None
    assert (oil["left"], oil["hours_tenths"]) == (0, 155)
    assert oil["restock"] == {"zh": "周四补货", "en": "Back on Thursday"}
    assert len(soap["barcodes"]) == 1


def test_a_real_bank_has_no_tray_and_pairs_nobody_by_itself(client: FlaskClient) -> None:
    assert client.get(f"{API}/demo/tray").status_code == 404
    assert client.post(f"{API}/demo/pairing-code", json={}).status_code == 404


# ---------------------------------------------------------------------------- cards


def test_a_card_is_greeted_without_its_name(kiosk_client: KioskClient, counter: Counter) -> None:
    buyer = counter.buyer(points=120)
    card = holds(cards.CardAnswer, kiosk_client.post("/cards/read", {"code": buyer.card}))["card"]
    assert (card["points"], card["owed"], card["masked_name"]) == (120, 0, "王**")
    assert "王小明" not in str(card)
    assert set(card["greeting"]) == {"zh", "en"}


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ("unknown", 404, "people.card_unknown"),
        ("blocked", 409, "people.card_blocked"),
        ("short", 409, "people.pin_needed"),
    ],
)
def test_other_cards_are_refused_each_in_its_own_words(
    kiosk_client: KioskClient, counter: Counter, wanted: str, status: int, code: str
) -> None:
    buyer = counter.buyer()
    told = {"unknown": "A" * 24, "blocked": buyer.card, "short": buyer.short_number}[wanted]
    if wanted == "blocked":
        counter.make.do(block_card, short_number=buyer.short_number)
    sentences = set()
    for language in ("zh-CN", "en"):
        kiosk_client.language = language
        refused = problem(kiosk_client.post("/cards/read", {"code": told}))
        assert (refused["status"], refused["code"]) == (status, code)
        assert bool(CHINESE.search(refused["title"])) is (language == "zh-CN")
        assert refused["title"] != code
        sentences.add(refused["title"])
    assert len(sentences) == 2


# --------------------------------------------------------------------------- quotes


def test_a_quote_without_a_card_knows_no_balance(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    made = kiosk_client.quote(None, ("SOAP", 2, True))
    assert quotes.QuoteAnswer().validate(made) == {}
    assert (made["total_points"], made["points_before"], made["points_after"]) == (60, None, None)
    assert made["lines"] == [
        {
            "sku": "SOAP",
            "name": "商品SOAP",
            "quantity": 2,
            "scanned": True,
            "price_points": 30,
            "sum_points": 60,
        }
    ]


def test_a_quote_lists_everything_that_stands_against_a_basket(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4, limit=1)
    counter.goods("OIL", 155, shelf=1)
    buyer = counter.buyer(points=50)
    kiosk_client.language = "en"
    made = kiosk_client.quote(buyer.card, tapped("SOAP", 2), tapped("OIL", 2))
    by_code = {refusal["code"]: refusal for refusal in made["refusals"]}
    assert set(by_code) == {
        "redemption.item_limit",
        "redemption.sold_out",
        "ledger.insufficient_balance",
    }
    assert by_code["redemption.sold_out"]["facts"] == {"sku": "OIL", "left": 1}
    assert by_code["redemption.item_limit"]["sku"] == "SOAP"
    assert made["short_points"] == 370 - 50
    assert all(one["title"] and not CHINESE.search(one["title"]) for one in made["refusals"])


# ---------------------------------------------------------------------- redemptions


def test_a_checkout_answers_a_slip(kiosk_client: KioskClient, counter: Counter) -> None:
    counter.goods("SOAP", 30, shelf=4)
    counter.goods("OIL", 155, shelf=1)
    buyer = counter.buyer(points=300)
    body = kiosk_client.basket(buyer.card, scanned("SOAP", 2), tapped("OIL"))
    slip = holds(redemptions.RedemptionAnswer, kiosk_client.post("/redemptions", body), 201)[
        "redemption"
    ]
    assert (slip["total_points"], slip["points_before"], slip["points_after"]) == (215, 300, 85)
    assert [(line["sku"], line["quantity"], line["scanned"]) for line in slip["lines"]] == [
        ("SOAP", 2, True),
        ("OIL", 1, False),
    ]
    assert slip["lines"][0]["name"] == "商品SOAP"
    assert not slip["undone"]
    assert slip["slip"].startswith("A")
    assert counter.points(buyer) == 85
    again = holds(redemptions.RedemptionAnswer, kiosk_client.get(f"/redemptions/{slip['number']}"))
    assert again["redemption"] == slip


def read_drawing(drawing: dict[str, Any]) -> str:
    """What a telephone reads off a drawing."""
    side, scale = drawing["side"], 4
    picture = Image.new("L", (side * scale, side * scale), 255)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawing["path"]):
        left, top = int(x) * scale, int(y) * scale
        picture.paste(0, (left, top, left + scale, top + scale))
    [code] = zxingcpp.read_barcodes(picture)
    return str(code.text)


def test_a_slip_goes_home_on_a_telephone(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer = counter.buyer(points=100)
    slip = kiosk_client.redeem(buyer.card, scanned("SOAP", 2))
    where = f"/redemptions/{slip['number']}/code"
    lines = read_drawing(holds(Drawing, kiosk_client.get(where))).splitlines()
    assert lines[0] == "公益超市"
    assert lines[1].startswith(f"小票 {slip['slip']} 2026-")
    assert lines[2:4] == ["商品SOAP × 2  60", "合计 60"]
    # The telephone is the last line: no name, nothing of what is left, no link without an address.
    assert len(lines) == 5
    address = "https://jifen.example.org"
    admin = counter.make.staff("admin").caller
    counter.make.do(change_settings, by=admin, changes={"public_address": address})
    assert read_drawing(kiosk_client.get(where).get_json()).endswith(f"\n{address}/me/")
    assert problem(pair_kiosk(app, counter).get(where))["status"] == 404


def test_a_family_is_served_like_anybody(kiosk_client: KioskClient, counter: Counter) -> None:
    counter.goods("SOAP", 30, shelf=4)
    family = counter.family(points=100)
    assert kiosk_client.redeem(family.card, scanned("SOAP"))["points_after"] == 70


def test_another_kiosk_is_not_shown_what_was_bought_here(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    slip = kiosk_client.redeem(counter.buyer(points=100).card, scanned("SOAP"))
    refused = problem(pair_kiosk(app, counter).get(f"/redemptions/{slip['number']}"))
    assert (refused["status"], refused["code"]) == (404, "redemption.redemption_unknown")
    staff = log_in(app, counter, "auditor").get(f"{API}/redemptions/{slip['number']}")
    assert staff.get_json()["redemption"]["number"] == slip["number"]


def test_an_unknown_redemption_is_not_found(kiosk_client: KioskClient) -> None:
    for number in ("R000007-5", "R000007-6", "J000007-5", "x"):
        refused = problem(kiosk_client.get(f"/redemptions/{number}"))
        assert refused["code"] == "redemption.redemption_unknown"


REFUSED_CHECKOUTS = [
    ("points", 409, "ledger.insufficient_balance", {"available": 20, "needed": 30, "short": 10}),
    ("blocked", 409, "people.card_blocked", {"status": "blocked"}),
    ("other_card", 403, "redemption.not_own", {}),
    ("price", 409, "redemption.price_changed", {"was": 30, "now": 35, "total_points": 35}),
    ("sold_out", 409, "redemption.sold_out", {"sku": "SOAP", "left": 0}),
    ("limit", 409, "redemption.item_limit", {"sku": "SOAP", "limit": 1, "until": "2026-12-01"}),
    ("best_before", 409, "inventory.past_best_before", {"sku": "SOAP"}),
    ("closed", 409, "redemption.quote_expired", {}),
    ("total", 409, "redemption.total_differs", {"seen": 31, "total_points": 30}),
    ("forged", 422, "redemption.quote_unreadable", {}),
]


@pytest.mark.parametrize(("case", "status", "code", "facts"), REFUSED_CHECKOUTS)
def test_a_refused_checkout_says_why_and_changes_nothing(
    kiosk_client: KioskClient,
    counter: Counter,
    clock: Clock,
    case: str,
    status: int,
    code: str,
    facts: dict[str, Any],
) -> None:
    pieces = 1 if case == "sold_out" else 4
    counter.goods("SOAP", 30, shelf=pieces, limit=1 if case == "limit" else None)
    buyer = counter.buyer(points=20 if case == "points" else 100)
    if case == "limit":
        early = kiosk_client.basket(buyer.card, tapped("SOAP"))
        kiosk_client.redeem(buyer.card, tapped("SOAP"))
        body = early
    else:
        body = kiosk_client.basket(buyer.card, tapped("SOAP"))
    match case:
        case "blocked":
            counter.make.do(block_card, short_number=buyer.short_number)
        case "other_card":
            body["card"] = counter.buyer(points=100).card
        case "price":
            counter.price("SOAP", 35)
        case "sold_out":
            kiosk_client.redeem(counter.buyer(points=100).card, tapped("SOAP"))
        case "best_before":
            counter.make.do(set_best_before, sku="SOAP", best_before="2026-11-19")
        case "closed":
            moment = clock.moment()
            clock.set_now(lambda: moment.replace(hour=22))
        case "total":
            body["total_points"] = 31
        case "forged":
            body["quote"] = body["quote"][:-2] + ("AA" if body["quote"][-2:] != "AA" else "BB")
    before = counter.points(buyer)
    titles = {}
    for language in ("zh-CN", "en"):
        kiosk_client.language = language
        refused = problem(kiosk_client.post("/redemptions", body))
        assert (refused["status"], refused["code"]) == (status, code)
        assert {name: refused["facts"].get(name) for name in facts} == facts
        assert bool(CHINESE.search(refused["title"])) is (language == "zh-CN"), refused
        assert "{" not in refused["title"] + refused["detail"], refused
        titles[language] = refused["title"]
    assert titles["zh-CN"] != titles["en"]
    assert counter.points(buyer) == before


def test_a_closed_shop_sells_nothing(
    kiosk_client: KioskClient, counter: Counter, clock: Clock
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer = counter.buyer(points=100)
    moment = clock.moment()
    clock.set_now(lambda: moment.replace(hour=22))
    body = kiosk_client.basket(buyer.card, tapped("SOAP"))
    refused = problem(kiosk_client.post("/redemptions", body))
    assert (refused["code"], refused["facts"]) == ("redemption.out_of_hours", {"opens": "07:00"})


def test_undoing_brings_points_and_pieces_back_once(
    kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer = counter.buyer(points=100)
    slip = kiosk_client.redeem(buyer.card, tapped("SOAP", 2))
    path = f"/redemptions/{slip['number']}/undo"
    other = problem(kiosk_client.post(path, {"card": counter.buyer().card}))
    assert (other["status"], other["code"]) == (403, "redemption.not_own")
    undone = holds(redemptions.RedemptionAnswer, kiosk_client.post(path, {"card": buyer.card}))[
        "redemption"
    ]
    assert undone["undone"]
    assert undone["points_after"] == 100
    assert undone["lines"] == slip["lines"]
    assert (counter.points(buyer), counter.pieces("SOAP")[0]) == (100, 4)
    twice = problem(kiosk_client.post(path, {"card": buyer.card}))
    assert (twice["status"], twice["code"]) == (409, "redemption.already_undone")


def test_undoing_is_over_after_five_minutes(
    kiosk_client: KioskClient, counter: Counter, clock: Clock
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer = counter.buyer(points=100)
    slip = kiosk_client.redeem(buyer.card, tapped("SOAP"))
    moment = clock.moment()
    clock.set_now(lambda: moment.replace(minute=moment.minute + 6))
    refused = problem(
        kiosk_client.post(f"/redemptions/{slip['number']}/undo", {"card": buyer.card})
    )
    assert refused["code"] == "redemption.undo_too_late"
    assert refused["facts"]["until"] == slip["undo_until"]


# ------------------------------------------------------------------- telling the workers


def test_an_unknown_code_is_counted_and_a_call_for_help_stays_one_call(
    kiosk_client: KioskClient,
) -> None:
    told = {"code": "6901234567892"}
    seen = [
        holds(calls.Noted, kiosk_client.post("/unknown-codes", told), 201)["seen"] for _ in "ab"
    ]
    assert seen == [1, 2]
    opened = [holds(calls.Called, kiosk_client.post("/help-calls"), 201)["call"] for _ in "ab"]
    assert opened[0] == opened[1]


# -------------------------------------------------------------------------- for programs


def test_staff_read_volunteers_with_masked_names(app: Flask, counter: Counter) -> None:
    buyer = counter.buyer(points=120)
    counter.buyer()
    client = log_in(app, counter, "auditor")
    answer = client.get(f"{API}/volunteers?per_page=1")
    page = holds(volunteers.VolunteerPage, answer)
    assert (page["total"], page["page"], page["pages"]) == (2, 1, 2)
    assert answer.headers["X-Total-Count"] == "2"
    found = holds(volunteers.VolunteerPage, client.get(f"{API}/volunteers?search={buyer.number}"))
    assert [one["number"] for one in found["items"]] == [buyer.number]
    one = holds(volunteers.VolunteerAnswer, client.get(f"{API}/volunteers/{buyer.number}"))
    assert one["volunteer"]["masked_name"] == "王**"
    assert one["volunteer"]["points"] == 120
    for told in (page, found, one):
        assert "王小明" not in str(told)
    gone = problem(client.get(f"{API}/volunteers/nobody"))
    assert (gone["status"], gone["code"]) == (404, "people.volunteer_unknown")


def test_a_statement_tells_every_point_and_entries_tell_their_moves(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    buyer = counter.buyer(points=100)
    slip = kiosk_client.redeem(buyer.card, tapped("SOAP"))
    client = log_in(app, counter, "worker")
    path = f"{API}/volunteers/{buyer.number}/statement"
    lines = holds(volunteers.StatementPage, client.get(path))["items"]
    assert [(line["amount"], line["balance"]) for line in lines] == [(-30, 70), (100, 100)]
    assert lines[0]["entry"] == slip["entry"]
    today = business_day(from_instant(slip["at"]))
    tomorrow = add_days(today, 1)
    assert client.get(f"{path}?from={tomorrow}").get_json()["total"] == 0
    assert client.get(f"{path}?from={today}&to={today}").get_json()["total"] == 2

    found = holds(
        entries.EntryPage, client.get(f"{API}/entries?kind=redemption.goods&from={today}")
    )
    assert [one["number"] for one in found["items"]] == [slip["entry"]]
    paper = holds(entries.EntryAnswer, client.get(f"{API}/entries/{slip['entry']}"))["entry"]
    assert {(move["commodity"], move["amount"]) for move in paper["moves"]} == {
        ("PTS", 30),
        ("SKU-SOAP", 1),
    }
    assert problem(client.get(f"{API}/entries/J999999-8"))["status"] in {404, 422}
    assert problem(client.get(f"{API}/entries/J000001-0"))["code"] == (
        "foundation.public_id_invalid"
    )


# ------------------------------------------------------------------------- who may come in


def test_without_a_token_or_with_a_revoked_one_nothing_opens(
    client: FlaskClient, kiosk_client: KioskClient, counter: Counter
) -> None:
    nobody = problem(client.get(f"{API}/kiosk"))
    assert (nobody["status"], nobody["code"]) == (401, "web.login_needed")
    stranger = problem(client.get(f"{API}/kiosk", headers={"Authorization": "Bearer abc"}))
    assert (stranger["status"], stranger["code"]) == (401, "people.device_unknown")
    assert kiosk_client.get("/kiosk").status_code == 200
    counter.make.do(revoke_device, device_id=2)
    revoked = problem(kiosk_client.get("/kiosk"))
    assert (revoked["status"], revoked["code"]) == (401, "people.device_unknown")


def test_staff_cannot_buy_and_a_kiosk_cannot_read_the_books(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    assert problem(kiosk_client.get("/volunteers"))["status"] == 403
    assert problem(kiosk_client.get("/entries"))["status"] == 403
    client = log_in(app, counter, "worker", "admin")
    assert problem(client.post(f"{API}/redemptions", json={}))["status"] == 403


def test_a_page_of_another_site_can_do_nothing(kiosk_client: KioskClient) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ):
        refused = problem(kiosk_client.post("/help-calls", headers=headers))
        assert (refused["status"], refused["code"]) == (403, "web.cross_site")


def test_there_is_a_limit_to_unknown_cards_to_pairings_and_to_requests(
    app: Flask, client: FlaskClient, kiosk_client: KioskClient, counter: Counter
) -> None:
    app.config["LIMIT_UNKNOWN_CARDS"] = 3
    told = {"code": "A" * 24}
    answers = [kiosk_client.post("/cards/read", told).status_code for _ in range(5)]
    assert answers == [404, 404, 404, 429, 429]
    good = kiosk_client.post("/cards/read", {"code": counter.buyer().card})
    refused = problem(good)
    assert (refused["status"], refused["code"]) == (429, "web.too_many")
    assert 1 <= int(good.headers["Retry-After"]) <= 61

    other = pair_kiosk(app, counter)
    app.config["LIMIT_WRONG_PAIRINGS"] = 2
    wrong = {"code": "1" * 12}
    pairings = [client.post(f"{API}/devices/pair", json=wrong).status_code for _ in range(4)]
    assert pairings == [404, 404, 429, 429]

    app.config["LIMIT_REQUESTS"] = 1
    assert [other.get("/kiosk").status_code for _ in range(3)] == [200, 429, 429]


def test_the_limits_begin_anew_every_minute() -> None:
    now = 30.0
    limiter = Limiter(lambda: now)
    assert [limiter.count("kiosk") for _ in range(3)] == [1, 2, 3]
    assert limiter.count("another") == 1
    now = 59.9
    assert (limiter.count("kiosk"), limiter.seconds_left) == (4, 1)
    now = 60.0
    assert limiter.count("kiosk") == 1


# ------------------------------------------------------------------------------- receipts


def test_a_lost_answer_is_found_by_its_key_and_by_nobody_else(
    app: Flask, kiosk_client: KioskClient, counter: Counter
) -> None:
    counter.goods("SOAP", 30, shelf=4)
    key = new_key()
    slip = kiosk_client.redeem(counter.buyer(points=100).card, tapped("SOAP"), key=key)
    kept = holds(receipts.Receipt, kiosk_client.get(f"/receipts/{key}"))
    assert (kept["state"], kept["operation"]) == ("done", "redemption.check_out")
    assert kept["answer"]["redemption"]["number"] == slip["number"]
    assert "商品" not in str(kept)
    for other in (
        pair_kiosk(app, counter).get(f"/receipts/{key}"),
        kiosk_client.get(f"/receipts/{new_key()}"),
    ):
        refused = problem(other)
        assert (refused["status"], refused["code"]) == (404, "foundation.receipt_unknown")
    assert problem(kiosk_client.get("/receipts/short"))["code"] == "foundation.key_invalid"
