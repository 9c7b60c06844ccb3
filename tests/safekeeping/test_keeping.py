"""Which backups are kept, and that the newest one always is."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pointsbank.foundation import SHOP_ZONE, to_instant
from pointsbank.safekeeping import Backup, Keep, Shelf
from pointsbank.safekeeping.shelf import kept

BANK = "0123456789"


def made(moment: datetime, number: int = 0) -> Backup:
    """A backup of this moment."""
    name = moment.strftime(f"pointsbank-%Y%m%d-%H%M%S-{number}.age")
    at = to_instant(moment)
    return Backup(name, BANK, "nightly", at, at, 1, "-", 1, 1)


def nights(count: int, last: date = date(2026, 11, 22)) -> list[Backup]:
    """So many nights, the newest first."""
    newest = datetime(last.year, last.month, last.day, 3, 30, tzinfo=SHOP_ZONE)
    return [made(newest - timedelta(days=back)) for back in range(count)]


def days_of(backups: list[Backup]) -> list[str]:
    return [one.name[11:19] for one in backups]


def test_two_years_of_nights_become_fourteen_days_eight_weeks_and_twelve_months() -> None:
    left = days_of(kept(nights(730), Keep()))
    assert left[:14] == [f"202611{day:02d}" for day in range(22, 8, -1)]
    assert left[14:20] == ["20261108", "20261101", "20261031", "20261025", "20261018", "20261011"]
    assert left[-3:] == ["20260228", "20260131", "20251231"]
    assert len(left) == 14 + 6 + 11


def test_of_one_day_the_last_is_kept() -> None:
    noon = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    today = [made(noon - timedelta(minutes=back), back) for back in range(5)]
    assert kept(today, Keep()) == today[:1]


def test_a_day_begins_at_midnight_in_the_shop() -> None:
    before, after = (
        made(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)),
        made(datetime(2026, 11, 22, 16, 1, tzinfo=UTC)),
    )
    assert kept([after, before], Keep(daily=2, weekly=1, monthly=1)) == [after, before]


def test_the_newest_stays_whatever_is_said() -> None:
    newest, *others = nights(40)
    assert kept([newest, *others], Keep(daily=0, weekly=0, monthly=0)) == [newest]


def test_a_machine_that_was_off_for_a_year_loses_no_day_by_being_switched_on() -> None:
    old = nights(10, date(2025, 10, 10))
    left = kept([*nights(1), *old], Keep())
    assert left == [*nights(1), *old]


def test_what_goes_goes_with_its_small_file_and_nothing_else_does(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, BANK)
    for one in nights(40):
        shelf.path(one).write_bytes(b"x")
        shelf.note(one)
    other = replace(nights(300)[-1], bank="another")
    shelf.path(other).write_bytes(b"x")
    shelf.note(other)
    (tmp_path / "photo.age").write_bytes(b"x")
    gone = shelf.prune(Keep(daily=3, weekly=1, monthly=1))
    assert len(gone) == 37
    assert days_of(shelf.backups()) == ["20261122", "20261121", "20261120"]
    names = {path.name for path in tmp_path.iterdir()}
    assert {"photo.age", other.name, f"{other.name}.json"} <= names
    assert len(names) == 3 + 2 * 3


def test_a_file_of_another_length_than_noted_is_no_backup(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, BANK)
    [one] = nights(1)
    shelf.note(one)
    assert shelf.backups() == []
    shelf.path(one).write_bytes(b"xx")
    assert shelf.backups() == []
    shelf.path(one).write_bytes(b"x")
    assert shelf.backups() == [one]
    (tmp_path / "pointsbank-20261101-000000.age.json").write_text("{}")
    (tmp_path / "other.age.json").write_text("[1")
    assert shelf.backups() == [one]


@pytest.mark.parametrize(
    "told",
    [
        {"name": "../keys.json"},
        {"name": "pointsbank-20261101-033000.age"},
        {"made_at": "yesterday"},
        {"made_at": 5},
        {"bytes": "1"},
        {"last_receipt": None},
    ],
)
def test_a_small_file_that_nobody_of_ours_wrote_names_nothing(
    tmp_path: Path, told: dict[str, Any]
) -> None:
    secrets = tmp_path / "keys.json"
    secrets.write_bytes(b"x")
    shelf = Shelf(tmp_path / "stick", BANK)
    shelf.folder.mkdir()
    newest, forged = nights(2)
    for one in (newest, forged):
        shelf.path(one).write_bytes(b"x")
    shelf.note(newest)
    beside = shelf.folder / f"{forged.name}.json"
    beside.write_text(json.dumps(asdict(forged) | told))
    assert shelf.backups() == [newest]
    shelf.prune(Keep(daily=1, weekly=1, monthly=1))
    assert secrets.exists()


@pytest.mark.parametrize("content", [b"[" * 100_000, b"\xff\xfe", b"{" + b" " * 5000 + b"}", b"5"])
def test_a_small_file_that_cannot_be_read_is_passed_over(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pointsbank-20261101-000000.age.json").write_bytes(content)
    assert Shelf(tmp_path, BANK).backups() == []
