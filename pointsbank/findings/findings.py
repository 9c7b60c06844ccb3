"""Findings (异常): what looks odd in the records, found once, for somebody to look at.

A finding accuses nobody: it names records, and is closed by whoever has looked, with a remark.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning import ServiceRecord, read_record_number, refuse_hands
from pointsbank.findings.errors import FindingLookedAt, FindingUnknown, RemarkMissing
from pointsbank.findings.kinds import KINDS, Found, Window
from pointsbank.findings.numbers import numbers_on
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Base,
    Caller,
    Int,
    Page,
    Paging,
    PublicIdInvalid,
    Session,
    Text,
    add_days,
    canonical_json,
    insert_ignoring,
    new_key,
    operation,
    pack,
    packed_rows,
    public_id,
    query,
    read_page,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import required_text
from pointsbank.people import (
    find_volunteers_by_id,
    hold_volunteer_by_id,
    mask_name,
    read_words,
    require_person,
    write_words,
)

SOMEBODY_GONE = "已注销"
LOOKERS = ("worker", "witness", "admin")
# Every night looks through so many days again: lists and back-filled hours come in late.
DAYS = 45
ROWS_MOST = 200
REMARK_MOST = 200


class Finding(Base):
    """One thing that was found, once for all nights (`kind`, `about`); looked at once.

    The remark about a volunteer stands with the words about them, any other here.
    """

    __tablename__ = "finding"
    __table_args__ = strict_table(
        UniqueConstraint("kind", "about"),
        CheckConstraint(
            "(looked_at IS NULL) = (looked_by IS NULL)"
            " AND (looked_at IS NULL) = (remark IS NULL AND remark_id IS NULL)",
            name="looked",
        ),
        CheckConstraint("remark IS NULL OR volunteer_id IS NULL", name="remark"),
        Index(
            "ix_finding_open",
            "id",
            sqlite_where=text("looked_at IS NULL"),
            postgresql_where=text("looked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    volunteer_id: Mapped[int | None] = mapped_column(Int, ForeignKey("volunteer.id"))
    record_id: Mapped[int | None] = mapped_column(Int, ForeignKey("service_record.id"))
    facts: Mapped[str] = mapped_column(Text)
    found_on: Mapped[str] = mapped_column(Text)
    looked_by: Mapped[str | None] = mapped_column(Text)
    looked_at: Mapped[str | None] = mapped_column(Text)
    remark: Mapped[str | None] = mapped_column(Text)
    remark_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))


@dataclass(frozen=True)
class FindingRow:
    """A finding as a worker sees it."""

    id: int
    kind: str
    volunteer_id: int | None
    facts: dict[str, Any]
    found_on: str
    looked_by: str | None
    looked_at: str | None
    remark: str | None
    volunteer_number: str | None = None
    masked_name: str | None = None

    @property
    def number(self) -> str:
        return finding_number(self.id)


_COLUMNS = (
    Finding.id,
    Finding.kind,
    Finding.volunteer_id,
    Finding.facts,
    Finding.found_on,
    Finding.looked_by,
    Finding.looked_at,
    Finding.remark,
    Finding.remark_id,
    Finding.record_id,
)
_BY_ID = select(*_COLUMNS).where(Finding.id == bindparam("of_id"))
_FIND, _LOCK = statement(_BY_ID), statement(_BY_ID.with_for_update())
_KIND, _ABOUT, _VOLUNTEER, _RECORD, _FACTS = packed_rows("rows", str, str, int, int, str)
_INSERT = statement(
    insert_ignoring(Finding, "kind", "about").from_select(
        ["kind", "about", "volunteer_id", "record_id", "facts", "found_on"],
        select(
            _KIND,
            _ABOUT,
            _VOLUNTEER,
            _RECORD,
            _FACTS,
            bindparam("found_on", type_=Text),
            # Without a condition SQLite would read ON CONFLICT as the ON of a join.
        ).where(literal(1) == literal(1)),
    )
)
_KNOWN = statement(select(Finding.kind, Finding.about))
[_ID] = packed_rows("records", int)
_HANDS = statement(
    select(ServiceRecord.recorded_by, ServiceRecord.decided_by).where(
        ServiceRecord.id.in_(select(_ID))
    )
)
_LOOK = statement(
    update(Finding)
    .where(Finding.id == bindparam("of_id"), Finding.looked_at.is_(None))
    .values(
        looked_by=bindparam("new_by"),
        looked_at=bindparam("new_at"),
        remark=bindparam("new_remark"),
        remark_id=bindparam("new_remark_id"),
    )
)


def finding_number(finding_id: int) -> str:
    """The public number of a finding.

    >>> finding_number(12)
    'W000012-5'
    """
    return public_id("W", finding_id)


# -------------------------------------------------------------------------------------- finding


def look_for_findings(bank: Bank, *, by: Caller) -> int:
    """Look through the last weeks, outside the writer, and keep what is new; how much that was."""
    today = bank.clock.today()
    fresh = bank.database.read(lambda session: _look(session, today))
    new = 0
    for place in range(0, len(fresh), ROWS_MOST):
        part = fresh[place : place + ROWS_MOST]
        new += keep_findings(bank, by=by, key=new_key(), rows=part).answer["new"]
    return new


def _look(session: Session, today: str) -> list[list[Any]]:
    """What every kind finds now and nobody has found before, as plain values."""
    window = Window(add_days(today, -DAYS), today, numbers_on(session, today))
    known = {(row.kind, row.about) for row in session.rows(_KNOWN)}
    return [
        _values(kind.code, found)
        for kind in KINDS
        for found in kind.find(session, window)
        if (kind.code, found.about) not in known
    ]


def _values(kind: str, found: Found) -> list[Any]:
    facts = canonical_json(found.facts).decode()
    return [kind, found.about, found.volunteer_id, found.record_id, facts]


@operation("findings.keep_findings")
def keep_findings(act: Act, *, rows: list[list[Any]]) -> Answer:
    """Keep what was found, unless it was found before: a night that runs twice finds it once."""
    return {"new": act.session.run(_INSERT, rows=pack(rows), found_on=act.today) if rows else 0}


# ----------------------------------------------------------------------------------- looking at it


@operation("findings.look_at_finding")
def look_at_finding(act: Act, *, finding: str, remark: str) -> Answer:
    """Say that one has looked at a finding, and what one saw (看过了).

    Whoever recorded or approved what it is about does not, nor whom it is about, nor their family.
    Raises FindingUnknown, FindingLookedAt, RemarkMissing, SamePersonTwice, BenefitsOneself,
    SameHousehold, SecondPersonNeeded for a command, RoleMissing, VolunteerErased.
    """
    person = require_person(act, *LOOKERS)
    said = required_text(remark, REMARK_MOST, RemarkMissing)
    known = _row(act.session, finding)
    whose = known.volunteer_id
    volunteer = None if whose is None else hold_volunteer_by_id(act.session, whose)
    held = act.session.row(_LOCK, of_id=known.id)
    if held.looked_at is not None:
        raise FindingLookedAt(finding=finding)
    concerned = [] if volunteer is None else [volunteer.id]
    refuse_hands(act.session, person, _hands(act.session, held), concerned)
    words_id = None
    if volunteer is not None:
        act.for_whom = volunteer.holder
        words_id = write_words(act.session, volunteer, remark=said)
    act.session.run(
        _LOOK,
        of_id=known.id,
        new_by=act.caller.actor,
        new_at=act.now,
        new_remark=said if volunteer is None else None,
        new_remark_id=words_id,
    )
    return {"finding": finding_number(known.id)}


def _hands(session: Session, row: Any) -> set[str | None]:
    """Who recorded and who approved what it is about, as far as anybody has by now."""
    facts = json.loads(row.facts)
    found = {facts.get("recorded_by"), facts.get("decided_by")}
    named = [facts[name] for name in ("record", "other") if name in facts]
    records = {row.record_id, *(read_record_number(one) for one in named)} - {None}
    for record in session.rows(_HANDS, records=pack((one,) for one in sorted(records))):
        found |= {record.recorded_by, record.decided_by}
    return found


def _row(session: Session, number: str) -> Any:
    try:
        row = session.row(_FIND, of_id=read_public_id("W", number))
    except PublicIdInvalid:
        row = None
    if row is None:
        raise FindingUnknown(finding=number[:24])
    return row


# --------------------------------------------------------------------------------- for the pages


@query
def list_findings(
    session: Session, *, is_open: bool = True, kind: str | None = None, paging: Paging | None = None
) -> Page[FindingRow]:
    """Findings that nobody has looked at, or those that somebody has; the newest first."""
    paging = paging or Paging()
    open_ones = Finding.looked_at.is_(None) if is_open else Finding.looked_at.is_not(None)
    found = select(*_COLUMNS).where(open_ones)
    if kind is not None:
        found = found.where(Finding.kind == kind)
    page = read_page(session, found.order_by(Finding.id.desc()), paging)
    return page.holding(_told(session, page.items))


@query
def get_finding(session: Session, *, finding: str) -> FindingRow:
    """One finding by its number. Raises FindingUnknown."""
    [row] = _told(session, [_row(session, finding)])
    return row


@query
def count_findings(session: Session) -> int:
    """How many wait to be looked at."""
    waiting = select(func.count()).select_from(Finding).where(Finding.looked_at.is_(None))
    return int(session.value(waiting) or 0)


def _told(session: Session, rows: Sequence[Any]) -> list[FindingRow]:
    words = read_words(session, [row.remark_id for row in rows])
    people = find_volunteers_by_id(session, {row.volunteer_id for row in rows if row.volunteer_id})
    told = []
    for row in rows:
        whose = people.get(row.volunteer_id)
        told.append(
            FindingRow(
                row.id,
                row.kind,
                row.volunteer_id,
                json.loads(row.facts),
                row.found_on,
                row.looked_by,
                row.looked_at,
                row.remark or words.get(row.remark_id or 0, {}).get("remark"),
                whose.number if whose else None,
                (mask_name(whose.name) if whose.name else SOMEBODY_GONE) if whose else None,
            )
        )
    return told
