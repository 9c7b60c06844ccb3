"""Sticks (备份U盘): where the last good backup goes by itself as soon as one is plugged in.

A stick is used only after somebody has said so once (启用): that makes a folder on it with a small
file that names the bank. Besides the backups it carries the list of the forgotten and a page that
tells whoever finds it what to do.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pointsbank.foundation import (
    Bank,
    Session,
    create_durably,
    find_setting,
    keep_setting,
    sync_folder,
    write_durably,
)
from pointsbank.safekeeping.copying import free_mb
from pointsbank.safekeeping.erasures import FILE as ERASURES
from pointsbank.safekeeping.erasures import Erasure, add_erasures
from pointsbank.safekeeping.errors import CopyDiffers, DriveOfOther, NoSpace, PlaceUnwritable
from pointsbank.safekeeping.packing import bank_id
from pointsbank.safekeeping.sealing import forget_cached, hash_of_file, sync_file
from pointsbank.safekeeping.shelf import UNFINISHED, Backup, Keep, Shelf, read_small

FOLDER, MARK, PAGE = "pointsbank-backup", "stick.json", "README.txt"
# Where a desktop, and where a service without one, hangs in what is plugged in.
ROOTS = ("/media/*/*", "/run/media/*/*", "/media/*")
TARGETS_SETTING = "backup_targets"
_SPARE_MB = 16
_MB = 1024 * 1024

README = """\
这里是公益银行（积分账册）的备份，已加密。
账册编号 {bank}

要用它：
1. 在新电脑上装好公益银行的程序；
2. 从保险柜取出信封，里面有“备份口令”；
3. 运行  pointsbank --home 新文件夹 restore 最新的那个 .age 文件
4. 按提示输入备份口令，等它说“账是对的”。
别改、别删这个文件夹里的东西。不想再用这个U盘，整个文件夹删掉即可。

These are the backups of a volunteers' points bank, encrypted with age (age-encryption.org).
Install the program on a new machine, take the envelope out of the safe, and run
  pointsbank --home NEW_FOLDER restore THE_NEWEST.age
Without our program: age --decrypt -i KEY_FILE THE_NEWEST.age | tar xz
with the line AGE-SECRET-KEY-1... of the envelope in KEY_FILE.
"""


@dataclass(frozen=True)
class Drive:
    """A place outside the machine. `ours` once it has been put to use for this bank."""

    path: Path
    name: str
    ours: bool
    other: bool
    free_mb: int

    @property
    def folder(self) -> Path:
        return self.path / FOLDER


def list_drives(bank: Bank) -> list[Drive]:
    """What is plugged in now, and the folders that were named as targets."""
    named = [Path(text) for text in bank.database.read(read_targets)]
    ours = bank_id(bank.keys)
    found = [_drive(path, ours) for path in dict.fromkeys([*_mounted(), *named]) if path.is_dir()]
    return [drive for drive in found if drive is not None]


def use_drive(bank: Bank, drive: Drive) -> Drive:
    """Put a drive to use for this bank. Raises DriveOfOther, PlaceUnwritable."""
    ours = bank_id(bank.keys)
    if drive.other:
        raise DriveOfOther(place=drive.name)
    with _trouble(drive.name):
        drive.folder.mkdir(exist_ok=True)
        if not drive.ours:
            told = {"bank": ours, "drive": secrets.token_hex(4), "since": bank.clock.instant()}
            create_durably(drive.folder / MARK, json.dumps(told).encode())
        write_durably(drive.folder / PAGE, README.format(bank=ours).encode())
        sync_folder(drive.path)
    return replace(drive, ours=True)


def bring_to(drive: Drive, backup: Backup, source: Path, keep: Keep) -> bool:
    """Bring a good backup to a drive, where old ones make room; False when it is there already.

    Raises NoSpace, PlaceUnwritable, CopyDiffers; then the older ones on it are as they were.
    """
    shelf = Shelf(drive.folder, backup.bank)
    with _trouble(drive.name):
        brought = bring_to_shelf(shelf, drive.name, backup, source)
        shelf.prune(keep)
    return brought


def bring_to_shelf(shelf: Shelf, place: str, backup: Backup, source: Path) -> bool:
    """Copy a good backup to another folder and read it back from there; False when it is there.

    Raises NoSpace, PlaceUnwritable, CopyDiffers.
    """
    with _trouble(place):
        if any(one.sha256 == backup.sha256 for one in shelf.backups()):
            return False
        needed, free = backup.bytes // _MB + _SPARE_MB, free_mb(shelf.folder)
        if free < needed:
            raise NoSpace(place=place, needed_mb=needed, free_mb=free)
        for left in shelf.folder.glob(f"*{UNFINISHED}"):
            left.unlink()  # pulled out in the middle, last time
        unfinished = shelf.folder / f"{backup.name}{UNFINISHED}"
        try:
            shutil.copyfile(source, unfinished)
            sync_file(unfinished)
            forget_cached(unfinished)
            if hash_of_file(unfinished) != backup.sha256:
                raise CopyDiffers(what=place)
            unfinished.replace(shelf.path(backup))
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(shelf.folder)
        shelf.note(backup)
    return True


def bring_erasures(bank: Bank, drive: Drive, erasures: list[Erasure]) -> None:
    """Bring the list of the forgotten up to date. Raises PlaceUnwritable."""
    with _trouble(drive.name):
        add_erasures(drive.folder / ERASURES, bank.keys, erasures)


def read_targets(session: Session) -> list[str]:
    """The folders that were named as targets."""
    found: list[str] = json.loads(find_setting(session, TARGETS_SETTING) or "[]")
    return found


def add_target(session: Session, target: str) -> None:
    """Name one more folder."""
    known = read_targets(session)
    if target not in known:
        keep_setting(session, TARGETS_SETTING, json.dumps([*known, target]))


def _mounted() -> list[Path]:
    root = Path("/")
    found = [path for pattern in ROOTS for path in sorted(root.glob(pattern[1:]))]
    return [path for path in found if path.is_mount()]


def _drive(path: Path, ours: str) -> Drive | None:
    """A place as it stands, or None where our folder or its mark is of somebody else's making."""
    folder, kept = path / FOLDER, None
    try:
        if folder.is_symlink():
            return None
        if (folder / MARK).exists():
            kept = (read_small(folder / MARK) or {}).get("bank")
            if not isinstance(kept, str):
                return None
        return Drive(path, path.name, kept == ours, kept not in {None, ours}, free_mb(path))
    except OSError:
        return None


@contextmanager
def _trouble(place: str) -> Iterator[None]:
    """A stick that is full, worn out, write-protected or pulled out is a refusal like any other."""
    try:
        yield
    except OSError as cause:
        raise PlaceUnwritable(place=place, reason=str(cause.strerror or cause)) from cause
