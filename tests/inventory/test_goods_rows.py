"""Lists of goods: whole pieces, whole points, fen, and barcodes that are right."""

from __future__ import annotations

from pathlib import Path

from pointsbank.inventory.goods_rows import read_goods_rows

SAMPLE = Path(__file__).parents[1] / "data" / "goods_unmarked.csv"
HEAD = "商品编码,条码,品名,积分,捐赠方,入库数量\n"


def test_good_rows_come_out_in_whole_units() -> None:
    rows = read_goods_rows(SAMPLE.read_bytes(), SAMPLE.name).rows
    assert [(row.sku, row.price_points, row.quantity) for row in rows] == [
        ("MIFEN", 80, 30),
        ("YUSAN", 260, 12),
        ("SHUI", 15, 1200),
    ]
    assert [row.reference_fen for row in rows] == [990, None, 200]
    assert [row.barcode for row in rows] == ["2000000000015", None, "6921168509256"]
    assert [row.limit_monthly for row in rows] == [None, 1, 5]
    assert (rows[0].made_on, rows[0].best_before, rows[1].spec) == (
        "2026-03-01",
        "2027-02-28",
        None,
    )


def test_a_bad_row_names_every_bad_cell() -> None:
    reading = read_goods_rows(SAMPLE.read_bytes(), SAMPLE.name)
    assert {problem.row for problem in reading.problems} == {5}
    assert {problem.facts["column"]: problem.code for problem in reading.problems} == {
        "保质期至": "inventory.best_before_too_early",
        "条码": "foundation.cell_barcode_check",
        "积分": "foundation.cell_number",
        "参考价(元)": "foundation.cell_money",
        "入库数量": "foundation.cell_number",
        "每人每月限量": "foundation.cell_number",
    }


def test_neither_a_code_nor_a_barcode_stands_twice() -> None:
    text = HEAD + "A,,皂,1,店,1\na,,皂,1,店,1\nB,2000000000015,米,1,店,1\n"
    text += "C,02000000000015,米,1,店,1\n"
    reading = read_goods_rows(text.encode(), "a.csv")
    assert [row.sku for row in reading.rows] == ["A", "B"]
    assert [(p.row, p.facts["first_row"]) for p in reading.problems] == [(3, 2), (5, 4)]


def test_a_code_is_short_and_plain() -> None:
    text = HEAD + "香皂,,皂,1,店,1\n" + "X" * 21 + ",,皂,1,店,1\n＝A,,皂,1,店,1\n-A,,皂,1,店,1\n"
    reading = read_goods_rows(text.encode(), "a.csv")
    assert [problem.code for problem in reading.problems] == ["inventory.sku_unreadable"] * 4
