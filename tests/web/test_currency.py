"""A community that counts in coins reads of coins on every page, and on paper too."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pointsbank.earning import approve_record
from pointsbank.people import CardFace, change_settings, find_volunteer, get_wording
from pointsbank.people.card_faces import list_card_faces
from tests.counter import Buyer, Counter, scanned
from tests.web.conftest import KioskClient, log_in, problem
from tests.web.test_me import Holder

COINS = {"currency_name": "志愿币", "currency_unit": "枚", "currency_name_en": "coins"}
STILL_POINTS = {
    "zh-CN": re.compile(r"积分(?!卡|规则|标准|超市|叫什么|数“)|[\d几少] ?分(?![钟店])"),
    "en": re.compile(r"\bpoints?\b(?! (?:bank|card|shop|are c))(?!, coins)", re.IGNORECASE),
}
OFFICE = (
    *("/office/", "/office/volunteers", "/office/families", "/office/service?status=all"),
    *("/office/redemptions", "/office/goods", "/office/goods/deliveries", "/office/goods/new"),
    *(
        "/office/journal",
        "/office/books",
        "/office/cards?shelf=all",
        "/office/cards/sign?shelf=all",
    ),
    *("/office/tell", "/office/search?q=zzz", "/office/service/new", "/office/volunteers/new"),
    *("/office/backup/missing", "/office/setup/", "/office/setup/currency", "/office/setup/rate"),
    *("/office/setup/limits", "/office/setup/rehearsal", "/office/setup/goods"),
)
OWN = ("/me/", "/me/statement", "/me/passbook", "/me/help")


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def buyer(counter: Counter, kiosk_client: KioskClient) -> Buyer:
    """Somebody who earned by two services, took a soap, and owes nothing."""
    buyer = counter.buyer(points=40)
    counter.goods("SOAP", 30, shelf=5)
    volunteer = counter.bank.database.read(lambda session: find_volunteer(session, buyer.number))
    assert volunteer is not None
    record = counter.make.record(volunteer)
    counter.make.do(approve_record, by=counter.make.staff("witness").caller, record=record)
    counter.make.record(volunteer)
    kiosk_client.redeem(buyer.card, scanned("SOAP"))
    admin = counter.make.staff("admin").caller
    counter.make.do(change_settings, by=admin, changes=COINS)
    return buyer


def words(client: FlaskClient, address: str, language: str) -> str:
    """What somebody reads on a page, what is only read aloud included."""
    client.set_cookie("lang", language)
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    shown = re.sub(r"<(script|style).*?</\1>", " ", answer.text, flags=re.DOTALL)
    told = re.sub(r'<[^>]*?(?:aria-label|placeholder|title)="([^"]*)"[^>]*>', r" \1 ", shown)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told)))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_page_says_points_where_they_are_coins(
    app: Flask, counter: Counter, buyer: Buyer, language: str
) -> None:
    office, holder = log_in(app, counter, "admin", "worker"), Holder(app, counter, buyer)
    holder.come()
    entry = re.search(r"/office/journal/J[\w-]+", office.get("/office/journal").text)
    record = re.search(r"/office/service/S[\w-]+", office.get("/office/service?status=all").text)
    assert entry
    assert record
    one_by_one = (
        *(entry.group(), record.group(), "/office/goods/SOAP"),
        *(f"/office/volunteers/{buyer.number}", f"/office/accounts/{buyer.wallet.id}"),
        f"/office/cards/{buyer.short_number}",
    )
    read = {page: words(office, page, language) for page in (*OFFICE, *one_by_one)}
    read |= {page: words(holder.client, page, language) for page in OWN}
    # What people have consented to is never said in other words.
    wording = get_wording(counter.bank)
    for told in (wording.text, wording.text_en or ""):
        consented = " ".join(told.split())
        read = {page: text.replace(consented, "") for page, text in read.items()}
    left = {page: STILL_POINTS[language].findall(text) for page, text in read.items()}
    assert {page: found for page, found in left.items() if found} == {}
    coins = "志愿币" if language == "zh-CN" else "coins"
    assert all(coins in read[page] for page in ("/office/", "/office/volunteers"))
    if language == "zh-CN":
        assert "30 枚" in read["/office/redemptions"] + read["/office/goods/SOAP"]
        assert "积分卡" in read["/office/cards?shelf=all"]


def test_a_kiosk_is_told_the_name_and_a_refusal_speaks_of_it(
    counter: Counter, kiosk_client: KioskClient, buyer: Buyer
) -> None:
    currency = kiosk_client.get("/kiosk").get_json()["currency"]
    assert currency == {"name": "志愿币", "unit": "枚", "name_en": "coins"}
    counter.goods("RICE", 100, shelf=1)
    basket = kiosk_client.basket(buyer.card, scanned("RICE"))
    refused = problem(kiosk_client.post("/redemptions", basket))
    assert refused["title"] == "还差 70 枚"
    assert refused["detail"] == "没有扣志愿币。拿掉一样就可以换。"
    kiosk_client.language = "en"
    assert problem(kiosk_client.post("/redemptions", basket))["title"] == "70 coins short"


def test_the_back_of_a_card_says_what_its_holder_looks_up(counter: Counter, buyer: Buyer) -> None:
    [face] = list_card_faces(counter.bank, card_key=counter.bank.keys.card, numbers=[buyer.number])
    assert (face.points, face.points_en, face.title) == ("志愿币", "coins", "积分卡")
    assert (CardFace.points, CardFace.points_en) == ("积分", "points")
