"""The disk is gone: a backup and the envelope make the same bank again, or say why not."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import pointsbank.safekeeping.packing as packing
import pointsbank.safekeeping.restoring as restoring
from pointsbank.foundation import (
    KEYS_FILE,
    Bank,
    Clock,
    Keys,
    find_setting,
    from_instant,
    open_bank,
    open_database,
    read_public_id,
)
from pointsbank.people import erase_volunteer, get_volunteer_file
from pointsbank.safekeeping import (
    BackupAltered,
    BackupUnknown,
    CopyWrong,
    DatabaseNotEmpty,
    FolderNotEmpty,
    NewerProgram,
    NotABackup,
    NotOlder,
    OlderCopy,
    PassphraseWrong,
    Restored,
    Sealer,
    SecretUnreadable,
    accept_copy,
    keep_mark,
    own_shelf,
    read_life,
    refuse_older_copy,
    restore,
    run_backup,
    spell_secret,
    tend,
)
from pointsbank.safekeeping.copying import opened
from tests.books import books_are_right
from tests.conftest import NOON
from tests.counter import Buyer, Counter, tapped
from tests.make import SOMEBODY, Make
from tests.postgres import drop_database, fresh_database
from tests.snapshot import snapshot

SEED = 20261122
# Refused for what they are: changed, cut short, or no longer to be opened by the right key.
REFUSED = (BackupAltered, NotABackup, PassphraseWrong)


@dataclass(frozen=True)
class Place:
    """Where a bank can be restored to."""

    home: Path
    url: str | None

    def open(self, clock: Clock) -> Bank:
        url = self.url or f"sqlite:///{self.home / 'bank.sqlite'}"
        return Bank(
            self.home, open_database(url, durable=False), Keys.load(self.home / KEYS_FILE), clock
        )


@pytest.fixture
def place(bank_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """An empty folder, with an empty database when the bank lives in PostgreSQL."""
    if bank_url.startswith("sqlite"):
        yield Place(tmp_path / "new", None)
        return
    url = fresh_database(request.getfixturevalue("postgres_server"))
    yield Place(tmp_path / "new", url)
    drop_database(url)


def backed_up(counter: Counter) -> Path:
    """A backup's file, as it lies on a stick far from the bank."""
    backup = run_backup(counter.bank, by=SOMEBODY)
    stick = counter.bank.home / "stick"
    stick.mkdir(exist_ok=True)
    return Path(shutil.copy(own_shelf(counter.bank).path(backup), stick))


def restored(sealed: Path, place: Place, keys: Keys, clock: Clock) -> Restored:
    typed = Sealer.typed(" ".join(spell_secret(keys.backup)))
    return restore(sealed, place.home, sealer=typed, url=place.url, clock=clock)


def shop_of(counter: Counter) -> Buyer:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=5)
    counter.check_out(buyer, tapped("SOAP"))
    return buyer


def test_the_same_card_buys_on_the_new_machine(
    counter: Counter, place: Place, clock: Clock
) -> None:
    buyer = shop_of(counter)
    sealed = backed_up(counter)
    before = snapshot(counter.bank)
    told = restored(sealed, place, counter.bank.keys, clock)
    assert (told.community, told.hours, told.forgotten) == ("晴川社区", 0, 0)
    new = place.open(clock)
    try:
        assert new.keys == counter.bank.keys
        after = snapshot(new)
        grown = {"receipt", "receipt_outcome", "setting", "backup_run"}
        assert {name: after[name] for name in after if name not in grown} == {
            name: before[name] for name in before if name not in grown
        }
        assert set(before["receipt"]) - set(after["receipt"]) == {
            row for row in before["receipt"] if "safekeeping.record_backup" in row
        }
        elsewhere = same_shop(new, counter)
        assert elsewhere.check_out(buyer, tapped("SOAP"))["points_after"] == 40
        books_are_right(new)
    finally:
        new.close()


def same_shop(bank: Bank, counter: Counter) -> Counter:
    """The counter of a shop that is there already."""
    found = Counter.__new__(Counter)
    found.make, found.bank, found.shop_id = Make(bank), bank, counter.shop_id
    found.donor_id, found.kiosk = counter.donor_id, counter.kiosk
    return found


def test_numbers_that_the_lost_books_may_have_given_out_never_come_again(
    counter: Counter, place: Place, clock: Clock
) -> None:
    buyer = shop_of(counter)
    sealed = backed_up(counter)
    lost = [counter.check_out(buyer, tapped("SOAP"))["number"] for _ in range(2)]
    restored(sealed, place, counter.bank.keys, clock)
    new = place.open(clock)
    try:
        assert read_life(new) != read_life(counter.bank) == ""
        bought = same_shop(new, counter).check_out(buyer, tapped("SOAP"))["number"]
        assert read_public_id("R", bought) > 10_000 > max(read_public_id("R", one) for one in lost)
        told = new.database.read(lambda session: find_setting(session, "restored_from"))
        assert from_instant(told or "") == clock.moment()
    finally:
        new.close()


def test_who_was_forgotten_after_the_backup_is_forgotten_again(
    counter: Counter, place: Place, clock: Clock
) -> None:
    """The planted words are nowhere in the restored folder, not in an unused corner either."""
    bank = counter.bank
    names = [f"慕容拾遗{number:03d}" for number in range(50)]
    gone = [counter.make.volunteer(name=name, phone="19912345678") for name in names]
    stays = counter.make.volunteer(name="欧阳留下")
    sealed = backed_up(counter)
    for volunteer in gone:
        counter.make.do(erase_volunteer, number=volunteer.number)
    tend(bank)
    shutil.copy(bank.home / "erasures.jsonl", sealed.parent)
    assert restored(sealed, place, bank.keys, clock).forgotten == len(gone)
    new = place.open(clock)
    try:
        for volunteer in gone:
            assert get_volunteer_file(new, number=volunteer.number).name is None
        assert get_volunteer_file(new, number=stays.number).name == "欧阳留下"
        books_are_right(new)
    finally:
        new.close()
    for path in place.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(name.encode() in content for name in names), path.name
    again = Place(place.home.with_name("again"), None)
    if place.url is None:
        without = sealed.with_name("alone") / sealed.name
        without.parent.mkdir()
        shutil.copy(sealed, without)
        assert restored(without, again, bank.keys, clock).forgotten == 0, "the twin: no list"
        assert names[0].encode() in (again.home / "bank.sqlite").read_bytes()


def test_a_line_that_the_bank_did_not_write_forgets_nobody(
    counter: Counter, place: Place, clock: Clock
) -> None:
    stays = counter.make.volunteer(name="欧阳留下")
    sealed = backed_up(counter)
    forged = f'{{"receipt": 999, "holder": "{stays.holder}", "at": "", "code": "{"0" * 64}"}}\n'
    worn = forged.replace("0" * 64, "é").encode() + b"\xff\x00\n" + b"[" * 100_000 + b"\n"
    (sealed.parent / "erasures.jsonl").write_bytes(forged.encode() + b"nonsense\n[]\n" + worn)
    assert restored(sealed, place, counter.bank.keys, clock).forgotten == 0


# ------------------------------------------------------------------------------- what is refused


@pytest.fixture(scope="module")
def one_backup(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bytes, Keys]:
    """A good backup's bytes, to be altered."""
    home = tmp_path_factory.mktemp("altered")
    path = home / "bank.sqlite"
    shutil.copy(sqlite_template, path)
    bank = Bank(home, open_database(f"sqlite:///{path}"), Keys.new(), Clock(lambda: NOON))
    try:
        shop_of(Counter(Make(bank)))
        backup = run_backup(bank, by=SOMEBODY)
        return own_shelf(bank).path(backup).read_bytes(), bank.keys
    finally:
        bank.close()


@pytest.mark.parametrize("number", range(100))
def test_an_altered_or_truncated_backup_is_refused(
    number: int, one_backup: tuple[bytes, Keys], tmp_path: Path, clock: Clock
) -> None:
    content, keys = one_backup
    chance = random.Random(f"{SEED} {number}")
    place = Place(tmp_path / "new", None)
    sealed = tmp_path / "altered.age"
    sealed.write_bytes(alter(content, chance, number))
    with pytest.raises(REFUSED) as refused:
        restored(sealed, place, keys, clock)
    assert refused.value.code.startswith("safekeeping.")
    assert [path.name for path in tmp_path.iterdir()] == ["altered.age"]


def alter(content: bytes, chance: random.Random, number: int) -> bytes:
    """One bit, one byte, one end cut off, or one piece twice; in the header and behind it."""
    head = number % 2 and 250
    at = chance.randrange(head or len(content))
    match number % 5:
        case 0 | 1:
            bit = 1 << chance.randrange(8)
            return content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]
        case 2:
            other = (content[at] + chance.randrange(1, 256)) % 256
            return content[:at] + bytes([other]) + content[at + 1 :]
        case 3:
            return content[: chance.randrange(len(content))]
        case _:
            return content[:at] + content[at : at + 64] + content[at:]


def test_the_same_backup_unaltered_is_restored(
    one_backup: tuple[bytes, Keys], tmp_path: Path, clock: Clock
) -> None:
    content, keys = one_backup
    sealed = tmp_path / "unaltered.age"
    sealed.write_bytes(content)
    place = Place(tmp_path / "new", None)
    restored(sealed, place, keys, clock)
    new = place.open(clock)
    books_are_right(new)
    new.close()


@pytest.mark.parametrize("number", range(10))
def test_a_random_file_is_no_backup(
    number: int, one_backup: tuple[bytes, Keys], tmp_path: Path, clock: Clock
) -> None:
    chance = random.Random(number)
    sealed = tmp_path / "file.age"
    start = [b"", b"SQLite format 3\0", b"age-encryption.org/v1\n", b"\x1f\x8b\x08"][number % 4]
    sealed.write_bytes(start + chance.randbytes(chance.randrange(5_000)))
    with pytest.raises(REFUSED):
        restored(sealed, Place(tmp_path / "new", None), one_backup[1], clock)


def test_a_sealed_file_that_holds_something_else_is_no_backup(
    one_backup: tuple[bytes, Keys], tmp_path: Path, clock: Clock
) -> None:
    keys = one_backup[1]
    (tmp_path / "letter").write_bytes(b"dear neighbours " * 99)
    Sealer.of(keys.backup).seal(tmp_path / "letter", tmp_path / "letter.age")
    with pytest.raises(NotABackup):
        restored(tmp_path / "letter.age", Place(tmp_path / "new", None), keys, clock)


def test_wrong_places_and_wrong_words_are_refused_with_their_codes(
    one_backup: tuple[bytes, Keys], tmp_path: Path, clock: Clock
) -> None:
    content, keys = one_backup
    sealed = tmp_path / "file.age"
    sealed.write_bytes(content)
    with pytest.raises(PassphraseWrong):
        restored(sealed, Place(tmp_path / "new", None), Keys.new(), clock)
    with pytest.raises(BackupUnknown):
        restored(tmp_path / "none.age", Place(tmp_path / "new", None), keys, clock)
    with pytest.raises(FolderNotEmpty):
        restored(sealed, Place(tmp_path, None), keys, clock)
    groups = spell_secret(keys.backup)
    groups[2] = f"{(int(groups[2]) + 10) % 1_000_000:06d}"
    with pytest.raises(SecretUnreadable) as unread:
        Sealer.typed(" ".join(groups))
    assert unread.value.facts == {"group": 3}
    with pytest.raises(SecretUnreadable):
        Sealer.typed("12345")
    assert not (tmp_path / "new").exists()


def test_an_empty_folder_one_stands_in_becomes_the_bank(
    one_backup: tuple[bytes, Keys],
    tmp_path: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content, keys = one_backup
    (tmp_path / "file.age").write_bytes(content)
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    restored(tmp_path / "file.age", Place(Path("."), None), keys, clock)
    assert (tmp_path / "new" / "bank.sqlite").exists()


def test_a_used_database_is_refused(
    counter: Counter, postgres_url: str, tmp_path: Path, clock: Clock
) -> None:
    sealed = backed_up(counter)
    with pytest.raises(DatabaseNotEmpty):
        restored(sealed, Place(tmp_path / "new", postgres_url), counter.bank.keys, clock)


def test_books_that_were_wrong_when_they_were_packed_are_not_served(
    sqlite_counter: Counter, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole and honest archive whose books are wrong: the check decides, at restoring as well."""
    bank = sqlite_counter.bank
    shop_of(sqlite_counter)
    with opened(bank.home.parent / "bank.sqlite") as behind:
        behind.execute("UPDATE account SET balance = balance + 1 WHERE type = 'wallet'")
    with pytest.raises(CopyWrong):
        run_backup(bank, by=SOMEBODY)
    with monkeypatch.context() as blind:
        blind.setattr("pointsbank.safekeeping.making.prove", lambda *_: None)
        sealed = backed_up(sqlite_counter)
    with pytest.raises(CopyWrong):
        restored(sealed, Place(tmp_path / "new", None), bank.keys, clock)
    monkeypatch.setattr(restoring, "prove_with_today_s_form", lambda *_: None)
    restored(sealed, Place(tmp_path / "new", None), bank.keys, clock)  # the twin: nobody looked


def test_a_backup_of_a_newer_program_is_refused_and_of_an_older_one_upgraded(
    sqlite_counter: Counter, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = backed_up(sqlite_counter)
    monkeypatch.setattr(restoring, "head_revision", lambda: "0003")
    with pytest.raises(NewerProgram):
        restored(sealed, Place(tmp_path / "new", None), sqlite_counter.bank.keys, clock)


def test_another_archive_s_books_under_an_honest_list_are_refused(
    sqlite_counter: Counter, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, true_hash = sqlite_counter.bank, packing.hash_of_file
    monkeypatch.setattr(packing, "hash_of_file", lambda path: true_hash(path)[::-1])
    with pytest.MonkeyPatch.context() as blind:
        blind.setattr("pointsbank.safekeeping.making.unpack", packing_unpack_blind)
        blind.setattr("pointsbank.safekeeping.making.prove", lambda *_: None)
        sealed = backed_up(sqlite_counter)
    monkeypatch.undo()
    with pytest.raises(BackupAltered):
        restored(sealed, Place(tmp_path / "new", None), bank.keys, clock)


def packing_unpack_blind(sealed: Path, sealer: Sealer, folder: Path) -> packing.Manifest:
    return packing.Manifest.read(folder.parent / packing.LIST)


# -------------------------------------------------------------------------------- an older copy


def test_an_older_copy_put_back_behind_our_back_is_refused_until_somebody_says_so(
    sqlite_counter: Counter, tmp_path: Path, clock: Clock
) -> None:
    bank = sqlite_counter.bank
    buyer = shop_of(sqlite_counter)
    keep_mark(bank)
    refuse_older_copy(bank)
    backup = run_backup(bank, by=SOMEBODY)
    old = tmp_path / "old"
    old.mkdir()
    packing.unpack(own_shelf(bank).path(backup), Sealer.of(bank.keys.backup), old)
    sqlite_counter.check_out(buyer, tapped("SOAP"))
    keep_mark(bank)
    older = Bank(bank.home, open_database(f"sqlite:///{old / 'books.sqlite'}"), bank.keys, clock)
    try:
        with pytest.raises(OlderCopy):
            refuse_older_copy(older)
        with pytest.raises(NotOlder):
            accept_copy(bank, by=SOMEBODY, key="a-key-that-is-long-enough")
        accept_copy(older, by=SOMEBODY, key="a-key-that-is-long-enough")
        refuse_older_copy(older)
        assert read_life(older)
        books_are_right(older)
    finally:
        older.close()


def test_going_on_after_putting_back_an_older_copy_is_noticed_as_well(
    sqlite_counter: Counter, tmp_path: Path, clock: Clock
) -> None:
    """As many receipts again as before: the number is there, but it is another receipt."""
    bank = sqlite_counter.bank
    shop_of(sqlite_counter)
    backup = run_backup(bank, by=SOMEBODY)
    old = tmp_path / "old"
    old.mkdir()
    packing.unpack(own_shelf(bank).path(backup), Sealer.of(bank.keys.backup), old)
    sqlite_counter.buyer()
    keep_mark(bank)
    older = Bank(bank.home, open_database(f"sqlite:///{old / 'books.sqlite'}"), bank.keys, clock)
    try:
        for number in range(9):
            Make(older).volunteer(number=f"Z{number}")
        with pytest.raises(OlderCopy):
            refuse_older_copy(older)
    finally:
        older.close()


def test_an_hour_counts_from_the_moment_whose_books_it_holds(
    counter: Counter, place: Place, clock: Clock
) -> None:
    sealed = backed_up(counter)
    later = Clock(lambda: clock.moment() + timedelta(hours=31, minutes=59))
    assert restored(sealed, place, counter.bank.keys, later).hours == 31


def test_cut_off_in_the_middle_there_is_no_bank_and_one_can_begin_again(
    sqlite_counter: Counter, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path / "new", None)
    sealed = backed_up(sqlite_counter)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as power_cut:
        power_cut.setattr(restoring, "_put_in_place", crash)
        with pytest.raises(KeyboardInterrupt):
            restored(sealed, place, sqlite_counter.bank.keys, clock)
    assert not place.home.exists()
    restored(sealed, place, sqlite_counter.bank.keys, clock)
    open_bank(place.home).close()
