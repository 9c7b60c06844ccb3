"""Paper booklets: written down by one, compared with the scan by another, brought in once."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update

from pointsbank.earning import (
    BookletEmpty,
    BookletInFuture,
    BookletKnown,
    BookletNumberUnreadable,
    OpeningBalance,
    OpeningDecided,
    OpeningUnknown,
    OwnRecord,
    ReasonMissing,
    booklets,
    confirm_opening_balance,
    confirm_opening_balances,
    count_hours,
    count_openings,
    decline_opening_balance,
    get_opening,
    import_booklets,
    list_expiries,
    list_openings,
    opening_balances,
    propose_opening_balance,
    take_back_opening_balance,
)
from pointsbank.earning.opening_balances import propose_opening_balances
from pointsbank.foundation import (
    Bank,
    Caller,
    Clock,
    ImportResult,
    Keys,
    Outcome,
    new_key,
    open_database,
    statement,
)
from pointsbank.ledger import StatementLine, owed, read_statement
from pointsbank.people import (
    BenefitsOneself,
    RoleMissing,
    SameHousehold,
    SamePersonTwice,
    SecondPersonNeeded,
    VolunteerLeft,
    VolunteerRef,
    erase_volunteer,
)
from tests.at_once import at_once
from tests.books import books_are_right
from tests.make import Make
from tests.people.test_second_person import live_together

BOOKLET: dict[str, Any] = {
    "booklet": "第 a12 号",
    "points": 120,
    "minutes": 6030,
    "kept_until": "2026-10-31",
    "scan": "2026/a12-p9.jpg",
}
ROUNDS_UNTIL_WRONG = 200


def bring(make: Make, person: VolunteerRef, by: Caller | None = None, **told: Any) -> str:
    """Write a booklet down; its number."""
    by = by or make.staff().caller
    made = make.do(propose_opening_balance, by=by, number=person.number, **BOOKLET | told)
    return str(made.answer["opening"])


def read_lines(bank: Bank, person: VolunteerRef) -> list[StatementLine]:
    """A volunteer's statement, the newest first."""
    return list(bank.database.read(lambda session: read_statement(session, person.wallet.id)).items)


def test_a_booklet_counts_once_another_has_seen_it(make: Make, bank: Bank) -> None:
    make.rule(validity={"until": "calendar_year"})
    person = make.volunteer(points=5)
    number = bring(make, person, words="最后一页有水渍")
    assert (make.balance(person.wallet), count_openings(bank)) == (5, 1)
    hours = count_hours(bank, volunteer_id=person.id)
    assert (hours.total, hours.pending) == (0, 6030)
    done = make.do(confirm_opening_balance, by=make.staff("witness").caller, opening=number)
    assert (done.answer["points"], make.balance(person.wallet)) == (120, 125)
    assert count_hours(bank, volunteer_id=person.id).back_filled == 6030
    [line, _] = read_lines(bank, person)
    assert line.memo == "存折旧账：存折 A12，扫描件 2026/a12-p9.jpg，记到 2026-10-31，120 分"
    assert (line.kind, line.document) == ("earning.opening_balance", "booklet:1")
    row = get_opening(bank, opening=number)
    assert (row.status, row.words, row.entry) == ("confirmed", "最后一页有水渍", line.number)
    with pytest.raises(OpeningDecided):
        make.do(confirm_opening_balance, by=make.staff("witness").caller, opening=number)
    books_are_right(bank)


def test_its_points_stand_as_long_as_if_they_came_today(make: Make, bank: Bank) -> None:
    make.rule(validity={"until": "years", "years": 2})
    person = make.volunteer()
    number = bring(make, person, kept_until="2019-05-01")
    make.do(confirm_opening_balance, by=make.staff("witness").caller, opening=number)
    [found] = list_expiries(bank, wallet_id=person.wallet.id, today=bank.clock.today()).found
    assert (found.day, found.points) == ("2028-11-20", 120)


def test_a_booklet_may_hold_hours_alone_or_points_alone(make: Make, bank: Bank) -> None:
    make.rule()
    person, other = make.volunteer(), make.volunteer()
    hours, points = bring(make, person, points=0), bring(make, other, booklet="13", minutes=0)
    second = make.staff("witness").caller
    done = make.do(confirm_opening_balances, by=second, openings=[hours, points])
    assert (done.answer["confirmed"], done.answer["points"]) == ([hours, points], 120)
    assert get_opening(bank, opening=hours).entry is None
    assert count_hours(bank, volunteer_id=other.id).total == 0
    back = make.do(take_back_opening_balance, opening=hours, reason="抄错了", **make.by_two())
    assert back.answer["entry"] is None
    assert count_hours(bank, volunteer_id=person.id).total == 0
    books_are_right(bank)


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        ({"booklet": "张三的存折"}, BookletNumberUnreadable),
        ({"booklet": "13800002877"}, BookletNumberUnreadable),
        ({"scan": "42010519491231002X.jpg"}, BookletNumberUnreadable),
        ({"points": 0, "minutes": 0}, BookletEmpty),
        ({"points": -1}, BookletEmpty),
        ({"kept_until": "2026-11-21"}, BookletInFuture),
    ],
)
def test_what_no_booklet_says_is_refused(
    sqlite_url: str,
    keys: Keys,
    clock: Clock,
    tmp_path: Path,
    told: dict[str, Any],
    refused: type[Exception],
) -> None:
    bank = Bank(tmp_path, open_database(sqlite_url, durable=False), keys, clock)
    make = Make(bank)
    with pytest.raises(refused):
        bring(make, make.volunteer(), **told)
    assert count_openings(bank) == 0
    bank.close()


def test_the_same_booklet_is_not_brought_twice(make: Make, bank: Bank) -> None:
    person, other = make.volunteer(), make.volunteer()
    number = bring(make, person)
    with pytest.raises(BookletKnown) as refusal:
        bring(make, other, booklet="A12", points=7)
    assert refusal.value.facts == {"booklet": "A12", "number": number}
    told = {"opening": number, "reason": "不是这一本"}
    make.do(decline_opening_balance, by=make.staff("witness").caller, **told)
    assert get_opening(bank, opening=number).reason == "不是这一本"
    bring(make, other, booklet="A12", words="这才对")
    with pytest.raises(BookletKnown):
        bring(make, person, words="再来一次")


def test_who_confirms_is_another_and_of_another_household(make: Make, bank: Bank) -> None:
    make.rule()
    person, family = make.volunteer(), make.volunteer()
    live_together(make, person, family)
    worker, own = make.staff(), make.staff("worker", volunteer=person)
    number = bring(make, person, by=worker.caller)
    at_home = make.staff("witness", volunteer=family)
    for second, refused in (
        (worker, SamePersonTwice),
        (own, BenefitsOneself),
        (at_home, SameHousehold),
        (make.staff("auditor"), RoleMissing),
    ):
        with pytest.raises(refused):
            make.do(confirm_opening_balance, by=second.caller, opening=number)
    command = Caller(actor=make.staff("witness").actor, client="command")
    with pytest.raises(SecondPersonNeeded):
        make.do(confirm_opening_balance, by=command, opening=number)
    with pytest.raises(OwnRecord):
        bring(make, person, by=own.caller, booklet="14")
    passed = make.do(confirm_opening_balances, by=worker.caller, openings=[number]).answer
    assert passed["passed_over"] == [{"opening": number, "code": "people.same_person_twice"}]
    for unknown in ("E000099-9", "什么"):
        with pytest.raises(OpeningUnknown):
            make.do(confirm_opening_balance, by=worker.caller, opening=unknown)
    assert make.balance(person.wallet) == 0


def test_taken_back_it_takes_what_it_gave(make: Make, bank: Bank) -> None:
    make.rule()
    person = make.volunteer()
    number = bring(make, person)
    make.do(confirm_opening_balance, by=make.staff("witness").caller, opening=number)
    make.move(person.wallet, make.account("redeemed"), 100)
    two = make.by_two()
    with pytest.raises(ReasonMissing):
        make.do(take_back_opening_balance, opening=number, reason=" ", **two)
    alone = {"by": two["by"], "proposed_by": two["by"].actor}
    with pytest.raises(SamePersonTwice):
        make.do(take_back_opening_balance, opening=number, reason="重复", **alone)
    done = make.do(take_back_opening_balance, opening=number, reason="重复", **two)
    assert (done.answer["owes"], make.balance(person.wallet)) == (100, 0)
    assert count_hours(bank, volunteer_id=person.id).total == 0
    with pytest.raises(OpeningDecided):
        make.do(take_back_opening_balance, opening=number, reason="重复", **two)
    bring(make, person)
    books_are_right(bank)


def test_of_the_forgotten_no_words_stay_and_nothing_is_given(make: Make, bank: Bank) -> None:
    make.rule()
    person = make.volunteer()
    number = bring(make, person, words="她的女儿送来的")
    make.do(erase_volunteer, by=make.staff("admin").caller, number=person.number)
    second = make.staff("witness").caller
    with pytest.raises(VolunteerLeft):
        make.do(confirm_opening_balance, by=second, opening=number)
    make.do(decline_opening_balance, by=second, opening=number, reason="已注销")
    row = get_opening(bank, opening=number)
    assert (row.status, row.words, row.reason) == ("declined", None, None)


# ------------------------------------------------------------------------------------------- lists

HEADINGS = "志愿者编号,姓名,存折号,积分,时长,最后一笔日期,扫描件,说明\n"


def take(bank: Bank, by: Caller, text: str, **options: Any) -> ImportResult:
    return import_booklets(bank, by, text.encode(), "存折.csv", **options)


@pytest.fixture
def by(make: Make) -> Caller:
    """Whoever imports: a command, by a worker's name."""
    return Caller(actor=make.staff("worker").actor, client="command")


def test_a_list_waits_for_a_second_person_and_the_same_list_changes_nothing(
    make: Make, bank: Bank, by: Caller
) -> None:
    make.rule()
    make.volunteer(name="张三", number="7")
    make.volunteer(name="李四")
    text = HEADINGS + "7,张三,第1号,120,60.5 小时,2026-05-01,p1,有水渍\n,李四,2,30,,2026/6/1,p2,\n"
    result = take(bank, by, text)
    assert (result.total, result.good) == (2, 2), result.problems
    again = take(bank, by, text)
    assert (again.good, again.repeated) == (0, 2)
    assert {note.code for note in again.notes} == {"earning.booklet_again"}
    found = list_openings(bank, status="waiting").items
    assert [(row.booklet, row.points, row.minutes) for row in found] == [
        ("1", 120, 3630),
        ("2", 30, 0),
    ]
    numbers = [row.number for row in found]
    done = make.do(confirm_opening_balances, by=make.staff("witness").caller, openings=numbers)
    assert done.answer["points"] == 150
    assert take(bank, by, text).repeated == 2
    books_are_right(bank)


def test_rows_that_contradict_the_books_are_told(make: Make, bank: Bank, by: Caller) -> None:
    person = make.volunteer(name="张三", number="7")
    bring(make, person, booklet="9")
    rows = (
        "7,李四,1,1,,2026-05-01,p1,\n",
        "7,张三,9,1,,2026-05-01,p1,\n",
        "7,张三,2,0,0,2026-05-01,p1,\n",
        "7,张三,3,1,,2027-05-01,p1,\n",
        "7,张三,4,1,,2026-05-01,p1,\n",
        "7,张三,4,1,,2026-05-01,p1,\n",
    )
    result = take(bank, by, HEADINGS + "".join(rows))
    assert [(one.row, one.code) for one in result.problems] == [
        (2, "earning.name_differs"),
        (3, "earning.booklet_known"),
        (4, "earning.booklet_empty"),
        (5, "earning.booklet_in_future"),
        (7, "foundation.row_repeated"),
    ]
    assert (result.good, count_openings(bank)) == (0, 1)


def test_a_chunk_keeps_every_word_with_its_booklet_and_tells_what_it_could_not_take(
    make: Make, bank: Bank, by: Caller
) -> None:
    """Rows as they are when somebody else was there between the look and the chunk."""
    one, other, gone = (make.volunteer() for _ in range(3))
    make.do(erase_volunteer, number=gone.number)
    bring(make, one, booklet="9")
    rows = [
        (one.number, "1", 5, 0, "2026-05-01", "p1", "有水渍"),
        (other.number, "2", 5, 0, "2026-05-01", "p2", "有水渍"),
        (one.number, "3", 5, 0, "2026-05-01", "p3", "缺一页"),
        (one.number, "4", 5, 0, "2026-05-01", "p4", None),
        (other.number, "4", 5, 0, "2026-05-01", "p4", None),
        (other.number, "9", 120, 6030, "2026-10-31", "2026/a12-p9.jpg", "不是我的"),
        (one.number, "9", 120, 6030, "2026-10-31", "2026/a12-p9.jpg", ""),
        (gone.number, "5", 5, 0, "2026-05-01", "p5", "不留"),
    ]
    answer = make.do(propose_opening_balances, by=by, rows=rows).answer
    assert answer == {"good": 4, "repeated": 1, "refused": [4, 5, 7]}
    found = {row.booklet: (row.volunteer_id, row.words) for row in list_openings(bank).items}
    assert found == {
        "9": (one.id, None),
        "1": (one.id, "有水渍"),
        "2": (other.id, "有水渍"),
        "3": (one.id, "缺一页"),
        "4": (one.id, None),
    }


# ------------------------------------------------------------------------------------------- races


def confirmed_at_once(make: Make, bank: Bank) -> int:
    """How many of several second persons brought in the very same booklet at the same moment."""
    person = make.volunteer()
    number = bring(make, person, booklet=f"R{make.next_number()}")
    seconds = [make.staff("witness").caller for _ in range(4)]
    outcomes = at_once(
        [
            partial(confirm_opening_balance, bank, by=by, key=new_key(), opening=number)
            for by in seconds
        ]
    )
    assert all(isinstance(one, (Outcome, OpeningDecided)) for one in outcomes), outcomes
    return sum(isinstance(one, Outcome) for one in outcomes)


def test_of_several_who_confirm_at_once_one_does(make: Make, bank: Bank) -> None:
    make.rule()
    assert [confirmed_at_once(make, bank) for _ in range(3)] == [1, 1, 1]
    books_are_right(bank)


def test_without_the_locks_a_booklet_is_brought_in_twice(
    postgres_url: str, keys: Keys, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = select(
        *(getattr(OpeningBalance, name) for name in booklets.LockedOpening.__dataclass_fields__)
    ).where(OpeningBalance.id.in_(select(booklets._ID)))
    monkeypatch.setattr(booklets, "_LOCKED", statement(unlocked))
    anyhow = update(OpeningBalance).where(OpeningBalance.id == booklets._OF)
    written = {
        "status": "confirmed",
        "decided_by": booklets._ACTOR,
        "decided_at": booklets._AT,
        "rule_version": bindparam("new_version"),
        "entry_id": booklets._ENTRY,
    }
    monkeypatch.setattr(booklets, "_CONFIRM", statement(anyhow.values(written)))
    monkeypatch.setattr(opening_balances, "lock_accounts", lambda session, *accounts: None)
    monkeypatch.setattr(owed, "lock_accounts", lambda session, *accounts: None)
    bank = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    make = Make(bank)
    make.rule()
    assert any(confirmed_at_once(make, bank) > 1 for _ in range(ROUNDS_UNTIL_WRONG))
    with pytest.raises(AssertionError, match="opening-has-entry"):
        books_are_right(bank)
    bank.close()
