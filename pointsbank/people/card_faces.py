"""What stands on points cards (卡面): derived from the card key for paper, and kept nowhere.

Only the prints next door (`card_prints.py`) tell it to the doors, because a code is the card.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from pointsbank.foundation import Bank, Session, find_setting
from pointsbank.people.card_codes import card_code_hash, make_card_code
from pointsbank.people.card_sheet import CardFace
from pointsbank.people.cards import Card
from pointsbank.people.errors import CardKeyOther
from pointsbank.people.families import Family
from pointsbank.people.names import mask_name
from pointsbank.people.persons import Person
from pointsbank.people.shops import read_shops
from pointsbank.people.volunteers import Volunteer

NUMBERS_MOST = 200
SOMEBODY_GONE = "已注销"
# What a family's card and the kiosk call its holder: nothing may tell it from another card.
CARDHOLDER = "持卡人"
# Where a telephone finds one's points, below the bank's public address.
BALANCE_PATH = "/me/"
_SERIAL_DIGITS = 10

_FACES = (
    select(
        Card.serial,
        Card.issue,
        Card.code_hash,
        Card.short_number,
        Volunteer.number,
        Person.name,
        Card.family_id,
    )
    .outerjoin(Volunteer, Volunteer.id == Card.volunteer_id)
    .outerjoin(Person, Person.id == Volunteer.person_id)
    .outerjoin(Family, Family.id == Card.family_id)
    .where(Card.status == "active")
    .order_by(Card.id)
)


def list_card_faces(
    bank: Bank,
    *,
    card_key: bytes,
    numbers: list[str] | None = None,
    short_numbers: list[str] | None = None,
) -> list[CardFace]:
    """What stands on every active card, or on those of these volunteers, families or short numbers.

    Raises CardKeyOther for a card that was made under another key: it works, but only a new one
    can be printed.
    """

    def read(session: Session) -> list[CardFace]:
        rows: list[Any] = []
        wanted = numbers or short_numbers or []
        for start in range(0, max(1, len(wanted)), NUMBERS_MOST):
            chunk = wanted[start : start + NUMBERS_MOST]
            named = or_(Volunteer.number.in_(chunk), Family.number.in_(chunk))
            if short_numbers:
                named = Card.short_number.in_(chunk)
            rows += session.rows(_FACES.where(named) if wanted else _FACES)
        return _faces(session, card_key, rows)

    return bank.database.read(read)


def _faces(session: Session, card_key: bytes, rows: list[Any]) -> list[CardFace]:
    shops = read_shops(session)
    found_at, found_phone = (shops[0].name, shops[0].help_phone) if shops else ("", "")
    place = find_setting(session, "community_name") or ""
    demonstration = find_setting(session, "nature") == "demonstration"
    public_address = find_setting(session, "public_address") or ""
    points = {
        "points": find_setting(session, "currency_name") or CardFace.points,
        "points_en": find_setting(session, "currency_name_en") or CardFace.points_en,
    }
    faces = []
    for row in rows:
        code = make_card_code(card_key, row.serial, row.issue)
        if card_code_hash(code) != row.code_hash:
            raise CardKeyOther(short_number=row.short_number)
        faces.append(
            CardFace(
                code,
                row.short_number,
                name_on_card(row),
                number_on_card(row),
                place,
                found_at,
                found_phone,
                demonstration,
                balance_address=public_address and public_address + BALANCE_PATH,
                **points,
            )
        )
    return faces


def name_on_card(row: Any) -> str:
    """How a card calls its holder, from a row with `family_id` and `name`."""
    if row.family_id is not None:
        return CARDHOLDER
    return mask_name(row.name) if row.name else SOMEBODY_GONE


def number_on_card(row: Any) -> str:
    """The number below the name, from a row with `family_id`, `number` and `serial`.

    A family's own number says what it is (F0003), so its card carries ten digits as others do.
    """
    if row.family_id is not None:
        return f"{row.serial:0{_SERIAL_DIGITS}d}"
    return str(row.number)
