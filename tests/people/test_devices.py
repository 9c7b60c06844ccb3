"""A kiosk is paired by a code that works once and soon, and its token can be taken away."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from pointsbank.foundation import Bank, Clock, Outcome, new_key
from pointsbank.people import (
    CodeTaken,
    DeviceUnknown,
    HoursUnreadable,
    OrganisationUnknown,
    PairingUnknown,
    ShopUnknown,
    add_organisation,
    add_shop,
    find_device,
    get_organisation,
    list_devices,
    list_organisations,
    list_shops,
    open_pairing,
    pair_device,
    revoke_device,
)
from tests.at_once import at_once
from tests.conftest import NOON
from tests.make import SOMEBODY, Make

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.fixture
def shop(make: Make) -> str:
    """A shop of the community's."""
    make.do(add_organisation, code="dt", name="丁街道", kind="community")
    make.do(add_shop, organisation="dt", code="shop-1", name="公益超市", help_phone="8651 2030")
    return "shop-1"


def offer(bank: Bank, shop: str, key: str = "") -> str:
    """A pairing code, as the worker reads it out."""
    code, _ = open_pairing(bank, by=SOMEBODY, key=key or new_key(), shop=shop, name="自助机")
    return code


def token(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


def pair(bank: Bank, code: str, word: str = "token") -> Outcome:
    return pair_device(bank, code=code, token_hash=token(word), key=new_key())


def test_a_paired_device_is_known_by_its_token(bank: Bank, shop: str) -> None:
    code = offer(bank, shop)
    assert len(code.replace(" ", "")) == 12
    paired = pair(bank, code)
    device = bank.database.read(lambda session: find_device(session, token("token")))
    assert device is not None
    assert (device.number, device.name) == (1, "自助机")
    assert paired.answer == {"device": device.id, "number": 1, "shop": device.shop_id}
    assert bank.database.read(lambda session: find_device(session, token("other"))) is None
    assert code not in str(paired.answer)


def test_a_code_is_read_however_it_is_typed_and_works_once(bank: Bank, shop: str) -> None:
    code = offer(bank, shop)
    pair(bank, code.replace(" ", "-").translate(FULL_WIDTH))
    with pytest.raises(PairingUnknown):
        pair(bank, code, "second")
    with pytest.raises(PairingUnknown):
        pair(bank, "1234 5678 9012")


def test_a_code_is_over_after_ten_minutes(bank: Bank, shop: str, clock: Clock) -> None:
    late, later = offer(bank, shop), offer(bank, shop)
    clock.set_now(lambda: NOON + timedelta(minutes=9, seconds=59))
    pair(bank, late)
    clock.set_now(lambda: NOON + timedelta(minutes=10))
    with pytest.raises(PairingUnknown):
        pair(bank, later, "second")


def test_of_many_devices_with_one_code_one_is_paired(bank: Bank, shop: str) -> None:
    code = offer(bank, shop)
    outcomes = at_once([lambda n=n: pair(bank, code, f"token {n}") for n in range(8)])
    assert len([one for one in outcomes if isinstance(one, PairingUnknown)]) == 7
    assert [row.number for row in list_devices(bank)] == [1]


def test_devices_paired_at_once_take_different_numbers(bank: Bank, shop: str) -> None:
    codes = [offer(bank, shop) for _ in range(4)]
    outcomes = at_once([lambda code=code: pair(bank, code, code) for code in codes])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert [row.number for row in list_devices(bank)] == [1, 2, 3, 4]


def test_the_same_request_shows_the_same_code_again(bank: Bank, shop: str) -> None:
    key = new_key()
    assert offer(bank, shop, key) == offer(bank, shop, key) != offer(bank, shop)


def test_a_revoked_device_is_nobody(make: Make, bank: Bank, shop: str) -> None:
    device_id = pair(bank, offer(bank, shop)).answer["device"]
    make.do(revoke_device, device_id=device_id)
    assert bank.database.read(lambda session: find_device(session, token("token"))) is None
    with pytest.raises(DeviceUnknown):
        make.do(revoke_device, device_id=device_id)


def test_organisations_and_shops_have_codes_of_their_own(make: Make, bank: Bank, shop: str) -> None:
    with pytest.raises(CodeTaken):
        make.do(add_organisation, code="dt", name="别处", kind="unit")
    with pytest.raises(CodeTaken):
        make.do(add_shop, organisation="dt", code=shop, name="别的超市")
    with pytest.raises(OrganisationUnknown):
        make.do(add_shop, organisation="nowhere", code="s2", name="超市")
    with pytest.raises(ShopUnknown):
        offer(bank, "nowhere")
    with pytest.raises(HoursUnreadable):
        make.do(add_shop, organisation="dt", code="s2", name="超市", opens="21:00", closes="7:00")
    make.do(add_organisation, code="m1", name="好又多", kind="merchant", thanks_public=True)
    assert [row.code for row in list_organisations(bank, kind="merchant")] == ["m1"]
    assert bank.database.read(lambda session: get_organisation(session, "m1")).thanks_public
    assert [row.help_phone for row in list_shops(bank)] == ["8651 2030"]
