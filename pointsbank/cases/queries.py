"""What the doors may ask about cases; plain data comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from pointsbank.cases.cases import (
    CASE_COLUMNS,
    REVERSE,
    CorrectionCase,
    KeptCase,
    days_on,
    find_case,
    reversal_about,
)
from pointsbank.earning import record_number
from pointsbank.foundation import (
    Page,
    Paging,
    Session,
    public_id,
    query,
    read_page,
)
from pointsbank.people import (
    find_volunteers_by_id,
    mask_name,
    proposals_about,
    read_words,
    sanction_number,
)

SOMEBODY_GONE = "已注销"
STATES = ("open", "overdue", "decided")


@dataclass(frozen=True)
class CaseRow:
    """A case with whose it is and what was said; words that were forgotten are None."""

    kept: KeptCase
    volunteer_number: str
    masked_name: str
    says: str | None
    answer: str | None
    # What waits for a second person, to void the record and answer.
    proposal: str | None = None

    @property
    def number(self) -> str:
        return self.kept.number

    @property
    def entry(self) -> str | None:
        """The number of the entry it is about."""
        return None if self.kept.entry_id is None else public_id("J", self.kept.entry_id)

    @property
    def record(self) -> str | None:
        """The number of the service record it is about."""
        return None if self.kept.record_id is None else record_number(self.kept.record_id)

    @property
    def sanction(self) -> str | None:
        """The number of the sanction it is about."""
        return None if self.kept.sanction_id is None else sanction_number(self.kept.sanction_id)

    @property
    def line(self) -> str:
        """The number that somebody pointed at."""
        return self.entry or self.record or self.sanction or ""

    def is_overdue(self, today: str) -> bool:
        """Whether its clock has run out without an answer."""
        return self.kept.outcome is None and self.kept.due_on < today


def _state(state: str | None, today: str) -> list[Any]:
    is_open = CorrectionCase.decided_at.is_(None)
    conditions: dict[str, list[Any]] = {
        "open": [is_open],
        "overdue": [is_open, CorrectionCase.due_on < today],
        "decided": [CorrectionCase.decided_at.is_not(None)],
    }
    return conditions.get(state or "", [])


@query
def list_cases(
    session: Session,
    *,
    today: str,
    state: str | None = None,
    volunteer_id: int | None = None,
    paging: Paging | None = None,
) -> Page[CaseRow]:
    """Cases in a state, those that are due first; answered ones the newest first."""
    paging = paging or Paging()
    found = select(*CASE_COLUMNS).where(*_state(state, today))
    if volunteer_id is not None:
        found = found.where(CorrectionCase.volunteer_id == volunteer_id)
    newest = (CorrectionCase.decided_at.desc(), CorrectionCase.id.desc())
    order = (CorrectionCase.due_on, CorrectionCase.id)
    ordered = found.order_by(*(order if state in ("open", "overdue") else newest))
    page = read_page(session, ordered, paging)
    return page.holding(_told(session, page.items))


@query
def list_cases_of(session: Session, *, volunteer_id: int) -> list[CaseRow]:
    """Everything that somebody said was not right, the newest first."""
    return read_cases_of(session, volunteer_id)


def read_cases_of(session: Session, volunteer_id: int) -> list[CaseRow]:
    """The same as a step."""
    of_one = select(*CASE_COLUMNS).where(CorrectionCase.volunteer_id == volunteer_id)
    return _told(session, session.rows(of_one.order_by(CorrectionCase.id.desc())))


@query
def get_case(session: Session, *, case: str) -> CaseRow:
    """One case by its number. Raises CaseUnknown."""
    [row] = _told(session, [tuple(vars(find_case(session, case)).values())])
    return row


@query
def count_cases(session: Session, *, today: str) -> tuple[int, int]:
    """How many wait for an answer, and how many of those are overdue."""
    waiting, late = (
        session.value(select(func.count()).select_from(CorrectionCase).where(*_state(state, today)))
        for state in ("open", "overdue")
    )
    return int(waiting or 0), int(late or 0)


@query
def get_case_days(session: Session, *, today: str) -> int:
    """How many days there are for an answer to a case that is opened on this day."""
    return days_on(session, today)


def _told(session: Session, rows: Iterable[Any]) -> list[CaseRow]:
    cases = [KeptCase(*row) for row in rows]
    words = read_words(session, [one for row in cases for one in (row.says_id, row.answer_id)])
    people = find_volunteers_by_id(session, {one.volunteer_id for one in cases})
    waiting = [reversal_about(one.id) for one in cases if one.outcome is None]
    proposals = proposals_about(session, REVERSE, waiting) if waiting else {}
    told = []
    for one in cases:
        whose = people[one.volunteer_id]
        told.append(
            CaseRow(
                one,
                whose.number,
                mask_name(whose.name) if whose.name else SOMEBODY_GONE,
                words.get(one.says_id, {}).get("says"),
                words.get(one.answer_id or 0, {}).get("answer"),
                proposals.get(reversal_about(one.id)),
            )
        )
    return told
