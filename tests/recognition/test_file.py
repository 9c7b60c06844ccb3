"""A person's file: what is noted, struck out, and forgotten with the person."""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.foundation import Bank, Outcome
from pointsbank.foundation.sheet_errors import TextUnsafe
from pointsbank.people import VolunteerErased, VolunteerRef, VolunteerUnknown, erase_volunteer
from pointsbank.recognition import (
    PEOPLE_MOST,
    DayAhead,
    FileBlocks,
    LengthInvalid,
    LineStruck,
    LineUnknown,
    MarkInvalid,
    OthersRecord,
    PeopleMissing,
    WordsMissing,
    get_blocks,
    note_award,
    note_evaluation,
    note_training,
    strike_out,
)
from tests.make import Make

TRAINING = {"subject": "急救", "organiser": "区红十字会", "held_on": "2026-11-18", "minutes": 150}
AWARD = {
    "name": "最美志愿者",
    "document": "关于表彰的通报",
    "document_number": "晴川〔2026〕3号",
    "given_by": "晴川街道",
    "given_on": "2026-11-01",
}
EVALUATION = {
    "punctuality": 5,
    "attitude": 4,
    "skill": 3,
    "evaluator": "三号楼住户",
    "remark": "每次都早到",
    "evaluated_on": "2026-11-19",
}


def train(make: Make, *people: VolunteerRef, **changes: Any) -> Outcome:
    return make.do(note_training, numbers=[one.number for one in people], **{**TRAINING, **changes})


def reward(make: Make, *people: VolunteerRef, **changes: Any) -> Outcome:
    return make.do(note_award, numbers=[one.number for one in people], **{**AWARD, **changes})


def evaluate(make: Make, person: VolunteerRef, **changes: Any) -> Outcome:
    return make.do(note_evaluation, number=person.number, **{**EVALUATION, **changes})


def blocks_of(bank: Bank, person: VolunteerRef) -> FileBlocks:
    return get_blocks(bank, volunteer_id=person.id)


def test_what_is_noted_stands_in_the_file_word_for_word(make: Make, bank: Bank) -> None:
    person = make.volunteer()
    record = make.record(person)
    train(make, person)
    reward(make, person)
    evaluate(make, person, record=record)
    blocks = blocks_of(bank, person)
    [training], [award], [evaluation] = blocks.trainings, blocks.awards, blocks.evaluations
    assert (training.facts, training.words) == (
        {"held_on": "2026-11-18", "minutes": 150},
        {"subject": "急救", "organiser": "区红十字会"},
    )
    assert {**award.facts, **award.words} == AWARD
    assert {**evaluation.facts, **evaluation.words} == {**EVALUATION, "record": record}
    assert (training.noted_by, training.stands, blocks.training_minutes) == ("staff:1", True, 150)


def test_a_training_of_many_stands_in_every_file(make: Make, bank: Bank) -> None:
    people = [make.volunteer() for _ in range(3)]
    done = train(make, *people, people[0])
    assert done.answer["numbers"] == sorted(one.number for one in people)
    assert [len(blocks_of(bank, one).trainings) for one in people] == [1, 1, 1]


def test_the_newest_line_comes_first(make: Make, bank: Bank) -> None:
    person = make.volunteer()
    for day in ("2026-11-10", "2026-11-12", "2026-11-11"):
        train(make, person, held_on=day)
    assert [one.facts["held_on"][-2:] for one in blocks_of(bank, person).trainings] == [
        "12",
        "11",
        "10",
    ]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"subject": "  "}, WordsMissing),
        ({"organiser": ""}, WordsMissing),
        ({"held_on": "2026-11-21"}, DayAhead),
        ({"minutes": 0}, LengthInvalid),
        ({"minutes": 60_001}, LengthInvalid),
        ({"minutes": 1.5}, LengthInvalid),
        ({"subject": "急救\u202e"}, TextUnsafe),
        ({"numbers": []}, PeopleMissing),
        ({"numbers": [f"T{n}" for n in range(PEOPLE_MOST + 1)]}, PeopleMissing),
        ({"numbers": ["nobody"]}, VolunteerUnknown),
    ],
)
def test_what_cannot_be_is_not_noted(
    make: Make, bank: Bank, change: dict[str, Any], refusal: type[Exception]
) -> None:
    person = make.volunteer()
    with pytest.raises(refusal):
        make.do(note_training, **{"numbers": [person.number], **TRAINING, **change})
    assert blocks_of(bank, person).trainings == []


@pytest.mark.parametrize("mark", [0, 6, True, "5"])
def test_a_mark_is_from_one_to_five(make: Make, mark: Any) -> None:
    with pytest.raises(MarkInvalid):
        evaluate(make, make.volunteer(), skill=mark)


def test_a_service_is_evaluated_in_the_file_of_whoever_did_it(make: Make) -> None:
    others = make.record(make.volunteer())
    with pytest.raises(OthersRecord):
        evaluate(make, make.volunteer(), record=others)


def test_a_line_is_struck_out_once_and_stays_readable(make: Make, bank: Bank) -> None:
    person = make.volunteer()
    [line] = train(make, person).answer["lines"]
    with pytest.raises(WordsMissing):
        make.do(strike_out, block="training", line=line, reason=" ")
    done = make.do(strike_out, block="training", line=line, reason="记错了人")
    assert done.answer == {"number": person.number, "block": "training", "line": line}
    blocks = blocks_of(bank, person)
    [struck] = blocks.trainings
    assert (struck.stands, struck.words["subject"], struck.struck_reason) == (
        False,
        "急救",
        "记错了人",
    )
    assert (blocks.training_minutes, blocks.standing().trainings) == (0, [])
    with pytest.raises(LineStruck):
        make.do(strike_out, block="training", line=line, reason="再划")
    with pytest.raises(LineUnknown):
        make.do(strike_out, block="award", line=line, reason="没有")


def test_whoever_is_forgotten_leaves_lines_without_words(make: Make, bank: Bank) -> None:
    person, other = make.volunteer(), make.volunteer()
    train(make, person, other)
    [line] = reward(make, person).answer["lines"]
    make.do(strike_out, block="award", line=line, reason="同名的另一位")
    make.do(erase_volunteer, number=person.number)
    blocks = blocks_of(bank, person)
    assert (blocks.trainings[0].words, blocks.trainings[0].facts["minutes"]) == ({}, 150)
    assert (blocks.awards[0].words, blocks.awards[0].struck_reason) == ({}, None)
    assert blocks_of(bank, other).trainings[0].words["subject"] == "急救"
    for noting in (train, reward, evaluate):
        with pytest.raises(VolunteerErased):
            noting(make, person)
