"""A bank is founded once, with everything that the first day needs, and keeps its nature."""

from __future__ import annotations

import pytest

from pointsbank.foundation import Bank, Outcome, list_settings
from pointsbank.ledger import trial_balance
from pointsbank.people import AlreadyFounded, found_bank, list_organisations, list_shops, list_staff
from tests.books import books_are_right
from tests.make import Make


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


def test_nobody_founds_a_bank_twice(make: Make, bank: Bank) -> None:
    found(make)
    for nature in ("bank", "demonstration"):
        with pytest.raises(AlreadyFounded):
            found(make, nature)
    assert bank.database.read(list_settings)["nature"] == "bank"
