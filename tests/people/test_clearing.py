"""What is over is cleared away at night, and nothing that somebody still needs."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from pointsbank.foundation import Bank, Clock, new_key
from pointsbank.people import (
    FailedLogin,
    LoginLocked,
    LoginWrong,
    Pairing,
    StaffLogin,
    check_password,
    clear_expired,
    find_login,
    open_login,
    open_pairing,
    passwords,
)
from tests.conftest import NOON
from tests.counter import Counter
from tests.make import SOMEBODY, Make

NOTHING = {"logins": 0, "card_logins": 0, "pairings": 0, "failures": 0}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(1, 8, 1))
    monkeypatch.setattr(passwords, "_NOBODYS", [])


def many(bank: Bank, table: type) -> int:
    return int(bank.database.read(lambda session: session.value(select(func.count(table.id)))))


def log_in(bank: Bank, staff_id: int) -> bytes:
    token = os.urandom(32)
    open_login(bank, staff_id=staff_id, token_hash=token, key=new_key())
    return token


def later(clock: Clock, time: timedelta) -> None:
    clock.set_now(lambda: NOON + time)


def test_who_is_at_work_stays_logged_in(bank: Bank, make: Make) -> None:
    token = log_in(bank, make.staff().id)
    assert clear_expired(bank, by=SOMEBODY) == NOTHING
    now = bank.clock.instant()
    assert bank.database.read(lambda session: find_login(session, token, now=now)) is not None


def test_logins_and_pairing_codes_of_last_month_go(
    bank: Bank, counter: Counter, clock: Clock
) -> None:
    clear_expired(bank, by=SOMEBODY)
    staff = counter.make.staff().id
    log_in(bank, staff)
    open_pairing(bank, by=SOMEBODY, key=new_key(), shop="shop-1", name="门口")
    later(clock, timedelta(days=29))
    assert clear_expired(bank, by=SOMEBODY) == NOTHING
    log_in(bank, staff)
    later(clock, timedelta(days=31))
    gone = clear_expired(bank, by=SOMEBODY)
    assert (gone["logins"], many(bank, StaffLogin)) == (1, 1)
    assert many(bank, Pairing) == 0
    assert clear_expired(bank, by=SOMEBODY) == NOTHING


def test_a_login_that_is_locked_now_stays_locked(bank: Bank, make: Make, clock: Clock) -> None:
    for minute in range(0, 300, 20):
        later(clock, timedelta(minutes=minute))
        with pytest.raises((LoginWrong, LoginLocked)):
            check_password(bank, "limin", "wrong")
    assert clear_expired(bank, by=SOMEBODY)["failures"] == 0
    with pytest.raises(LoginLocked):
        check_password(bank, "limin", "wrong")
    later(clock, timedelta(days=2))
    assert clear_expired(bank, by=SOMEBODY)["failures"] == 1
    assert many(bank, FailedLogin) == 0


def test_a_few_failures_are_forgotten_by_the_next_night(bank: Bank, make: Make) -> None:
    with pytest.raises(LoginWrong):
        check_password(bank, "limin", "wrong")
    assert clear_expired(bank, by=SOMEBODY)["failures"] == 1


def test_much_goes_in_small_pieces(bank: Bank, make: Make, clock: Clock) -> None:
    staff = make.staff().id
    for _ in range(405):
        log_in(bank, staff)
    later(clock, timedelta(days=60))
    assert clear_expired(bank, by=SOMEBODY)["logins"] == 405
    assert many(bank, StaffLogin) == 0
