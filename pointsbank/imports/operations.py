"""What the doors can have done with an upload: bring it, have it taken in, go on, give it up.

A file comes in parts, each an operation of its own, so that none holds the writer for long. No
operation here books a row: that is done by the room whose rows they are.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from pointsbank.foundation import Act, Answer, from_instant, operation, to_instant
from pointsbank.imports.errors import (
    FileGone,
    NothingToTake,
    RowsBad,
    TooManyUploads,
    UploadNotReady,
    UploadNotWhole,
)
from pointsbank.imports.kinds import get_import
from pointsbank.imports.parts import FILE, insert_part, size_of_parts
from pointsbank.imports.uploads import (
    change,
    count_since,
    insert_upload,
    is_silent,
    lock_claimed,
    lock_upload,
    read_upload_number,
    upload_number,
)

# What one person may bring within an hour (reliability: imports 10/h).
UPLOADS_MOST = 10
HOUR = timedelta(hours=1)

# ------------------------------------------------------------------------------- a file is brought


@operation("imports.open_upload")
def open_upload(act: Act, *, kind: str, file_name: str, sha256: str, size_bytes: int) -> Answer:
    """Begin to take in a file's bytes. Raises TooManyUploads."""
    get_import(kind)
    since = to_instant(from_instant(act.now) - HOUR)
    if count_since(act.session, act.caller.actor, since) >= UPLOADS_MOST:
        raise TooManyUploads(most=UPLOADS_MOST)
    upload_id = insert_upload(
        act, kind=kind, file_name=file_name, sha256=sha256, size_bytes=size_bytes
    )
    return {"upload": upload_number(upload_id)}


@operation("imports.keep_part")
def keep_part(
    act: Act, *, upload: str, what: str, place: int, content: str, worker: str | None
) -> Answer:
    """Keep one piece: of the file while it arrives, or of what its worker has found in it."""
    upload_id = read_upload_number(upload)
    if worker is None:
        lock_upload(act.session, upload_id, "arriving")
    else:
        lock_claimed(act.session, upload_id, worker)
    insert_part(act.session, upload_id, what, place, base64.b64decode(content))
    return {"upload": upload, "place": place}


@operation("imports.close_upload")
def close_upload(act: Act, *, upload: str) -> Answer:
    """All bytes are here: from now on the file waits to be checked. Raises UploadNotWhole."""
    upload_id = read_upload_number(upload)
    found = lock_upload(act.session, upload_id, "arriving")
    if size_of_parts(act.session, upload_id, FILE)[1] != found.size_bytes:
        raise UploadNotWhole()
    change(act.session, upload_id, status="uploaded")
    return {"upload": upload, "status": "uploaded"}


# -------------------------------------------------------------------------------- somebody decides


@operation("imports.take_upload")
def take_upload(act: Act, *, upload: str, take_good: bool) -> Answer:
    """Have a checked file booked (收下), all of it or its good rows only.

    Raises UploadNotReady, RowsBad when all is wanted and not all is good, NothingToTake, FileGone.
    """
    upload_id = read_upload_number(upload)
    found = lock_upload(act.session, upload_id, "checked")
    if found.rows_bad and not take_good:
        raise RowsBad(bad=found.rows_bad)
    if not found.rows_good + found.rows_known:
        raise NothingToTake()
    _need_file(act, upload_id)
    change(
        act.session,
        upload_id,
        status="running",
        taken_by=act.caller.actor,
        taken_receipt_id=act.receipt_id,
        take_good=int(take_good),
        rows_done=0,
        rows_to_do=found.rows_total - found.rows_bad,
        code=None,
        facts=None,
    )
    return {"upload": upload, "status": "running"}


@operation("imports.go_on")
def go_on(act: Act, *, upload: str) -> Answer:
    """Go on with an import that has stopped half-way (接着收), in the name of who asks for it.

    Raises UploadNotReady while somebody works at it, and FileGone.
    """
    upload_id = read_upload_number(upload)
    found = lock_upload(act.session, upload_id, "uploaded", "running", "failed")
    if found.status != "failed" and not is_silent(found, act.now):
        raise UploadNotReady(status=found.status)
    _need_file(act, upload_id)
    values: dict[str, Any] = {"worker": None, "beat_at": None, "code": None, "facts": None}
    if found.taken_receipt_id is None:
        values["status"] = "uploaded"
    else:
        values |= {"status": "running", "taken_by": act.caller.actor}
    change(act.session, upload_id, **values)
    return {"upload": upload, "status": values["status"]}


@operation("imports.discard_upload")
def discard_upload(act: Act, *, upload: str) -> Answer:
    """Give a file up before it is booked, or the rest that was to be mended (不收了).

    What is kept of it may be forgotten from now on. Raises UploadNotReady while it is booked.
    """
    upload_id = read_upload_number(upload)
    statuses = ("uploaded", "checked", "failed", "done")
    found = lock_upload(act.session, upload_id, *statuses)
    status = "done" if found.status == "done" else "stopped"
    if status == "stopped":
        change(
            act.session,
            upload_id,
            status=status,
            finished_at=act.now,
            worker=None,
            beat_at=None,
            code=None,
            facts=None,
        )
    return {"upload": upload, "status": status}


def _need_file(act: Act, upload_id: int) -> None:
    if not size_of_parts(act.session, upload_id, FILE)[0]:
        raise FileGone()
