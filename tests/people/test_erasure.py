"""Being forgotten: nothing personal is left, not even in the file's free pages; the books stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from pointsbank.earning import approve_record
from pointsbank.foundation import Bank, Clock, Keys, Session, open_database
from pointsbank.people import (
    VolunteerErased,
    VolunteerLeft,
    change_volunteer,
    erase_volunteer,
    get_volunteer,
    give_consent,
    join_household,
    register_volunteer,
    see_off_volunteer,
    take_back_volunteer,
)
from pointsbank.recognition import (
    note_award,
    note_evaluation,
    note_training,
    prepare_certificate,
    sign_certificate,
    strike_out,
)
from tests.at_once import at_once
from tests.books import books_are_right
from tests.make import Make
from tests.snapshot import snapshot

PLANTED = {
    "name": "慕容拾遗",
    "phone": "19912345678",
    "area": "丙区某某路八号",
    "form_of_address": "慕容奶奶",
    "born": "2016-05-04",
}
SECOND = {"name": "慕容拾穗", "phone": "027-84848484"}
GUARDIAN = {"name": "欧阳守护", "phone": "19987654321", "relation": "parent"}
SECOND_GUARDIAN = {"name": "欧阳接手", "phone": "19987650000", "relation": "parent"}
HELPER = {"name": "诸葛代办", "phone": "19911112222", "relation": "neighbour"}
TRAINING = {"subject": "拾遗家的急救课", "organiser": "上官办班"}
AWARD = {"name": "慕容家的最美", "given_by": "司马颁奖", "document": "关于拾遗的通报"}
EVALUATION = {"evaluator": "皇甫住户", "remark": "给拾遗送过锦旗"}
STRUCK = "记成了拾穗"
REMARKS = "拾遗入学要用"
# What people write of somebody, which stands beside the person's own data.
WRITTEN = {*TRAINING.values(), *AWARD.values(), *EVALUATION.values(), STRUCK, REMARKS}
WORDS = WRITTEN | {
    word
    for told in (PLANTED, SECOND, GUARDIAN, SECOND_GUARDIAN, HELPER)
    for word in told.values()
    if word not in {"parent", "neighbour"}
}
BY_GUARDIAN = {"version": 1, "by": "guardian"}


def found_in(bank: Bank) -> dict[str, set[str]]:
    """Which of the planted words stand in which table."""
    found: dict[str, set[str]] = {}
    for table, rows in snapshot(bank).items():
        cells = [
            cell.decode(errors="replace") if isinstance(cell, bytes) else str(cell)
            for row in rows
            for cell in row
        ]
        if words := {word for word in WORDS if any(word in cell for cell in cells)}:
            found[table] = words
    return found


def _live(make: Make) -> str:
    """A child's whole life in the bank, told by everybody who may be told of; the number."""
    make.rule()
    made = make.do(
        register_volunteer,
        **PLANTED,
        guardian=GUARDIAN,
        consent=BY_GUARDIAN,
        helper=HELPER,
        even_so=True,
    )
    number = str(made.answer["number"])
    make.do(
        change_volunteer,
        number=number,
        **{**PLANTED, **SECOND},
        guardian=SECOND_GUARDIAN,
        helper=HELPER,
    )
    make.do(change_volunteer, number=number, **PLANTED)
    make.do(give_consent, number=number, version=1, given_by="guardian")
    relative = make.volunteer(name="李四")
    make.do(join_household, number=relative.number, member=number, consented_on="2026-11-01")
    make.do(see_off_volunteer, number=number, helper=HELPER)
    make.do(take_back_volunteer, number=number, helper=HELPER)
    _write_of(make, number)
    return number


def _write_of(make: Make, number: str) -> None:
    """Everything that is written about somebody in free words."""
    day = "2026-11-18"
    make.do(note_training, numbers=[number], held_on=day, minutes=60, **TRAINING)
    awarded = make.do(note_award, numbers=[number], given_on=day, **AWARD)
    marks = {"punctuality": 5, "attitude": 5, "skill": 5}
    make.do(note_evaluation, number=number, evaluated_on=day, **marks, **EVALUATION)
    _certify(make, number)
    [line] = awarded.answer["lines"]
    make.do(strike_out, block="award", line=line, reason=STRUCK)


def _certify(make: Make, number: str) -> None:
    """A certificate, whose snapshot holds the full name."""
    person = make.bank.database.read(lambda session: get_volunteer(session, number))
    record = make.record(person, 60)
    make.do(approve_record, by=make.staff("witness").caller, record=record)
    told = {"number": number, "contact": "027-1", "remarks": REMARKS}
    prepared = make.do(prepare_certificate, by=make.staff("worker").caller, **told).answer
    named = {"certificate": prepared["certificate"], "snapshot": prepared["snapshot"]}
    make.do(sign_certificate, by=make.staff("witness").caller, **named)


def test_whoever_is_forgotten_is_found_in_no_cell_of_any_table(make: Make, bank: Bank) -> None:
    number = _live(make)
    before = found_in(bank)
    assert set(before) == {"person", "personal_text"}
    assert before["personal_text"] >= WRITTEN
    # The first guardian went with the second; everybody else is there to be forgotten.
    assert before["person"] == WORDS - WRITTEN - set(SECOND.values()) - {
        GUARDIAN["name"],
        GUARDIAN["phone"],
    }
    make.do(erase_volunteer, number=number, helper=HELPER)
    assert found_in(bank) == {}
    books_are_right(bank)


def test_without_letting_go_of_the_representatives_the_search_would_find_them(
    make: Make, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _live(make)
    monkeypatch.setattr("pointsbank.people.representatives.forget_representatives", lambda *_: None)
    make.do(erase_volunteer, number=number)
    assert found_in(bank) == {
        "person": {*SECOND_GUARDIAN.values(), *HELPER.values()} - {"parent", "neighbour"}
    }


def test_without_letting_go_of_the_words_the_search_would_find_them(
    make: Make, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _live(make)
    monkeypatch.setattr("pointsbank.people.personal_texts.forget_words", lambda *_: None)
    make.do(erase_volunteer, number=number)
    assert found_in(bank)["personal_text"] >= WRITTEN


def test_whoever_is_written_of_and_forgotten_at_once_is_forgotten(make: Make, bank: Bank) -> None:
    for _ in range(8):
        number = make.volunteer(name=PLANTED["name"]).number
        told = {"numbers": [number], "held_on": "2026-11-18", "minutes": 60, **TRAINING}
        notes = [lambda told=told: make.do(note_training, **told) for _ in range(3)]
        outcomes = at_once([*notes, lambda number=number: make.do(erase_volunteer, number=number)])
        wrong = [one for one in outcomes if isinstance(one, Exception)]
        assert all(isinstance(one, VolunteerErased) for one in wrong), wrong
    assert found_in(bank) == {}


def test_whoever_is_changed_and_forgotten_at_once_is_forgotten(make: Make, bank: Bank) -> None:
    told = {**PLANTED, "guardian": GUARDIAN, "consent": BY_GUARDIAN, "helper": HELPER}
    for _ in range(8):
        person = make.volunteer(**told, even_so=True)
        changes = [
            lambda number=person.number: make.do(change_volunteer, number=number, **told)
            for _ in range(3)
        ]
        outcomes = at_once(
            [*changes, lambda number=person.number: make.do(erase_volunteer, number=number)]
        )
        wrong = [one for one in outcomes if isinstance(one, Exception)]
        assert all(isinstance(one, VolunteerLeft) for one in wrong), wrong
    assert found_in(bank) == {}


def test_the_points_of_whoever_is_forgotten_stand_and_the_books_are_right(
    make: Make, bank: Bank
) -> None:
    make.rule()
    person = make.volunteer(**PLANTED, guardian=GUARDIAN, consent=BY_GUARDIAN)
    recorder, approver = make.staff(), make.staff("witness")
    record = make.record(person, by=recorder)
    make.do(approve_record, by=approver.caller, record=record)
    make.do(erase_volunteer, number=person.number)
    assert make.balance(person.wallet) == 20
    books_are_right(bank)


def _bytes_of(bank: Bank) -> bytes:
    """The database's files as they lie on the disk, once everything is in the one file."""
    database = Path(make_url(bank.database.url).database or "")

    def empty_log(session: Session) -> None:
        session.rows(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    bank.database.read(empty_log)
    bank.close()
    return b"".join(path.read_bytes() for path in database.parent.glob(database.name + "*"))


@pytest.fixture
def in_a_file(sqlite_url: str, keys: Keys, clock: Clock, tmp_path: Path) -> Make:
    """A bank in one file, whose bytes can be looked at once it is closed."""
    return Make(Bank(tmp_path, open_database(sqlite_url), keys, clock))


def test_the_file_itself_holds_no_letter_of_the_forgotten(in_a_file: Make) -> None:
    number = _live(in_a_file)
    in_a_file.do(erase_volunteer, number=number)
    left = _bytes_of(in_a_file.bank)
    assert number.encode() in left
    assert [word for word in WORDS if word.encode() in left] == []


def test_without_overwriting_the_file_would_still_hold_some(in_a_file: Make) -> None:
    def keep_what_is_deleted(session: Session) -> None:
        session.rows(text("PRAGMA secure_delete=0"))

    in_a_file.bank.database.write(keep_what_is_deleted)
    number = _live(in_a_file)
    in_a_file.do(erase_volunteer, number=number)
    left = _bytes_of(in_a_file.bank)
    assert [word for word in WORDS if word.encode() in left]
