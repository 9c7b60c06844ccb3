"""Stand-ins (演练替身): a holder of a card that a rehearsal uses, so that no neighbour's card is.

A stand-in is a volunteer with a number that says so. It is let in with its card and leaves with it;
nothing personal is behind it. The steps here are for the room that rehearses.
"""

from __future__ import annotations

from sqlalchemy import bindparam, update

import pointsbank.people.cards as cards
import pointsbank.people.volunteers as volunteers
from pointsbank.foundation import Act, Bank, Session, find_setting, keep_setting, statement
from pointsbank.ledger import points_id
from pointsbank.people.card_faces import list_card_faces
from pointsbank.people.card_sheet import CardFace
from pointsbank.people.cards import Card
from pointsbank.people.persons import PersonalData
from pointsbank.people.volunteers import STAND_IN, Volunteer, VolunteerRef, find_volunteers_by_id

NAME = "演练"
OPEN, LAST = "rehearsal_open", "rehearsal_done"
_NOBODY = ""

_END_CARD = statement(
    update(Card)
    .where(Card.wallet_id == bindparam("of_wallet"), Card.status != "replaced")
    .values(status="replaced", ended_at=bindparam("new_ended_at"))
)
_LEAVE = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"), Volunteer.left_on.is_(None))
    .values(left_on=bindparam("new_left_on"))
)


def is_stand_in(number: str) -> bool:
    """Whether a volunteer's number is a stand-in's.

    >>> is_stand_in("REHEARSAL-12"), is_stand_in("9999001000000001")
    (True, False)
    """
    return number.startswith(STAND_IN)


def let_in_stand_in(act: Act) -> tuple[VolunteerRef, str]:
    """A new stand-in with an empty wallet, and the short number of its card."""
    volunteer = volunteers.register(
        act,
        commodity_id=points_id(act.session),
        number=f"{STAND_IN}{act.receipt_id}",
        data=PersonalData(NAME, form_of_address=NAME),
        registered_on=None,
        team=None,
    )
    short_number = cards.issue(
        act, wallet_id=volunteer.wallet.id, owed_id=volunteer.owed.id, volunteer_id=volunteer.id
    )
    keep_setting(act.session, OPEN, str(volunteer.id))
    return volunteer, short_number


def see_off_stand_in(act: Act, volunteer: VolunteerRef, *, rehearsed: bool) -> None:
    """End a stand-in and its card; `rehearsed` says whether anything had been bought with it.

    The card ends as one does that was replaced, so that nobody can find it again.
    """
    act.session.run(_END_CARD, of_wallet=volunteer.wallet.id, new_ended_at=act.now)
    act.session.run(_LEAVE, of_id=volunteer.id, new_left_on=act.today)
    keep_setting(act.session, OPEN, _NOBODY)
    if rehearsed:
        keep_setting(act.session, LAST, str(volunteer.id))


def find_stand_in(session: Session, *, ended: bool = False) -> VolunteerRef | None:
    """Who stands in now, or who did last, or None."""
    found = find_setting(session, LAST if ended else OPEN)
    if not found:
        return None
    return find_volunteers_by_id(session, [int(found)]).get(int(found))


def find_stand_in_card(bank: Bank) -> CardFace | None:
    """What stands on the card of who stands in now, to be held before the kiosk from a screen.

    It buys what was lent and nothing more, and ends with the rehearsal; so it is no print.
    """
    stand_in = bank.database.read(find_stand_in)
    if stand_in is None:
        return None
    faces = list_card_faces(bank, card_key=bank.keys.card, numbers=[stand_in.number])
    return faces[0] if faces else None
