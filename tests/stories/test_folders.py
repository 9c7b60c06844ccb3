"""Folders of banks: for their owner's eyes, and never thrown away by a demonstration."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from pointsbank.cli import bank as bank_commands
from pointsbank.cli import demo as demo_commands
from pointsbank.cli.bank import init, make_home, serve, upgrade
from pointsbank.cli.demo import READY, UNFINISHED, demo
from pointsbank.cli.files import write_for_owner
from pointsbank.foundation import (
    DATABASE_FILE,
    KEYS_FILE,
    Bank,
    BankInUse,
    DemonstrationOnly,
    Keys,
    NoBank,
    SchemaOther,
    Setting,
    open_bank,
)
from pointsbank.foundation.schema import refuse_other_schema, upgrade_schema

STRANGE = {"ready-to-print.pdf": "posters", "keys.json.old": "keys", "bank.sqlite.backup": "books"}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration that is told in a moment."""

    def tell(bank: Bank) -> None:
        bank.database.write(
            lambda session: session.run(insert(Setting), name="nature", value="demonstration")
        )

    monkeypatch.setattr(demo_commands, "make_demonstration", tell)
    monkeypatch.setattr(demo_commands, "check_now", lambda bank: None)


def show(folder: Path, *words: str) -> Result:
    """Make a demonstration."""
    return CliRunner().invoke(demo, ["--folder", str(folder), "--make-only", *words])


def found(folder: Path) -> None:
    """Make a real bank."""
    words = ["--community", "晨光", "--shop", "店", "--admin", "limin", "--admin-name", "李敏"]
    made = CliRunner().invoke(
        init, [*words, "--password-file", "-"], obj=folder, input="correct horse battery staple\n"
    )
    assert made.exit_code == 0, made.output


def contents(folder: Path) -> dict[str, bytes]:
    """What lies in a folder and must stay as it is."""
    kept = {DATABASE_FILE, KEYS_FILE, *STRANGE}
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name in kept}


def modes(folder: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


def test_books_and_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "bank"
    bank = make_home(home)
    try:
        bank.database.write(
            lambda session: session.run(insert(Setting), name="anything", value="x")
        )
        written = modes(home)
    finally:
        bank.close()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {DATABASE_FILE, f"{DATABASE_FILE}-wal", KEYS_FILE} <= set(written)
    assert {name: oct(mode) for name, mode in written.items() if mode & 0o077} == {}


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    Keys.new().save(tmp_path / KEYS_FILE)
    before = (tmp_path / KEYS_FILE).read_bytes()
    with pytest.raises(FileExistsError):
        Keys.new().save(tmp_path / KEYS_FILE)
    assert (tmp_path / KEYS_FILE).read_bytes() == before


def test_what_a_command_writes_for_somebody_nobody_else_reads(tmp_path: Path) -> None:
    paper = tmp_path / "cards.pdf"
    paper.write_bytes(b"an older and longer one")
    paper.chmod(0o644)
    for file in (paper, tmp_path / "new.csv"):
        write_for_owner(file, b"secret")
        assert (stat.S_IMODE(file.stat().st_mode), file.read_bytes()) == (0o600, b"secret")


@pytest.mark.parametrize("words", [(), ("--anew",)])
def test_a_demonstration_leaves_a_real_bank_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    found(tmp_path)
    before = contents(tmp_path)
    assert isinstance(show(tmp_path, *words).exception, DemonstrationOnly)
    # Neither a mark that got there by mistake nor keys that are broken make it ours.
    (tmp_path / READY).touch()
    assert isinstance(show(tmp_path, *words).exception, DemonstrationOnly)
    (tmp_path / KEYS_FILE).write_text("{}")
    before[KEYS_FILE] = b"{}"
    assert isinstance(show(tmp_path, *words).exception, DemonstrationOnly)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", [KEYS_FILE, DATABASE_FILE])
def test_keys_or_books_alone_are_somebodys_as_well(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"whatever this is")
    assert isinstance(show(tmp_path, "--anew").exception, DemonstrationOnly)
    assert contents(tmp_path) == {name: b"whatever this is"}


def test_a_demonstration_is_not_written_into_a_real_banks_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(tmp_path / "real")
    before = contents(tmp_path / "real")
    url = f"sqlite:///{tmp_path / 'real' / DATABASE_FILE}"
    monkeypatch.setenv("POINTSBANK_DATABASE_URL", url)
    assert bank_commands.nature_of(url) == "bank"
    assert isinstance(show(tmp_path / "demo").exception, DemonstrationOnly)
    assert contents(tmp_path / "real") == before
    assert not (tmp_path / "demo").exists()


def test_a_demonstration_made_anew_throws_away_only_what_is_its_own(
    tmp_path: Path, quick: None
) -> None:
    for name, text in STRANGE.items():
        (tmp_path / name).write_text(text)
    assert show(tmp_path).exit_code == 0
    keys = (tmp_path / KEYS_FILE).read_bytes()
    assert show(tmp_path).exit_code == 0
    assert (tmp_path / KEYS_FILE).read_bytes() == keys
    assert show(tmp_path, "--anew").exit_code == 0
    assert (tmp_path / KEYS_FILE).read_bytes() != keys
    assert {name: (tmp_path / name).read_text() for name in STRANGE} == STRANGE


def test_a_half_made_demonstration_is_made_again(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(bank: Bank) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setattr(demo_commands, "make_demonstration", stumble)
        assert show(tmp_path).exit_code != 0
    assert (tmp_path / UNFINISHED).exists()
    assert show(tmp_path).exit_code == 0
    assert (tmp_path / READY).exists()
    assert not (tmp_path / UNFINISHED).exists()


def test_a_demonstration_of_an_older_program_is_made_anew(tmp_path: Path, quick: None) -> None:
    """Whoever fetches a newer version and starts it again is not met by a crash."""
    assert show(tmp_path).exit_code == 0
    (tmp_path / DATABASE_FILE).unlink()
    upgrade_schema(f"sqlite:///{tmp_path / DATABASE_FILE}", "0004")
    assert show(tmp_path).exit_code == 0
    refuse_other_schema(f"sqlite:///{tmp_path / DATABASE_FILE}")


def test_a_demonstration_that_is_being_shown_is_not_thrown_away(
    tmp_path: Path, quick: None
) -> None:
    assert show(tmp_path).exit_code == 0
    bank = open_bank(tmp_path)
    try:
        before = contents(tmp_path)
        assert isinstance(show(tmp_path, "--anew").exception, BankInUse)
        assert contents(tmp_path) == before
    finally:
        bank.close()


def test_a_bank_of_an_older_version_is_refused_until_it_is_upgraded(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    url = f"sqlite:///{folder / DATABASE_FILE}"
    upgrade_schema(url, "0004")
    Keys.new().save(folder / KEYS_FILE)
    opened = open_bank(folder)
    opened.database.write(lambda session: session.run(insert(Setting), name="nature", value="bank"))
    with pytest.raises(SchemaOther) as refused:
        refuse_other_schema(url)
    assert refused.value.facts["found"] == "0004"
    with pytest.raises(SchemaOther):
        CliRunner().invoke(serve, obj=folder, catch_exceptions=False)
    with pytest.raises(BankInUse):
        CliRunner().invoke(upgrade, obj=folder, catch_exceptions=False)
    opened.close()
    done = CliRunner().invoke(upgrade, obj=folder)
    assert done.exit_code == 0, done.output
    refuse_other_schema(url)


def test_nothing_is_upgraded_where_no_bank_is(tmp_path: Path) -> None:
    with pytest.raises(NoBank):
        CliRunner().invoke(upgrade, obj=tmp_path / "nowhere", catch_exceptions=False)
    assert not (tmp_path / "nowhere").exists()
