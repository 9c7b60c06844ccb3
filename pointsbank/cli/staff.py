"""`pointsbank staff`: who may log in, by an admin's hand; a bank of one can approve nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pointsbank.cli.bank import show_first_code
from pointsbank.cli.opening import by_option, caller_of, password_option, reading, writing
from pointsbank.foundation import Caller, new_key
from pointsbank.people import (
    ROLES,
    add_staff,
    disable_staff,
    hash_password,
    list_staff,
    refuse_weak_password,
    renew_first_code,
    set_password,
)

ADMIN = ("admin",)
new_password_option = click.option(
    "--new-password-file",
    type=click.File("r"),
    help="Read the other person's password from a file and do not ask.",
)


@click.group()
def staff() -> None:
    """Enter, list and shut out members of staff, witnesses and merchants."""


@staff.command("list")
@click.pass_obj
def list_all(home: Path) -> None:
    """Everybody who has, or had, a login."""
    with reading(home) as bank:
        for person in list_staff(bank):
            gone = f" · 停用 disabled {person.disabled_at}" if person.disabled_at else ""
            click.echo(f"{person.login} · {person.name} · {' '.join(person.roles)}{gone}")


@staff.command()
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    default=("worker",),
    show_default=True,
    type=click.Choice(sorted(ROLES)),
    help="May be repeated.",
)
@click.option("--organisation", help="The code of a merchant's organisation.")
@click.option("--volunteer", help="The 志愿者编号 of a member of staff who also serves.")
@new_password_option
@by_option
@password_option
@click.pass_obj
def add(
    home: Path,
    login: str,
    name: str,
    roles: tuple[str, ...],
    organisation: str | None,
    volunteer: str | None,
    new_password_file: Any,
    by: str,
    password_file: Any,
) -> None:
    """Enter a member of staff with a login of their own."""
    with writing(home) as bank:
        caller = caller_of(bank, by, password_file, ADMIN)
        password = _new_password(login, name, new_password_file)
        add_staff(
            bank,
            by=caller,
            key=new_key(),
            login=login,
            name=name,
            password_hash=hash_password(password),
            roles=list(roles),
            organisation=organisation,
            volunteer_number=volunteer,
        )
    click.echo(f"可以登录了 May log in now: {login}")


@staff.command("first-code")
@click.pass_obj
def first_code(home: Path) -> None:
    """Print a new one-time code for the first person, whose first one was never typed."""
    with writing(home) as bank:
        by = Caller(actor="system", client="init")
        invitation = renew_first_code(bank, by=by, key=new_key())
    show_first_code(invitation)


@staff.command()
@click.argument("login")
@by_option
@password_option
@click.pass_obj
def disable(home: Path, login: str, by: str, password_file: Any) -> None:
    """Shut somebody out; every login of theirs ends."""
    with writing(home) as bank:
        caller = caller_of(bank, by, password_file, ADMIN)
        disable_staff(bank, by=caller, key=new_key(), login=login)
    click.echo(f"已停用 Shut out: {login}")


@staff.command()
@click.argument("login")
@new_password_option
@by_option
@password_option
@click.pass_obj
def password(home: Path, login: str, new_password_file: Any, by: str, password_file: Any) -> None:
    """Give somebody a new password; every login of theirs ends."""
    with writing(home) as bank:
        caller = caller_of(bank, by, password_file, ADMIN)
        chosen = _new_password(login, "", new_password_file)
        set_password(
            bank, by=caller, key=new_key(), login=login, password_hash=hash_password(chosen)
        )
    click.echo(f"密码换好了 The password is new: {login}")


def _new_password(login: str, name: str, file: Any) -> str:
    if file is not None:
        chosen = str(file.readline().rstrip("\n"))
    else:
        chosen = click.prompt(
            f"{login} 的新密码 New password", hide_input=True, confirmation_prompt=True, err=True
        )
    refuse_weak_password(chosen, login=login, name=name)
    return chosen
