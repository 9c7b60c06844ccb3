"""What the doors may ask about opening balances (存折旧账): lists, one of them, how many wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, cast, func, select

from pointsbank.earning.booklets import (
    CONFIRMED,
    WAITING,
    OpeningBalance,
    opening_number,
    read_opening_number,
)
from pointsbank.earning.errors import OpeningUnknown
from pointsbank.foundation import (
    Int,
    Page,
    Paging,
    Session,
    pack,
    packed_rows,
    public_id,
    query,
    read_page,
    statement,
)
from pointsbank.people import VolunteerRef, find_volunteers_by_id, mask_name, read_words

SOMEBODY_GONE = "已注销"


@dataclass(frozen=True)
class OpeningRow:
    """An opening balance as a worker sees it; words that were forgotten are None."""

    id: int
    volunteer_id: int
    booklet: str
    points: int
    minutes: int
    kept_until: str
    scan: str
    words_id: int | None
    proposed_by: str
    proposed_at: str
    status: str
    decided_by: str | None
    decided_at: str | None
    reason_id: int | None
    rule_version: int | None
    entry_id: int | None
    taken_back_proposed_by: str | None
    taken_back_by: str | None
    taken_back_at: str | None
    back_id: int | None
    volunteer_number: str = ""
    masked_name: str = ""
    words: str | None = None
    reason: str | None = None

    @property
    def number(self) -> str:
        return opening_number(self.id)

    @property
    def entry(self) -> str | None:
        return None if self.entry_id is None else public_id("J", self.entry_id)

    @property
    def back_entry(self) -> str | None:
        return None if self.back_id is None else public_id("J", self.back_id)


_COLUMNS = tuple(OpeningBalance.__table__.columns)
[_ID] = packed_rows("ids", int)
_BY_IDS = statement(select(*_COLUMNS).where(OpeningBalance.id.in_(select(_ID))))


@query
def list_openings(
    session: Session,
    *,
    status: str | None = None,
    volunteer_id: int | None = None,
    booklet: str | None = None,
    paging: Paging | None = None,
) -> Page[OpeningRow]:
    """Opening balances: those that wait the oldest first, all others the newest first."""
    paging = paging or Paging()
    found = select(*_COLUMNS)
    wanted: dict[Any, object] = {
        OpeningBalance.status: status,
        OpeningBalance.volunteer_id: volunteer_id,
        OpeningBalance.booklet: booklet,
    }
    for column, value in wanted.items():
        if value is not None:
            found = found.where(column == value)
    order = OpeningBalance.id if status == WAITING else OpeningBalance.id.desc()
    page = read_page(session, found.order_by(order), paging)
    return page.holding(_told(session, page.items))


@query
def get_opening(session: Session, *, opening: str) -> OpeningRow:
    """One opening balance by its number. Raises OpeningUnknown."""
    opening_id = read_opening_number(opening)
    found = read_openings(session, [opening_id])
    if opening_id not in found:
        raise OpeningUnknown(number=opening[:24])
    return found[opening_id]


def read_openings(session: Session, ids: Iterable[int]) -> dict[int, OpeningRow]:
    """Several of them by their ids, as the documents of entries name them."""
    rows = session.rows(_BY_IDS, ids=pack((one,) for one in ids))
    return {row.id: row for row in _told(session, rows)} if rows else {}


@query
def count_openings(session: Session) -> int:
    """How many booklets wait for a second person."""
    waiting = select(func.count()).select_from(OpeningBalance)
    return int(session.value(waiting.where(OpeningBalance.status == WAITING)))


def _told(session: Session, rows: Iterable[Any]) -> list[OpeningRow]:
    rows = list(rows)
    people = find_volunteers_by_id(session, {row.volunteer_id for row in rows})
    words = read_words(session, [one for row in rows for one in (row.words_id, row.reason_id)])
    return [_row(row, people[row.volunteer_id], words) for row in rows]


def _row(row: Any, volunteer: VolunteerRef, words: dict[int, dict[str, Any]]) -> OpeningRow:
    return OpeningRow(
        **row._asdict(),
        volunteer_number=volunteer.number,
        masked_name=mask_name(volunteer.name) if volunteer.name else SOMEBODY_GONE,
        words=words.get(row.words_id or 0, {}).get("words"),
        reason=words.get(row.reason_id or 0, {}).get("reason"),
    )


def minutes_of_booklets() -> Any:
    """A statement's part: minutes of confirmed booklets by volunteer."""
    return select(OpeningBalance.volunteer_id, OpeningBalance.minutes).where(
        OpeningBalance.status == CONFIRMED
    )


_SUMS = statement(
    select(OpeningBalance.status, cast(func.sum(OpeningBalance.minutes), Int).label("minutes"))
    .where(OpeningBalance.volunteer_id == bindparam("of_volunteer"))
    .group_by(OpeningBalance.status)
)


def sum_booklets(session: Session, volunteer_id: int) -> dict[str, int]:
    """The minutes of somebody's booklets, by how far they are."""
    return {row.status: row.minutes for row in session.rows(_SUMS, of_volunteer=volunteer_id)}
