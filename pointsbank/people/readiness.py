"""How far a bank is set up (准备情况), counted from what stands in it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from pointsbank.foundation import Session, list_settings, query, statement
from pointsbank.people.card_prints import CardPrint
from pointsbank.people.cards import Card
from pointsbank.people.devices import Device
from pointsbank.people.settings import SETTLED, TRIED
from pointsbank.people.staff import SELECT_STAFF, Staff, staff_row
from pointsbank.people.volunteers import STAND_IN, Volunteer

DECIDE = frozenset({"worker", "witness", "admin"})

_STAFF = statement(SELECT_STAFF.where(Staff.disabled_at.is_(None)))
_CARDS = statement(
    select(func.count(func.distinct(Card.id)))
    .select_from(Card)
    .join(CardPrint, CardPrint.card_id == Card.id)
    .outerjoin(Volunteer, Volunteer.id == Card.volunteer_id)
    .where(CardPrint.what != "spoilt", func.coalesce(Volunteer.number, "").not_like(f"{STAND_IN}%"))
)
_KIOSKS = statement(
    select(func.count())
    .select_from(Device)
    .where(Device.revoked_at.is_(None), Device.kind == "kiosk")
)


@dataclass(frozen=True)
class Tried:
    """How a piece of the equipment did, and when."""

    outcome: str
    at: str

    @property
    def is_fine(self) -> bool:
        """Whether it works, or is not there and not wanted."""
        return self.outcome != "fails"


@dataclass(frozen=True)
class Readiness:
    """What stands ready: deciders, printed cards, paired kiosks; what was settled and tried."""

    settings: Mapping[str, str]
    settled: frozenset[str]
    tried: Mapping[str, Tried]
    deciders: int
    cards_printed: int
    kiosks: int


@query
def read_readiness(session: Session) -> Readiness:
    """How far this bank is set up."""
    settings = list_settings(session)
    staff = [staff_row(row) for row in session.rows(_STAFF)]
    tried = {
        what: Tried(*told.split(" ", 1))
        for what in TRIED
        if (told := settings.get(f"tried_{what}"))
    }
    return Readiness(
        settings=settings,
        settled=frozenset(what for what in SETTLED if f"settled_{what}" in settings),
        tried=tried,
        deciders=sum(1 for one in staff if DECIDE & set(one.roles)),
        cards_printed=int(session.value(_CARDS)),
        kiosks=int(session.value(_KIOSKS)),
    )
