"""Registration (登记): who comes in, what is known of them, who leaves, and who is forgotten.

Leaving and being forgotten are two acts: whoever leaves can come back to the same points, whoever
is forgotten leaves nothing but numbers. A helper may ask for somebody else; both are written down.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Unpack

from sqlalchemy import bindparam, select, update

import pointsbank.people.cards as cards
import pointsbank.people.consents as consents
import pointsbank.people.households as households
import pointsbank.people.personal_texts as personal_texts
import pointsbank.people.representatives as representatives
import pointsbank.people.volunteers as volunteers
from pointsbank.foundation import Act, Answer, operation, statement
from pointsbank.foundation.cells import clean_text
from pointsbank.ledger import points_id
from pointsbank.people.ages import CHILD_UNDER, may_be_child
from pointsbank.people.consents import By, ConsentFields
from pointsbank.people.errors import (
    BenefitsOneself,
    ConsentMissing,
    GuardianNeeded,
    HouseholdMissing,
    LikelyRegistered,
    VolunteerErased,
)
from pointsbank.people.namesakes import find_namesakes, hold_newcomers, may_be
from pointsbank.people.persons import (
    Person,
    PersonalData,
    PersonalFields,
    delete_person,
    kept_data,
    personal_fields,
    read_personal_data,
    update_person,
)
from pointsbank.people.representatives import RepresentativeFields
from pointsbank.people.similar import find_likely
from pointsbank.people.staff import find_actor
from pointsbank.people.volunteers import (
    Volunteer,
    VolunteerRef,
    get_volunteer,
    hold_volunteer,
    refuse_left,
)


class VolunteerFields(PersonalFields, total=False):
    """Everything that a form tells of a volunteer, new or known."""

    team: str | None
    large_type: bool
    read_aloud: bool
    hide_balance: bool
    guardian: RepresentativeFields | None
    consent: ConsentFields | None
    helper: RepresentativeFields | None


@operation("people.register_volunteer")
def register_volunteer(
    act: Act,
    *,
    number: str | None = None,
    registered_on: str | None = None,
    even_so: bool = False,
    **told: Unpack[VolunteerFields],
) -> Answer:
    """Register a volunteer, with an empty wallet and no card yet; without a number under our own.

    Raises NumberReserved, NumberTaken, GuardianNeeded, ConsentTextChanged, and, unless `even_so`
    says that the worker looked, LikelyRegistered.
    """
    data = read_personal_data(today=act.today, **personal_fields(told))
    points = points_id(act.session)
    hold_newcomers(act.session, points)
    if not even_so and (likely := find_likely(act.session, data)):
        raise LikelyRegistered(number=likely)
    if may_be_child(data.born, today=act.today):
        consent = told.get("consent")
        if not told.get("guardian") or consent is None or consent["by"] != "guardian":
            raise GuardianNeeded(under=CHILD_UNDER)
    volunteer = volunteers.register(
        act,
        commodity_id=points,
        number=volunteers.read_number(number) if number else None,
        data=data,
        registered_on=registered_on,
        team=told.get("team"),
        large_type=told.get("large_type", False),
        read_aloud=told.get("read_aloud", False),
        hide_balance=told.get("hide_balance", False),
    )
    _note_who_stands_beside(act, volunteer.id, told)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number, "volunteer": volunteer.id}


@operation("people.change_volunteer")
def change_volunteer(act: Act, *, number: str, **told: Unpack[VolunteerFields]) -> Answer:
    """Replace what is known of a volunteer; number, wallet and points stay.

    What is not told is forgotten, but the guardian and the consent, which stay until another is
    told. Raises VolunteerLeft, GuardianNeeded, ConsentTextChanged.
    """
    volunteer = hold_volunteer(act.session, number)
    refuse_left(volunteer)
    data = read_personal_data(today=act.today, **personal_fields(told))
    if may_be_child(data.born, today=act.today):
        guarded = bool(told["guardian"]) if "guardian" in told else None
        _refuse_without_guardian(act, volunteer.id, guarded, told.get("consent"))
    update_person(act.session, _persons_of(act, [volunteer.id])[volunteer.id].person_id, data)
    team = told.get("team")
    act.session.run(
        _CHANGE,
        of_id=volunteer.id,
        new_team=clean_text(team, 60) if team else None,
        new_large_type=int(told.get("large_type", False)),
        new_read_aloud=int(told.get("read_aloud", False)),
        new_hide_balance=int(told.get("hide_balance", False)),
    )
    if "guardian" in told and not told["guardian"]:
        representatives.drop_guardian(act, volunteer.id)
    _note_who_stands_beside(act, volunteer.id, told)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number}


def _refuse_without_guardian(
    act: Act, volunteer_id: int, guarded: bool | None, given: ConsentFields | None
) -> None:
    """Refuse a child without a guardian who consented; of whom nothing is told, what was stands."""
    if guarded is None:
        guarded = representatives.has_guardian(act.session, volunteer_id)
    kept = consents.find_consent(act.session, volunteer_id)
    if given is not None:
        consented = given["by"] == "guardian"
    else:
        consented = kept is not None and kept.stands and kept.given_by == "guardian"
    if not guarded or not consented:
        raise GuardianNeeded(under=CHILD_UNDER)


def _note_who_stands_beside(act: Act, volunteer_id: int, told: VolunteerFields) -> None:
    if guardian := told.get("guardian"):
        representatives.set_guardian(act, volunteer_id, guardian)
    if consent := told.get("consent"):
        consents.give(act, volunteer_id, consent)
    _note_helper(act, volunteer_id, told.get("helper"))


def _note_helper(act: Act, volunteer_id: int, helper: RepresentativeFields | None) -> None:
    if helper:
        representatives.note_helper(act, volunteer_id, helper)


_CHANGE = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"))
    .values(
        team=bindparam("new_team"),
        large_type=bindparam("new_large_type"),
        read_aloud=bindparam("new_read_aloud"),
        hide_balance=bindparam("new_hide_balance"),
    )
)

# ------------------------------------------------------------------------------------- from a list

# number or "", name, sex, phone, area, registered_on, team
VolunteerValues = tuple[str, str, str | None, str | None, str | None, str | None, str | None]


@operation("people.register_volunteers")
def register_volunteers(act: Act, *, rows: list[VolunteerValues]) -> Answer:
    """Register a chunk of a list, at most 200, and bring up to date who is there already.

    A number that belongs to another name is left alone and its place in the chunk is told; so is
    whoever has no number once somebody has come who may be meant.
    """
    points = points_id(act.session)
    there = volunteers.find_volunteers(act.session, [row[0] for row in rows if row[0]])
    unnumbered = {row[1] for row in rows if not row[0]}
    if unnumbered:
        hold_newcomers(act.session, points)
    namesakes = find_namesakes(act.session, unnumbered)
    persons = _persons_of(act, [volunteer.id for volunteer in there.values()])
    answer: dict[str, Any] = {"good": 0, "changed": 0, "repeated": 0, "refused": []}
    for place, (number, name, sex, phone, area, registered_on, team) in enumerate(rows):
        data = PersonalData(name, sex, phone, area)
        known = there.get(number)
        if not number and any(may_be(data, one) for one in namesakes.get(name, ())):
            answer["refused"].append(place)
        elif known is None:
            volunteers.register(
                act,
                commodity_id=points,
                number=number or None,
                data=data,
                registered_on=registered_on,
                team=team,
            )
            answer["good"] += 1
        elif known.name != name:
            answer["refused"].append(place)
        elif _renew(act, persons[known.id], data, registered_on, team):
            answer["changed"] += 1
        else:
            answer["repeated"] += 1
    return answer


_PERSONS = select(
    Volunteer.id.label("volunteer_id"),
    Volunteer.person_id,
    Volunteer.team,
    Volunteer.registered_on,
    Person.name,
    Person.sex,
    Person.phone,
    Person.area,
    Person.form_of_address,
    Person.born,
).outerjoin(Person, Person.id == Volunteer.person_id)


def _persons_of(act: Act, volunteer_ids: list[int]) -> dict[int, Any]:
    if not volunteer_ids:
        return {}
    found = act.session.rows(_PERSONS.where(Volunteer.id.in_(volunteer_ids)))
    return {row.volunteer_id: row for row in found}


def _renew(
    act: Act, kept: Any, data: PersonalData, registered_on: str | None, team: str | None
) -> bool:
    """Take what a newer list says; what it leaves blank stays. Whether anything was new."""
    before = kept_data(kept)
    renewed = replace(before, **{name: told for name, told in vars(data).items() if told})
    place = (team or kept.team, registered_on or kept.registered_on)
    if renewed == before and place == (kept.team, kept.registered_on):
        return False
    update_person(act.session, kept.person_id, renewed)
    volunteers.set_team(act.session, kept.volunteer_id, *place)
    return True


# -------------------------------------------------------------------- leaving, and being forgotten


@operation("people.see_off_volunteer")
def see_off_volunteer(
    act: Act, *, number: str, helper: RepresentativeFields | None = None
) -> Answer:
    """End somebody's time as a volunteer (退出): the card is blocked, points and file stay.

    Raises VolunteerLeft.
    """
    volunteer = hold_volunteer(act.session, number)
    refuse_left(volunteer)
    _block_card(act, volunteer)
    volunteers.set_left(act.session, volunteer.id, act.today)
    _note_helper(act, volunteer.id, helper)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number, "left_on": act.today}


@operation("people.take_back_volunteer")
def take_back_volunteer(
    act: Act, *, number: str, helper: RepresentativeFields | None = None
) -> Answer:
    """Let somebody who left come back (恢复登记) to the same wallet; the card is found or replaced.

    Raises VolunteerErased for whom nobody knows any more.
    """
    volunteer = hold_volunteer(act.session, number)
    if volunteer.name is None:
        raise VolunteerErased(number=volunteer.number)
    volunteers.set_left(act.session, volunteer.id, None)
    _note_helper(act, volunteer.id, helper)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number}


@operation("people.erase_volunteer")
def erase_volunteer(act: Act, *, number: str, helper: RepresentativeFields | None = None) -> Answer:
    """Forget a person who asked for it (注销): everything personal goes, the books stand.

    It may follow leaving. Of a helper only a volunteer's number is kept. Raises VolunteerLeft when
    the person has been forgotten before.
    """
    volunteer = hold_volunteer(act.session, number)
    if volunteer.name is None:
        refuse_left(volunteer)
    _block_card(act, volunteer)
    _note_helper(act, volunteer.id, helper)
    person_id = _persons_of(act, [volunteer.id])[volunteer.id].person_id
    left_on = volunteer.left_on or act.today
    act.session.run(_FORGET, of_id=volunteer.id, new_left_on=left_on)
    if person_id is not None:
        delete_person(act.session, person_id)
    representatives.forget_representatives(act.session, volunteer.id)
    personal_texts.forget_words(act.session, volunteer.id)
    households.leave(act, volunteer.id)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number, "left_on": left_on}


def _block_card(act: Act, volunteer: VolunteerRef) -> None:
    card = cards.find_card_in_use(act.session, volunteer.wallet.id)
    if card is not None and card.status == "active":
        cards.block(act, card)


_FORGET = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"))
    .values(person_id=None, left_on=bindparam("new_left_on"))
)

# ---------------------------------------------------------------------------- consents, households


@operation("people.write_consent_text")
def write_consent_text(act: Act, *, text: str, after: int, text_en: str = "") -> Answer:
    """Write the next version of what people consent to, in English too where somebody can.

    Raises ConsentTextChanged, TextTooLong.
    """
    return {"version": consents.write_wording(act, text, after=after, text_en=text_en)}


@operation("people.give_consent")
def give_consent(act: Act, *, number: str, version: int, given_by: By) -> Answer:
    """Note that somebody consented to the newest text; for a child only the guardian can.

    Raises ConsentTextChanged, GuardianNeeded, VolunteerLeft.
    """
    volunteer = get_volunteer(act.session, number)
    refuse_left(volunteer)
    consent: ConsentFields = {"version": version, "by": given_by}
    if may_be_child(_persons_of(act, [volunteer.id])[volunteer.id].born, today=act.today):
        _refuse_without_guardian(act, volunteer.id, None, consent)
    consents.give(act, volunteer.id, consent)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number, "version": version}


@operation("people.withdraw_consent")
def withdraw_consent(act: Act, *, number: str) -> Answer:
    """Note that somebody took a consent back (撤回同意). Raises ConsentMissing."""
    volunteer = get_volunteer(act.session, number)
    if not consents.withdraw(act, volunteer.id):
        raise ConsentMissing()
    act.for_whom = volunteer.holder
    return {"number": volunteer.number}


@operation("people.join_household")
def join_household(act: Act, *, number: str, member: str, consented_on: str) -> Answer:
    """Put a volunteer into the household of another (同住), whose first two they may be.

    Raises HouseholdTaken, VolunteerLeft, VolunteerUnknown.
    """
    newcomer, there = get_volunteer(act.session, number), get_volunteer(act.session, member)
    for volunteer in (newcomer, there):
        refuse_left(volunteer)
    household = households.join(act, newcomer, there, consented_on)
    act.for_whom = newcomer.holder
    return {"number": newcomer.number, "household": household}


@operation("people.leave_household")
def leave_household(act: Act, *, number: str) -> Answer:
    """Take a volunteer out of the household (不再同住).

    Nobody ends what keeps them from deciding for those at home. Raises BenefitsOneself,
    HouseholdMissing.
    """
    volunteer = get_volunteer(act.session, number)
    worker = find_actor(act.session, act.caller.actor)
    own = worker.volunteer_id if worker else None
    if own is not None and households.same_household(act.session, own, volunteer.id):
        raise BenefitsOneself()
    if not households.leave(act, volunteer.id):
        raise HouseholdMissing()
    act.for_whom = volunteer.holder
    return {"number": volunteer.number}
