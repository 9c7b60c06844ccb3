"""Questions about uploads: the list of past imports, one of them, what was found in it."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from pointsbank.foundation import (
    Page,
    Paging,
    Session,
    find_receipt_by_id,
    from_instant,
    query,
    statement,
)
from pointsbank.imports.findings import Preview, ToMend, read_preview, read_to_mend
from pointsbank.imports.parts import FILE, MEND, PREVIEW, read_parts, size_of_parts
from pointsbank.imports.uploads import (
    SELECT_UPLOADS,
    SILENT,
    Upload,
    UploadRow,
    get_upload_row,
    is_silent,
    read_upload_number,
    upload_row,
)

_SHOWN = Upload.status != "arriving"
_COUNT = statement(select(func.count()).select_from(Upload).where(_SHOWN))
_PAGE = statement(
    SELECT_UPLOADS.where(_SHOWN)
    .order_by(Upload.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_SAME = statement(
    SELECT_UPLOADS.where(
        Upload.sha256 == bindparam("of_sha256"),
        Upload.kind == bindparam("of_kind"),
        Upload.id < bindparam("before_id"),
        Upload.status == "done",
    )
    .order_by(Upload.id.desc())
    .limit(1)
)


@query
def list_uploads(session: Session, *, paging: Paging | None = None) -> Page[UploadRow]:
    """All imports by upload, newest first."""
    paging = paging or Paging()
    rows = session.rows(_PAGE, most=paging.per_page, skipped=paging.offset)
    total = int(session.value(_COUNT))
    return Page([upload_row(row) for row in rows], total, paging.page, paging.per_page)


@query
def get_upload(session: Session, *, number: str) -> UploadRow:
    """One upload. Raises PublicIdInvalid, UploadUnknown."""
    return get_upload_row(session, read_upload_number(number))


@query
def get_preview(session: Session, *, number: str) -> Preview:
    """What a check has found, as a page shows it; empty when nothing is kept any more."""
    return read_preview(read_parts(session, read_upload_number(number), PREVIEW))


@query
def get_to_mend(session: Session, *, number: str) -> ToMend:
    """The rows that are to be mended, with their cells; none when they were forgotten."""
    return read_to_mend(read_parts(session, read_upload_number(number), MEND))


@query
def has_file(session: Session, *, number: str) -> bool:
    """Whether the file itself is still kept."""
    return size_of_parts(session, read_upload_number(number), FILE)[0] > 0


@query
def has_stalled(session: Session, *, number: str, now: str) -> bool:
    """Whether it should go on, and for some time nobody has lived who works at it."""
    found = get_upload_row(session, read_upload_number(number))
    if found.status not in {"uploaded", "running"}:
        return False
    if found.beat_at is not None:
        return is_silent(found, now)
    kept = find_receipt_by_id(session, found.taken_receipt_id) if found.taken_receipt_id else None
    waits_since = kept.at if kept is not None else found.uploaded_at
    return from_instant(now) - from_instant(waits_since) > SILENT


@query
def find_same_file(session: Session, *, upload: UploadRow) -> UploadRow | None:
    """The last earlier import of the very same file, if one was done."""
    row = session.row(_SAME, of_sha256=upload.sha256, of_kind=upload.kind, before_id=upload.id)
    return None if row is None else upload_row(row)
