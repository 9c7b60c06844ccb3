"""A stick in use gets the last good backup by itself, and only what was read back counts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import pointsbank.safekeeping.sticks as sticks
from pointsbank.foundation import Bank, new_key
from pointsbank.people import erase_volunteer
from pointsbank.safekeeping import (
    DriveOfOther,
    DriveUnknown,
    Shelf,
    list_backup_runs,
    list_drives,
    name_target,
    nightly_backup,
    own_shelf,
    put_drive_to_use,
    read_backup_state,
    run_backup,
    tend,
)
from pointsbank.safekeeping.erasures import FILE as ERASURES
from pointsbank.safekeeping.packing import bank_id
from tests.counter import Counter
from tests.make import SOMEBODY


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """What goes onto a stick is the same from every database."""
    return sqlite_url


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder that stands for a stick."""
    place = tmp_path / "RED"
    place.mkdir()
    return place


def use(bank: Bank, place: Path) -> None:
    """Name the folder as a target, and put it to use."""
    name_target(bank, by=SOMEBODY, key=new_key(), path=place)
    put_drive_to_use(bank, by=SOMEBODY, key=new_key(), path=place)


def on(bank: Bank, place: Path) -> list[str]:
    """The good backups on a stick."""
    shelf = Shelf(place / sticks.FOLDER, bank_id(bank.keys))
    return [one.name for one in shelf.backups()]


def outcomes(bank: Bank) -> list[tuple[str, str, str]]:
    return [(run.kind, run.place, run.outcome) for run in list_backup_runs(bank).items]


def test_a_stick_nobody_spoke_of_is_left_alone(counter: Counter, stick: Path) -> None:
    bank = counter.bank
    name_target(bank, by=SOMEBODY, key=new_key(), path=stick)
    run_backup(bank, by=SOMEBODY)
    tend(bank)
    assert list(stick.iterdir()) == []
    [drive] = [one for one in list_drives(bank) if one.path == stick]
    assert (drive.ours, drive.other) == (False, False)


def test_a_stick_in_use_gets_the_night_s_backup_and_a_page_that_explains_it(
    counter: Counter, stick: Path
) -> None:
    bank = counter.bank
    use(bank, stick)
    made = nightly_backup(bank)
    assert on(bank, stick) == [made.name]
    copied = stick / sticks.FOLDER / made.name
    assert copied.read_bytes() == own_shelf(bank).path(made).read_bytes()
    page = (stick / sticks.FOLDER / "README.txt").read_text(encoding="utf-8")
    assert "备份口令" in page
    assert bank_id(bank.keys) in page
    assert outcomes(bank) == [("stick", "RED", "good"), ("nightly", "bank", "good")]
    state = read_backup_state(bank)
    assert state.is_stick_fresh
    assert state.stick_days == 0


def test_plugged_in_later_it_gets_the_last_good_one_once(counter: Counter, stick: Path) -> None:
    bank = counter.bank
    use(bank, stick)
    away = stick.rename(stick.with_name("pocket"))
    first = nightly_backup(bank)
    assert outcomes(bank) == [("nightly", "bank", "good")]
    last = nightly_backup(bank)
    away.rename(stick)
    for _ in range(3):
        tend(bank)
    assert on(bank, stick) == [last.name]
    assert first.name != last.name
    assert outcomes(bank).count(("stick", "RED", "good")) == 1


def test_another_bank_s_stick_is_never_touched(counter: Counter, stick: Path) -> None:
    bank = counter.bank
    (stick / sticks.FOLDER).mkdir()
    mark = stick / sticks.FOLDER / sticks.MARK
    mark.write_text(json.dumps({"bank": "another000"}))
    name_target(bank, by=SOMEBODY, key=new_key(), path=stick)
    with pytest.raises(DriveOfOther):
        put_drive_to_use(bank, by=SOMEBODY, key=new_key(), path=stick)
    nightly_backup(bank)
    assert {path.name for path in (stick / sticks.FOLDER).iterdir()} == {sticks.MARK}


def test_only_what_is_plugged_in_or_named_can_be_put_to_use(
    counter: Counter, stick: Path, tmp_path: Path
) -> None:
    with pytest.raises(DriveUnknown):
        put_drive_to_use(counter.bank, by=SOMEBODY, key=new_key(), path=tmp_path)
    assert not (tmp_path / sticks.FOLDER).exists()


def test_a_worn_out_stick_that_gives_back_something_else_is_found_out(
    counter: Counter, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: one byte differs on the stick; without reading back it would count as good."""
    bank = counter.bank
    use(bank, stick)
    true_copy = shutil.copyfile

    def worn_out(source: Path, target: Path) -> None:
        true_copy(source, target)
        content = bytearray(target.read_bytes())
        content[len(content) // 2] ^= 1
        target.write_bytes(content)

    with monkeypatch.context() as bad:
        bad.setattr(sticks.shutil, "copyfile", worn_out)
        nightly_backup(bank)
        tend(bank)
        assert on(bank, stick) == []
        assert outcomes(bank)[0] == ("stick", "RED", "safekeeping.copy_differs")
        assert len(outcomes(bank)) == 2, "the same trouble is told once, not every ten seconds"
        bad.setattr(sticks, "hash_of_file", lambda path: own_shelf(bank).backups()[0].sha256)
        tend(bank)
        assert len(on(bank, stick)) == 1, "the twin: nobody looked"


def test_a_stick_pulled_out_in_the_middle_leaves_nothing_that_counts(
    counter: Counter, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = counter.bank
    use(bank, stick)

    def pulled_out(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:100])
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as bad:
        bad.setattr(sticks.shutil, "copyfile", pulled_out)
        made = nightly_backup(bank)
    assert on(bank, stick) == []
    assert ("stick", "RED", "safekeeping.place_unwritable") in outcomes(bank)
    (stick / sticks.FOLDER / f"{made.name}.unfinished").write_bytes(b"half")
    tend(bank)
    assert on(bank, stick) == [made.name]
    assert not list((stick / sticks.FOLDER).glob("*.unfinished"))


def test_too_small_a_stick_is_told(
    counter: Counter, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = counter.bank
    use(bank, stick)
    monkeypatch.setattr(sticks, "free_mb", lambda _: 1)
    nightly_backup(bank)
    assert outcomes(bank)[0] == ("stick", "RED", "safekeeping.no_space")
    assert outcomes(bank)[1] == ("nightly", "bank", "good"), "our own is good all the same"


def test_the_list_of_the_forgotten_goes_along(counter: Counter, stick: Path) -> None:
    bank = counter.bank
    use(bank, stick)
    volunteer = counter.make.volunteer(name="慕容拾遗")
    counter.make.do(erase_volunteer, number=volunteer.number)
    tend(bank)
    [line] = (stick / sticks.FOLDER / "erasures.jsonl").read_text().splitlines()
    told: dict[str, Any] = json.loads(line)
    assert told["holder"] == volunteer.holder
    assert "慕容" not in line


def test_a_demonstration_is_not_tended(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = counter.bank
    monkeypatch.setattr(Bank, "is_demonstration", True)
    tend(bank)
    assert not (bank.home / "high-water.json").exists()
    assert not (bank.home / "backups").exists()


@pytest.mark.parametrize("content", ['{"bank": ["a"]}', '{"bank": 5}', "[" * 100_000, "[]"])
def test_a_stick_with_a_mark_of_somebody_elses_making_is_passed_over(
    counter: Counter, stick: Path, content: str
) -> None:
    use(counter.bank, stick)
    (stick / sticks.FOLDER / sticks.MARK).write_text(content)
    run_backup(counter.bank, by=SOMEBODY)
    tend(counter.bank)
    assert stick not in [drive.path for drive in list_drives(counter.bank)]


def test_a_stick_whose_folder_leads_elsewhere_is_passed_over(
    counter: Counter, stick: Path, tmp_path: Path
) -> None:
    use(counter.bank, stick)
    (stick / sticks.FOLDER).rename(tmp_path / "elsewhere")
    (stick / sticks.FOLDER).symlink_to(tmp_path / "elsewhere")
    run_backup(counter.bank, by=SOMEBODY)
    assert stick not in [drive.path for drive in list_drives(counter.bank)]
    assert not list((tmp_path / "elsewhere").glob("*.age"))


def test_a_damaged_list_of_the_forgotten_is_written_anew(counter: Counter, stick: Path) -> None:
    bank = counter.bank
    use(bank, stick)
    counter.make.do(erase_volunteer, number=counter.make.volunteer().number)
    run_backup(bank, by=SOMEBODY)
    path = stick / sticks.FOLDER / ERASURES
    whole = path.read_bytes()
    path.write_bytes(b"\xff\x00" + b"[" * 100_000 + b"\n" + whole[1:])
    tend(bank)
    assert path.read_bytes() == whole
