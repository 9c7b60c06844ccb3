"""Uploads (上传的名单): who brought which file, how far it is, and who works at it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    from_instant,
    public_id,
    read_public_id,
    statement,
    strict_table,
    to_instant,
)
from pointsbank.foundation.sheets import FILE_BYTES_MOST
from pointsbank.imports.errors import ClaimLost, UploadNotReady, UploadUnknown

LETTER = "U"
KEPT = timedelta(days=7)
# A process that has said nothing for so long is taken for dead.
SILENT = timedelta(minutes=1)


class Upload(Base):
    """One file that somebody brought. Who took it in stands there as soon as anything is booked.

    `arriving` until all its bytes are here, `uploaded` until it was checked, `checked` until
    somebody decides, `running` while it is booked; then `done`, `stopped` or `failed` with a code.
    """

    __tablename__ = "upload"
    __table_args__ = strict_table(
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        CheckConstraint(f"size_bytes BETWEEN 1 AND {FILE_BYTES_MOST}", name="size"),
        CheckConstraint(
            "status IN ('arriving', 'uploaded', 'checked', 'running', 'done', 'stopped', 'failed')",
            name="status",
        ),
        CheckConstraint(
            "status NOT IN ('running', 'done') OR taken_receipt_id IS NOT NULL", name="taken"
        ),
        CheckConstraint(
            "(taken_by IS NULL) = (taken_receipt_id IS NULL)"
            " AND (taken_by IS NULL) = (take_good IS NULL)",
            name="taker",
        ),
        CheckConstraint("take_good IN (0, 1)", name="take_good"),
        CheckConstraint("(worker IS NULL) = (beat_at IS NULL)", name="worker"),
        CheckConstraint("code IS NULL OR status IN ('checked', 'failed')", name="code"),
        Index(None, "uploaded_by", "uploaded_at"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text, index=True)
    size_bytes: Mapped[int] = mapped_column(Int)
    status: Mapped[str] = mapped_column(Text, index=True)
    uploaded_by: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[str] = mapped_column(Text)
    checked_at: Mapped[str | None] = mapped_column(Text)
    taken_by: Mapped[str | None] = mapped_column(Text)
    taken_receipt_id: Mapped[int | None] = mapped_column(Int, ForeignKey("receipt.id"))
    take_good: Mapped[int | None] = mapped_column(Int)
    finished_at: Mapped[str | None] = mapped_column(Text)
    rows_total: Mapped[int] = mapped_column(Int)
    rows_good: Mapped[int] = mapped_column(Int)
    rows_changed: Mapped[int] = mapped_column(Int)
    rows_known: Mapped[int] = mapped_column(Int)
    rows_bad: Mapped[int] = mapped_column(Int)
    rows_done: Mapped[int] = mapped_column(Int)
    rows_to_do: Mapped[int] = mapped_column(Int)
    code: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[str | None] = mapped_column(Text)
    worker: Mapped[str | None] = mapped_column(Text)
    beat_at: Mapped[str | None] = mapped_column(Text)
    forgotten_at: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload as others see it."""

    id: int
    number: str
    kind: str
    file_name: str
    sha256: str
    size_bytes: int
    status: str
    uploaded_by: str
    uploaded_at: str
    checked_at: str | None
    taken_by: str | None
    taken_receipt_id: int | None
    take_good: bool
    finished_at: str | None
    rows_total: int
    rows_good: int
    rows_changed: int
    rows_known: int
    rows_bad: int
    rows_done: int
    rows_to_do: int
    code: str | None
    facts: str | None
    worker: str | None
    beat_at: str | None
    forgotten_at: str | None


_NOTHING_YET = (
    "checked_at",
    "taken_by",
    "taken_receipt_id",
    "take_good",
    "finished_at",
    "code",
    "facts",
    "worker",
    "beat_at",
    "forgotten_at",
)
_COUNTED = (
    "rows_total",
    "rows_good",
    "rows_changed",
    "rows_known",
    "rows_bad",
    "rows_done",
    "rows_to_do",
)
SELECT_UPLOADS = select(*Upload.__table__.columns)
_INSERT = statement(insert(Upload).returning(Upload.id))
_BY_ID = statement(SELECT_UPLOADS.where(Upload.id == bindparam("of_id")))
_LOCKED = statement(SELECT_UPLOADS.where(Upload.id == bindparam("of_id")).with_for_update())
_SINCE = statement(
    select(func.count())
    .select_from(Upload)
    .where(Upload.uploaded_by == bindparam("of_actor"), Upload.uploaded_at >= bindparam("since"))
)
_IS_FREE = or_(
    Upload.worker.is_(None),
    Upload.beat_at < bindparam("silent"),
    # A beat from the future was made before the clock was put right.
    Upload.beat_at > bindparam("soon"),
)
_WAITING = statement(
    select(Upload.id)
    .where(or_(Upload.status == "uploaded", Upload.status == "running"), _IS_FREE)
    .order_by(Upload.id)
    .limit(1)
)
_CLAIM = statement(
    update(Upload)
    .where(
        Upload.id == bindparam("of_id"),
        or_(Upload.status == "uploaded", Upload.status == "running"),
        _IS_FREE,
    )
    .values(worker=bindparam("new_worker"), beat_at=bindparam("now"))
)
_BEAT = statement(
    update(Upload)
    .where(Upload.id == bindparam("of_id"), Upload.worker == bindparam("of_worker"))
    .values(
        beat_at=bindparam("now"),
        rows_done=bindparam("new_done"),
        rows_to_do=bindparam("new_to_do"),
    )
)
_FREE_ALL = statement(
    update(Upload).where(Upload.worker.is_not(None)).values(worker=None, beat_at=None)
)
_OLD = statement(
    select(Upload.id)
    .where(
        Upload.forgotten_at.is_(None),
        Upload.uploaded_at < bindparam("before"),
    )
    .order_by(Upload.id)
)


def upload_number(upload_id: int) -> str:
    """How an upload is called (导入编号)."""
    return public_id(LETTER, upload_id)


def read_upload_number(number: str) -> int:
    """The id behind a number. Raises PublicIdInvalid."""
    return read_public_id(LETTER, number)


def insert_upload(act: Act, *, kind: str, file_name: str, sha256: str, size_bytes: int) -> int:
    """A new upload whose bytes are on their way."""
    made: int = act.session.value(
        _INSERT,
        kind=kind,
        file_name=file_name,
        sha256=sha256,
        size_bytes=size_bytes,
        status="arriving",
        uploaded_by=act.caller.actor,
        uploaded_at=act.now,
        **dict.fromkeys(_NOTHING_YET),
        **dict.fromkeys(_COUNTED, 0),
    )
    return made


def count_since(session: Session, actor: str, since: str) -> int:
    """How many files somebody brought since then."""
    return int(session.value(_SINCE, of_actor=actor, since=since))


def get_upload_row(session: Session, upload_id: int) -> UploadRow:
    """One upload. Raises UploadUnknown."""
    return _found(session.row(_BY_ID, of_id=upload_id), upload_id)


def lock_upload(session: Session, upload_id: int, *statuses: str) -> UploadRow:
    """One upload that is at one of these steps, locked. Raises UploadUnknown, UploadNotReady."""
    found = _found(session.row(_LOCKED, of_id=upload_id), upload_id)
    if statuses and found.status not in statuses:
        raise UploadNotReady(status=found.status)
    return found


def lock_claimed(session: Session, upload_id: int, worker: str) -> UploadRow:
    """The upload that this worker has claimed. Raises ClaimLost."""
    found = lock_upload(session, upload_id)
    if found.worker != worker:
        raise ClaimLost(number=found.number)
    return found


def change(session: Session, upload_id: int, **values: Any) -> None:
    """Set some columns of an upload that is locked."""
    session.run(update(Upload).where(Upload.id == upload_id).values(**values))


def find_waiting(session: Session, now: str) -> int | None:
    """The oldest upload that waits to be checked or booked and that nobody works at."""
    found: int | None = session.value(_WAITING, **_silence(now))
    return found


def claim(session: Session, upload_id: int, worker: str, now: str) -> bool:
    """Be the one who works at it; False when somebody else is."""
    return session.run(_CLAIM, of_id=upload_id, new_worker=worker, now=now, **_silence(now)) == 1


def beat(session: Session, upload_id: int, worker: str, now: str, done: int, to_do: int) -> None:
    """Say that the work goes on, and how far it is. Raises ClaimLost."""
    if (
        session.run(
            _BEAT, of_id=upload_id, of_worker=worker, now=now, new_done=done, new_to_do=to_do
        )
        != 1
    ):
        raise ClaimLost(number=upload_number(upload_id))


def free_all(session: Session) -> int:
    """Take every claim back; only for whoever is alone with the database."""
    return session.run(_FREE_ALL)


def is_silent(upload: UploadRow, now: str) -> bool:
    """Whether nobody works at it, or nobody who still lives."""
    told = _silence(now)
    return upload.beat_at is None or not told["silent"] <= upload.beat_at <= told["soon"]


def list_old(session: Session, now: str) -> list[int]:
    """Uploads of which something is kept and that are too old for it."""
    before = to_instant(from_instant(now) - KEPT)
    return [row.id for row in session.rows(_OLD, before=before)]


def _silence(now: str) -> dict[str, str]:
    moment = from_instant(now)
    return {"silent": to_instant(moment - SILENT), "soon": to_instant(moment + SILENT)}


def _found(row: Any, upload_id: int) -> UploadRow:
    if row is None:
        raise UploadUnknown(number=upload_number(upload_id))
    return upload_row(row)


def upload_row(row: Any) -> UploadRow:
    """A row of `SELECT_UPLOADS` as plain data."""
    kept = row._asdict()
    number = upload_number(row.id)
    return UploadRow(**{**kept, "number": number, "take_good": bool(kept["take_good"])})
