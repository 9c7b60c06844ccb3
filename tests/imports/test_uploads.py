"""A file is brought, checked, looked at, and only then taken in: once, by somebody who may."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from pointsbank.earning import count_pending, import_hours, list_records
from pointsbank.foundation import Bank, Receipt, RowProblem, Session, new_key, public_id
from pointsbank.foundation.sheet_errors import SheetUnreadable
from pointsbank.foundation.sheets import write_problems
from pointsbank.imports import (
    IMPORTS,
    PART_BYTES,
    UPLOADS_MOST,
    FileGone,
    ImportKindUnknown,
    NothingToTake,
    RowsBad,
    TooManyUploads,
    UploadNotReady,
    UploadPart,
    UploadUnknown,
    bring_file,
    clean_file_name,
    find_same_file,
    forget_old_files,
    get_preview,
    get_to_mend,
    list_uploads,
)
from pointsbank.inventory import list_deliveries
from pointsbank.people import change_volunteer, get_volunteer_file, list_volunteers
from tests.books import books_are_right
from tests.imports.desk import HOURS, PEOPLE, Desk, counts, goods, people
from tests.make import Make

DATA = Path(__file__).parents[1] / "data"


def kept_bytes(bank: Bank) -> int:
    """How many bytes of people's files are kept."""
    asked = select(func.coalesce(func.sum(func.length(UploadPart.content)), 0))
    return int(bank.database.read(lambda session: session.value(asked)))


def receipts(bank: Bank, operation: str) -> int:
    """How often something was done."""
    asked = select(func.count()).select_from(Receipt).where(Receipt.operation == operation)
    return int(bank.database.read(lambda session: session.value(asked)))


def test_a_list_is_looked_at_before_anything_is_booked(desk: Desk, bank: Bank) -> None:
    upload = desk.checked(
        "volunteers", (DATA / "volunteers_gb18030.csv").read_bytes(), "志愿者.csv"
    )
    assert (upload.status, upload.rows_total, counts(upload)) == ("checked", 5, (5, 0, 0, 0))
    assert list_volunteers(bank).total == 0
    preview = get_preview(bank, number=upload.number)
    first = preview.rows[0]
    assert (first.row, first.known, first.fields["name"]) == (2, False, "林**")
    assert first.fields["phone_tail"] == "0001"
    done = desk.taken(upload.number)
    assert (done.status, counts(done), done.taken_by) == ("done", (5, 0, 0, 0), desk.by.actor)
    assert get_volunteer_file(bank, number="9901000000000001").name == "林小荷"
    books_are_right(bank)


@pytest.mark.parametrize("kind", sorted(IMPORTS))
def test_the_same_file_twice_changes_nothing(desk: Desk, bank: Bank, make: Make, kind: str) -> None:
    make.volunteer(name="张三", number="7")
    files = {
        "volunteers": people(3),
        "hours": HOURS + "7,张三,清扫,2,2026-11-01\n7,张三,慰问,3,2026-11-01\n",
        "goods": goods(3),
        "booklets": "志愿者编号,姓名,存折号,积分,时长,最后一笔日期,扫描件\n"
        "7,张三,0012,120,60.5,2026-10-31,p9\n",
        "projects": "序号,项目名称,项目所属队伍\n1,清扫,晨光队\n2,慰问,-\n",
        "organisations": "代码,名称,上级代码\n370112001,山大路街道,370112\n370112,历城区,\n",
    }
    first = desk.taken(desk.checked(kind, files[kind]).number)
    rows = first.rows_good
    assert counts(first) == (first.rows_total, 0, 0, 0)
    before = (list_volunteers(bank).total, count_pending(bank), list_deliveries(bank).total)
    again = desk.checked(kind, files[kind])
    assert counts(again) == (0, 0, rows, 0)
    same = find_same_file(bank, upload=again)
    assert same is not None
    assert same.number == first.number
    assert counts(desk.taken(again.number)) == (0, 0, rows, 0)
    other = Desk(make, make.staff("admin").caller)
    assert counts(other.taken(other.checked(kind, files[kind]).number)) == (0, 0, rows, 0)
    after = (list_volunteers(bank).total, count_pending(bank), list_deliveries(bank).total)
    assert after == before
    books_are_right(bank)


def test_with_a_bad_row_only_the_good_ones_can_be_taken(desk: Desk, bank: Bank) -> None:
    upload = desk.checked("volunteers", PEOPLE + "7,张三,,\n8,李四,123,\n9,王五,,\n")
    assert (upload.rows_total, counts(upload)) == (3, (2, 0, 0, 1))
    with pytest.raises(RowsBad):
        desk.take(upload.number)
    assert list_volunteers(bank).total == 0
    assert counts(desk.taken(upload.number, good=True)) == (2, 0, 0, 1)
    assert [row.name for row in list_volunteers(bank).items] == ["张三", "王五"]


def test_the_rows_to_mend_are_those_of_the_command_and_can_be_fed_back(
    desk: Desk, bank: Bank, make: Make
) -> None:
    make.volunteer(name="张三", number="4201050010000243")
    told = HOURS + "4201050010000243,张三,补录,-3,2026-11-01\n404,李四,补录,2,2026-11-01\n"
    upload = desk.checked("hours", told)

    def sentence(problem: RowProblem) -> str:
        return f"第 {problem.row} 行：{problem.code}"

    mend = get_to_mend(bank, number=upload.number)
    paper = write_problems(mend.problems, mend.headings, sentence)
    commanded = import_hours(bank, desk.by, told.encode(), "list.csv", sentence=sentence)
    assert paper == commanded.problem_file
    make.volunteer(name="李四", number="404")
    mended = paper.decode("utf-8-sig").replace('"-3"', '"3"')
    assert counts(desk.taken(desk.checked("hours", mended).number)) == (2, 0, 0, 0)
    assert {row.minutes for row in list_records(bank).items} == {180, 120}


def test_hours_are_recorded_by_whoever_takes_them(desk: Desk, bank: Bank, make: Make) -> None:
    volunteer = make.volunteer(name="张三", number="7")
    taker = make.staff("worker", volunteer=volunteer).caller
    upload = desk.checked("hours", HOURS + "7,张三,清扫,2,2026-11-01\n")
    desk.take(upload.number, by=taker)
    desk.work()
    found = desk.look(upload.number)
    assert (found.status, found.code) == ("checked", "imports.changed_meanwhile")
    assert [one.code for one in get_to_mend(bank, number=upload.number).problems] == [
        "earning.own_record"
    ]
    assert count_pending(bank) == 0
    desk.taken(desk.checked("hours", HOURS + "7,张三,清扫,2,2026-11-01\n").number)
    assert [row.recorded_by for row in list_records(bank).items] == [desk.by.actor]


def test_what_changes_between_the_look_and_the_taking_brings_it_back(
    desk: Desk, bank: Bank, make: Make
) -> None:
    upload = desk.checked("volunteers", PEOPLE + "7,张三,,\n8,李四,,\n")
    make.volunteer(name="张山", number="7")
    back = desk.taken(upload.number)
    assert (back.status, back.code) == ("checked", "imports.changed_meanwhile")
    assert (counts(back), back.taken_by) == ((1, 0, 0, 1), None)
    assert list_volunteers(bank).total == 1
    make.do(change_volunteer, number="7", name="张三")
    done = desk.taken(upload.number, good=True)
    assert (done.status, done.rows_good, done.rows_known, done.code) == ("done", 1, 1, None)
    assert list_volunteers(bank).total == 2


def test_a_file_that_was_given_up_is_forgotten_and_never_taken(desk: Desk, bank: Bank) -> None:
    upload = desk.checked("volunteers", people(2))
    desk.discard(upload.number)
    assert desk.look(upload.number).status == "stopped"
    with pytest.raises(UploadNotReady):
        desk.take(upload.number)
    with pytest.raises(UploadNotReady):
        desk.discard(upload.number)
    desk.work()
    assert list_volunteers(bank).total == 0


def test_two_presses_take_once_and_a_running_import_cannot_be_given_up(
    desk: Desk, bank: Bank
) -> None:
    upload = desk.checked("goods", goods(2))
    desk.take(upload.number)
    for refused in (desk.take, desk.discard):
        with pytest.raises(UploadNotReady):
            refused(upload.number)
    desk.work()
    with pytest.raises(UploadNotReady):
        desk.take(upload.number)
    assert list_deliveries(bank).total == 2


def test_a_file_of_which_nothing_can_be_taken_is_not(desk: Desk) -> None:
    upload = desk.checked("volunteers", PEOPLE + "8,李四,123,\n")
    with pytest.raises(NothingToTake):
        desk.take(upload.number, good=True)


@pytest.mark.parametrize(
    ("kind", "data", "name", "reason"),
    [
        ("volunteers", b"", "a.csv", "empty"),
        ("volunteers", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "a.xls", "xls"),
        ("volunteers", people(1).encode(), "a.xls", "xls"),
        ("volunteers", people(1).encode(), "a.txt", "kind_unknown"),
        ("volunteers", people(1).encode(), "a.xlsx", "kind_differs"),
        (
            "volunteers",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "encrypted",
        ),
        ("volunteers", "甲,乙\n1,2\n".encode(), "a.csv", "no_headings"),
        ("hours", people(1).encode(), "a.csv", "column_missing"),
        ("goods", b"x" * (5 * 1024 * 1024 + 1), "a.csv", "too_large"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_before_anything_is_kept(
    desk: Desk, bank: Bank, kind: str, data: bytes, name: str, reason: str
) -> None:
    with pytest.raises(SheetUnreadable) as refusal:
        desk.bring(kind, data, name)
    assert refusal.value.facts["reason"] == reason
    assert (list_uploads(bank).total, kept_bytes(bank)) == (0, 0)


def test_a_file_that_breaks_further_down_fails_and_is_forgotten(desk: Desk, bank: Bank) -> None:
    upload = desk.checked("volunteers", people(300) + '"offen,甲,,\n')
    assert (upload.status, upload.code) == ("failed", "foundation.sheet_unreadable")
    assert "quotes" in (upload.facts or "")
    assert kept_bytes(bank) == 0
    with pytest.raises(FileGone):
        desk.go_on(upload.number)


def test_a_large_file_is_kept_in_pieces_and_put_together(desk: Desk, bank: Bank) -> None:
    listed = people(30_000, name="阿卜杜热合曼·买买提")
    number = desk.bring("volunteers", listed)
    sizes = bank.database.read(
        lambda session: [
            row[0] for row in session.rows(select(func.length(UploadPart.content).label("size")))
        ]
    )
    assert sum(sizes) == len(listed.encode())
    assert len(sizes) == -(-len(listed.encode()) // PART_BYTES) > 4
    desk.work()
    assert counts(desk.look(number)) == (30_000, 0, 0, 0)


def test_sending_the_same_form_twice_brings_one_file(desk: Desk, bank: Bank) -> None:
    key = new_key()
    told = {"kind": "volunteers", "data": people(1).encode(), "name": "a.csv"}
    numbers = {bring_file(bank, by=desk.by, key=key, **told) for _ in range(2)}  # type: ignore[arg-type]
    assert (len(numbers), list_uploads(bank).total) == (1, 1)


def test_one_person_brings_only_so_many_files_in_an_hour(desk: Desk, make: Make) -> None:
    for _ in range(UPLOADS_MOST):
        desk.bring("volunteers", people(1))
    with pytest.raises(TooManyUploads):
        desk.bring("volunteers", people(1))
    desk.bring("volunteers", people(1), by=make.staff().caller)
    desk.later(minutes=61)
    desk.bring("volunteers", people(1))


def test_what_is_not_there_is_not_found(desk: Desk, bank: Bank) -> None:
    with pytest.raises(ImportKindUnknown):
        desk.bring("points", people(1))
    with pytest.raises(UploadUnknown):
        desk.look(public_id("U", 7))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("名单.csv", "名单.csv"),
        ("../../etc/passwd.csv", "passwd.csv"),
        (r"C:\Users\li\名单.xlsx", "名单.xlsx"),
        ("a\u202ecsv.exe\n.csv", "a\ufffdcsv.exe\ufffd.csv"),
        ("长" * 200 + ".xlsx", "长" * 74 + "….xlsx"),
    ],
)
def test_a_files_name_is_cleaned(given: str, kept: str) -> None:
    assert clean_file_name(given) == kept
    assert len(kept) <= 80


def test_the_list_of_imports_tells_who_when_and_how_many(desk: Desk, bank: Bank) -> None:
    numbers = [desk.taken(desk.checked("goods", goods(n + 1)).number).number for n in range(2)]
    page = list_uploads(bank)
    assert [one.number for one in page.items] == numbers[::-1]
    assert {one.uploaded_by for one in page.items} == {desk.by.actor}
    # The second list repeats the first one's goods, and is a further delivery of them.
    assert [one.rows_good for one in page.items] == [2, 1]


def test_names_and_phones_are_in_no_receipt_and_go_with_the_file(desk: Desk, bank: Bank) -> None:
    planted = ("慕容拾遗", "19912345678", "丙区某某路八号", "李四十五", "1381234")
    listed = "编号,姓名,手机,服务区域\nQ1,慕容拾遗,19912345678,丙区某某路八号\n"
    upload = desk.checked("volunteers", listed + "Q2,李四十五,1381234,\n", "名单.csv")
    desk.taken(upload.number, good=True)
    # The file itself went when it was taken in; what is to be mended stays for a week.
    assert found_in(bank, planted[:3]) == {"person"}
    assert found_in(bank, planted) == {"person", "upload_part"}
    mend = get_to_mend(bank, number=upload.number)
    assert [one.cells["姓名"] for one in mend.problems] == ["李四十五"]
    desk.later(days=6.9)
    forget_old_files(bank, by=desk.by)
    assert found_in(bank, planted) == {"person", "upload_part"}
    desk.later(days=0.2)
    forget_old_files(bank, by=desk.by)
    assert found_in(bank, planted) == {"person"}
    assert kept_bytes(bank) == 0
    assert receipts(bank, "people.register_volunteers") == 1


def found_in(bank: Bank, words: tuple[str, ...]) -> set[str]:
    """The tables in which any of these words stands, packed or not."""
    tables = bank.database.read(_every_cell)
    return {
        table
        for table, cells in tables.items()
        if any(word in cell for cell in cells for word in words)
    }


def _every_cell(session: Session) -> dict[str, list[str]]:
    if session.is_sqlite:
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return {
        table: [
            _as_text(value)
            for row in session.rows(text(f'SELECT * FROM "{table}"'))
            for value in row
        ]
        for (table,) in session.rows(text(names))
    }


def _as_text(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    with suppress(zlib.error):
        # What a check has found is written in plain ASCII.
        return zlib.decompress(value).decode("unicode_escape")
    return value.decode(errors="replace")
