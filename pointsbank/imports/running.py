"""Checking and booking what was brought (核对与入账), outside the request that brought it.

One upload is worked at by one process at a time: it claims it, says again and again that it is
alive, and stops as soon as the claim is somebody else's. What protects the books is not the claim
but the chunks' keys: a range that was booked is never booked again.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from threading import Event, Thread
from typing import Any

from pointsbank.foundation import (
    Bank,
    Caller,
    InvariantBroken,
    PointsBankError,
    Unavailable,
    new_key,
)
from pointsbank.foundation.file_imports import (
    Counts,
    FileCheck,
    book_file,
    check_file,
    row_problems,
)
from pointsbank.foundation.sheet_errors import SheetUnreadable
from pointsbank.imports.bringing import keep_bytes
from pointsbank.imports.errors import ClaimLost, FileDamaged, FileGone, MayNotImport
from pointsbank.imports.findings import (
    ToMend,
    joined,
    preview_of,
    read_to_mend,
    to_mend_of,
    write_preview,
    write_to_mend,
)
from pointsbank.imports.forgetting import forget
from pointsbank.imports.kinds import get_import
from pointsbank.imports.notes import (
    claim_upload,
    let_go,
    note_checked,
    note_done,
    note_failed,
    note_progress,
)
from pointsbank.imports.parts import FILE, MEND, PREVIEW, read_parts
from pointsbank.imports.uploads import UploadRow, find_waiting, get_upload_row, upload_number
from pointsbank.people import find_actor

# Who may import, by command and by upload.
IMPORTERS = ("worker", "admin")
CRASHED = "imports.crashed"
CHANGED_MEANWHILE = "imports.changed_meanwhile"
# How far it is is written down this often; a chunk that is booked meanwhile is not lost.
NOTED_EVERY_SECONDS = 1.0
# And this often that we live, while a file is read and compared, which of a large workbook is long.
BEAT_SECONDS = 15.0
# After each chunk the kiosks have the writer for as long as the chunk had it, and a little more.
PAUSE_LEAST_SECONDS, PAUSE_MOST_SECONDS = 0.01, 0.25

log = logging.getLogger("pointsbank.imports")


class Stopping(Exception):
    """The process ends; what is not booked yet goes on after the next start."""


def run_next(bank: Bank, worker: str, stop: Event | None = None) -> bool:
    """Claim the oldest upload that waits, and check or book it; False when none waits.

    Raises Unavailable when the bank cannot write now; the upload waits on.
    """
    now = bank.clock.instant()
    waiting = bank.database.read(lambda session: find_waiting(session, now))
    if waiting is None:
        return False
    number = upload_number(waiting)
    system = Caller(actor="system", client=f"imports:{worker}")
    claimed = claim_upload(bank, by=system, key=new_key(), upload=number, worker=worker)
    if claimed.answer["claimed"]:
        upload = bank.database.read(lambda session: get_upload_row(session, waiting))
        Run(bank, upload, worker, stop or Event()).go()
    return True


class Run:
    """One process at work on one upload."""

    def __init__(self, bank: Bank, upload: UploadRow, worker: str, stop: Event) -> None:
        self.bank, self.upload, self.worker, self.stop = bank, upload, worker, stop
        self.kind = get_import(upload.kind)
        # What the worker notes on its way is noted by the person whose file it is.
        self.person = upload.taken_by or upload.uploaded_by
        self.by = Caller(actor=self.person, client=f"imports:{worker}")
        self._noted_at = self._since = time.monotonic()

    def go(self) -> None:
        """Do what is next for this upload, and write down how it ended."""
        try:
            if self.upload.status == "running":
                self.book()
            else:
                self.check()
        except ClaimLost:
            log.warning("import %s is worked at by somebody else", self.upload.number)
        except Stopping:
            self._note(let_go)
        except Unavailable:
            self._note(let_go)
            raise
        except InvariantBroken as broken:
            log.critical("import %s: %s", self.upload.number, broken)
            self._failed(broken.code, broken.facts)
        except PointsBankError as refusal:
            self._failed(refusal.code, refusal.facts)
            if isinstance(refusal, SheetUnreadable):
                self._forget(FILE)
        except Exception as error:
            if self.stop.is_set():
                # The bank was closed under our hands; after the next start it goes on.
                return
            # The trace may hold a row of the file; it goes to nobody but the log's owner.
            log.error("import %s failed: %s", self.upload.number, type(error).__name__)
            log.debug("import %s", self.upload.number, exc_info=error)
            self._failed(CRASHED, {})

    def check(self) -> None:
        """Find out what the file holds; nothing is booked."""
        self._keep_findings(self._checked(), None)

    def book(self) -> None:
        """Book what is good, chunk by chunk. With a bad row nothing, unless that was allowed.

        A bad row that the first check did not see (somebody has changed the books meanwhile) brings
        the file back to whoever decides.
        """
        self._refuse_stranger()
        check = self._checked()
        if check.problems and not self.upload.take_good:
            self._keep_findings(check, CHANGED_MEANWHILE)
            return
        counts, refused = book_file(
            self.kind,
            self.bank,
            # Under the keys of the person, so that the same file twice is the same receipts.
            Caller(actor=self.person, client=self.person),
            check,
            progress=self._progress,
            since=self.upload.taken_receipt_id,
        )
        sheet = check.reading.sheet
        found = [*check.problems, *row_problems(sheet, refused)]
        mend = self._add_to_mend(to_mend_of(sheet, found))
        told = {**asdict(counts), "bad": mend.rows}
        self._note(note_done, counts=told)
        self._forget(FILE)
        if not mend.rows and not check.notes:
            self._forget(PREVIEW)

    def _checked(self) -> FileCheck[Any]:
        """The file compared with the books as they are now."""
        data = self._file()
        by = Caller(actor=self.person, client=self.person)
        with self._beating():
            return check_file(self.kind, self.bank, by, data, self.upload.file_name)

    def _file(self) -> bytes:
        data = self._parts(FILE)
        if not data:
            raise FileGone()
        if hashlib.sha256(data).hexdigest() != self.upload.sha256:
            raise FileDamaged(number=self.upload.number)
        return data

    def _parts(self, what: str) -> bytes:
        return self.bank.database.read(lambda session: read_parts(session, self.upload.id, what))

    def _refuse_stranger(self) -> None:
        """Raise MayNotImport when the person has left or has other work since."""
        found = self.bank.database.read(lambda session: find_actor(session, self.person))
        if found is None or found.disabled_at or not set(IMPORTERS) & set(found.roles):
            raise MayNotImport()

    def _keep_findings(self, check: FileCheck[Any], code: str | None) -> None:
        sheet = check.reading.sheet
        self._replace(PREVIEW, write_preview(preview_of(self.kind, check)))
        mend = to_mend_of(sheet, check.problems)
        self._replace(MEND, write_to_mend(mend) if mend.rows else b"")
        counts = Counts(check.good, 0, len(check.known))
        told = {**asdict(counts), "bad": check.bad, "total": check.total}
        self._note(note_checked, counts=told, code=code)

    def _add_to_mend(self, found: ToMend) -> ToMend:
        """The rows to be mended, with those that were found only now."""
        kept = read_to_mend(self._parts(MEND))
        every = joined(kept, found)
        if every.rows != kept.rows:
            self._replace(MEND, write_to_mend(every))
        return every

    def _replace(self, what: str, content: bytes) -> None:
        self._forget(what)
        keep_bytes(
            self.bank,
            by=self.by,
            key=new_key(),
            number=self.upload.number,
            what=what,
            data=content,
            worker=self.worker,
        )

    def _progress(self, done: int, to_do: int) -> None:
        """After each chunk: let the others write, stop if asked to, sometimes say how far it is."""
        now = time.monotonic()
        pause = min(max(now - self._since, PAUSE_LEAST_SECONDS), PAUSE_MOST_SECONDS)
        if self.stop.wait(pause) and done < to_do:
            raise Stopping()
        if now - self._noted_at >= NOTED_EVERY_SECONDS:
            self._note(note_progress, done=done, to_do=to_do)
            self._noted_at = time.monotonic()
        self._since = time.monotonic()

    @contextmanager
    def _beating(self) -> Iterator[None]:
        """Let a thread say that we live while there is nothing else to say."""
        over = Event()
        told = {"done": self.upload.rows_done, "to_do": self.upload.rows_to_do}

        def beat() -> None:
            while not over.wait(BEAT_SECONDS):
                # Whoever lost the claim hears it from the next note that matters.
                with suppress(PointsBankError):
                    self._note(note_progress, **told)

        thread = Thread(target=beat, name="imports-beat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _failed(self, code: str, facts: dict[str, Any]) -> None:
        try:
            self._note(note_failed, code=code, facts=facts)
        except ClaimLost:
            log.warning("import %s is worked at by somebody else", self.upload.number)

    def _forget(self, what: str) -> None:
        forget(self.bank, by=self.by, number=self.upload.number, whats=(what,))

    def _note(self, verb: Callable[..., Any], **values: Any) -> None:
        verb(
            self.bank,
            by=self.by,
            key=new_key(),
            upload=self.upload.number,
            worker=self.worker,
            **values,
        )
