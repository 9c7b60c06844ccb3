"""The goods of the demonstration: listed, given by donors every quarter, brought to the shelf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from pointsbank.demonstration import sample
from pointsbank.demonstration.people_story import PeopleStory
from pointsbank.demonstration.sample import SampleGoods
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.foundation import Session
from pointsbank.inventory import add_product, deliver, describe_product, set_price, shelve
from pointsbank.people import get_organisation

OLD_PRICE = {"XIYIYE": 250, "MAOJIN": 60}


class GoodsStory:
    """What stands where; the pieces on each shelf are known here as well."""

    def __init__(self, teller: Storyteller, people: PeopleStory) -> None:
        self.teller = teller
        self.people = people
        self.donors: dict[str, int] = {}
        self.on_shelf: dict[str, int] = {}
        self.price: dict[str, int] = {}

    def begin(self, moment: datetime) -> None:
        """List everything and take the first gifts in."""
        self.teller.at(moment)
        for code, _name, _kind in sample.DONORS:
            self.donors[code] = self.teller.bank.database.read(_organisation(code))
        for place, goods in enumerate(sample.GOODS):
            self.price[goods.sku] = OLD_PRICE.get(goods.sku, goods.points)
            self.teller.do(
                add_product,
                self.people.staff["limin"],
                shop_id=self.people.shop_id,
                sku=goods.sku,
                name=goods.name,
                name_en=goods.name_en,
                spec=goods.spec,
                picture=goods.picture,
                price_points=self.price[goods.sku],
                barcode=goods.barcode,
                market_price_fen=goods.fen,
                limit_monthly=goods.limit_monthly,
                wanted=100 - place,
            )
            if goods.restock:
                changes = {"restock_zh": goods.restock[0], "restock_en": goods.restock[1]}
                self.teller.do(
                    describe_product, self.people.staff["limin"], sku=goods.sku, changes=changes
                )
            self.give(goods)

    def give(self, goods: SampleGoods, days: int | None = None) -> None:
        """One more gift of these goods, and most of it onto the shelf."""
        lasts = days or goods.shelf_days
        best_before = (
            (self.teller.moment + timedelta(days=lasts)).date().isoformat() if lasts else None
        )
        values = {"shop_id": self.people.shop_id, "sku": goods.sku}
        self.teller.do(
            deliver,
            self.people.staff["wangfang"],
            **values,
            donor_id=self.donors[goods.donor],
            quantity=goods.pieces,
            unit_value_fen=goods.fen,
            best_before=best_before,
        )
        shelved = goods.pieces if goods.pieces < 10 else goods.pieces * 3 // 4
        self.teller.do(shelve, self.people.staff["wangfang"], **values, quantity=shelved)
        self.on_shelf[goods.sku] = self.on_shelf.get(goods.sku, 0) + shelved

    def fill_up(self) -> None:
        """The quarter's gifts: of what has become scarce, but rice, which is always wanted."""
        for goods in sample.GOODS:
            if goods.sku != "DAMI" and self.on_shelf[goods.sku] < goods.pieces // 2:
                self.give(goods)

    def give_what_must_go_soon(self) -> None:
        """A last gift of water that is good for ten days more, so that somebody must see to it."""
        self.give(next(goods for goods in sample.GOODS if goods.sku == "SHUI570"), days=10)

    def lower_prices(self) -> None:
        """Three months ago the detergent and the towel became cheaper."""
        for goods in sample.GOODS:
            if goods.points != self.price[goods.sku]:
                self.teller.do(
                    set_price,
                    self.people.staff["chenbo"],
                    sku=goods.sku,
                    points=goods.points,
                    proposed_by=self.people.staff["limin"].actor,
                )
                self.price[goods.sku] = goods.points


def _organisation(code: str) -> Callable[[Session], int]:
    return lambda session: get_organisation(session, code).id
