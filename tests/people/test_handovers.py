"""Handing over: both sign in their own names, and only then the leaving one's accounts end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

import pointsbank.people.handovers as room
from pointsbank.earning import list_records
from pointsbank.foundation import Bank, Caller, Outcome, new_key
from pointsbank.inventory import book_handover
from pointsbank.people import (
    BadgeUnknown,
    Handover,
    HandoverBooked,
    HandoverClosed,
    HandoverExists,
    HandoverOfOthers,
    HandoverRow,
    HandoverSigned,
    HandoverUncounted,
    HandoverUnknown,
    HandoverUnsigned,
    LastAdmin,
    PinMissing,
    RoleMissing,
    SameHousehold,
    SamePersonTwice,
    SecondPersonNeeded,
    StaffDisabled,
    StaffRow,
    check_pin,
    close_handover,
    count_handover,
    disable_staff,
    find_pin,
    get_handover,
    get_staff,
    hand_over_cards,
    list_badges,
    list_cards_kept_by,
    list_handovers,
    open_handover,
    open_login,
    pins,
    print_cards,
    sign_handover,
    verify_second,
    withdraw_handover,
)
from tests.at_once import at_once
from tests.books import books_are_right
from tests.counter import Counter
from tests.make import Make
from tests.people.test_second_person import live_together, standing


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(pins, "_HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def admin(make: Make) -> StaffRow:
    """The one who closes it."""
    return make.staff("admin")


@pytest.fixture
def leaver(make: Make) -> StaffRow:
    """A worker who leaves."""
    return make.staff("worker")


@pytest.fixture
def taker(make: Make) -> StaffRow:
    """A worker who takes over."""
    return make.staff("worker")


def begun(make: Make, leaver: StaffRow, taker: StaffRow | None = None, by: Any = None) -> int:
    told = {"taking": taker.login} if taker else {}
    done = make.do(open_handover, by=(by or leaver).caller, leaving=leaver.login, **told)
    return int(done.answer["handover"])


def count(make: Make, by: StaffRow, number: int, **told: Any) -> Outcome:
    told = {"goods": {"SOAP": [20, 19], "RICE": [3, 3]}, "open_items": {"cards": 2}} | told
    told = {"keys": ["shop_key", "envelope"]} | told
    return make.do(count_handover, by=by.caller, handover=number, **told)


def sign(make: Make, by: StaffRow, number: int) -> Outcome:
    return make.do(sign_handover, by=by.caller, handover=number)


def close(make: Make, by: StaffRow, number: int) -> Outcome:
    return make.do(close_handover, by=by.caller, handover=number)


def kept(bank: Bank, number: int) -> HandoverRow:
    return get_handover(bank, handover=number)


def person(bank: Bank, staff: StaffRow) -> StaffRow:
    return bank.database.read(lambda session: get_staff(session, staff.login))


# ---------------------------------------------------------------------------------- from end to end


def test_both_sign_and_then_login_badge_and_pin_end(
    make: Make, bank: Bank, admin: StaffRow
) -> None:
    leaving, taking = standing(make, "worker"), standing(make, "worker")
    open_login(bank, staff_id=leaving.staff.id, token_hash=b"t" * 32, key=new_key())
    number = begun(make, leaving.staff, taking.staff)
    counted = count(make, taking.staff, number)
    assert counted.answer["differ"] == ["SOAP"]
    assert sign(make, leaving.staff, number).answer["as"] == "leaving"
    # The other one signs at the same screen, by badge and PIN.
    second = verify_second(
        bank,
        by=leaving.staff.caller,
        name="people.sign_handover",
        badge=taking.badge,
        pin=taking.pin,
    )
    assert sign(make, second, number).answer["as"] == "taking"
    assert close(make, admin, number).answer["ended"] == 1
    gone = person(bank, leaving.staff)
    assert gone.disabled_at
    assert list_badges(bank)[gone.id].status == "blocked"
    assert find_pin(bank, holder=gone.actor) is None
    with pytest.raises(PinMissing):
        check_pin(bank, by=taking.staff.caller, holder=gone.actor, pin=leaving.pin)
    with pytest.raises(BadgeUnknown):
        verify_second(
            bank,
            by=taking.staff.caller,
            name="earning.approve_record",
            badge=leaving.badge,
            pin=leaving.pin,
        )
    # Whoever takes over is untouched.
    assert person(bank, taking.staff).disabled_at is None
    assert find_pin(bank, holder=taking.staff.actor) is not None
    found = kept(bank, number)
    assert found.goods == {"SOAP": (20, 19), "RICE": (3, 3)}
    assert (found.open_items, found.keys_handed) == ({"cards": 2}, ("envelope", "shop_key"))
    assert found.has_both
    assert found.closed_at


def test_whoever_signs_takes_over_when_nobody_was_named(
    make: Make, bank: Bank, leaver: StaffRow, taker: StaffRow, admin: StaffRow
) -> None:
    number = begun(make, leaver, by=admin)
    count(make, admin, number)
    sign(make, taker, number)
    assert kept(bank, number).taking_login == taker.login
    with pytest.raises(HandoverOfOthers):
        sign(make, admin, number)


# ------------------------------------------------------------------------------------- two are two


def test_the_same_person_is_not_both(make: Make, bank: Bank, leaver: StaffRow) -> None:
    with pytest.raises(SamePersonTwice):
        begun(make, leaver, leaver)
    number = begun(make, leaver)
    count(make, leaver, number)
    sign(make, leaver, number)
    with pytest.raises(SamePersonTwice):
        sign(make, leaver, number)
    assert kept(bank, number).signed_taking_at is None


def test_two_logins_of_one_volunteer_and_two_of_one_household_are_not_both(make: Make) -> None:
    one, other = make.volunteer(), make.volunteer()
    live_together(make, one, other)
    first, again = (make.staff("worker", volunteer=one) for _ in range(2))
    partner = make.staff("worker", volunteer=other)
    for taking, refusal in ((again, SamePersonTwice), (partner, SameHousehold)):
        with pytest.raises(refusal):
            begun(make, first, taking)
    number = begun(make, first)
    count(make, first, number)
    for taking, refusal in ((again, SamePersonTwice), (partner, SameHousehold)):
        with pytest.raises(refusal):
            sign(make, taking, number)


def test_without_the_guard_one_person_with_two_logins_would_be_both(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the same with the look at the two taken away."""
    monkeypatch.setattr(room, "refuse_together", lambda *_: None)
    volunteer = make.volunteer()
    first, again = (make.staff("worker", volunteer=volunteer) for _ in range(2))
    assert begun(make, first, again)


def test_the_table_itself_refuses_one_for_both_and_an_end_unsigned(
    make: Make, bank: Bank, leaver: StaffRow
) -> None:
    number = begun(make, leaver)
    for values in (
        {"taking_staff_id": leaver.id},
        {"closed_at": "2026-11-20T02:26:00.000000Z"},
        {"signed_leaving_at": "2026-11-20T02:26:00.000000Z"},
        {"booked_at": "2026-11-20T02:26:00.000000Z"},
        {"withdrawn_at": "2026-11-20T02:26:00.000000Z"},
    ):
        change = update(Handover).where(Handover.id == number).values(**values)
        with pytest.raises(Exception, match="ck_handover_"):
            bank.database.write(lambda session, change=change: session.run(change))


# ------------------------------------------------------------------------------------ in that order


def test_nobody_signs_before_the_count_and_nobody_counts_after_a_signature(
    make: Make, leaver: StaffRow, taker: StaffRow
) -> None:
    number = begun(make, leaver, taker)
    with pytest.raises(HandoverUncounted):
        sign(make, leaver, number)
    count(make, leaver, number, goods={})
    count(make, leaver, number)
    sign(make, taker, number)
    with pytest.raises(HandoverSigned):
        count(make, leaver, number)


def test_a_tick_can_be_taken_away_until_somebody_signs(
    make: Make, bank: Bank, leaver: StaffRow
) -> None:
    number = begun(make, leaver)
    count(make, leaver, number, keys=["shop_key", "envelope", "stick"])
    count(make, leaver, number, keys=["envelope"])
    assert kept(bank, number).keys_handed == ("envelope",)


def test_one_that_was_opened_by_mistake_is_withdrawn_and_another_begins(
    make: Make, bank: Bank, leaver: StaffRow, taker: StaffRow, admin: StaffRow
) -> None:
    number = begun(make, leaver, taker)
    count(make, leaver, number)
    sign(make, leaver, number)
    with pytest.raises(RoleMissing):
        make.do(withdraw_handover, by=make.staff("witness").caller, handover=number)
    make.do(withdraw_handover, by=admin.caller, handover=number)
    gone = kept(bank, number)
    assert (gone.is_over, gone.withdrawn_by, gone.closed_at) == (True, admin.actor, None)
    for late in (lambda: sign(make, taker, number), lambda: close(make, admin, number)):
        with pytest.raises(HandoverClosed):
            late()
    assert person(bank, leaver).disabled_at is None
    again = begun(make, leaver, taker)
    count(make, leaver, again)
    for who in (leaver, taker):
        sign(make, who, again)
    with pytest.raises(HandoverSigned):
        make.do(withdraw_handover, by=admin.caller, handover=again)
    close(make, admin, again)
    with pytest.raises(HandoverClosed):
        make.do(withdraw_handover, by=admin.caller, handover=again)


def test_what_both_signed_is_booked_once_and_nothing_before(
    make: Make, bank: Bank, counter: Counter, leaver: StaffRow, taker: StaffRow
) -> None:
    counter.goods("SOAP", shelf=2, store=3)
    counter.goods("RICE", shelf=1)
    counter.goods("TEA", shelf=4)
    number = begun(make, leaver, taker)
    count(make, leaver, number, goods={"SOAP": [5, 1], "RICE": [1, 3], "TEA": [4, 4]})
    sign(make, leaver, number)
    told = {"shop_id": 1, "handover": number}
    with pytest.raises(HandoverUnsigned):
        make.do(book_handover, by=taker.caller, **told)
    sign(make, taker, number)
    with pytest.raises(RoleMissing):
        make.do(book_handover, by=make.staff("witness").caller, **told)
    done = make.do(book_handover, by=taker.caller, **told).answer
    assert (len(done["entries"]), done["signed_by"]) == (2, [leaver.actor, taker.actor])
    held = {
        sku: [make.sum_of(kind, f"SKU-{sku}", "shop:1") for kind in ("shelf", "store_room")]
        for sku in ("SOAP", "RICE", "TEA")
    }
    # Four soaps are missing: the store-room's three, then one of the shelf.
    assert held == {"SOAP": [1, 0], "RICE": [1, 2], "TEA": [4, 0]}
    with pytest.raises(HandoverBooked):
        make.do(book_handover, by=taker.caller, **told)
    assert kept(bank, number).booked_at is not None
    books_are_right(bank)


def test_it_does_not_end_before_both_have_signed(
    make: Make, bank: Bank, leaver: StaffRow, taker: StaffRow, admin: StaffRow
) -> None:
    number = begun(make, leaver, taker)
    for signs, missing in ((None, "leaving taking"), (leaver, "taking")):
        if signs is None:
            count(make, leaver, number)
        else:
            sign(make, signs, number)
        with pytest.raises(HandoverUnsigned) as refused:
            close(make, admin, number)
        assert refused.value.facts["missing"] == missing
        assert person(bank, leaver).disabled_at is None


def test_without_the_look_at_signatures_the_login_would_end_unsigned(
    make: Make, bank: Bank, leaver: StaffRow, admin: StaffRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the table's own check still holds it; without both nobody would have signed."""
    number = begun(make, leaver)
    monkeypatch.setattr(room, "_refuse_unsigned", lambda row: None)
    with pytest.raises(Exception, match="ck_handover_both_signed"):
        close(make, admin, number)
    assert person(bank, leaver).disabled_at is None
    monkeypatch.setattr(room, "_write_closed", lambda act, handover_id: None)
    close(make, admin, number)
    assert person(bank, leaver).disabled_at


def test_the_last_admin_stays_until_another_can_let_others_in(
    make: Make, bank: Bank, admin: StaffRow, taker: StaffRow
) -> None:
    number = begun(make, admin, taker)
    count(make, admin, number)
    sign(make, admin, number)
    sign(make, taker, number)
    with pytest.raises(LastAdmin):
        close(make, admin, number)
    assert person(bank, admin).disabled_at is None
    other = make.staff("admin")
    close(make, other, number)
    assert person(bank, admin).disabled_at


def test_without_that_guard_nobody_would_be_left(
    make: Make, bank: Bank, admin: StaffRow, taker: StaffRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the last admin, with the look at admins taken away."""
    monkeypatch.setattr(room, "refuse_last_admin", lambda *_: None)
    number = begun(make, admin, taker)
    count(make, admin, number)
    sign(make, admin, number)
    sign(make, taker, number)
    close(make, admin, number)
    assert person(bank, admin).disabled_at


def test_what_is_over_is_over_and_one_is_open_at_a_time(
    make: Make, bank: Bank, leaver: StaffRow, taker: StaffRow, admin: StaffRow
) -> None:
    outcomes = at_once([lambda: begun(make, leaver, taker) for _ in range(4)])
    assert len([one for one in outcomes if isinstance(one, HandoverExists)]) == 3
    [found] = list_handovers(bank)
    count(make, leaver, found.id)
    for one in (leaver, taker):
        sign(make, one, found.id)
    close(make, admin, found.id)
    verbs: tuple[Callable[[Make, StaffRow, int], Outcome], ...] = (count, sign, close)
    for verb in verbs:
        with pytest.raises(HandoverClosed):
            verb(make, admin, found.id)
    with pytest.raises(StaffDisabled):
        begun(make, leaver, taker, by=admin)
    with pytest.raises(HandoverUnknown):
        sign(make, admin, found.id + 1)


# ------------------------------------------------------------------------------------ by whose hand


def test_only_an_admin_closes_and_no_command_signs(
    make: Make, bank: Bank, leaver: StaffRow, taker: StaffRow
) -> None:
    number = begun(make, leaver, taker)
    count(make, leaver, number)
    with pytest.raises(SecondPersonNeeded):
        make.do(
            sign_handover,
            by=Caller(actor=taker.actor, client=f"command:{taker.id}"),
            handover=number,
        )
    for one in (leaver, taker):
        sign(make, one, number)
    with pytest.raises(RoleMissing):
        close(make, taker, number)


def test_who_may_not_stand_beside_takes_nothing_over_and_may_leave(
    make: Make, leaver: StaffRow
) -> None:
    auditor = make.staff("auditor")
    with pytest.raises(RoleMissing):
        begun(make, leaver, auditor)
    number = begun(make, auditor, leaver, by=leaver)
    count(make, leaver, number)
    assert sign(make, auditor, number).answer["as"] == "leaving"


def test_a_handover_holds_codes_and_numbers_only(make: Make, bank: Bank, leaver: StaffRow) -> None:
    number = begun(make, leaver)
    for told in (
        {"goods": {"王小明": [1, 1]}},
        {"goods": {"SOAP": [1]}},
        {"goods": {"SOAP": ["一", 1]}},
        {"open_items": {"cards": "王小明"}},
    ):
        with pytest.raises(ValueError, match="codes and numbers"):
            count(make, leaver, number, **told)
    assert bank.database.read(lambda session: session.value(select(Handover.counted))) is None


# ------------------------------------------------------------------------------- what is still open


def test_what_waits_under_a_name_is_found_by_it(
    make: Make, bank: Bank, leaver: StaffRow, taker: StaffRow
) -> None:
    volunteer, other = make.volunteer(), make.volunteer()
    make.rule()
    for by in (leaver, taker):
        make.record(volunteer, by=by)
    cards = [make.card(one).short_number for one in (volunteer, other)]
    make.do(print_cards, by=leaver.caller, short_numbers=cards, why="first")
    make.do(hand_over_cards, by=taker.caller, short_numbers=cards[:1])
    assert list_records(bank, status="pending", recorded_by=leaver.actor).total == 1
    kept_cards = list_cards_kept_by(bank, actor=leaver.actor)
    assert [card.short_number for card in kept_cards.items] == cards[1:]
    assert list_cards_kept_by(bank, actor=taker.actor).total == 0


def test_somebody_shut_out_meanwhile_can_still_be_closed_by_an_admin(
    make: Make, bank: Bank, leaver: StaffRow, taker: StaffRow, admin: StaffRow
) -> None:
    number = begun(make, leaver, taker)
    count(make, leaver, number)
    for one in (leaver, taker):
        sign(make, one, number)
    make.do(disable_staff, login=leaver.login)
    close(make, admin, number)
    assert kept(bank, number).closed_at
