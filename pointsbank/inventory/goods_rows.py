"""Lists of donated goods (捐赠商品清单), row by row.

Only reading: whether a code is known already is asked where the goods are taken in.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import partial

from pointsbank.foundation import InvalidInput
from pointsbank.foundation.cells import barcode, clean_text, day, fen, narrow, whole_number
from pointsbank.foundation.sheet_errors import shown
from pointsbank.foundation.sheet_rows import (
    RowReader,
    SheetReading,
    read_rows,
    require_columns,
)
from pointsbank.foundation.sheets import Headings, Sheet, read_sheet

PRICE_POINTS_MOST = 1_000_000
QUANTITY_MOST = 1_000_000
LIMIT_MONTHLY_MOST = 99

GOODS_HEADINGS: Headings = {
    "sku": ("商品编码", "编码", "货号", "SKU"),
    "barcode": ("条码", "商品条码", "条形码"),
    "name": ("品名", "商品名称", "名称"),
    "spec": ("规格", "规格型号"),
    "price_points": ("积分", "兑换积分", "所需积分"),
    "reference_fen": ("参考价(元)", "参考价", "市场价(元)", "市场价"),
    "donor": ("捐赠方", "捐赠单位", "捐赠商户"),
    "quantity": ("入库数量", "数量"),
    "made_on": ("生产日期",),
    "best_before": ("保质期至", "有效期至", "到期日期"),
    "limit_monthly": ("每人每月限量", "每月限量", "限量"),
}
_SKU = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}", re.ASCII)


class SkuUnreadable(InvalidInput):
    """Not 1 to 20 of `A-Z 0-9 _ -`, a letter or digit first (商品编码)."""

    code = "inventory.sku_unreadable"


class GoodsBestBeforeTooEarly(InvalidInput):
    """The best-before day is not after the day of making (保质期早于生产日期)."""

    code = "inventory.best_before_too_early"


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One lot of goods. Without a barcode it gets one of the shop's own."""

    row: int
    sku: str
    barcode: str | None
    name: str
    spec: str | None
    price_points: int
    reference_fen: int | None
    donor: str
    quantity: int
    made_on: str | None
    best_before: str | None
    limit_monthly: int | None


def read_goods_rows(data: bytes, name: str) -> SheetReading[GoodsRow]:
    """Read a list of goods. Raises SheetUnreadable; bad rows are problems of the reading."""
    return read_goods_of(open_goods_sheet(data, name))


def open_goods_sheet(data: bytes, name: str) -> Sheet:
    """Find a list's headings. Raises SheetUnreadable."""
    sheet = read_sheet(data, name, GOODS_HEADINGS)
    required = ("sku", "name", "price_points", "donor", "quantity")
    return require_columns(sheet, required, GOODS_HEADINGS)


def read_goods_of(sheet: Sheet) -> SheetReading[GoodsRow]:
    """Read every row of an open list."""
    return read_rows(sheet, _goods, identity=_identity)


def sku(text: str) -> str:
    """A goods code (商品编码), in capitals.

    >>> sku("shui550")
    'SHUI550'
    """
    plain = narrow(text).upper()
    if not _SKU.fullmatch(plain):
        raise SkuUnreadable(value=shown(text), expected="SHUI550")
    return plain


def _goods(row: RowReader) -> GoodsRow:
    made_on = row.may("made_on", day)
    best_before = row.may("best_before", day)
    if made_on is not None and best_before is not None and best_before <= made_on:
        too_early = GoodsBestBeforeTooEarly(made_on=made_on, best_before=best_before)
        row.refuse(too_early, "best_before")
    price = partial(whole_number, least=1, most=PRICE_POINTS_MOST)
    return GoodsRow(
        row=row.number,
        sku=row.need("sku", sku, ""),
        barcode=row.may("barcode", barcode),
        name=row.need("name", partial(clean_text, most=60), ""),
        spec=row.may("spec", partial(clean_text, most=40)),
        price_points=row.need("price_points", price, 1),
        reference_fen=row.may("reference_fen", fen),
        donor=row.need("donor", partial(clean_text, most=60), ""),
        quantity=row.need("quantity", partial(whole_number, least=1, most=QUANTITY_MOST), 1),
        made_on=made_on,
        best_before=best_before,
        limit_monthly=row.may(
            "limit_monthly", partial(whole_number, least=1, most=LIMIT_MONTHLY_MOST)
        ),
    )


def _identity(goods: GoodsRow) -> Iterator[Hashable]:
    yield "sku", goods.sku
    if goods.barcode:
        yield "barcode", goods.barcode
