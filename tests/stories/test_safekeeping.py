"""The day the computer dies, by commands alone: envelope, stick, and a new machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pointsbank.foundation import Caller, Session, new_key, open_bank
from pointsbank.people import register_volunteer
from pointsbank.safekeeping import keep_mark, list_backup_runs
from tests import commands

PASSWORD = "correct horse battery staple"
BY = ("--by", "limin", "--password-file", "-")
OFFICE = Caller(actor="staff:1", client="staff:1")


def run(home: Path, *words: str, typed: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    """One command, as a person types it."""
    return commands.run("--home", str(home), *words, typed=f"{typed}\n")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with a bank that `init` has made, and its envelope beside it."""
    desk = tmp_path_factory.mktemp("founded")
    folder = desk / "bank"
    done = run(
        folder,
        "init",
        *("--community", "晨光社区", "--shop", "晨光社区积分超市", "--admin", "limin"),
        *("--admin-name", "李敏", "--password-file", "-"),
        *("--envelope", str(desk / "envelope.pdf")),
    )
    assert done.returncode == 0, done.stderr
    assert "备份口令 Backup passphrase" in done.stdout
    return desk


@pytest.fixture
def home(founded: Path, tmp_path: Path) -> Path:
    """The same desk for one test; the bank's folder on it."""
    shutil.copytree(founded, tmp_path, dirs_exist_ok=True)
    return tmp_path / "bank"


def secret(folder: Path, name: str) -> str:
    """The groups that stand under a name in the envelope's text."""
    lines = (folder / "envelope.txt").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(name))
    digits = [line for line in lines[start + 1 :] if line.strip().replace(" ", "").isdigit()]
    return " ".join(digits[:2])


def operations(home: Path) -> list[str]:
    bank = open_bank(home, exclusive=False)
    try:
        return bank.database.read(_operations)
    finally:
        bank.close()


def _operations(session: Session) -> list[str]:
    rows = session.connection.execute("SELECT operation FROM receipt ORDER BY id").fetchall()
    return [row[0] for row in rows]


def test_from_the_envelope_and_a_stick_to_the_same_bank_on_a_new_machine(
    home: Path, tmp_path: Path
) -> None:
    for ending in ("pdf", "txt"):
        assert (tmp_path / f"envelope.{ending}").stat().st_mode & 0o777 == 0o600
    bank = open_bank(home)
    register_volunteer(bank, by=OFFICE, key=new_key(), number="T00001", name="王小明")
    bank.close()
    stick = tmp_path / "stick"
    stick.mkdir()
    used = run(home, "stick", str(stick), *BY)
    assert used.returncode == 0, used.stderr
    made = run(home, "backup")
    assert made.returncode == 0, made.stderr
    assert "打开查过，账是对的" in made.stdout
    [sealed] = (stick / "pointsbank-backup").glob("*.age")
    shutil.rmtree(home)

    new = tmp_path / "new machine"
    typed = secret(tmp_path, "备份口令")
    wrong = typed[:-1] + str((int(typed[-1]) + 1) % 10)
    done = run(new, "restore", str(sealed), typed=f"{wrong}\n{typed}")
    assert done.returncode == 0, done.stderr
    assert "第 8 组不对" in done.stderr, "and is asked once more"
    assert "恢复好了，账是对的" in done.stdout
    assert "晨光社区" in done.stdout
    check = run(new, "check")
    assert (check.returncode, "0 处不符" in check.stdout) == (0, True)
    assert "T00001" in volunteers(new)
    assert run(new, "backup").returncode == 0


def volunteers(home: Path) -> list[str]:
    bank = open_bank(home, exclusive=False)
    try:
        return bank.database.read(
            lambda session: [
                row[0]
                for row in session.connection.execute("SELECT number FROM volunteer").fetchall()
            ]
        )
    finally:
        bank.close()


def test_every_refusal_says_in_both_languages_what_to_do(home: Path, tmp_path: Path) -> None:
    assert run(home, "backup", "--to", str(tmp_path)).returncode == 0
    [sealed] = tmp_path.glob("*.age")
    code = tmp_path / "code"
    code.write_text(secret(tmp_path, "备份口令"))
    other = tmp_path / "other"
    other.write_text(secret(tmp_path, "恢复码"))
    altered = tmp_path / "altered"
    altered.write_bytes(sealed.read_bytes()[:-1])
    words = {
        "safekeeping.folder_not_empty": (home, sealed, code),
        "safekeeping.backup_unknown": (tmp_path / "n", tmp_path / "none.age", code),
        "safekeeping.not_a_backup": (tmp_path / "n", home / "keys.json", code),
        "safekeeping.backup_altered": (tmp_path / "n", altered, code),
        "safekeeping.passphrase_wrong": (tmp_path / "n", sealed, other),
    }
    for refusal, (folder, file, typed) in words.items():
        done = run(folder, "restore", str(file), "--code-file", str(typed))
        assert (done.returncode, refusal in done.stderr) == (1, True), done.stderr
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 3
    assert not (tmp_path / "n").exists()


def test_the_envelope_is_printed_again_by_an_admin_only_and_that_is_written_down(
    home: Path, tmp_path: Path
) -> None:
    first = (tmp_path / "envelope.txt").read_text(encoding="utf-8")
    again = run(home, "envelope", str(tmp_path / "again.pdf"), *BY)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.txt").read_text(encoding="utf-8") == first
    assert run(home, "envelope", *BY, typed="not the password").returncode == 1
    assert operations(home).count("safekeeping.print_envelope") == 2


def test_who_has_the_envelope_can_let_somebody_in_when_nobody_can(
    home: Path, tmp_path: Path
) -> None:
    chosen = tmp_path / "password"
    chosen.write_text("another long and private word\n")
    new = ("--password-file", str(chosen))
    guessed = run(home, "recover", "limin", *new, "--code-file", str(tmp_path / "envelope.txt"))
    assert "safekeeping.secret_unreadable" in guessed.stderr
    typed = secret(tmp_path, "恢复码")
    assert run(home, "recover", "limin", *new, typed=typed).returncode == 0
    assert run(home, "envelope", *BY).returncode == 1, "the old password is gone"
    assert run(home, "envelope", "--by", "limin", *new).returncode == 0
    unknown = run(home, "recover", "zhaoqi", *new, typed=typed)
    assert "people.staff_unknown" in unknown.stderr
    entered = run(home, "recover", "zhaoqi", "--name", "赵启", *new, typed=typed)
    assert entered.returncode == 0, entered.stderr
    assert run(home, "envelope", "--by", "zhaoqi", *new).returncode == 0


def test_books_that_were_put_back_by_hand_are_refused_until_an_admin_accepts_them(
    home: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "yesterday.sqlite"
    shutil.copy(home / "bank.sqlite", kept)
    bank = open_bank(home)
    register_volunteer(bank, by=OFFICE, key=new_key(), number="T00001", name="王小明")
    keep_mark(bank)
    bank.close()
    for file in home.glob("bank.sqlite*"):
        file.unlink()
    shutil.copy(kept, home / "bank.sqlite")
    for words in (("serve", "--port", "1"), ("envelope", *BY)):
        refused = run(home, *words)
        assert (refused.returncode, "safekeeping.older_copy" in refused.stderr) == (1, True), words
    accepted = run(home, "accept-copy", *BY)
    assert accepted.returncode == 0, accepted.stderr
    assert run(home, "envelope", *BY).returncode == 0
    assert "safekeeping.not_older" in run(home, "accept-copy", *BY).stderr
    assert run(home, "check").returncode == 0


def test_a_backup_beside_a_running_server_is_written_down_by_it(home: Path) -> None:
    serving = open_bank(home)
    try:
        assert run(home, "backup").returncode == 0
        assert list_backup_runs(serving).total == 0
    finally:
        serving.close()
    assert run(home, "backup").returncode == 0
    bank = open_bank(home, exclusive=False)
    assert list_backup_runs(bank).total >= 1
    bank.close()
