"""What the doors can have done here: enter organisations and families, issue and block cards.

Volunteers come and go next door in `registration.py`, staff and devices in `admission.py`.
"""

from __future__ import annotations

from sqlalchemy import select

import pointsbank.people.cards as cards
import pointsbank.people.families as families
import pointsbank.people.volunteers as volunteers
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Outcome,
    in_parts,
    operation,
    part_key,
    statement,
)
from pointsbank.people.organisations import (
    get_organisation,
    insert_organisation,
    insert_under_own_code,
)
from pointsbank.people.shops import insert_shop
from pointsbank.people.volunteers import Volunteer, VolunteerRef, get_volunteer, refuse_left

# A card takes five statements; a longer list would hold the writer beyond 50 ms.
CARDS_MOST = 25

# ---------------------------------------------------------------------------- organisations, shops


@operation("people.add_organisation")
def add_organisation(
    act: Act, *, name: str, kind: str, code: str | None = None, thanks_public: bool = False
) -> Answer:
    """Enter an organisation, without a code under the next of our own. Raises CodeTaken."""
    session = act.session
    if code is None:
        number, code = insert_under_own_code(
            session, name=name, kind=kind, thanks_public=thanks_public
        )
    else:
        number = insert_organisation(
            session, code=code, name=name, kind=kind, thanks_public=thanks_public
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


# --------------------------------------------------------------------------------------- families


@operation("people.register_family")
def register_family(act: Act) -> Answer:
    """Register a family in need under the next number; nothing else is asked."""
    family = families.register(act)
    act.for_whom = family.holder
    return {"number": family.number, "label": family.label}


@operation("people.end_family")
def end_family(act: Act, *, number: str) -> Answer:
    """Close a family's account (停用): its card is blocked, its points stay where they are.

    There is nothing personal to erase. Raises FamilyUnknown, FamilyEnded.
    """
    family = families.get_family(act.session, number)
    families.refuse_ended(family)
    card = cards.find_card_in_use(act.session, family.wallet.id)
    if card is not None and card.status == "active":
        cards.block(act, card)
    families.end(act, family.id)
    act.for_whom = family.holder
    return {"number": family.number, "ended_on": act.today}


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
    families.refuse_ended(family)
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
    """Issue a card to each of at most CARDS_MOST volunteers who has none; pass over the others."""
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
    """Issue a card to every volunteer who has none, or to those named; in parts."""
    wanted = numbers or bank.database.read(
        lambda session: [row.number for row in session.rows(_WITHOUT_CARD)]
    )
    issued, receipt = 0, ""
    for part in in_parts(wanted, CARDS_MOST):
        done = issue_cards(bank, by=by, key=part_key(key, part), numbers=list(part))
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
