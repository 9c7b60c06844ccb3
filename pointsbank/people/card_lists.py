"""Cards as the desk sees them (办卡): what lies in the drawer, is blocked, or is to be printed.

What a worker sees here names the holder as far as the list of volunteers does; a card's code is not
among it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from pointsbank.foundation import (
    Page,
    Paging,
    Session,
    find_setting,
    public_id,
    query,
    read_page,
    statement,
)
from pointsbank.people.card_codes import SHORT_NUMBER_LENGTH, is_short_number, normalise_scan
from pointsbank.people.card_faces import name_on_card, number_on_card
from pointsbank.people.card_handovers import IN_HAND, CardHandover
from pointsbank.people.card_losses import CardLoss
from pointsbank.people.card_prints import CardPrint
from pointsbank.people.cards import Card
from pointsbank.people.errors import CardUnknown, VolunteerUnknown
from pointsbank.people.families import Family
from pointsbank.people.names import mask_name
from pointsbank.people.persons import Person
from pointsbank.people.volunteers import Volunteer

SHELVES = ("drawer", "blocked", "print", "all")
PHONE_TAIL = 4
# What a kiosk remembers of a card: the end of its short number.
CARD_TAIL = 4
NEVER = "never"


@dataclass(frozen=True)
class DeskCard:
    """A card as the desk sees it.

    `printed` is what the printer last did with it: first, reprint, list, spoilt or never.
    `name_on_card` and `number_on_card` are what its paper says, for the list that people sign.
    """

    short_number: str
    issue: int
    status: str
    issued_at: str
    ended_at: str | None
    printed: str
    handed_on: str | None
    to_whom: str | None
    number: str
    masked_name: str
    is_family: bool
    name_on_card: str
    number_on_card: str

    @property
    def is_to_be_printed(self) -> bool:
        return self.status == "active" and self.printed in {NEVER, "spoilt"}


@dataclass(frozen=True)
class CardEvent:
    """Something that happened to a card: what, when, by whom, under which receipt."""

    what: str
    at: str
    actor: str | None
    receipt: str | None
    facts: dict[str, str]


_printed = (
    select(CardPrint.what)
    .where(CardPrint.card_id == Card.id)
    .order_by(CardPrint.id.desc())
    .limit(1)
    .correlate(Card)
    .scalar_subquery()
)
_PRINTED = func.coalesce(_printed, NEVER)
_CARDS: Select[*tuple[Any, ...]] = (
    select(
        Card.id,
        Card.short_number,
        Card.issue,
        Card.status,
        Card.issued_at,
        Card.ended_at,
        Card.serial,
        Card.family_id,
        _PRINTED.label("printed"),
        CardHandover.handed_on,
        CardHandover.to_whom,
        Volunteer.number,
        Person.name,
        Family.number.label("family_number"),
        Family.label.label("family_label"),
    )
    .select_from(Card)
    .outerjoin(CardHandover, IN_HAND)
    .outerjoin(Volunteer, Volunteer.id == Card.volunteer_id)
    .outerjoin(Person, Person.id == Volunteer.person_id)
    .outerjoin(Family, Family.id == Card.family_id)
)
_ON_SHELF: dict[str, Any] = {
    "drawer": and_(Card.status == "active", CardHandover.id.is_(None)),
    "blocked": Card.status == "blocked",
    "print": and_(Card.status == "active", _PRINTED.in_([NEVER, "spoilt"])),
    "all": Card.status != "replaced",
}
_TAIL = func.substr(Card.short_number, SHORT_NUMBER_LENGTH - CARD_TAIL + 1)
_BY_SHORT = statement(_CARDS.where(Card.short_number == bindparam("of_short")))


@query
def list_desk_cards(
    session: Session,
    *,
    shelf: str = "all",
    search: str = "",
    short_numbers: list[str] | None = None,
    paging: Paging | None = None,
) -> Page[DeskCard]:
    """Cards by shelf: not handed over yet (drawer), blocked, to be printed (print), or all in use.

    `search` takes part of a name or a number, a short number, or a phone's last digits; a whole
    short number finds its card whatever became of it. `short_numbers` asks for just these.
    """
    paging = paging or Paging()
    words = "".join(search.split())
    found = _CARDS
    if short_numbers is not None:
        found = found.where(Card.short_number.in_(short_numbers))
    elif is_short_number(normalise_scan(words)):
        found = found.where(Card.short_number == normalise_scan(words))
    else:
        found = found.where(_ON_SHELF[shelf])
        if words:
            found = found.where(_like(words))
    order = Card.id.desc() if shelf == "blocked" else Card.id
    return read_page(session, found.order_by(order), paging).mapped(_desk_card)


@query
def list_cards_ending(session: Session, *, tails: Iterable[str]) -> dict[str, list[DeskCard]]:
    """All cards whose short number ends in one of these four digits, whatever became of them.

    By the tail, the oldest first; a tail that no card has is not among the keys.
    """
    found: dict[str, list[DeskCard]] = {}
    for row in session.rows(_CARDS.where(_TAIL.in_(sorted(set(tails)))).order_by(Card.id)):
        found.setdefault(row.short_number[-CARD_TAIL:], []).append(_desk_card(row))
    return found


@query
def list_cards_kept_by(
    session: Session, *, actor: str, paging: Paging | None = None
) -> Page[DeskCard]:
    """Cards that somebody has printed and nobody has handed over yet, the oldest first."""
    paging = paging or Paging()
    printed_by = select(CardPrint.card_id).where(
        CardPrint.actor == actor, CardPrint.what != "spoilt"
    )
    found = _CARDS.where(_ON_SHELF["drawer"], Card.id.in_(printed_by))
    return read_page(session, found.order_by(Card.id), paging).mapped(_desk_card)


def _like(words: str) -> Any:
    if not words.isascii():
        return Person.name.contains(words, autoescape=True)
    places = [
        Volunteer.number.contains(words, autoescape=True),
        Family.number == words.upper(),
        Person.name.icontains(words, autoescape=True),
    ]
    if words.isdigit() and len(words) >= PHONE_TAIL:
        places.append(Person.phone.endswith(words, autoescape=True))
        places.append(Card.short_number.startswith(words))
        # A kiosk keeps no more of a card than the end of its number.
        places.append(Card.short_number.endswith(words))
    if words.isdigit() and len(words) == len(f"{0:010d}"):
        # What stands on a family's card in the place of a number.
        places.append(and_(Card.family_id.is_not(None), Card.serial == int(words)))
    return or_(*places)


def _desk_card(row: Any) -> DeskCard:
    if row.family_id is not None:
        number, masked = row.family_number, row.family_label
    else:
        number, masked = row.number, mask_name(row.name) if row.name else name_on_card(row)
    return DeskCard(
        short_number=row.short_number,
        issue=row.issue,
        status=row.status,
        issued_at=row.issued_at,
        ended_at=row.ended_at,
        printed=row.printed,
        handed_on=row.handed_on,
        to_whom=row.to_whom,
        number=number,
        masked_name=masked,
        is_family=row.family_id is not None,
        name_on_card=name_on_card(row),
        number_on_card=number_on_card(row),
    )


@query
def count_desk_cards(session: Session) -> dict[str, int]:
    """How many cards are on each shelf."""
    return {
        shelf: int(
            session.value(
                select(func.count()).select_from(Card).outerjoin(CardHandover, IN_HAND).where(where)
            )
        )
        for shelf, where in _ON_SHELF.items()
    }


@query
def list_short_numbers(
    session: Session, *, numbers: list[str] | None = None, to_be_printed: bool = False
) -> list[str]:
    """The short numbers of all active cards, or of those of these volunteers and families."""
    wanted = (
        select(Card.short_number)
        .outerjoin(Volunteer, Volunteer.id == Card.volunteer_id)
        .outerjoin(Family, Family.id == Card.family_id)
        .where(Card.status == "active")
        .order_by(Card.id)
    )
    if numbers:
        wanted = wanted.where(or_(Volunteer.number.in_(numbers), Family.number.in_(numbers)))
    if to_be_printed:
        wanted = wanted.where(_PRINTED.in_([NEVER, "spoilt"]))
    return [row.short_number for row in session.rows(wanted)]


@query
def refuse_unknown_holders(session: Session, *, numbers: list[str]) -> None:
    """Raise VolunteerUnknown for the first number that is neither a volunteer's nor a family's."""
    holders = select(Volunteer.number).where(Volunteer.number.in_(numbers))
    families = select(Family.number).where(Family.number.in_(numbers))
    known = {row.number for row in session.rows(holders.union_all(families))}
    for number in numbers:
        if number not in known:
            raise VolunteerUnknown(number=number[:40])


@query
def get_desk_card(session: Session, *, short_number: str) -> tuple[DeskCard, list[CardEvent]]:
    """One card, and what happened to it, the newest first. Raises CardUnknown."""
    row = session.row(_BY_SHORT, of_short=normalise_scan(short_number))
    if row is None:
        raise CardUnknown()
    return _desk_card(row), sorted(
        _events(session, row), key=lambda event: (event.at, event.receipt or ""), reverse=True
    )


def _events(session: Session, row: Any) -> list[CardEvent]:
    events = [CardEvent("issued", row.issued_at, None, None, {})]
    for one in session.rows(select(CardPrint).where(CardPrint.card_id == row.id)):
        receipt = public_id("Q", one.receipt_id)
        events.append(CardEvent(f"print_{one.what}", one.at, one.actor, receipt, {}))
    for one in session.rows(select(CardHandover).where(CardHandover.card_id == row.id)):
        receipt = public_id("Q", one.receipt_id)
        facts = {"handed_on": one.handed_on, "to_whom": one.to_whom}
        what = "tick_taken_back" if one.taken_back else "handed_over"
        events.append(CardEvent(what, one.at, one.actor, receipt, facts))
    for one in session.rows(select(CardLoss).where(CardLoss.card_id == row.id)):
        receipt = public_id("Q", one.receipt_id)
        facts = {"reason": one.reason, "told_by": one.told_by, "told_how": one.told_how}
        events.append(CardEvent("lost", one.at, one.actor, receipt, facts))
        if one.found_at:
            events.append(CardEvent("found", one.found_at, one.found_actor, None, {}))
    if row.status == "replaced" and row.ended_at:
        events.append(CardEvent("replaced", row.ended_at, None, None, {}))
    return events


@query
def place_of_cards(session: Session) -> str:
    """What the list that people sign is headed with: the community's name."""
    return find_setting(session, "community_name") or ""
