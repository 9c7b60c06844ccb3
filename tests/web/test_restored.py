"""After a restore what is alive again is ended or found right, line by line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from pointsbank.foundation import Bank, new_key
from pointsbank.people import (
    find_actor,
    issue_badge,
    list_badges,
    list_desk_cards,
    list_devices,
    open_pairing,
)
from pointsbank.safekeeping import LookUnknown, look_restored, note_seen, read_alive_again
from pointsbank.safekeeping.life import begin_life
from tests.counter import Counter
from tests.doors import create_app_for
from tests.make import SOMEBODY, Make
from tests.web.page_visitor import Visitor

PAGE = "/office/restored"


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Pages ask the same rooms on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def app(bank: Bank, counter: Counter) -> Flask:
    """The pages over a shop with a kiosk."""
    return create_app_for(bank, secure=False)


@pytest.fixture
def enter(app: Flask, bank: Bank, make: Make) -> Callable[..., Visitor]:
    """Come in with these roles."""
    return lambda *roles: Visitor(app, bank, make.staff(*roles))


def restore(make: Make) -> None:
    """As if an older copy had just been put in the place of the books."""
    later = make.bank.clock.moment() + timedelta(minutes=1)
    make.bank.clock.set_now(lambda: later)
    told = {"restored_from": "2026-11-19T03:30:00.000000Z", "last_receipt": 1, "seen_receipt": 1}
    make.do(begin_life, **told)


def press(visitor: Visitor, verb: str, what: str) -> int:
    return visitor.send(PAGE, f"{PAGE}/{verb}", what=what).status_code


def test_a_bank_that_was_never_restored_has_nothing_to_look_at(
    enter: Callable[..., Visitor], make: Make
) -> None:
    worker = enter("worker")
    assert worker.get(PAGE).status_code == 302
    assert "恢复以后" not in worker.read("/office/")
    with pytest.raises(LookUnknown):
        make.do(look_restored, what="cards")


def test_the_line_on_today_stays_until_everything_was_looked_at(
    enter: Callable[..., Visitor], make: Make, bank: Bank
) -> None:
    admin = enter("admin")
    restore(make)
    alive = read_alive_again(bank)
    assert alive is not None
    assert f"{alive.open} 样还没核对" in admin.read("/office/")
    for what in alive.all_there_is():
        assert press(admin, "look", what) == 302
        make.do(look_restored, what=what)
    assert "样还没核对" not in admin.read("/office/")
    assert "都核对过了" in admin.read(PAGE)
    restore(make)
    again = read_alive_again(bank)
    assert again is not None
    assert again.open == alive.open


def test_what_was_ended_after_the_backup_is_ended_again(
    enter: Callable[..., Visitor], counter: Counter, make: Make, bank: Bank
) -> None:
    admin, gone, buyer = enter("admin"), make.staff("witness"), counter.buyer()
    make.do(issue_badge, login=gone.login, capacity="committee")
    other = enter("worker")
    restore(make)
    [device] = list_devices(bank)
    assert press(admin, "end", f"badge:{gone.id}") == 302
    assert list_badges(bank)[gone.id].status == "blocked"
    assert press(other, "end", f"staff:{gone.id}") == 403
    assert press(admin, "end", f"staff:{gone.id}") == 302
    left = bank.database.read(lambda session: find_actor(session, gone.actor))
    assert left is not None
    assert left.disabled_at is not None
    assert press(admin, "end", f"device:{device.id}") == 302
    assert list_devices(bank)[0].revoked_at is not None
    found = admin.get(f"{PAGE}?card={buyer.number}").text
    assert f'value="card:{buyer.short_number}"' in found
    assert press(other, "end", f"card:{buyer.short_number}") == 302
    [card] = list_desk_cards(bank, search=buyer.short_number).items
    assert card.status == "blocked"
    for what in ("staff:999", "badge:999", "nothing:1", "card:x", f"card:{buyer.short_number}"):
        assert press(admin, "end", what) in (404, 409), what


def test_a_card_that_kiosks_know_and_the_books_do_not_is_told(
    enter: Callable[..., Visitor], counter: Counter, make: Make
) -> None:
    worker, buyer = enter("worker"), counter.buyer()
    restore(make)
    at = "2026-11-20T01:26:00.000000Z"
    for number, tail in (("R000412-6", "0000"), ("R000413-4", buyer.short_number[-4:])):
        line = (number, "A3-0412", new_key(), 30, f"····{tail}", at, False)
        make.do(note_seen, device=1, receipts=[line])
    page = worker.read(PAGE)
    assert "账上没有的卡：····0000。" in page
    assert buyer.short_number[-4:] not in page


def test_what_came_after_the_restore_needs_no_look(
    enter: Callable[..., Visitor], counter: Counter, make: Make, bank: Bank
) -> None:
    restore(make)
    before = read_alive_again(bank)
    later = bank.clock.moment() + timedelta(minutes=1)
    bank.clock.set_now(lambda: later)
    open_pairing(bank, by=SOMEBODY, key=new_key(), shop=counter.shop_code, name="新的")
    counter.new_kiosk()
    after = read_alive_again(bank)
    assert before is not None
    assert after is not None
    assert after.open == before.open


@pytest.mark.parametrize("what", ["", "staff:0", "staff:x", "wallet:1", "staff:1 ", "王小明"])
def test_only_what_is_there_can_be_ticked(make: Make, counter: Counter, what: str) -> None:
    restore(make)
    with pytest.raises(LookUnknown):
        make.do(look_restored, what=what)
