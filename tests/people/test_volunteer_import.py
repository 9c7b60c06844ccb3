"""A list of volunteers is taken in whole or not at all, once, and goes on where it was killed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

import pointsbank.people.volunteers as volunteers
from pointsbank.foundation import Bank, ImportResult, Receipt
from pointsbank.foundation.sheet_errors import SheetUnreadable
from pointsbank.ledger import Account
from pointsbank.people import (
    change_volunteer,
    get_volunteer_file,
    import_volunteers,
    list_volunteers,
    see_off_volunteer,
)
from pointsbank.people.registration import register_volunteers
from pointsbank.people.volunteer_import import CHUNK_ROWS
from tests.books import books_are_right
from tests.make import SOMEBODY, Make

SAMPLE = Path(__file__).parents[1] / "data" / "volunteers_gb18030.csv"
HEAD = "志愿者编号,姓名,手机,所属队伍\n"


class Killed(BaseException):
    """Somebody pulled the plug."""


def take(bank: Bank, text: str | bytes, **options: object) -> ImportResult:
    data = text if isinstance(text, bytes) else text.encode()
    return import_volunteers(bank, SOMEBODY, data, "list.csv", **options)


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.total, result.good, result.changed, result.repeated


def test_a_list_is_registered_with_wallets_and_rare_names(bank: Bank) -> None:
    seen: list[tuple[int, int]] = []
    result = take(bank, SAMPLE.read_bytes(), progress=lambda done, of: seen.append((done, of)))
    assert (counts(result), result.problems, result.problem_file) == ((5, 5, 0, 0), [], None)
    assert seen == [(5, 5)]
    names = [row.name for row in list_volunteers(bank).items]
    assert names == ["林小荷", "张䶮", "王㛃", "梁𬍛", "古丽巴哈尔·艾则孜"]
    first = get_volunteer_file(bank, number="9901000000000001")
    assert (first.sex, first.phone, first.registered_on) == ("female", "19900000001", "2020-02-29")
    assert bank.database.read(lambda s: s.value(select(func.count()).select_from(Account))) == 10
    books_are_right(bank)


def test_the_same_file_twice_changes_nothing(bank: Bank) -> None:
    data = SAMPLE.read_bytes()
    take(bank, data)
    receipts = select(func.count()).select_from(Receipt)
    before = bank.database.read(lambda session: session.value(receipts))
    assert counts(take(bank, data)) == (5, 0, 0, 5)
    assert bank.database.read(lambda session: session.value(receipts)) == before
    assert counts(take(bank, data + b"\r\n")) == (5, 0, 0, 5)
    assert list_volunteers(bank).total == 5


def test_with_one_bad_row_nothing_is_registered(bank: Bank) -> None:
    text = HEAD + "7,张三,,\n8,李四,123,\n9,王五,,\n"
    result = take(bank, text)
    assert counts(result) == (3, 0, 0, 0)
    assert [(one.row, one.code) for one in result.problems] == [(3, "foundation.cell_phone")]
    assert list_volunteers(bank).total == 0


def test_the_good_rows_are_taken_when_asked_and_the_bad_ones_come_back_mended(bank: Bank) -> None:
    text = HEAD + "7,张三,,\n8,李四,123,晨光队\n9,王五,,\n"
    result = take(bank, text, take_good=True, sentence=lambda problem: f"第 {problem.row} 行的手机")
    assert counts(result) == (3, 2, 0, 0)
    paper = (result.problem_file or b"").decode("utf-8-sig")
    assert "第 3 行的手机" in paper
    mended = take(bank, paper.replace('"123"', '"19900000001"'))
    assert counts(mended) == (1, 1, 0, 0)
    assert get_volunteer_file(bank, number="8").team == "晨光队"


def test_a_number_of_another_name_is_a_problem_and_twins_are_not(make: Make, bank: Bank) -> None:
    make.volunteer(name="张三", number="7")
    text = HEAD + "7,李四,,\n8,张三,19900000001,\n9,张三,19900000001,\n"
    result = take(bank, text)
    [problem] = result.problems
    assert (problem.row, problem.code, dict(problem.facts)) == (
        2,
        "people.number_taken",
        {"number": "7"},
    )
    assert problem.cells["姓名"] == "李四"
    assert list_volunteers(bank).total == 1
    taken = take(
        bank, HEAD + "7,李四,,\n8,张三,19900000001,\n9,张三,19900000001,\n", take_good=True
    )
    assert counts(taken) == (3, 2, 0, 0)
    assert get_volunteer_file(bank, number="7").name == "张三"


UNNUMBERED = "序号,志愿者姓名,性别,年龄,服务区域,总服务时长\n"


def test_who_has_no_number_yet_comes_in_once_under_one_of_our_own(bank: Bank) -> None:
    text = UNNUMBERED + "1,张伟,男,66,汉阳区,1.00 小时\n2,李四,-,-,-,-\n"
    # Two people of one name are two, as long as something tells them apart.
    text += "3,张伟,女,41,汉阳区,-\n4,张伟,男,70,江岸区,-\n"
    assert counts(take(bank, text)) == (4, 4, 0, 0)
    rows = list_volunteers(bank).items
    assert [row.number[0] for row in rows] == ["V"] * 4
    assert counts(take(bank, text)) == (4, 0, 0, 4)
    newer = take(bank, UNNUMBERED + "1,李四,女,-,江岸区,-\n")
    assert counts(newer) == (1, 0, 1, 0)
    assert list_volunteers(bank).total == 4
    books_are_right(bank)


def test_whoever_may_be_somebody_else_is_refused_with_what_to_do(make: Make, bank: Bank) -> None:
    for _ in range(2):
        make.volunteer(name="张伟")
    moved = make.volunteer(name="王五", area="汉阳区", sex="female")
    gone = make.volunteer(name="赵六")
    make.do(see_off_volunteer, number=gone.number)
    text = UNNUMBERED + "1,张伟,-,-,-,-\n2,王五,-,-,江岸区,-\n3,赵六,-,-,-,-\n"
    text += "4,钱七,-,13,-,-\n5,孙八,男,-,-,-\n6,孙八,-,-,江岸区,-\n7,王五,男,-,-,-\n"
    result = take(bank, text, take_good=True)
    assert [(one.row, one.code) for one in result.problems] == [
        (2, "people.number_needed"),
        (3, "people.number_needed"),
        (4, "people.volunteer_left"),
        (5, "people.child_on_list"),
        (7, "people.named_twice"),
    ]
    assert result.problems[0].facts == {"people": 2}
    # Eight's namesake is refused, eight is not; and a man is not the woman of his name.
    assert counts(result) == (7, 2, 0, 0)
    with_number = UNNUMBERED.replace("序号", "编号") + f"{moved.number},王五,-,-,江岸区,-\n"
    assert counts(take(bank, with_number)) == (1, 0, 1, 0)


def test_a_number_for_whom_we_have_under_our_own_makes_no_second_person(bank: Bank) -> None:
    take(bank, UNNUMBERED + "1,张三,男,-,汉阳区,-\n")
    [row] = list_volunteers(bank).items
    numbered = UNNUMBERED.replace("序号", "编号")
    likely = numbered + "7,张三,男,66,汉阳区,-\n"
    refused = take(bank, likely, take_good=True)
    assert [(one.row, one.code) for one in refused.problems] == [(2, "people.likely_listed")]
    assert refused.problems[0].facts == {"number": row.number}
    assert counts(take(bank, likely.replace("7,", f"{row.number},"))) == (1, 0, 0, 1)
    # Of whom no more than the name is known, it is only said.
    result = take(bank, HEAD + "7,张三,,\n8,李四,,\n")
    assert [(note.row, note.code) for note in result.notes] == [(2, "people.namesake")]
    assert counts(result) == (2, 2, 0, 0)


def test_a_killed_list_without_numbers_goes_on_where_it_stopped(bank: Bank) -> None:
    many = 2 * CHUNK_ROWS + 10
    text = UNNUMBERED + "".join(f"{n},张三,-,-,第{n}社区,-\n" for n in range(many))

    def pull_the_plug(done: int, of: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        take(bank, text, progress=pull_the_plug)
    assert list_volunteers(bank).total == CHUNK_ROWS
    assert counts(take(bank, text)) == (many, many - CHUNK_ROWS, 0, CHUNK_ROWS)
    assert list_volunteers(bank).total == many


def test_two_who_bring_the_same_names_at_once_register_them_once(make: Make, bank: Bank) -> None:
    """What the look could not see, because somebody else booked in between."""
    rows = [("", "张三", None, None, "汉阳区", None, None), ("", "李四", *[None] * 5)]
    make.do(register_volunteers, rows=rows)
    other: list[object] = [*rows, ("", "张三", None, None, "江岸区", None, None)]
    answer = make.do(register_volunteers, rows=other).answer
    assert (answer["good"], answer["refused"]) == (1, [0, 1])


def test_after_the_books_are_mended_the_same_file_is_taken_whole(make: Make, bank: Bank) -> None:
    make.volunteer(name="张散", number="7")
    text = HEAD + "7,张三,,\n8,李四,,\n"
    assert counts(take(bank, text, take_good=True)) == (2, 1, 0, 0)
    make.do(change_volunteer, number="7", name="张三")
    assert counts(take(bank, text)) == (2, 0, 0, 2)


def test_a_newer_list_brings_up_to_date_and_blanks_erase_nothing(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer(number="7", name="张三", phone="19900000001", points=30)
    result = take(bank, HEAD + "7,张三,,晨光队\n")
    assert counts(result) == (1, 0, 1, 0)
    kept = get_volunteer_file(bank, number="7")
    assert (kept.phone, kept.team, kept.points) == ("19900000001", "晨光队", 30)
    assert kept.wallet_id == volunteer.wallet.id


def test_an_import_that_was_killed_goes_on_where_it_stopped(bank: Bank) -> None:
    text = HEAD + "".join(f"N{n:04d},张三,,\n" for n in range(8 * CHUNK_ROWS + 10))

    def pull_the_plug(done: int, of: int) -> None:
        if done >= 3 * CHUNK_ROWS:
            raise Killed

    with pytest.raises(Killed):
        take(bank, text, progress=pull_the_plug)
    assert list_volunteers(bank).total == 3 * CHUNK_ROWS
    seen: list[int] = []
    resumed = take(bank, text, progress=lambda done, of: seen.append(done))
    total, booked = 8 * CHUNK_ROWS + 10, 3 * CHUNK_ROWS
    assert counts(resumed) == (total, total - booked, 0, booked)
    assert seen == [*range(CHUNK_ROWS, total, CHUNK_ROWS), total]
    assert list_volunteers(bank).total == total
    books_are_right(bank)


def test_a_chunk_that_fails_in_the_middle_leaves_nothing_of_itself(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    def fail_at_the_tenth(*args: object, **values: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 10:
            raise Killed
        return real(*args, **values)

    real = volunteers.register
    with monkeypatch.context() as broken:
        broken.setattr(volunteers, "register", fail_at_the_tenth)
        with pytest.raises(Killed):
            take(bank, HEAD + "".join(f"N{n:04d},张三,,\n" for n in range(150)))
    assert list_volunteers(bank).total == 0


def test_a_file_that_is_no_list_is_refused_as_a_whole(bank: Bank) -> None:
    with pytest.raises(SheetUnreadable):
        take(bank, "编号,手机\n7,\n")
