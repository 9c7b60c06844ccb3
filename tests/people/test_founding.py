"""A bank is founded once, with everything that the first day needs, and keeps its nature."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from pointsbank.foundation import (
    Bank,
    Caller,
    Clock,
    Outcome,
    ReceiptOutcome,
    list_settings,
    new_key,
)
from pointsbank.ledger import trial_balance
from pointsbank.people import (
    AlreadyFounded,
    Enrolment,
    EnrolmentUnknown,
    FirstPersonCame,
    Invitation,
    LoginWrong,
    check_password,
    enrol,
    found_bank,
    found_bank_with_code,
    list_organisations,
    list_shops,
    list_staff,
    renew_first_code,
)
from tests.books import books_are_right
from tests.conftest import NOON
from tests.make import Make

FOUNDER = Caller(actor="system", client="init")
PASSWORD = "correct horse battery staple"


def found(make: Make, nature: str = "bank") -> Outcome:
    return make.do(
        found_bank,
        nature=nature,
        community="丁街道社区",
        shop="公益超市",
        help_phone="8651 2030",
        login="li.na",
        name="李娜",
        password_hash="-",
    )


@pytest.mark.parametrize("nature", ["bank", "demonstration"])
def test_a_founded_bank_has_a_shop_a_person_and_its_points(make: Make, nature: str) -> None:
    bank = make.bank
    found(make, nature)
    settings = bank.database.read(list_settings)
    assert (settings["nature"], settings["community_name"]) == (nature, "丁街道社区")
    assert (settings["limit_points_daily"], settings["unbooked_pieces_daily"]) == ("500", "3")
    assert bank.is_demonstration is (nature == "demonstration")
    assert [row.kind for row in list_organisations(bank)] == ["community"]
    assert [(row.code, row.opens, row.closes) for row in list_shops(bank)] == [
        ("shop-1", "07:00", "21:00")
    ]
    assert [row.roles for row in list_staff(bank)] == [("admin", "worker")]
    assert [make.sum_of(kind, "PTS", "bank") for kind in ("issued", "redeemed")] == [0, 0]
    assert trial_balance(bank) == []
    books_are_right(bank)


def founded_with_code(bank: Bank, key: str = "") -> Invitation:
    """A bank whose first person has a one-time code and no password."""
    return found_bank_with_code(
        bank,
        by=FOUNDER,
        key=key or new_key(),
        nature="bank",
        community="丁街道社区",
        shop="公益超市",
        help_phone="",
        login="li.na",
        name="李娜",
    )


def test_the_first_person_has_a_code_of_sixty_bits_and_no_password(bank: Bank) -> None:
    key = new_key()
    invitation = founded_with_code(bank, key)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}( [0-9A-HJKMNP-TV-Z]{4}){2}", invitation.code)
    with pytest.raises(LoginWrong):
        check_password(bank, "li.na", PASSWORD)
    staff = enrol(bank, code=invitation.code, password=PASSWORD, key=new_key())
    assert staff.roles == ("admin", "worker")
    assert check_password(bank, "li.na", PASSWORD).login == "li.na"
    with pytest.raises(EnrolmentUnknown):
        enrol(bank, code=invitation.code, password=PASSWORD + "2", key=new_key())


def test_a_code_is_over_after_a_day_and_another_can_be_had_until_somebody_came(
    bank: Bank, clock: Clock
) -> None:
    first = founded_with_code(bank)
    clock.set_now(lambda: NOON + timedelta(hours=24, seconds=1))
    with pytest.raises(EnrolmentUnknown):
        enrol(bank, code=first.code, password=PASSWORD, key=new_key())
    second, third = (renew_first_code(bank, by=FOUNDER, key=new_key()) for _ in range(2))
    assert len({first.code, second.code, third.code}) == 3
    with pytest.raises(EnrolmentUnknown):
        enrol(bank, code=second.code, password=PASSWORD, key=new_key())
    enrol(bank, code=third.code, password=PASSWORD, key=new_key())
    with pytest.raises(FirstPersonCame):
        renew_first_code(bank, by=FOUNDER, key=new_key())


def test_whoever_was_founded_with_a_password_needs_no_code(make: Make, bank: Bank) -> None:
    make.do(
        found_bank,
        nature="bank",
        community="丁街道社区",
        shop="公益超市",
        help_phone="",
        login="li.na",
        name="李娜",
        password_hash="a hash",
    )
    with pytest.raises(FirstPersonCame):
        renew_first_code(bank, by=FOUNDER, key=new_key())


def test_the_code_itself_stands_nowhere_in_the_bank(bank: Bank) -> None:
    code = founded_with_code(bank).code
    cells = bank.database.read(lambda session: session.rows(select(ReceiptOutcome.answer)))
    hashes = bank.database.read(lambda session: session.rows(select(Enrolment.code_hash)))
    assert all(code not in row.answer for row in cells)
    assert len(hashes[0].code_hash) == 32


def test_nobody_founds_a_bank_twice(make: Make, bank: Bank) -> None:
    found(make)
    for nature in ("bank", "demonstration"):
        with pytest.raises(AlreadyFounded):
            found(make, nature)
    assert bank.database.read(list_settings)["nature"] == "bank"
