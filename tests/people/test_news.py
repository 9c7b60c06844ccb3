"""What somebody is to be told is written once, told once, and never holds who they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text, update

import pointsbank.people.news as news
from pointsbank.charity import approve_grant, donate_points
from pointsbank.earning import approve_record, approve_records, reject_record, void_record
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Outcome,
    Paging,
    Session,
    Text,
    new_key,
    operation,
    packed_rows,
    statement,
    to_instant,
)
from pointsbank.people import (
    News,
    NewsLine,
    RoleMissing,
    SecondPersonNeeded,
    VolunteerRef,
    block_card,
    erase_volunteer,
    list_people_to_tell,
    list_untold,
    register_family,
    replace_card,
    show_phone,
    tell,
    tell_at_kiosk,
    tell_by_worker,
    unblock_card,
)
from tests.at_once import at_once
from tests.audit.forgery import forge
from tests.counter import Counter
from tests.make import Make

HANDS = 16
ARRIVED = "earning.points_arrived"


@operation("tests.tell")
def tell_something(
    act: Act, *, code: str, holder: str, about: str, facts: dict[str, Any]
) -> Answer:
    """What any room does when something has happened."""
    tell(act, code, holder, about=about, **facts)
    return {}


def say(make: Make, holder: str, number: int, code: str = ARRIVED, **facts: Any) -> Outcome:
    """Have somebody told something, as a room would."""
    facts = facts or {"day": "2026-11-18", "points": 20}
    about = f"record:{number}"
    return make.do(tell_something, code=code, holder=holder, about=about, facts=facts)


def untold(bank: Bank, holder: str) -> list[NewsLine]:
    """What a holder does not know yet."""
    return bank.database.read(lambda session: list_untold(session, holder))


def rows(bank: Bank) -> list[Any]:
    return bank.database.read(lambda session: session.rows(select(News)))


# ------------------------------------------------------------------------------------- written once


def test_the_same_thing_is_told_once_however_many_hands_tell_it(make: Make, bank: Bank) -> None:
    outcomes = at_once([lambda: say(make, "volunteer:1", 7)] * HANDS)
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert len(rows(bank)) == 1


def test_without_the_guard_it_would_be_told_sixteen_times(
    make: Make, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: no constraint in the table and nothing that gives way to it."""
    if bank.database.dialect == "sqlite":
        columns = [column.name for column in News.__table__.columns if column.name != "id"]
        loose = f"CREATE TABLE news (id INTEGER PRIMARY KEY, {', '.join(columns)})"
        forge(bank.database.url, "DROP TABLE news", loose)
    else:
        forge(bank.database.url, "ALTER TABLE news DROP CONSTRAINT uq_news_holder_about")
    plain = statement(
        insert(News).from_select(
            ["holder", "about", "facts", "code", "created_at"],
            select(
                *packed_rows("told", str, str, str),
                bindparam("code", type_=Text),
                bindparam("created_at", type_=Text),
            ),
        )
    )
    monkeypatch.setattr(news, "_INSERT", plain)
    at_once([lambda: say(make, "volunteer:1", 7)] * HANDS)
    count = text("SELECT count(*) FROM news")
    assert bank.database.read(lambda session: session.value(count)) == HANDS


def test_a_line_holds_no_name_and_no_telephone(make: Make, bank: Bank) -> None:
    for words in ("王小明", "Wang Xiaoming", "19900001234", "某某路 8 号"):
        with pytest.raises(ValueError, match="public ids only"):
            say(make, "volunteer:1", 1, who=words)
    with pytest.raises(ValueError, match="no kind of news"):
        say(make, "volunteer:1", 1, code="earning.never_heard_of")
    assert rows(bank) == []


# --------------------------------------------------------------------------------------- told once


def held(make: Make, count: int = 3) -> tuple[VolunteerRef, str, list[int]]:
    """Somebody with a card and with so many things that they do not know; their ids."""
    volunteer = make.volunteer()
    for number in range(count):
        say(make, volunteer.holder, number, day="2026-11-18", points=10)
    ids = [one for line in untold(make.bank, volunteer.holder) for one in line.ids]
    return volunteer, make.card(volunteer).code, ids


def tell_them(make: Make, kiosk: Caller, card: str, ids: list[int]) -> int:
    done = tell_at_kiosk(make.bank, by=kiosk, key=new_key(), card=card, news=ids)
    return int(done.answer["told"])


def test_sixteen_kiosks_at_once_tell_each_thing_once(
    make: Make, bank: Bank, counter: Counter
) -> None:
    volunteer, card, ids = held(make)
    told = at_once([lambda: tell_them(make, counter.kiosk, card, ids)] * HANDS)
    assert sum(one for one in told if isinstance(one, int)) == 3
    assert untold(bank, volunteer.holder) == []
    assert {(row.told_how, row.told_by) for row in rows(bank)} == {("kiosk", counter.kiosk.actor)}


def test_without_the_guard_each_of_them_would_have_told_it(
    make: Make, bank: Bank, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the mark is written whether it stands there or not."""
    careless = statement(
        update(News)
        .where(News.holder == bindparam("of_holder"), News.id.in_(select(news._ID)))
        .values(
            told_at=bindparam("new_told_at"),
            told_how=bindparam("new_told_how"),
            told_by=bindparam("new_told_by"),
        )
    )
    monkeypatch.setattr(news, "_MARK", careless)
    _, card, ids = held(make)
    told = at_once([lambda: tell_them(make, counter.kiosk, card, ids)] * HANDS)
    assert sum(one for one in told if isinstance(one, int)) == 3 * HANDS


def test_another_cards_news_are_left_alone(make: Make, bank: Bank, counter: Counter) -> None:
    volunteer, _, ids = held(make)
    _, other_card, _ = held(make)
    assert tell_them(make, counter.kiosk, other_card, ids) == 0
    assert len(untold(bank, volunteer.holder)[0].ids) == 3


def test_only_a_device_says_that_a_kiosk_has_told(make: Make) -> None:
    _, card, ids = held(make)
    with pytest.raises(RoleMissing):
        make.do(tell_at_kiosk, by=make.staff("worker").caller, card=card, news=ids)


# --------------------------------------------------------------------------------- how it is read


def test_things_of_one_kind_are_one_line_and_what_matters_most_comes_first(
    make: Make, bank: Bank
) -> None:
    for number in range(12):
        say(make, "volunteer:1", number, day=f"2026-11-{number + 1:02d}", points=10 + number)
    say(make, "volunteer:1", 50, "people.card_replaced", issue=2)
    say(make, "volunteer:1", 60, "earning.points_taken_back", day="2026-11-02", points=11)
    say(make, "volunteer:2", 1, points=5)
    lines = untold(bank, "volunteer:1")
    assert [(line.code, line.tone, line.count) for line in lines] == [
        ("earning.points_taken_back", "stop", 1),
        ("people.card_replaced", "in", 1),
        (ARRIVED, "in", 12),
    ]
    assert lines[2].facts["points"] == sum(range(10, 22))


def test_it_is_read_in_one_statement_and_no_more_than_a_handful_at_a_time(
    make: Make, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(news.READ_MOST + 3):
        say(make, "volunteer:1", number, points=1)

    def read(session: Session) -> tuple[list[NewsLine], int]:
        return list_untold(session, "volunteer:1"), session.runs

    [line], statements = bank.database.read(read)
    assert (line.count, statements) == (news.READ_MOST, 1)


def test_a_kind_that_a_newer_program_wrote_is_left_for_it(make: Make, bank: Bank) -> None:
    say(make, "volunteer:1", 1)
    forge(bank.database.url, "UPDATE news SET code = 'redemption.fee_rejected'")
    assert untold(bank, "volunteer:1") == []


# -------------------------------------------------------------------------------------- who writes


def test_points_that_arrive_are_told_and_hours_without_points_are_not(
    make: Make, bank: Bank
) -> None:
    make.rule(10)
    volunteer, approver = make.volunteer(), make.staff("witness").caller
    make.do(approve_record, by=approver, record=make.record(volunteer, 120))
    make.do(approve_record, by=approver, record=make.record(volunteer, 60, source="manual"))
    [line] = untold(bank, volunteer.holder)
    assert (line.code, line.count) == (ARRIVED, 1)
    assert line.facts == {"day": "2026-11-18", "points": 20}


def test_approving_many_tells_them_in_one_statement_more(
    make: Make, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.rule(10)
    people, recorder, approver = [make.volunteer() for _ in range(5)], make.staff(), make.staff()
    records = [make.record(person, by=recorder) for person in people for _ in range(6)]

    def statements(chunk: list[str]) -> int:
        work = approve_records.work_for(bank, by=approver.caller, key=new_key(), records=chunk)

        def counted(session: Session) -> int:
            assert len(work(session).answer["approved"]) == len(chunk)
            return session.runs

        return bank.database.write(counted)

    statements(records[0::3])
    with_news = statements(records[1::3])
    monkeypatch.setattr("pointsbank.earning.issuing.tell_all", lambda *_: None)
    assert with_news == statements(records[2::3]) + 1
    assert len(rows(bank)) == 20


def test_a_record_sent_back_or_taken_back_is_told(make: Make, bank: Bank) -> None:
    make.rule(10)
    volunteer, approver = make.volunteer(), make.staff("witness").caller
    kept, sent_back = make.record(volunteer), make.record(volunteer)
    make.do(approve_record, by=approver, record=kept)
    make.do(reject_record, by=approver, record=sent_back, reason="重复")
    make.do(void_record, **make.by_two(), record=kept, reason="补录不实")
    lines = {line.code: line.facts for line in untold(bank, volunteer.holder)}
    assert lines["earning.points_taken_back"] == {"day": "2026-11-18", "points": 20}
    assert lines["earning.record_rejected"] == {"day": "2026-11-18"}


def test_what_a_family_receives_is_told_to_its_card(make: Make, bank: Bank) -> None:
    family = make.do(register_family).answer["number"]
    make.do(donate_points, volunteer=make.volunteer(points=50).number, points=50)
    make.do(approve_grant, **make.by_two(), family=family, points=50)
    [line] = untold(bank, "family:1")
    assert (line.code, line.facts) == ("charity.points_received", {"points": 50})


def test_a_found_and_a_replaced_card_are_told(make: Make, bank: Bank) -> None:
    volunteer = make.volunteer()
    card = make.card(volunteer)
    for _ in "ab":
        make.do(block_card, short_number=card.short_number)
        make.do(unblock_card, short_number=card.short_number, person_present=True)
    make.do(replace_card, short_number=card.short_number)
    assert [(line.code, line.count) for line in untold(bank, volunteer.holder)] == [
        ("people.card_found", 2),
        ("people.card_replaced", 1),
    ]


# ------------------------------------------------------------------------------ the office's list


def days_later(bank: Bank, days: int) -> str:
    """Let days go by; the instant a fortnight before then."""
    now = bank.clock.moment() + timedelta(days=days)
    bank.clock.set_now(lambda: now)
    return to_instant(now - timedelta(days=14))


def test_who_has_waited_long_is_listed_the_longest_first(make: Make, bank: Bank) -> None:
    first = make.volunteer(name="欧阳娜娜", phone="19900001234")
    say(make, first.holder, 1)
    days_later(bank, 2)
    make.do(register_family)
    say(make, "family:1", 1, "charity.points_received", points=50)
    gone = make.volunteer()
    say(make, gone.holder, 1)
    make.do(erase_volunteer, number=gone.number)
    before = days_later(bank, 13)
    fresh = make.volunteer()
    say(make, fresh.holder, 1)
    assert [one.number for one in list_people_to_tell(bank, before=before).items] == [first.number]
    found = list_people_to_tell(bank, before=days_later(bank, 5))
    assert [(one.number, one.masked_name, one.masked_phone) for one in found.items] == [
        (first.number, "欧**", "199****1234"),
        ("F0001", "某户1", None),
    ]
    page = list_people_to_tell(bank, before=days_later(bank, 0), paging=Paging(2, 1))
    assert (page.total, [one.is_family for one in page.items]) == (2, [True])
    assert page.items[0].lines[0].facts == {"points": 50}


def test_a_worker_tells_by_phone_under_an_own_login(make: Make, bank: Bank) -> None:
    volunteer, _, ids = held(make)
    values: dict[str, Any] = {"number": volunteer.number, "how": "phone", "news": ids}
    with pytest.raises(SecondPersonNeeded):
        make.do(tell_by_worker, by=Caller("staff:1", "command:x"), **values)
    with pytest.raises(RoleMissing):
        make.do(tell_by_worker, by=make.staff("auditor").caller, **values)
    worker = make.staff("worker")
    assert make.do(tell_by_worker, by=worker.caller, **values).answer["told"] == 3
    assert {(row.told_how, row.told_by) for row in rows(bank)} == {("phone", worker.actor)}
    assert untold(bank, volunteer.holder) == []


def test_who_looks_at_a_telephone_is_written_down(make: Make) -> None:
    volunteer = make.volunteer(phone="19900001234")
    seen = make.do(show_phone, by=make.staff("worker").caller, number=volunteer.number)
    assert seen.answer == {"number": volunteer.number}
    with pytest.raises(RoleMissing):
        make.do(show_phone, by=make.staff("witness").caller, number=volunteer.number)
