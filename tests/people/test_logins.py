"""Passwords are hashed, guessing is slowed down, and a login ends when it should."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from pointsbank.foundation import Bank, Clock, new_key
from pointsbank.people import (
    LoginLocked,
    LoginTaken,
    LoginUnreadable,
    LoginWrong,
    PasswordTooCommon,
    PasswordTooShort,
    Staff,
    add_staff,
    check_password,
    disable_staff,
    end_login,
    find_login,
    hash_password,
    list_staff,
    open_login,
    refuse_weak_password,
    renew_login,
    set_password,
)
from pointsbank.people import passwords as room
from tests.at_once import at_once
from tests.conftest import NOON
from tests.make import Make

PASSWORD = "丁香花开满小巷口，七月的风"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    """Cheap hashing, because what is tested here is not the hash."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(room, "_HASHER", hasher)
    monkeypatch.setattr(room, "_NOBODYS", [])
    return hasher


@pytest.fixture
def li_na(make: Make, quick: PasswordHasher) -> str:
    """A worker with a password."""
    hashed = hash_password(PASSWORD)
    make.do(add_staff, login="Li.Na", name="李娜", password_hash=hashed, roles=["worker"])
    return "li.na"


def ahead(clock: Clock, **time: float) -> None:
    """Let time pass."""
    clock.set_now(lambda: NOON + timedelta(**time))


def test_the_right_password_lets_in_and_no_other(bank: Bank, li_na: str) -> None:
    staff = check_password(bank, " LI.NA ", PASSWORD)
    assert (staff.login, staff.roles) == ("li.na", ("worker",))
    for login, password in ((li_na, PASSWORD + " "), (li_na, ""), ("nobody", PASSWORD), ("", "")):
        with pytest.raises(LoginWrong):
            check_password(bank, login, password)


def test_full_width_and_half_width_are_the_same_password(bank: Bank, li_na: str) -> None:
    assert check_password(bank, li_na, PASSWORD.replace("，", ",")).login == li_na


def test_a_hash_is_argon2id_of_the_default_profile_with_its_own_salt() -> None:
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second


def test_an_older_hash_is_renewed_at_the_next_login(
    bank: Bank, li_na: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _kept_hash(bank, li_na)
    monkeypatch.setattr(room, "_HASHER", PasswordHasher(2, 16, 1))
    check_password(bank, li_na, PASSWORD)
    assert "m=16,t=2" in _kept_hash(bank, li_na) != before
    check_password(bank, li_na, PASSWORD)


def _kept_hash(bank: Bank, login: str) -> str:
    wanted = select(Staff.password_hash).where(Staff.login == login)
    return str(bank.database.read(lambda session: session.value(wanted)))


def test_from_the_fifth_wrong_password_one_waits_longer_and_longer(
    bank: Bank, clock: Clock, li_na: str
) -> None:
    for attempt in range(5):
        with pytest.raises(LoginWrong):
            check_password(bank, li_na, f"wrong {attempt}")
    passed = 0
    for expected in (60, 120, 240, 480, 900, 900, 900):
        with pytest.raises(LoginLocked) as locked:
            check_password(bank, li_na, PASSWORD)
        assert locked.value.facts["seconds"] == expected
        passed += expected
        ahead(clock, seconds=passed)
        with pytest.raises(LoginWrong):
            check_password(bank, li_na, "wrong")
    passed += 900
    ahead(clock, seconds=passed)
    assert check_password(bank, li_na, PASSWORD).login == li_na
    for attempt in range(4):
        with pytest.raises(LoginWrong):
            check_password(bank, li_na, f"forgiven, so this is number {attempt}")
    assert check_password(bank, li_na, PASSWORD).login == li_na


def test_a_login_that_nobody_has_is_locked_just_the_same(bank: Bank, li_na: str) -> None:
    for _ in range(5):
        with pytest.raises(LoginWrong):
            check_password(bank, "nobody", "guess")
    with pytest.raises(LoginLocked):
        check_password(bank, "nobody", "guess")
    assert check_password(bank, li_na, PASSWORD).login == li_na


def test_many_guesses_at_once_are_five_guesses(bank: Bank, li_na: str) -> None:
    guesses = [lambda n=n: check_password(bank, li_na, f"guess {n}") for n in range(24)]
    outcomes = at_once(guesses)
    assert len([one for one in outcomes if isinstance(one, LoginWrong)]) == 5
    assert len([one for one in outcomes if isinstance(one, LoginLocked)]) == 19


def test_a_guess_counts_although_the_answer_never_came(
    bank: Bank, li_na: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull_the_plug(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("pointsbank.people.admission.is_password", pull_the_plug)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                check_password(bank, li_na, "guess")
    with pytest.raises(LoginLocked):
        check_password(bank, li_na, PASSWORD)


@pytest.mark.parametrize("password", ["short", "十四个字的密码还差一个字啊", "x" * 257])
def test_a_password_has_fifteen_characters_or_more(password: str) -> None:
    with pytest.raises(PasswordTooShort) as refusal:
        refuse_weak_password(password)
    assert refusal.value.facts == {"least": 15, "most": 256}


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password12345678",
        "1234567890123456",
        "aaaaaaaaaaaaaaaaaa",
        "abababababababab",
        "abcdefghijklmnop",
        "qwertyuiopqwertyuiop",
        "li.na.li.na.li.na",
        "梅林都汇社区志愿者积分银行密码",
        "admin-admin-admin-admin",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooCommon):
        refuse_weak_password(password, login="li.na", name="李娜")


@pytest.mark.parametrize(
    "password", [PASSWORD + "吹过", "correct horse battery", "x7#kQ2!pLm9&Zr4v"]
)
def test_a_long_phrase_of_ones_own_is_fine(password: str) -> None:
    refuse_weak_password(password, login="li.na", name="李娜")


def test_logins_are_plain_and_taken_once(make: Make) -> None:
    make.do(add_staff, login="wang", name="王强", password_hash="-", roles=["worker", "worker"])
    with pytest.raises(LoginTaken):
        make.do(add_staff, login="WANG", name="王强", password_hash="-", roles=["admin"])
    for wrong in ("", "王强", "a", "a b", "x" * 40):
        with pytest.raises(LoginUnreadable):
            make.do(add_staff, login=wrong, name="王强", password_hash="-", roles=[])
    assert [row.roles for row in list_staff(make.bank)] == [("worker",)]


class Browser:
    """Somebody's browser with its token."""

    def __init__(self, bank: Bank, staff_id: int) -> None:
        self.bank, self.hash = bank, hashlib.sha256(new_key().encode()).digest()
        open_login(bank, staff_id=staff_id, token_hash=self.hash, key=new_key())

    @property
    def is_in(self) -> bool:
        now = self.bank.clock.instant()
        found = self.bank.database.read(lambda session: find_login(session, self.hash, now=now))
        return found is not None


def test_a_login_sleeps_in_after_a_quarter_of_an_hour(make: Make, clock: Clock) -> None:
    browser = Browser(make.bank, make.staff("worker").id)
    ahead(clock, minutes=15)
    assert browser.is_in
    assert renew_login(make.bank, token_hash=browser.hash, key=new_key())
    ahead(clock, minutes=29)
    assert browser.is_in
    ahead(clock, minutes=31)
    assert not browser.is_in


def test_a_login_lasts_eight_hours_and_a_merchants_twelve(make: Make, clock: Clock) -> None:
    worker = Browser(make.bank, make.staff("worker").id)
    merchant = Browser(make.bank, make.staff("merchant").id)
    for minutes in range(0, 8 * 60 + 1, 10):
        ahead(clock, minutes=minutes)
        assert worker.is_in
        for browser in (worker, merchant):
            renew_login(make.bank, token_hash=browser.hash, key=new_key())
    ahead(clock, minutes=8 * 60 + 1)
    assert (worker.is_in, merchant.is_in) == (False, True)


def test_leaving_being_shut_out_and_a_new_password_end_logins(make: Make, bank: Bank) -> None:
    staff = make.staff("worker")
    leaving, first, second = (Browser(bank, staff.id) for _ in range(3))
    end_login(bank, token_hash=leaving.hash, key=new_key())
    assert (leaving.is_in, first.is_in) == (False, True)
    done = make.do(set_password, login=staff.login, password_hash="new")
    assert done.answer["ended"] == 2
    assert not second.is_in
    third = Browser(bank, staff.id)
    make.do(disable_staff, login=staff.login)
    assert not third.is_in
    assert not renew_login(bank, token_hash=third.hash, key=new_key())


def test_who_is_shut_out_has_no_right_password_any_more(make: Make, bank: Bank, li_na: str) -> None:
    make.do(disable_staff, login=li_na)
    with pytest.raises(LoginWrong):
        check_password(bank, li_na, PASSWORD)
