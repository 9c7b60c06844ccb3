"""Names and numbers of a bank change by an admin, with a receipt each time, numbers by the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pointsbank.foundation import Bank, Caller, Clock, find_setting_on, list_dated, list_settings
from pointsbank.people import (
    AddressUnreadable,
    HoursUnreadable,
    RoleMissing,
    SettingEmpty,
    SettingInPast,
    SettingOutOfBounds,
    SettingUnknown,
    ShopUnknown,
    change_settings,
    change_shop,
    list_organisations,
    list_shops,
    note_tried,
    print_cards,
    read_readiness,
    settle_step,
)
from pointsbank.redemption import DailyLimit
from tests.conftest import NOON
from tests.counter import Counter, scanned
from tests.make import Make


@pytest.fixture
def admin(counter: Counter) -> Caller:
    """Somebody who may change everything."""
    return counter.make.staff("admin").caller


def settings(bank: Bank) -> dict[str, str]:
    return bank.database.read(list_settings)


def change(make: Make, admin: Caller, starts_on: str | None = None, **changes: Any) -> Any:
    done = make.do(change_settings, by=admin, changes=changes, starts_on=starts_on)
    return done.answer


def test_names_are_cleaned_and_changed_at_once(make: Make, admin: Caller, bank: Bank) -> None:
    told = change(
        make, admin, community_name=" 晨光社区　", currency_name="志愿币", currency_unit="枚"
    )
    assert told["changed"] == ["community_name", "currency_name", "currency_unit"]
    now = settings(bank)
    assert (now["community_name"], now["currency_name"]) == ("晨光社区", "志愿币")
    [community] = list_organisations(bank, kind="community")
    assert community.name == "晨光社区"
    # Saying the same again is no change.
    assert change(make, admin, currency_name="志愿币")["changed"] == []


def test_a_limit_holds_from_its_day_and_yesterday_keeps_its_own(
    counter: Counter, admin: Caller, clock: Clock
) -> None:
    make, bank = counter.make, counter.bank
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=300)
    told = change(make, admin, "2026-11-22", limit_points_daily=30)
    assert told["numbers"] == {"limit_points_daily": 30}
    counter.check_out(buyer, scanned("SOAP", 2))
    clock.set_now(lambda: NOON + timedelta(days=2))
    with pytest.raises(DailyLimit) as refusal:
        counter.check_out(buyer, scanned("SOAP", 2))
    assert refusal.value.facts["limit"] == 30
    counter.check_out(buyer, scanned("SOAP"))
    read = bank.database.read
    assert read(lambda session: find_setting_on(session, "limit_points_daily", "2026-11-21")) == (
        "500"
    )
    assert read(lambda session: list_dated(session, "limit_points_daily")) == [
        ("2026-11-22", "30"),
        (None, "500"),
    ]


def test_a_limit_without_a_day_holds_from_today_and_may_be_corrected_today(
    counter: Counter, admin: Caller
) -> None:
    counter.goods("SOAP", price=30, shelf=9)
    buyer = counter.buyer(points=300)
    for limit in (20, 60):
        change(counter.make, admin, limit_points_daily=limit)
    counter.check_out(buyer, scanned("SOAP", 2))
    with pytest.raises(DailyLimit):
        counter.check_out(buyer, scanned("SOAP"))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"community_name": " 　"}, SettingEmpty),
        ({"nature": "demonstration"}, SettingUnknown),
        ({"limit_points_daily": 0}, SettingOutOfBounds),
        ({"limit_points_daily": "500"}, SettingOutOfBounds),
        ({"unbooked_pieces_daily": 100}, SettingOutOfBounds),
        ({"public_address": "http://points.example"}, AddressUnreadable),
        ({"public_address": "https://points.example/?a=1"}, AddressUnreadable),
        ({"public_address": "javascript:alert(1)"}, AddressUnreadable),
        ({"public_address": "https://user:word@points.example"}, AddressUnreadable),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_changes(
    make: Make, admin: Caller, bank: Bank, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    before = settings(bank)
    with pytest.raises(refusal):
        change(make, admin, currency_unit="枚", **changes)
    assert settings(bank) == before


def test_a_number_never_changes_in_the_past(make: Make, admin: Caller) -> None:
    with pytest.raises(SettingInPast):
        change(make, admin, "2026-11-19", limit_points_daily=30)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://points.example.org/", "https://points.example.org"),
        ("https://points.example:8443/me", "https://points.example:8443/me"),
        ("", ""),
    ],
)
def test_a_public_address_may_be_set_and_left_empty(
    make: Make, admin: Caller, bank: Bank, typed: str, kept: str
) -> None:
    change(make, admin, public_address=typed)
    assert settings(bank)["public_address"] == kept


def test_a_shop_is_renamed_and_opens_at_other_hours(make: Make, admin: Caller, bank: Bank) -> None:
    done = make.do(
        change_shop,
        by=admin,
        code="shop-1",
        changes={"name": "晨光超市", "opens": "08:30", "closes": "20:00"},
        settles="hours",
    )
    assert done.answer == {"shop": "shop-1", "changed": ["closes", "name", "opens"]}
    [shop] = list_shops(bank)
    assert (shop.name, shop.opens, shop.closes) == ("晨光超市", "08:30", "20:00")
    assert shop.help_phone == "027-84840000"
    assert read_readiness(bank).settled == {"hours"}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"opens": "7:00"}, HoursUnreadable),
        ({"opens": "21:30"}, HoursUnreadable),
        ({"name": ""}, SettingEmpty),
        ({"help_phone": " "}, SettingEmpty),
        ({"code": "x"}, SettingUnknown),
    ],
)
def test_a_shop_that_could_not_be_is_refused(
    make: Make, admin: Caller, bank: Bank, changes: dict[str, str], refusal: type[Exception]
) -> None:
    before = list_shops(bank)
    with pytest.raises(refusal):
        make.do(change_shop, by=admin, code="shop-1", changes=changes)
    assert list_shops(bank) == before
    with pytest.raises(ShopUnknown):
        make.do(change_shop, by=admin, code="nowhere", changes={})


@pytest.mark.parametrize("role", ["worker", "witness", "auditor", "merchant"])
def test_nobody_but_an_admin_changes_anything(counter: Counter, role: str) -> None:
    make, by = counter.make, counter.make.staff(role).caller
    with pytest.raises(RoleMissing):
        make.do(change_settings, by=by, changes={"currency_name": "币"})
    with pytest.raises(RoleMissing):
        make.do(change_shop, by=by, code="shop-1", changes={"name": "我的超市"})
    with pytest.raises(RoleMissing):
        make.do(settle_step, by=by, what="hours")
    with pytest.raises(RoleMissing):
        make.do(change_settings, by=counter.kiosk, changes={"currency_name": "币"})


def test_what_was_looked_at_and_tried_is_noted(make: Make, admin: Caller, bank: Bank) -> None:
    make.do(settle_step, by=admin, what="currency")
    make.do(note_tried, by=admin, outcomes={"camera": "works", "scanner": "absent"})
    make.do(note_tried, by=admin, outcomes={"printer": "fails"})
    ready = read_readiness(bank)
    assert ready.settled == {"currency"}
    assert {what: one.is_fine for what, one in ready.tried.items()} == {
        "camera": True,
        "scanner": True,
        "printer": False,
    }
    with pytest.raises(SettingUnknown):
        make.do(settle_step, by=admin, what="moon")
    for outcomes in ({"toaster": "works"}, {"camera": "perhaps"}):
        with pytest.raises(SettingUnknown):
            make.do(note_tried, by=admin, outcomes=outcomes)


def test_readiness_counts_what_stands_there_now(counter: Counter, admin: Caller) -> None:
    bank, make = counter.bank, counter.make
    before = read_readiness(bank)
    # The founder and the admin of this test may both decide.
    assert (before.deciders, before.cards_printed, before.kiosks) == (2, 0, 1)
    printed = [counter.buyer().short_number for _ in range(2)]
    make.do(print_cards, by=admin, short_numbers=printed, why="first")
    make.do(print_cards, by=admin, short_numbers=printed[:1], why="reprint")
    for role in ("witness", "merchant", "auditor"):
        make.staff(role)
    counter.new_kiosk()
    after = read_readiness(bank)
    assert (after.deciders, after.cards_printed, after.kiosks) == (3, 2, 2)
