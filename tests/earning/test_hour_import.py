"""A file of hours is taken in whole or not at all, once, pending, and never under a wrong name."""

from __future__ import annotations

import pytest

from pointsbank.earning import approve_records, count_pending, import_hours, list_records
from pointsbank.foundation import Bank, Caller, ImportResult, Paging
from pointsbank.people import erase_volunteer
from tests.books import books_are_right
from tests.make import Make

ATTENDED = "志愿者编号,志愿者姓名,项目名称,开始时间,结束时间,录入时长,录入方式\n"
HONORARY = "志愿者编号,姓名,活动名称,荣誉时数,活动日期\n"
UNNUMBERED = "志愿者姓名,项目名称,开始时间,结束时间,录入时长,录入方式\n"


class Killed(BaseException):
    """Somebody pulled the plug."""


def attended(
    number: str, name: str, day: str = "2026-11-10", hour: int = 9, way: str = "签到"
) -> str:
    """One hour of patrol."""
    return f"{number},{name},巡逻,{day} {hour}:00,{day} {hour + 1}:00,1.00 小时,{way}\n"


def take(bank: Bank, by: Caller, text: str | bytes, **options: object) -> ImportResult:
    data = text if isinstance(text, bytes) else text.encode()
    return import_hours(bank, by, data, "hours.csv", **options)


def counts(result: ImportResult) -> tuple[int, int, int]:
    return result.total, result.good, result.repeated


def told(result: ImportResult) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in result.problems]


@pytest.fixture
def by(make: Make) -> Caller:
    """Whoever imports: a command, by a worker's name."""
    return Caller(actor=make.staff("worker").actor, client="command")


def test_hours_are_recorded_as_pending_by_whoever_imported(
    make: Make, bank: Bank, by: Caller
) -> None:
    make.rule()
    volunteer = make.volunteer(name="张三", number="7")
    text = ATTENDED + attended("7", "张　三") + attended("7", "张三", way="手动", hour=14)
    assert counts(take(bank, by, text)) == (2, 2, 0)
    rows = list_records(bank, status="pending").items
    assert {(row.source, row.minutes, row.served_on) for row in rows} == {
        ("sign_in", 60, "2026-11-10"),
        ("manual", 60, "2026-11-10"),
    }
    assert {row.recorded_by for row in rows} == {by.actor}
    importer = Caller(actor=by.actor, client=by.actor)
    numbers = [row.number for row in rows]
    refused = make.do(approve_records, by=importer, records=numbers).answer["passed_over"]
    assert {one["code"] for one in refused} == {"earning.same_person_twice"}
    done = make.do(approve_records, by=make.staff("witness").caller, records=numbers)
    assert (done.answer["points"], make.balance(volunteer.wallet)) == (10, 10)
    books_are_right(bank)


def test_the_same_file_twice_records_once(make: Make, bank: Bank, by: Caller) -> None:
    make.volunteer(name="张三", number="7")
    text = ATTENDED + attended("7", "张三") + HONORARY[:0]
    take(bank, by, text)
    again = take(bank, by, text)
    assert counts(again) == (1, 0, 1)
    [note] = again.notes
    assert (note.row, note.code) == (2, "earning.record_repeated")
    somebody_else = Caller(actor=make.staff().actor, client="command")
    assert counts(take(bank, somebody_else, text)) == (1, 0, 1)
    reworded = take(bank, by, text.replace("1.00 小时", "60分钟").replace("签到", "手动"))
    assert counts(reworded) == (1, 0, 1)
    assert count_pending(bank) == 1


def test_nobody_is_given_hours_under_another_name(make: Make, bank: Bank, by: Caller) -> None:
    make.volunteer(name="张三", number="7")
    gone = make.volunteer(name="王五", number="9")
    make.do(erase_volunteer, number=gone.number)
    rows = (
        attended("7", "李四"),
        attended("404", "张三"),
        attended("9", "王五", day="2026-11-21"),
        attended("7", "张三", day="2026-11-21"),
        attended("7", "张三"),
    )
    result = take(bank, by, ATTENDED + "".join(rows))
    assert told(result) == [
        (2, "earning.name_differs"),
        (3, "people.volunteer_unknown"),
        (4, "earning.name_differs"),
        (5, "earning.service_in_future"),
    ]
    assert counts(result) == (5, 0, 0)
    assert count_pending(bank) == 0
    assert counts(take(bank, by, ATTENDED + "".join(rows), take_good=True)) == (5, 1, 0)


def test_a_name_alone_is_enough_where_only_one_has_it(make: Make, bank: Bank, by: Caller) -> None:
    zhang = make.volunteer(name="张三")
    for _ in range(2):
        make.volunteer(name="张伟")
    row = ",巡逻,2026-11-10 9:00,2026-11-10 10:00,1,签到\n"
    result = take(bank, by, UNNUMBERED + "".join(f"{who}{row}" for who in ("张三", "张伟", "李四")))
    assert told(result) == [(3, "earning.number_missing"), (4, "people.volunteer_unknown")]
    assert result.problems[0].facts == {"people": 2}
    taken = take(bank, by, UNNUMBERED + f"张三{row}")
    assert counts(taken) == (1, 1, 0)
    assert [row.volunteer_id for row in list_records(bank).items] == [zhang.id]


def test_lists_that_leave_out_project_or_name_are_taken_once_and_noted(
    make: Make, bank: Bank, by: Caller
) -> None:
    make.volunteer(name="张三", number="7")
    gone = make.volunteer(name="王五", number="9")
    make.do(erase_volunteer, number=gone.number)
    team = "序号,志愿者姓名,岗位,开始时间,结束时间,录入时长,录入方式,录入日期\n"
    team += "1,张三,-,2026-11-10 09:00:00,2026-11-10 10:00:00,1.00 小时,签到,2026-11-11\n"
    school = "学生学号,服务时长(小时),备注\n7,2,2026-11-12\n404,2,2026-11-12\n"
    school += "9,2,2026-11-12\n7,2,运动会\n"
    for good, known in ((1, 0), (0, 1)):
        of_team, of_school = take(bank, by, team), take(bank, by, school, take_good=True)
        assert (counts(of_team), counts(of_school)) == ((1, good, known), (4, good, known))
        assert told(of_school) == [
            (3, "people.volunteer_unknown"),
            (4, "people.volunteer_unknown"),
            (5, "earning.day_untold"),
        ]
        if good:
            assert [note.code for note in of_team.notes] == ["earning.activity_untold"]
    assert {(row.source, row.activity) for row in list_records(bank, status="pending").items} == {
        ("sign_in", "志愿服务"),
        ("manual", "志愿服务"),
    }


def test_the_same_hours_from_a_poorer_list_are_the_same_service(
    make: Make, bank: Bank, by: Caller
) -> None:
    make.volunteer(name="张三", number="7")
    poor = "志愿者姓名,岗位,开始时间,结束时间,录入时长,录入方式\n"
    poor += "".join(
        f"张三,{post},2026-11-10 {hour}:00,2026-11-10 {hour + 1}:00,1,签到\n"
        for hour, post in ((9, "-"), (11, "队长"), (13, "-"))
    )
    rich = ATTENDED + attended("7", "张三") + attended("7", "张三", hour=11)
    assert counts(take(bank, by, rich)) == (2, 2, 0)
    result = take(bank, by, poor)
    assert counts(result) == (3, 1, 2)
    assert {note.row: note.code for note in result.notes} == {
        2: "earning.same_hours",
        3: "earning.same_hours",
        4: "earning.activity_untold",
    }
    later = take(bank, by, ATTENDED + attended("7", "张三", hour=13))
    assert (counts(later), later.notes[0].code) == ((1, 0, 1), "earning.same_hours")
    assert counts(take(bank, by, poor)) == (3, 0, 3)
    # Other minutes are another claim: somebody must look.
    longer = take(bank, by, poor.replace(":00,1,", ":00,0.5,"))
    assert {note.code for note in longer.notes} == {"earning.hours_overlap"}
    assert count_pending(bank) == 6


def test_the_same_hours_without_times_are_one_service_as_well(
    make: Make, bank: Bank, by: Caller
) -> None:
    make.volunteer(name="张三", number="7")
    school = "学生学号,服务时长(小时),备注\n7,1,2026-11-10\n7,2,2026-11-11\n7,3,2026-11-12\n"
    dated = (
        "志愿者姓名,项目名称,服务时间,录入时长\n张三,清扫,2026-11-11,2\n张三,巡逻,2026-11-11,2\n"
    )
    assert counts(take(bank, by, ATTENDED + attended("7", "张三"))) == (1, 1, 0)
    poor = take(bank, by, school)
    assert counts(poor) == (3, 2, 1)
    assert poor.notes[0].code == "earning.same_hours"
    # One record of the books stands for one of the two; the other is another service.
    for good, known in ((1, 1), (0, 2)):
        assert counts(take(bank, by, dated)) == (2, good, known)
    assert counts(take(bank, by, school)) == (3, 0, 3)
    assert {(row.activity, row.served_on) for row in list_records(bank).items} == {
        ("巡逻", "2026-11-10"),
        ("志愿服务", "2026-11-11"),
        ("巡逻", "2026-11-11"),
        ("志愿服务", "2026-11-12"),
    }


def test_what_is_called_a_sign_in_without_its_times_is_back_filled(
    make: Make, bank: Bank, by: Caller
) -> None:
    make.rule()
    person = make.volunteer(name="张三", number="7")
    text = "志愿者姓名,项目名称,服务时间,录入时长,录入方式\n张三,清扫,2026-11-10,2.00 小时,签到\n"
    result = take(bank, by, text)
    assert (counts(result), result.notes[0].code) == ((1, 1, 0), "earning.sign_in_unproved")
    [row] = list_records(bank).items
    approver = make.staff("witness").caller
    done = make.do(approve_records, by=approver, records=[row.number]).answer
    assert (row.source, done["points"], make.balance(person.wallet)) == ("manual", 0, 0)


def test_what_is_not_over_yet_is_refused_row_by_row(make: Make, bank: Bank, by: Caller) -> None:
    make.volunteer(name="张三", number="7")
    hours = (9, 11, 12)
    rows = "".join(attended("7", "张三", day="2026-11-20", hour=hour) for hour in hours)
    result = take(bank, by, ATTENDED + rows, take_good=True)
    assert (counts(result), told(result)) == (
        (3, 1, 0),
        [(3, "earning.service_not_over"), (4, "earning.service_not_over")],
    )


def test_nobody_imports_hours_of_their_own(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer(name="张三", number="7")
    both = Caller(actor=make.staff("worker", volunteer=volunteer).actor, client="command")
    result = take(bank, both, ATTENDED + attended("7", "张三"), take_good=True)
    assert told(result) == [(2, "earning.own_record")]
    assert count_pending(bank) == 0


def test_a_row_twice_in_one_file_is_a_problem(make: Make, bank: Bank, by: Caller) -> None:
    make.volunteer(name="张三", number="7")
    result = take(bank, by, ATTENDED + attended("7", "张三") * 2)
    assert told(result) == [(3, "foundation.row_repeated")]
    assert count_pending(bank) == 0


def test_two_places_at_once_are_noted_and_taken(make: Make, bank: Bank, by: Caller) -> None:
    make.volunteer(name="张三", number="7")
    make.volunteer(name="李四", number="8")
    take(bank, by, ATTENDED + attended("8", "李四"))
    [kept] = list_records(bank).items
    rows = (
        attended("7", "张三"),
        attended("7", "张三", hour=10),
        attended("7", "张三").replace("9:00", "9:30").replace("10:00", "10:30"),
        attended("8", "李四").replace("巡逻", "清扫"),
    )
    result = take(bank, by, ATTENDED + "".join(rows))
    assert (counts(result), result.problems) == ((4, 4, 0), [])
    notes = {note.row: (note.code, note.facts["other"]) for note in result.notes}
    assert notes == {
        4: ("earning.hours_overlap", "2"),
        3: ("earning.hours_overlap", "4"),
        5: ("earning.hours_overlap", kept.number),
    }


def test_bad_rows_come_back_mended(make: Make, bank: Bank, by: Caller) -> None:
    make.volunteer(name="张三", number="4201050010000243")
    text = HONORARY + "4201050010000243,张三,补录,-3,2026-11-01\n404,李四,补录,2,2026-11-01\n"
    result = take(bank, by, text, take_good=True)
    assert told(result) == [(2, "foundation.cell_hours"), (3, "people.volunteer_unknown")]
    paper = (result.problem_file or b"").decode("utf-8-sig")
    make.volunteer(name="李四", number="404")
    mended = take(bank, by, paper.replace('"-3"', '"3"'))
    assert (counts(mended), mended.problem_file) == ((2, 2, 0), None)


def test_an_import_that_was_killed_goes_on_where_it_stopped(
    make: Make, bank: Bank, by: Caller
) -> None:
    make.volunteer(name="张三", number="7")
    text = HONORARY + "".join(f"7,张三,活动{n},1,2026-11-01\n" for n in range(450))

    def pull_the_plug(done: int, of: int) -> None:
        if done >= 400:
            raise Killed

    with pytest.raises(Killed):
        take(bank, by, text, progress=pull_the_plug)
    assert count_pending(bank) == 400
    resumed = take(bank, by, text)
    assert (counts(resumed), count_pending(bank)) == ((450, 50, 400), 450)
    assert list_records(bank, paging=Paging(1, 1)).total == 450
