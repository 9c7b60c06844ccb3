"""A shop to buy in: its kiosks, its goods, and people with cards, through the real operations."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from pointsbank.foundation import Caller, Outcome, new_key
from pointsbank.inventory import add_product, deliver, shelve
from pointsbank.inventory import set_price as decide_price
from pointsbank.ledger import AccountRef
from pointsbank.people import (
    VolunteerRef,
    add_shop,
    find_volunteer,
    get_family,
    get_volunteer,
    issue_card,
    open_pairing,
    pair_device,
    register_family,
    register_volunteer,
)
from pointsbank.people.card_codes import make_card_code
from pointsbank.redemption import Quotation, check_out, quote, undo
from tests.make import SOMEBODY, Make

Line = tuple[str, int, bool]


def tapped(sku: str, quantity: int = 1) -> Line:
    """Pieces whose picture was tapped."""
    return (sku, quantity, False)


def scanned(sku: str, quantity: int = 1) -> Line:
    """Pieces that were held under the scanner."""
    return (sku, quantity, True)


@dataclass(frozen=True)
class Buyer:
    """Somebody with a card."""

    number: str
    card: str
    wallet: AccountRef
    short_number: str


class Counter:
    """One open shop with a kiosk, in a bank that has just been founded."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.bank = make.bank
        self.shop_id, self.shop_code = 1, "shop-1"
        self.donor_id = 1
        make.found()
        self.kiosk = self.new_kiosk()

    def in_another_shop(self) -> Counter:
        """A kiosk of one more shop of the same bank."""
        other = copy(self)
        other.shop_code = f"shop-{self.make.next_number()}"
        made = self.make.do(add_shop, code=other.shop_code, name="分店", organisation="community")
        other.shop_id = made.answer["shop"]
        other.kiosk = other.new_kiosk()
        return other

    def bring(self, sku: str, pieces: int) -> None:
        """Put pieces of known goods on this shop's shelf."""
        at = {"shop_id": self.shop_id, "sku": sku, "quantity": pieces}
        self.make.do(deliver, **at, donor_id=self.donor_id)
        self.make.do(shelve, **at)

    def new_kiosk(self) -> Caller:
        """One more paired device of the shop."""
        code, _ = open_pairing(
            self.bank, by=SOMEBODY, key=new_key(), shop=self.shop_code, name="自助机"
        )
        token = new_key().encode()[:32]
        paired = pair_device(self.bank, code=code, token_hash=token, key=new_key())
        actor = f"device:{paired.answer['device']}"
        return Caller(actor=actor, client=actor, device=actor)

    def buyer(self, points: int = 0) -> Buyer:
        """A volunteer with a card and so many points."""
        number = f"T{self.make.next_number():05d}"
        self.make.do(register_volunteer, number=number, name="王小明")
        with_card = self.make.do(issue_card, number=number)
        found = self.bank.database.read(lambda session: find_volunteer(session, number))
        return self._with_points(number, with_card, found.wallet, points)

    def family(self, points: int = 0) -> Buyer:
        """A family with a card and so many points."""
        made = self.make.do(register_family)
        number = made.answer["number"]
        with_card = self.make.do(issue_card, number=number)
        found = self.bank.database.read(lambda session: get_family(session, number))
        return self._with_points(number, with_card, found.wallet, points)

    def _with_points(self, number: str, issued: Outcome, wallet: AccountRef, points: int) -> Buyer:
        if points:
            self.give(wallet, points)
        card = make_card_code(self.bank.keys.card, wallet.id, 1)
        return Buyer(number, card, wallet, issued.answer["short_number"])

    def give(self, wallet: AccountRef, points: int) -> None:
        """Put points into a wallet."""
        self.make.move(self.make.account("issued", holder="bank"), wallet, points)

    def goods(
        self,
        sku: str,
        price: int = 30,
        shelf: int = 0,
        store: int = 0,
        limit: int | None = None,
        best_before: str | None = None,
    ) -> str:
        """Goods with a price, so many pieces on the shelf and in the store-room."""
        at = {"shop_id": self.shop_id, "sku": sku}
        self.make.do(add_product, **at, name=f"商品{sku}", price_points=price, limit_monthly=limit)
        if shelf + store:
            self.make.do(
                deliver,
                **at,
                donor_id=self.donor_id,
                quantity=shelf + store,
                best_before=best_before,
            )
        if shelf:
            self.make.do(shelve, **at, quantity=shelf)
        return sku

    def price(self, sku: str, points: int) -> None:
        """Change a price from today on."""
        self.make.do(decide_price, **self.make.by_two(), sku=sku, points=points)

    def quote(
        self, *lines: Line, buyer: Buyer | None = None, at: Caller | None = None
    ) -> Quotation:
        """Ask what a basket costs."""
        return quote(
            self.bank,
            by=at or self.kiosk,
            kind="goods",
            shop_id=self.shop_id,
            device_number=1,
            card=buyer.card if buyer else None,
            request={"lines": as_request(lines)},
        )

    def confirm(
        self, buyer: Buyer, promised: Quotation, *, key: str = "", at: Caller | None = None
    ) -> Outcome:
        """Press the big button on what a quote promised."""
        return check_out(
            self.bank,
            by=at or self.kiosk,
            key=key or new_key(),
            kind="goods",
            card=buyer.card,
            quote=promised.quote,
            total_points=promised.total_points,
        )

    def check_out(
        self, buyer: Buyer, *lines: Line, key: str = "", at: Caller | None = None
    ) -> dict[str, Any]:
        """Quote and confirm; what the kiosk then shows."""
        promised = self.quote(*lines, buyer=buyer, at=at)
        redemption: dict[str, Any] = self.confirm(buyer, promised, key=key, at=at).answer[
            "redemption"
        ]
        return redemption

    def undo(
        self, buyer: Buyer, number: str, *, key: str = "", at: Caller | None = None
    ) -> dict[str, Any]:
        """Take a purchase back."""
        done = undo(
            self.bank,
            by=at or self.kiosk,
            key=key or new_key(),
            number=number,
            card=buyer.card,
            shop_id=self.shop_id,
        )
        redemption: dict[str, Any] = done.answer["redemption"]
        return redemption

    def volunteer(self, buyer: Buyer) -> VolunteerRef:
        """Who has that card."""
        return self.bank.database.read(lambda session: get_volunteer(session, buyer.number))

    def points(self, buyer: Buyer) -> int:
        """What is in somebody's wallet."""
        return self.make.balance(buyer.wallet)

    def pieces(self, sku: str) -> tuple[int, int, int, int]:
        """Pieces on the shelf, in the store-room, given out, in lost and found."""
        commodity = f"SKU-{sku}"
        return tuple(  # type: ignore[return-value]  # four names give four numbers
            self.make.sum_of(kind, commodity, f"shop:{self.shop_id}")
            for kind in ("shelf", "store_room", "given_out", "lost_found")
        )


def as_request(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Lines as a kiosk sends them."""
    return [
        {"sku": sku, "quantity": quantity, "scanned": was_scanned}
        for sku, quantity, was_scanned in lines
    ]
