"""A backup is good when it was opened again, counted and checked; until then it is nothing."""

from __future__ import annotations

import shutil
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import make_url, text

import pointsbank.safekeeping.making as making
import pointsbank.safekeeping.tending as tending
from pointsbank.foundation import SHOP_ZONE, Bank, Clock, Keys, SqliteDatabase, open_database
from pointsbank.foundation.roles import APP_ROLE, grant_roles
from pointsbank.safekeeping import (
    BackupRunning,
    CopyDiffers,
    CopyIncomplete,
    CopyWrong,
    NoSpace,
    PlaceUnwritable,
    Sealer,
    find_progress,
    last_good_backup,
    list_backup_runs,
    make_beside,
    nightly_backup,
    own_shelf,
    read_backup_state,
    run_backup,
    start_backup,
    tend,
)
from pointsbank.safekeeping.copying import opened
from pointsbank.safekeeping.packing import unpack
from tests.counter import Counter, tapped
from tests.make import SOMEBODY, Make
from tests.snapshot import snapshot

FOLDER = "backups"


def left_behind(bank: Bank) -> set[str]:
    """What lies in the folder of backups beside good ones."""
    good = {one.name for one in own_shelf(bank).backups()}
    good |= {f"{name}.json" for name in good}
    return {path.name for path in (bank.home / FOLDER).iterdir()} - good - {".lock"}


def test_a_backup_holds_every_row_of_every_table(counter: Counter, tmp_path: Path) -> None:
    bank, buyer = counter.bank, counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=5)
    counter.check_out(buyer, tapped("SOAP"))
    before = snapshot(bank)
    backup = run_backup(bank, by=SOMEBODY)
    (tmp_path / "opened").mkdir()
    manifest = unpack(
        own_shelf(bank).path(backup), Sealer.of(bank.keys.backup), tmp_path / "opened"
    )
    assert manifest.dialect == bank.database.dialect
    assert manifest.community == "晴川社区"
    copy = Bank(tmp_path, SqliteDatabase(tmp_path / "opened" / "books.sqlite"), bank.keys)
    kept = snapshot(copy)
    copy.close()
    assert kept == before
    assert left_behind(bank) == set()


def test_a_good_backup_is_on_the_list_and_makes_the_strip_green(counter: Counter) -> None:
    bank = counter.bank
    state = read_backup_state(bank)
    assert (state.is_green, state.last_good, state.hours) == (False, None, None)
    nightly_backup(bank)
    state = read_backup_state(bank)
    assert state.is_green
    assert state.hours == 0
    run = last_good_backup(bank)
    assert run is not None
    assert (run.kind, run.place, run.outcome, run.is_good) == ("nightly", "bank", "good", True)
    [kept] = own_shelf(bank).backups()
    assert (run.name, run.sha256, run.bytes) == (kept.name, kept.sha256, kept.bytes)
    bank.clock.set_now(lambda: datetime(2026, 11, 21, 12, 30, tzinfo=SHOP_ZONE))
    assert not read_backup_state(bank).is_green


def test_only_the_owner_may_read_what_a_backup_leaves(counter: Counter) -> None:
    bank = counter.bank
    run_backup(bank, by=SOMEBODY)
    assert stat.S_IMODE((bank.home / FOLDER).stat().st_mode) == 0o700
    for path in (bank.home / FOLDER).iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_too_little_room_is_told_before_anything_is_written(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = counter.bank

    class Usage(NamedTuple):
        total: int = 10**9
        used: int = 10**9
        free: int = 5 * 1024 * 1024

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage())
    with pytest.raises(NoSpace) as refused:
        nightly_backup(bank)
    assert refused.value.facts["free_mb"] == 5
    assert left_behind(bank) == set()
    [run] = list_backup_runs(bank).items
    assert (run.outcome, run.name, run.is_good) == ("safekeeping.no_space", None, False)
    assert not read_backup_state(bank).is_green


def test_a_full_disk_in_the_middle_leaves_nothing_and_the_old_ones_whole(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = counter.bank
    first = run_backup(bank, by=SOMEBODY)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Sealer, "seal", full)
    with pytest.raises(PlaceUnwritable):
        run_backup(bank, by=SOMEBODY)
    assert own_shelf(bank).backups() == [first]
    assert left_behind(bank) == set()


def test_two_are_never_made_at_once(counter: Counter) -> None:
    bank = counter.bank
    with making.backup_turn(bank) as tell:
        tell("proving")
        assert find_progress(bank) == {"step": "proving", "place": 3, "steps": 4}
        with pytest.raises(BackupRunning):
            run_backup(bank, by=SOMEBODY)
    assert find_progress(bank) is None
    run_backup(bank, by=SOMEBODY)


def test_of_two_who_press_at_once_the_second_is_told(
    sqlite_counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one's work cannot be seen yet when the second looks, but it has begun."""
    bank = sqlite_counter.bank
    looks = iter([None])
    monkeypatch.setattr(tending, "find_progress", lambda bank: next(looks, {"step": "copying"}))
    with making.backup_turn(bank), pytest.raises(BackupRunning):
        start_backup(bank, by=SOMEBODY)


def test_what_a_cut_off_backup_left_is_taken_away_by_the_next(counter: Counter) -> None:
    bank = counter.bank
    folder = bank.home / FOLDER
    (folder / ".scratch-old").mkdir(parents=True)
    (folder / ".scratch-old" / "books.sqlite").write_bytes(b"in the clear")
    (folder / "pointsbank-20261101-033000.age.unfinished").write_bytes(b"half")
    (folder / "letter.age").write_bytes(b"somebody else's")
    run_backup(bank, by=SOMEBODY)
    assert left_behind(bank) == {"letter.age"}


def test_a_copy_that_lost_an_entry_is_not_good(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: between copy and archive somebody takes a move away."""
    bank, buyer = counter.bank, counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=5)
    counter.check_out(buyer, tapped("SOAP"))
    true_copy = making.copy_books

    def lose_one(of: Bank, target: Path) -> None:
        true_copy(of, target)
        with opened(target) as copy:
            copy.execute("DROP TRIGGER move_no_delete")
            copy.execute("DELETE FROM move WHERE id = (SELECT max(id) FROM move)")

    monkeypatch.setattr(making, "copy_books", lose_one)
    with pytest.raises(CopyWrong):
        run_backup(bank, by=SOMEBODY)
    assert own_shelf(bank).backups() == []
    assert [run.outcome for run in list_backup_runs(bank).items] == ["safekeeping.books_wrong"]


def test_a_plain_copy_of_the_file_lacks_what_was_booked_last_and_is_found_out(
    sqlite_counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: `cp bank.sqlite` while it is open, without the log beside it."""
    bank = sqlite_counter.bank

    def plainly(of: Bank, target: Path) -> None:
        assert isinstance(of.database, SqliteDatabase)
        shutil.copy(of.database.path, target)

    sqlite_counter.buyer(points=100)
    monkeypatch.setattr(making, "copy_books", plainly)
    with pytest.raises((CopyIncomplete, CopyWrong)):
        run_backup(bank, by=SOMEBODY)
    monkeypatch.undo()
    run_backup(bank, by=SOMEBODY)


def test_the_watch_records_what_a_command_made_beside_the_server(counter: Counter) -> None:
    bank = counter.bank
    with making.backup_turn(bank):
        made = making.make_backup(bank, kind="on_demand")
    assert last_good_backup(bank) is None
    tend(bank)
    tend(bank)
    [run] = list_backup_runs(bank).items
    assert (run.name, run.place, run.actor) == (made.name, "bank", "system")


def test_a_command_s_backup_stands_in_the_list_though_the_next_one_throws_it_away(
    sqlite_counter: Counter,
) -> None:
    bank = sqlite_counter.bank
    beside = make_beside(bank)
    later = bank.clock.moment() + timedelta(seconds=5)
    bank.clock.set_now(lambda: later)
    mine = run_backup(bank, by=SOMEBODY)
    tend(bank)
    assert [one.name for one in own_shelf(bank).backups()] == [mine.name]
    lines = [(run.name, run.is_good) for run in list_backup_runs(bank).items]
    assert lines == [(mine.name, True), (beside.name, True)]


def test_history_of_backups_is_never_rewritten(counter: Counter) -> None:
    bank = counter.bank
    run_backup(bank, by=SOMEBODY)
    for wrong in ("UPDATE backup_run SET outcome = 'good'", "DELETE FROM backup_run"):
        with pytest.raises(Exception, match="append-only"):
            bank.database.write(lambda session, wrong=wrong: session.run(text(wrong)))


def test_what_was_read_back_differs_is_refused(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the disk gives back another backup than was written to it."""
    bank = counter.bank
    other = run_backup(bank, by=SOMEBODY)
    other_bytes = own_shelf(bank).path(other).read_bytes()
    counter.buyer()
    true_seal = Sealer.seal

    def seal_other(self: Sealer, plain: Path, sealed: Path) -> None:
        true_seal(self, plain, sealed)
        sealed.write_bytes(other_bytes)

    monkeypatch.setattr(Sealer, "seal", seal_other)
    with pytest.raises(CopyDiffers):
        run_backup(bank, by=SOMEBODY)


def test_on_postgresql_the_service_s_own_role_is_enough(
    postgres_url: str, keys: Keys, clock: Clock, tmp_path: Path
) -> None:
    """It may neither make a database nor own a table, and needs neither."""
    owner = Bank(tmp_path, open_database(postgres_url, durable=False), keys, clock)
    Counter(Make(owner)).buyer(points=100)
    owner.close()
    assert grant_roles(postgres_url)
    as_service = make_url(postgres_url).update_query_dict({"options": f"-crole={APP_ROLE}"})
    url = as_service.render_as_string(hide_password=False)
    bank = Bank(tmp_path, open_database(url, durable=False), keys, clock)
    try:
        nightly_backup(bank)
        tend(bank)
        assert read_backup_state(bank).is_green
    finally:
        bank.close()
