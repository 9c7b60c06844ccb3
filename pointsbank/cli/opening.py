"""How a command opens a bank, and how it learns who is at the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from pointsbank.foundation import Bank, Caller, NoBank, look_at_clock, open_bank
from pointsbank.foundation.schema import refuse_other_schema
from pointsbank.people import RoleMissing, check_password
from pointsbank.safekeeping import refuse_older_copy

by_option = click.option(
    "--by", required=True, metavar="LOGIN", help="Who does it; asks for that person's password."
)
password_option = click.option(
    "--password-file",
    type=click.File("r"),
    help="Read the password from a file (or - for standard input) and do not ask.",
)


@contextmanager
def reading(home: Path) -> Iterator[Bank]:
    """The bank, for looking only; a running server is not disturbed."""
    bank = open_bank(home, exclusive=False)
    try:
        refuse_other_schema(bank.database.url)
        refuse_unfounded(bank, home)
        yield bank
    finally:
        bank.close()


@contextmanager
def writing(home: Path, *, older: bool = False) -> Iterator[Bank]:
    """The bank, for writing. Raises BankInUse while a server has it open.

    Unless they may be `older`, books that are an older copy of themselves are refused: OlderCopy.
    While the clock cannot be right, whatever books raises ClockWrong.
    """
    bank = open_bank(home)
    try:
        refuse_other_schema(bank.database.url)
        refuse_unfounded(bank, home)
        if not older:
            refuse_older_copy(bank)
            look_at_clock(bank)
        yield bank
    finally:
        bank.close()


def refuse_unfounded(bank: Bank, home: Path) -> None:
    """Raise NoBank for tables that belong to nobody: `init` was broken off, and begins again."""
    if not bank.is_founded:
        raise NoBank(path=str(home))


def caller_of(
    bank: Bank, by: str, password_file: TextIO | None, roles: tuple[str, ...] = ("worker", "admin")
) -> Caller:
    """Check the person's password and role; the caller is marked as a command.

    A command can never be the second person of a decision. Raises RoleMissing.
    """
    if password_file is not None:
        password = password_file.readline().rstrip("\n")
    else:
        password = click.prompt(f"{by} 的密码 Password", hide_input=True, err=True)
    staff = check_password(bank, by, password)
    if not set(roles) & set(staff.roles):
        raise RoleMissing(needed=" ".join(roles))
    return Caller(actor=f"staff:{staff.id}", client=f"command:{staff.id}")
