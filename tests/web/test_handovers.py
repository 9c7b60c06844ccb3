"""A handover at one screen: opened, counted, signed by both, closed by an admin, and on paper."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.foundation import Bank
from pointsbank.people import get_handover, passwords, pins
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import Make
from tests.people.test_second_person import standing
from tests.web.page_visitor import Visitor


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    for room in (pins, passwords):
        monkeypatch.setattr(room, "_HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make) -> Flask:
    """The pages over a bank that is open for business."""
    make.rule()
    counter.goods("SOAP", price=30)
    return create_app_for(bank, secure=False)


def test_a_handover_from_its_first_page_to_the_end_of_the_login(
    app: Flask, bank: Bank, make: Make
) -> None:
    leaver, taker = Visitor(app, bank, make.staff("worker")), standing(make, "worker")
    admin = Visitor(app, bank, make.staff("admin"))
    make.record(make.volunteer(), by=leaver.staff, activity="扫楼道")
    begun = leaver.send(
        "/office/handover/new",
        "/office/handover/new",
        leaving=leaver.staff.login,
        taking=taker.staff.login,
    )
    assert begun.status_code == 302
    page = begun.headers["Location"]
    assert "扫楼道" in leaver.read(page)
    wrong = leaver.send(page, f"{page}/count", goods_SOAP="some", key_stick="yes")
    assert wrong.status_code == 422
    assert 'id="f-goods_SOAP-error"' in wrong.text
    early = leaver.send(page, f"{page}/sign", agrees="yes")
    assert "还没清点" in early.text
    assert leaver.send(page, f"{page}/count", goods_SOAP="1", key_stick="yes").status_code == 302
    signed = leaver.send(page, f"{page}/sign", agrees="yes")
    assert signed.status_code == 302, signed.text
    assert "的交接等签字" in admin.read("/office/")
    # Nobody signs twice, and the first one alone closes nothing.
    assert leaver.send(page, f"{page}/sign", agrees="yes").status_code == 403
    assert admin.send(page, f"{page}/close", ends="yes").status_code == 409
    refused = leaver.send(page, f"{page}/beside", badge=taker.badge, pin="000000")
    assert 'id="f-pin-error"' in refused.text
    done = leaver.send(page, f"{page}/beside", badge=taker.badge, pin=taker.pin)
    assert done.status_code == 302
    paper = leaver.read(f"{page}/paper")
    assert "交出的人签名" in paper
    assert "SOAP" in paper
    assert leaver.send(page, f"{page}/close", ends="yes").status_code == 403
    assert admin.send(page, f"{page}/close").status_code == 422
    assert admin.send(page, f"{page}/close", ends="yes").status_code == 302
    assert "的交接" not in admin.read("/office/")
    assert leaver.get("/office/").status_code == 302
    found = get_handover(bank, handover=int(page.rsplit("/", 1)[1]))
    assert found.keys_handed == ("stick",)
    assert found.open_items["records"] == 1
    assert found.goods["SOAP"][1] == 1
    for language in ("zh-CN", "en"):
        for address in ("/office/handover", page, f"{page}/paper"):
            assert admin.get(f"{address}?lang={language}").status_code == 200


def test_a_mistake_is_withdrawn_and_a_signed_difference_is_booked(
    app: Flask, bank: Bank, make: Make
) -> None:
    leaver, taker = Visitor(app, bank, make.staff("worker")), standing(make, "worker")
    new, told = "/office/handover/new", {"leaving": leaver.staff.login}
    page = leaver.send(new, new, **told).headers["Location"]
    assert leaver.send(page, f"{page}/withdraw").status_code == 302
    assert "撤回了" in leaver.read("/office/handover")
    assert "开错了" not in leaver.read(page)
    page = leaver.send(new, new, **told).headers["Location"]
    leaver.send(page, f"{page}/count", goods_SOAP="3")
    leaver.send(page, f"{page}/sign", agrees="yes")
    assert leaver.send(page, f"{page}/book").status_code == 409
    leaver.send(page, f"{page}/beside", badge=taker.badge, pin=taker.pin)
    assert "把 1 样的差数记进账" in leaver.read(page)
    assert leaver.send(page, f"{page}/book").status_code == 302
    assert "差数入账了" in leaver.read(page)
    assert make.sum_of("store_room", "SKU-SOAP", "shop:1") == 3
    assert "盘盈 3 件" in leaver.read("/office/journal")


def test_whoever_only_reads_opens_and_closes_nothing(app: Flask, bank: Bank, make: Make) -> None:
    auditor = Visitor(app, bank, make.staff("auditor"))
    assert "开始一次交接" not in auditor.read("/office/handover").replace("从“开始一次交接”", "")
    assert auditor.get("/office/handover/new").status_code == 403
    assert auditor.get("/office/handover/9").status_code == 404
