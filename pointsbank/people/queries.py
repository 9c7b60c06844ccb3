"""What the doors may ask about people, cards, staff and devices; plain data comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from pointsbank.foundation import (
    Page,
    Paging,
    Session,
    query,
    read_page,
    statement,
)
from pointsbank.ledger import Account
from pointsbank.people.card_faces import CARDHOLDER, SOMEBODY_GONE
from pointsbank.people.card_handovers import IN_HAND, CardHandover
from pointsbank.people.card_prints import CardPrint
from pointsbank.people.cards import Card, CardHolder
from pointsbank.people.consents import ConsentRow, Wording, current_wording, find_consent
from pointsbank.people.devices import SELECT_DEVICES, Device, DeviceRow, device_row
from pointsbank.people.errors import VolunteerUnknown
from pointsbank.people.families import SELECT_FAMILIES, Family
from pointsbank.people.households import MemberRow, list_members
from pointsbank.people.names import mask_name
from pointsbank.people.organisations import (
    SELECT_ORGANISATIONS,
    Organisation,
    OrganisationRow,
    organisation_row,
)
from pointsbank.people.persons import Person
from pointsbank.people.representatives import RepresentativeRow, list_representatives
from pointsbank.people.shops import ShopRow, read_shops
from pointsbank.people.staff import SELECT_STAFF, Staff, StaffRow, staff_row
from pointsbank.people.volunteers import Volunteer

PHONE_TAIL = 4


@dataclass(frozen=True)
class VolunteerFile:
    """Everything that a worker sees of a volunteer. `name` is None once the person is forgotten."""

    id: int
    number: str
    name: str | None
    masked_name: str
    sex: str | None
    phone: str | None
    area: str | None
    form_of_address: str | None
    born: str | None
    team: str | None
    registered_on: str
    left_on: str | None
    large_type: bool
    read_aloud: bool
    hide_balance: bool
    wallet_id: int
    owed_id: int
    points: int
    owes: int


@dataclass(frozen=True)
class CardRow:
    """A card as a worker sees it; its code is told to nobody."""

    short_number: str
    issue: int
    status: str
    issued_at: str
    ended_at: str | None
    handed_on: str | None
    is_printed: bool


@dataclass(frozen=True)
class FamilyRow:
    """A family as a worker sees it."""

    id: int
    number: str
    label: str
    wallet_id: int
    points: int
    ended_on: str | None
    short_number: str | None
    card_status: str | None


@dataclass(frozen=True)
class Greeting:
    """How the kiosk meets somebody: a form of address when one was chosen, else a masked name."""

    address: str | None
    masked_name: str
    points: int
    owes: int
    hide_balance: bool
    large_type: bool
    read_aloud: bool
    card_tail: str


_WALLET, _OWED = aliased(Account, name="wallet"), aliased(Account, name="owed")
_VOLUNTEERS: Select[*tuple[Any, ...]] = (
    select(
        Volunteer.id,
        Volunteer.number,
        Person.name,
        Person.sex,
        Person.phone,
        Person.area,
        Person.form_of_address,
        Person.born,
        Volunteer.team,
        Volunteer.registered_on,
        Volunteer.left_on,
        Volunteer.large_type,
        Volunteer.read_aloud,
        Volunteer.hide_balance,
        Volunteer.wallet_id,
        Volunteer.owed_id,
        _WALLET.balance.label("points"),
        _OWED.balance.label("owed"),
    )
    .join(_WALLET, _WALLET.id == Volunteer.wallet_id)
    .join(_OWED, _OWED.id == Volunteer.owed_id)
    .outerjoin(Person, Person.id == Volunteer.person_id)
)


def _file_of(row: Any) -> VolunteerFile:
    told: dict[str, Any] = row._asdict()
    told["owes"] = -told.pop("owed")
    told |= {name: bool(told[name]) for name in ("large_type", "read_aloud", "hide_balance")}
    return VolunteerFile(**told, masked_name=mask_name(row.name) if row.name else SOMEBODY_GONE)


@query
def get_volunteer_file(session: Session, *, number: str) -> VolunteerFile:
    """A volunteer's file. Raises VolunteerUnknown."""
    row = session.row(_VOLUNTEERS.where(Volunteer.number == number))
    if row is None:
        raise VolunteerUnknown(number=number[:20])
    return _file_of(row)


@query
def list_volunteers(
    session: Session,
    *,
    search: str = "",
    team: str | None = None,
    left: bool = False,
    sort: str = "number",
    paging: Paging | None = None,
) -> Page[VolunteerFile]:
    """Volunteers by number; `search` takes part of a name, of a number, or a phone's last digits.

    Who has left is listed only when `left` is asked for. `sort` is number, team, points or
    registered; with a minus the last comes first.
    """
    paging = paging or Paging()
    found = _VOLUNTEERS.where(
        Volunteer.left_on.is_not(None) if left else Volunteer.left_on.is_(None)
    )
    if team:
        found = found.where(Volunteer.team == team)
    if search := "".join(search.split()):
        found = _searched(found, search)
    return read_page(session, found.order_by(*_sorted_by(sort)), paging).mapped(_file_of)


def _sorted_by(sort: str) -> list[Any]:
    columns: dict[str, Any] = {
        "number": Volunteer.number,
        "team": Volunteer.team,
        "points": _WALLET.balance,
        "registered": Volunteer.registered_on,
    }
    column = columns.get(sort.removeprefix("-"), Volunteer.number)
    return [column.desc() if sort.startswith("-") else column, Volunteer.number]


def _searched(found: Select[*tuple[Any, ...]], search: str) -> Select[*tuple[Any, ...]]:
    if not search.isascii():
        return found.where(Person.name.contains(search, autoescape=True))
    places = [
        Volunteer.number.contains(search, autoescape=True),
        Person.name.icontains(search, autoescape=True),
    ]
    if search.isdigit() and len(search) >= PHONE_TAIL:
        places.append(Person.phone.endswith(search, autoescape=True))
    return found.where(or_(*places))


@dataclass(frozen=True)
class Standing:
    """What else belongs to a volunteer's file: consent, who stands beside, who lives there too."""

    consent: ConsentRow | None
    newest: Wording
    beside: list[RepresentativeRow]
    household: list[MemberRow]

    @property
    def guardian(self) -> RepresentativeRow | None:
        """The guardian whom somebody told, if any."""
        return next((one for one in self.beside if one.role == "guardian" and one.name), None)


@query
def get_standing(session: Session, *, volunteer_id: int) -> Standing:
    """Consent, guardian, helpers and household of a volunteer."""
    return Standing(
        find_consent(session, volunteer_id),
        current_wording(session),
        list_representatives(session, volunteer_id),
        list_members(session, volunteer_id),
    )


@query
def get_wording(session: Session) -> Wording:
    """The newest text that people are asked to consent to."""
    return current_wording(session)


@query
def list_teams(session: Session) -> list[tuple[str, int]]:
    """The teams that volunteers name, with how many are in each."""
    rows = session.rows(
        select(Volunteer.team, func.count().label("people"))
        .where(Volunteer.team.is_not(None), Volunteer.left_on.is_(None))
        .group_by(Volunteer.team)
        .order_by(Volunteer.team)
    )
    return [(row.team, row.people) for row in rows]


_CARDS_IN_USE = select(Card.family_id, Card.short_number, Card.status).where(
    Card.family_id.is_not(None), Card.status != "replaced"
)


@query
def list_families(session: Session) -> list[FamilyRow]:
    """Every family, by number, with the card it has."""
    cards = {row.family_id: row for row in session.rows(_CARDS_IN_USE)}
    return [
        FamilyRow(
            row.id,
            row.number,
            row.label,
            row.wallet_id,
            row.balance,
            row.ended_on,
            cards[row.id].short_number if row.id in cards else None,
            cards[row.id].status if row.id in cards else None,
        )
        for row in session.rows(SELECT_FAMILIES.order_by(Family.number))
    ]


@query
def list_cards(session: Session, *, wallet_id: int) -> list[CardRow]:
    """All cards that a wallet ever had, the newest first."""
    rows = session.rows(
        select(
            Card.short_number,
            Card.issue,
            Card.status,
            Card.issued_at,
            Card.ended_at,
            CardHandover.handed_on,
            select(func.count())
            .select_from(CardPrint)
            .where(CardPrint.card_id == Card.id)
            .scalar_subquery()
            .label("is_printed"),
        )
        .select_from(Card)
        .outerjoin(CardHandover, IN_HAND)
        .where(Card.wallet_id == wallet_id)
        .order_by(Card.issue.desc())
    )
    return [CardRow(**{**row._asdict(), "is_printed": bool(row.is_printed)}) for row in rows]


_GREETING = statement(
    select(
        Person.name,
        Person.form_of_address,
        Volunteer.large_type,
        Volunteer.read_aloud,
        Volunteer.hide_balance,
    )
    .select_from(Volunteer)
    .outerjoin(Person, Person.id == Volunteer.person_id)
    .where(Volunteer.id == bindparam("of_id"))
)


def greeting_of(session: Session, card: CardHolder) -> Greeting:
    """How to meet whoever holds this card. A family is met like anybody else, as a cardholder."""
    if card.volunteer_id is None:
        return Greeting(
            None, CARDHOLDER, card.balance, card.owes, False, False, False, card.short_number[-4:]
        )
    row = session.row(_GREETING, of_id=card.volunteer_id)
    return Greeting(
        address=row.form_of_address,
        masked_name=mask_name(row.name) if row.name else SOMEBODY_GONE,
        points=card.balance,
        owes=card.owes,
        hide_balance=bool(row.hide_balance),
        large_type=bool(row.large_type),
        read_aloud=bool(row.read_aloud),
        card_tail=card.short_number[-4:],
    )


# ------------------------------------------------------------------ staff, organisations, devices


@query
def list_staff(session: Session) -> list[StaffRow]:
    """All members of staff, those who are shut out too."""
    return [staff_row(row) for row in session.rows(SELECT_STAFF.order_by(Staff.login))]


@query
def list_organisations(session: Session, *, kind: str | None = None) -> list[OrganisationRow]:
    """All organisations, or those of one kind."""
    found = SELECT_ORGANISATIONS.order_by(Organisation.code)
    if kind:
        found = found.where(Organisation.kind == kind)
    return [organisation_row(row) for row in session.rows(found)]


@query
def list_shops(session: Session) -> list[ShopRow]:
    """Every shop."""
    return read_shops(session)


@query
def list_devices(session: Session, *, shop_id: int | None = None) -> list[DeviceRow]:
    """All devices, or those of one shop; revoked ones too."""
    found = SELECT_DEVICES.order_by(Device.shop_id, Device.number)
    if shop_id is not None:
        found = found.where(Device.shop_id == shop_id)
    return [device_row(row) for row in session.rows(found)]
