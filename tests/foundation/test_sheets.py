"""Files of rows: found headings, both encodings, all delimiters, and no bomb that goes off."""

from __future__ import annotations

import random
import time
import zipfile
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointsbank.foundation.sheet_errors import SheetUnreadable
from pointsbank.foundation.sheets import (
    PROBLEM_HEADING,
    RowProblem,
    guard,
    read_sheet,
    tidy,
    write_problems,
)

HEADINGS = {
    "number": ("志愿者编号", "编号"),
    "name": ("志愿者姓名", "姓名"),
    "hours": ("荣誉时数",),
}
TABLE = [["编号", "姓名", "荣誉时数", "备注"], ["7", "张䶮", "2", "a,b"], ["8", "梁𬍛", "1.5", ""]]
WORKSHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _csv(rows: list[list[str]], delimiter: str = ",") -> str:
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def _xlsx(rows: list[list[object]], title: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def _with_part(name: str, part: str | bytes, more: int = 0) -> bytes:
    """A sound workbook in which one part is another, with so many further entries."""
    data = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(_xlsx(TABLE))) as sound,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for entry in sound.infolist():
            changed.writestr(entry, part if entry.filename == name else sound.read(entry))
        for number in range(more):
            changed.writestr(f"more/{number}", b"")
    return data.getvalue()


def _worksheet(inside: str) -> str:
    return f"<worksheet {MAIN}><sheetData>{inside}</sheetData></worksheet>"


def _refusal(data: bytes, name: str) -> dict[str, object]:
    with pytest.raises(SheetUnreadable) as refused:
        list(read_sheet(data, name, HEADINGS).rows)
    assert refused.value.code == "foundation.sheet_unreadable"
    return dict(refused.value.facts)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_every_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    sheet = read_sheet(_csv(TABLE, delimiter).encode(encoding), "a.csv", HEADINGS)
    assert sheet.headings == ("编号", "姓名", "荣誉时数", "备注")
    rows = list(sheet.rows)
    assert [row.number for row in rows] == [2, 3]
    assert rows[0].cells == {"编号": "7", "姓名": "张䶮", "荣誉时数": "2", "备注": "a,b"}
    assert (rows[1].text("name"), rows[1].text("hours"), rows[1].text("missing")) == (
        "梁𬍛",
        "1.5",
        "",
    )


def test_a_workbook_gives_the_same_rows_as_a_csv() -> None:
    from_csv = [row.values for row in read_sheet(_csv(TABLE).encode(), "a.csv", HEADINGS).rows]
    from_xlsx = [row.values for row in read_sheet(_xlsx(TABLE), "a.xlsx", HEADINGS).rows]
    assert from_csv == from_xlsx


def test_headings_are_found_under_titles_and_rows_keep_their_numbers() -> None:
    rows = [
        ["荣誉时数导入模板"],
        ["说明：姓名必填"],
        [],
        [" *编号 ", "姓名（必填）"],
        [],
        ["7", "张三"],
        ["", " "],
        ["8"],
    ]
    for data, name in ((_csv(rows).encode(), "a.csv"), (_xlsx(rows), "a.xlsx")):
        sheet = read_sheet(data, name, HEADINGS)
        assert sheet.heading_row == 4
        assert [(row.number, row.text("number")) for row in sheet.rows] == [(6, "7"), (8, "8")]


def test_headings_below_the_tenth_row_are_not_found() -> None:
    assert _refusal(_csv([["x"]] * 10 + TABLE).encode(), "a.csv")["reason"] == "no_headings"
    assert read_sheet(_csv([["x"]] * 9 + TABLE).encode(), "a.csv", HEADINGS).heading_row == 10


def test_cells_lose_their_debris_and_short_rows_are_filled() -> None:
    text = '\ufeff编号,姓名,荣誉时数\n \'0271234567\x00 ,\t张三\u3000\n="0012",李四,=1+1\n'
    rows = list(read_sheet(text.encode(), "a.csv", HEADINGS).rows)
    assert rows[0].values == ("0271234567", "张三", "")
    assert rows[1].values == ("0012", "李四", "=1+1")


def test_a_row_with_more_cells_than_headings_says_so() -> None:
    rows = list(read_sheet("编号,姓名\n7,张,三\n8,李四,,\n".encode(), "a.csv", HEADINGS).rows)
    assert [row.is_too_long for row in rows] == [True, False]


def test_cells_of_a_workbook_read_as_a_person_would_type_them() -> None:
    row: list[object] = [
        "7",
        "张三",
        datetime.fromisoformat("2026-11-22 09:30"),
        date(2026, 1, 2),
    ]
    row += [0.1 + 0.2, 2.0, 4201050010000243, 19900002877, True, "=1+1"]
    headings = ["编号", "姓名", *"abcdefgh"]
    [read] = read_sheet(_xlsx([headings, row]), "a.xlsx", HEADINGS).rows
    assert read.values[2:6] == ("2026-11-22 09:30:00", "2026-01-02", "0.3", "2")
    # Sixteen digits kept as a number are not what once was typed, so they must not look whole.
    assert read.values[6:] == ("4.20105001000024E+15", "19900002877", "TRUE", "=1+1")


def test_of_several_worksheets_the_one_with_most_headings_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    for title, headings in (("示例", TABLE[0][:2]), ("名单", TABLE[0]), ("藏", TABLE[0])):
        book.create_sheet(title).append(headings)
    book["藏"].sheet_state = "hidden"
    data = BytesIO()
    book.save(data)
    sheet = read_sheet(data.getvalue(), "a.xlsx", HEADINGS)
    assert (sheet.title, sheet.others) == ("名单", ("示例",))


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.csv", "empty"),
        (b"a" * (5 * 1024 * 1024 + 1), "a.csv", "too_large"),
        (OLE + bytes(600), "a.xls", "xls"),
        (OLE + bytes(600), "a.xlsx", "xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "encrypted"),
        (b"<table>", "a.xls", "xls"),
        (b"%PDF-1.7", "a.pdf", "kind_unknown"),
        (b"x", "noending", "kind_unknown"),
        (_xlsx(TABLE), "a.csv", "kind_differs"),
        (_csv(TABLE).encode(), "a.xlsx", "kind_differs"),
        (_csv(TABLE).encode("utf-16"), "a.csv", "encoding"),
        (b"\xef\xbb\xbf\xff\xff", "a.csv", "encoding"),
        (b"\xff\xff\xff\xff", "a.csv", "encoding"),
        (b"name,hours\r\n", "a.csv", "no_headings"),
        ("编号,姓名\n7,\"张三\n8,李四\n".encode(), "a.csv", "quotes"),
        ("编号,姓名,志愿者姓名\n".encode(), "a.csv", "heading_twice"),
        ("编号,姓名\n".encode() + b"1,a\n" * 100_000, "a.csv", "too_many_rows"),
        (b"a," * 1_000_000, "a.csv", "too_many_columns"),
        (b"PK\x03\x04 no archive", "a.xlsx", "broken"),
        (_xlsx(TABLE)[:2000], "a.xlsx", "broken"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_refused_with_its_reason(
    data: bytes, name: str, reason: str
) -> None:
    assert _refusal(data, name)["reason"] == reason


def test_scrambled_headings_are_recognised_and_repaired_in_the_hint() -> None:
    scrambled = _csv(TABLE).encode("utf-8").decode("gb18030", errors="replace")
    facts = _refusal(scrambled.encode("utf-8"), "a.csv")
    assert (facts["reason"], facts["meant"]) == ("scrambled", "编号")


def _row(cells: str) -> str:
    return _worksheet(f'<row r="1">{cells}</row>')


def _noise(length: int) -> str:
    return random.Random(1).randbytes(length // 2).hex()


def _padded(blocks: int) -> str:
    """31 kB a block that shrink some fifty times: below the ratio that is refused."""
    noise = _noise(blocks * 1000)
    return "".join(noise[at * 1000 : at * 1000 + 1000] + "a" * 30_000 for at in range(blocks))


BOMBS = {
    "zeros": (lambda: _with_part(WORKSHEET, bytes(8 * 1024 * 1024)), "zip_bomb"),
    "unpacked": (lambda: _with_part(WORKSHEET, _padded(1_700)), "zip_bomb"),
    "entries": (lambda: _with_part("", "", more=300), "zip_bomb"),
    "directory": (lambda: b"PK\x03\x04" + b"PK\x01\x02" * 300_000, "zip_bomb"),
    "entities": (
        lambda: _with_part(
            WORKSHEET,
            '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
            + _row('<c r="A1" t="inlineStr"><is><t>&b;</t></is></c>'),
        ),
        "unsafe_xml",
    ),
    "outside": (
        lambda: _with_part("xl/workbook.xml", '<!DOCTYPE x SYSTEM "file:///etc/hostname"><x/>'),
        "unsafe_xml",
    ),
    "million columns": (
        lambda: _with_part(WORKSHEET, _row("".join(f"<c><v>{n:x}</v></c>" for n in range(10**6)))),
        "too_many_columns",
    ),
    "columns by another name": (
        lambda: _with_part(WORKSHEET, _row("".join(f"<x{n:x}/>" for n in range(10**5)))),
        "too_many_columns",
    ),
    "far column": (lambda: _with_part(WORKSHEET, _row('<c r="XFD1"/>')), "too_many_columns"),
    "far row": (lambda: _with_part(WORKSHEET, _worksheet('<row r="1048576"/>')), "too_many_rows"),
    "long tag": (lambda: _with_part(WORKSHEET, _row(f'<c a="{_noise(300_000)}"/>')), "zip_bomb"),
    "long comment": (lambda: _with_part(WORKSHEET, _row(f"<!--{_noise(300_000)}-->")), "zip_bomb"),
    "rows in disorder": (
        lambda: _with_part(WORKSHEET, _worksheet('<row r="5"/><row r="2"/>')),
        "broken",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_is_parsed(bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, reason = BOMBS[bomb]
    data = make()

    def must_not_parse(*_: object, **__: object) -> None:
        raise AssertionError("openpyxl was asked to parse a bomb")

    monkeypatch.setattr(openpyxl, "load_workbook", must_not_parse)
    began = time.perf_counter()
    assert _refusal(data, "a.xlsx")["reason"] == reason
    assert time.perf_counter() - began < 2


def test_a_workbook_that_lies_about_its_size_is_read_by_its_real_one() -> None:
    cells = "".join(
        f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
        for place, text in (("A1", "编号"), ("B1", "姓名"))
    )
    part = _row(cells).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert list(read_sheet(_with_part(WORKSHEET, part), "a.xlsx", HEADINGS).rows) == []


def test_openpyxl_stands_on_the_defused_parser() -> None:
    assert openpyxl.DEFUSEDXML is True


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86 199",
        "-2+3",
        "@SUM(A1)",
        "＝1+1",
        "\tx",
        ";=1",
        "'=1",
        "4201050010000001",
        "0271234",
    ],
)
def test_what_a_spreadsheet_would_change_is_guarded(text: str) -> None:
    assert guard(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["-3", "+2.5", "-", "洗衣液", "19900002877", "2025-12-01", "", "'王"]
)
def test_what_is_harmless_is_left_alone(text: str) -> None:
    assert guard(text) == text


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet=st.sampled_from([*"'=+-@;＝ \t0123456789eEx张"]), max_size=16))
def test_the_guard_comes_off_again(text: str) -> None:
    cell = tidy(text).strip()
    assert tidy(guard(cell)) == cell


def test_refused_rows_can_be_mended_and_brought_again() -> None:
    rows = [TABLE[0], ["4201050010000243", "张三", "=4*2", "a\nb;c"], ["8", '李"四', "-3", "'=x"]]
    sheet = read_sheet(_xlsx(rows), "a.xlsx", HEADINGS)
    problems = [
        RowProblem(row.number, "foundation.cell_hours", {}, row.cells) for row in sheet.rows
    ]
    problems.insert(1, RowProblem(2, "foundation.cell_formula", {}, problems[0].cells))
    first = write_problems(problems, sheet.headings)
    assert first.startswith(b"\xef\xbb\xbf")
    assert first.count(b"\r\n") == 3
    again = read_sheet(first, "b.csv", HEADINGS)
    assert again.headings == (*sheet.headings, PROBLEM_HEADING)
    back = [row.cells for row in again.rows]
    assert back[0].pop(PROBLEM_HEADING) == "foundation.cell_hours; foundation.cell_formula"
    assert back[1].pop(PROBLEM_HEADING) == "foundation.cell_hours"
    assert back == [row.cells for row in sheet.rows]
    # Brought back unmended and refused again, the file is the same as before.
    once_more = [
        RowProblem(p.row, p.code, {}, row.cells)
        for p, row in zip([problems[0], problems[2]], again.rows, strict=True)
    ]
    assert (
        write_problems(once_more, again.headings, lambda _: "x").count(PROBLEM_HEADING.encode())
        == 1
    )
