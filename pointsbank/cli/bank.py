"""`pointsbank init` and `pointsbank serve`: a real bank, made once and served."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from pointsbank.foundation import (
    KEYS_FILE,
    Bank,
    Caller,
    DatabaseUnfit,
    DemonstrationOnly,
    Keys,
    database_url,
    find_setting,
    new_key,
    open_bank,
    open_database,
)
from pointsbank.foundation.roles import APP_ROLE, grant_roles
from pointsbank.foundation.schema import upgrade_schema
from pointsbank.founding import found_community
from pointsbank.web.serving import serve as run_server

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def make_home(home: Path) -> Bank:
    """Make a bank's folder, keys and tables where none are, and open it.

    Raises DemonstrationOnly when the database is a demonstration's.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = database_url(home)
    if nature_of(url) == "demonstration":
        raise DemonstrationOnly()
    if not (home / KEYS_FILE).exists():
        Keys.new().save(home / KEYS_FILE)
    if url.startswith("sqlite"):
        # Made by us with the right mode before any library opens it.
        os.close(os.open(url.removeprefix("sqlite:///"), os.O_CREAT | os.O_RDWR, 0o600))
    upgrade_schema(url)
    if not url.startswith("sqlite") and not grant_roles(url):
        click.echo(
            f"没有建角色的权限 May not make roles: {APP_ROLE}",
            err=True,
        )
    return Bank(home, open_database(url), Keys.load(home / KEYS_FILE))


def nature_of(url: str) -> str | None:
    """`bank` or `demonstration`, or None for a database in which nothing has been founded."""
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return None
    try:
        database = open_database(url, exclusive=False)
    except DatabaseUnfit:
        return None
    try:
        return database.read(lambda session: find_setting(session, "nature"))
    except Exception:  # an empty database has no settings yet
        return None
    finally:
        database.close()


@click.command()
@click.option("--community", prompt="社区名称 Community", help="The community's name.")
@click.option("--shop", prompt="超市名称 Shop", help="The shop's name.")
@click.option("--rate", default=10, show_default=True, help="Points for an hour of service.")
@click.option("--help-phone", default="", help="The telephone for help, shown at the kiosk.")
@click.option("--admin", "login", prompt="第一位工作人员的用户名 First login", help="First login.")
@click.option("--admin-name", prompt="姓名 Name", help="That person's name.")
@click.option("--password-file", type=click.File("r"), help="Read the password from a file or -.")
@click.pass_obj
def init(
    home: Path,
    community: str,
    shop: str,
    rate: int,
    help_phone: str,
    login: str,
    admin_name: str,
    password_file: Any,
) -> None:
    """Make a real bank in an empty folder: tables, keys, the first person who may log in."""
    if password_file is not None:
        password = password_file.readline().rstrip("\n")
    else:
        password = click.prompt(
            "密码 Password", hide_input=True, confirmation_prompt=True, err=True
        )
    bank = make_home(home)
    try:
        found_community(
            bank,
            nature="bank",
            community=community,
            shop=shop,
            points_per_hour=rate,
            help_phone=help_phone,
            login=login,
            name=admin_name,
            password=password,
            by=Caller(actor="system", client="init"),
            key=new_key(),
        )
    finally:
        bank.close()
    click.echo(f"账册建好了 The bank is ready: {home}")
    click.echo(f"下一步 Next: pointsbank --home {home} serve")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, help="Processes; PostgreSQL only.")
@click.pass_obj
def serve(home: Path, host: str, port: int, workers: int) -> None:
    """Serve a real bank. Other addresses than this machine need TLS in front: see docs."""
    with_bank = open_bank(home, exclusive=False)
    try:
        if with_bank.is_demonstration:
            raise DemonstrationOnly()
    finally:
        with_bank.close()
    start_server(home, host, port, workers=workers)


def start_server(
    home: Path, host: str, port: int, *, workers: int = 1, insecure: bool = False
) -> None:
    """Serve until stopped. Raises click.UsageError for an address that would need TLS."""
    from_elsewhere = host not in LOOPBACK
    if from_elsewhere and not insecure and os.environ.get("POINTSBANK_BEHIND_TLS") != "1":
        raise click.UsageError(
            "别的机器要连进来，前面须有 TLS。Other machines need TLS in front of us: listen on "
            "127.0.0.1 behind a proxy, or set POINTSBANK_BEHIND_TLS=1 when it runs elsewhere."
        )
    if workers > 1 and database_url(home).startswith("sqlite"):
        raise click.UsageError("SQLite 只能一个进程 SQLite takes one worker only.")
    run_server(home, host=host, port=port, secure=not insecure, workers=workers)
