"""A folder of backups (备份架): in the bank's own folder, on a stick, or anywhere else.

Beside each sealed file lies a small one that says what it is, so that nobody has to open it to list
it. A file without one is not ours and is left alone. A stick may come from anybody's hands, so what
a small file says of any other file than the one it lies beside is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_type_hints

from pointsbank.foundation import SHOP_ZONE, from_instant, to_instant, write_durably

ENDING, BESIDE, UNFINISHED = ".age", ".json", ".unfinished"
# No small file of ours is larger than a few hundred bytes.
SMALL_BYTES_MOST = 4096

# A day, a week, a month.
_PERIODS = ("%Y-%m-%d", "%G-%V", "%Y-%m")


@dataclass(frozen=True)
class Backup:
    """One good backup, as the small file beside it has it. Its books hold `last_receipt`."""

    name: str
    bank: str
    kind: str
    made_at: str
    verified_at: str
    bytes: int
    sha256: str
    last_receipt: int
    last_entry: int


# What a small file holds: these names and no others, each of its type.
_TYPES = get_type_hints(Backup)


@dataclass(frozen=True)
class Keep:
    """How many are kept: the newest of each day, each week, each month, so many of each."""

    daily: int = 14
    weekly: int = 8
    monthly: int = 12


class Shelf:
    """The backups of one bank in one folder."""

    def __init__(self, folder: Path, bank: str) -> None:
        self.folder = folder
        self.bank = bank

    def backups(self) -> list[Backup]:
        """Those that are there, the newest first."""
        found = []
        for path in self.folder.glob(f"*{ENDING}{BESIDE}"):
            backup = _read(path)
            if backup is None or backup.bank != self.bank:
                continue
            sealed = self.folder / backup.name
            if sealed.is_file() and sealed.stat().st_size == backup.bytes:
                found.append(backup)
        return sorted(found, key=lambda one: (one.made_at, one.last_receipt), reverse=True)

    def path(self, backup: Backup) -> Path:
        return self.folder / backup.name

    def free_name(self, moment: datetime) -> str:
        """A name that tells when, in the shop's time, and that no file has yet."""
        stem = moment.astimezone(SHOP_ZONE).strftime("pointsbank-%Y%m%d-%H%M%S")
        name, number = f"{stem}{ENDING}", 1
        while (self.folder / name).exists():
            number += 1
            name = f"{stem}-{number}{ENDING}"
        return name

    def note(self, backup: Backup) -> None:
        """Write the small file: from now on the backup counts."""
        told = json.dumps(asdict(backup), indent=1).encode()
        write_durably(self.folder / f"{backup.name}{BESIDE}", told)

    def prune(self, keep: Keep) -> list[Backup]:
        """Throw away what need not be kept; the newest never is. Returns what went."""
        there = self.backups()
        gone = [one for one in there if one not in kept(there, keep)]
        for one in gone:
            # The small file first: what has none is no backup of ours.
            (self.folder / f"{one.name}{BESIDE}").unlink(missing_ok=True)
            self.path(one).unlink(missing_ok=True)
        return gone


def kept(backups: Sequence[Backup], keep: Keep) -> list[Backup]:
    """Which of these, the newest first, are to be kept."""
    chosen: dict[str, Backup] = {one.name: one for one in backups[:1]}
    numbers = (keep.daily, keep.weekly, keep.monthly)
    for many, period in zip(numbers, _PERIODS, strict=True):
        newest: dict[str, Backup] = {}
        for one in backups:
            newest.setdefault(_day(one).strftime(period), one)
        chosen |= {one.name: one for one in list(newest.values())[:many]}
    return [one for one in backups if one.name in chosen]


def _day(backup: Backup) -> date:
    return from_instant(backup.made_at).astimezone(SHOP_ZONE).date()


def read_small(path: Path) -> dict[str, Any] | None:
    """What a small file of ours says, or None where it says nothing that can be read."""
    try:
        # Neither a pipe that never ends nor a file as large as the stick is one.
        if not path.is_file() or path.stat().st_size > SMALL_BYTES_MOST:
            return None
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _read(path: Path) -> Backup | None:
    """The backup that the small file `path` lies beside, or None when it is not of our making."""
    told = read_small(path)
    if told is None or {name: type(value) for name, value in told.items()} != _TYPES:
        return None
    backup = Backup(**told)
    # The name is of this folder and no other, because a file's own name has no folders in it.
    if f"{backup.name}{BESIDE}" != path.name or not _is_instant(backup.made_at):
        return None
    return backup


def _is_instant(text: str) -> bool:
    try:
        return to_instant(from_instant(text)) == text
    except (ValueError, OverflowError):
        return False
