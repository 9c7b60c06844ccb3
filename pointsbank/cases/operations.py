"""What people do with cases (更正): say that a line is not right, take that back, answer it.

Whoever answers had no hand in the line and lives with nobody who had. To void the record behind it
takes two, as voiding always does, and is one operation with the answer.
"""

from __future__ import annotations

from collections.abc import Callable

from pointsbank.cases.cases import (
    KEPT,
    PUT_RIGHT,
    REVERSE,
    REVERSED,
    WITHDRAWN,
    KeptCase,
    decide_case,
    find_case,
    find_open_case,
    insert_case,
    lock_open_case,
    reversal_about,
)
from pointsbank.cases.cases import case_number as number_of
from pointsbank.cases.errors import CaseOpen, CaseUnknown, NothingToReverse, WordsMissing
from pointsbank.cases.lines import find_line, hands_in
from pointsbank.earning import (
    RecordNotEffective,
    lock_with_people,
    read_record,
    refuse_hands,
    void_one,
)
from pointsbank.foundation import Act, Answer, operation
from pointsbank.foundation.cells import required_text
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people import (
    VolunteerErased,
    VolunteerRef,
    find_own_volunteer,
    hold_volunteer,
    hold_volunteer_by_id,
    propose,
    require_oneself,
    require_person,
    require_second,
    take_proposal,
    tell,
    write_words,
)

WORDS_MOST = 500
TELLERS = ("worker", "witness", "admin")
_outcome = one_of({outcome: outcome for outcome in (PUT_RIGHT, KEPT)})


@operation("cases.say_wrong")
def say_wrong(act: Act, *, line: str, says: str) -> Answer:
    """Say on one's own page that a line is not right (这不对): an entry's or a record's number.

    Raises RoleMissing, LineUnknown, CaseOpen, WordsMissing.
    """
    return _open(act, hold_volunteer_by_id(act.session, require_oneself(act)), line, says)


@operation("cases.say_wrong_for")
def say_wrong_for(act: Act, *, number: str, line: str, says: str) -> Answer:
    """The same for somebody who told a worker; both are on the receipt.

    Raises SecondPersonNeeded for a command, RoleMissing, VolunteerUnknown, VolunteerErased,
    LineUnknown, CaseOpen, WordsMissing.
    """
    require_person(act, *TELLERS)
    volunteer = hold_volunteer(act.session, number)
    act.for_whom = volunteer.holder
    return _open(act, volunteer, line, says)


def _open(act: Act, volunteer: VolunteerRef, number: str, says: str) -> Answer:
    words = _words(says)
    line = find_line(act.session, volunteer, number)
    # Whoever is held opens one after the other, so that nobody opens two of one line.
    already = find_open_case(act.session, line)
    if already is not None:
        raise CaseOpen(case=number_of(already))
    says_id = write_words(act.session, volunteer, says=words)
    made = insert_case(act, volunteer.id, line, says_id)
    return {"case": made.number, "line": number, "due_on": made.due_on}


@operation("cases.withdraw")
def withdraw_case(act: Act, *, case: str) -> Answer:
    """Take back what was said (撤回): by oneself, or by a worker whom one has told.

    Raises CaseUnknown, also for another's case, CaseDecided, RoleMissing.
    """
    own = find_own_volunteer(act.caller)
    if own is None:
        require_person(act, *TELLERS)
    known = find_case(act.session, case)
    if own is not None and own != known.volunteer_id:
        raise CaseUnknown(case=case[:24])
    volunteer = hold_volunteer_by_id(act.session, known.volunteer_id)
    act.for_whom = volunteer.holder
    decide_case(act, lock_open_case(act.session, known.id), WITHDRAWN)
    return {"case": known.number, "outcome": WITHDRAWN}


@operation("cases.answer")
def answer_case(act: Act, *, case: str, outcome: str, answer: str) -> Answer:
    """Answer a case without voiding anything (答复): nothing was wrong, or it was put right.

    Raises CaseUnknown, CaseDecided, WordsMissing, SamePersonTwice, BenefitsOneself, SameHousehold,
    SecondPersonNeeded for a command, RoleMissing, VolunteerErased.
    """
    decider = require_person(act, *TELLERS)
    outcome, words = _outcome(outcome), _words(answer)
    known = find_case(act.session, case)
    volunteer = hold_volunteer_by_id(act.session, known.volunteer_id)
    act.for_whom = volunteer.holder
    held = lock_open_case(act.session, known.id)
    refuse_hands(act.session, decider, hands_in(act.session, held), [volunteer.id])
    answer_id = write_words(act.session, volunteer, answer=words)
    decide_case(act, held, outcome, answer_id=answer_id)
    _tell(act, held, volunteer)
    return {"case": held.number, "outcome": outcome}


@operation(REVERSE)
def reverse_case(act: Act, *, case: str, answer: str, proposed_by: str) -> Answer:
    """Void the record behind a case and answer it (撤回这一条), both or neither.

    One proposes, another confirms. The points go back as by `void_record`; what was spent is owed.
    Raises NothingToReverse, RecordNotEffective, what `answer_case` and `require_second` raise.
    """
    words = _words(answer)
    return _reverse(
        act, case, proposed_by, lambda whose: write_words(act.session, whose, answer=words)
    )


@operation("cases.propose_reverse")
def propose_reverse(act: Act, *, case: str, answer: str) -> Answer:
    """Have voiding and answer wait for a second person (提出撤回这一条); the case stays open.

    The answer stands with the words about the person from now on, and the proposal names it alone.
    Raises NothingToReverse, RecordNotEffective, CaseUnknown, CaseDecided, WordsMissing,
    VolunteerErased, and what `propose` raises.
    """
    words, known = _words(answer), find_case(act.session, case)
    volunteer = hold_volunteer_by_id(act.session, known.volunteer_id)
    act.for_whom = volunteer.holder
    if known.record_id is None:
        raise NothingToReverse()
    record = read_record(act.session, known.record_id)
    held = lock_open_case(act.session, known.id)
    if record.status != "effective":
        raise RecordNotEffective(number=record.number, status=record.status)
    told = {
        "case": held.number,
        "answer_id": write_words(act.session, volunteer, answer=words),
    }
    about = reversal_about(held.id)
    waits = propose(act, REVERSE, about=about, told=told, volunteers=[volunteer.id])
    return {"proposal": waits, "case": held.number}


@operation("cases.confirm_reverse")
def confirm_reverse(
    act: Act, *, case: str, answer_id: int, proposed_by: str, proposal: str
) -> Answer:
    """Confirm what waits (确认撤回这一条): the record is void and the case answered, or neither.

    Raises what `reverse_case` and `take_proposal` raise.
    """

    def keep(whose: VolunteerRef) -> int:
        told = {"case": case, "answer_id": answer_id}
        take_proposal(act, proposal, REVERSE, proposed_by=proposed_by, told=told)
        # The words went with the person, so there is no answer any more.
        if whose.name is None:
            raise VolunteerErased(number=whose.number)
        return answer_id

    return _reverse(act, case, proposed_by, keep)


def _reverse(act: Act, case: str, proposed_by: str, keep: Callable[[VolunteerRef], int]) -> Answer:
    """Void and answer; `keep` gives the id of the answer, and is the last that may refuse."""
    known = find_case(act.session, case)
    volunteer = hold_volunteer_by_id(act.session, known.volunteer_id)
    act.for_whom = volunteer.holder
    decider = require_second(act, REVERSE, first=proposed_by, volunteers=[volunteer.id])
    if known.record_id is None:
        raise NothingToReverse()
    # The accounts, then the record, then the case: everybody takes them in this order.
    people, records = lock_with_people(act, [known.record_id])
    held = lock_open_case(act.session, known.id)
    refuse_hands(act.session, decider, hands_in(act.session, held), [volunteer.id])
    record = records[known.record_id]
    if record.status != "effective":
        raise RecordNotEffective(number=record.number, status=record.status)
    answer_id = keep(volunteer)
    # The reason that stands with the record names the case; the words about a person are not there.
    posted = void_one(act, record, people[volunteer.id], f"更正 {held.number}")
    decide_case(act, held, REVERSED, answer_id=answer_id, proposed_by=proposed_by)
    _tell(act, held, volunteer)
    return {
        "case": held.number,
        "outcome": REVERSED,
        "record": record.number,
        "entry": posted.number if posted else None,
        "proposed_by": proposed_by,
    }


def _tell(act: Act, case: KeptCase, volunteer: VolunteerRef) -> None:
    about = f"case:{case.id}:answered"
    tell(act, "cases.answered", volunteer.holder, about=about, day=case.opened_on, case=case.number)


def _words(text: str) -> str:
    return required_text(text, WORDS_MOST, WordsMissing)
