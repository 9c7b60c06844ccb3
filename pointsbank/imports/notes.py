"""What whoever checks and books writes down on the way (进度): who it is, how far, how it ended."""

from __future__ import annotations

from typing import Any

from pointsbank.foundation import Act, Answer, canonical_json, operation
from pointsbank.imports.uploads import (
    beat,
    change,
    claim,
    free_all,
    lock_claimed,
    read_upload_number,
)


@operation("imports.claim_upload")
def claim_upload(act: Act, *, upload: str, worker: str) -> Answer:
    """Be the only one who works at an upload; `claimed` tells whether that is so."""
    upload_id = read_upload_number(upload)
    return {"upload": upload, "claimed": claim(act.session, upload_id, worker, act.now)}


@operation("imports.free_uploads")
def free_uploads(act: Act) -> Answer:
    """Take every claim back: whoever had one is dead, because we are alone with the database."""
    return {"freed": free_all(act.session)}


@operation("imports.let_go")
def let_go(act: Act, *, upload: str, worker: str) -> Answer:
    """Put an upload down unfinished; somebody else, or we ourselves, go on with it. ClaimLost."""
    upload_id = read_upload_number(upload)
    lock_claimed(act.session, upload_id, worker)
    change(act.session, upload_id, worker=None, beat_at=None)
    return {"upload": upload}


@operation("imports.note_progress")
def note_progress(act: Act, *, upload: str, worker: str, done: int, to_do: int) -> Answer:
    """Write down how far it is, and that we are alive. Raises ClaimLost."""
    beat(act.session, read_upload_number(upload), worker, act.now, done, to_do)
    return {"upload": upload, "done": done}


@operation("imports.note_checked")
def note_checked(
    act: Act, *, upload: str, worker: str, counts: dict[str, int], code: str | None
) -> Answer:
    """The file was checked and waits for a decision. Raises ClaimLost.

    With a code it had been taken already, and this is why the decision must be made anew.
    """
    upload_id = read_upload_number(upload)
    lock_claimed(act.session, upload_id, worker)
    change(
        act.session,
        upload_id,
        status="checked",
        checked_at=act.now,
        taken_by=None,
        taken_receipt_id=None,
        take_good=None,
        worker=None,
        beat_at=None,
        code=code,
        facts=None,
        **{f"rows_{name}": number for name, number in counts.items()},
    )
    return {"upload": upload, "status": "checked", **counts}


@operation("imports.note_done")
def note_done(act: Act, *, upload: str, worker: str, counts: dict[str, int]) -> Answer:
    """Every good row is in the books. Raises ClaimLost."""
    upload_id = read_upload_number(upload)
    found = lock_claimed(act.session, upload_id, worker)
    change(
        act.session,
        upload_id,
        status="done",
        finished_at=act.now,
        worker=None,
        beat_at=None,
        rows_done=found.rows_to_do,
        **{f"rows_{name}": number for name, number in counts.items()},
    )
    return {"upload": upload, "status": "done", **counts}


@operation("imports.note_failed")
def note_failed(act: Act, *, upload: str, worker: str, code: str, facts: dict[str, Any]) -> Answer:
    """It cannot go on by itself; the code says why. Raises ClaimLost."""
    upload_id = read_upload_number(upload)
    lock_claimed(act.session, upload_id, worker)
    change(
        act.session,
        upload_id,
        status="failed",
        code=code,
        facts=canonical_json(facts).decode(),
        worker=None,
        beat_at=None,
    )
    return {"upload": upload, "status": "failed", "code": code}
