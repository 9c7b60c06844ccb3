"""Imposing and lifting sanctions (暂停、取消暂停), and what the doors may ask about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from pointsbank.foundation import (
    Act,
    Answer,
    Conflict,
    InvalidInput,
    Page,
    Paging,
    Session,
    operation,
    query,
    read_page,
)
from pointsbank.foundation.cells import day, required_text
from pointsbank.people.card_faces import SOMEBODY_GONE
from pointsbank.people.errors import ReasonNeeded
from pointsbank.people.names import mask_name
from pointsbank.people.news import tell
from pointsbank.people.personal_texts import read_words, write_words
from pointsbank.people.sanctions import (
    SANCTION_COLUMNS,
    SCOPES,
    KeptSanction,
    Sanction,
    end_sanction,
    find_sanction,
    insert_sanction,
    sanction_number,
    sanctions_of,
)
from pointsbank.people.second_person import (
    ANYBODY,
    homes_of,
    refuse_together,
    require_second,
)
from pointsbank.people.staff import require_person
from pointsbank.people.volunteers import find_volunteers_by_id, hold_volunteer, hold_volunteer_by_id

IMPOSE = "people.impose_sanction"
SANCTION_LISTS = ("running", "ahead", "ended")
DAYS_MOST = 366
WORDS_MOST = 200


class SanctionDaysWrong(InvalidInput):
    """A sanction begins today or later and lasts a year at most (暂停的日子不对): fact most."""

    code = "people.sanction_days_wrong"


class SanctionScopeMissing(InvalidInput):
    """Nothing was chosen that is not to be done (没有选暂停什么)."""

    code = "people.sanction_scope_missing"


class SanctionOver(Conflict):
    """The sanction has ended or was lifted (暂停已经结束): fact sanction."""

    code = "people.sanction_over"


@operation(IMPOSE)
def impose_sanction(
    act: Act,
    *,
    number: str,
    scopes: list[str],
    ends_on: str,
    reason: str,
    proposed_by: str,
    starts_on: str | None = None,
) -> Answer:
    """Keep a volunteer from something for a while (暂停). One proposes, another confirms.

    Both days are included, and it ends by itself. Raises VolunteerUnknown, VolunteerErased,
    SanctionScopeMissing, SanctionDaysWrong, ReasonNeeded, and what `require_second` raises.
    """
    volunteer = hold_volunteer(act.session, number)
    act.for_whom = volunteer.holder
    require_second(act, IMPOSE, first=proposed_by, volunteers=[volunteer.id])
    wanted = [scope for scope in SCOPES if scope in scopes]
    if not wanted or len(wanted) != len(set(scopes)):
        raise SanctionScopeMissing()
    begins, ends = day(starts_on) if starts_on else act.today, day(ends_on)
    if not act.today <= begins <= ends or _days(begins, ends) > DAYS_MOST:
        raise SanctionDaysWrong(most=DAYS_MOST)
    made = insert_sanction(
        act,
        volunteer_id=volunteer.id,
        **{f"no_{scope}": int(scope in wanted) for scope in SCOPES},
        starts_on=begins,
        ends_on=ends,
        reason_id=write_words(act.session, volunteer, reason=_words(reason)),
        proposed_by=proposed_by,
    )
    tell(act, "people.sanctioned", volunteer.holder, about=f"sanction:{made}", day=ends)
    return {
        "sanction": sanction_number(made),
        "number": volunteer.number,
        "scopes": wanted,
        "starts_on": begins,
        "ends_on": ends,
        "proposed_by": proposed_by,
    }


@operation("people.lift_sanction")
def lift_sanction(act: Act, *, sanction: str, reason: str) -> Answer:
    """End a sanction before its last day (取消暂停), saying why; by nobody of the own household.

    Raises SanctionUnknown, SanctionOver, ReasonNeeded, BenefitsOneself, SameHousehold,
    SecondPersonNeeded for a command, RoleMissing.
    """
    person = require_person(act, *ANYBODY)
    known = find_sanction(act.session, sanction)
    volunteer = hold_volunteer_by_id(act.session, known.volunteer_id)
    act.for_whom = volunteer.holder
    held = find_sanction(act.session, sanction, lock=True)
    if held.state(act.today) in ("lifted", "over"):
        raise SanctionOver(sanction=held.number)
    refuse_together(homes_of(act.session, [person], [volunteer.id]), person, None, [volunteer.id])
    end_sanction(act, held.id, write_words(act.session, volunteer, reason=_words(reason)))
    about = f"sanction:{held.id}:lifted"
    tell(act, "people.sanction_lifted", volunteer.holder, about=about, day=act.today)
    return {"sanction": held.number, "number": volunteer.number}


@dataclass(frozen=True)
class SanctionRow:
    """A sanction with whose it is and the words about it; those that were forgotten are None."""

    kept: KeptSanction
    volunteer_number: str
    masked_name: str
    reason: str | None
    lifted: str | None

    @property
    def number(self) -> str:
        return self.kept.number


@query
def list_sanctions(session: Session, *, volunteer_id: int) -> list[SanctionRow]:
    """A volunteer's sanctions, the newest first; those that are over as well."""
    return _told(session, sanctions_of(session, [volunteer_id]))


def _in_state(state: str, today: str) -> list[Any]:
    """What is true of the sanctions of one of `SANCTION_LISTS` today."""
    stands = Sanction.lifted_at.is_(None)
    conditions: dict[str, list[Any]] = {
        "running": [stands, Sanction.starts_on <= today, Sanction.ends_on >= today],
        "ahead": [stands, Sanction.starts_on > today],
        "ended": [or_(Sanction.lifted_at.is_not(None), Sanction.ends_on < today)],
    }
    return conditions[state]


@query
def list_all_sanctions(
    session: Session,
    *,
    today: str,
    state: str = "running",
    volunteer_id: int | None = None,
    paging: Paging | None = None,
) -> Page[SanctionRow]:
    """Everybody's sanctions that run, those that end first before others; those ahead by their
    first day; those that have ended, the newest first."""
    found = select(*SANCTION_COLUMNS).where(*_in_state(state, today))
    if volunteer_id is not None:
        found = found.where(Sanction.volunteer_id == volunteer_id)
    order = {
        "running": (Sanction.ends_on, Sanction.id),
        "ahead": (Sanction.starts_on, Sanction.id),
        "ended": (Sanction.id.desc(),),
    }
    page = read_page(session, found.order_by(*order[state]), paging or Paging())
    return page.holding(_told(session, [KeptSanction(*row) for row in page.items]))


@query
def count_sanctions(session: Session, *, today: str) -> dict[str, int]:
    """How many sanctions run, are ahead, and have ended."""
    return {
        state: int(
            session.value(
                select(func.count()).select_from(Sanction).where(*_in_state(state, today))
            )
        )
        for state in SANCTION_LISTS
    }


def _told(session: Session, found: Sequence[KeptSanction]) -> list[SanctionRow]:
    words = read_words(session, [one for row in found for one in (row.reason_id, row.lifted_id)])
    people = find_volunteers_by_id(session, {row.volunteer_id for row in found})
    told = []
    for row in found:
        whose = people[row.volunteer_id]
        told.append(
            SanctionRow(
                row,
                whose.number,
                mask_name(whose.name) if whose.name else SOMEBODY_GONE,
                words.get(row.reason_id, {}).get("reason"),
                words.get(row.lifted_id or 0, {}).get("reason"),
            )
        )
    return told


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


def _words(text: str) -> str:
    return required_text(text, WORDS_MOST, ReasonNeeded)
