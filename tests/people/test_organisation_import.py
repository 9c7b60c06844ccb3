"""A list of organisations: a district with its streets, and 志愿汇's departments."""

from __future__ import annotations

import pytest

from pointsbank.foundation import Bank, ImportResult
from pointsbank.foundation.sheet_errors import SheetUnreadable
from pointsbank.people import import_organisations, list_organisations
from pointsbank.people.organisation_rows import open_organisation_sheet, read_organisations_of
from pointsbank.people.organisations import register_organisations
from tests.make import SOMEBODY, Make

HEAD = "代码,名称,上级代码,层级\n"


def take(bank: Bank, text: str, **options: object) -> ImportResult:
    return import_organisations(bank, SOMEBODY, text.encode(), "list.csv", **options)


def counts(result: ImportResult) -> tuple[int, int, int]:
    return result.total, result.good, result.repeated


@pytest.mark.parametrize("head", [HEAD, "code,name,parentCode,level\n"])
def test_a_list_goes_in_once_whatever_its_order(bank: Bank, head: str) -> None:
    text = head + "370112009,王舍人街道,370112,街道\n37011200901,甲社区,370112009,社区\n"
    text += "370112,历城区,-,区\n"
    before = {one.code for one in list_organisations(bank)}
    assert (counts(take(bank, text)), counts(take(bank, text))) == ((3, 3, 0), (3, 0, 3))
    found = {one.code: one for one in list_organisations(bank) if one.code not in before}
    assert {one.kind for one in found.values()} == {"unit"}
    assert found["370112"].parent_id is None
    assert found["370112009"].parent_id == found["370112"].id
    assert found["37011200901"].parent_id == found["370112009"].id
    more = take(bank, head + "370112008,荷花路街道,370112,街道\n")
    assert counts(more) == (1, 1, 0)


def test_what_hangs_on_nothing_or_on_itself_is_refused(make: Make, bank: Bank) -> None:
    take(bank, HEAD + "1,甲,,\n")
    text = HEAD + "1,别的名字,,\n2,乙,1,\n3,丙,404,\n4,丁,5,\n5,戊,4,\n6,己,6,\n7,庚,3,\n2,乙,1,\n"
    result = take(bank, text, take_good=True)
    assert [(one.row, one.code) for one in result.problems] == [
        (2, "people.code_taken"),
        *((row, "people.parent_unknown") for row in (4, 5, 6, 7, 8)),
        (9, "foundation.row_repeated"),
    ]
    assert counts(result) == (8, 1, 0)
    # Somebody was quicker with another name for one of them.
    chunk = [("1", "甲", ""), ("2", "丑", ""), ("8", "辛", "1")]
    answer = make.do(register_organisations, rows=chunk).answer
    assert answer == {"good": 1, "repeated": 1, "refused": [1]}


@pytest.mark.parametrize(
    "bad",
    [
        *(
            "-1,甲,",
            "1.5e3x/,甲,",
            "1e400,甲,",
            "٧,甲,",
            f"{10**30},甲,",
            "7\u202e,甲,",
            "=7,甲,",
            ",甲,",
        ),
        *("7,甲\u0007乙,", "7,甲\u202e乙,", "7,=1+1,", f"7,{'长' * 61},", "7,,", "7,甲,七"),
    ],
)
def test_no_bad_value_passes(bad: str) -> None:
    sheet = open_organisation_sheet(f"{HEAD}{bad}\n".encode(), "list.csv")
    reading = read_organisations_of(sheet)
    assert (len(reading.rows), reading.refused_rows) == (0, 1)


def test_a_list_of_people_is_no_list_of_organisations() -> None:
    with pytest.raises(SheetUnreadable) as refused:
        open_organisation_sheet(b"vcode,name,code\n7,A,1\n", "list.csv")
    assert refused.value.facts == {"reason": "other_list", "heading": "vcode"}
