"""What was reviewed hangs on the wall, with masked names, until its last day is over."""

from __future__ import annotations

import pytest

from pointsbank.earning import (
    NoCalendar,
    NothingToPublish,
    NoticeBegun,
    NoticeDayWrong,
    NoticeNotHung,
    NoticeRunning,
    NoticeUnknown,
    NoticeWithdrawn,
    ReasonMissing,
    RecordDecided,
    count_steps,
    count_to_publish,
    get_notice_paper,
    get_record,
    list_notices,
    list_public_papers,
    make_all_effective,
    make_effective,
    note_hung,
    note_taken_down,
    object_to_record,
    plain_document,
    set_rulebook,
    take_back_review,
    withdraw_notice,
)
from pointsbank.foundation import Bank
from pointsbank.people import choose_naming, erase_volunteer
from tests.books import books_are_right
from tests.earning.wall import Wall
from tests.make import Make


@pytest.fixture
def wall(make: Make) -> Wall:
    return Wall(make)


def test_a_reviewed_record_earns_nothing_until_its_notice_is_over(make: Make, bank: Bank) -> None:
    wall, volunteer = Wall(make), make.volunteer()
    wall.at("2026-09-30")
    record = wall.reviewed(volunteer, served_on="2026-09-29")
    row = get_record(bank, record=record)
    assert (row.status, row.points, row.entry) == ("reviewed", 20, None)
    assert row.decided_by == wall.reviewer.actor
    notice = wall.hang(record)
    paper = get_notice_paper(bank, notice=notice, today="2026-09-30")
    assert (paper.notice.starts_on, paper.notice.last_day) == ("2026-09-30", "2026-10-10")
    assert (notice, paper.people, paper.minutes, paper.points) == ("2026-1", 1, 120, 20)
    wall.at("2026-10-10", 23)
    with pytest.raises(NoticeRunning) as refusal:
        make.do(make_effective, notice=notice)
    assert refusal.value.facts == {"notice": notice, "last_day": "2026-10-10"}
    assert (wall.status(record), make.balance(volunteer.wallet)) == ("published", 0)
    wall.at("2026-10-11", 0)
    done = make.do(make_effective, by=wall.third.caller, notice=notice).answer
    assert done == {"notice": notice, "records": 1, "points": 20, "waiting": 0, "after": None}
    row = get_record(bank, record=record)
    assert (row.status, row.effective_on, row.effective_by) == (
        "effective",
        "2026-10-11",
        wall.third.actor,
    )
    assert (make.balance(volunteer.wallet), row.rule_version) == (20, wall.version)
    assert make.do(make_effective, notice=notice).answer["records"] == 0
    assert make.balance(volunteer.wallet) == 20
    books_are_right(bank)


class TestOnOneDatabase:
    """What is no business of the database's."""

    @pytest.fixture
    def bank_url(self, sqlite_url: str) -> str:
        return sqlite_url

    def test_calendar_days_need_no_calendar(self, make: Make) -> None:
        wall = Wall(make, length=7, unit="calendar")
        wall.at("2027-03-01")
        notice = wall.hang(wall.reviewed(served_on="2027-02-28"))
        [(row, counts)] = list_notices(make.bank).items
        assert (row.number, row.last_day, counts.records) == (notice, "2027-03-08", 1)

    def test_without_the_years_holidays_no_notice_is_opened(self, make: Make, wall: Wall) -> None:
        wall.at("2026-12-30")
        record = wall.reviewed()
        with pytest.raises(NoCalendar) as refusal:
            wall.hang(record)
        assert refusal.value.facts == {"year": 2027}
        assert wall.status(record) == "reviewed"

    def test_the_longest_rule_of_its_records_says_how_long_it_hangs(
        self, make: Make, wall: Wall
    ) -> None:
        short = wall.reviewed(served_on="2026-11-10")
        longer = plain_document(notice={"length": 5})
        make.do(set_rulebook, **make.by_two(), document=longer, starts_on="2026-11-20")
        long = wall.reviewed(served_on="2026-11-20")
        wall.hang(short, long)
        [(row, counts)] = list_notices(make.bank).items
        assert (row.length, row.last_day, counts.records) == (5, "2026-11-27", 2)

    def test_all_that_wait_are_gathered_or_those_until_a_day(self, make: Make, wall: Wall) -> None:
        wall.at("2026-11-17")
        early = wall.reviewed(served_on="2026-11-16")
        wall.at("2026-11-18", 0)
        late = wall.reviewed(served_on="2026-11-16")
        objected = wall.reviewed(served_on="2026-11-16")
        make.do(object_to_record, record=objected, reason="没有来")
        assert count_to_publish(make.bank) == 2
        wall.hang(until="2026-11-17")
        assert [wall.status(one) for one in (early, late)] == ["published", "reviewed"]
        assert wall.hang() == "2026-2"
        assert count_steps(make.bank) == {"published": 2, "reviewed": 1}
        with pytest.raises(NothingToPublish):
            wall.hang()
        with pytest.raises(NothingToPublish):
            wall.hang(objected, early)

    def test_it_is_opened_for_today_or_soon(self, make: Make, wall: Wall) -> None:
        record = wall.reviewed()
        for day in ("2026-11-19", "2026-12-21"):
            with pytest.raises(NoticeDayWrong):
                wall.hang(record, starts_on=day)
        wall.hang(record, starts_on="2026-11-23")
        assert list_notices(make.bank).items[0][0].last_day == "2026-11-26"

    def test_hung_later_it_ends_later_and_is_taken_down_after_its_last_day(
        self, make: Make, wall: Wall
    ) -> None:
        by = wall.third.caller
        notice = wall.hang(wall.reviewed())
        with pytest.raises(NoticeNotHung):
            make.do(note_taken_down, by=by, notice=notice)
        for day in ("2026-11-19", "2026-11-21"):
            with pytest.raises(NoticeDayWrong):
                make.do(note_hung, by=by, notice=notice, on=day)
        assert make.do(note_hung, by=by, notice=notice).answer["last_day"] == "2026-11-25"
        wall.at("2026-11-24")
        done = make.do(note_hung, by=by, notice=notice, on="2026-11-23").answer
        assert (done["hung_on"], done["last_day"]) == ("2026-11-23", "2026-11-26")
        with pytest.raises(NoticeDayWrong):
            make.do(note_taken_down, by=by, notice=notice)
        wall.at("2026-11-27")
        make.do(make_effective, notice=notice)
        with pytest.raises(NoticeBegun):
            make.do(note_hung, by=by, notice=notice, on="2026-11-24")
        make.do(note_taken_down, by=by, notice=notice, on="2026-11-26")
        [(row, _)] = list_notices(make.bank).items
        assert (row.hung_by, row.hung_on) == (by.actor, "2026-11-23")
        assert (row.taken_down_by, row.taken_down_on) == (by.actor, "2026-11-26")

    def test_a_withdrawn_notice_gives_its_records_back(self, make: Make, wall: Wall) -> None:
        record = wall.reviewed()
        notice = wall.hang(record)
        with pytest.raises(RecordDecided):
            make.do(take_back_review, by=wall.reviewer.caller, record=record)
        with pytest.raises(ReasonMissing):
            make.do(withdraw_notice, notice=notice, reason=" ")
        make.do(withdraw_notice, by=wall.third.caller, notice=notice, reason="日期印错")
        assert wall.status(record) == "reviewed"
        wall.at("2026-11-30")
        for verb in (make_effective, note_hung, note_taken_down):
            with pytest.raises(NoticeWithdrawn):
                make.do(verb, notice=notice)
        assert wall.hang(record) == "2026-2"
        make.do(withdraw_notice, notice="2026-2", reason="又错")
        make.do(take_back_review, by=wall.reviewer.caller, record=record)
        row = get_record(make.bank, record=record)
        assert (row.status, row.decided_by, row.points) == ("pending", None, None)
        books_are_right(make.bank)

    def test_what_counts_already_is_not_withdrawn(self, make: Make, wall: Wall) -> None:
        notice = wall.hang(wall.reviewed())
        wall.at("2026-11-30")
        make_all_effective(make.bank, by=wall.third.caller)
        with pytest.raises(NoticeBegun):
            make.do(withdraw_notice, notice=notice, reason="晚了")

    def test_numbers_that_are_no_notices_are_refused(self, make: Make) -> None:
        for number in ("2026-1", "2026", "x", "2026-", "２０２６-1", "2026-1-1"):
            with pytest.raises(NoticeUnknown):
                make.do(make_effective, notice=number)

    def test_who_hangs_there_is_masked_or_only_a_number(self, make: Make, wall: Wall) -> None:
        guardian = {"name": "陈大海", "phone": "13900001111", "relation": "parent"}
        consent = {"version": 1, "by": "guardian"}
        people = {
            "张*": make.volunteer(name="张䶮", phone="13900002222"),
            "阿**·买**": make.volunteer(name="阿不都热依木·买买提"),
            "child": make.volunteer(name="陈小星", born="2014", guardian=guardian, consent=consent),
            "shy": make.volunteer(name="李不言"),
            "gone": make.volunteer(name="赵无名"),
        }
        make.do(choose_naming, number=people["shy"].number, unnamed=True)
        records = [wall.reviewed(one) for one in people.values()]
        make.do(erase_volunteer, number=people["gone"].number)
        notice = wall.hang(*records)
        paper = get_notice_paper(make.bank, notice=notice, today="2026-11-20")
        assert [line.who.masked_name for line in paper.lines] == ["张*", "阿**·买**", *[None] * 3]
        assert [line.who.number for line in paper.lines] == [one.number for one in people.values()]
        [shown] = list_public_papers(make.bank, today="2026-11-25")
        assert (shown.notice.number, shown.people) == (notice, 5)
        assert list_public_papers(make.bank, today="2026-11-26") == []
        told = repr(shown)
        for secret in ("13900002222", "13900001111", "张䶮", "小星", "不言", "无名"):
            assert secret not in told
