"""What the doors can have done here: enter organisations, register people, issue and block cards.

Who may come in at all, staff and devices, is next door in `admission.py`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update

import pointsbank.people.cards as cards
import pointsbank.people.families as families
import pointsbank.people.volunteers as volunteers
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Outcome,
    operation,
    statement,
)
from pointsbank.foundation.cells import clean_text
from pointsbank.ledger import points_id
from pointsbank.people.organisations import get_organisation, insert_organisation
from pointsbank.people.persons import (
    Person,
    PersonalData,
    delete_person,
    insert_person,
    read_personal_data,
    update_person,
)
from pointsbank.people.shops import insert_shop
from pointsbank.people.volunteers import Volunteer, VolunteerRef, get_volunteer, refuse_left

CARDS_MOST = 200

# ---------------------------------------------------------------------------- organisations, shops


@operation("people.add_organisation")
def add_organisation(
    act: Act, *, code: str, name: str, kind: str, thanks_public: bool = False
) -> Answer:
    """Enter an organisation. Raises CodeTaken."""
    number = insert_organisation(
        act.session, code=code, name=name, kind=kind, thanks_public=thanks_public
    )
    return {"organisation": number, "code": code}


@operation("people.add_shop")
def add_shop(
    act: Act,
    *,
    organisation: str,
    code: str,
    name: str,
    tagline: str = "",
    opens: str = "07:00",
    closes: str = "21:00",
    help_phone: str = "",
) -> Answer:
    """Open a shop of an organisation. Raises OrganisationUnknown, CodeTaken."""
    owner = get_organisation(act.session, organisation)
    number = insert_shop(
        act.session,
        organisation_id=owner.id,
        code=code,
        name=name,
        tagline=tagline,
        opens=opens,
        closes=closes,
        help_phone=help_phone,
    )
    return {"shop": number, "code": code}


# --------------------------------------------------------------------------- volunteers, families


@operation("people.register_volunteer")
def register_volunteer(
    act: Act,
    *,
    number: str,
    name: str,
    sex: str | None = None,
    phone: str | None = None,
    area: str | None = None,
    form_of_address: str | None = None,
    team: str | None = None,
    registered_on: str | None = None,
    large_type: bool = False,
    read_aloud: bool = False,
    hide_balance: bool = False,
) -> Answer:
    """Register a volunteer, with an empty wallet and no card yet. Raises NumberTaken."""
    data = read_personal_data(
        name, sex=sex, phone_number=phone, area=area, form_of_address=form_of_address
    )
    volunteer = volunteers.register(
        act,
        commodity_id=points_id(act.session),
        number=number,
        data=data,
        registered_on=registered_on,
        team=team,
        large_type=large_type,
        read_aloud=read_aloud,
        hide_balance=hide_balance,
    )
    act.for_whom = volunteer.holder
    return {"number": volunteer.number, "volunteer": volunteer.id}


# number, name, sex, phone, area, registered_on, team
VolunteerValues = tuple[str, str, str | None, str | None, str | None, str | None, str | None]


@operation("people.register_volunteers")
def register_volunteers(act: Act, *, rows: list[VolunteerValues]) -> Answer:
    """Register a chunk of a list, at most 200, and bring up to date who is there already.

    A number that belongs to another name is left alone and its place in the chunk is told.
    """
    points = points_id(act.session)
    there = volunteers.find_volunteers(act.session, [row[0] for row in rows])
    persons = _persons_of(act, [volunteer.id for volunteer in there.values()])
    answer: dict[str, Any] = {"good": 0, "changed": 0, "repeated": 0, "refused": []}
    for place, (number, name, sex, phone, area, registered_on, team) in enumerate(rows):
        data = PersonalData(name, sex, phone, area)
        known = there.get(number)
        if known is None:
            volunteers.register(
                act,
                commodity_id=points,
                number=number,
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
    renewed = PersonalData(
        kept.name,
        data.sex or kept.sex,
        data.phone or kept.phone,
        data.area or kept.area,
        kept.form_of_address,
    )
    before = PersonalData(kept.name, kept.sex, kept.phone, kept.area, kept.form_of_address)
    place = (team or kept.team, registered_on or kept.registered_on)
    if renewed == before and place == (kept.team, kept.registered_on):
        return False
    update_person(act.session, kept.person_id, renewed)
    volunteers.set_team(act.session, kept.volunteer_id, *place)
    return True


@operation("people.change_volunteer")
def change_volunteer(
    act: Act,
    *,
    number: str,
    name: str,
    sex: str | None = None,
    phone: str | None = None,
    area: str | None = None,
    form_of_address: str | None = None,
    team: str | None = None,
    large_type: bool = False,
    read_aloud: bool = False,
    hide_balance: bool = False,
) -> Answer:
    """Replace what is known of a volunteer; number, wallet and points stay."""
    volunteer = get_volunteer(act.session, number)
    data = read_personal_data(
        name, sex=sex, phone_number=phone, area=area, form_of_address=form_of_address
    )
    kept = _persons_of(act, [volunteer.id])[volunteer.id]
    if kept.person_id is None:
        person_id = insert_person(act.session, data)
    else:
        person_id = kept.person_id
        update_person(act.session, person_id, data)
    act.session.run(
        _CHANGE,
        of_id=volunteer.id,
        new_person=person_id,
        new_team=clean_text(team, 60) if team else None,
        new_large_type=int(large_type),
        new_read_aloud=int(read_aloud),
        new_hide_balance=int(hide_balance),
    )
    act.for_whom = volunteer.holder
    return {"number": volunteer.number}


_CHANGE = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"))
    .values(
        person_id=bindparam("new_person"),
        team=bindparam("new_team"),
        large_type=bindparam("new_large_type"),
        read_aloud=bindparam("new_read_aloud"),
        hide_balance=bindparam("new_hide_balance"),
    )
)
_FORGET = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"))
    .values(person_id=None, left_on=bindparam("new_left_on"))
)


@operation("people.erase_volunteer")
def erase_volunteer(act: Act, *, number: str) -> Answer:
    """Forget a person who asked for it (注销): name and phone go, the books stand."""
    volunteer = get_volunteer(act.session, number)
    refuse_left(volunteer)
    kept = _persons_of(act, [volunteer.id])[volunteer.id]
    card = cards.find_card_in_use(act.session, volunteer.wallet.id)
    if card is not None and card.status == "active":
        cards.block(act, card)
    act.session.run(_FORGET, of_id=volunteer.id, new_left_on=act.today)
    if kept.person_id is not None:
        delete_person(act.session, kept.person_id)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number, "left_on": act.today}


@operation("people.register_family")
def register_family(act: Act) -> Answer:
    """Register a family in need under the next number; nothing else is asked."""
    family = families.register(act)
    act.for_whom = family.holder
    return {"number": family.number, "label": family.label}


# ------------------------------------------------------------------------------------------ cards


@operation("people.issue_card")
def issue_card(act: Act, *, number: str) -> Answer:
    """Issue a card to the volunteer, or to the family (F0003), with this number.

    Raises CardExists: a lost card is replaced, so that the old one ends.
    """
    volunteer = volunteers.find_volunteer(act.session, number)
    if volunteer is not None:
        refuse_left(volunteer)
        act.for_whom = volunteer.holder
        return {"number": number, "short_number": _issue_to(act, volunteer)}
    if not number.startswith("F"):
        get_volunteer(act.session, number)
    family = families.get_family(act.session, number)
    act.for_whom = family.holder
    short_number = cards.issue(act, wallet_id=family.wallet.id, owed_id=None, family_id=family.id)
    return {"number": number, "short_number": short_number}


def _issue_to(act: Act, volunteer: VolunteerRef) -> str:
    return cards.issue(
        act,
        wallet_id=volunteer.wallet.id,
        owed_id=volunteer.owed.id,
        volunteer_id=volunteer.id,
    )


@operation("people.issue_cards")
def issue_cards(act: Act, *, numbers: list[str]) -> Answer:
    """Issue a card to each of at most 200 volunteers who has none; the others are passed over."""
    issued = 0
    found = volunteers.find_volunteers(act.session, numbers[:CARDS_MOST]).values()
    for volunteer in sorted(found, key=lambda one: one.wallet.id):
        held = cards.find_card_in_use(act.session, volunteer.wallet.id)
        if held is None and volunteer.left_on is None:
            _issue_to(act, volunteer)
            issued += 1
    return {"issued": issued}


def issue_missing_cards(
    bank: Bank, *, by: Caller, key: str, numbers: list[str] | None = None
) -> Outcome:
    """Issue a card to every volunteer who has none, or to those named; in chunks of 200."""
    wanted = numbers or bank.database.read(
        lambda session: [row.number for row in session.rows(_WITHOUT_CARD)]
    )
    issued, receipt = 0, ""
    for start in range(0, len(wanted), CARDS_MOST):
        chunk = list(wanted[start : start + CARDS_MOST])
        done = issue_cards(bank, by=by, key=f"{key[:48]}_{start}", numbers=chunk)
        issued, receipt = issued + done.answer["issued"], done.receipt
    return Outcome({"issued": issued}, receipt)


_WITHOUT_CARD = statement(
    select(Volunteer.number)
    .where(
        Volunteer.left_on.is_(None),
        Volunteer.id.not_in(select(cards.Card.volunteer_id).where(cards.Card.volunteer_id > 0)),
    )
    .order_by(Volunteer.number)
)


@operation("people.block_card")
def block_card(act: Act, *, short_number: str) -> Answer:
    """Block a lost card at once (挂失). Raises CardUnknown, CardBlocked."""
    card = _card(act, short_number)
    cards.block(act, card)
    return {"short_number": card.short_number, "status": "blocked"}


@operation("people.unblock_card")
def unblock_card(act: Act, *, short_number: str) -> Answer:
    """Let a found card live again (解挂). Raises CardUnknown, CardNotBlocked."""
    card = _card(act, short_number)
    cards.unblock(act, card)
    return {"short_number": card.short_number, "status": "active"}


@operation("people.replace_card")
def replace_card(act: Act, *, short_number: str) -> Answer:
    """Give the holder a new card with the same points (补卡); the old one never works again."""
    card = _card(act, short_number)
    issued = cards.replace(act, card)
    return {"short_number": issued, "replaced": card.short_number}


def _card(act: Act, short_number: str) -> Any:
    card = cards.get_card_by_short_number(act.session, short_number)
    holder = ("volunteer", card.volunteer_id) if card.volunteer_id else ("family", card.family_id)
    act.for_whom = f"{holder[0]}:{holder[1]}"
    return card
