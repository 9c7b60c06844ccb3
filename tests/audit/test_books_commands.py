"""`pointsbank check` and `pointsbank export`, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from pointsbank.cli.books import RIGHT, check, export
from pointsbank.foundation import KEYS_FILE, Bank, Clock, Keys, open_database
from pointsbank.ledger import Account
from tests.make import Make


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path, keys: Keys, clock: Clock) -> Iterator[Bank]:
    """A bank in a folder, open for writing as by a running server."""
    keys.save(tmp_path / KEYS_FILE)
    opened = Bank(tmp_path, open_database(sqlite_url), keys, clock)
    make = Make(opened)
    # Without a community it would be what a broken-off `init` leaves, and no bank.
    make.found()
    make.move(make.wallet(points=100), make.account("redeemed", holder="bank"), 30)
    yield opened
    opened.close()


def run(command: object, bank: Bank, *words: str) -> Result:
    return CliRunner().invoke(command, words, obj=bank.home)  # type: ignore[arg-type]  # a command


def steal_one_point(bank: Bank) -> None:
    one_more = update(Account).where(Account.type == "wallet").values(balance=Account.balance + 1)
    bank.database.write(lambda session: session.run(one_more))


def test_right_books_are_said_to_be_right_in_one_sentence(shop: Bank) -> None:
    told = run(check, shop)
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.splitlines()[0] == RIGHT
    assert RIGHT == "账是对的：0 处不符 The books are right: 0 differences"
    columns = [text.split() for text in told.stdout.splitlines()]
    assert ["PTS", "wallet", "1", "100", "30", "70"] in columns
    assert ["PTS", "issued", "1", "0", "100", "-100"] in columns


def test_wrong_books_end_with_code_three_and_name_what_is_wrong(shop: Bank) -> None:
    steal_one_point(shop)
    told = run(check, shop)
    assert told.exit_code == 3
    assert told.stdout.startswith("账不对：")
    assert "J000002-" in told.stdout
    assert "account_id=" in told.stdout or "account=" in told.stdout


def test_the_report_can_be_read_by_a_program(shop: Bank) -> None:
    right = run(check, shop, "--json")
    assert right.exit_code == 0
    assert json.loads(right.stdout)["is_right"] is True
    steal_one_point(shop)
    wrong = run(check, shop, "--json")
    assert wrong.exit_code == 3
    assert json.loads(wrong.stdout)["findings"]


@pytest.mark.parametrize("code", ["beancount", "hledger", "csv"])
def test_the_same_books_come_out_of_the_pipe_and_into_the_file(
    shop: Bank, code: str, tmp_path: Path
) -> None:
    piped = run(export, shop, "--format", code)
    assert piped.exit_code == 0
    assert "Liabilities:Wallets:" in piped.stdout
    path = tmp_path / f"books.{code}"
    assert run(export, shop, "--format", code, "-o", str(path)).exit_code == 0
    assert path.read_bytes() == piped.stdout_bytes


def test_an_export_that_fails_leaves_the_old_file_alone(
    shop: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "books.csv"
    path.write_text("yesterday's")
    before = set(tmp_path.iterdir())

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("pointsbank.cli.books.export_books", fail)
    assert run(export, shop, "--format", "csv", "-o", str(path)).exit_code == 1
    assert path.read_text() == "yesterday's"
    assert set(tmp_path.iterdir()) == before
