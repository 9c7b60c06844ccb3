"""Questions about backups: is there a good one, which have there been, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, not_, select

from pointsbank.foundation import (
    Bank,
    Page,
    Paging,
    Session,
    from_instant,
    list_settings,
    query,
    statement,
)
from pointsbank.redemption import Redemption
from pointsbank.safekeeping.errors import SeenUnknown
from pointsbank.safekeeping.life import RESTORED_AT, RESTORED_FROM, find_life
from pointsbank.safekeeping.operations import KEEP_SETTINGS
from pointsbank.safekeeping.runs import (
    SELECT_RUNS,
    BackupRun,
    BackupRunRow,
    find_last_good,
    find_last_run,
    run_row,
)
from pointsbank.safekeeping.seen import IS_OPEN, SELECT_SEEN, SeenElsewhere, SeenRow, seen_row
from pointsbank.safekeeping.shelf import Keep

# One every night, and two hours to make it in.
FRESH = timedelta(hours=26)
STICK_FRESH = timedelta(days=7)

_RUNS = statement(
    SELECT_RUNS.order_by(BackupRun.id.desc()).limit(bindparam("most")).offset(bindparam("offset"))
)
_COUNT_RUNS = statement(select(func.count()).select_from(BackupRun))
_SEEN = SELECT_SEEN.order_by(not_(IS_OPEN), SeenElsewhere.id)
_SEEN_PAGE = statement(_SEEN.limit(bindparam("most")).offset(bindparam("offset")))
_ONE_SEEN = statement(SELECT_SEEN.where(SeenElsewhere.id == bindparam("of_id")))
_CARDS_SEEN = statement(
    select(SeenElsewhere.card).where(SeenElsewhere.card.is_not(None)).distinct()
)
_COUNT_SEEN = statement(select(func.count()).select_from(SeenElsewhere))
_COUNT_OPEN = statement(select(func.count()).select_from(SeenElsewhere).where(IS_OPEN))
_SLIP = statement(
    select(Redemption.id).where(
        Redemption.slip == bindparam("of_slip"),
        Redemption.total_points == bindparam("of_points"),
        Redemption.happened_on >= bindparam("since"),
        Redemption.happened_on <= bindparam("until"),
    )
)


@dataclass(frozen=True)
class BackupState:
    """How safe the books are now. `is_green` when the last good backup is of last night."""

    last_good: BackupRunRow | None
    last_on_stick: BackupRunRow | None
    last_run: BackupRunRow | None
    hours: int | None
    stick_days: int | None
    is_green: bool
    is_stick_fresh: bool
    missing: int
    restored_at: str | None
    restored_from: str | None


def read_backup_state(bank: Bank) -> BackupState:
    """Whether there is a fresh good backup, and where."""
    now = bank.clock.moment()
    return bank.database.read(lambda session: _state(session, now))


def _state(session: Session, now: datetime) -> BackupState:
    good, stick = find_last_good(session), find_last_good(session, on_stick=True)
    age, stick_age = _age(good, now), _age(stick, now)
    settings = list_settings(session)
    return BackupState(
        last_good=good,
        last_on_stick=stick,
        last_run=find_last_run(session),
        hours=None if age is None else int(age.total_seconds() // 3600),
        stick_days=None if stick_age is None else max(0, stick_age.days),
        is_green=age is not None and age <= FRESH,
        is_stick_fresh=stick_age is not None and stick_age <= STICK_FRESH,
        missing=session.value(_COUNT_OPEN),
        restored_at=settings.get(RESTORED_AT),
        restored_from=settings.get(RESTORED_FROM),
    )


def _age(run: BackupRunRow | None, now: datetime) -> timedelta | None:
    return None if run is None or run.made_at is None else now - from_instant(run.made_at)


@query
def last_good_backup(session: Session) -> BackupRunRow | None:
    """The good backup with the newest books in the bank's own folder."""
    return find_last_good(session)


@query
def list_backup_runs(session: Session, *, paging: Paging | None = None) -> Page[BackupRunRow]:
    """Every try, the newest first."""
    paging = paging or Paging()
    rows = session.rows(_RUNS, most=paging.per_page, offset=paging.offset)
    total = session.value(_COUNT_RUNS)
    return Page([run_row(row) for row in rows], total, paging.page, paging.per_page)


@query
def list_seen(session: Session, *, paging: Paging | None = None) -> Page[SeenRow]:
    """What others have seen and these books do not have; what is still open comes first."""
    paging = paging or Paging()
    rows = session.rows(_SEEN_PAGE, most=paging.per_page, offset=paging.offset)
    total = session.value(_COUNT_SEEN)
    return Page([seen_row(row) for row in rows], total, paging.page, paging.per_page)


@query
def list_seen_tails(session: Session) -> list[str]:
    """The last digits of every card that is on that list."""
    return sorted(row.card[-4:] for row in session.rows(_CARDS_SEEN))


@query
def get_seen(session: Session, *, seen_id: int) -> SeenRow:
    """One line of the list. Raises SeenUnknown."""
    row = session.row(_ONE_SEEN, of_id=seen_id)
    if row is None:
        raise SeenUnknown()
    return seen_row(row)


@query
def is_slip_known(session: Session, *, slip: str, points: int, happened_on: str | None) -> bool:
    """Whether a slip of this number and sum stands in the books, on a day or on any."""
    day = {"since": happened_on or "", "until": happened_on or "9999-12-31"}
    return session.row(_SLIP, of_slip=slip, of_points=points, **day) is not None


@query
def read_life(session: Session) -> str:
    """The id of this life of the books; the first one has none."""
    return find_life(session)


def read_keeping(bank: Bank) -> Keep:
    """How many backups are kept."""
    settings, usual = bank.database.read(list_settings), Keep()
    numbers = (usual.daily, usual.weekly, usual.monthly)
    daily, weekly, monthly = (
        int(settings.get(name, number)) for name, number in zip(KEEP_SETTINGS, numbers, strict=True)
    )
    return Keep(daily, weekly, monthly)
