"""What waits for a second person, as the two of them see it: proposed, found, confirmed or not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from pointsbank.earning import approve_record
from pointsbank.foundation import Bank, new_key, public_id
from pointsbank.inventory import list_prices, list_recounts
from pointsbank.people import ACTS, pins
from pointsbank.web.portals.office import proposal_words
from pointsbank.web.portals.office.proposals import VERBS
from tests.counter import Counter, scanned
from tests.doors import create_app_for
from tests.make import Make
from tests.people.test_second_person import Standing, standing
from tests.web.page_visitor import Visitor

Enter = Callable[..., Visitor]
LETTER = "P"
GOODS = "/office/goods/SOAP"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def app(bank: Bank, counter: Counter, make: Make) -> Flask:
    """The pages over a bank in which soap costs 30."""
    make.rule()
    counter.goods("SOAP", price=30, shelf=5)
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Enter:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


@pytest.fixture
def worker(enter: Enter) -> Visitor:
    """Whoever is alone."""
    return enter("worker")


def propose_price(worker: Visitor, points: str = "7") -> str:
    """Press the other button; the address of what waits now."""
    done = worker.send(GOODS, f"{GOODS}/price", points=points, waits="yes")
    assert done.status_code == 302, done.text
    assert "提出了，等第二个人确认" in worker.read(GOODS)
    return f"/office/proposals/{public_id(LETTER, 1)}"


def test_every_act_that_may_wait_has_its_verb_and_its_words() -> None:
    waits = {name for name, rule in ACTS.items() if rule.waits}
    assert waits == set(VERBS) == set(proposal_words._SHOWN)


def test_one_proposes_and_another_finds_it_under_today_and_confirms(
    worker: Visitor, enter: Enter, bank: Bank
) -> None:
    address = propose_price(worker)
    assert [row.points for row in list_prices(bank, sku="SOAP")] == [30]
    own = worker.read(address)
    assert "这是您提出的，要由别人确认" in own
    assert "我看过了，确认" not in own
    assert worker.send(address, f"{address}/confirm").status_code == 403
    witness = enter("witness")
    assert "1 件事等第二个人确认" in witness.read("/office/")
    assert "改价：商品SOAP 30 分 → 7 分" in witness.read("/office/proposals")
    form = witness.hidden(address)
    for _ in range(2):
        assert witness.press(f"{address}/confirm", form).status_code == 302
    assert [row.points for row in list_prices(bank, sku="SOAP")] == [7, 30]
    assert "确认了" in worker.read(address)
    assert "件事等第二个人确认" not in worker.read("/office/")
    assert "改价：商品SOAP" in worker.read("/office/proposals?state=decided")
    assert witness.press(f"{address}/confirm", {**form, "key": new_key()}).status_code == 409


def test_somebody_comes_by_and_confirms_at_the_proposers_screen(
    worker: Visitor, make: Make, bank: Bank
) -> None:
    address, witness = propose_price(worker), standing(make)
    shown = {"badge": witness.badge, "pin": witness.pin}
    wrong = worker.send(address, f"{address}/beside", **{**shown, "pin": "000000"})
    assert wrong.status_code == 403
    done = worker.send(address, f"{address}/beside", **shown)
    assert done.status_code == 302
    assert "确认人：工作人员（监督员）" in worker.read(address)
    assert list_prices(bank, sku="SOAP")[0].decided_by == witness.staff.actor


def test_it_is_withdrawn_by_who_proposed_it_and_declined_by_another(
    worker: Visitor, enter: Enter, bank: Bank
) -> None:
    address, other = propose_price(worker), enter("worker")
    assert other.send(address, f"{address}/withdraw").status_code == 403
    assert other.send(address, f"{address}/decline").status_code == 422
    assert other.send(address, f"{address}/decline", reason="太便宜").status_code == 302
    assert "太便宜" in worker.read(address)
    done = worker.send(GOODS, f"{GOODS}/price", points="9", waits="yes")
    assert done.status_code == 302
    again = f"/office/proposals/{public_id(LETTER, 2)}"
    twice = worker.send(GOODS, f"{GOODS}/price", points="8", waits="yes")
    assert twice.status_code == 409
    assert "已经有人提出了" in twice.text
    assert "有人提出改价了" in worker.read(GOODS)
    assert worker.send(again, f"{again}/withdraw").status_code == 302
    assert "没有要等第二个人的" in worker.read("/office/proposals")
    assert [row.points for row in list_prices(bank, sku="SOAP")] == [30]


def test_a_count_waits_as_well_and_an_auditor_only_reads(
    worker: Visitor, enter: Enter, counter: Counter, bank: Bank
) -> None:
    counter.goods("TEA", price=10)
    counter.check_out(counter.buyer(points=50), scanned("TEA"))
    [finding] = list_recounts(bank, shop_id=1).items
    looks = f"/office/goods/looks?count={finding.id}"
    assert (
        worker.send(looks, f"/office/goods/recounts/{finding.id}", waits="yes").status_code == 302
    )
    form = {"shelf": "4", "store": "0", "waits": "yes"}
    assert worker.send(f"{GOODS}/count", f"{GOODS}/count", **form).status_code == 302
    first, second = (f"/office/proposals/{public_id(LETTER, n)}" for n in (1, 2))
    auditor, witness = enter("auditor"), enter("witness")
    assert "要工作人员或监督员来确认" in auditor.read(second)
    assert auditor.client.post(f"{second}/confirm").status_code == 403
    for address in (first, second):
        assert witness.send(address, f"{address}/confirm").status_code == 302
    assert list_recounts(bank, shop_id=1).total == 0
    assert "账上 4 件" in worker.read(f"{GOODS}/count")
    assert "盘亏 1 件" in worker.read("/office/journal")


def test_a_stock_take_with_somebody_beside_is_booked_at_once(
    worker: Visitor, make: Make, bank: Bank
) -> None:
    witness: Standing = standing(make)
    shown = {"badge": witness.badge, "pin": witness.pin}
    page = f"{GOODS}/count"
    assert worker.send(page, page, shelf="6", store="0").status_code == 422
    assert worker.send(page, page, shelf="六", store="0", **shown).status_code == 422
    assert worker.send(page, page, shelf="6", store="0", **shown).status_code == 302
    assert "账改成和数到的一样了" in worker.read(GOODS)
    assert make.sum_of("shelf", "SKU-SOAP", "shop:1") == 6


def test_a_voiding_waits_and_takes_the_points_back_once_it_is_confirmed(
    worker: Visitor, enter: Enter, make: Make
) -> None:
    volunteer = make.volunteer()
    record = make.record(volunteer)
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    page = f"/office/service/{record}"
    balance = make.balance(volunteer.wallet)
    assert worker.send(page, f"{page}/void", waits="yes").status_code == 422
    done = worker.send(page, f"{page}/void", reason="没有来", waits="yes")
    assert done.status_code == 302
    address = f"/office/proposals/{public_id(LETTER, 1)}"
    assert "没有来" in worker.read(address)
    assert make.balance(volunteer.wallet) == balance > 0
    witness = enter("witness")
    assert witness.send(address, f"{address}/confirm").status_code == 302
    assert make.balance(volunteer.wallet) == 0


def test_an_unknown_number_is_said_to_be_unknown(worker: Visitor) -> None:
    for number in ("P000009-8", "x", "P1"):
        assert worker.get(f"/office/proposals/{number}").status_code == 404
