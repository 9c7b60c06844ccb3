"""What became of a donor's goods: first in, first out, and nobody can be recognised."""

from __future__ import annotations

from pointsbank.inventory import deliver, donor_report, shelve
from pointsbank.people import add_organisation
from tests.counter import Counter, tapped


def donor(counter: Counter, name: str) -> int:
    number: int = counter.make.do(add_organisation, code=name, name=name, kind="merchant").answer[
        "organisation"
    ]
    return number


def give(counter: Counter, organisation: int, sku: str, quantity: int) -> None:
    counter.make.do(deliver, shop_id=1, sku=sku, donor_id=organisation, quantity=quantity)


def test_what_came_first_goes_first(counter: Counter) -> None:
    one, other = donor(counter, "one"), donor(counter, "other")
    counter.goods("SOAP", price=1)
    give(counter, one, "SOAP", 10)
    give(counter, other, "SOAP", 10)
    give(counter, one, "SOAP", 10)
    counter.make.do(shelve, shop_id=1, sku="SOAP", quantity=22)
    buyers = [counter.buyer(points=20) for _ in range(3)]
    for buyer in buyers:
        counter.check_out(buyer, tapped("SOAP", 4))
    first, second = (donor_report(counter.bank, organisation_id=n) for n in (one, other))
    # Twelve were taken: ten of the first lot and two of the second; ten stand on the shelf.
    assert (first.given, first.taken, first.on_shelf, first.in_store_room) == (20, 10, 2, 8)
    assert (second.given, second.taken, second.on_shelf, second.in_store_room) == (10, 2, 8, 0)
    assert (first.months, first.households) == ({"2026-11": 10}, "<5")
    assert [goods.sku for goods in second.goods] == ["SOAP"]


def test_what_was_put_back_was_not_taken(counter: Counter) -> None:
    one = donor(counter, "one")
    counter.goods("SOAP", price=1)
    give(counter, one, "SOAP", 5)
    counter.make.do(shelve, shop_id=1, sku="SOAP", quantity=5)
    buyer = counter.buyer(points=20)
    counter.undo(buyer, counter.check_out(buyer, tapped("SOAP", 3))["number"])
    counter.check_out(buyer, tapped("SOAP"))
    report = donor_report(counter.bank, organisation_id=one)
    assert (report.taken, report.on_shelf, report.households) == (1, 4, "<5")


def test_households_are_told_from_five_on(counter: Counter) -> None:
    one = donor(counter, "one")
    counter.goods("SOAP", price=1)
    assert donor_report(counter.bank, organisation_id=one).households == "0"
    give(counter, one, "SOAP", 9)
    counter.make.do(shelve, shop_id=1, sku="SOAP", quantity=9)
    for _ in range(5):
        counter.check_out(counter.buyer(points=1), tapped("SOAP"))
    report = donor_report(counter.bank, organisation_id=one)
    assert (report.households, report.taken) == ("5", 5)
    assert "王小明" not in repr(report)
