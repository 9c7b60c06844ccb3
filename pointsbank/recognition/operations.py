"""What the doors can have done with a person's file: note a training, an award, an evaluation.

A line that is wrong is struck out and written anew; what it said stays readable in the office.
"""

from __future__ import annotations

from pointsbank.earning import read_record, read_record_number
from pointsbank.foundation import Act, Answer, operation
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people import VolunteerRef, hold_volunteer
from pointsbank.recognition.awards import AWARDS, insert_award, read_award
from pointsbank.recognition.errors import OthersRecord
from pointsbank.recognition.evaluations import EVALUATIONS, insert_evaluation, read_evaluation
from pointsbank.recognition.noted import Lines, hold_people, strike
from pointsbank.recognition.trainings import TRAININGS, insert_training, read_training

BLOCKS: dict[str, Lines] = {"training": TRAININGS, "award": AWARDS, "evaluation": EVALUATIONS}
_block = one_of({name: name for name in BLOCKS})


@operation("recognition.note_training")
def note_training(
    act: Act, *, numbers: list[str], subject: str, organiser: str, held_on: str, minutes: int
) -> Answer:
    """Note a training in the files of everybody who attended it, at most 200 (记培训).

    Raises WordsMissing, DayAhead, LengthInvalid, PeopleMissing, VolunteerUnknown, VolunteerErased.
    """
    told = read_training(
        subject=subject, organiser=organiser, held_on=held_on, minutes=minutes, today=act.today
    )
    people = hold_people(act, numbers)
    return _noted(act, people, [insert_training(act, one, told) for one in people])


@operation("recognition.note_award")
def note_award(
    act: Act,
    *,
    numbers: list[str],
    name: str,
    given_by: str,
    given_on: str,
    document: str | None = None,
    document_number: str | None = None,
) -> Answer:
    """Note an award in the files of everybody who was given it, at most 200 (记表彰).

    Raises WordsMissing, DayAhead, PeopleMissing, VolunteerUnknown, VolunteerErased.
    """
    told = read_award(
        name=name,
        given_by=given_by,
        given_on=given_on,
        document=document,
        document_number=document_number,
        today=act.today,
    )
    people = hold_people(act, numbers)
    return _noted(act, people, [insert_award(act, one, told) for one in people])


@operation("recognition.note_evaluation")
def note_evaluation(
    act: Act,
    *,
    number: str,
    punctuality: int,
    attitude: int,
    skill: int,
    evaluator: str,
    evaluated_on: str,
    remark: str | None = None,
    record: str | None = None,
) -> Answer:
    """Note what somebody thought of a volunteer's service, of one record or in general (记评价).

    Raises MarkInvalid, WordsMissing, DayAhead, VolunteerUnknown, VolunteerErased, RecordUnknown,
    OthersRecord.
    """
    told = read_evaluation(
        punctuality=punctuality,
        attitude=attitude,
        skill=skill,
        evaluator=evaluator,
        remark=remark,
        evaluated_on=evaluated_on,
        today=act.today,
    )
    person = hold_volunteer(act.session, number)
    record_id = None
    if record is not None:
        record_id = read_record_number(record)
        if read_record(act.session, record_id).volunteer_id != person.id:
            raise OthersRecord(number=record)
    return _noted(act, [person], [insert_evaluation(act, person, told, record_id)])


def _noted(act: Act, people: list[VolunteerRef], lines: list[int]) -> Answer:
    if len(people) == 1:
        act.for_whom = people[0].holder
    return {"numbers": [one.number for one in people], "lines": lines}


@operation("recognition.strike_out")
def strike_out(act: Act, *, block: str, line: int, reason: str) -> Answer:
    """Strike a line of a file out (划掉), saying why. Raises LineUnknown, LineStruck, WordsMissing.

    Blocks are training, award and evaluation.
    """
    person = strike(act, BLOCKS[_block(block)], line, reason)
    act.for_whom = person.holder
    return {"number": person.number, "block": block, "line": line}
