"""Forgetting what was brought (删文件): it names people and stays no longer than needed."""

from __future__ import annotations

from pointsbank.foundation import Act, Answer, Bank, Caller, new_key, operation
from pointsbank.imports.parts import FILE, MEND, PREVIEW, drop_parts, size_of_parts
from pointsbank.imports.uploads import (
    change,
    is_silent,
    list_old,
    lock_upload,
    read_upload_number,
    upload_number,
)

# 2 MiB at once: to write over them takes some milliseconds.
PARTS_DROPPED_AT_ONCE = 8


@operation("imports.forget_parts")
def forget_parts(act: Act, *, upload: str, what: str) -> Answer:
    """Delete some pieces of what is kept of an upload; `left` says how many are still there."""
    upload_id = read_upload_number(upload)
    lock_upload(act.session, upload_id)
    left = drop_parts(act.session, upload_id, what, PARTS_DROPPED_AT_ONCE)
    kept = sum(size_of_parts(act.session, upload_id, one)[0] for one in (FILE, PREVIEW, MEND))
    if not kept:
        change(act.session, upload_id, forgotten_at=act.now)
    return {"upload": upload, "left": left}


def forget(bank: Bank, *, by: Caller, number: str, whats: tuple[str, ...]) -> None:
    """Delete all pieces of these kinds, a few at a time."""
    for what in whats:
        while forget_parts(bank, by=by, key=new_key(), upload=number, what=what).answer["left"]:
            pass


@operation("imports.end_old_upload")
def end_old_upload(act: Act, *, upload: str) -> Answer:
    """Give up an upload that nobody finished for a week; `ended` is False while one works at it."""
    upload_id = read_upload_number(upload)
    found = lock_upload(act.session, upload_id)
    if found.status == "running" and not is_silent(found, act.now):
        return {"upload": upload, "ended": False}
    if found.status not in {"done", "stopped"}:
        change(
            act.session,
            upload_id,
            status="stopped",
            finished_at=act.now,
            worker=None,
            beat_at=None,
            code=None,
            facts=None,
        )
    return {"upload": upload, "ended": True}


def forget_old_files(bank: Bank, *, by: Caller) -> int:
    """Delete what is kept of uploads of more than seven days ago; how many there were."""
    now = bank.clock.instant()
    old = bank.database.read(lambda session: list_old(session, now))
    for upload_id in old:
        number = upload_number(upload_id)
        if end_old_upload(bank, by=by, key=new_key(), upload=number).answer["ended"]:
            forget(bank, by=by, number=number, whats=(FILE, PREVIEW, MEND))
    return len(old)
