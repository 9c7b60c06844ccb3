"""Making a backup (备份): copy, pack, seal, and then open it again before it counts.

The scratch folder holds the books in the clear, so it lies in the bank's own folder and goes at the
end whatever happens. A backup has its name only once it was read back from the disk, opened,
counted and checked; what lies there under another name is nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select

from pointsbank.foundation import Bank, Receipt, sync_folder, to_instant, write_durably
from pointsbank.safekeeping.copying import books_mb, copy_books, free_mb
from pointsbank.safekeeping.errors import (
    BackupRunning,
    CopyDiffers,
    CopyIncomplete,
    NoSpace,
    PlaceUnwritable,
)
from pointsbank.safekeeping.packing import ARCHIVE, BOOKS, bank_id, pack, prove, unpack
from pointsbank.safekeeping.sealing import Sealer, forget_cached, hash_of_file
from pointsbank.safekeeping.shelf import UNFINISHED, Backup, Shelf

FOLDER = "backups"
_LOCK, _PROGRESS, _SCRATCH = ".lock", ".progress.json", ".scratch-"
# A copy and its archive, then the sealed file and what was read back from it; and some to spare.
_TIMES, _SPARE_MB = 2.2, 64

# A page that looks how far we are holds the lock for a blink.
BLINK_SECONDS = 0.2

STEPS = ("copying", "sealing", "proving", "sticks")
Tell = Callable[[str], None]


def own_shelf(bank: Bank) -> Shelf:
    """The backups in the bank's own folder."""
    return Shelf(bank.home / FOLDER, bank_id(bank.keys))


def make_backup(bank: Bank, *, kind: str, tell: Tell = lambda step: None) -> Backup:
    """Make a backup in the bank's own folder and prove it good; nothing in the books changes.

    It only reads, so it works beside a running server as well. Hold `backup_turn` around it. Raises
    NoSpace, PlaceUnwritable, CopyIncomplete, CopyDiffers, CopyWrong; no file is left then.
    """
    shelf = own_shelf(bank)
    refuse_small_disk(shelf.folder, books_mb(bank))
    moment = bank.clock.moment()
    seen = bank.database.read(lambda session: session.value(select(func.max(Receipt.id)))) or 0
    with _scratch(shelf.folder) as scratch, _disk_trouble(shelf.folder):
        tell("copying")
        copy_books(bank, scratch / BOOKS)
        manifest = pack(
            scratch,
            keys=bank.keys,
            made_at=to_instant(moment),
            made_by=version("pointsbank"),
            dialect=bank.database.dialect,
        )
        if manifest.last_receipt < seen:
            raise CopyIncomplete(has=manifest.last_receipt, needs=seen)
        tell("sealing")
        (scratch / BOOKS).unlink()
        sealer = Sealer.of(bank.keys.backup)
        name = shelf.free_name(moment)
        unfinished = shelf.folder / f"{name}{UNFINISHED}"
        try:
            sealer.seal(scratch / ARCHIVE, unfinished)
            (scratch / ARCHIVE).unlink()
            tell("proving")
            opened = scratch / "opened"
            opened.mkdir(mode=0o700)
            forget_cached(unfinished)
            found = unpack(unfinished, sealer, opened)
            if found != manifest:
                raise CopyDiffers(what="manifest")
            prove(found, opened)
            backup = Backup(
                name=name,
                bank=manifest.bank,
                kind=kind,
                made_at=manifest.made_at,
                verified_at=bank.clock.instant(),
                bytes=unfinished.stat().st_size,
                sha256=hash_of_file(unfinished),
                last_receipt=manifest.last_receipt,
                last_entry=manifest.last_entry,
            )
            unfinished.replace(shelf.path(backup))
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(shelf.folder)
        shelf.note(backup)
    return backup


@contextmanager
def backup_turn(bank: Bank, patience_seconds: float = BLINK_SECONDS) -> Iterator[Tell]:
    """Be the only one who makes or carries backups of this bank, and say how far it is.

    Raises BackupRunning; PlaceUnwritable when the folder cannot be made.
    """
    folder = bank.home / FOLDER
    with _disk_trouble(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take_turn(handle, patience_seconds)
        _tidy(folder)

        def tell(step: str) -> None:
            told = {"step": step, "place": STEPS.index(step) + 1, "steps": len(STEPS)}
            write_durably(folder / _PROGRESS, json.dumps(told).encode())

        yield tell
    finally:
        with contextlib.suppress(OSError):
            (folder / _PROGRESS).unlink(missing_ok=True)
        os.close(handle)


def _take_turn(handle: int, patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            if time.monotonic() >= deadline:
                raise BackupRunning() from cause
            time.sleep(0.02)
        else:
            return


def find_progress(bank: Bank) -> dict[str, int | str] | None:
    """How far a backup is that is being made now, by whatever process; None when none is."""
    folder = bank.home / FOLDER
    try:
        with (folder / _LOCK).open() as held:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except FileNotFoundError:
        return None
    except OSError:
        pass
    try:
        found: dict[str, int | str] = json.loads((folder / _PROGRESS).read_text())
    except (OSError, ValueError):
        return None  # only a stick is being filled, or nothing has been said yet
    return found


def refuse_small_disk(folder: Path, needed_mb: int, times: float = _TIMES) -> None:
    """Raise NoSpace unless so many MB, several times over, are free with something to spare."""
    needed, free = round(needed_mb * times) + _SPARE_MB, free_mb(folder)
    if free < needed:
        raise NoSpace(place=str(folder), needed_mb=needed, free_mb=free)


def _tidy(folder: Path) -> None:
    """Take away what a backup left that was cut off: nobody else is making one now."""
    for left in folder.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in folder.glob(f"*{UNFINISHED}"):
        left.unlink(missing_ok=True)
    (folder / _PROGRESS).unlink(missing_ok=True)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder) as made:
        yield Path(made)


@contextmanager
def _disk_trouble(folder: Path) -> Iterator[None]:
    """A disk that is full, broken or read-only is a refusal like any other."""
    try:
        yield
    except OSError as cause:
        raise PlaceUnwritable(place=str(folder), reason=str(cause.strerror or cause)) from cause
