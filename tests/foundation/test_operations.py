"""The front step: asking twice is the same as asking once, and every answer can be found again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Clock,
    KeyInvalid,
    KeyReused,
    Keys,
    KeyVoided,
    ReceiptUnknown,
    RuleRefused,
    SqliteDatabase,
    connect_sqlite,
    get_receipt,
    new_key,
    open_database,
    operation,
    void_key,
)
from pointsbank.foundation import database as databases
from tests.books import books_are_right
from tests.make import SOMEBODY, Make
from tests.snapshot import snapshot

NAME, PHONE = "王小明", "13800138000"


class TooProud(RuleRefused):
    """A refusal of these tests' own."""

    code = "tests.too_proud"


@operation("tests.greet")
def greet(act: Act, *, name: str, phone: str = "", loudly: bool = False) -> Answer:
    """Answer with numbers and codes, whoever was named."""
    if name == "nobody":
        raise TooProud()
    act.for_whom = "volunteer:7"
    return {"greeted": 1, "loudly": loudly, "length": len(name)}


@operation("tests.greet_otherwise")
def greet_otherwise(act: Act, *, name: str) -> Answer:
    """Another verb with the same values."""
    return {"greeted": 2}


def test_the_same_key_and_request_have_the_same_answer(bank: Bank) -> None:
    key = new_key()
    first = greet(bank, by=SOMEBODY, key=key, name="a")
    second = greet(bank, by=SOMEBODY, key=key, name="a")
    assert first.answer == second.answer == {"greeted": 1, "loudly": False, "length": 1}
    assert (first.receipt, first.repeated) == (second.receipt, not second.repeated)


def test_the_same_key_with_anything_else_is_refused(bank: Bank) -> None:
    key = new_key()
    greet(bank, by=SOMEBODY, key=key, name="a")
    before = snapshot(bank)
    for other in ({"name": "b"}, {"name": "a", "loudly": True}, {"name": "a", "phone": "1"}):
        with pytest.raises(KeyReused):
            greet(bank, by=SOMEBODY, key=key, **other)
    with pytest.raises(KeyReused):
        greet_otherwise(bank, by=SOMEBODY, key=key, name="a")
    assert snapshot(bank) == before


def test_a_key_belongs_to_its_client(bank: Bank) -> None:
    key = new_key()
    one = greet(bank, by=Caller("device:1", "device:1"), key=key, name="a")
    other = greet(bank, by=Caller("device:2", "device:2"), key=key, name="b")
    assert one.receipt != other.receipt
    assert (one.repeated, other.repeated) == (False, False)


def test_a_refusal_leaves_no_trace_and_its_key_is_judged_afresh(bank: Bank) -> None:
    before, key = snapshot(bank), new_key()
    with pytest.raises(TooProud):
        greet(bank, by=SOMEBODY, key=key, name="nobody")
    assert snapshot(bank) == before
    with pytest.raises(ReceiptUnknown):
        get_receipt(bank, client=SOMEBODY.client, key=key)
    assert greet(bank, by=SOMEBODY, key=key, name="somebody").repeated is False


def test_a_key_that_is_not_well_formed_never_reaches_the_database(bank: Bank) -> None:
    before = snapshot(bank)
    with pytest.raises(KeyInvalid):
        greet(bank, by=SOMEBODY, key="short", name="a")
    assert snapshot(bank) == before


def test_a_receipt_says_who_did_what_when_and_for_whom(bank: Bank, clock: Clock) -> None:
    key = new_key()
    done = greet(bank, by=Caller("staff:3", "device:1", device="1"), key=key, name="a")
    kept = get_receipt(bank, client="device:1", key=key)
    assert (kept.number, kept.answer) == (done.receipt, done.answer)
    assert (kept.operation, kept.actor, kept.device) == ("tests.greet", "staff:3", "1")
    assert (kept.for_whom, kept.at) == ("volunteer:7", clock.instant())
    with pytest.raises(ReceiptUnknown):
        get_receipt(bank, client="device:2", key=key)


def test_a_key_that_was_given_up_can_never_book(bank: Bank) -> None:
    key = new_key()
    assert void_key(bank, by=SOMEBODY, key=key) is None
    assert void_key(bank, by=SOMEBODY, key=key) is None
    before = snapshot(bank)
    with pytest.raises(KeyVoided):
        greet(bank, by=SOMEBODY, key=key, name="a")
    assert snapshot(bank) == before


def test_giving_up_a_key_that_has_booked_answers_with_what_it_booked(bank: Bank) -> None:
    key = new_key()
    done = greet(bank, by=SOMEBODY, key=key, name="a")
    kept = void_key(bank, by=SOMEBODY, key=key)
    assert kept is not None
    assert (kept.number, kept.answer) == (done.receipt, done.answer)
    assert greet(bank, by=SOMEBODY, key=key, name="a").repeated is True


def test_no_name_that_was_asked_about_is_kept_anywhere(bank: Bank) -> None:
    greet(bank, by=SOMEBODY, key=new_key(), name=NAME, phone=PHONE)
    for table, rows in snapshot(bank).items():
        assert NAME not in repr(rows), table
        assert PHONE not in repr(rows), table
    if isinstance(bank.database, SqliteDatabase):
        for path in bank.database.path.parent.glob("bank.sqlite*"):
            assert NAME.encode() not in path.read_bytes(), path
            assert PHONE.encode() not in path.read_bytes(), path


def test_without_the_key_outside_the_database_a_request_cannot_be_guessed(bank: Bank) -> None:
    values = {"name": NAME, "phone": PHONE, "loudly": False}
    other = Keys.new()
    assert bank.keys.fingerprint_of("tests.greet", values) != other.fingerprint_of(
        "tests.greet", values
    )


# -------------------------------------------------------------- a commit that ends in an error


class Flaky:
    """A connection whose next COMMIT ends in an error, before or after it has taken effect."""

    def __init__(self, connection: sqlite3.Connection, fails: list[str]) -> None:
        self.connection = connection
        self.fails = fails

    def execute(self, text: str, parameters: Any = ()) -> sqlite3.Cursor:
        if text == "COMMIT" and self.fails:
            if self.fails.pop() == "after":
                self.connection.execute(text)
            raise sqlite3.OperationalError("disk I/O error")
        return self.connection.execute(text, parameters)

    def close(self) -> None:
        self.connection.close()


@pytest.fixture
def flaky(
    sqlite_url: str, keys: Keys, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[str]], Bank]:
    """A bank whose next commits go wrong."""

    def made(fails: list[str]) -> Bank:
        def connect(path: Path, *, query_only: bool = False) -> Any:
            connection = connect_sqlite(path, query_only=query_only)
            return connection if query_only else Flaky(connection, fails)

        monkeypatch.setattr(databases, "connect_sqlite", connect)
        return Bank(tmp_path, open_database(sqlite_url), keys, clock)

    return made


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_commit_that_ends_in_an_error_is_looked_up_by_key(
    flaky: Callable[[list[str]], Bank], when: str
) -> None:
    fails: list[str] = []
    bank = flaky(fails)
    make = Make(bank)
    wallet, redeemed = make.wallet(points=10), make.account("redeemed")
    fails.append(when)
    done = make.move(wallet, redeemed, 4)
    # It had taken effect, and is answered from its receipt; or it had not, and was done again.
    assert done.repeated is (when == "after")
    assert (fails, make.balance(wallet)) == ([], 6)
    books_are_right(bank)
    bank.close()
