"""Telling the news (告诉): at the kiosk, by phone or at the desk; and who is still to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, cast, func, or_, select

from pointsbank.foundation import (
    Act,
    Answer,
    Int,
    Page,
    Paging,
    Session,
    operation,
    pack,
    packed_rows,
    query,
    statement,
)
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.people.admission_by_pin import get_holder
from pointsbank.people.card_faces import CARDHOLDER
from pointsbank.people.card_proofs import Presenting, get_presented_card
from pointsbank.people.errors import RoleMissing
from pointsbank.people.families import Family
from pointsbank.people.names import mask_name
from pointsbank.people.news import News, NewsLine, folded, mark_told, untold_since
from pointsbank.people.persons import Person, mask_phone
from pointsbank.people.staff import require_person
from pointsbank.people.volunteers import Volunteer, get_volunteer

_how = one_of({"phone": "phone", "desk": "desk"})


@operation("people.tell_at_kiosk")
def tell_at_kiosk(act: Act, *, card: str, news: list[int]) -> Answer:
    """Note what a kiosk has shown to whoever holds this card.

    Raises RoleMissing for whoever is no device, CardUnknown, CardBlocked, PinNeeded.
    """
    if act.caller.device is None:
        raise RoleMissing(needed="kiosk")
    presenting = Presenting(act.keys, act.caller.actor, act.now)
    holder = get_presented_card(act.session, card, presenting).holder
    act.for_whom = holder
    return {"told": mark_told(act, holder, news, "kiosk")}


@operation("people.tell_by_worker")
def tell_by_worker(act: Act, *, number: str, how: str, news: list[int]) -> Answer:
    """Note what a worker has told a volunteer or a family, by phone or at the desk.

    Raises RoleMissing, SecondPersonNeeded for a command, VolunteerUnknown, FamilyUnknown.
    """
    way = _how(how)
    require_person(act, "worker", "admin")
    holder = get_holder(act.session, number)
    act.for_whom = holder
    return {"number": number, "told": mark_told(act, holder, news, way)}


@operation("people.show_phone")
def show_phone(act: Act, *, number: str) -> Answer:
    """Note that somebody of the staff is shown a volunteer's telephone (查看电话).

    The number itself is read by the door afterwards. Raises VolunteerUnknown, RoleMissing.
    """
    require_person(act, "worker", "admin")
    volunteer = get_volunteer(act.session, number)
    act.for_whom = volunteer.holder
    return {"number": volunteer.number}


@dataclass(frozen=True)
class PersonToTell:
    """Somebody who has not been told something for a while, and what that is."""

    holder: str
    number: str
    masked_name: str
    masked_phone: str | None
    is_family: bool
    since: str
    lines: list[NewsLine]


def _id_of(holder: Any, kind: str) -> Any:
    """The id in `volunteer:12`; whoever is of another kind has none."""
    digits = func.substr(holder, len(kind) + 2)
    return case((holder.like(f"{kind}:%"), cast(digits, Int)), else_=None)


_WAITING = untold_since(bindparam("before")).subquery("waiting")
_TO_TELL = (
    select(
        _WAITING.c.holder,
        _WAITING.c.since,
        Volunteer.number,
        Person.name,
        Person.phone,
        Family.number.label("family_number"),
        Family.label,
    )
    .select_from(_WAITING)
    .outerjoin(Volunteer, Volunteer.id == _id_of(_WAITING.c.holder, "volunteer"))
    .outerjoin(Person, Person.id == Volunteer.person_id)
    .outerjoin(Family, Family.id == _id_of(_WAITING.c.holder, "family"))
    # Whoever has left is not called after.
    .where(or_(Volunteer.id.is_(None), Volunteer.left_on.is_(None)))
)
_COUNT = statement(select(func.count()).select_from(_TO_TELL.subquery()))
_PAGE = statement(
    _TO_TELL.order_by(_WAITING.c.since, _WAITING.c.holder)
    .limit(bindparam("per_page"))
    .offset(bindparam("offset"))
)
[_HOLDER] = packed_rows("holders", str)
_LINES = statement(
    select(News.id, News.holder, News.code, News.facts, News.created_at)
    .where(News.holder.in_(select(_HOLDER)), News.told_at.is_(None))
    .order_by(News.id)
)


@query
def list_people_to_tell(
    session: Session, *, before: str, paging: Paging | None = None
) -> Page[PersonToTell]:
    """Who has waited since this instant or longer to be told something, the longest first."""
    paging = paging or Paging()
    total = int(session.value(_COUNT, before=before))
    people = session.rows(_PAGE, before=before, per_page=paging.per_page, offset=paging.offset)
    rows: dict[str, list[Any]] = {}
    for row in session.rows(_LINES, holders=pack((one.holder,) for one in people)):
        rows.setdefault(row.holder, []).append(row)
    items = [_to_tell(one, folded(rows.get(one.holder, []))) for one in people]
    return Page(items, total, paging.page, paging.per_page)


def _to_tell(row: Any, lines: list[NewsLine]) -> PersonToTell:
    return PersonToTell(
        holder=row.holder,
        number=row.number or row.family_number or "",
        masked_name=row.label or (mask_name(row.name) if row.name else CARDHOLDER),
        masked_phone=mask_phone(row.phone) if row.phone else None,
        is_family=row.family_number is not None,
        since=row.since,
        lines=lines,
    )
