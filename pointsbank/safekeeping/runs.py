"""What became of every backup (备份记录): when, by whom, where to, good or refused by what code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Act, Base, Int, Session, Text, statement, strict_table

GOOD = "good"
# By itself at night, by somebody's hand, and the copy that goes onto a stick.
NIGHTLY, ON_DEMAND, STICK = "nightly", "on_demand", "stick"
# The place that is the bank's own folder; every other is a stick's or a folder's name.
HERE = "bank"


class BackupRun(Base):
    """One try. Append-only; a good one was read back and stood its checks at `verified_at`."""

    __tablename__ = "backup_run"
    __table_args__ = strict_table(
        CheckConstraint("kind IN ('nightly', 'on_demand', 'stick')", name="kind"),
        CheckConstraint("(outcome = 'good') = (verified_at IS NOT NULL)", name="verified"),
        CheckConstraint("(outcome = 'good') = (sha256 IS NOT NULL)", name="hashed"),
        Index(None, "kind", "outcome"),
        Index(None, "sha256"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"), unique=True)
    at: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[str | None] = mapped_column(Text)
    bytes: Mapped[int | None] = mapped_column(Int)
    sha256: Mapped[str | None] = mapped_column(Text)
    verified_at: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class BackupRunRow:
    """One try, as a page shows it. `made_at` is the moment whose books it holds."""

    id: int
    at: str
    actor: str
    kind: str
    place: str
    name: str | None
    made_at: str | None
    bytes: int | None
    sha256: str | None
    verified_at: str | None
    outcome: str

    @property
    def is_good(self) -> bool:
        return self.outcome == GOOD


SELECT_RUNS = select(
    BackupRun.id,
    BackupRun.at,
    BackupRun.actor,
    BackupRun.kind,
    BackupRun.place,
    BackupRun.name,
    BackupRun.made_at,
    BackupRun.bytes,
    BackupRun.sha256,
    BackupRun.verified_at,
    BackupRun.outcome,
)
_INSERT = statement(insert(BackupRun))
_LAST_HERE = statement(
    SELECT_RUNS.where(BackupRun.outcome == GOOD, BackupRun.kind != STICK)
    .order_by(BackupRun.made_at.desc(), BackupRun.id.desc())
    .limit(1)
)
_LAST_ON_STICK = statement(
    SELECT_RUNS.where(BackupRun.outcome == GOOD, BackupRun.kind == STICK)
    .order_by(BackupRun.made_at.desc(), BackupRun.id.desc())
    .limit(1)
)
_LAST = statement(SELECT_RUNS.where(BackupRun.kind != STICK).order_by(BackupRun.id.desc()).limit(1))
_KNOWN = statement(
    select(BackupRun.id)
    .where(BackupRun.sha256 == bindparam("of_sha256"), BackupRun.place == bindparam("of_place"))
    .limit(1)
)


def insert_run(act: Act, **facts: Any) -> None:
    """Write one try down."""
    act.session.run(_INSERT, receipt_id=act.receipt_id, at=act.now, actor=act.caller.actor, **facts)


def find_last_good(session: Session, *, on_stick: bool = False) -> BackupRunRow | None:
    """The good backup with the newest books, in our own folder or on a stick."""
    row = session.row(_LAST_ON_STICK if on_stick else _LAST_HERE)
    return None if row is None else run_row(row)


def find_last_run(session: Session) -> BackupRunRow | None:
    """The last try in our own folder, good or not."""
    row = session.row(_LAST)
    return None if row is None else run_row(row)


def is_recorded(session: Session, sha256: str, place: str) -> bool:
    """Whether this very file at this place stands in the list already."""
    return session.value(_KNOWN, of_sha256=sha256, of_place=place) is not None


def run_row(row: Any) -> BackupRunRow:
    """A row of `SELECT_RUNS` as plain data."""
    return BackupRunRow(*row)
