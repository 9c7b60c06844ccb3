"""Backing up by itself (自动备份): at night, on demand, and whenever a stick is plugged in."""

from __future__ import annotations

import hashlib
import logging
import threading
from contextlib import suppress
from pathlib import Path

from pointsbank.foundation import NIGHT, Bank, Caller, PointsBankError, new_key
from pointsbank.safekeeping.erasures import FILE as ERASURES
from pointsbank.safekeeping.erasures import add_erasures, list_erasures, read_erasures
from pointsbank.safekeeping.errors import BackupRunning, DriveUnknown
from pointsbank.safekeeping.making import (
    BLINK_SECONDS,
    STEPS,
    backup_turn,
    find_progress,
    make_backup,
    own_shelf,
)
from pointsbank.safekeeping.marks import find_mark, keep_mark
from pointsbank.safekeeping.operations import record_backup, record_use
from pointsbank.safekeeping.queries import read_keeping
from pointsbank.safekeeping.runs import HERE, NIGHTLY, ON_DEMAND, STICK, is_recorded
from pointsbank.safekeeping.shelf import Backup, Shelf
from pointsbank.safekeeping.sticks import (
    Drive,
    bring_erasures,
    bring_to,
    bring_to_shelf,
    list_drives,
    use_drive,
)

WATCH = Caller(actor="system", client="safekeeping")
WATCH_SECONDS = 10.0
# So long a backup waits for a slow stick that is just being filled.
STICK_SECONDS = 60.0
# So long the page waits until the work has begun and can be seen.
BEGIN_SECONDS = 5.0

log = logging.getLogger("pointsbank.safekeeping")


def nightly_backup(bank: Bank) -> Backup:
    """Make the night's backup, bring it to every stick and throw old ones away.

    What was refused is recorded with its code, and raised.
    """
    return run_backup(bank, by=NIGHT, kind=NIGHTLY)


def run_backup(
    bank: Bank, *, by: Caller, kind: str = ON_DEMAND, begun: threading.Event | None = None
) -> Backup:
    """Make a backup now and record what became of it. Raises what `make_backup` raises."""
    try:
        with backup_turn(bank, BLINK_SECONDS if find_progress(bank) else STICK_SECONDS) as tell:
            tell(STEPS[0])
            if begun is not None:
                begun.set()
            backup = make_backup(bank, kind=kind, tell=tell)
            # What a command made a moment ago stands in the list before it is thrown away.
            _record_shelf(bank, besides=backup)
            record(bank, by, backup)
            keep_erasures(bank)
            tell("sticks")
            bring_to_sticks(bank)
            own_shelf(bank).prune(read_keeping(bank))
    except BackupRunning:
        raise
    except PointsBankError as refusal:
        _record_refusal(bank, by, kind, HERE, refusal, key=new_key())
        raise
    keep_mark(bank)
    return backup


def make_beside(bank: Bank) -> Backup:
    """Make a backup of a bank that is open for looking only, as beside a running server.

    Nothing can be recorded from here; the server's watch does it. Raises what `make_backup` raises.
    """
    with backup_turn(bank) as tell:
        keep_erasures(bank)
        return make_backup(bank, kind=ON_DEMAND, tell=tell)


def carry_to(bank: Bank, backup: Backup, folder: Path) -> Path:
    """Bring a good backup to any folder, with the list of the forgotten; where it lies there.

    Raises NoSpace, PlaceUnwritable, CopyDiffers.
    """
    shelf = Shelf(folder, backup.bank)
    bring_to_shelf(shelf, str(folder), backup, own_shelf(bank).path(backup))
    add_erasures(folder / ERASURES, bank.keys, read_erasures(bank.home / ERASURES, bank.keys))
    return shelf.path(backup)


def start_backup(bank: Bank, *, by: Caller) -> None:
    """Have a backup made by a thread of its own; the page looks how far it is.

    Raises BackupRunning when one is being made already.
    """
    if find_progress(bank) is not None:
        raise BackupRunning()
    begun = threading.Event()
    rivals: list[BackupRunning] = []
    thread = threading.Thread(target=_run_quietly, args=(bank, by, begun, rivals), name="backup")
    thread.daemon = True
    thread.start()
    begun.wait(BEGIN_SECONDS)
    if rivals:
        # Of two who press at once the second is told that the first one's is being made.
        raise rivals[0]


def _run_quietly(
    bank: Bank, by: Caller, begun: threading.Event, rivals: list[BackupRunning]
) -> None:
    try:
        run_backup(bank, by=by, begun=begun)
    except BackupRunning as refusal:
        rivals.append(refusal)
    except PointsBankError as refusal:
        log.warning("a backup was refused: %s", refusal)
    except Exception:
        log.exception("a backup failed")
    finally:
        begun.set()


def tend(bank: Bank) -> None:
    """One round of the watch, every ten seconds: the mark, the list of the forgotten, the sticks.

    Backups that a command made beside us are recorded here, because only we may write.
    """
    if bank.is_demonstration:
        return
    keep_erasures(bank)
    keep_mark(bank)
    with suppress(BackupRunning), backup_turn(bank):
        _record_shelf(bank)
        bring_to_sticks(bank)


def _record_shelf(bank: Bank, *, besides: Backup | None = None) -> None:
    """Write down what lies in our folder and nobody has written down, the oldest first."""
    for backup in reversed(own_shelf(bank).backups()):
        if backup != besides:
            record(bank, WATCH, backup)


def bring_to_sticks(bank: Bank) -> list[str]:
    """Bring the last good backup to everything that is plugged in and in use; where it went.

    Whoever asked for the backup, the stick is the watch's business: it finds the same trouble again
    and tells it under the same key.
    """
    drives = [drive for drive in list_drives(bank) if drive.ours]
    shelf = own_shelf(bank)
    newest = next(iter(shelf.backups()), None)
    went = []
    for drive in drives:
        try:
            bring_erasures(bank, drive, read_erasures(bank.home / ERASURES, bank.keys))
            if newest is None:
                continue
            if bring_to(drive, newest, shelf.path(newest), read_keeping(bank)):
                went.append(drive.name)
            record(bank, WATCH, newest, drive)
        except PointsBankError as refusal:
            # Every round would find the same: one line for one backup, stick and reason.
            told = f"{newest and newest.sha256} {drive.path} {refusal.code}".encode()
            key = f"stick-{hashlib.sha256(told).hexdigest()[:40]}"
            _record_refusal(bank, WATCH, STICK, drive.name, refusal, key=key)
    return went


def put_drive_to_use(bank: Bank, *, by: Caller, key: str, path: Path) -> str:
    """Have a stick that is plugged in, or a named folder, carry backups from now on; its name.

    Raises DriveUnknown for a place that is neither, DriveOfOther, PlaceUnwritable.
    """
    drive = next((one for one in list_drives(bank) if one.path == path), None)
    if drive is None:
        raise DriveUnknown()
    use_drive(bank, drive)
    record_use(bank, by=by, key=key, place=drive.name)
    return drive.name


def name_target(bank: Bank, *, by: Caller, key: str, path: Path) -> None:
    """Count a folder, such as a second disk's, among the places that backups go to."""
    record_use(bank, by=by, key=key, place=path.name, target=str(path))


def keep_erasures(bank: Bank) -> None:
    """Write down, outside the database, who was forgotten since the last look."""
    mark = find_mark(bank.home)
    after = mark.receipt if mark is not None and (bank.home / ERASURES).exists() else 0
    found = bank.database.read(lambda session: list_erasures(session, after=after))
    add_erasures(bank.home / ERASURES, bank.keys, found)


def record(bank: Bank, by: Caller, backup: Backup, drive: Drive | None = None) -> None:
    """Write a good backup down, once for each place; a copy is of the kind `stick`."""
    place = drive.name if drive else HERE
    if bank.database.read(lambda session: is_recorded(session, backup.sha256, place)):
        return
    record_backup(
        bank,
        by=by,
        key=new_key(),
        kind=STICK if drive else backup.kind,
        place=place,
        name=backup.name,
        made_at=backup.made_at,
        size=backup.bytes,
        sha256=backup.sha256,
        verified_at=bank.clock.instant() if drive else backup.verified_at,
    )


def _record_refusal(
    bank: Bank, by: Caller, kind: str, place: str, refusal: PointsBankError, *, key: str
) -> None:
    """Write a refusal down. That even this cannot be done must not hide why."""
    try:
        record_backup(bank, by=by, key=key, kind=kind, place=place, outcome=refusal.code)
    except PointsBankError:
        log.exception("a refused backup could not be recorded")
