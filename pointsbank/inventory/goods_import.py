"""Taking in a list of donated goods (导入捐赠商品): products, barcodes, prices and deliveries.

The file's readable rows are cut into chunks that depend on the file alone, and a chunk that has
been booked is never looked at again. So the same file twice changes nothing, even if somebody has
changed a price or a name in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, ClassVar

from sqlalchemy import select

from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Fact,
    ImportResult,
    Outcome,
    PointsBankError,
    Session,
    operation,
)
from pointsbank.foundation.file_imports import Counts, FileImport, Judging, take_file
from pointsbank.foundation.sheet_rows import SheetReading
from pointsbank.foundation.sheets import Sheet
from pointsbank.inventory.barcodes import ensure_barcode, find_owner
from pointsbank.inventory.deliveries import refuse_past, take_delivery
from pointsbank.inventory.donors import ensure_donor
from pointsbank.inventory.errors import BarcodeTaken, GoodsDiffer, ShopUnclear
from pointsbank.inventory.goods_rows import GoodsRow, open_goods_sheet, read_goods_of
from pointsbank.inventory.places import open_place
from pointsbank.inventory.prices import decide_price, find_price
from pointsbank.inventory.products import create_product, find_product
from pointsbank.people import Shop

# One client for all who import: the same file from two people is still the same file.
IMPORT_CLIENT = "import:goods"
# A row of new goods is some twenty statements; more rows would hold the writer beyond 50 ms.
CHUNK_ROWS = 40
Values = list[int | str | None]


@dataclass(frozen=True)
class GoodsImport(FileImport[GoodsRow]):
    """A list of goods for a shop's store-room; without `shop_id`, the only shop's."""

    chunk_rows: ClassVar[int] = CHUNK_ROWS
    looks_again: ClassVar[bool] = False

    shop_id: int | None = None

    def open(self, data: bytes, name: str) -> Sheet:
        return open_goods_sheet(data, name)

    def read(self, sheet: Sheet) -> SheetReading[GoodsRow]:
        return read_goods_of(sheet)

    def look_up(self, judging: Judging[GoodsRow], rows: Sequence[GoodsRow]) -> None:
        self._shop_of(judging.session)
        for row in rows:
            try:
                _refuse_conflict(judging.session, row, judging.today)
            except PointsBankError as conflict:
                judging.refuse(row, conflict)
            else:
                judging.good.append(row)

    def plain(self, row: GoodsRow) -> Values:
        return list(astuple(row))

    def book(self, bank: Bank, by: Caller, key: str, rows: list[Any]) -> Outcome:
        shop_id = bank.database.read(self._shop_of)
        return take_goods(bank, by=by, key=key, shop_id=shop_id, rows=rows)

    def counts(self, answer: Answer) -> Counts:
        return Counts(answer["taken"])

    def caller(self, by: Caller) -> Caller:
        return Caller(by.actor, IMPORT_CLIENT, by.device)

    def shown(self, row: GoodsRow) -> dict[str, Fact]:
        return {
            "sku": row.sku,
            "name": row.name,
            "spec": row.spec,
            "price_points": row.price_points,
            "donor": row.donor,
            "quantity": row.quantity,
            "best_before": row.best_before,
        }

    def _shop_of(self, session: Session) -> int:
        return self.shop_id or find_only_shop(session)


GOODS_IMPORT = GoodsImport()


def import_goods(
    bank: Bank, by: Caller, data: bytes, name: str, *, shop_id: int | None = None, **options: Any
) -> ImportResult:
    """Take a list of goods into a shop's store-room; the options are those of `take_file`.

    Raises ShopUnclear where no shop is named and there is not just one.
    """
    return take_file(GoodsImport(shop_id), bank, by, data, name, **options)


@operation("inventory.take_goods")
def take_goods(act: Act, *, shop_id: int, rows: list[Values]) -> Answer:
    """Book one chunk of a list of goods; what the books contradict refuses the whole chunk."""
    for values in rows:
        _take_row(act, shop_id, _row(values))
    return {"taken": len(rows)}


def find_only_shop(session: Session) -> int:
    """The shop, where there is just one. Raises ShopUnclear."""
    shops = session.rows(select(Shop.id).order_by(Shop.id).limit(2))
    if len(shops) != 1:
        raise ShopUnclear(shops=len(shops))
    return int(shops[0].id)


def _row(values: Sequence[Any]) -> GoodsRow:
    return GoodsRow(*values)


def _refuse_conflict(session: Session, row: GoodsRow, today: str) -> Any:
    """Return the product, or None when it is new. Raises what does not fit the books."""
    refuse_past(row.sku, row.best_before, today)
    if row.barcode:
        owner = find_owner(session, row.barcode)
        if owner is not None and owner != row.sku:
            raise BarcodeTaken(barcode=row.barcode, sku=owner)
    product = find_product(session, row.sku)
    if product is None:
        return None
    told = {
        "name": (product.name, row.name),
        "spec": (product.spec, row.spec),
        "price_points": (find_price(session, product.id, today), row.price_points),
        "limit_monthly": (product.limit_monthly, row.limit_monthly),
    }
    for name, (known, given) in told.items():
        if given is not None and known is not None and known != given:
            raise GoodsDiffer(sku=row.sku, field=name, known=known, given=given)
    return product


def _take_row(act: Act, shop_id: int, row: GoodsRow) -> None:
    session = act.session
    product = _refuse_conflict(session, row, act.today)
    if product is None:
        product = create_product(
            session,
            code=row.sku,
            name=row.name,
            spec=row.spec,
            market_price_fen=row.reference_fen,
            limit_monthly=row.limit_monthly,
        )
        open_place(session, shop_id, product.id, product.commodity_id, act.now)
    if find_price(session, product.id, act.today) is None:
        decide_price(act, product.id, row.price_points)
    ensure_barcode(session, product.id, row.barcode)
    take_delivery(
        act,
        product,
        shop_id=shop_id,
        donor_id=ensure_donor(session, row.donor),
        quantity=row.quantity,
        unit_value_fen=row.reference_fen,
        made_on=row.made_on,
        best_before=row.best_before,
    )
