"""Time credit (时间储蓄): hours saved up beside points, the third quantity, kept apart from both.

A record that takes effect saves up time where the rulebook of its day keeps time credit; voiding it
takes the time back. What counts is how long was served: caps and multipliers are those of points.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning.rules import Rulebook, Served
from pointsbank.earning.service_records import LockedRecord, ServiceRecord, record_number
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Page,
    Paging,
    Session,
    Text,
    pack,
    packed_rows,
    public_id,
    query,
    statement,
    strict_table,
)
from pointsbank.ledger import (
    TIME_CREDIT,
    AccountRef,
    Draft,
    Transfer,
    declare_kind,
    find_account,
    find_accounts,
    find_commodity,
    kept_balances,
    lock_accounts,
    open_account,
    post_entries,
    reverse_entry,
    time_credit_id,
)
from pointsbank.people import SYSTEM_HOLDER, VolunteerRef

SAVE = declare_kind("earning.time_credit", [("time_issued", "time_wallet")])


class TimeCredit(Base):
    """What one record has saved up, in minutes. Its entry issued exactly that, once; voided, a
    reversal took it back."""

    __tablename__ = "time_credit"
    __table_args__ = strict_table(
        CheckConstraint("minutes > 0", name="minutes"), Index(None, "volunteer_id", "record_id")
    )

    record_id: Mapped[int] = mapped_column(
        Int, ForeignKey("service_record.id"), primary_key=True, autoincrement=False
    )
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    minutes: Mapped[int] = mapped_column(Int)
    working: Mapped[str] = mapped_column(Text)
    entry_id: Mapped[int] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)
    back_id: Mapped[int | None] = mapped_column(Int, ForeignKey("journal_entry.id"), unique=True)


_INSERT = statement(
    insert(TimeCredit).from_select(
        ["record_id", "volunteer_id", "minutes", "working", "entry_id"],
        select(*packed_rows("saved", int, int, int, str, int)),
    )
)
_STANDING = statement(
    select(TimeCredit.entry_id).where(
        TimeCredit.record_id == bindparam("of_record"), TimeCredit.back_id.is_(None)
    )
)
_BACK = statement(
    update(TimeCredit)
    .where(TimeCredit.record_id == bindparam("of_record"), TimeCredit.back_id.is_(None))
    .values(back_id=bindparam("new_back", type_=Int))
)


@dataclass(frozen=True, slots=True)
class _Saved:
    """A record that takes effect, and the time that it saves up."""

    record: LockedRecord
    volunteer: VolunteerRef
    minutes: int
    working: str
    version: int

    @property
    def document(self) -> str:
        return f"time:{self.record.id}"


def save_time(
    act: Act, effective: Iterable[tuple[LockedRecord, VolunteerRef, Rulebook]]
) -> dict[int, int]:
    """Save up the time of records that take effect; the minutes by record.

    Each by the rulebook of its day. For steps that hold the records and their people's accounts;
    accounts of time are locked after those of points, by everybody.
    """
    saved = [one for told in effective for one in _saved_by(*told)]
    if not saved:
        return {}
    commodity = time_credit_id(act.session)
    issued = open_account(act.session, "time_issued", commodity, SYSTEM_HOLDER, now=act.now)
    wallets = _wallets(act, commodity, {one.volunteer.holder for one in saved})
    lock_accounts(act.session, *(wallet.id for wallet in wallets.values()))
    drafts = [
        Draft(
            one.document,
            [Transfer(issued, wallets[one.volunteer.holder], one.minutes)],
            f"时间储蓄：{one.working}",
            f"earning_rule:{one.version}",
        )
        for one in saved
    ]
    posted = post_entries(act, SAVE, drafts, locked=True)
    rows = [
        (one.record.id, one.volunteer.id, one.minutes, one.working, posted[one.document].id)
        for one in saved
    ]
    act.session.run(_INSERT, saved=pack(rows))
    return {one.record.id: one.minutes for one in saved}


def _saved_by(record: LockedRecord, volunteer: VolunteerRef, book: Rulebook) -> Iterable[_Saved]:
    if not book.time_credit.kept or not book.earns(record.source):
        return
    minutes, words = book.time_credit.saved(Served.of(record))
    if minutes:
        yield _Saved(record, volunteer, minutes, words.zh, book.version)


def _wallets(act: Act, commodity: int, holders: set[str]) -> dict[str, AccountRef]:
    """The holders' accounts of time; who had none has one from here on."""
    found = find_accounts(act.session, "time_wallet", commodity, holders)
    for holder in sorted(holders - set(found)):
        found[holder] = open_account(act.session, "time_wallet", commodity, holder, now=act.now)
    return found


def take_time_back(act: Act, record: LockedRecord) -> int | None:
    """Take back what a record that is voided has saved up; the reversal's id, if there was any.

    Nothing spends time yet, so that it is there.
    """
    entry_id: int | None = act.session.value(_STANDING, of_record=record.id)
    if entry_id is None:
        return None
    memo, document = "服务记录作废，时间储蓄冲回", f"time:{record.id}"
    back = reverse_entry(act, SAVE, entry_id, memo=memo, document=document)
    act.session.run(_BACK, of_record=record.id, new_back=back.id)
    return back.id


# ------------------------------------------------------------------------------ what doors may ask


@dataclass(frozen=True)
class TimeSaved:
    """How much time somebody has saved up, and the account that holds it; None where none does."""

    minutes: int
    account_id: int | None


@dataclass(frozen=True)
class TimeLine:
    """What one service has saved up; `is_back` where it was voided since."""

    record: str
    activity: str
    served_on: str
    minutes: int
    working: str
    entry: str
    is_back: bool


@query
def get_time_saved(session: Session, *, volunteer_id: int) -> TimeSaved:
    """How much time a volunteer has saved up."""
    commodity = find_commodity(session, TIME_CREDIT)
    holder = f"volunteer:{volunteer_id}"
    found = find_account(session, "time_wallet", commodity, holder) if commodity else None
    if found is None:
        return TimeSaved(0, None)
    return TimeSaved(kept_balances(session, found.id)[found.id], found.id)


_LINES = select(
    TimeCredit.record_id,
    ServiceRecord.activity,
    ServiceRecord.served_on,
    TimeCredit.minutes,
    TimeCredit.working,
    TimeCredit.entry_id,
    TimeCredit.back_id,
).join(ServiceRecord, ServiceRecord.id == TimeCredit.record_id)
_THEIRS = _LINES.where(TimeCredit.volunteer_id == bindparam("of_volunteer"))
_COUNT = statement(select(func.count()).select_from(_THEIRS.subquery()))
_PAGE = statement(
    _THEIRS.order_by(ServiceRecord.served_on.desc(), TimeCredit.record_id.desc())
    .limit(bindparam("per_page", type_=Int))
    .offset(bindparam("offset", type_=Int))
)


@query
def find_time_of(session: Session, *, record_id: int) -> TimeLine | None:
    """What one record has saved up, or None."""
    row = session.row(_LINES.where(TimeCredit.record_id == record_id))
    return None if row is None else _line(row)


@query
def list_time_saved(
    session: Session, *, volunteer_id: int, paging: Paging | None = None
) -> Page[TimeLine]:
    """What each service of a volunteer has saved up, the newest first."""
    paging = paging or Paging()
    total = int(session.value(_COUNT, of_volunteer=volunteer_id))
    rows = session.rows(
        _PAGE, of_volunteer=volunteer_id, per_page=paging.per_page, offset=paging.offset
    )
    return Page([_line(row) for row in rows], total, paging.page, paging.per_page)


def _line(row: Any) -> TimeLine:
    return TimeLine(
        record=record_number(row.record_id),
        activity=row.activity,
        served_on=row.served_on,
        minutes=row.minutes,
        working=row.working,
        entry=public_id("J", row.entry_id),
        is_back=row.back_id is not None,
    )
