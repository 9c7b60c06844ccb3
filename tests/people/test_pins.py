"""Six digits, drawn and never chosen; guessing is counted before it is compared, at all kiosks."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from pointsbank.foundation import Bank, Caller, Clock, Keys, Receipt, new_key
from pointsbank.people import (
    CardBlocked,
    CardUnknown,
    FamilyUnknown,
    Pin,
    PinBlocked,
    PinLocked,
    PinMissing,
    PinNeeded,
    PinOwnOnly,
    PinWrong,
    Presenting,
    ProofExpired,
    RoleMissing,
    SecondPersonNeeded,
    VolunteerUnknown,
    assign_pin,
    block_card,
    check_pin,
    get_card_by_code,
    get_holder,
    get_presented_card,
    give_pin,
    is_easy,
    open_card,
    register_family,
)
from pointsbank.people import admission_by_pin as door
from pointsbank.people import pins as room
from tests.at_once import PATIENCE_SECONDS, at_once
from tests.conftest import NOON
from tests.make import Make
from tests.people.test_privacy import _every_cell

KIOSK, OTHER_KIOSK = (
    Caller(actor=f"device:{n}", client=f"device:{n}", device=f"device:{n}") for n in (1, 2)
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(room, "_HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def holder(make: Make) -> str:
    """A volunteer."""
    return make.volunteer().holder


@pytest.fixture
def pin(make: Make, holder: str) -> str:
    """The volunteer's PIN, given by a worker."""
    return new_pin(make, holder)


def new_pin(make: Make, holder: str) -> str:
    return give_pin(make.bank, by=make.staff("worker").caller, key=new_key(), holder=holder)


def wrong(pin: str, n: int = 1) -> str:
    """Another PIN than this one."""
    return f"{(int(pin) + n) % 1_000_000:06d}"


def guess(bank: Bank, holder: str, pin: str, by: Caller = KIOSK) -> None:
    check_pin(bank, by=by, holder=holder, pin=pin)


def ahead(clock: Clock, **time: float) -> None:
    """Let time pass."""
    clock.set_now(lambda: NOON + timedelta(**time))


def test_a_pin_is_six_digits_drawn_at_random_and_never_an_easy_one(make: Make) -> None:
    drawn = {room.draw_pin("staff:1", new_key()) for _ in range(400)}
    assert all(re.fullmatch("[0-9]{6}", one) for one in drawn)
    assert not [one for one in drawn if is_easy(one)]
    # Of a million four hundred are hardly ever two alike, and every digit is there.
    assert len(drawn) > 395
    assert {digit for one in drawn for digit in one} == set("0123456789")


def test_the_easy_ones_are_few_and_the_draw_meets_them_without_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed = ("123456", "000000", "654321", "888888", "123123", "121212", "112233", "901234")
    assert all(is_easy(one) for one in listed)
    assert sum(is_easy(f"{n:06d}") for n in range(0, 1_000_000, 7)) < 1_500

    def begins_with_one(pin: str) -> bool:
        return pin.startswith("1")

    # The twin: without a list the same draw gives what the list forbids.
    keys = [new_key() for _ in range(200)]
    with monkeypatch.context() as other:
        other.setattr(room, "is_easy", begins_with_one)
        assert not [key for key in keys if begins_with_one(room.draw_pin("staff:1", key))]
    assert [key for key in keys if begins_with_one(room.draw_pin("staff:1", key))]


def test_the_right_pin_opens_and_no_other(bank: Bank, holder: str, pin: str) -> None:
    guess(bank, holder, pin)
    for other in (wrong(pin), pin[:5], pin + "0", "", "密码"):
        with pytest.raises(PinWrong):
            guess(bank, holder, other)
        guess(bank, holder, pin)


def test_a_double_click_gives_one_pin_and_the_next_form_another(make: Make, holder: str) -> None:
    by, key = make.staff("worker").caller, new_key()
    shown = [give_pin(make.bank, by=by, key=key, holder=holder) for _ in range(2)]
    assert shown[0] == shown[1]
    assert give_pin(make.bank, by=by, key=new_key(), holder=holder) != shown[0]
    with pytest.raises(PinWrong):
        guess(make.bank, holder, shown[0])


def test_neither_books_nor_keys_tell_a_pin(make: Make, bank: Bank, holder: str, pin: str) -> None:
    guess(bank, holder, pin)
    row = kept(bank, holder)
    assert row.pin_hash.startswith("$argon2id$")
    assert room.is_pin(bank.keys, holder, row.pin_hash, pin)
    # Without the pepper the right PIN is none, and a hash moved to another row opens nothing there.
    assert not room.is_pin(Keys.new(), holder, row.pin_hash, pin)
    other = make.volunteer().holder
    new_pin(make, other)
    stolen = update(Pin).where(Pin.holder == other).values(pin_hash=row.pin_hash)
    bank.database.write(lambda session: session.run(stolen))
    with pytest.raises(PinWrong):
        guess(bank, other, pin)


def kept(bank: Bank, holder: str) -> Pin:
    wanted = select(Pin.pin_hash, Pin.failures, Pin.version).where(Pin.holder == holder)
    row: Pin = bank.database.read(lambda session: session.row(wanted))
    return row


def test_the_profile_is_argon2id_with_memory(monkeypatch: pytest.MonkeyPatch, keys: Keys) -> None:
    monkeypatch.undo()
    hashed = room.hash_pin(keys, "volunteer:1", "407182", client="c", key="k")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_after_five_wrong_ones_everybody_waits_and_after_ten_it_is_over(
    make: Make, bank: Bank, clock: Clock, holder: str, pin: str
) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(PinWrong) as refused:
            guess(bank, holder, wrong(pin, left))
        assert refused.value.facts == {"left": left}
    for tried in (wrong(pin), pin):
        with pytest.raises(PinLocked) as waits:
            guess(bank, holder, tried, OTHER_KIOSK)
        assert waits.value.facts["seconds"] == 900
    ahead(clock, minutes=15)
    for left in (4, 3, 2, 1):
        with pytest.raises(PinWrong) as refused:
            guess(bank, holder, wrong(pin, left))
        assert refused.value.facts == {"left": left}
    for tried in (wrong(pin), pin):
        with pytest.raises(PinBlocked):
            guess(bank, holder, tried)
    ahead(clock, days=30)
    with pytest.raises(PinBlocked):
        guess(bank, holder, pin)
    # Only in person: a worker gives a new one, and nothing is held against it.
    fresh = new_pin(make, holder)
    guess(bank, holder, fresh)
    assert (kept(bank, holder).failures, kept(bank, holder).version) == (0, 2)


def test_a_right_pin_begins_the_count_anew(bank: Bank, holder: str, pin: str) -> None:
    for _ in range(3):
        for n in range(4):
            with pytest.raises(PinWrong):
                guess(bank, holder, wrong(pin, n + 1))
        guess(bank, holder, pin)
    assert kept(bank, holder).failures == 0


def test_a_try_is_one_try_in_the_books(bank: Bank, holder: str, pin: str) -> None:
    with pytest.raises(PinWrong):
        guess(bank, holder, wrong(pin))
    assert kept(bank, holder).failures == 1
    guess(bank, holder, pin)
    with pytest.raises(PinWrong):
        guess(bank, holder, wrong(pin))
    assert kept(bank, holder).failures == 1
    counted = select(Receipt.id).where(Receipt.operation == "people.count_pin_try")
    assert len(bank.database.read(lambda session: session.rows(counted))) == 3


def test_even_the_tenth_try_opens_when_it_is_right(
    bank: Bank, clock: Clock, holder: str, pin: str
) -> None:
    for n in range(9):
        ahead(clock, minutes=15 if n >= 5 else 0)
        with pytest.raises((PinWrong, PinLocked)):
            guess(bank, holder, wrong(pin, n + 1))
    guess(bank, holder, pin)
    guess(bank, holder, pin)


def count_compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every PIN that is really compared from now on."""
    compared: list[str] = []
    real = room.is_pin

    def watched(keys: Keys, holder: str, pin_hash: str | None, pin: str) -> bool:
        compared.append(pin)
        return real(keys, holder, pin_hash, pin)

    monkeypatch.setattr(room, "is_pin", watched)
    return compared


def guesses(bank: Bank, holder: str, pin: str, many: int) -> list[Callable[[], None]]:
    """So many wrong PINs at eight kiosks."""
    tills = [Caller(actor=f"device:{n}", client=f"device:{n}") for n in range(8)]
    return [
        lambda n=n: guess(bank, holder, wrong(pin, n + 1), tills[n % 8])  # type: ignore[misc]
        for n in range(many)
    ]


def test_a_hundred_guesses_at_once_compare_ten_at_most(
    bank: Bank, holder: str, pin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = count_compared(monkeypatch)
    outcomes = at_once(guesses(bank, holder, pin, 100))
    assert len(compared) == 5
    assert {type(one) for one in outcomes} <= {PinWrong, PinLocked}
    assert kept(bank, holder).failures == 5
    with pytest.raises(PinLocked):
        guess(bank, holder, pin)


def test_the_guard_is_what_holds_them(
    bank: Bank, holder: str, pin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: who counts only after comparing lets all of them through."""
    compared, many = count_compared(monkeypatch), 20
    # Between the look and the count lies the gap; nobody goes on before all have looked.
    have_looked = threading.Barrier(many)

    def careless(bank: Bank, *, by: Caller, holder: str, pin: str) -> None:
        row = kept(bank, holder)
        have_looked.wait(PATIENCE_SECONDS)
        if row.failures >= 5:
            raise PinLocked(until="", seconds=0)
        if not room.is_pin(bank.keys, holder, row.pin_hash, pin):
            door._count_pin_try(bank, by=by, key=new_key(), holder=holder)
            raise PinWrong(left=0)

    at_once(
        [
            lambda n=n: careless(  # type: ignore[misc]
                bank, by=KIOSK, holder=holder, pin=wrong(pin, n + 1)
            )
            for n in range(many)
        ]
    )
    assert len(compared) == many


def test_a_guess_counts_although_the_answer_never_came(
    bank: Bank, holder: str, pin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull_the_plug(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(room, "is_pin", pull_the_plug)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                guess(bank, holder, wrong(pin))
    with pytest.raises(PinLocked):
        guess(bank, holder, pin)


def test_an_old_pin_that_was_right_when_it_was_typed_is_wrong_once_it_was_replaced(
    make: Make, bank: Bank, holder: str, pin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = room.is_pin

    def slow(keys: Keys, holder: str, pin_hash: str | None, typed: str) -> bool:
        found = real(keys, holder, pin_hash, typed)
        new_pin(make, holder)
        return found

    monkeypatch.setattr(room, "is_pin", slow)
    with pytest.raises(PinWrong):
        guess(bank, holder, pin)
    assert kept(bank, holder).failures == 0


def test_who_has_none_is_told_so(make: Make, bank: Bank, holder: str) -> None:
    with pytest.raises(PinMissing):
        guess(bank, holder, "407182")


# ------------------------------------------------------------------------------------ who gives it


def test_volunteers_and_families_are_given_theirs_by_a_worker_at_the_desk(
    make: Make, bank: Bank
) -> None:
    volunteer, family = make.volunteer(), make.do(register_family).answer["number"]
    for number in (volunteer.number, family):
        holder = bank.database.read(lambda session, n=number: get_holder(session, n))
        guess(bank, holder, new_pin(make, holder))
    worker = make.staff("worker")
    command = Caller(actor=worker.actor, client=f"command:{worker.id}")
    for by, refusal in (
        (make.staff("witness").caller, RoleMissing),
        (make.staff("merchant").caller, RoleMissing),
        (command, SecondPersonNeeded),
        (KIOSK, SecondPersonNeeded),
    ):
        with pytest.raises(refusal):
            give_pin(bank, by=by, key=new_key(), holder=volunteer.holder)


def test_somebody_of_the_staff_draws_an_own_one_and_nobody_elses(make: Make, bank: Bank) -> None:
    admin, witness = make.staff("admin", "worker"), make.staff("witness")
    own = give_pin(bank, by=witness.caller, key=new_key(), holder=witness.actor)
    guess(bank, witness.actor, own)
    with pytest.raises(PinOwnOnly):
        give_pin(bank, by=admin.caller, key=new_key(), holder=witness.actor)
    command = Caller(actor=witness.actor, client=f"command:{witness.id}")
    with pytest.raises(SecondPersonNeeded):
        give_pin(bank, by=command, key=new_key(), holder=witness.actor)
    guess(bank, witness.actor, own)


@pytest.mark.parametrize(
    ("holder", "refusal"),
    [
        ("volunteer:999", VolunteerUnknown),
        ("volunteer:x", VolunteerUnknown),
        ("family:999", FamilyUnknown),
        ("device:1", FamilyUnknown),
        ("", FamilyUnknown),
    ],
)
def test_only_a_holder_that_is_there_has_a_pin(
    make: Make, holder: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        make.do(assign_pin, by=make.staff("worker").caller, holder=holder, pin_hash="-")


# ------------------------------------------------------------------------------ cards by their PIN


def test_a_short_number_and_its_pin_open_the_card_at_this_kiosk_for_three_minutes(
    make: Make, bank: Bank, clock: Clock
) -> None:
    volunteer = make.volunteer(points=70)
    card = make.card(volunteer)
    pin = new_pin(make, volunteer.holder)
    with pytest.raises(PinNeeded):
        bank.database.read(lambda session: get_card_by_code(session, card.short_number))
    opened = open_card(bank, by=KIOSK, told=card.short_number, pin=pin)
    assert opened.holder.wallet == volunteer.wallet
    assert not set(opened.proof) & set(" +/=")
    found = presented(bank, opened.proof)
    assert (found.wallet, found.balance, found.by_pin) == (volunteer.wallet, 70, True)
    assert not presented(bank, card.code).by_pin
    with pytest.raises(CardUnknown):
        presented(bank, opened.proof, OTHER_KIOSK)
    ahead(clock, minutes=2, seconds=59)
    presented(bank, opened.proof)
    ahead(clock, minutes=3)
    with pytest.raises(ProofExpired):
        presented(bank, opened.proof)


def presented(bank: Bank, told: str, by: Caller = KIOSK) -> room.Any:
    presenting = Presenting(bank.keys, by.actor, bank.clock.instant())
    return bank.database.read(lambda session: get_presented_card(session, told, presenting))


def test_a_proof_is_worth_nothing_with_one_character_changed_or_without_the_key(
    make: Make, bank: Bank
) -> None:
    volunteer = make.volunteer()
    card, pin = make.card(volunteer), new_pin(make, volunteer.holder)
    proof = open_card(bank, by=KIOSK, told=card.code, pin=pin).proof
    body, _, signature = proof.partition(".")
    other = Presenting(Keys.new(), KIOSK.actor, bank.clock.instant())
    forged, _ = door.sign_proof(other, 1)
    changed = ["A" + body[1:], body[:-1] + "AB", body + "A"]
    for told in [*(f"{one}.{signature}" for one in changed), f"{body}.", f".{signature}", forged]:
        with pytest.raises(CardUnknown):
            presented(bank, told)


def test_a_card_that_is_lost_is_not_opened_by_its_pin_nor_by_a_proof_of_before(
    make: Make, bank: Bank
) -> None:
    volunteer = make.volunteer()
    card, pin = make.card(volunteer), new_pin(make, volunteer.holder)
    proof = open_card(bank, by=KIOSK, told=card.short_number, pin=pin).proof
    make.do(block_card, short_number=card.short_number)
    with pytest.raises(CardBlocked):
        presented(bank, proof)
    with pytest.raises(CardBlocked):
        open_card(bank, by=KIOSK, told=card.short_number, pin=pin)


def test_a_number_that_no_card_has_is_unknown_whatever_pin_comes_with_it(bank: Bank) -> None:
    for told in ("40718239", "RH6V5JZTTEH6XDVEA56O5BMG", "", "1234"):
        with pytest.raises(CardUnknown):
            open_card(bank, by=KIOSK, told=told, pin="407182")


def test_a_pin_leaves_no_trace_in_any_cell(make: Make, bank: Bank, holder: str) -> None:
    pin = new_pin(make, holder)
    guess(bank, holder, pin)
    with pytest.raises(PinWrong):
        guess(bank, holder, wrong(pin))
    tables = bank.database.read(_every_cell)
    found = [
        (table, cell)
        for table, cells in tables.items()
        for cell in cells
        for secret in (pin, wrong(pin))
        if re.search(rf"(?<![0-9]){secret}(?![0-9])", cell)
    ]
    assert found == []
    assert tables["pin"]
