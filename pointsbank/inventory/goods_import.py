"""Taking in a list of donated goods (导入捐赠商品): products, barcodes, prices and deliveries.

The file's readable rows are cut into chunks that depend on the file alone, and a chunk that has
been booked is never looked at again. So the same file twice changes nothing, even if somebody has
changed a price or a name in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

from sqlalchemy import select

from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Fact,
    ImportResult,
    PointsBankError,
    ReceiptUnknown,
    Session,
    get_receipt,
    operation,
    query,
)
from pointsbank.foundation.file_imports import (
    Progress,
    Sentence,
    code_of,
    in_chunks,
    no_progress,
    row_problems,
    told_problems,
)
from pointsbank.inventory.barcodes import ensure_barcode, find_owner
from pointsbank.inventory.deliveries import refuse_past, take_delivery
from pointsbank.inventory.donors import ensure_donor
from pointsbank.inventory.errors import BarcodeTaken, GoodsDiffer, ShopUnclear
from pointsbank.inventory.goods_rows import GoodsRow, read_goods_rows
from pointsbank.inventory.places import open_place
from pointsbank.inventory.prices import decide_price, find_price
from pointsbank.inventory.products import create_product, find_product
from pointsbank.people import Shop

# One client for all who import: the same file from two people is still the same file.
IMPORT_CLIENT = "import:goods"
# A row of new goods is some twenty statements; more rows would hold the writer beyond 50 ms.
CHUNK_ROWS = 40
Values = list[int | str | None]


def import_goods(
    bank: Bank,
    by: Caller,
    data: bytes,
    name: str,
    *,
    take_good: bool = False,
    progress: Progress = no_progress,
    shop_id: int | None = None,
    sentence: Sentence = code_of,
) -> ImportResult:
    """Take a list of goods into a shop's store-room; without `shop_id`, the only shop's.

    When a row is bad nothing is written, unless `take_good`. Raises SheetUnreadable, ShopUnclear.
    """
    reading = read_goods_rows(data, name)
    shop_id = shop_id or get_only_shop(bank)
    importer = Caller(by.actor, IMPORT_CLIENT, by.device)
    total = len(reading.rows) + reading.refused_rows
    repeated = 0
    fresh: list[tuple[str, list[GoodsRow]]] = []
    for key, chunk in in_chunks(data, [_plain(row) for row in reading.rows], CHUNK_ROWS):
        if _is_booked(bank, key):
            repeated += len(chunk)
        else:
            fresh.append((key, [_row(values) for values in chunk]))
    found = find_conflicts(
        bank, rows=[row for _, rows in fresh for row in rows], today=bank.clock.today()
    )
    problems = sorted(
        [*reading.problems, *row_problems(reading.sheet, found)], key=lambda problem: problem.row
    )
    problem_file = told_problems(reading.sheet, problems, sentence)
    good = 0
    if not problems or take_good:
        for key, rows in fresh:
            taken = [_plain(row) for row in rows if row.row not in found]
            if taken:
                take_goods(bank, by=importer, key=key, shop_id=shop_id, rows=taken)
            good += len(taken)
            progress(repeated + good, total)
    return ImportResult(
        total=total,
        good=good,
        repeated=repeated,
        problems=problems,
        problem_file=problem_file,
    )


@operation("inventory.take_goods")
def take_goods(act: Act, *, shop_id: int, rows: list[Values]) -> Answer:
    """Book one chunk of a list of goods; what the books contradict refuses the whole chunk."""
    for values in rows:
        _take_row(act, shop_id, _row(values))
    return {"taken": len(rows)}


@query
def find_conflicts(
    session: Session, *, rows: Sequence[GoodsRow], today: str
) -> Mapping[int, tuple[str, Mapping[str, Fact]]]:
    """Which rows the books contradict, by the rows' numbers: code and facts of the refusal."""
    found: dict[int, tuple[str, Mapping[str, Fact]]] = {}
    for row in rows:
        try:
            _refuse_conflict(session, row, today)
        except PointsBankError as conflict:
            found[row.row] = (conflict.code, conflict.facts)
    return found


@query
def get_only_shop(session: Session) -> int:
    """The shop, where there is just one. Raises ShopUnclear."""
    shops = session.rows(select(Shop.id).order_by(Shop.id).limit(2))
    if len(shops) != 1:
        raise ShopUnclear(shops=len(shops))
    return int(shops[0].id)


def _plain(row: GoodsRow) -> Values:
    return list(astuple(row))


def _row(values: Sequence[Any]) -> GoodsRow:
    return GoodsRow(*values)


def _is_booked(bank: Bank, key: str) -> bool:
    try:
        get_receipt(bank, client=IMPORT_CLIENT, key=key)
    except ReceiptUnknown:
        return False
    return True


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
