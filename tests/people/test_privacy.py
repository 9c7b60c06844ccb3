"""Names, phones and numbers of people never enter the journal or a receipt, whatever is done."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from pointsbank.earning import (
    approve_record,
    import_hours,
    record_service,
    reject_record,
    void_record,
)
from pointsbank.foundation import Bank, Receipt, Session, new_key
from pointsbank.people import (
    LoginWrong,
    add_organisation,
    add_shop,
    block_card,
    change_volunteer,
    check_password,
    erase_volunteer,
    hand_over_cards,
    import_volunteers,
    open_pairing,
    print_cards,
    register_family,
    replace_card,
    show_phone,
    tell_by_worker,
    unblock_card,
)
from pointsbank.recognition import note_award, note_evaluation, note_training, strike_out
from tests.make import SOMEBODY, Make

NAME, PHONE, AREA, ADDRESS = "慕容拾遗", "19912345678", "丙区某某路八号", "慕容奶奶"
WRITTEN = "给拾遗家送过锦旗"
PASSWORD = "PlantedPassword-2026"
PLANTED = (NAME, PHONE, AREA, ADDRESS, WRITTEN, PASSWORD)
BOOKS = ("journal_entry", "move", "receipt", "receipt_outcome", "account", "news")


def test_what_was_planted_is_found_with_the_people_and_nowhere_else(make: Make, bank: Bank) -> None:
    _do_everything(make, bank)
    tables = bank.database.read(_every_cell)
    found = {
        (table, word)
        for table, cells in tables.items()
        for word in PLANTED
        if any(word in cell for cell in cells)
    }
    assert {table for table, word in found if word != WRITTEN} == {"person"}
    assert {table for table, word in found if word == WRITTEN} == {"personal_text"}
    assert {word for _, word in found} == {NAME, PHONE, AREA, ADDRESS, WRITTEN}
    assert all(tables[table] for table in BOOKS)
    done = bank.database.read(lambda session: session.rows(select(Receipt.operation)))
    assert {row.operation for row in done} >= {
        "people.register_volunteer",
        "people.register_volunteers",
        "people.change_volunteer",
        "people.issue_card",
        "people.replace_card",
        "people.print_cards",
        "people.hand_over_cards",
        "people.show_phone",
        "people.tell_by_worker",
        "people.erase_volunteer",
        "people.count_attempt",
        "earning.record_service",
        "earning.record_services",
        "earning.approve_record",
        "earning.void_record",
        "recognition.note_training",
        "recognition.note_award",
        "recognition.note_evaluation",
        "recognition.strike_out",
    }


def _do_everything(make: Make, bank: Bank) -> None:
    """Everything that is done with people, with planted words in every field that takes them."""
    make.rule()
    data = {"phone": PHONE, "area": AREA, "form_of_address": ADDRESS}
    volunteer = make.volunteer(name=NAME, **data)
    make.do(change_volunteer, number=volunteer.number, name=NAME, **data)
    held = make.card(volunteer)
    other = {"name": NAME, "phone": PHONE}
    make.do(print_cards, short_numbers=[held.short_number], why="first")
    make.do(hand_over_cards, short_numbers=[held.short_number], other=other)
    make.do(block_card, short_number=held.short_number, told_how="phone", other=other)
    make.do(unblock_card, short_number=held.short_number, person_present=True)
    make.do(replace_card, short_number=held.short_number)
    make.do(register_family)
    recorder, approver = make.staff("worker"), make.staff("witness")
    records = [make.record(volunteer, by=recorder) for _ in range(3)]
    for record in records[:2]:
        make.do(approve_record, by=approver.caller, record=record)
    make.do(void_record, **make.by_two(), record=records[0], reason="不实")
    make.do(reject_record, by=approver.caller, record=records[2], reason="重复")
    make.do(show_phone, by=recorder.caller, number=volunteer.number)
    make.do(tell_by_worker, by=recorder.caller, number=volunteer.number, how="phone", news=[1, 2])
    _write_of(make, volunteer.number)
    listed = f"编号,姓名,手机,服务区域\nQ1,{NAME},{PHONE},{AREA}\n".encode()
    import_volunteers(bank, SOMEBODY, listed, "a.csv")
    hours = f"编号,姓名,活动名称,荣誉时数,活动日期\nQ1,{NAME},清扫,2,2026-11-01\n".encode()
    import_hours(bank, recorder.caller, hours, "b.csv")
    make.do(
        record_service,
        number="Q1",
        activity="慰问",
        minutes=60,
        served_on="2026-11-02",
    )
    open_pairing(bank, by=SOMEBODY, key=new_key(), shop=_shop(make), name="自助机")
    for login in (NAME, PASSWORD):
        with pytest.raises(LoginWrong):
            check_password(bank, login, PASSWORD)
    gone = make.volunteer(name=NAME + "二", phone=PHONE)
    make.do(erase_volunteer, number=gone.number)


def _write_of(make: Make, number: str) -> None:
    """Planted words in everything that is written about somebody."""
    day = "2026-11-18"
    training = {"held_on": day, "minutes": 60, "subject": WRITTEN, "organiser": WRITTEN}
    [line] = make.do(note_training, numbers=[number], **training).answer["lines"]
    make.do(note_award, numbers=[number], given_on=day, name=WRITTEN, given_by=WRITTEN)
    marks = {"punctuality": 5, "attitude": 5, "skill": 5, "evaluator": WRITTEN}
    make.do(note_evaluation, number=number, evaluated_on=day, remark=WRITTEN, **marks)
    make.do(strike_out, block="training", line=line, reason=WRITTEN)


def _shop(make: Make) -> str:
    make.do(add_organisation, code="dt", name="丁街道", kind="community")
    make.do(add_shop, organisation="dt", code="s", name="超市")
    return "s"


def _every_cell(session: Session) -> dict[str, list[str]]:
    """Every value of every table, as text."""
    if session.is_sqlite:
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    tables = [row[0] for row in session.rows(text(names))]
    return {
        table: [
            value.decode(errors="replace") if isinstance(value, bytes) else str(value)
            for row in session.rows(text(f'SELECT * FROM "{table}"'))
            for value in row
        ]
        for table in tables
    }
