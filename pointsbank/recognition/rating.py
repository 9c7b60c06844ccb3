"""Giving stars (星级评定): asked for or put forward, looked at by one, approved by another.

Nothing here happens by itself: hours make a candidate, and people make a star.
"""

from __future__ import annotations

from typing import Any

from pointsbank.foundation import Act, Answer, hours_text, operation
from pointsbank.people import (
    BenefitsOneself,
    RoleMissing,
    VolunteerRef,
    hold_volunteer,
    hold_volunteer_by_id,
    refuse_left,
    require_admin,
    require_oneself,
    require_person,
    require_second,
    tell,
    write_words,
)
from pointsbank.recognition.errors import (
    StarDecided,
    StarNotReached,
    StarOpen,
    StarOutOfOrder,
    StarsComplete,
    StarSecondMissing,
    StarsStand,
    StarUnchecked,
)
from pointsbank.recognition.measures import Measure, read_measures
from pointsbank.recognition.noted import REASON_MOST, required
from pointsbank.recognition.star_rules import (
    StarStep,
    StarTable,
    insert_star_rule,
    read_star_table,
    star_rule_by_version,
    star_rule_on,
)
from pointsbank.recognition.stars import (
    OPEN,
    anything_decided,
    decide,
    facts_of,
    find_open,
    highest_star,
    insert_star,
    lock_star,
    lower,
    note_looked,
    owner_of,
    propose,
    read_held,
    read_star_number,
    star_number,
)

APPROVE, LOWER = "recognition.approve_star", "recognition.lower_stars"
SET_RULE = "recognition.set_star_rule"


@operation(SET_RULE)
def set_star_rule(
    act: Act, *, document: dict[str, Any], starts_on: str, proposed_by: str | None = None
) -> Answer:
    """Set the next version of the table of stars, from a day on (定星级标准).

    An admin does; once a star has been decided on, one proposes and a second person confirms.
    Raises StarRuleWrong, StarRuleInPast, RoleMissing, and what `require_second` raises.
    """
    table = read_star_table(document)
    if anything_decided(act.session):
        require_second(act, SET_RULE, first=proposed_by or "")
    else:
        require_admin(act)
    version = insert_star_rule(act, table, starts_on=starts_on, proposed_by=proposed_by)
    return {"version": version, "starts_on": starts_on, "proposed_by": proposed_by}


@operation("recognition.apply_for_star")
def apply_for_star(act: Act) -> Answer:
    """Ask for the next star on one's own page (申请星级).

    Raises RoleMissing, VolunteerLeft, StarOpen, StarsComplete, StarNotReached, StarSecondMissing.
    """
    volunteer_id = require_oneself(act)
    person = hold_volunteer_by_id(act.session, volunteer_id)
    refuse_left(person)
    if find_open(act.session, volunteer_id) is not None:
        raise StarOpen()
    stars, facts = _next(act, person)
    made = insert_star(act, volunteer_id, stars, facts, proposed=False)
    return {"star": star_number(made), "stars": stars, "status": "applied"}


@operation("recognition.propose_star")
def propose_star(act: Act, *, number: str) -> Answer:
    """Put a volunteer forward for the next star (提出评定), whether or not they asked themselves.

    Raises RoleMissing, SecondPersonNeeded, BenefitsOneself, VolunteerLeft, StarOpen, StarsComplete,
    StarNotReached, StarSecondMissing.
    """
    worker = require_person(act, "worker", "admin")
    person = hold_volunteer(act.session, number)
    refuse_left(person)
    if worker.volunteer_id == person.id:
        raise BenefitsOneself()
    asked = find_open(act.session, person.id)
    if asked is not None and asked.status == "proposed":
        raise StarOpen()
    stars, facts = _next(act, person)
    if asked is None:
        made = insert_star(act, person.id, stars, facts, proposed=True)
    else:
        made = asked.id
        propose(act, made, facts)
    act.for_whom = person.holder
    return {"star": star_number(made), "stars": stars, "status": "proposed"}


def _next(act: Act, person: VolunteerRef) -> tuple[int, dict[str, Any]]:
    """The next star of somebody who has enough for it, and what it takes."""
    version = star_rule_on(act.session, act.today)
    stars = highest_star(act.session, person.id) + 1
    step = version.table.step(stars)
    if step is None:
        raise StarsComplete(stars=stars - 1)
    measure = read_measures(act.session, [person.id], version.table)[person.id]
    _refuse_short(version.table, step, stars, measure)
    return stars, facts_of(version, step, measure)


def _refuse_short(table: StarTable, step: StarStep, stars: int, measure: Measure) -> None:
    if measure.minutes < step.minutes:
        hours = hours_text(measure.minutes)
        raise StarNotReached(stars=stars, hours=hours, needed=step.hours)
    if not measure.reaches(table, step):
        raise StarSecondMissing(stars=stars, second=table.second)


@operation(APPROVE)
def approve_star(act: Act, *, star: str) -> Answer:
    """Give a star to whom somebody else has put forward (评定星级).

    What it rests on is measured once more. Raises StarUnknown, StarUnchecked, StarDecided,
    StarOutOfOrder, StarNotReached, StarSecondMissing, RoleMissing, and what `require_second`
    raises.
    """
    person, row = _lock(act, star)
    if row.status == "applied":
        raise StarUnchecked()
    _refuse_decided(row)
    second = require_second(act, APPROVE, first=row.proposed_by, volunteers=[person.id])
    if row.approver is not None and row.approver not in second.roles:
        raise RoleMissing(needed=row.approver)
    if highest_star(act.session, person.id) != row.stars - 1:
        raise StarOutOfOrder(stars=row.stars)
    table, step = _asked_by(act, row)
    measure = read_measures(act.session, [person.id], table)[person.id]
    _refuse_short(table, step, row.stars, measure)
    decide(act, row.id, "approved", measure)
    about = f"star:{row.id}"
    tell(act, "recognition.star_approved", person.holder, about=about, stars=f"{row.stars}")
    return {"star": star, "stars": row.stars, "status": "approved", "number": person.number}


@operation("recognition.refuse_star")
def refuse_star(act: Act, *, star: str, reason: str) -> Answer:
    """Turn down a star that is asked for (不予评定), saying why to the person.

    Raises StarUnknown, StarDecided, WordsMissing, BenefitsOneself, RoleMissing.
    """
    decider = require_person(act, "worker", "witness", "admin")
    person, row = _lock(act, star)
    _refuse_decided(row)
    if decider.volunteer_id == person.id:
        raise BenefitsOneself()
    why = write_words(act.session, person, reason=required(reason, REASON_MOST))
    decide(act, row.id, "refused", Measure(row.minutes, row.points, row.quality), words_id=why)
    about = f"star:{row.id}:refused"
    tell(act, "recognition.star_refused", person.holder, about=about, stars=f"{row.stars}")
    return {"star": star, "stars": row.stars, "status": "refused", "number": person.number}


@operation(LOWER)
def lower_stars(act: Act, *, number: str, reason: str, proposed_by: str) -> Answer:
    """Take back the stars whose hours or points are gone, and those above them (降低星级).

    One proposes, another confirms. Raises StarsStand where the tables by which they were given do
    not lower, or what they took is there; WordsMissing, and what `require_second` raises.
    """
    person = hold_volunteer(act.session, number)
    require_second(act, LOWER, first=proposed_by, volunteers=[person.id])
    held, fallen, _ = _fallen(act, person)
    why = write_words(act.session, person, reason=required(reason, REASON_MOST))
    gone = [row for row in held if row.stars >= fallen[0].stars]
    for row in gone:
        lower(act, row.id, why)
    left = fallen[0].stars - 1
    act.for_whom = person.holder
    about = f"stars:{act.receipt_id}"
    tell(act, "recognition.stars_lowered", person.holder, about=about, stars=f"{left}")
    lowered = [row.stars for row in gone]
    return {"number": number, "lowered": lowered, "stars": left, "proposed_by": proposed_by}


@operation("recognition.keep_stars")
def keep_stars(act: Act, *, number: str, note: str) -> Answer:
    """Look at stars whose hours or points have shrunk, and leave them (看过，保留星级).

    They come up again only when what they rest on shrinks further. Raises StarsStand, WordsMissing,
    BenefitsOneself, RoleMissing.
    """
    worker = require_person(act, "worker", "admin")
    person = hold_volunteer(act.session, number)
    if worker.volunteer_id == person.id:
        raise BenefitsOneself()
    _, fallen, measures = _fallen(act, person)
    why = write_words(act.session, person, note=required(note, REASON_MOST))
    for row in fallen:
        note_looked(act, row.id, measures[row.id], why)
    act.for_whom = person.holder
    return {"number": number, "kept": [row.stars for row in fallen]}


def _fallen(act: Act, person: VolunteerRef) -> tuple[list[Any], list[Any], dict[int, Measure]]:
    """The stars somebody has, those of them that may be lowered now, and what each is worth."""
    held = read_held(act.session, person.id)
    measures: dict[int, Measure] = {}
    fallen = []
    for row in held:
        table, _step = _asked_by(act, row)
        measures[row.id] = read_measures(act.session, [person.id], table)[person.id]
        if row.lowers and has_fallen(row, measures[row.id]):
            fallen.append(row)
    if not fallen:
        raise StarsStand()
    return held, fallen, measures


def _asked_by(act: Act, row: Any) -> tuple[StarTable, StarStep]:
    """The table by which somebody was put forward for a star, and its step."""
    table = star_rule_by_version(act.session, row.rule_version).table
    step = table.step(row.stars)
    assert step is not None
    return table, step


def has_fallen(row: Any, measure: Measure) -> bool:
    """Whether hours or points are less than a star took; what others thought lowers nobody."""
    short = row.needed_points is not None and (measure.points or 0) < row.needed_points
    return measure.minutes < row.needed_minutes or short


def _lock(act: Act, star: str) -> tuple[VolunteerRef, Any]:
    """A star and its volunteer, both held: the volunteer first, as everywhere."""
    star_id = read_star_number(star)
    person = hold_volunteer_by_id(act.session, owner_of(act.session, star_id))
    act.for_whom = person.holder
    return person, lock_star(act.session, star_id)


def _refuse_decided(row: Any) -> None:
    if row.status not in OPEN:
        raise StarDecided(status=row.status)
