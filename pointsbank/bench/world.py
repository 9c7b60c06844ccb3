"""The world that is measured: people with cards and points, a full shelf, sixteen kiosks.

It is made by the operations that people use, so that no row is missing that a checkout looks at.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from pointsbank.earning import (
    approve_records,
    list_records,
    plain_document,
    record_services,
    set_rulebook,
)
from pointsbank.foundation import Bank, Caller, Paging, add_days, new_key
from pointsbank.inventory import add_product, deliver, shelve
from pointsbank.people import (
    add_staff,
    found_bank,
    issue_missing_cards,
    list_printed_faces,
    list_short_numbers,
    open_pairing,
    pair_device,
    print_cards,
    register_volunteers,
)
from pointsbank.redemption import Quotation, quote

VOLUNTEERS = 500
GOODS = 100
KIOSKS = 16
PIECES = 1_000_000
LINES_MOST = 3
SHOP, SHOP_ID, COMMUNITY_ID = "shop-1", 1, 1
CHUNK = 100

# The shop never shuts and nobody reaches the day's limit: both are asked in every checkout, and
# neither may depend on when somebody measures. A day at the highest rate buys for hours.
_LIMIT_POINTS_DAILY = 10**9
_POINTS_PER_HOUR, _MINUTES = 10_000, 1_440

_FOUNDER = Caller(actor="staff:1", client="bench")
_SECOND = Caller(actor="staff:2", client="staff:2")


@dataclass(frozen=True)
class Kiosk:
    """One paired device, with the token that it shows at the door."""

    id: int
    number: int
    token: str

    @property
    def caller(self) -> Caller:
        name = f"device:{self.id}"
        return Caller(actor=name, client=name, device=name)


@dataclass(frozen=True)
class World:
    """What can be bought, by whom, where."""

    cards: list[str]
    goods: list[str]
    kiosks: list[Kiosk]


def make_world(bank: Bank) -> World:
    """Fill a bank that has only its tables."""
    _found(bank)
    _register(bank)
    _earn(bank)
    goods = list(_stock(bank))
    kiosks = [_pair(bank, f"自助机{number}") for number in range(1, KIOSKS + 1)]
    return World(_print(bank), goods, kiosks)


def _print(bank: Bank) -> list[str]:
    """The codes of all cards, which only a print tells."""
    numbers, codes = list_short_numbers(bank), []
    for start in range(0, len(numbers), CHUNK):
        chunk = numbers[start : start + CHUNK]
        done = print_cards(bank, by=_FOUNDER, key=new_key(), short_numbers=chunk, why="list")
        faces = list_printed_faces(bank, by=_FOUNDER, receipt=done.receipt)
        codes += [face.code for face in faces]
    return codes


def _found(bank: Bank) -> None:
    found_bank(
        bank,
        by=Caller(actor="system", client="bench"),
        key=new_key(),
        nature="bank",
        community="测速社区",
        shop="测速超市",
        help_phone="",
        login="first",
        name="第一人",
        password_hash="-",
        opens="00:00",
        closes="24:00",
        limit_points_daily=_LIMIT_POINTS_DAILY,
    )
    add_staff(
        bank,
        by=_FOUNDER,
        key=new_key(),
        login="second",
        name="第二人",
        password_hash="-",
        roles=["worker"],
    )
    set_rulebook(
        bank,
        by=_FOUNDER,
        key=new_key(),
        starts_on="2000-01-01",
        document=plain_document(_POINTS_PER_HOUR),
    )


def _numbers() -> list[str]:
    return [f"B{number:05d}" for number in range(1, VOLUNTEERS + 1)]


def _register(bank: Bank) -> None:
    numbers = _numbers()
    for start in range(0, VOLUNTEERS, CHUNK):
        rows = [
            (number, "王小明", None, None, None, None, None)
            for number in numbers[start : start + CHUNK]
        ]
        register_volunteers(bank, by=_FOUNDER, key=new_key(), rows=rows)
    issue_missing_cards(bank, by=_FOUNDER, key=new_key(), numbers=numbers)


def _earn(bank: Bank) -> None:
    """One day of service each, recorded by one person and approved by another."""
    numbers, today = _numbers(), bank.clock.today()
    for start in range(0, VOLUNTEERS, CHUNK):
        rows = [
            (number, "测速", today, _MINUTES, "sign_in", None, None, None, None)
            for number in numbers[start : start + CHUNK]
        ]
        record_services(bank, by=_FOUNDER, key=new_key(), rows=rows)
    while pending := list_records(bank, status="pending", paging=Paging(1, CHUNK)).items:
        records = [record.number for record in pending]
        approve_records(bank, by=_SECOND, key=new_key(), records=records)


def _stock(bank: Bank) -> Iterator[str]:
    for number in range(1, GOODS + 1):
        sku = f"GOODS{number:03d}"
        at = {"shop_id": SHOP_ID, "sku": sku}
        price = 1 + number % 9
        add_product(
            bank, by=_FOUNDER, key=new_key(), **at, name=f"商品{number}", price_points=price
        )
        deliver(
            bank,
            by=_FOUNDER,
            key=new_key(),
            **at,
            donor_id=COMMUNITY_ID,
            quantity=PIECES,
            best_before=add_days(bank.clock.today(), 365),
        )
        shelve(bank, by=_FOUNDER, key=new_key(), **at, quantity=PIECES)
        yield sku


def _pair(bank: Bank, name: str) -> Kiosk:
    token = secrets.token_urlsafe(32)
    hashed = hashlib.sha256(token.encode()).digest()
    code, _ = open_pairing(bank, by=_FOUNDER, key=new_key(), shop=SHOP, name=name)
    done = pair_device(bank, code=code, token_hash=hashed, key=new_key())
    return Kiosk(done.answer["device"], done.answer["number"], token)


@dataclass(frozen=True)
class Basket:
    """What somebody is about to confirm at a kiosk."""

    kiosk: Kiosk
    card: str
    promised: Quotation

    @property
    def body(self) -> dict[str, str | int]:
        """The confirming press as the API takes it."""
        return {
            "kind": "goods",
            "card": self.card,
            "quote": self.promised.quote,
            "total_points": self.promised.total_points,
        }


def fill_basket(bank: Bank, world: World, kiosk: Kiosk, card: str, chance: random.Random) -> Basket:
    """A basket of one to three kinds of goods with a fresh quote for this card at this kiosk."""
    goods = chance.sample(world.goods, chance.randint(1, LINES_MOST))
    lines = [{"sku": sku, "quantity": 1, "scanned": chance.random() < 0.5} for sku in goods]
    promised = quote(
        bank,
        by=kiosk.caller,
        kind="goods",
        shop_id=SHOP_ID,
        device_number=kiosk.number,
        card=card,
        request={"lines": lines},
    )
    return Basket(kiosk, card, promised)
