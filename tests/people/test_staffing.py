"""Staff by form: a code on paper, one day, once; and somebody stays who can let others in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from pointsbank.foundation import Bank, Clock, Outcome, new_key
from pointsbank.people import (
    BenefitsOneself,
    CodeTaken,
    Enrolment,
    EnrolmentUnknown,
    LastAdmin,
    LoginTaken,
    LoginWrong,
    MerchantAlone,
    PasswordTooShort,
    RoleMissing,
    RolesMissing,
    SecondPersonNeeded,
    StaffDisabled,
    StaffRow,
    add_organisation,
    change_staff,
    check_password,
    disable_staff,
    enable_staff,
    enrol,
    get_staff,
    invite_staff,
    list_organisations,
    offer_code,
    set_password,
)
from pointsbank.people import enrolments as papers
from pointsbank.people import passwords as room
from tests.at_once import at_once
from tests.conftest import NOON
from tests.make import SOMEBODY, Make

PASSWORD = "丁香花开满小巷口，七月的风吹过"
NEW: dict[str, Any] = {"login": "wangfang", "name": "王芳", "roles": ["worker"]}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, because what is tested here is not the hash."""
    monkeypatch.setattr(room, "_HASHER", PasswordHasher(1, 8, 1))
    monkeypatch.setattr(room, "_NOBODYS", [])


@pytest.fixture
def admin(make: Make) -> StaffRow:
    """The one who lets others in."""
    return make.staff("admin")


def person(bank: Bank, login: str) -> StaffRow:
    return bank.database.read(lambda session: get_staff(session, login))


def invite(bank: Bank, admin: StaffRow, key: str = "", **told: Any) -> str:
    """Invite somebody; the code on the paper."""
    told = NEW | told
    return invite_staff(bank, by=admin.caller, key=key or new_key(), **told).code


def set_first(bank: Bank, code: str, password: str = PASSWORD) -> StaffRow:
    return enrol(bank, code=code, password=password, key=new_key())


def test_the_code_on_paper_sets_a_password_once(bank: Bank, admin: StaffRow) -> None:
    code = invite(bank, admin)
    assert not person(bank, "wangfang").has_password
    assert set_first(bank, code).login == "wangfang"
    assert check_password(bank, "wangfang", PASSWORD).roles == ("worker",)
    with pytest.raises(EnrolmentUnknown):
        set_first(bank, code)


def test_before_that_no_password_opens_the_login(bank: Bank, admin: StaffRow) -> None:
    code = invite(bank, admin)
    for guess in ("", "-", code, "wangfang"):
        with pytest.raises(LoginWrong):
            check_password(bank, "wangfang", guess)


def test_a_code_has_sixty_bits_and_stands_nowhere(bank: Bank, admin: StaffRow) -> None:
    code = invite(bank, admin)
    plain = code.replace(" ", "")
    assert len(plain) == papers.CODE_SIGNS
    assert len(set(papers.SIGNS)) == 32
    told = bank.database.read(lambda session: session.rows(select(Enrolment)))
    assert plain not in repr(told)


@pytest.mark.parametrize("spoil", ["lower", "tight", "full width", "o for 0"])
def test_a_code_is_read_however_it_was_typed(bank: Bank, admin: StaffRow, spoil: str) -> None:
    code = invite(bank, admin)
    typed = {
        "lower": code.lower(),
        "tight": code.replace(" ", "-"),
        "full width": code.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}),
        "o for 0": code.replace("0", "O").replace("1", "l"),
    }[spoil]
    assert set_first(bank, typed).login == "wangfang"


def test_a_code_lasts_a_day_and_no_longer(bank: Bank, admin: StaffRow, clock: Clock) -> None:
    code, other = invite(bank, admin), invite(bank, admin, login="lina")
    clock.set_now(lambda: NOON + timedelta(hours=23, minutes=59))
    set_first(bank, code)
    clock.set_now(lambda: NOON + timedelta(hours=24))
    with pytest.raises(EnrolmentUnknown):
        set_first(bank, other)


def test_a_weak_password_leaves_the_code_as_it_was(bank: Bank, admin: StaffRow) -> None:
    code = invite(bank, admin)
    with pytest.raises(PasswordTooShort):
        set_first(bank, code, "too short")
    set_first(bank, code)


def test_a_new_code_ends_the_one_before_and_the_old_password_when_it_is_used(
    bank: Bank, admin: StaffRow
) -> None:
    first = invite(bank, admin)
    second = offer_code(bank, by=admin.caller, key=new_key(), login="wangfang").code
    with pytest.raises(EnrolmentUnknown):
        set_first(bank, first)
    set_first(bank, second)
    third = offer_code(bank, by=admin.caller, key=new_key(), login="wangfang").code
    assert check_password(bank, "wangfang", PASSWORD)
    set_first(bank, third, PASSWORD + "又一年")
    with pytest.raises(LoginWrong):
        check_password(bank, "wangfang", PASSWORD)


def test_a_password_set_by_hand_ends_the_code(make: Make, bank: Bank, admin: StaffRow) -> None:
    code = invite(bank, admin)
    make.do(set_password, login="wangfang", password_hash="new")
    with pytest.raises(EnrolmentUnknown):
        set_first(bank, code)


def test_a_double_click_shows_the_same_code_and_enters_one(bank: Bank, admin: StaffRow) -> None:
    key = new_key()
    assert invite(bank, admin, key) == invite(bank, admin, key)
    with pytest.raises(LoginTaken):
        invite(bank, admin)


def test_a_code_used_by_many_at_once_sets_one_password(bank: Bank, admin: StaffRow) -> None:
    code = invite(bank, admin)
    outcomes = at_once([lambda n=n: set_first(bank, code, f"{PASSWORD}{n}") for n in range(6)])
    assert len([one for one in outcomes if isinstance(one, EnrolmentUnknown)]) == 5


@pytest.mark.parametrize("roles", [("worker",), ("witness",), ("auditor",), ("merchant",)])
def test_only_an_admin_at_an_own_door_lets_people_in(
    make: Make, bank: Bank, admin: StaffRow, roles: tuple[str, ...]
) -> None:
    other = make.staff(*roles)
    with pytest.raises(RoleMissing):
        invite(bank, other)
    with pytest.raises(RoleMissing):
        offer_code(bank, by=other.caller, key=new_key(), login=admin.login)
    with pytest.raises(SecondPersonNeeded):
        invite_staff(bank, by=SOMEBODY, key=new_key(), **NEW)


def test_roles_hold_at_once_and_make_sense(make: Make, bank: Bank, admin: StaffRow) -> None:
    make.do(add_organisation, name="惠民超市", kind="merchant", code="m1")
    for roles, organisation, refusal in (
        ([], None, RolesMissing),
        (["merchant"], None, MerchantAlone),
        (["merchant", "worker"], "m1", MerchantAlone),
    ):
        with pytest.raises(refusal):
            invite(bank, admin, roles=roles, organisation=organisation)
    invite(bank, admin, roles=["merchant"], organisation="m1")
    volunteer = make.volunteer()
    make.do(
        change_staff,
        by=admin.caller,
        login="wangfang",
        name="王芳芳",
        roles=["witness"],
        volunteer_number=volunteer.number,
    )
    changed = person(bank, "wangfang")
    assert (changed.name, changed.roles, changed.organisation_id, changed.volunteer_id) == (
        "王芳芳",
        ("witness",),
        None,
        volunteer.id,
    )


def test_nobody_takes_off_themselves_which_volunteer_they_are(
    make: Make, bank: Bank, admin: StaffRow
) -> None:
    """Whoever could would next approve hours of their own."""
    told = {"login": admin.login, "name": admin.name, "roles": ["admin", "worker"]}
    own, other = make.volunteer(), make.volunteer()
    make.do(change_staff, by=admin.caller, **told, volunteer_number=own.number)
    make.do(change_staff, by=admin.caller, **told, volunteer_number=own.number)
    for number in (None, other.number):
        with pytest.raises(BenefitsOneself):
            make.do(change_staff, by=admin.caller, **told, volunteer_number=number)
    second = make.staff("admin")
    make.do(change_staff, by=second.caller, **told, volunteer_number=other.number)
    assert person(bank, admin.login).volunteer_id == other.id


def test_somebody_always_stays_who_can_let_others_in(
    make: Make, bank: Bank, admin: StaffRow
) -> None:
    with pytest.raises(LastAdmin):
        make.do(disable_staff, login=admin.login)
    with pytest.raises(LastAdmin):
        make.do(change_staff, by=admin.caller, login=admin.login, name="李", roles=["worker"])
    second = make.staff("admin", "worker")
    outcomes = at_once(
        [lambda one=one: make.do(disable_staff, login=one.login) for one in (admin, second)]
    )
    assert len([one for one in outcomes if isinstance(one, LastAdmin)]) == 1
    assert len([one for one in outcomes if isinstance(one, Outcome)]) == 1


def test_who_was_shut_out_comes_back_only_with_a_new_code(
    make: Make, bank: Bank, admin: StaffRow
) -> None:
    code = invite(bank, admin)
    set_first(bank, code)
    left = offer_code(bank, by=admin.caller, key=new_key(), login="wangfang").code
    make.do(disable_staff, login="wangfang")
    with pytest.raises(EnrolmentUnknown):
        set_first(bank, left)
    with pytest.raises(StaffDisabled):
        offer_code(bank, by=admin.caller, key=new_key(), login="wangfang")
    make.do(enable_staff, by=admin.caller, login="wangfang")
    for useless in (left, code):
        with pytest.raises(EnrolmentUnknown):
            set_first(bank, useless)
    with pytest.raises(LoginWrong):
        check_password(bank, "wangfang", PASSWORD)
    fresh = offer_code(bank, by=admin.caller, key=new_key(), login="wangfang").code
    assert set_first(bank, fresh).disabled_at is None


def test_without_its_hour_a_code_would_last_for_ever(
    bank: Bank, admin: StaffRow, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "LASTS", timedelta(days=3650))
    code = invite(bank, admin)
    clock.set_now(lambda: NOON + timedelta(hours=48))
    assert set_first(bank, code).login == "wangfang"


def test_an_organisation_without_a_code_gets_one(make: Make, bank: Bank) -> None:
    make.do(add_organisation, name="甲店", kind="merchant", code="org-2")
    codes = [
        make.do(add_organisation, name=name, kind="merchant").answer["code"]
        for name in ("乙店", "丙店")
    ]
    assert codes == ["org-3", "org-4"]
    with pytest.raises(CodeTaken):
        make.do(add_organisation, name="丁店", kind="unit", code="org-3")
    assert len(list_organisations(bank)) == 3
