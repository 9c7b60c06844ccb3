"""Volunteers (志愿者): a public number, a wallet, and a person who may be forgotten.

The number comes from outside (志愿者编号) and is taken as it is; who has none gets one of our own,
V000123-4. Wallets are pseudonyms: the books know `volunteer:12`, never a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    insert_ignoring,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import clean_text, day, volunteer_number
from pointsbank.ledger import Account, AccountRef, open_account
from pointsbank.people.errors import (
    NumberIsIdentity,
    NumberReserved,
    NumberTaken,
    VolunteerLeft,
    VolunteerUnknown,
)
from pointsbank.people.identity_numbers import is_identity_number
from pointsbank.people.persons import Person, PersonalData, insert_person

# What the number of somebody who only stands in for a rehearsal begins with.
STAND_IN = "REHEARSAL-"
# A family's, a stand-in's, an address of the office's own, and signs that no address carries.
_RESERVED = re.compile(rf"F[0-9]{{4,}}|{STAND_IN}.*|new|similar|\.\.?|.*[/\\?#%].*", re.ASCII)


class Volunteer(Base):
    """A volunteer. Number and accounts never change; the person behind them may be erased.

    The accounts are filled in right after the row, because their holder is the row's own id.
    """

    __tablename__ = "volunteer"
    __table_args__ = strict_table(
        CheckConstraint("large_type IN (0, 1)", name="large_type"),
        CheckConstraint("read_aloud IN (0, 1)", name="read_aloud"),
        CheckConstraint("hide_balance IN (0, 1)", name="hide_balance"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    person_id: Mapped[int | None] = mapped_column(Int, ForeignKey("person.id"), unique=True)
    registered_on: Mapped[str] = mapped_column(Text)
    team: Mapped[str | None] = mapped_column(Text, index=True)
    wallet_id: Mapped[int | None] = mapped_column(Int, ForeignKey("account.id"), unique=True)
    owed_id: Mapped[int | None] = mapped_column(Int, ForeignKey("account.id"), unique=True)
    large_type: Mapped[int] = mapped_column(Int)
    read_aloud: Mapped[int] = mapped_column(Int)
    hide_balance: Mapped[int] = mapped_column(Int)
    left_on: Mapped[str | None] = mapped_column(Text)
    unnamed_since: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class VolunteerRef:
    """What other rooms must know of a volunteer. `name` is None once the person is forgotten."""

    id: int
    number: str
    name: str | None
    team: str | None
    left_on: str | None
    wallet: AccountRef
    owed: AccountRef

    @property
    def holder(self) -> str:
        return f"volunteer:{self.id}"


OWN_LETTER = "V"

_INSERT = statement(insert_ignoring(Volunteer, "number").returning(Volunteer.id))
_LAST_ID = statement(select(func.coalesce(func.max(Volunteer.id), 0)))
_GIVE_ACCOUNTS = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"))
    .values(wallet_id=bindparam("new_wallet"), owed_id=bindparam("new_owed"))
)
_SET_TEAM = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"))
    .values(team=bindparam("new_team"), registered_on=bindparam("new_registered_on"))
)
_SET_LEFT = statement(
    update(Volunteer)
    .where(Volunteer.id == bindparam("of_id"))
    .values(left_on=bindparam("new_left_on"))
)
_HOLD = statement(
    select(Volunteer.id)
    .where(Volunteer.number == bindparam("of_number"))
    .with_for_update(key_share=True)
)
_HOLD_IDS = statement(
    select(Volunteer.id)
    .where(Volunteer.id.in_(select(packed_rows("ids", int)[0])))
    .order_by(Volunteer.id)
    .with_for_update(key_share=True)
)
_BORN = statement(
    select(Volunteer.id, Person.born)
    .outerjoin(Person, Person.id == Volunteer.person_id)
    .where(Volunteer.id.in_(select(packed_rows("ids", int)[0])))
)
_REFS = select(
    Volunteer.id,
    Volunteer.number,
    Person.name,
    Volunteer.team,
    Volunteer.left_on,
    Volunteer.wallet_id,
    Volunteer.owed_id,
    Account.commodity_id,
).join(Account, Account.id == Volunteer.wallet_id)
_REFS = _REFS.outerjoin(Person, Person.id == Volunteer.person_id)
[_NUMBER] = packed_rows("numbers", str)
[_ID] = packed_rows("ids", int)
[_NAME] = packed_rows("names", str)
_BY_NUMBER = statement(_REFS.where(Volunteer.number.in_(select(_NUMBER))))
_BY_ID = statement(_REFS.where(Volunteer.id.in_(select(_ID))))
_BY_NAME = statement(_REFS.where(Person.name.in_(select(_NAME)), Volunteer.left_on.is_(None)))


def read_number(text: str) -> str:
    """A number from elsewhere as somebody may be registered under it.

    A family's number would be taken for the family, a stand-in's would be free of every limit, and
    the page of one that no address carries could not be opened; an identity number is kept of
    nobody. Raises VolunteerNumberUnreadable, NumberReserved, NumberIsIdentity.

    >>> read_number("４２０１０５００１００００００１ ")
    '4201050010000001'
    """
    number = volunteer_number(text)
    if _RESERVED.fullmatch(number):
        raise NumberReserved(number=number)
    if is_identity_number(number):
        raise NumberIsIdentity()
    return number


def is_own_number(number: str) -> bool:
    """Whether a number is one that we have given ourselves.

    >>> is_own_number("V000123-4"), is_own_number("4201050010000001")
    (True, False)
    """
    try:
        read_public_id(OWN_LETTER, number)
    except PublicIdInvalid:
        return False
    return True


def register(
    act: Act,
    *,
    commodity_id: int,
    number: str | None,
    data: PersonalData,
    registered_on: str | None,
    team: str | None,
    large_type: bool = False,
    read_aloud: bool = False,
    hide_balance: bool = False,
) -> VolunteerRef:
    """Register a volunteer with an empty wallet (登记), without a number under the next of our own.

    Raises NumberTaken.
    """
    session = act.session
    team = clean_text(team, 60) if team else None
    row = {
        "person_id": insert_person(session, data),
        "registered_on": day(registered_on) if registered_on else act.today,
        "team": team,
        "wallet_id": None,
        "owed_id": None,
        "large_type": int(large_type),
        "read_aloud": int(read_aloud),
        "hide_balance": int(hide_balance),
        "left_on": None,
        "unnamed_since": None,
    }
    if number is None:
        number, volunteer_id = _insert_under_own_number(session, row)
    else:
        number = volunteer_number(number)
        made: int | None = session.value(_INSERT, number=number, **row)
        if made is None:
            raise NumberTaken(number=number)
        volunteer_id = made
    holder = f"volunteer:{volunteer_id}"
    wallet = open_account(session, "wallet", commodity_id, holder, now=act.now)
    owed = open_account(session, "owed", commodity_id, holder, now=act.now)
    session.run(_GIVE_ACCOUNTS, of_id=volunteer_id, new_wallet=wallet.id, new_owed=owed.id)
    return VolunteerRef(volunteer_id, number, data.name, team, None, wallet, owed)


def _insert_under_own_number(session: Session, row: dict[str, Any]) -> tuple[str, int]:
    place, made = int(session.value(_LAST_ID)), None
    while made is None:
        # Somebody else may be registering the same moment; then the number after is ours. Numbers
        # may have gaps: nobody counts by them.
        place += 1
        number = public_id(OWN_LETTER, place)
        made = session.value(_INSERT, number=number, **row)
    return number, int(made)


def set_left(session: Session, volunteer_id: int, left_on: str | None) -> None:
    """Write down the day on which somebody left, or None for who is back."""
    session.run(_SET_LEFT, of_id=volunteer_id, new_left_on=left_on)


def set_team(session: Session, volunteer_id: int, team: str | None, registered_on: str) -> None:
    """Move a volunteer to another team, or mend the day of registration."""
    session.run(_SET_TEAM, of_id=volunteer_id, new_team=team, new_registered_on=registered_on)


def find_volunteers(session: Session, numbers: Iterable[str]) -> dict[str, VolunteerRef]:
    """Volunteers by their numbers; numbers that nobody has are left out."""
    rows = session.rows(_BY_NUMBER, numbers=pack((number,) for number in numbers))
    return {row.number: _ref(row) for row in rows}


def find_volunteers_by_id(session: Session, ids: Iterable[int]) -> dict[int, VolunteerRef]:
    """Volunteers by their ids."""
    rows = session.rows(_BY_ID, ids=pack((volunteer_id,) for volunteer_id in ids))
    return {row.id: _ref(row) for row in rows}


def find_volunteers_by_name(
    session: Session, names: Iterable[str]
) -> dict[str, list[VolunteerRef]]:
    """Volunteers who have not left, by their names; two people may have the same."""
    found: dict[str, list[VolunteerRef]] = {}
    for row in session.rows(_BY_NAME, names=pack((name,) for name in names)):
        found.setdefault(row.name, []).append(_ref(row))
    return found


def find_volunteer(session: Session, number: str) -> VolunteerRef | None:
    """The volunteer with this number, or None."""
    return find_volunteers(session, [number]).get(number)


def get_volunteer(session: Session, number: str) -> VolunteerRef:
    """The volunteer with this number. Raises VolunteerUnknown."""
    found = find_volunteer(session, number)
    if found is None:
        raise VolunteerUnknown(number=number[:20])
    return found


def hold_volunteer(session: Session, number: str) -> VolunteerRef:
    """The volunteer with this number, who stays as they are until the transaction ends.

    Whoever writes something personal holds them, so that nothing is written for somebody who is
    being forgotten at the same moment. Raises VolunteerUnknown.
    """
    session.rows(_HOLD, of_number=number)
    return get_volunteer(session, number)


def hold_volunteer_by_id(session: Session, volunteer_id: int) -> VolunteerRef:
    """The same for whoever has the id from a row of their own."""
    hold_volunteers(session, [volunteer_id])
    return find_volunteers_by_id(session, [volunteer_id])[volunteer_id]


def hold_volunteers(session: Session, ids: Iterable[int]) -> None:
    """Hold several volunteers in one order, as whoever decides about what they do now."""
    session.rows(_HOLD_IDS, ids=pack((one,) for one in ids))


def births_of(session: Session, ids: Iterable[int]) -> dict[int, str | None]:
    """When volunteers were born, a year or a day, as far as they have said."""
    rows = session.rows(_BORN, ids=pack((one,) for one in ids))
    return {row.id: row.born for row in rows}


def refuse_left(volunteer: VolunteerRef) -> None:
    """Raise VolunteerLeft for somebody who has left."""
    if volunteer.left_on is not None:
        raise VolunteerLeft(number=volunteer.number, left_on=volunteer.left_on)


def _ref(row: Any) -> VolunteerRef:
    return VolunteerRef(
        id=row.id,
        number=row.number,
        name=row.name,
        team=row.team,
        left_on=row.left_on,
        wallet=AccountRef(row.wallet_id, "wallet", row.commodity_id),
        owed=AccountRef(row.owed_id, "owed", row.commodity_id),
    )
